/**
 * @file cam_query.h
 * The MESSAGEs of the platform: queries and controls (MANSCDP). Each is confirmed with 200 at once;
 * the answer follows in MESSAGEs of the device's own, one after the other, the next when the last
 * was confirmed.
 */
#ifndef CAM_QUERY_H
#define CAM_QUERY_H

#include "cam_device.h"

/** Handles a MESSAGE and answers it. */
void cam_query_message(cam_device *device, const struct sip_msg *msg);

/** Forgets all answers that are still to be sent. */
void cam_query_drop(cam_device *device);

#endif
