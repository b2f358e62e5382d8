#include "glue/gb_glue_api.h"

#include "gb28181/base/gb_log.h"
#include "gb28181/base/gb_str.h"
#include "glue/gb_glue_json.h"
#include "glue/gb_glue_words.h"

#include <string.h>

/* Asynchronous requests that may wait for the API thread, of all handles. */
#define REQUESTS_MAX 4096

enum {
	NO_MESSAGE = 450,
	INVALID_JSON = 451,
	INVALID_REQUEST = 452,
	MISSING_ELEMENT = 453,
	INVALID_ELEMENT = 454,
	UNAUTHORIZED = 457,
	OTHER = 499,
};

/* ---- small helpers ------------------------------------------------------------------------- */

const char *gb_api_text(json_t *body, const char *key) {
	return json_string_value(json_object_get(body, key));
}

bool gb_api_bool(json_t *body, const char *key, bool otherwise) {
	json_t *value = json_object_get(body, key);
	return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

int64_t gb_api_int(json_t *body, const char *key, int64_t otherwise) {
	json_t *value = json_object_get(body, key);
	return json_is_integer(value) ? (int64_t)json_integer_value(value) : otherwise;
}

json_t *gb_api_event(json_t *result) {
	return json_pack("{ssso}", "gb28181", "event", "result", result);
}

/* ---- requests on their way ----------------------------------------------------------------- */

void gb_request_free(gb_request *request) {
	if(!request)
		return;
	gb_session_unref(request->session);
	g_free(request->transaction);
	json_decref(request->body);
	json_decref(request->jsep);
	g_free(request);
}

void gb_request_answer(gb_request *request, json_t *result) {
	gb_session_push(request->session, request->transaction, gb_api_event(result), NULL, NULL);
	gb_request_free(request);
}

void gb_request_fail(gb_request *request, json_t *error) {
	gb_session_push(request->session, request->transaction, error, NULL, NULL);
	gb_request_free(request);
}

/* ---- parameters ---------------------------------------------------------------------------- */

static json_t *invalid(const gb_api_param *param, const char *why) {
	return gb_json_error(INVALID_ELEMENT, "Invalid element (%s should be %s)", param->name, why);
}

static bool is_one_of(const char *const *choices, const char *text) {
	return text && g_strv_contains(choices, text);
}

static json_t *check_text(const gb_api_param *param, json_t *value) {
	if(!json_is_string(value))
		return invalid(param, "a string");
	size_t len = json_string_length(value);
	if(len != strlen(json_string_value(value)) || (int64_t)len < param->min ||
		(int64_t)len > param->max) {
		g_autofree char *why =
			g_strdup_printf("a string of %d to %d bytes", (int)param->min, (int)param->max);
		return invalid(param, why);
	}
	return NULL;
}

static json_t *check_id(const gb_api_param *param, json_t *value) {
	if(!json_is_string(value))
		return invalid(param, "a string of 1 to 32 digits, not a number");
	if(!gb_id_valid_user(json_string_value(value)))
		return invalid(param, "1 to 32 digits");
	return NULL;
}

static json_t *check_int(const gb_api_param *param, json_t *value) {
	int64_t number = json_is_integer(value) ? (int64_t)json_integer_value(value) : 0;
	if(json_is_integer(value) && number >= param->min && number <= param->max)
		return NULL;
	g_autofree char *why = g_strdup_printf(
		"a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, param->min, param->max);
	return invalid(param, why);
}

static json_t *check_choice(const gb_api_param *param, json_t *value) {
	const char *text = json_string_value(value);
	if(!is_one_of(param->choices, text)) {
		g_autofree char *all = gb_words_join(param->choices, "', '");
		g_autofree char *why = g_strdup_printf("'%s'", all);
		return invalid(param, why);
	}
	if(param->built && !is_one_of(param->built, text))
		return gb_json_error(INVALID_ELEMENT,
			"Invalid element (%s '%s' is not built yet; leave it out)", param->name, text);
	return NULL;
}

static json_t *check_choices(const gb_api_param *param, json_t *value) {
	if(!json_is_array(value))
		return check_choice(param, value);
	if(json_array_size(value) > (size_t)param->max)
		return invalid(param, "a shorter array");
	for(size_t i = 0; i < json_array_size(value); i++) {
		json_t *error = check_choice(param, json_array_get(value, i));
		if(error)
			return error;
	}
	return NULL;
}

static json_t *check_value(const gb_api_param *param, json_t *value) {
	switch(param->type) {
	case GB_PARAM_TEXT:
		return check_text(param, value);
	case GB_PARAM_DEVICE:
	case GB_PARAM_CHANNEL:
		return check_id(param, value);
	case GB_PARAM_INT:
		return check_int(param, value);
	case GB_PARAM_BOOL:
		return json_is_boolean(value) ? NULL : invalid(param, "true or false");
	case GB_PARAM_CHOICE:
		return check_choice(param, value);
	case GB_PARAM_CHOICES:
		return check_choices(param, value);
	case GB_PARAM_ABSENT:
		return gb_json_error(
			INVALID_ELEMENT, "Invalid element (%s is not built yet; leave it out)", param->name);
	}
	return NULL;
}

json_t *gb_api_check(const gb_api_param *params, size_t count, json_t *body) {
	for(size_t i = 0; i < count; i++) {
		json_t *value = json_object_get(body, params[i].name);
		if(json_is_null(value))
			value = NULL;
		if(!value && params[i].required)
			return gb_json_error(MISSING_ELEMENT, "Missing mandatory element (%s)", params[i].name);
		json_t *error = value ? check_value(&params[i], value) : NULL;
		if(error)
			return error;
	}
	return NULL;
}

/* ---- which request ------------------------------------------------------------------------- */

static const gb_api_entry *find_in(const gb_api_entry *entries, size_t count, const char *name) {
	for(size_t i = 0; i < count; i++) {
		if(!strcmp(entries[i].name, name))
			return &entries[i];
	}
	return NULL;
}

static const gb_api_entry *find_entry(const char *name) {
	const gb_api_entry *entry = find_in(gb_api_registry, gb_api_registry_count, name);
	if(!entry)
		entry = find_in(gb_api_watch, gb_api_watch_count, name);
	if(!entry)
		entry = find_in(gb_api_listen, gb_api_listen_count, name);
	return entry;
}

static json_t *check_rights(const gb_glue *glue, const gb_api_entry *entry, json_t *body) {
	if(!(entry->flags & GB_API_ADMIN))
		return NULL;
	if(!glue->config.admin_key || !glue->config.admin_key[0])
		return gb_json_error(UNAUTHORIZED,
			"Unauthorized: '%s' needs general.admin_key to be configured, or the Admin API",
			entry->name);
	if(gb_glue_auth_admin(glue, gb_api_text(body, "admin_key")))
		return NULL;
	return gb_json_error(UNAUTHORIZED, "Unauthorized: '%s' needs the right admin_key", entry->name);
}

/* Looks the request up and checks it; NULL with `ret_error` when it cannot be served. */
static const gb_api_entry *recognise(
	const gb_glue *glue, json_t *body, bool by_admin_api, json_t **ret_error) {
	if(!body) {
		*ret_error = gb_json_error(NO_MESSAGE, "No message");
		return NULL;
	}
	if(!json_is_object(body)) {
		*ret_error = gb_json_error(INVALID_JSON, "Invalid JSON: the message is not an object");
		return NULL;
	}
	json_t *name = json_object_get(body, "request");
	if(!json_is_string(name)) {
		*ret_error = name
			? gb_json_error(INVALID_ELEMENT, "Invalid element (request should be a string)")
			: gb_json_error(MISSING_ELEMENT, "Missing mandatory element (request)");
		return NULL;
	}
	const gb_api_entry *entry = find_entry(json_string_value(name));
	if(!entry) {
		char shown[65];
		gb_str_copy(shown, sizeof(shown), json_string_value(name));
		*ret_error = gb_json_error(INVALID_REQUEST, "Unknown request '%s'", shown);
		return NULL;
	}
	*ret_error = by_admin_api ? NULL : check_rights(glue, entry, body);
	return entry;
}

static json_t *answer_sync(gb_glue *glue, const gb_api_entry *entry, json_t *body) {
	json_t *error = gb_api_check(entry->params, entry->param_count, body);
	return error ? error : entry->sync(glue, body);
}

/* ---- synchronous --------------------------------------------------------------------------- */

json_t *gb_api_admin_message(gb_glue *glue, json_t *message) {
	json_t *error = NULL;
	const gb_api_entry *entry = recognise(glue, message, true, &error);
	if(error)
		return error;
	if(!entry->sync)
		return gb_json_error(INVALID_REQUEST,
			"Invalid request: '%s' is answered by events and needs a handle", entry->name);
	return answer_sync(glue, entry, message);
}

/* ---- asynchronous -------------------------------------------------------------------------- */

/* A request between the thread that brought it and the API thread. */
typedef struct {
	gb_request *request;
	const gb_api_entry *entry;
	json_t *error; /* found before: told as an event, as all that becomes of this request */
} posted;

static void posted_free(void *data) {
	posted *one = data;
	if(one->request)
		g_atomic_int_add(&one->request->session->glue->requests, -1);
	gb_request_free(one->request);
	json_decref(one->error);
	g_free(one);
}

static void serve(void *data) {
	posted *one = data;
	gb_request *request = g_steal_pointer(&one->request);
	g_atomic_int_add(&request->session->glue->requests, -1);
	gb_log_set_context("handle %" G_GUINT64_FORMAT, request->session->number);
	json_t *error = g_steal_pointer(&one->error);
	if(!error)
		error = gb_api_check(one->entry->params, one->entry->param_count, request->body);
	if(g_atomic_int_get(&request->session->gone)) {
		json_decref(error);
		gb_request_free(request);
	} else if(error) {
		gb_request_fail(request, error);
	} else {
		one->entry->async(request);
	}
	gb_log_set_context(NULL);
	posted_free(one);
}

/* Takes `request` and `error`; false (and neither is taken) when there are too many. */
static bool post(gb_request *request, const gb_api_entry *entry, json_t *error) {
	gb_glue *glue = request->session->glue;
	if(g_atomic_int_add(&glue->requests, 1) >= REQUESTS_MAX) {
		g_atomic_int_add(&glue->requests, -1);
		return false;
	}
	posted *one = g_new0(posted, 1);
	one->request = request;
	one->entry = entry;
	one->error = error;
	(void)gb_glue_post(glue->threads, serve, one, posted_free);
	return true;
}

static janus_plugin_result *reply(json_t *content) {
	return janus_plugin_result_new(JANUS_PLUGIN_OK, NULL, content);
}

/* Takes the request's parts over. */
static janus_plugin_result *dispatch(gb_request *taken) {
	g_autoptr(gb_request) request = taken;
	gb_glue *glue = request->session->glue;
	json_t *error = NULL;
	const gb_api_entry *entry = recognise(glue, request->body, false, &error);
	if(!entry)
		return reply(error);
	if(entry->sync)
		return reply(error ? error : answer_sync(glue, entry, request->body));
	if(!post(request, entry, error)) {
		json_decref(error);
		return reply(gb_json_error(OTHER, "The plugin is busy: try again in a moment"));
	}
	request = NULL;
	return janus_plugin_result_new(JANUS_PLUGIN_OK_WAIT, NULL, NULL);
}

janus_plugin_result *gb_api_message(
	gb_glue *glue, janus_plugin_session *handle, char *transaction, json_t *message, json_t *jsep) {
	gb_request *request = g_new0(gb_request, 1);
	request->transaction = transaction;
	request->body = message;
	request->jsep = jsep;
	request->session = gb_session_find(glue, handle);
	if(request->session)
		return dispatch(request);
	gb_request_free(request);
	return janus_plugin_result_new(
		JANUS_PLUGIN_ERROR, "No session associated with this handle", NULL);
}
