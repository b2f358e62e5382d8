/* gb_glue_api_listen.c - the requests `listen` and `refresh` (api.md 5), and what listeners are
 * sent. */
#include "glue/gb_glue_api.h"
#include "glue/gb_glue_hub.h"
#include "glue/gb_glue_json.h"
#include "glue/gb_glue_watch.h"

enum { UNAUTHORIZED = 457 };

/* ---- listen -------------------------------------------------------------------------------- */

static bool names(json_t *topics, const char *topic) {
	if(json_is_string(topics))
		return !g_strcmp0(json_string_value(topics), topic);
	for(size_t i = 0; i < json_array_size(topics); i++) {
		if(!g_strcmp0(json_string_value(json_array_get(topics, i)), topic))
			return true;
	}
	return false;
}

static void listen_request(gb_request *request) {
	g_autoptr(gb_session) session = gb_session_ref(request->session);
	gb_listen *hub = session->glue->listen;
	json_t *topics = json_object_get(request->body, "topics");
	bool named[GB_TOPICS];
	for(int i = 0; i < GB_TOPICS; i++)
		named[i] = names(topics, gb_topic_name((gb_topic)i));
	/* the answer goes first: the state that follows belongs to it */
	if(!gb_hub_has_room(session, named)) {
		gb_request_fail(request,
			json_pack("{s:s, s:i, s:s, s:s}", "gb28181", "event", "error_code", 486, "error",
				"Too many handles listen already", "limit", "listeners"));
		return;
	}
	gb_request_answer(
		request, json_pack("{s:s, s:o}", "status", "listening", "topics", gb_hub_names(named)));
	for(int i = 0; i < GB_TOPICS; i++) {
		if(named[i])
			(void)gb_listen_add(hub, (gb_topic)i, session);
		else
			gb_listen_remove(hub, (gb_topic)i, session);
	}
	gb_watching_show(session);
}

/* ---- refresh ------------------------------------------------------------------------------- */

/* A question to a device on its way; ends exactly once. */
typedef struct {
	gb_request *request;
	char device[GB_ID_SIZE];
	unsigned what;
	json_t *answer; /* a result, or an error */
	bool failed;
} refresh;

static void refresh_free(void *data) {
	refresh *one = data;
	gb_request_free(one->request);
	json_decref(one->answer);
	g_free(one);
}

/* API thread */
static void refresh_answer(void *data) {
	refresh *one = data;
	gb_request *request = g_steal_pointer(&one->request);
	json_t *answer = g_steal_pointer(&one->answer);
	if(one->failed)
		gb_request_fail(request, answer);
	else
		gb_request_answer(request, answer);
	refresh_free(one);
}

static void post_answer(refresh *one) {
	gb_glue *glue = one->request->session->glue;
	(void)gb_glue_post(glue->threads, refresh_answer, one, refresh_free);
}

static void add_text(json_t *object, const char *key, const char *text) {
	if(text)
		json_object_set_new(object, key, json_string(text));
}

static void add_catalog(json_t *answer, const gb_refresh_result *result) {
	json_object_set_new(answer, "expected", json_integer(result->catalog_expected));
	json_object_set_new(answer, "received", json_integer(result->catalog_received));
	json_object_set_new(answer, "complete", json_boolean(result->catalog_complete));
}

static void add_status(json_t *answer, const gb_refresh_result *result) {
	json_t *status = json_object();
	add_text(status, "online", result->status_online);
	add_text(status, "status", result->status);
	add_text(status, "encode", result->encode);
	add_text(status, "record", result->record);
	add_text(status, "device_time", result->device_time);
	json_object_set_new(answer, "device_status", status);
}

/* SIP thread */
static json_t *refresh_result(
	gb_server *server, const refresh *one, const gb_refresh_result *result) {
	json_t *answer = json_pack("{s:s, s:s}", "status", "ok", "device", one->device);
	if(result->what & GB_REFRESH_CATALOG)
		add_catalog(answer, result);
	if(result->what & GB_REFRESH_STATUS)
		add_status(answer, result);
	g_autoptr(gb_device_info) info =
		(result->what & GB_REFRESH_INFO) ? gb_server_get_device(server, one->device) : NULL;
	if(info) {
		const gb_glue *glue = one->request->session->glue;
		json_object_set_new(answer, "info", gb_json_device(info, glue->config.server.node));
	}
	return answer;
}

static void refresh_done(void *user, const gb_refresh_result *result, const gb_failure *failure) {
	refresh *one = user;
	gb_server *server = one->request->session->glue->server;
	one->failed = failure != NULL;
	one->answer = failure ? gb_json_failure(failure) : refresh_result(server, one, result);
	post_answer(one);
}

static void refresh_ask(gb_server *server, void *data) {
	refresh *one = data;
	gb_server_refresh(server, one->device, one->what, refresh_done, one);
}

static void refresh_refused(void *data) {
	refresh *one = data;
	one->failed = true;
	one->answer = gb_json_error(499, "The plugin is busy: try again in a moment");
	post_answer(one);
}

static void refresh_request(gb_request *request) {
	gb_glue *glue = request->session->glue;
	json_t *what = json_object_get(request->body, "what");
	const char *device = gb_api_text(request->body, "device");
	if(!gb_glue_auth_allows(glue, gb_api_text(request->body, "token"), "control", device, NULL)) {
		gb_request_fail(request,
			gb_json_error(
				UNAUTHORIZED, "Unauthorized: the token does not allow control/%s/*", device));
		return;
	}
	refresh *one = g_new0(refresh, 1);
	one->request = request;
	gb_str_copy(one->device, sizeof(one->device), device);
	one->what |= names(what, "catalog") ? GB_REFRESH_CATALOG : 0;
	one->what |= names(what, "info") ? GB_REFRESH_INFO : 0;
	one->what |= names(what, "status") ? GB_REFRESH_STATUS : 0;
	if(!one->what)
		one->what = GB_REFRESH_CATALOG;
	(void)gb_server_post(glue->server, refresh_ask, one, refresh_refused);
}

/* ---- the table ----------------------------------------------------------------------------- */

static const char *const topics_all[] = {
	"devices", "channels", "streams", "alarms", "positions", "messages", "faces", NULL};
static const char *const topics_built[] = {"devices", "channels", "streams", NULL};
static const char *const what_all[] = {"catalog", "info", "status", NULL};

static const gb_api_param listen_params[] = {
	{"topics", GB_PARAM_CHOICES, true, 0, 16, topics_all, topics_built},
};

static const gb_api_param refresh_params[] = {
	{"device", GB_PARAM_DEVICE, true, 0, 0, NULL, NULL},
	{"what", GB_PARAM_CHOICES, false, 0, 16, what_all, NULL},
	{"token", GB_PARAM_TEXT, false, 0, 4096, NULL, NULL},
};

const gb_api_entry gb_api_listen[] = {
	{"listen", 0, listen_params, G_N_ELEMENTS(listen_params), NULL, listen_request},
	{"refresh", 0, refresh_params, G_N_ELEMENTS(refresh_params), NULL, refresh_request},
};
const size_t gb_api_listen_count = G_N_ELEMENTS(gb_api_listen);
