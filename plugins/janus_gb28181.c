/* janus_gb28181.c - the plugin that Janus loads: its table of callbacks, init and destroy.
 *
 * Cameras, recorders and platforms that speak GB/T 28181 in, WebRTC out. Everything else is in
 * glue/ (Janus, JSON) and gb28181/ (the protocol, without either). */
#include "glue/gb_glue.h"

#include "gb28181/base/gb_log.h"
#include "glue/gb_glue_api.h"
#include "glue/gb_glue_json.h"
#include "glue/gb_glue_session.h"

#include <rtcp.h>

/* Calls that are under way count here, so that destroy can wait for them: Janus does not. */
static gb_glue *the_glue;
static gint the_calls;

static gb_glue *enter(void) {
	g_atomic_int_inc(&the_calls);
	gb_glue *glue = g_atomic_pointer_get(&the_glue);
	return glue && !g_atomic_int_get(&glue->stopping) ? glue : NULL;
}

static void leave(void) {
	g_atomic_int_add(&the_calls, -1);
}

janus_plugin *create(void) __attribute__((visibility("default")));
static janus_plugin the_plugin;

static int gb28181_init(janus_callbacks *callback, const char *config_path) {
	g_autoptr(GError) error = NULL;
	if(!callback || !config_path)
		return -1;
	gb_glue *glue = gb_glue_new(callback, &the_plugin, config_path, &error);
	if(!glue) {
		gb_glue_log_start();
		gb_log(GB_LOG_ERROR, "The plugin does not start. %s", error ? error->message : "");
		gb_glue_log_stop();
		return -1;
	}
	g_atomic_pointer_set(&the_glue, glue);
	gb_log(GB_LOG_INFO, "%s %s started", GB_GLUE_PACKAGE, GB_GLUE_VERSION_STRING);
	return 0;
}

static void gb28181_destroy(void) {
	gb_glue *glue = g_atomic_pointer_get(&the_glue);
	if(!glue)
		return;
	g_atomic_int_set(&glue->stopping, 1);
	/* a request waits 2 s at most */
	while(g_atomic_int_get(&the_calls) > 0)
		g_usleep(1000);
	g_atomic_pointer_set(&the_glue, NULL);
	gb_glue_free(glue);
}

static int gb28181_get_api_compatibility(void) {
	return JANUS_PLUGIN_API_VERSION;
}

static int gb28181_get_version(void) {
	return GB_GLUE_VERSION;
}

static const char *gb28181_get_version_string(void) {
	return GB_GLUE_VERSION_STRING;
}

static const char *gb28181_get_description(void) {
	return "GB/T 28181 cameras, recorders and platforms in the browser.";
}

static const char *gb28181_get_name(void) {
	return "JANUS GB28181 plugin";
}

static const char *gb28181_get_author(void) {
	return "The authors of janus_gb28181";
}

static const char *gb28181_get_package(void) {
	return GB_GLUE_PACKAGE;
}

static void gb28181_create_session(janus_plugin_session *handle, int *error) {
	gb_glue *glue = enter();
	if(glue)
		gb_session_create(glue, handle);
	else
		*error = -1;
	leave();
}

static void gb28181_destroy_session(janus_plugin_session *handle, int *error) {
	gb_glue *glue = enter();
	if(!glue || !gb_session_destroy(glue, handle))
		*error = -2;
	leave();
}

static janus_plugin_result *gb28181_handle_message(
	janus_plugin_session *handle, char *transaction, json_t *message, json_t *jsep) {
	gb_glue *glue = enter();
	janus_plugin_result *result;
	if(glue) {
		result = gb_api_message(glue, handle, transaction, message, jsep);
	} else {
		g_free(transaction);
		json_decref(message);
		json_decref(jsep);
		result = janus_plugin_result_new(JANUS_PLUGIN_ERROR, "The plugin is shutting down", NULL);
	}
	leave();
	return result;
}

static json_t *gb28181_handle_admin_message(json_t *message) {
	gb_glue *glue = enter();
	json_t *answer = glue ? gb_api_admin_message(glue, message)
						  : gb_json_error(499, "The plugin is shutting down");
	leave();
	return answer;
}

/* What Janus tells about a handle: noted, never waited for. */
static void tell(janus_plugin_session *handle, gb_session_flag flag) {
	gb_glue *glue = enter();
	g_autoptr(gb_session) session = glue ? gb_session_find(glue, handle) : NULL;
	if(session)
		gb_session_tell(session, flag);
	leave();
}

static void gb28181_setup_media(janus_plugin_session *handle) {
	tell(handle, GB_SESSION_MEDIA_UP);
}

static void gb28181_hangup_media(janus_plugin_session *handle) {
	tell(handle, GB_SESSION_HANGUP);
}

static void gb28181_incoming_rtcp(janus_plugin_session *handle, janus_plugin_rtcp *packet) {
	if(packet->video &&
		(janus_rtcp_has_pli(packet->buffer, packet->length) ||
			janus_rtcp_has_fir(packet->buffer, packet->length)))
		tell(handle, GB_SESSION_KEYFRAME);
}

static json_t *gb28181_query_session(janus_plugin_session *handle) {
	gb_glue *glue = enter();
	g_autoptr(gb_session) session = glue ? gb_session_find(glue, handle) : NULL;
	json_t *answer = session ? gb_session_query(session) : NULL;
	leave();
	return answer;
}

static janus_plugin the_plugin = JANUS_PLUGIN_INIT(.init = gb28181_init, .destroy = gb28181_destroy,
	.get_api_compatibility = gb28181_get_api_compatibility, .get_version = gb28181_get_version,
	.get_version_string = gb28181_get_version_string, .get_description = gb28181_get_description,
	.get_name = gb28181_get_name, .get_author = gb28181_get_author,
	.get_package = gb28181_get_package, .create_session = gb28181_create_session,
	.handle_message = gb28181_handle_message, .handle_admin_message = gb28181_handle_admin_message,
	.setup_media = gb28181_setup_media, .incoming_rtcp = gb28181_incoming_rtcp,
	.hangup_media = gb28181_hangup_media, .destroy_session = gb28181_destroy_session,
	.query_session = gb28181_query_session, );

janus_plugin *create(void) {
	return &the_plugin;
}
