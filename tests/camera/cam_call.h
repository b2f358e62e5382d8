/**
 * @file cam_call.h
 * Calls of the platform: INVITE, ACK, BYE, CANCEL, INFO, and the stream that each brings about. A
 * call belongs to a device and one of its channels.
 */
#ifndef CAM_CALL_H
#define CAM_CALL_H

#include "cam_device.h"

/** An INVITE for a channel of the device. */
void cam_call_invite(cam_device *device, const char *channel, const struct sip_msg *msg);

/** ACK, BYE and INFO, which belong to a call by their Call-ID. */
void cam_call_ack(cam_world *world, const struct sip_msg *msg);
void cam_call_bye(cam_world *world, struct sip *stack, const struct sip_msg *msg);
void cam_call_info(cam_world *world, struct sip *stack, const struct sip_msg *msg);

/**
 * What follows is for the calls of id, a device or a channel, or for all with NULL; each returns
 * how many it were.
 */
unsigned cam_call_end(cam_world *world, const char *id);			  /**< with BYE */
unsigned cam_call_media(cam_world *world, const char *id, bool send); /**< stop and go on sending */
unsigned cam_call_ask_key(cam_world *world, const char *id);
unsigned cam_call_count(const cam_world *world, const char *id);

/** A key frame for the streams of one channel of the device, or of all when target is the device.
 */
unsigned cam_call_key_frame(cam_device *device, const char *target);

/** Ends all calls without a message to anybody. */
void cam_call_drop_all(cam_world *world);

#endif
