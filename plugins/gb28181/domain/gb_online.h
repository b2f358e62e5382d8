/* gb_online.h - when a device counts as online (gb28181.md 4.2).
 *
 * Online from REGISTER on and kept so by any message from it; offline after keepalive_misses
 * intervals of silence, at the end of its registration, by un-registering, or keepalive_misses
 * intervals after its TCP connection was lost. While the registration lasts any message brings it
 * back. One timer per device. SIP thread. */
#ifndef GB_ONLINE_H
#define GB_ONLINE_H

#include "gb28181/domain/gb_core.h"

/** How a message's source relates to the device. */
typedef enum {
	GB_SOURCE_PEER,		/**< the address in force */
	GB_SOURCE_NEAR,		/**< another port or connection of the same host */
	GB_SOURCE_STRANGER, /**< another host */
} gb_source;
gb_source gb_online_source(const gb_device *device, const gb_sip_peer *peer);

/** A registration was accepted: `peer`, `expires_s` of the device are set. */
void gb_online_registered(gb_device *device, const gb_sip_peer *peer);
/** The registration is over; the device goes offline. */
void gb_online_unregistered(gb_device *device);
/** A message came from the device. */
void gb_online_seen(gb_device *device, gb_source source);
/** It answered a request of ours. */
void gb_online_answered(gb_device *device);
/** A keepalive from an address that is not the one in force: moves it there when that is allowed
 * (architecture-notes 11): at once when its own TCP connection is lost and it is the same host,
 * else only once the old address has been silent for three quarters of an interval. */
bool gb_online_roam(gb_device *device, const gb_sip_peer *peer);
void gb_online_flow_lost(gb_server *server, uint64_t flow);
/** Starts the timer anew after something that may bring the end nearer; also for devices from the
 * store. */
void gb_online_arm(gb_device *device);
void gb_online_set_offline(gb_device *device, const char *why);
/** The interval that its silence is measured by, in seconds. */
int gb_online_interval(const gb_device *device);

#endif
