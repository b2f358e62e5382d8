/* gb_registry.h - all devices, by id and by TCP connection.
 *
 * One ordered tree serves both look-up and sorted pages, so that a list of 100,000 devices is never
 * sorted. Lives on the SIP thread; owns the devices. */
#ifndef GB_REGISTRY_H
#define GB_REGISTRY_H

#include "gb28181/domain/gb_device.h"

#include <glib.h>

/** Most devices that are kept; a further one is refused and counted. */
#define GB_DEVICES_MAX 200000u

typedef struct gb_registry gb_registry;

gb_registry *gb_registry_new(void);
void gb_registry_free(gb_registry *registry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_registry, gb_registry_free)

/** NULL when there is none. */
gb_device *gb_registry_find(const gb_registry *registry, const char *id);
/** A new device; NULL when there are GB_DEVICES_MAX already. The id must not be there yet. */
gb_device *gb_registry_add(gb_registry *registry, gb_server *server, const char *id);
/** Frees it; its timers must be stopped. */
void gb_registry_remove(gb_registry *registry, gb_device *device);
unsigned gb_registry_count(const gb_registry *registry);
/** How many devices were refused for GB_DEVICES_MAX. */
uint64_t gb_registry_refused(const gb_registry *registry);

/** In order of their ids: the first, and the one after `node`; NULL at the end. Nothing may be
 * added or removed meanwhile. */
GTreeNode *gb_registry_first(const gb_registry *registry);
gb_device *gb_registry_at(GTreeNode *node);

/** Notes the peer and that the device is reached over its TCP connection, if it has one. */
void gb_registry_set_peer(gb_registry *registry, gb_device *device, const gb_sip_peer *peer);
/** First of the devices that are reached over a TCP connection, chained by `flow_next`; NULL =
 * none. */
gb_device *gb_registry_by_flow(const gb_registry *registry, uint64_t flow);

#endif
