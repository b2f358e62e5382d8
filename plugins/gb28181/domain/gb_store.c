/* gb_store.c - the queue in front of the store's file, and the thread that empties it. */
#include "gb28181/domain/gb_store.h"

#include "gb28181/base/gb_clock.h"
#include "gb28181/base/gb_log.h"
#include "gb28181/domain/gb_store_db.h"

#include <pthread.h>
#include <time.h>

#define LOSS_LINE_EVERY_US (10 * GB_SECOND)

/* ---- a change: a copy of what was put ---- */

typedef enum {
	PUT_DEVICE,
	REMOVE_DEVICE,
	PUT_REGISTRATION,
	DROP_REGISTRATION,
	PUT_CHANNEL,
	REMOVE_CHANNEL,
	REPLACE_CHANNELS,
} change_kind;

typedef struct {
	change_kind kind;
	GStringChunk *texts; /* all texts below stand in it */
	const char *device;
	const char *channel; /* REMOVE_CHANNEL */
	gb_stored_device as_device;
	gb_stored_registration as_registration;
	gb_stored_channel *channels; /* PUT_CHANNEL, REPLACE_CHANNELS */
	size_t count;
} change;

static const char *keep(change *one, const char *text) {
	return text && text[0] ? g_string_chunk_insert(one->texts, text) : "";
}

static change *change_new(change_kind kind, const char *device) {
	change *one = g_new0(change, 1);
	one->kind = kind;
	one->texts = g_string_chunk_new(kind == REPLACE_CHANNELS ? 16384 : 256);
	one->device = keep(one, device);
	return one;
}

static void change_free(void *data) {
	change *one = data;
	g_string_chunk_free(one->texts);
	g_free(one->channels);
	g_free(one);
}

static size_t rows_of(const change *one) {
	return MAX(one->count, 1);
}

static void keep_device(change *one, const gb_stored_device *from) {
	gb_stored_device *to = &one->as_device;
	*to = *from;
	to->id = one->device;
	to->name = keep(one, from->name);
	to->password = from->password ? keep(one, from->password) : NULL;
	to->manufacturer = keep(one, from->manufacturer);
	to->model = keep(one, from->model);
	to->firmware = keep(one, from->firmware);
	to->user_agent = keep(one, from->user_agent);
	to->charset = keep(one, from->charset);
	to->version = keep(one, from->version);
}

static void keep_registration(change *one, const gb_stored_registration *from) {
	gb_stored_registration *to = &one->as_registration;
	*to = *from;
	to->device = one->device;
	to->contact = keep(one, from->contact);
	to->call_id = keep(one, from->call_id);
}

static void keep_channel(change *one, const gb_stored_channel *from, gb_stored_channel *to) {
	*to = *from;
	to->device = one->device;
	to->id = keep(one, from->id);
	to->name = keep(one, from->name);
	to->manufacturer = keep(one, from->manufacturer);
	to->model = keep(one, from->model);
	to->owner = keep(one, from->owner);
	to->civil_code = keep(one, from->civil_code);
	to->block = keep(one, from->block);
	to->address = keep(one, from->address);
	to->parents = keep(one, from->parents);
	to->business_group = keep(one, from->business_group);
	to->stream_numbers = keep(one, from->stream_numbers);
}

static void keep_channels(change *one, const gb_stored_channel *channels, size_t count) {
	one->channels = g_new(gb_stored_channel, count);
	one->count = count;
	for(size_t i = 0; i < count; i++)
		keep_channel(one, &channels[i], &one->channels[i]);
}

/* ---- the store ---- */

/* Where a device was last put: a registration from there is only a refresh. */
typedef struct {
	bool tcp;
	gb_addr remote, local;
} place;

struct gb_store {
	pthread_t thread;
	pthread_mutex_t db_lock; /* guards `db`; taken before `lock`, never inside it */
	gb_store_db *db;
	gb_log_limit loss_limit; /* the thread's */

	pthread_mutex_t lock;		/* guards all below */
	pthread_cond_t wake;		/* there is work, or the end */
	pthread_cond_t done;		/* a batch is through */
	GPtrArray *queue;			/* change*, in the order of their posting */
	GHashTable *refreshes;		/* device (of the change) → change*: may wait */
	GHashTable *places;			/* device → place* */
	size_t rows;				/* that wait in both */
	size_t writing;				/* changes in the thread's hands */
	struct timespec refresh_by; /* when the refreshes must be written */
	uint64_t flush_wanted, flush_done;
	uint64_t failed_at_flush;
	bool closing;
	gb_store_stats stats;
};

static bool is_due(const struct timespec *when) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > when->tv_sec ||
		(now.tv_sec == when->tv_sec && now.tv_nsec >= when->tv_nsec);
}

static void set_due(struct timespec *when, int64_t milliseconds) {
	clock_gettime(CLOCK_MONOTONIC, when);
	int64_t nanoseconds = when->tv_nsec + milliseconds % 1000 * 1000000;
	when->tv_sec += milliseconds / 1000 + nanoseconds / 1000000000;
	when->tv_nsec = nanoseconds % 1000000000;
}

/* ---- the thread ---- */

static bool write_channels(gb_store_db *db, const change *one) {
	for(size_t i = 0; i < one->count; i++) {
		if(!gb_store_db_put_channel(db, one->device, &one->channels[i]))
			return false;
	}
	return true;
}

static bool write_change(gb_store_db *db, const change *one) {
	switch(one->kind) {
	case PUT_DEVICE:
		return gb_store_db_put_device(db, &one->as_device);
	case REMOVE_DEVICE:
		return gb_store_db_remove_device(db, one->device);
	case PUT_REGISTRATION:
		return gb_store_db_put_registration(db, &one->as_registration);
	case DROP_REGISTRATION:
		return gb_store_db_drop_registration(db, one->device);
	case PUT_CHANNEL:
		return write_channels(db, one);
	case REMOVE_CHANNEL:
		return gb_store_db_remove_channel(db, one->device, one->channel);
	case REPLACE_CHANNELS:
		return gb_store_db_remove_channels(db, one->device) && write_channels(db, one);
	}
	return false;
}

/* A full disk would fill the log as well. */
static void report_loss(gb_store *store, guint count) {
	uint32_t swallowed;
	if(!gb_log_limit_pass(&store->loss_limit, LOSS_LINE_EVERY_US, &swallowed))
		return;
	gb_log(GB_LOG_ERROR, "%u changes are lost, they could not be written: %s (%u lines held back)",
		count, gb_store_db_problem(store->db), swallowed);
}

static bool write_batch(gb_store *store, const GPtrArray *batch) {
	bool good;
	pthread_mutex_lock(&store->db_lock);
	good = gb_store_db_begin(store->db);
	for(guint i = 0; good && i < batch->len; i++)
		good = write_change(store->db, g_ptr_array_index(batch, i));
	good = good && gb_store_db_commit(store->db);
	if(!good) {
		report_loss(store, batch->len);
		gb_store_db_rollback(store->db);
	}
	pthread_mutex_unlock(&store->db_lock);
	return good;
}

static bool has_work(const gb_store *store) {
	if(store->queue->len > 0 || store->flush_wanted > store->flush_done)
		return true;
	return g_hash_table_size(store->refreshes) > 0 &&
		(store->closing || is_due(&store->refresh_by));
}

static void wait_for_work(gb_store *store) {
	while(!has_work(store) && !store->closing) {
		if(g_hash_table_size(store->refreshes) > 0)
			pthread_cond_timedwait(&store->wake, &store->lock, &store->refresh_by);
		else
			pthread_cond_wait(&store->wake, &store->lock);
	}
}

/* Refreshes go with whatever is written anyway, behind it: what they refresh may be in there. */
static GPtrArray *take_batch(gb_store *store) {
	GHashTableIter iter;
	void *refresh;
	GPtrArray *batch = store->queue;
	store->queue = g_ptr_array_new_with_free_func(change_free);
	g_hash_table_iter_init(&iter, store->refreshes);
	while(g_hash_table_iter_next(&iter, NULL, &refresh)) {
		g_hash_table_iter_steal(&iter);
		g_ptr_array_add(batch, refresh);
	}
	store->rows = 0;
	store->writing = batch->len;
	return batch;
}

static void account(gb_store *store, const GPtrArray *batch, bool good) {
	store->writing = 0;
	if(!good) {
		store->stats.failed += batch->len;
	} else if(batch->len > 0) {
		store->stats.transactions++;
		store->stats.changes += batch->len;
	}
}

static void work_once(gb_store *store) {
	uint64_t flush = store->flush_wanted;
	GPtrArray *batch = take_batch(store);
	pthread_mutex_unlock(&store->lock);
	bool good = batch->len == 0 || write_batch(store, batch);
	pthread_mutex_lock(&store->lock);
	account(store, batch, good);
	store->flush_done = flush;
	pthread_cond_broadcast(&store->done);
	g_ptr_array_unref(batch);
}

static void *run(void *user) {
	gb_store *store = user;
	gb_log_set_context("store");
	pthread_mutex_lock(&store->lock);
	for(;;) {
		wait_for_work(store);
		if(!has_work(store))
			break;
		work_once(store);
	}
	pthread_mutex_unlock(&store->lock);
	return NULL;
}

/* ---- life ---- */

static void init_locks(gb_store *store) {
	pthread_condattr_t monotonic;
	pthread_mutex_init(&store->db_lock, NULL);
	pthread_mutex_init(&store->lock, NULL);
	pthread_cond_init(&store->done, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&store->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

static void store_free(gb_store *store) {
	gb_store_db_close(store->db);
	g_ptr_array_unref(store->queue);
	g_hash_table_destroy(store->refreshes);
	g_hash_table_destroy(store->places);
	pthread_cond_destroy(&store->wake);
	pthread_cond_destroy(&store->done);
	pthread_mutex_destroy(&store->lock);
	pthread_mutex_destroy(&store->db_lock);
	g_free(store);
}

gb_store *gb_store_open(const char *path, GError **error) {
	gb_store_db *db = gb_store_db_open(path, error);
	if(!db)
		return NULL;
	gb_store *store = g_new0(gb_store, 1);
	init_locks(store);
	store->db = db;
	store->queue = g_ptr_array_new_with_free_func(change_free);
	store->refreshes = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, change_free);
	store->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	int problem = pthread_create(&store->thread, NULL, run, store);
	if(problem != 0) {
		g_set_error(error, GB_ERROR, GB_ERROR_FAILED, "the store's thread does not start: %s",
			g_strerror(problem));
		store_free(store);
		return NULL;
	}
	pthread_setname_np(store->thread, "gb-store");
	return store;
}

void gb_store_close(gb_store *store) {
	if(!store)
		return;
	pthread_mutex_lock(&store->lock);
	store->closing = true;
	pthread_cond_signal(&store->wake);
	pthread_mutex_unlock(&store->lock);
	pthread_join(store->thread, NULL);
	store_free(store);
}

bool gb_store_load(gb_store *store, const gb_store_loader *loader, void *user, GError **error) {
	pthread_mutex_lock(&store->db_lock);
	bool good = gb_store_db_load(store->db, loader, user);
	if(!good)
		g_set_error(error, GB_ERROR, GB_ERROR_FAILED, "the store cannot be read: %s",
			gb_store_db_problem(store->db));
	pthread_mutex_unlock(&store->db_lock);
	return good;
}

/* ---- putting ---- */

/* Refuses a change for which there is no room; takes it over either way. */
static bool has_room(gb_store *store, change *one) {
	if(store->rows + rows_of(one) <= GB_STORE_ROWS_MAX)
		return true;
	store->stats.refused++;
	change_free(one);
	return false;
}

static bool enqueue(gb_store *store, change *one) {
	if(!has_room(store, one))
		return false;
	store->rows += rows_of(one);
	g_ptr_array_add(store->queue, one);
	pthread_cond_signal(&store->wake);
	return true;
}

static bool post(gb_store *store, change *one) {
	pthread_mutex_lock(&store->lock);
	bool queued = enqueue(store, one);
	pthread_mutex_unlock(&store->lock);
	return queued;
}

bool gb_store_put_device(gb_store *store, const gb_stored_device *device) {
	change *one = change_new(PUT_DEVICE, device->id);
	keep_device(one, device);
	return post(store, one);
}

bool gb_store_put_channel(gb_store *store, const gb_stored_channel *channel) {
	change *one = change_new(PUT_CHANNEL, channel->device);
	keep_channels(one, channel, 1);
	return post(store, one);
}

bool gb_store_remove_channel(gb_store *store, const char *device, const char *channel) {
	change *one = change_new(REMOVE_CHANNEL, device);
	one->channel = keep(one, channel);
	return post(store, one);
}

bool gb_store_replace_channels(
	gb_store *store, const char *device, const gb_stored_channel *channels, size_t count) {
	change *one = change_new(REPLACE_CHANNELS, device);
	keep_channels(one, channels, count);
	return post(store, one);
}

/* ---- registrations: those that are only refreshed may wait ---- */

static void forget_refresh(gb_store *store, const char *device) {
	if(g_hash_table_remove(store->refreshes, device)) {
		store->rows--;
		store->stats.coalesced++;
	}
}

static bool is_refresh(const gb_store *store, const gb_stored_registration *registration) {
	const place *known = g_hash_table_lookup(store->places, registration->device);
	return known && known->tcp == registration->tcp &&
		gb_addr_equal(&known->remote, &registration->remote) &&
		gb_addr_equal(&known->local, &registration->local);
}

static void remember_place(gb_store *store, const gb_stored_registration *registration) {
	place *now = g_new0(place, 1);
	now->tcp = registration->tcp;
	now->remote = registration->remote;
	now->local = registration->local;
	g_hash_table_replace(store->places, g_strdup(registration->device), now);
}

static bool enqueue_refresh(gb_store *store, change *one) {
	if(!has_room(store, one))
		return false;
	if(g_hash_table_size(store->refreshes) == 0) {
		set_due(&store->refresh_by, GB_STORE_REFRESH_MS);
		pthread_cond_signal(&store->wake);
	}
	store->rows++;
	g_hash_table_replace(store->refreshes, (void *)(uintptr_t)one->device, one);
	return true;
}

bool gb_store_put_registration(gb_store *store, const gb_stored_registration *registration) {
	bool queued;
	change *one = change_new(PUT_REGISTRATION, registration->device);
	keep_registration(one, registration);
	pthread_mutex_lock(&store->lock);
	forget_refresh(store, registration->device);
	if(is_refresh(store, registration)) {
		queued = enqueue_refresh(store, one);
	} else {
		queued = enqueue(store, one);
		if(queued)
			remember_place(store, registration);
	}
	pthread_mutex_unlock(&store->lock);
	return queued;
}

static bool end_registration(gb_store *store, change_kind kind, const char *device) {
	change *one = change_new(kind, device);
	pthread_mutex_lock(&store->lock);
	bool queued = enqueue(store, one);
	if(queued) {
		forget_refresh(store, device);
		g_hash_table_remove(store->places, device);
	}
	pthread_mutex_unlock(&store->lock);
	return queued;
}

bool gb_store_drop_registration(gb_store *store, const char *device) {
	return end_registration(store, DROP_REGISTRATION, device);
}

bool gb_store_remove_device(gb_store *store, const char *device) {
	return end_registration(store, REMOVE_DEVICE, device);
}

/* ---- waiting, counting ---- */

bool gb_store_flush(gb_store *store) {
	pthread_mutex_lock(&store->lock);
	uint64_t mine = ++store->flush_wanted;
	pthread_cond_signal(&store->wake);
	while(store->flush_done < mine)
		pthread_cond_wait(&store->done, &store->lock);
	bool good = store->stats.failed == store->failed_at_flush;
	store->failed_at_flush = store->stats.failed;
	pthread_mutex_unlock(&store->lock);
	return good;
}

void gb_store_get_stats(gb_store *store, gb_store_stats *ret_stats) {
	pthread_mutex_lock(&store->lock);
	*ret_stats = store->stats;
	ret_stats->waiting = store->queue->len + g_hash_table_size(store->refreshes) + store->writing;
	pthread_mutex_unlock(&store->lock);
}
