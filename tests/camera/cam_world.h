/**
 * @file cam_world.h
 * All simulated devices of the program and what they share: options, addresses, picture sources.
 * The world takes the requests of the platform and brings each to the device that it is meant for.
 * One event loop, one thread.
 */
#ifndef CAM_WORLD_H
#define CAM_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "cam_re.h"

#include "cam_options.h"
#include "cam_sip.h"
#include "cam_source.h"

struct cam_device;

/** Open to the modules of the program; written by cam_world.c, but for the counters. */
typedef struct cam_world {
	const cam_options *options;
	struct sa server;
	struct sa local;	 /**< address without port */
	char local_text[64]; /**< the same as text */
	char domain[128];	 /**< SIP domain */
	char first_channel[CAM_ID_SIZE];
	cam_sources *sources;
	cam_sip *shared;			 /**< endpoint of all devices, or NULL */
	struct cam_device **devices; /**< options->count */
	struct list calls;			 /**< of all devices */
	uint32_t invites;			 /**< seen so far */
	uint32_t calls_made;		 /**< accepted so far */
	bool stopping;
	bool vanished;
	struct tmr stop_timer;
} cam_world;

/** NULL when it cannot run; the reason is on stderr. options must live longer. */
cam_world *cam_world_new(const cam_options *options);
void cam_world_free(cam_world *world);

/** Begins to register the devices. */
void cam_world_start(cam_world *world);

/** Ends all streams, un-registers all devices and then the event loop, within two seconds at the
 * latest. */
void cam_world_stop(cam_world *world);

/** To be called when a device has un-registered while the world stops. */
void cam_world_device_stopped(cam_world *world);

/** Falls silent at once: no packet and no message leaves any more. Not from within a SIP handler.
 */
void cam_world_vanish(cam_world *world);

/** Id of channel number `number` of device number `device`. */
void cam_world_channel_id(
	const cam_world *world, uint32_t device, uint32_t number, char ret_id[CAM_ID_SIZE]);

/** True when id is that of a channel; of which one. */
bool cam_world_find_channel(
	const cam_world *world, const char *id, uint32_t *ret_device, uint32_t *ret_number);

#endif
