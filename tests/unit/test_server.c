/* The façade across threads: start, post, orderly end. The SIP stand-in has a thread of its own
 * here. */
#include "stubs/stub_sip.h"
#include "stubs/stub_store.h"
#include "stubs/stub_stream.h"

#include "gb28181/domain/gb_core.h"

#include <pthread.h>

typedef struct {
	gint ran, dropped; /**< atomic */
	pthread_t thread;  /**< that ran the first */
} tally;

static void note(gb_server *server, void *data) {
	tally *t = data;
	g_assert_nonnull(server);
	t->thread = pthread_self();
	(void)g_atomic_int_add(&t->ran, 1);
}

static void drop(void *data) {
	tally *t = data;
	(void)g_atomic_int_add(&t->dropped, 1);
}

static gb_server *start(void) {
	g_autoptr(GError) error = NULL;
	gb_server_config config;
	gb_server_config_default(&config);
	stub_store_format();
	gb_server *server = gb_server_new(&config, NULL, NULL, &error);
	gb_server_config_clear(&config); /* it has a copy */
	g_assert_no_error(error);
	return server;
}

static void test_life(void) {
	gb_server *server = start();
	g_auto(GStrv) listeners = gb_server_listeners(server);
	g_assert_cmpstr(listeners[0], ==, "udp 10.0.0.1:5060");
	gb_server_free(server);
	gb_server_free(NULL);
	stub_store_forget();
}

static void test_post(void) {
	tally t = {0};
	gb_server *server = start();
	for(int i = 0; i < 100; i++)
		g_assert_true(gb_server_post(server, note, &t, drop));
	/* the end is posted behind them: all of them run before it */
	gb_server_free(server);
	g_assert_cmpint(g_atomic_int_get(&t.ran) + g_atomic_int_get(&t.dropped), ==, 100);
	g_assert_cmpint(g_atomic_int_get(&t.ran), ==, 100);
	g_assert_false(pthread_equal(t.thread, pthread_self()));
	stub_store_forget();
}

static void post_again(gb_server *server, void *data) {
	tally *t = data;
	(void)g_atomic_int_add(&t->ran, 1);
	(void)gb_server_post(server, post_again, data, drop);
}

static void test_closing(void) {
	tally t = {0};
	gb_server *server = start();
	g_assert_true(gb_server_post(server, post_again, &t, drop));
	gb_server_free(server);
	/* a task that posts itself for ever is refused once the end begins */
	g_assert_cmpint(g_atomic_int_get(&t.dropped), ==, 1);
	stub_store_forget();
}

/* ---- a call that stands when the server ends ----------------------------------------------- */

static void on_packet(gb_sink *sink, const gb_media_packet *packet) {
	(void)sink;
	(void)packet;
}

static void on_format(gb_sink *sink, const gb_media_format *format) {
	(void)sink;
	(void)format;
}

static void on_free(gb_sink *sink) {
	(void)sink;
}

static gint ended; /**< atomic */

static void on_event(gb_watch *watch, const gb_watch_event *event, void *user) {
	(void)watch;
	(void)user;
	if(event->kind == GB_WATCH_ENDED)
		(void)g_atomic_int_add(&ended, 1);
}

static gb_sink sink;

static void watch(gb_server *server, void *data) {
	static const gb_sink_ops ops = {on_packet, on_format, on_free};
	gb_sip_request request = {
		.method = GB_SIP_REGISTER,
		.from_user = "34020000001320000001",
		.call_id = "1",
		.contact = "",
		.expires = 3600,
		.authorization = "",
		.user_agent = "",
		.gb_version = "",
	};
	g_assert_true(gb_addr_parse("10.0.0.9:5060", &request.peer.remote));
	g_assert_true(gb_addr_parse("10.0.0.1:5060", &request.peer.local));
	stub_sip_request(server->sip, &request);
	gb_sink_init(&sink, &ops);
	gb_failure *failure = NULL;
	char stream[24];
	g_assert_nonnull(gb_server_watch(
		server, request.from_user, request.from_user, &sink, on_event, NULL, stream, &failure));
	gb_failure_free(failure);
	(void)g_atomic_int_add((gint *)data, 1);
}

/** Not under a lock: the stand-in's calls belong to its thread, so ask there. */
static void count_calls(gb_server *server, void *data) {
	if(stub_sip_seen(server->sip)->calls->len > 0)
		(void)g_atomic_int_add((gint *)data, 1);
}

static void test_standing_call(void) {
	gint watching = 0, called = 0;
	gb_server *server = start();
	g_assert_true(gb_server_post(server, watch, &watching, NULL));
	while(!g_atomic_int_get(&called)) {
		g_assert_true(gb_server_post(server, count_calls, &called, NULL));
		(void)sched_yield();
	}
	/* nobody answers our BYE here: the end does not wait for ever, and the viewer hears of it */
	int64_t before = g_get_monotonic_time();
	gb_server_free(server);
	g_assert_cmpint(g_get_monotonic_time() - before, <, 10 * G_USEC_PER_SEC);
	g_assert_cmpint(g_atomic_int_get(&ended), ==, 1);
	g_assert_cmpint(sink.refs, ==, 1);
	stub_store_forget();
}

static void test_refused(void) {
	g_autoptr(GError) error = NULL;
	gb_server_config config;
	gb_server_config_default(&config);
	g_free(config.store_path);
	config.store_path = g_strdup("/refused");
	g_assert_null(gb_server_new(&config, NULL, NULL, &error));
	g_assert_error(error, GB_ERROR, GB_ERROR_FAILED);
	gb_server_config_clear(&config);
	stub_store_forget();
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/server/life", test_life);
	g_test_add_func("/server/post", test_post);
	g_test_add_func("/server/closing", test_closing);
	g_test_add_func("/server/standing_call", test_standing_call);
	g_test_add_func("/server/refused", test_refused);
	return g_test_run();
}
