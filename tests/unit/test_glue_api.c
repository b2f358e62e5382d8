/* test_glue_api.c - each request with what is missing, wrong or not allowed; synchronous answers;
 * refresh and listen. */
#include "glue/gb_glue_api.h"

#include "gb28181/base/gb_clock.h"
#include "glue/gb_glue_ask.h"
#include "stubs/glue_fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/* Synchronous requests wait for the SIP thread: this one runs the stub's meanwhile. */
static atomic_bool sip_runs;

static void *run_sip(void *data) {
	(void)data;
	while(atomic_load(&sip_runs)) {
		stub_server_run();
		g_usleep(500);
	}
	return NULL;
}

static pthread_t sip_thread;

static void sip_start(void) {
	atomic_store(&sip_runs, true);
	g_assert_cmpint(pthread_create(&sip_thread, NULL, run_sip, NULL), ==, 0);
}

static void sip_stop(void) {
	atomic_store(&sip_runs, false);
	pthread_join(sip_thread, NULL);
}

/* ---- what is refused ------------------------------------------------------------------------ */

typedef struct {
	const char *body;
	int code;
	const char *says;
} refusal;

#define ID "\"device\":\"" DEVICE "\""
#define KEY "\"admin_key\":\"" ADMIN_KEY "\""

static const refusal refusals[] = {
	{NULL, 450, "No message"},
	{"[]", 451, "not an object"},
	{"{}", 453, "(request)"},
	{"{\"request\":1}", 454, "request should be a string"},
	{"{\"request\":\"ptz\"}", 452, "Unknown request 'ptz'"},
	{"{\"request\":\"Info\"}", 452, "Unknown request 'Info'"},
	{"{\"request\":\"list_devices\",\"online\":1}", 454, "online"},
	{"{\"request\":\"list_devices\",\"search\":1}", 454, "search"},
	{"{\"request\":\"list_devices\",\"offset\":-1}", 454, "offset"},
	{"{\"request\":\"list_devices\",\"limit\":0}", 454, "limit"},
	{"{\"request\":\"list_devices\",\"limit\":1001}", 454, "limit"},
	{"{\"request\":\"list_devices\",\"limit\":\"5\"}", 454, "limit"},
	{"{\"request\":\"list_channels\",\"device\":3402000000132}", 454, "device"},
	{"{\"request\":\"list_channels\",\"device\":\"34 02\"}", 454, "device"},
	{"{\"request\":\"get_device\"}", 453, "device"},
	{"{\"request\":\"get_device\",\"device\":null}", 453, "device"},
	{"{\"request\":\"get_device\",\"device\":\"\"}", 454, "device"},
	{"{\"request\":\"get_device\",\"device\":\"340200000013200000013402000000132\"}", 454,
		"device"},
	{"{\"request\":\"get_channel\"," ID ",\"channel\":7}", 454, "channel"},
	{"{\"request\":\"create_device\"}", 457, "admin_key"},
	{"{\"request\":\"create_device\"," ID ",\"admin_key\":\"x\"}", 457, "admin_key"},
	{"{\"request\":\"create_device\"," ID ",\"admin_key\":7}", 457, "admin_key"},
	{"{\"request\":\"create_device\"," KEY "}", 453, "device"},
	{"{\"request\":\"create_device\"," KEY "," ID ",\"name\":5}", 454, "name"},
	{"{\"request\":\"create_device\"," KEY "," ID ",\"enabled\":\"yes\"}", 454, "enabled"},
	{"{\"request\":\"create_device\"," KEY "," ID ",\"charset\":\"gbk\"}", 454,
		"charset is not built yet"},
	{"{\"request\":\"edit_device\"," KEY "," ID ",\"password\":[]}", 454, "password"},
	{"{\"request\":\"edit_device\"," ID "}", 457, "admin_key"},
	{"{\"request\":\"destroy_device\"," ID "}", 457, "admin_key"},
	{"{\"request\":\"watch\"}", 453, "device"},
	{"{\"request\":\"watch\",\"device\":1}", 454, "device"},
	{"{\"request\":\"watch\"," ID ",\"channel\":1}", 454, "channel"},
	{"{\"request\":\"watch\"," ID ",\"stream\":\"third\"}", 454, "stream"},
	{"{\"request\":\"watch\"," ID ",\"stream\":\"sub\"}", 454, "stream 'sub' is not built yet"},
	{"{\"request\":\"watch\"," ID ",\"codecs\":[\"theora\"]}", 454, "codecs"},
	{"{\"request\":\"watch\"," ID ",\"codecs\":[1]}", 454, "codecs"},
	{"{\"request\":\"watch\"," ID ",\"codecs\":[\"h265\"]}", 484, "H.264"},
	{"{\"request\":\"watch\"," ID ",\"audio\":\"no\"}", 454, "audio"},
	{"{\"request\":\"watch\"," ID ",\"media_transport\":\"tcp-passive\"}", 454, "not built yet"},
	{"{\"request\":\"watch\"," ID ",\"adapt\":true}", 454, "adapt is not built yet"},
	{"{\"request\":\"watch\"," ID ",\"token\":5}", 454, "token"},
	{"{\"request\":\"listen\"}", 453, "topics"},
	{"{\"request\":\"listen\",\"topics\":[\"weather\"]}", 454, "topics"},
	{"{\"request\":\"listen\",\"topics\":[\"devices\",\"alarms\"]}", 454,
		"'alarms' is not built yet"},
	{"{\"request\":\"refresh\"}", 453, "device"},
	{"{\"request\":\"refresh\"," ID ",\"what\":\"all\"}", 454, "what"},
};

static void test_refusals(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	for(size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
		json_t *answer = glue_fixture_ask(&f, refusals[i].body, NULL);
		g_autofree char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
		g_test_message("%s -> %s", refusals[i].body, text);
		g_assert_cmpstr(json_string_value(json_object_get(answer, "gb28181")), ==, "event");
		g_assert_cmpint(
			json_integer_value(json_object_get(answer, "error_code")), ==, refusals[i].code);
		g_assert_nonnull(
			strstr(json_string_value(json_object_get(answer, "error")), refusals[i].says));
		json_decref(answer);
	}
	g_assert_cmpuint(stub_server.opened, ==, 0);
	glue_fixture_end(&f);
}

/* ---- synchronous answers -------------------------------------------------------------------- */

static json_t *ask(glue_fixture *f, const char *body) {
	json_t *answer = glue_fixture_send(f, body, NULL);
	g_assert_nonnull(answer);
	return answer;
}

static void test_info(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	sip_start();
	json_t *answer = ask(&f, "{\"request\":\"info\"}");
	g_assert_cmpstr(json_string_value(json_object_get(answer, "gb28181")), ==, "info");
	g_assert_cmpstr(json_string_value(json_object_get(answer, "realm")), ==, "3402000000");
	g_assert_cmpint(json_integer_value(json_object_get(answer, "uptime_s")), ==, 12);
	g_assert_cmpuint(json_array_size(json_object_get(answer, "listeners")), ==, 1);
	json_decref(answer);
	sip_stop();
	glue_fixture_end(&f);
}

static void test_lists(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	stub_server_add_device("34020000001320000002", false);
	sip_start();
	json_t *answer = ask(&f, "{\"request\":\"list_devices\",\"offset\":1,\"limit\":5}");
	g_assert_cmpint(json_integer_value(json_object_get(answer, "total")), ==, 2);
	json_t *devices = json_object_get(answer, "devices");
	g_assert_cmpuint(json_array_size(devices), ==, 1);
	g_assert_cmpstr(json_string_value(json_object_get(json_array_get(devices, 0), "id")), ==,
		"34020000001320000002");
	g_assert_null(json_object_get(json_array_get(devices, 0), "password"));
	json_decref(answer);
	answer = ask(&f, "{\"request\":\"list_channels\"," ID "}");
	g_assert_cmpuint(json_array_size(json_object_get(answer, "channels")), ==, 1);
	json_decref(answer);
	g_assert_cmpstr(
		glue_fixture_word(ask(&f, "{\"request\":\"list_channels\",\"device\":\"9\"}")), ==, "455");
	g_assert_cmpstr(
		glue_fixture_word(ask(&f, "{\"request\":\"get_device\",\"device\":\"9\"}")), ==, "455");
	g_assert_cmpstr(
		glue_fixture_word(ask(&f, "{\"request\":\"get_channel\"," ID ",\"channel\":\"9\"}")), ==,
		"455");
	answer = ask(&f, "{\"request\":\"get_channel\"," ID "}");
	g_assert_cmpstr(
		json_string_value(json_object_get(json_object_get(answer, "channel"), "id")), ==, CHANNEL);
	json_decref(answer);
	sip_stop();
	glue_fixture_end(&f);
}

static void test_devices(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	sip_start();
	json_t *answer = ask(&f,
		"{\"request\":\"create_device\"," KEY
		",\"device\":\"5\",\"name\":\"Door\",\"password\":\"pw\"}");
	g_assert_cmpstr(json_string_value(json_object_get(answer, "gb28181")), ==, "create_device");
	g_assert_cmpstr(
		json_string_value(json_object_get(json_object_get(answer, "device"), "id")), ==, "5");
	json_decref(answer);
	g_assert_cmpstr(
		glue_fixture_word(ask(&f, "{\"request\":\"create_device\"," KEY ",\"device\":\"5\"}")), ==,
		"456");
	g_assert_cmpstr(
		glue_fixture_word(ask(&f, "{\"request\":\"edit_device\"," KEY ",\"device\":\"6\"}")), ==,
		"455");
	answer = ask(&f, "{\"request\":\"destroy_device\"," KEY ",\"device\":\"5\"}");
	g_assert_nonnull(json_object_get(answer, "device"));
	json_decref(answer);
	g_assert_cmpstr(
		glue_fixture_word(ask(&f, "{\"request\":\"destroy_device\"," KEY ",\"device\":\"5\"}")), ==,
		"455");
	sip_stop();
	g_assert_cmpstr(stub_server.created_name, ==, "Door");
	g_assert_cmpstr(stub_server.created_password, ==, "pw");
	glue_fixture_end(&f);
}

static json_t *admin(glue_fixture *f, const char *body) {
	json_t *message = json_loads(body, JSON_DECODE_ANY, NULL);
	json_t *answer = gb_api_admin_message(f->glue, message);
	json_decref(message);
	return answer;
}

static void test_admin_api(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	sip_start();
	json_t *answer =
		admin(&f, "{\"request\":\"create_device\",\"device\":\"5\"}"); /* no key needed */
	g_assert_nonnull(json_object_get(answer, "device"));
	json_decref(answer);
	g_assert_cmpstr(glue_fixture_word(admin(&f, "{\"request\":\"watch\"}")), ==, "452");
	g_assert_cmpstr(glue_fixture_word(admin(&f, "{\"request\":\"get_device\"}")), ==, "453");
	g_assert_cmpstr(glue_fixture_word(admin(&f, "[]")), ==, "451");
	sip_stop();
	glue_fixture_end(&f);
}

/* Without a key in the configuration nobody has the right one. */
static void test_no_key(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	g_clear_pointer(&f.glue->config.admin_key, g_free);
	g_assert_cmpstr(
		glue_fixture_word(ask(&f, "{\"request\":\"create_device\"," KEY "," ID "}")), ==, "457");
	g_assert_cmpstr(
		glue_fixture_word(ask(&f, "{\"request\":\"create_device\",\"admin_key\":\"\"," ID "}")), ==,
		"457");
	glue_fixture_end(&f);
}

/* ---- an owner that does not answer ---------------------------------------------------------- */

typedef struct {
	gb_ask ask;
	unsigned *freed, *answered;
} probe;

static void probe_fn(gb_server *server, gb_ask *ask) {
	(void)server;
	(*((probe *)ask)->answered)++;
}

static void probe_free(gb_ask *ask) {
	(*((probe *)ask)->freed)++;
	g_free(ask);
}

static void test_busy(void) {
	glue_fixture f;
	unsigned freed = 0, answered = 0;
	glue_fixture_start(&f);
	probe *one = g_new0(probe, 1);
	one->freed = &freed;
	one->answered = &answered;
	gb_ask_init(&one->ask, probe_fn, probe_free);
	g_autoptr(GError) error = NULL;
	g_assert_false(gb_ask_wait(&one->ask, f.glue->server, 1000, &error));
	g_assert_error(error, GB_ERROR, GB_ERROR_BUSY);
	gb_ask_unref(&one->ask);
	g_assert_cmpuint(freed, ==, 0);
	stub_server_run(); /* too late: the answer frees itself */
	g_assert_cmpuint(answered, ==, 1);
	g_assert_cmpuint(freed, ==, 1);
	glue_fixture_end(&f);
}

/* ---- refresh and listen --------------------------------------------------------------------- */

static void test_refresh(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	json_t *event = glue_fixture_ask(
		&f, "{\"request\":\"refresh\"," ID ",\"what\":[\"catalog\",\"status\"]}", NULL);
	json_t *result = json_object_get(event, "result");
	g_assert_cmpuint(stub_server.refreshed, ==, GB_REFRESH_CATALOG | GB_REFRESH_STATUS);
	g_assert_cmpint(json_integer_value(json_object_get(result, "expected")), ==, 3);
	g_assert_true(json_is_true(json_object_get(result, "complete")));
	json_decref(event);
	g_assert_cmpstr(
		glue_fixture_word(glue_fixture_ask(&f, "{\"request\":\"refresh\"," ID "}", NULL)), ==,
		"ok");
	g_assert_cmpuint(stub_server.refreshed, ==, GB_REFRESH_CATALOG);
	stub_server.refuse_refresh = gb_failure_new(GB_ERROR_TIMEOUT, "no answer");
	g_assert_cmpstr(
		glue_fixture_word(glue_fixture_ask(&f, "{\"request\":\"refresh\"," ID "}", NULL)), ==,
		"482");
	glue_fixture_end(&f);
}

static void expect_notification(const char *topic, int seq, const char *event) {
	json_t *message = glue_fixture_next();
	g_assert_cmpstr(json_string_value(json_object_get(message, "notify")), ==, topic);
	g_assert_cmpint(json_integer_value(json_object_get(message, "seq")), ==, seq);
	json_t *item = json_array_get(json_object_get(message, "items"), 0);
	g_assert_cmpstr(json_string_value(json_object_get(item, "event")), ==, event);
	json_decref(message);
}

static void test_listen(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	gb_device_info *info;
	g_assert_cmpstr(glue_fixture_word(glue_fixture_ask(&f,
						"{\"request\":\"listen\",\"topics\":[\"devices\",\"channels\"]}", NULL)),
		==, "listening");
	expect_notification("devices", 1, "state");
	expect_notification("channels", 1, "state");
	info = gb_server_get_device(f.glue->server, DEVICE);
	gb_glue_server_events.device(f.glue, GB_CHANGE_OFFLINE, info);
	glue_fixture_settle();
	gb_clock_fake_advance(GB_SECOND);
	glue_fixture_settle();
	expect_notification("devices", 2, "offline");
	/* a topic that is not named again is left */
	g_assert_cmpstr(
		glue_fixture_word(glue_fixture_ask(&f, "{\"request\":\"listen\",\"topics\":[]}", NULL)), ==,
		"listening");
	gb_glue_server_events.device(f.glue, GB_CHANGE_ONLINE, info);
	gb_clock_fake_advance(GB_SECOND);
	glue_fixture_settle();
	g_assert_null(glue_fixture_next());
	gb_device_info_free(info);
	glue_fixture_end(&f);
}

static void test_event_handlers(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	gb_device_info *info = gb_server_get_device(f.glue->server, DEVICE);
	gb_glue_server_events.device(f.glue, GB_CHANGE_ONLINE, info);
	glue_fixture_settle();
	g_assert_cmpuint(stub_janus.notified, ==, 0); /* Janus has no handlers */
	stub_janus.events_enabled = true;
	gb_glue_server_events.device(f.glue, GB_CHANGE_ONLINE, info);
	gb_glue_server_events.device(f.glue, GB_CHANGE_UPDATED, info);
	glue_fixture_settle();
	g_assert_cmpuint(stub_janus.notified, ==, 1);
	g_assert_cmpstr(
		json_string_value(json_object_get(stub_janus.last_notified, "change")), ==, "online");
	f.glue->config.events = false;
	gb_glue_server_events.device(f.glue, GB_CHANGE_ONLINE, info);
	glue_fixture_settle();
	g_assert_cmpuint(stub_janus.notified, ==, 1);
	gb_device_info_free(info);
	glue_fixture_end(&f);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/glue/api/refusals", test_refusals);
	g_test_add_func("/glue/api/info", test_info);
	g_test_add_func("/glue/api/lists", test_lists);
	g_test_add_func("/glue/api/devices", test_devices);
	g_test_add_func("/glue/api/admin-api", test_admin_api);
	g_test_add_func("/glue/api/no-key", test_no_key);
	g_test_add_func("/glue/api/busy", test_busy);
	g_test_add_func("/glue/api/refresh", test_refresh);
	g_test_add_func("/glue/api/listen", test_listen);
	g_test_add_func("/glue/api/event-handlers", test_event_handlers);
	return g_test_run();
}
