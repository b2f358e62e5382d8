/**
 * @file cam_device.h
 * A device: registration with the platform, its refresh, keepalives, and the messages that it
 * sends.
 */
#ifndef CAM_DEVICE_H
#define CAM_DEVICE_H

#include "cam_digest.h"
#include "cam_world.h"

enum cam_device_state { CAM_IDLE, CAM_REGISTERING, CAM_REGISTERED, CAM_LEAVING, CAM_GONE };

/** Open to the modules of the program; written by cam_device.c, but for jobs (cam_query.c). */
typedef struct cam_device {
	cam_world *world;
	uint32_t index; /**< number in the world */
	char id[CAM_ID_SIZE];
	cam_sip *sip; /**< its own or the shared endpoint */
	enum cam_device_state state;
	cam_digest digest;
	char call_id[33], tag[17]; /**< of the registration */
	uint32_t cseq;
	unsigned challenges; /**< answered since the last final answer */
	struct tmr register_timer, keepalive_timer;
	struct sip_request *register_request, *keepalive_request;
	struct sip_keepalive *flow; /**< tells when the TCP connection breaks */
	uint32_t sn;				/**< of the last keepalive */
	unsigned misses;
	bool keepalive_waits;
	struct list jobs; /**< queries that wait for their answers */
	struct sip_request *job_request;
	uint32_t invites; /**< seen so far */
} cam_device;

/** NULL when the device's endpoint cannot be opened; the reason is on stderr. */
cam_device *cam_device_new(cam_world *world, uint32_t index);
void cam_device_free(cam_device *device);

/** Registers after a delay. */
void cam_device_start(cam_device *device, uint64_t delay_ms);

/** Registers anew, with another Call-ID and without the old nonce. */
void cam_device_reregister(cam_device *device);

/** Un-registers; cam_world_device_stopped() tells the end. */
void cam_device_stop(cam_device *device);

/** Gives up timers, requests and the endpoint without a word. */
void cam_device_silence(cam_device *device);

/**
 * Sends a MESSAGE with an XML document in UTF-8, which is brought into the device's charset.
 * @param to_user  id of the receiver
 */
int cam_device_message(cam_device *device, struct sip_request **request, const char *to_user,
	const cam_buf *xml, sip_resp_h *handler, void *arg);

/** Begins an XML document with the declaration that the device makes. */
void cam_device_xml(const cam_device *device, cam_buf *xml);

#endif
