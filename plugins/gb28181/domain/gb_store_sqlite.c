/* gb_store_sqlite.c - the tables of the store in SQLite. */
#include "gb28181/domain/gb_store_db.h"

#include "gb28181/base/gb_log.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 0x47423238 /* "GB28" */
#define BUSY_TIMEOUT_MS 5000

/* Number n leads from version n to n + 1. Never change one that was released; add another. */
static const char *const migrations[] = {
	"CREATE TABLE devices ("
	" id TEXT PRIMARY KEY, kind INTEGER NOT NULL, enabled INTEGER NOT NULL,"
	" created INTEGER NOT NULL, name TEXT NOT NULL, password TEXT, manufacturer TEXT NOT NULL,"
	" model TEXT NOT NULL, firmware TEXT NOT NULL, user_agent TEXT NOT NULL,"
	" charset TEXT NOT NULL, version TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE registrations ("
	" device TEXT PRIMARY KEY, tcp INTEGER NOT NULL, remote TEXT NOT NULL, local TEXT NOT NULL,"
	" contact TEXT NOT NULL, call_id TEXT NOT NULL, expires_s INTEGER NOT NULL,"
	" registered_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,"
	" last_seen INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE channels ("
	" device TEXT NOT NULL, id TEXT NOT NULL, status INTEGER NOT NULL, name TEXT NOT NULL,"
	" manufacturer TEXT NOT NULL, model TEXT NOT NULL, owner TEXT NOT NULL,"
	" civil_code TEXT NOT NULL, block TEXT NOT NULL, address TEXT NOT NULL,"
	" parents TEXT NOT NULL, business_group TEXT NOT NULL, stream_numbers TEXT NOT NULL,"
	" parental INTEGER NOT NULL, register_way INTEGER NOT NULL, secrecy INTEGER NOT NULL,"
	" ptz_type INTEGER NOT NULL, sub_type INTEGER NOT NULL, longitude REAL, latitude REAL,"
	" PRIMARY KEY (device, id)) WITHOUT ROWID;",
};

typedef enum {
	BEGIN,
	COMMIT,
	ROLLBACK,
	PUT_DEVICE,
	REMOVE_DEVICE,
	PUT_REGISTRATION,
	DROP_REGISTRATION,
	PUT_CHANNEL,
	REMOVE_CHANNEL,
	REMOVE_CHANNELS,
	LOAD_DEVICES,
	LOAD_REGISTRATIONS,
	LOAD_CHANNELS,
	STATEMENT_COUNT,
} statement_id;

static const char *const statements[STATEMENT_COUNT] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
	[PUT_DEVICE] = "INSERT OR REPLACE INTO devices (id, kind, enabled, created, name, password,"
				   " manufacturer, model, firmware, user_agent, charset, version)"
				   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[REMOVE_DEVICE] = "DELETE FROM devices WHERE id = ?",
	[PUT_REGISTRATION] =
		"INSERT OR REPLACE INTO registrations (device, tcp, remote, local, contact, call_id,"
		" expires_s, registered_at, expires_at, last_seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[DROP_REGISTRATION] = "DELETE FROM registrations WHERE device = ?",
	[PUT_CHANNEL] =
		"INSERT OR REPLACE INTO channels (device, id, status, name, manufacturer, model, owner,"
		" civil_code, block, address, parents, business_group, stream_numbers, parental,"
		" register_way, secrecy, ptz_type, sub_type, longitude, latitude)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[REMOVE_CHANNEL] = "DELETE FROM channels WHERE device = ? AND id = ?",
	[REMOVE_CHANNELS] = "DELETE FROM channels WHERE device = ?",
	[LOAD_DEVICES] = "SELECT id, kind, enabled, created, name, password, manufacturer, model,"
					 " firmware, user_agent, charset, version FROM devices ORDER BY id",
	[LOAD_REGISTRATIONS] =
		"SELECT device, tcp, remote, local, contact, call_id, expires_s, registered_at,"
		" expires_at, last_seen FROM registrations ORDER BY device",
	[LOAD_CHANNELS] =
		"SELECT device, id, status, name, manufacturer, model, owner, civil_code, block, address,"
		" parents, business_group, stream_numbers, parental, register_way, secrecy, ptz_type,"
		" sub_type, longitude, latitude FROM channels ORDER BY device, id",
};

struct gb_store_db {
	sqlite3 *handle;
	sqlite3_stmt *prepared[STATEMENT_COUNT];
};

const char *gb_store_db_problem(const gb_store_db *db) {
	return sqlite3_errmsg(db->handle);
}

/* ---- opening ---- */

static bool fail(GError **error, const char *path, const char *reason) {
	g_set_error(error, GB_ERROR, GB_ERROR_FAILED, "store.path \"%s\": %s", path, reason);
	return false;
}

/* SQLite would make it readable for whoever the umask lets, and passwords stand in it. */
static bool create_private(const char *path, GError **error) {
	int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	if(fd >= 0)
		close(fd);
	return fd >= 0 || errno == EEXIST || fail(error, path, g_strerror(errno));
}

/* First column of the first row as a number; -1 when there is none. */
static int64_t ask_number(gb_store_db *db, const char *question) {
	sqlite3_stmt *statement;
	int64_t answer = -1;
	if(sqlite3_prepare_v2(db->handle, question, -1, &statement, NULL) != SQLITE_OK)
		return -1;
	if(sqlite3_step(statement) == SQLITE_ROW)
		answer = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return answer;
}

static bool check_undamaged(gb_store_db *db, const char *path, GError **error) {
	sqlite3_stmt *statement = NULL;
	g_autofree char *finding = NULL;
	int result = sqlite3_prepare_v2(db->handle, "PRAGMA quick_check(1)", -1, &statement, NULL);
	if(result == SQLITE_OK)
		result = sqlite3_step(statement);
	if(result == SQLITE_ROW)
		finding = g_strdup((const char *)sqlite3_column_text(statement, 0));
	else
		finding = g_strdup(gb_store_db_problem(db));
	sqlite3_finalize(statement);
	if(g_strcmp0(finding, "ok") == 0)
		return true;
	if(result != SQLITE_ROW && result != SQLITE_CORRUPT && result != SQLITE_NOTADB)
		return fail(error, path, finding);
	g_set_error(error, GB_ERROR, GB_ERROR_FAILED,
		"store.path \"%s\" is damaged or no database (%s): restore it from a backup, or move it "
		"away to start with an empty one",
		path, finding);
	return false;
}

/* A file of ours, or an empty one, and not of a later version. */
static bool check_version(gb_store_db *db, const char *path, int64_t *ret_version, GError **error) {
	int64_t version = ask_number(db, "PRAGMA user_version");
	int64_t application = ask_number(db, "PRAGMA application_id");
	int64_t tables = ask_number(db, "SELECT count(*) FROM sqlite_master");
	if(version < 0 || application < 0 || tables < 0)
		return fail(error, path, gb_store_db_problem(db));
	if(application != APPLICATION_ID && tables > 0)
		return fail(error, path, "is a database of another program");
	if(version > (int64_t)G_N_ELEMENTS(migrations)) {
		g_set_error(error, GB_ERROR, GB_ERROR_FAILED,
			"store.path \"%s\" was written by a newer version of this plugin (tables %d, known "
			"are %d): install that one, or use another file",
			path, (int)version, (int)G_N_ELEMENTS(migrations));
		return false;
	}
	*ret_version = version;
	return true;
}

static bool execute(gb_store_db *db, const char *script, const char *path, GError **error) {
	if(sqlite3_exec(db->handle, script, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	return fail(error, path, gb_store_db_problem(db));
}

static bool migrate(gb_store_db *db, const char *path, int64_t version, GError **error) {
	for(; version < (int64_t)G_N_ELEMENTS(migrations); version++) {
		g_autofree char *script = g_strdup_printf(
			"BEGIN; %s PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT;",
			migrations[version], APPLICATION_ID, (int)version + 1);
		if(!execute(db, script, path, error))
			return false;
	}
	return true;
}

static bool prepare_all(gb_store_db *db, const char *path, GError **error) {
	for(size_t i = 0; i < STATEMENT_COUNT; i++) {
		if(sqlite3_prepare_v3(db->handle, statements[i], -1, SQLITE_PREPARE_PERSISTENT,
			   &db->prepared[i], NULL) != SQLITE_OK)
			return fail(error, path, gb_store_db_problem(db));
	}
	return true;
}

/* Nothing is written before the file is known to be ours. */
static bool set_up(gb_store_db *db, const char *path, bool in_memory, GError **error) {
	int64_t version = 0;
	sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
	if(!check_undamaged(db, path, error) || !check_version(db, path, &version, error))
		return false;
	if(!in_memory && chmod(path, 0600) < 0)
		return fail(error, path, g_strerror(errno));
	return execute(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;", path, error) &&
		migrate(db, path, version, error) && prepare_all(db, path, error);
}

gb_store_db *gb_store_db_open(const char *path, GError **error) {
	g_autoptr(gb_store_db) db = g_new0(gb_store_db, 1);
	bool in_memory = strcmp(path, ":memory:") == 0;
	if(!path[0]) {
		fail(error, path, "must name a file or be \":memory:\"");
		return NULL;
	}
	if(!in_memory && !create_private(path, error))
		return NULL;
	/* The store's own lock keeps threads apart. */
	int result =
		sqlite3_open_v2(path, &db->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if(result != SQLITE_OK) {
		fail(error, path, sqlite3_errstr(result));
		return NULL;
	}
	return set_up(db, path, in_memory, error) ? g_steal_pointer(&db) : NULL;
}

void gb_store_db_close(gb_store_db *db) {
	if(!db)
		return;
	for(size_t i = 0; i < STATEMENT_COUNT; i++)
		sqlite3_finalize(db->prepared[i]);
	sqlite3_close(db->handle);
	g_free(db);
}

/* ---- writing: values are bound in the order of the columns ---- */

typedef struct {
	sqlite3_stmt *statement;
	int column;
	bool good;
} row_writer;

static row_writer row_begin(gb_store_db *db, statement_id id) {
	row_writer row = {db->prepared[id], 0, true};
	return row;
}

static void row_text(row_writer *row, const char *text) {
	/* NULL becomes NULL. */
	if(sqlite3_bind_text(row->statement, ++row->column, text, -1, SQLITE_STATIC) != SQLITE_OK)
		row->good = false;
}

static void row_number(row_writer *row, int64_t number) {
	if(sqlite3_bind_int64(row->statement, ++row->column, number) != SQLITE_OK)
		row->good = false;
}

static void row_real(row_writer *row, bool present, double number) {
	int result = present ? sqlite3_bind_double(row->statement, ++row->column, number)
						 : sqlite3_bind_null(row->statement, ++row->column);
	if(result != SQLITE_OK)
		row->good = false;
}

static void row_address(row_writer *row, const gb_addr *address) {
	char text[GB_ADDR_TEXT];
	gb_addr_format(text, address);
	if(sqlite3_bind_text(row->statement, ++row->column, text, -1, SQLITE_TRANSIENT) != SQLITE_OK)
		row->good = false;
}

static bool row_write(row_writer *row) {
	bool done = row->good && sqlite3_step(row->statement) == SQLITE_DONE;
	sqlite3_reset(row->statement);
	sqlite3_clear_bindings(row->statement);
	return done;
}

static bool run(gb_store_db *db, statement_id id) {
	row_writer row = row_begin(db, id);
	return row_write(&row);
}

static bool run_for(gb_store_db *db, statement_id id, const char *key) {
	row_writer row = row_begin(db, id);
	row_text(&row, key);
	return row_write(&row);
}

bool gb_store_db_begin(gb_store_db *db) {
	return run(db, BEGIN);
}

bool gb_store_db_commit(gb_store_db *db) {
	return run(db, COMMIT);
}

void gb_store_db_rollback(gb_store_db *db) {
	/* Some failures have ended the transaction already. */
	if(!sqlite3_get_autocommit(db->handle))
		run(db, ROLLBACK);
}

bool gb_store_db_put_device(gb_store_db *db, const gb_stored_device *device) {
	row_writer row = row_begin(db, PUT_DEVICE);
	row_text(&row, device->id);
	row_number(&row, device->kind);
	row_number(&row, device->enabled);
	row_number(&row, device->created);
	row_text(&row, device->name);
	row_text(&row, device->password);
	row_text(&row, device->manufacturer);
	row_text(&row, device->model);
	row_text(&row, device->firmware);
	row_text(&row, device->user_agent);
	row_text(&row, device->charset);
	row_text(&row, device->version);
	return row_write(&row);
}

bool gb_store_db_remove_device(gb_store_db *db, const char *device) {
	return run_for(db, REMOVE_DEVICE, device) && run_for(db, DROP_REGISTRATION, device) &&
		run_for(db, REMOVE_CHANNELS, device);
}

bool gb_store_db_put_registration(gb_store_db *db, const gb_stored_registration *registration) {
	row_writer row = row_begin(db, PUT_REGISTRATION);
	row_text(&row, registration->device);
	row_number(&row, registration->tcp);
	row_address(&row, &registration->remote);
	row_address(&row, &registration->local);
	row_text(&row, registration->contact);
	row_text(&row, registration->call_id);
	row_number(&row, registration->expires_s);
	row_number(&row, registration->registered_at);
	row_number(&row, registration->expires_at);
	row_number(&row, registration->last_seen);
	return row_write(&row);
}

bool gb_store_db_drop_registration(gb_store_db *db, const char *device) {
	return run_for(db, DROP_REGISTRATION, device);
}

bool gb_store_db_put_channel(
	gb_store_db *db, const char *device, const gb_stored_channel *channel) {
	row_writer row = row_begin(db, PUT_CHANNEL);
	row_text(&row, device);
	row_text(&row, channel->id);
	row_number(&row, channel->status);
	row_text(&row, channel->name);
	row_text(&row, channel->manufacturer);
	row_text(&row, channel->model);
	row_text(&row, channel->owner);
	row_text(&row, channel->civil_code);
	row_text(&row, channel->block);
	row_text(&row, channel->address);
	row_text(&row, channel->parents);
	row_text(&row, channel->business_group);
	row_text(&row, channel->stream_numbers);
	row_number(&row, channel->parental);
	row_number(&row, channel->register_way);
	row_number(&row, channel->secrecy);
	row_number(&row, channel->ptz_type);
	row_number(&row, channel->sub_type);
	row_real(&row, channel->has_position, channel->longitude);
	row_real(&row, channel->has_position, channel->latitude);
	return row_write(&row);
}

bool gb_store_db_remove_channel(gb_store_db *db, const char *device, const char *channel) {
	row_writer row = row_begin(db, REMOVE_CHANNEL);
	row_text(&row, device);
	row_text(&row, channel);
	return row_write(&row);
}

bool gb_store_db_remove_channels(gb_store_db *db, const char *device) {
	return run_for(db, REMOVE_CHANNELS, device);
}

/* ---- reading: columns in the order of the question ---- */

typedef struct {
	sqlite3_stmt *statement;
	int column;
} row_reader;

static const char *next_text_or_null(row_reader *row) {
	return (const char *)sqlite3_column_text(row->statement, row->column++);
}

static const char *next_text(row_reader *row) {
	const char *text = next_text_or_null(row);
	return text ? text : "";
}

static int64_t next_number(row_reader *row) {
	return sqlite3_column_int64(row->statement, row->column++);
}

static int next_int(row_reader *row) {
	return sqlite3_column_int(row->statement, row->column++);
}

static bool next_is_there(const row_reader *row) {
	return sqlite3_column_type(row->statement, row->column) != SQLITE_NULL;
}

static double next_real(row_reader *row) {
	return sqlite3_column_double(row->statement, row->column++);
}

static void read_device(row_reader row, const gb_store_loader *loader, void *user) {
	gb_stored_device device;
	if(!loader->device)
		return;
	device.id = next_text(&row);
	device.kind = next_int(&row);
	device.enabled = next_int(&row) != 0;
	device.created = next_int(&row) != 0;
	device.name = next_text(&row);
	device.password = next_text_or_null(&row);
	device.manufacturer = next_text(&row);
	device.model = next_text(&row);
	device.firmware = next_text(&row);
	device.user_agent = next_text(&row);
	device.charset = next_text(&row);
	device.version = next_text(&row);
	loader->device(user, &device);
}

static void read_registration(row_reader row, const gb_store_loader *loader, void *user) {
	gb_stored_registration registration;
	if(!loader->registration)
		return;
	registration.device = next_text(&row);
	registration.tcp = next_int(&row) != 0;
	bool good = gb_addr_parse(next_text(&row), &registration.remote);
	good = gb_addr_parse(next_text(&row), &registration.local) && good;
	registration.contact = next_text(&row);
	registration.call_id = next_text(&row);
	registration.expires_s = next_int(&row);
	registration.registered_at = next_number(&row);
	registration.expires_at = next_number(&row);
	registration.last_seen = next_number(&row);
	/* The device will register again; without an address there is nothing to restore. */
	if(good)
		loader->registration(user, &registration);
	else
		gb_log(GB_LOG_WARNING, "store: the registration of %s has no address, left out",
			registration.device);
}

static void read_channel(row_reader row, const gb_store_loader *loader, void *user) {
	gb_stored_channel channel;
	if(!loader->channel)
		return;
	channel.device = next_text(&row);
	channel.id = next_text(&row);
	channel.status = next_int(&row);
	channel.name = next_text(&row);
	channel.manufacturer = next_text(&row);
	channel.model = next_text(&row);
	channel.owner = next_text(&row);
	channel.civil_code = next_text(&row);
	channel.block = next_text(&row);
	channel.address = next_text(&row);
	channel.parents = next_text(&row);
	channel.business_group = next_text(&row);
	channel.stream_numbers = next_text(&row);
	channel.parental = next_int(&row);
	channel.register_way = next_int(&row);
	channel.secrecy = next_int(&row);
	channel.ptz_type = next_int(&row);
	channel.sub_type = next_int(&row);
	channel.has_position = next_is_there(&row);
	channel.longitude = next_real(&row);
	channel.latitude = next_real(&row);
	loader->channel(user, &channel);
}

typedef void (*row_fn)(row_reader row, const gb_store_loader *loader, void *user);

static bool load_table(
	gb_store_db *db, statement_id id, row_fn read, const gb_store_loader *loader, void *user) {
	int result;
	sqlite3_stmt *statement = db->prepared[id];
	while((result = sqlite3_step(statement)) == SQLITE_ROW)
		read((row_reader){statement, 0}, loader, user);
	sqlite3_reset(statement);
	return result == SQLITE_DONE;
}

bool gb_store_db_load(gb_store_db *db, const gb_store_loader *loader, void *user) {
	return load_table(db, LOAD_DEVICES, read_device, loader, user) &&
		load_table(db, LOAD_REGISTRATIONS, read_registration, loader, user) &&
		load_table(db, LOAD_CHANNELS, read_channel, loader, user);
}
