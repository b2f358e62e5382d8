/* gb_store_db.h - the tables behind gb_store: what its thread does to the file.
 *
 * Between gb_store.c (queue and thread) and gb_store_sqlite.c only. One thread at a time; every
 * call may wait for the disk. Functions that return false have left their reason in
 * gb_store_db_problem(). */
#ifndef GB_STORE_DB_H
#define GB_STORE_DB_H

#include "gb28181/domain/gb_store.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct gb_store_db gb_store_db;

/** See gb_store_open(). */
gb_store_db *gb_store_db_open(const char *path, GError **error);
void gb_store_db_close(gb_store_db *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_store_db, gb_store_db_close)

bool gb_store_db_begin(gb_store_db *db);
bool gb_store_db_commit(gb_store_db *db);
/** Undoes what was written since the begin. */
void gb_store_db_rollback(gb_store_db *db);

bool gb_store_db_put_device(gb_store_db *db, const gb_stored_device *device);
bool gb_store_db_remove_device(gb_store_db *db, const char *device);
bool gb_store_db_put_registration(gb_store_db *db, const gb_stored_registration *registration);
bool gb_store_db_drop_registration(gb_store_db *db, const char *device);
bool gb_store_db_put_channel(gb_store_db *db, const char *device, const gb_stored_channel *channel);
bool gb_store_db_remove_channel(gb_store_db *db, const char *device, const char *channel);
bool gb_store_db_remove_channels(gb_store_db *db, const char *device);

/** See gb_store_load(). */
bool gb_store_db_load(gb_store_db *db, const gb_store_loader *loader, void *user);

/** What went wrong last, in words. */
const char *gb_store_db_problem(const gb_store_db *db);

#endif
