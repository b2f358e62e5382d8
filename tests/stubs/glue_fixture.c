#include "stubs/glue_fixture.h"

#include "gb28181/base/gb_clock.h"
#include "glue/gb_glue_api.h"

void glue_fixture_start(glue_fixture *f) {
	g_autoptr(GError) error = NULL;
	stub_janus_reset();
	gb_clock_fake(1000 * GB_SECOND, 1700000000 * GB_SECOND);
	stub_janus_file = stub_config_new();
	stub_config_set(stub_janus_file, "general", "admin_key", ADMIN_KEY);
	stub_config_set(stub_janus_file, "sip", "server_id", "34020000002000000001");
	stub_config_set(stub_janus_file, "sip", "password", "12345678");
	f->glue = gb_glue_new(&stub_janus_core, &stub_janus_plugin, "/nowhere", &error);
	g_assert_no_error(error);
	stub_server_add_device(DEVICE, true);
	stub_server_add_channel(DEVICE, CHANNEL);
	f->handle = stub_handle_new();
	gb_session_create(f->glue, f->handle);
	f->session = gb_session_find(f->glue, f->handle);
	glue_fixture_settle();
}

void glue_fixture_end(glue_fixture *f) {
	(void)gb_session_destroy(f->glue, f->handle);
	glue_fixture_settle();
	gb_session_unref(f->session);
	gb_glue_free(f->glue);
	/* the plugin's reference is gone: nothing of the glue holds the handle any more */
	g_assert_true(stub_handle_drop(f->handle));
	stub_janus_reset();
	gb_clock_real();
}

void glue_fixture_settle(void) {
	while(stub_threads_run_api() + stub_threads_run_jsep() + stub_server_run() > 0)
		continue;
}

json_t *glue_fixture_send(glue_fixture *f, const char *body, const char *jsep) {
	json_t *message = body ? json_loads(body, JSON_DECODE_ANY, NULL) : NULL;
	json_t *answer = NULL;
	g_assert_true(!body || message);
	janus_plugin_result *result = gb_api_message(
		f->glue, f->handle, g_strdup("tx"), message, jsep ? json_loads(jsep, 0, NULL) : NULL);
	if(result->type == JANUS_PLUGIN_OK)
		answer = json_incref(result->content);
	else
		g_assert_cmpint(result->type, ==, JANUS_PLUGIN_OK_WAIT);
	janus_plugin_result_destroy(result);
	return answer;
}

json_t *glue_fixture_next(void) {
	g_autoptr(stub_push) push = stub_janus_take();
	if(!push)
		return NULL;
	json_t *event = json_incref(push->event);
	if(push->jsep)
		json_object_set(event, "jsep", push->jsep);
	if(push->transaction)
		json_object_set_new(event, "transaction", json_string(push->transaction));
	return event;
}

json_t *glue_fixture_ask(glue_fixture *f, const char *body, const char *jsep) {
	json_t *answer = glue_fixture_send(f, body, jsep);
	glue_fixture_settle();
	return answer ? answer : glue_fixture_next();
}

const char *glue_fixture_word(json_t *event) {
	static char word[64];
	json_t *code = json_object_get(event, "error_code");
	const char *status =
		json_string_value(json_object_get(json_object_get(event, "result"), "status"));
	if(!event)
		g_strlcpy(word, "none", sizeof(word));
	else if(code)
		g_snprintf(word, sizeof(word), "%d", (int)json_integer_value(code));
	else
		g_strlcpy(word, status ? status : "?", sizeof(word));
	json_decref(event);
	return word;
}
