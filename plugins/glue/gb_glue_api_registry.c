/* gb_glue_api_registry.c - the synchronous requests of api.md 4: devices, channels, streams, info.
 */
#include "glue/gb_glue_api.h"
#include "glue/gb_glue_ask.h"
#include "glue/gb_glue_json.h"

#define LIMIT_DEFAULT 100
#define LIMIT_MAX 1000

/* A question to the SIP thread and its answer; each request fills in what it needs. */
typedef struct {
	gb_ask ask;
	json_t *body; /* a reference: the texts below are its */
	const char *device, *channel;
	gb_list_query query;
	gb_device_edit edit;
	/* the answer */
	GError *error;
	GPtrArray *items;
	unsigned total;
	gb_device_info *found_device;
	gb_channel_info *found_channel;
	gb_server_counts counts;
	char **listeners;
} question;

static void question_free(gb_ask *ask) {
	question *q = (question *)ask;
	json_decref(q->body);
	g_clear_error(&q->error);
	g_clear_pointer(&q->items, g_ptr_array_unref);
	gb_device_info_free(q->found_device);
	gb_channel_info_free(q->found_channel);
	g_strfreev(q->listeners);
	g_free(q);
}

static void question_unref(question *q) {
	gb_ask_unref(&q->ask);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(question, question_unref)

static question *question_new(json_t *body, void (*fn)(gb_server *server, gb_ask *ask)) {
	question *q = g_new0(question, 1);
	gb_ask_init(&q->ask, fn, question_free);
	q->body = json_incref(body);
	q->device = gb_api_text(body, "device");
	q->channel = gb_api_text(body, "channel");
	return q;
}

/* Asks; NULL when the answer is there, else the error to reply. */
static json_t *ask(gb_glue *glue, question *q) {
	g_autoptr(GError) busy = NULL;
	if(!gb_ask_wait(&q->ask, glue->server, GB_ASK_PATIENCE_US, &busy))
		return gb_json_error_of(busy);
	return q->error ? gb_json_error_of(q->error) : NULL;
}

/* SIP thread: what is asked about does not exist. */
static void not_found(question *q, const char *what, const char *id) {
	if(!q->error)
		g_set_error(&q->error, GB_ERROR, GB_ERROR_NOT_FOUND, "No such %s: %s", what, id);
}

static void read_query(question *q) {
	json_t *online = json_object_get(q->body, "online");
	q->query.device = q->device;
	q->query.online = json_is_boolean(online) ? json_is_true(online) : -1;
	q->query.search = gb_api_text(q->body, "search");
	q->query.offset = (unsigned)gb_api_int(q->body, "offset", 0);
	q->query.limit = (unsigned)gb_api_int(q->body, "limit", LIMIT_DEFAULT);
}

static void read_edit(question *q) {
	json_t *enabled = json_object_get(q->body, "enabled");
	q->edit.name = gb_api_text(q->body, "name");
	q->edit.password = gb_api_text(q->body, "password");
	q->edit.enabled = json_is_boolean(enabled) ? json_is_true(enabled) : -1;
}

/* ---- info ---------------------------------------------------------------------------------- */

static void ask_info(gb_server *server, gb_ask *ask) {
	question *q = (question *)ask;
	gb_server_get_counts(server, &q->counts);
	q->listeners = gb_server_listeners(server);
}

static json_t *info(gb_glue *glue, json_t *body) {
	g_autoptr(question) q = question_new(body, ask_info);
	json_t *error = ask(glue, q);
	if(error)
		return error;
	const gb_server_config *config = &glue->config.server;
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:I}", "gb28181", "info", "version",
		GB_GLUE_VERSION_STRING, "node", config->node, "server_id", config->sip.server_id, "realm",
		config->sip.realm, "listeners", gb_json_texts(q->listeners), "counts",
		gb_json_counts(&q->counts), "uptime_s", (json_int_t)q->counts.uptime_s);
}

/* ---- lists --------------------------------------------------------------------------------- */

static void ask_devices(gb_server *server, gb_ask *ask) {
	question *q = (question *)ask;
	q->total = gb_server_list_devices(server, &q->query, &q->items);
}

static json_t *list_devices(gb_glue *glue, json_t *body) {
	g_autoptr(question) q = question_new(body, ask_devices);
	read_query(q);
	json_t *error = ask(glue, q);
	if(error)
		return error;
	json_t *devices = json_array();
	for(guint i = 0; q->items && i < q->items->len; i++)
		json_array_append_new(
			devices, gb_json_device(g_ptr_array_index(q->items, i), glue->config.server.node));
	return json_pack(
		"{sssIso}", "gb28181", "list_devices", "total", (json_int_t)q->total, "devices", devices);
}

static void ask_channels(gb_server *server, gb_ask *ask) {
	question *q = (question *)ask;
	if(q->device) {
		q->found_device = gb_server_get_device(server, q->device);
		if(!q->found_device) {
			not_found(q, "device", q->device);
			return;
		}
	}
	q->total = gb_server_list_channels(server, &q->query, &q->items);
}

static json_t *list_channels(gb_glue *glue, json_t *body) {
	g_autoptr(question) q = question_new(body, ask_channels);
	read_query(q);
	json_t *error = ask(glue, q);
	if(error)
		return error;
	json_t *channels = json_array();
	for(guint i = 0; q->items && i < q->items->len; i++)
		json_array_append_new(channels, gb_json_channel(g_ptr_array_index(q->items, i)));
	return json_pack("{sssIso}", "gb28181", "list_channels", "total", (json_int_t)q->total,
		"channels", channels);
}

static void ask_streams(gb_server *server, gb_ask *ask) {
	question *q = (question *)ask;
	q->total = gb_server_list_streams(server, &q->items);
}

static json_t *list_streams(gb_glue *glue, json_t *body) {
	g_autoptr(question) q = question_new(body, ask_streams);
	json_t *error = ask(glue, q);
	if(error)
		return error;
	json_t *streams = json_array();
	for(guint i = 0; q->items && i < q->items->len; i++)
		json_array_append_new(streams, gb_json_stream(g_ptr_array_index(q->items, i)));
	return json_pack(
		"{sssIso}", "gb28181", "list_streams", "total", (json_int_t)q->total, "streams", streams);
}

/* ---- one device, one channel --------------------------------------------------------------- */

static void find_device(gb_server *server, question *q) {
	if(!q->error)
		q->found_device = gb_server_get_device(server, q->device);
	if(!q->found_device)
		not_found(q, "device", q->device);
}

static void ask_device(gb_server *server, gb_ask *ask) {
	find_device(server, (question *)ask);
}

static void ask_channel(gb_server *server, gb_ask *ask) {
	question *q = (question *)ask;
	find_device(server, q);
	if(q->error)
		return;
	const char *channel =
		q->channel ? q->channel : gb_server_only_channel(server, q->device, &q->error);
	if(channel)
		q->found_channel = gb_server_get_channel(server, q->device, channel);
	if(!q->found_channel)
		not_found(q, "channel", channel ? channel : q->device);
}

static json_t *answer_device(gb_glue *glue, question *q, const char *request) {
	json_t *error = ask(glue, q);
	if(error)
		return error;
	return json_pack("{ssso}", "gb28181", request, "device",
		gb_json_device(q->found_device, glue->config.server.node));
}

static json_t *get_device(gb_glue *glue, json_t *body) {
	g_autoptr(question) q = question_new(body, ask_device);
	return answer_device(glue, q, "get_device");
}

static json_t *get_channel(gb_glue *glue, json_t *body) {
	g_autoptr(question) q = question_new(body, ask_channel);
	json_t *error = ask(glue, q);
	if(error)
		return error;
	return json_pack(
		"{ssso}", "gb28181", "get_channel", "channel", gb_json_channel(q->found_channel));
}

/* ---- create, edit, destroy ----------------------------------------------------------------- */

static void ask_create(gb_server *server, gb_ask *ask) {
	question *q = (question *)ask;
	(void)gb_server_create_device(server, q->device, &q->edit, &q->error);
	find_device(server, q);
}

static void ask_edit(gb_server *server, gb_ask *ask) {
	question *q = (question *)ask;
	(void)gb_server_edit_device(server, q->device, &q->edit, &q->error);
	find_device(server, q);
}

static void ask_destroy(gb_server *server, gb_ask *ask) {
	question *q = (question *)ask;
	find_device(server, q);
	if(!q->error)
		(void)gb_server_destroy_device(server, q->device, &q->error);
}

static json_t *create_device(gb_glue *glue, json_t *body) {
	g_autoptr(question) q = question_new(body, ask_create);
	read_edit(q);
	return answer_device(glue, q, "create_device");
}

static json_t *edit_device(gb_glue *glue, json_t *body) {
	g_autoptr(question) q = question_new(body, ask_edit);
	read_edit(q);
	return answer_device(glue, q, "edit_device");
}

static json_t *destroy_device(gb_glue *glue, json_t *body) {
	g_autoptr(question) q = question_new(body, ask_destroy);
	return answer_device(glue, q, "destroy_device");
}

/* ---- the table ----------------------------------------------------------------------------- */

#define PARAM(name, type)                                                                          \
	{ name, type, false, 0, 0, NULL, NULL }
#define TEXT(name, min, max)                                                                       \
	{ name, GB_PARAM_TEXT, false, min, max, NULL, NULL }
#define INT(name, min, max)                                                                        \
	{ name, GB_PARAM_INT, false, min, max, NULL, NULL }
#define DEVICE                                                                                     \
	{ "device", GB_PARAM_DEVICE, true, 0, 0, NULL, NULL }
#define ABSENT(name) PARAM(name, GB_PARAM_ABSENT)

static const gb_api_param list_devices_params[] = {
	PARAM("online", GB_PARAM_BOOL),
	TEXT("search", 0, 128),
	INT("offset", 0, 10000000),
	INT("limit", 1, LIMIT_MAX),
};

static const gb_api_param list_channels_params[] = {
	PARAM("device", GB_PARAM_DEVICE),
	PARAM("online", GB_PARAM_BOOL),
	TEXT("search", 0, 128),
	INT("offset", 0, 10000000),
	INT("limit", 1, LIMIT_MAX),
};

static const gb_api_param device_params[] = {DEVICE};

static const gb_api_param channel_params[] = {
	DEVICE,
	PARAM("channel", GB_PARAM_CHANNEL),
};

static const gb_api_param edit_params[] = {
	DEVICE,
	TEXT("name", 0, 128),
	TEXT("password", 0, 128),
	PARAM("enabled", GB_PARAM_BOOL),
	ABSENT("media_transport"),
	ABSENT("charset"),
	ABSENT("advertised_ip"),
	ABSENT("utc_offset_minutes"),
	ABSENT("max_streams"),
	ABSENT("roaming"),
};

#define ENTRY(name, flags, params)                                                                 \
	{ #name, flags, params, G_N_ELEMENTS(params), name, NULL }
const gb_api_entry gb_api_registry[] = {
	{"info", 0, NULL, 0, info, NULL},
	ENTRY(list_devices, 0, list_devices_params),
	ENTRY(list_channels, 0, list_channels_params),
	{"list_streams", 0, NULL, 0, list_streams, NULL},
	ENTRY(get_device, 0, device_params),
	ENTRY(get_channel, 0, channel_params),
	ENTRY(create_device, GB_API_ADMIN, edit_params),
	ENTRY(edit_device, GB_API_ADMIN, edit_params),
	ENTRY(destroy_device, GB_API_ADMIN, device_params),
};
const size_t gb_api_registry_count = G_N_ELEMENTS(gb_api_registry);
