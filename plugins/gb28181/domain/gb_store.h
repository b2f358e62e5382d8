/* gb_store.h - what survives a restart: devices, registrations, channels.
 *
 * One thread of its own, `gb-store`, writes to an SQLite file; who puts something there only copies
 * it into a bounded queue and does not wait for the disk. All that waits is written in one
 * transaction per wake-up. A registration that is only refreshed, from the same address, may wait
 * up to GB_STORE_REFRESH_MS, and the last one of a device replaces those before it; keepalives are
 * not for the store at all. Devices, registrations and channels need not be put in any order.
 *
 * Structs are plain and borrow their texts: what is put is copied, what is loaded is valid during
 * the callback. Text that is put as NULL is stored, and comes back, as ""; only `password` keeps
 * the difference. Numbers of enums are stored as they are and so may not change their meaning.
 *
 * gb_store_open(), gb_store_load(), gb_store_flush() and gb_store_close() wait for the disk; the
 * others do not. Any thread; the puts of one thread are written in their order. */
#ifndef GB_STORE_H
#define GB_STORE_H

#include "gb28181/base/gb_addr.h"
#include "gb28181/base/gb_error.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** How many rows may wait; changes beyond are refused and counted. A list of channels counts with
 * each. */
#define GB_STORE_ROWS_MAX 262144
/** How long the refresh of a registration may wait for company, in milliseconds. */
#define GB_STORE_REFRESH_MS 2000

typedef struct gb_store gb_store;

/** A device, or a platform or user that registered like one (api.md 4). */
typedef struct {
	const char *id; /**< required */
	int kind;		/**< 0 device, 1 platform, 2 user (gb_device_kind) */
	bool enabled;
	bool created; /**< by an administrator, not by registering */
	const char *name;
	const char *password; /**< NULL: the common one; "": none is asked. Stored as given */
	const char *manufacturer, *model, *firmware, *user_agent;
	const char *charset; /**< setting: "auto", "utf-8", "gb18030" */
	const char *version; /**< "2011", "2016", "2022" */
} gb_stored_device;

/** The registration in force of a device; one each. */
typedef struct {
	const char *device;	   /**< required */
	bool tcp;			   /**< transport: TCP, else UDP */
	gb_addr remote;		   /**< source address on the socket */
	gb_addr local;		   /**< our address at which it arrived */
	const char *contact;   /**< first Contact as sent */
	const char *call_id;   /**< of the last REGISTER */
	int expires_s;		   /**< as granted */
	int64_t registered_at; /**< wall microseconds of the first REGISTER of this registration */
	int64_t expires_at;	   /**< wall microseconds */
	int64_t last_seen;	   /**< wall microseconds */
} gb_stored_registration;

/** A channel: an item of the device's catalog (gb28181.md 5.5). */
typedef struct {
	const char *device; /**< required */
	const char *id;		/**< required */
	int status;			/**< 0 unknown, 1 on, 2 off, 3 fault (gb_channel_status, gb_item_status) */
	const char *name, *manufacturer, *model, *owner, *civil_code, *block, *address;
	const char *parents;									 /**< ids, separated by `/` */
	const char *business_group;								 /**< id */
	const char *stream_numbers;								 /**< StreamNumberList, `0/1/2` */
	int parental, register_way, secrecy, ptz_type, sub_type; /**< as in gb_catalog_item */
	bool has_position;
	double longitude, latitude; /**< degrees, where `has_position` */
} gb_stored_channel;

/** Called once for each row. Any of them may be NULL. */
typedef struct {
	void (*device)(void *user, const gb_stored_device *device);
	void (*registration)(void *user, const gb_stored_registration *registration);
	void (*channel)(void *user, const gb_stored_channel *channel);
} gb_store_loader;

/** Opens or creates the file, for its owner only (mode 0600), brings it to this version's tables
 * and starts the thread. ":memory:" keeps nothing. NULL with GB_ERROR_FAILED when the file cannot
 * be opened, is damaged, or was written by a newer version; it is left untouched then. */
gb_store *gb_store_open(const char *path, GError **error);
/** Writes what waits, ends the thread and closes the file. Nobody may put any more. */
void gb_store_close(gb_store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_store, gb_store_close)

/** Reads what was committed: all devices, then registrations, then channels, each sorted by id; the
 * callbacks come on the calling thread and may not call the store. */
bool gb_store_load(gb_store *store, const gb_store_loader *loader, void *user, GError **error);

/** Inserts or replaces. The puts return false when the queue is full: nothing was kept then. */
bool gb_store_put_device(gb_store *store, const gb_stored_device *device);
/** Removes the device, its registration and its channels. */
bool gb_store_remove_device(gb_store *store, const char *device);

bool gb_store_put_registration(gb_store *store, const gb_stored_registration *registration);
bool gb_store_drop_registration(gb_store *store, const char *device);

bool gb_store_put_channel(gb_store *store, const gb_stored_channel *channel);
bool gb_store_remove_channel(gb_store *store, const char *device, const char *channel);
/** From now on the device has these channels and no others. `device` of each channel is ignored. */
bool gb_store_replace_channels(
	gb_store *store, const char *device, const gb_stored_channel *channels, size_t count);

/** Waits until everything that was put before is committed; false when some of it could not be. */
bool gb_store_flush(gb_store *store);

/** Counters since the store was opened. */
typedef struct {
	uint64_t transactions; /**< committed */
	uint64_t changes;	   /**< written with them */
	uint64_t coalesced;	   /**< refreshes that a later one replaced before they were written */
	uint64_t refused;	   /**< changes that found the queue full */
	uint64_t failed;	   /**< changes lost because the disk refused them */
	size_t waiting;		   /**< changes not yet written */
} gb_store_stats;

void gb_store_get_stats(gb_store *store, gb_store_stats *ret_stats);

#endif
