/* test_store.c - what was put comes back after a restart; batching, caps, bad files. */
#include "gb28181/domain/gb_store.h"

#include "gb28181/base/gb_log.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#define CAMERA "34020000001320000001"
#define NVR "34020000001180000001"

static char *directory;
static char *path;

static void make_path(void) {
	directory = g_dir_make_tmp("test-store-XXXXXX", NULL);
	path = g_build_filename(directory, "store.db", NULL);
}

static void remove_path(void) {
	static const char *const suffixes[] = {"", "-wal", "-shm"};
	for(size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		g_autofree char *name = g_strconcat(path, suffixes[i], NULL);
		g_unlink(name);
	}
	g_rmdir(directory);
	g_free(path);
	g_free(directory);
}

static gb_store *open_store(const char *at) {
	g_autoptr(GError) error = NULL;
	gb_store *store = gb_store_open(at, &error);
	g_assert_no_error(error);
	g_assert_nonnull(store);
	return store;
}

static gb_addr addr(const char *text) {
	gb_addr address = {0};
	g_assert_true(gb_addr_parse(text, &address));
	return address;
}

static gb_stored_registration registration(const char *device, const char *remote) {
	gb_stored_registration row = {.device = device,
		.tcp = true,
		.remote = addr(remote),
		.local = addr("198.51.100.1:5060"),
		.contact = "<sip:x@192.0.2.1>",
		.call_id = "1973051184",
		.expires_s = 3600,
		.registered_at = 1772323509000001,
		.expires_at = 1772327109000001,
		.last_seen = 1772323509000002};
	return row;
}

/* ---- everything that is loaded, as one text ---- */

static void dump_device(void *user, const gb_stored_device *d) {
	g_string_append_printf(user, "D %s %d %d %d [%s] [%s] [%s] [%s] [%s] [%s] [%s] [%s]\n", d->id,
		d->kind, d->enabled, d->created, d->name, d->password ? d->password : "(null)",
		d->manufacturer, d->model, d->firmware, d->user_agent, d->charset, d->version);
}

static void dump_registration(void *user, const gb_stored_registration *r) {
	char remote[GB_ADDR_TEXT], local[GB_ADDR_TEXT];
	g_string_append_printf(user, "R %s %d %s %s [%s] [%s] %d", r->device, r->tcp,
		gb_addr_format(remote, &r->remote), gb_addr_format(local, &r->local), r->contact,
		r->call_id, r->expires_s);
	g_string_append_printf(user,
		" %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", r->registered_at,
		r->expires_at, r->last_seen);
}

static void dump_channel(void *user, const gb_stored_channel *c) {
	g_string_append_printf(user,
		"C %s %s %d [%s] [%s] [%s] [%s] [%s] [%s] [%s] [%s] [%s] [%s] %d %d %d %d %d", c->device,
		c->id, c->status, c->name, c->manufacturer, c->model, c->owner, c->civil_code, c->block,
		c->address, c->parents, c->business_group, c->stream_numbers, c->parental, c->register_way,
		c->secrecy, c->ptz_type, c->sub_type);
	if(c->has_position)
		g_string_append_printf(user, " %.6f %.6f", c->longitude, c->latitude);
	g_string_append_c(user, '\n');
}

static char *load_all(gb_store *store) {
	static const gb_store_loader dump = {dump_device, dump_registration, dump_channel};
	g_autoptr(GError) error = NULL;
	GString *text = g_string_new(NULL);
	g_assert_true(gb_store_load(store, &dump, text, &error));
	g_assert_no_error(error);
	return g_string_free(text, FALSE);
}

static void assert_loaded(gb_store *store, const char *expected) {
	g_autofree char *text = load_all(store);
	g_assert_cmpstr(text, ==, expected);
}

static void assert_flushed_and_loaded(gb_store *store, const char *expected) {
	g_assert_true(gb_store_flush(store));
	assert_loaded(store, expected);
}

#define LOADED_CAMERA                                                                              \
	"D " CAMERA " 2 1 1 [\xe5\xa4\xa7\xe9\x97\xa8 'quoted'; --] [] [Acme] [IPC] [V1] [IP Camera] " \
	"[auto] [2016]\n"
#define LOADED_NVR "D " NVR " 0 0 0 [] [(null)] [] [] [] [] [] []\n"
#define LOADED_REGISTRATION                                                                        \
	"R " CAMERA " 1 [2001:db8::1]:41746 198.51.100.1:5060 [<sip:x@192.0.2.1>] [1973051184] 3600 "  \
	"1772323509000001 1772327109000001 1772323509000002\n"
#define BARE " 0 [] [] [] [] [] [] [] [] [] [] 0 0 0 0 0\n"
#define LOADED_CHANNEL                                                                             \
	"C " CAMERA                                                                                    \
	" 34020000001310000001 1 [Gate] [Acme] [IPC] [o] [340200] [b] [a] [1/2] [215] [0/1] "          \
	"-1 1 0 3 90 118.376451 31.326319\n"
#define LOADED_CHANNELS "C " NVR " 9" BARE LOADED_CHANNEL
#define LOADED_ALL LOADED_NVR LOADED_CAMERA LOADED_REGISTRATION LOADED_CHANNELS

static void put_camera(gb_store *store) {
	static const gb_stored_device device = {.id = CAMERA,
		.kind = 2,
		.enabled = true,
		.created = true,
		.name = "\xe5\xa4\xa7\xe9\x97\xa8 'quoted'; --",
		.password = "",
		.manufacturer = "Acme",
		.model = "IPC",
		.firmware = "V1",
		.user_agent = "IP Camera",
		.charset = "auto",
		.version = "2016"};
	static const gb_stored_channel channel = {.device = CAMERA,
		.id = "34020000001310000001",
		.status = 1,
		.name = "Gate",
		.manufacturer = "Acme",
		.model = "IPC",
		.owner = "o",
		.civil_code = "340200",
		.block = "b",
		.address = "a",
		.parents = "1/2",
		.business_group = "215",
		.stream_numbers = "0/1",
		.parental = -1,
		.register_way = 1,
		.ptz_type = 3,
		.sub_type = 90,
		.has_position = true,
		.longitude = 118.376451,
		.latitude = 31.326319};
	gb_stored_registration row = registration(CAMERA, "[2001:db8::1]:41746");
	/* The order does not matter. */
	g_assert_true(gb_store_put_channel(store, &channel));
	g_assert_true(gb_store_put_registration(store, &row));
	g_assert_true(gb_store_put_device(store, &device));
}

static void put_all(gb_store *store) {
	gb_stored_device device = {.id = NVR};
	gb_stored_channel channel = {.device = NVR, .id = "9"};
	put_camera(store);
	g_assert_true(gb_store_put_device(store, &device));
	g_assert_true(gb_store_put_channel(store, &channel));
}

/* ---- tests ---- */

static void test_restart(void) {
	GStatBuf info;
	make_path();
	gb_store *store = open_store(path);
	assert_loaded(store, "");
	put_all(store);
	assert_flushed_and_loaded(store, LOADED_ALL);
	g_assert_cmpint(g_stat(path, &info), ==, 0);
	g_assert_cmpint(info.st_mode & 0777, ==, 0600);
	gb_store_close(store);
	store = open_store(path);
	assert_loaded(store, LOADED_ALL);
	gb_store_close(store);
	gb_store_close(NULL);
	remove_path();
}

/* Closing writes what waits, refreshes included. */
static void test_close_writes(void) {
	make_path();
	gb_store *store = open_store(path);
	gb_stored_registration row = registration(CAMERA, "192.0.2.1:5060");
	g_assert_true(gb_store_put_registration(store, &row));
	row.expires_s = 7200;
	g_assert_true(gb_store_put_registration(store, &row));
	gb_store_close(store);
	store = open_store(path);
	g_autofree char *text = load_all(store);
	g_assert_nonnull(strstr(text, " 7200 "));
	gb_store_close(store);
	remove_path();
}

static void test_memory(void) {
	gb_store *store = open_store(":memory:");
	put_all(store);
	assert_flushed_and_loaded(store, LOADED_ALL);
	gb_store_close(store);
	g_assert_false(g_file_test(":memory:", G_FILE_TEST_EXISTS));
	store = open_store(":memory:");
	assert_loaded(store, "");
	gb_store_close(store);
}

static void test_remove(void) {
	g_autoptr(gb_store) store = open_store(":memory:");
	put_all(store);
	g_assert_true(gb_store_drop_registration(store, CAMERA));
	assert_flushed_and_loaded(store, LOADED_NVR LOADED_CAMERA LOADED_CHANNELS);
	g_assert_true(gb_store_remove_channel(store, NVR, "9"));
	g_assert_true(gb_store_remove_channel(store, NVR, "none"));
	g_assert_true(gb_store_remove_device(store, NVR));
	assert_flushed_and_loaded(store, LOADED_CAMERA LOADED_CHANNEL);
	g_assert_true(gb_store_remove_device(store, CAMERA));
	assert_flushed_and_loaded(store, "");
}

static void test_replace_channels(void) {
	g_autoptr(gb_store) store = open_store(":memory:");
	gb_stored_channel channels[] = {
		{.id = "3", .status = 3}, {.id = "1", .status = 1}, {.id = "1", .status = 2}};
	gb_stored_channel other = {.device = NVR, .id = "7"};
	g_assert_true(gb_store_put_channel(store, &other));
	g_assert_true(gb_store_replace_channels(store, CAMERA, channels, 3));
	g_assert_true(gb_store_flush(store));
	g_autofree char *three = load_all(store);
	g_assert_true(g_str_has_prefix(three, "C " NVR " 7" BARE "C " CAMERA " 1 2 []"));
	g_assert_nonnull(strstr(three, "\nC " CAMERA " 3 3 []"));
	channels[0] = (gb_stored_channel){.id = "2"};
	g_assert_true(gb_store_replace_channels(store, CAMERA, channels, 1));
	assert_flushed_and_loaded(store, "C " NVR " 7" BARE "C " CAMERA " 2" BARE);
	g_assert_true(gb_store_replace_channels(store, CAMERA, NULL, 0));
	assert_flushed_and_loaded(store, "C " NVR " 7" BARE);
}

static void put_thousand(gb_store *store, int expires_s) {
	char id[16];
	for(int i = 0; i < 1000; i++) {
		g_snprintf(id, sizeof(id), "%d", i);
		gb_stored_registration row = registration(id, "192.0.2.1:5060");
		row.expires_s = expires_s;
		g_assert_true(gb_store_put_registration(store, &row));
	}
}

/* A thousand devices that refresh three times each cost next to no transactions. */
static void test_refreshes(void) {
	g_autoptr(gb_store) store = open_store(":memory:");
	gb_store_stats before, after;
	put_thousand(store, 100);
	g_assert_true(gb_store_flush(store));
	gb_store_get_stats(store, &before);
	g_assert_cmpuint(before.changes, ==, 1000);
	for(int round = 1; round <= 3; round++)
		put_thousand(store, 100 + round);
	g_assert_true(gb_store_flush(store));
	gb_store_get_stats(store, &after);
	g_assert_cmpuint(after.transactions - before.transactions, <=, 3);
	g_assert_cmpuint(after.changes - before.changes + after.coalesced, ==, 3000);
	g_assert_cmpuint(after.waiting, ==, 0);
	g_autofree char *text = load_all(store);
	g_assert_nonnull(strstr(text, "R 999 "));
	g_assert_nonnull(strstr(text, "] 103 "));
	g_assert_null(strstr(text, "] 102 "));
}

/* A refresh that waits does not come back after the registration was dropped or has moved. */
static void test_refresh_overtaken(void) {
	g_autoptr(gb_store) store = open_store(":memory:");
	gb_stored_registration row = registration(CAMERA, "192.0.2.1:5060");
	gb_stored_registration moved = registration(CAMERA, "192.0.2.2:5060");
	g_assert_true(gb_store_put_registration(store, &row));
	g_assert_true(gb_store_put_registration(store, &row));
	g_assert_true(gb_store_drop_registration(store, CAMERA));
	assert_flushed_and_loaded(store, "");
	g_assert_true(gb_store_put_registration(store, &row));
	g_assert_true(gb_store_put_registration(store, &row));
	g_assert_true(gb_store_put_registration(store, &moved));
	g_assert_true(gb_store_flush(store));
	g_autofree char *text = load_all(store);
	g_assert_true(g_str_has_prefix(text, "R " CAMERA " 1 192.0.2.2:5060 "));
}

/* Without a flush a refresh is written by itself, in its time. */
static void test_refresh_in_time(void) {
	g_autoptr(gb_store) store = open_store(":memory:");
	gb_store_stats stats;
	gb_stored_registration row = registration(CAMERA, "192.0.2.1:5060");
	g_assert_true(gb_store_put_registration(store, &row));
	g_assert_true(gb_store_flush(store));
	g_assert_true(gb_store_put_registration(store, &row));
	gb_store_get_stats(store, &stats);
	g_assert_cmpuint(stats.waiting, ==, 1);
	gint64 deadline = g_get_monotonic_time() + 10 * G_TIME_SPAN_SECOND;
	while(stats.waiting > 0 && g_get_monotonic_time() < deadline) {
		g_usleep(5000);
		gb_store_get_stats(store, &stats);
	}
	g_assert_cmpuint(stats.waiting, ==, 0);
	g_assert_cmpuint(stats.changes, ==, 2);
}

static void run_sql(sqlite3 *handle, const char *script) {
	g_assert_cmpint(sqlite3_exec(handle, script, NULL, NULL, NULL), ==, SQLITE_OK);
}

static sqlite3 *open_beside(void) {
	sqlite3 *handle;
	g_assert_cmpint(sqlite3_open(path, &handle), ==, SQLITE_OK);
	return handle;
}

/* While somebody else holds the file the thread stands still with one batch, and the queue fills.
 */
static void test_full(void) {
	gb_store_stats stats;
	size_t count = GB_STORE_ROWS_MAX / 2;
	unsigned accepted = 0;
	make_path();
	gb_store *store = open_store(path);
	sqlite3 *holder = open_beside();
	run_sql(holder, "BEGIN IMMEDIATE");
	gb_stored_channel *channels = g_new0(gb_stored_channel, count + 1);
	for(size_t i = 0; i <= count; i++)
		channels[i].id = "1";
	while(accepted < 5 && gb_store_replace_channels(store, CAMERA, channels, count))
		accepted++;
	g_assert_cmpuint(accepted, >=, 2);
	g_assert_cmpuint(accepted, <=, 4);
	gb_store_get_stats(store, &stats);
	g_assert_cmpuint(stats.refused, ==, 1);
	g_assert_cmpint(sqlite3_close(holder), ==, SQLITE_OK);
	assert_flushed_and_loaded(store, "C " CAMERA " 1" BARE);
	/* There is room again. */
	g_assert_true(gb_store_replace_channels(store, CAMERA, channels, count));
	g_free(channels);
	gb_store_close(store);
	remove_path();
}

static void ignore_log(gb_log_level level, const char *line) {
	(void)level;
	(void)line;
}

/* What the disk refuses is counted, told once by a flush, and does not stop the store. */
static void test_failure(void) {
	gb_store_stats stats;
	make_path();
	gb_log_set_sink(ignore_log, GB_LOG_ERROR);
	gb_store *store = open_store(path);
	gb_stored_device device = {.id = NVR};
	sqlite3 *beside = open_beside();
	run_sql(beside,
		"CREATE TRIGGER refuse BEFORE INSERT ON devices BEGIN"
		" SELECT RAISE(ABORT, 'no room'); END");
	g_assert_true(gb_store_put_device(store, &device));
	g_assert_false(gb_store_flush(store));
	g_assert_true(gb_store_flush(store));
	gb_store_get_stats(store, &stats);
	g_assert_cmpuint(stats.failed, ==, 1);
	assert_loaded(store, "");
	run_sql(beside, "DROP TRIGGER refuse");
	g_assert_cmpint(sqlite3_close(beside), ==, SQLITE_OK);
	g_assert_true(gb_store_put_device(store, &device));
	assert_flushed_and_loaded(store, LOADED_NVR);
	gb_store_close(store);
	remove_path();
}

static void assert_refused(const char *at, const char *why) {
	g_autoptr(GError) error = NULL;
	g_assert_null(gb_store_open(at, &error));
	g_assert_error(error, GB_ERROR, GB_ERROR_FAILED);
	g_assert_nonnull(strstr(error->message, at));
	g_assert_nonnull(strstr(error->message, why));
}

static void run_sql_once(const char *script) {
	sqlite3 *handle = open_beside();
	run_sql(handle, script);
	g_assert_cmpint(sqlite3_close(handle), ==, SQLITE_OK);
}

/* Bad files: a clear error, and not a byte of them changed. */
static void test_bad_files(void) {
	make_path();
	g_autofree char *text = g_strnfill(8192, 'x');
	g_autofree char *after = NULL;
	assert_refused("", "must name a file");
	assert_refused("/nonexistent/store.db", "No such file");
	assert_refused(directory, "");
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	assert_refused(path, "damaged");
	g_assert_true(g_file_get_contents(path, &after, NULL, NULL));
	g_assert_cmpstr(after, ==, text);
	g_unlink(path);
	run_sql_once("CREATE TABLE notes (x)");
	assert_refused(path, "another program");
	g_unlink(path);
	gb_store_close(open_store(path));
	run_sql_once("PRAGMA user_version = 999");
	assert_refused(path, "newer version");
	remove_path();
}

/* A page of the tables overwritten. */
static void test_damaged(void) {
	gb_stored_channel channels[500] = {{0}};
	char ids[500][8];
	g_autofree char *name = g_strnfill(500, 'n');
	g_autofree char *bytes = NULL;
	size_t len;
	make_path();
	gb_store *store = open_store(path);
	for(int i = 0; i < 500; i++) {
		g_snprintf(ids[i], sizeof(ids[i]), "%d", i);
		channels[i].id = ids[i];
		channels[i].name = name;
	}
	g_assert_true(gb_store_replace_channels(store, CAMERA, channels, 500));
	gb_store_close(store);
	g_assert_true(g_file_get_contents(path, &bytes, &len, NULL));
	g_assert_cmpuint(len, >, 40960);
	memset(bytes + len - 4096, 0x5a, 4096);
	g_assert_true(g_file_set_contents(path, bytes, (gssize)len, NULL));
	assert_refused(path, "damaged");
	remove_path();
}

/* A file that others could read is closed to them. */
static void test_mode(void) {
	GStatBuf info;
	make_path();
	gb_store_close(open_store(path));
	g_assert_cmpint(g_chmod(path, 0644), ==, 0);
	gb_store_close(open_store(path));
	g_assert_cmpint(g_stat(path, &info), ==, 0);
	g_assert_cmpint(info.st_mode & 0777, ==, 0600);
	remove_path();
}

static void *put_many(void *user) {
	char id[16];
	for(int i = 0; i < 500; i++) {
		g_snprintf(id, sizeof(id), "%d", i % 50);
		gb_stored_registration row = registration(id, "192.0.2.1:5060");
		gb_stored_channel channel = {.device = id, .id = "1"};
		gb_store_put_registration(user, &row);
		gb_store_put_channel(user, &channel);
		if(i % 100 == 0)
			gb_store_flush(user);
	}
	return NULL;
}

static void count_row(void *user, const gb_stored_registration *row) {
	(void)row;
	(*(unsigned *)user)++;
}

static void test_threads(void) {
	g_autoptr(gb_store) store = open_store(":memory:");
	pthread_t threads[2];
	unsigned rows = 0;
	static const gb_store_loader count = {.registration = count_row};
	for(size_t i = 0; i < 2; i++)
		g_assert_cmpint(pthread_create(&threads[i], NULL, put_many, store), ==, 0);
	for(size_t i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	g_assert_true(gb_store_flush(store));
	g_assert_true(gb_store_load(store, &count, &rows, NULL));
	g_assert_cmpuint(rows, ==, 50);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/restart", test_restart);
	g_test_add_func("/store/close-writes", test_close_writes);
	g_test_add_func("/store/memory", test_memory);
	g_test_add_func("/store/remove", test_remove);
	g_test_add_func("/store/replace-channels", test_replace_channels);
	g_test_add_func("/store/refreshes", test_refreshes);
	g_test_add_func("/store/refresh-overtaken", test_refresh_overtaken);
	g_test_add_func("/store/refresh-in-time", test_refresh_in_time);
	g_test_add_func("/store/full", test_full);
	g_test_add_func("/store/failure", test_failure);
	g_test_add_func("/store/bad-files", test_bad_files);
	g_test_add_func("/store/damaged", test_damaged);
	g_test_add_func("/store/mode", test_mode);
	g_test_add_func("/store/threads", test_threads);
	return g_test_run();
}
