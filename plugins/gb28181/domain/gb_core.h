/* gb_core.h - what the parts of the domain share: the inside of gb_server, and its life without
 * threads.
 *
 * Private to domain/ and its tests. gb_server_new() makes a core, starts the SIP and media threads
 * and hands both to gb_core_start() on the SIP thread; a test does the same by hand with stand-ins.
 * Everything but gb_core_new() and gb_core_free() belongs to the SIP thread. */
#ifndef GB_CORE_H
#define GB_CORE_H

#include "gb28181/base/gb_log.h"
#include "gb28181/domain/gb_registry.h"
#include "gb28181/domain/gb_server.h"
#include "gb28181/domain/gb_store.h"
#include "gb28181/proto/gb_nonce.h"
#include "gb28181/proto/gb_ssrc.h"

typedef struct gb_queries gb_queries;
typedef struct gb_interviews gb_interviews;
typedef struct gb_plays gb_plays;

/** What was refused or odd, since the start. */
typedef struct {
	uint64_t registers_refused;	  /**< 403 */
	uint64_t strangers;			  /**< messages under a device's id from another address */
	uint64_t unknown;			  /**< messages of devices that nobody knows */
	uint64_t malformed;			  /**< bodies that could not be read */
	uint64_t items_dropped;		  /**< catalog items over a cap or without a usable id */
	uint64_t store_refused;		  /**< changes that the store's queue had no room for */
	uint64_t illegal_play_events; /**< events that make no sense in the play's state */
} gb_core_counters;

struct gb_server {
	gb_server_config config;
	gb_server_events events;
	void *user;
	int64_t started_us;
	bool running; /**< between gb_core_start() and gb_core_stop() */
	gint closing; /**< atomic: no posts any more */

	gb_sip *sip;	   /**< NULL before gb_core_start() */
	gb_timers *timers; /**< of `sip` */
	gb_media *media;
	gb_store *store;
	gb_addr_map *media_map;
	gb_addr media_ip; /**< any: where the device registered at */

	gb_registry *registry;
	unsigned online, channels;
	gb_nonce_table *nonces;
	gb_ssrc_pool *ssrcs;
	gb_queries *queries;
	gb_interviews *interviews;
	gb_plays *plays;
	gb_core_counters counters;
	gb_log_limit log_limit;		 /**< for lines that anybody outside can cause */
	void (*drained)(void *user); /**< gb_core_drain() */
	void *drained_user;
};

/** Opens and loads the store; no thread but the store's. NULL with an error. */
gb_server *gb_core_new(
	const gb_server_config *config, const gb_server_events *events, void *user, GError **error);
/** From now on requests are answered. */
void gb_core_start(gb_server *server, gb_sip *sip, gb_media *media);
/** Takes no new plays, ends all; `drained(user)` comes once when the last call is over, maybe at
 * once. */
void gb_core_drain(gb_server *server, void (*drained)(void *user), void *user);
/** Stops all timers and closes what is still open. */
void gb_core_stop(gb_server *server);
/** After gb_core_stop(), with SIP and media gone. */
void gb_core_free(gb_server *server);

/** For gb_sip_new(). `user` is the gb_server. */
extern const gb_sip_ops gb_core_sip_ops;

/* ---- telling the world --------------------------------------------------------------------- */

void gb_core_tell_device(gb_device *device, gb_change change);
void gb_core_tell_channel(gb_device *device, const gb_channel *channel, gb_change change);

/** Copies for the outside (gb_listing.c). */
gb_device_info *gb_listing_device(const gb_device *device);
gb_channel_info *gb_listing_channel(const gb_device *device, const gb_channel *channel);

#endif
