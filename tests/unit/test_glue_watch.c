/* test_glue_watch.c - a handle from watch to stop, and the rule of STOPPING. */
#include "glue/gb_glue_watch.h"

#include "gb28181/base/gb_clock.h"
#include "stubs/glue_fixture.h"

#include <string.h>

#define WATCH "{\"request\":\"watch\",\"device\":\"" DEVICE "\",\"channel\":\"" CHANNEL "\"}"
#define WATCH_DEVICE "{\"request\":\"watch\",\"device\":\"" DEVICE "\"}"
#define START "{\"request\":\"start\"}"
#define STOP "{\"request\":\"stop\"}"
#define PAUSE "{\"request\":\"pause\"}"
#define ANSWER "{\"type\":\"answer\",\"sdp\":\"v=0\\r\\nm=video 9 X 96\\r\\n\"}"
#define REFUSAL "{\"type\":\"answer\",\"sdp\":\"v=0\\r\\nm=video 0 X 96\\r\\n\"}"

static void tell(glue_fixture *f, gb_session_flag flag) {
	gb_session_tell(f->session, flag);
	glue_fixture_settle();
}

/* Sends and expects a status or an error code. */
static void expect(glue_fixture *f, const char *body, const char *jsep, const char *word) {
	g_assert_cmpstr(glue_fixture_word(glue_fixture_ask(f, body, jsep)), ==, word);
}

static void expect_next(const char *word) {
	g_assert_cmpstr(glue_fixture_word(glue_fixture_next()), ==, word);
}

static void be_watching(glue_fixture *f) {
	expect(f, WATCH, NULL, "preparing");
	expect(f, START, ANSWER, "started");
	tell(f, GB_SESSION_MEDIA_UP);
}

static gb_watch_event event_of(gb_watch_event_kind kind) {
	static gb_stream_info stream = {
		.id = "7",
		.stats.format = {.video = GB_CODEC_H264,
			.width = 1280,
			.height = 720,
			.audio = GB_CODEC_PCMA},
		.ladder = {.start_us = 1000, .at_us = {[GB_STEP_INVITE_SENT] = 1000}},
	};
	gb_watch_event event = {.kind = kind, .stream = &stream, .reason = "bye", .retry_s = 30};
	return event;
}

static void test_play(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	json_t *event = glue_fixture_ask(&f, WATCH, NULL);
	json_t *result = json_object_get(event, "result");
	g_assert_cmpstr(json_string_value(json_object_get(result, "stream")), ==, "7");
	g_assert_cmpstr(json_string_value(json_object_get(event, "transaction")), ==, "tx");
	json_t *jsep = json_object_get(event, "jsep");
	g_assert_cmpstr(json_string_value(json_object_get(jsep, "type")), ==, "offer");
	g_assert_nonnull(strstr(json_string_value(json_object_get(jsep, "sdp")), "m=audio"));
	json_decref(event);
	g_assert_cmpuint(stub_server.opened, ==, 1);
	g_assert_cmpuint(stub_server.ready, ==, 0);
	expect(&f, WATCH, NULL, "460");
	expect(&f, PAUSE, NULL, "460");
	expect(&f, START, ANSWER, "started");
	expect(&f, START, ANSWER, "460");
	tell(&f, GB_SESSION_MEDIA_UP);
	g_assert_cmpuint(stub_server.ready, ==, 1);
	gb_watch_event playing = event_of(GB_WATCH_PLAYING);
	stub_server_tell(&playing);
	glue_fixture_settle();
	event = glue_fixture_next();
	result = json_object_get(event, "result");
	g_assert_null(json_object_get(event, "transaction"));
	g_assert_cmpstr(json_string_value(json_object_get(result, "status")), ==, "playing");
	g_assert_cmpint(
		json_integer_value(json_object_get(json_object_get(result, "video"), "width")), ==, 1280);
	g_assert_cmpuint(json_array_size(json_object_get(result, "ladder")), ==, 1);
	g_assert_cmpuint(json_array_size(json_object_get(result, "viewer_ladder")), ==, 4);
	json_decref(event);
	gb_watch_event interrupted = event_of(GB_WATCH_INTERRUPTED);
	stub_server_tell(&interrupted);
	glue_fixture_settle();
	expect_next("interrupted");
	glue_fixture_end(&f);
}

static void test_pause(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	be_watching(&f);
	expect(&f, PAUSE, NULL, "paused");
	expect(&f, PAUSE, NULL, "paused");
	g_assert_cmpuint(stub_server.paused, ==, 1);
	stub_server.refuse_resume = gb_failure_new(GB_ERROR_OFFLINE, "gone");
	expect(&f, START, NULL, "480");
	expect(&f, START, NULL, "started");
	expect(&f, START, NULL, "started");
	g_assert_cmpuint(stub_server.resumed, ==, 2);
	glue_fixture_end(&f);
}

/* A watch after stop waits for Janus's word, and for nothing else. */
static void test_stopping(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	for(int i = 0; i < 100; i++) {
		be_watching(&f);
		expect(&f, STOP, NULL, "stopped");
		g_assert_cmpuint(stub_janus.close_pcs, ==, (guint)i + 1);
		expect(&f, WATCH, NULL, "none");
		g_assert_cmpint(f.session->state, ==, GB_SESSION_STOPPING);
		tell(&f, GB_SESSION_HANGUP);
		expect_next("preparing");
		tell(&f, GB_SESSION_HANGUP); /* the new one's: Janus hung it up */
		g_assert_cmpint(f.session->state, ==, GB_SESSION_IDLE);
		tell(&f, GB_SESSION_HANGUP); /* once more, without a PeerConnection */
		g_assert_cmpint(f.session->state, ==, GB_SESSION_IDLE);
	}
	g_assert_cmpuint(stub_server.opened, ==, 200);
	g_assert_cmpuint(stub_server.stopped, ==, 200);
	glue_fixture_end(&f);
}

/* Janus forgets an order to close that comes before it has selected a pair. */
static void test_stop_before_media(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	expect(&f, WATCH, NULL, "preparing");
	expect(&f, START, ANSWER, "started");
	expect(&f, STOP, NULL, "stopped");
	g_assert_cmpuint(stub_janus.close_pcs, ==, 0);
	expect(&f, WATCH, NULL, "none");
	tell(&f, GB_SESSION_MEDIA_UP);
	g_assert_cmpuint(stub_janus.close_pcs, ==, 1);
	tell(&f, GB_SESSION_HANGUP);
	expect_next("preparing");
	/* The second never comes up: closed all the same, after a while. */
	expect(&f, START, ANSWER, "started");
	expect(&f, STOP, NULL, "stopped");
	gb_clock_fake_advance(GB_WATCHING_SETTLE_US);
	glue_fixture_settle();
	g_assert_cmpuint(stub_janus.close_pcs, ==, 2);
	tell(&f, GB_SESSION_HANGUP);
	g_assert_cmpint(f.session->state, ==, GB_SESSION_IDLE);
	glue_fixture_end(&f);
}

/* Where the offer never reached Janus there is nothing to wait for. */
static void test_stop_before_offer(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	json_decref(glue_fixture_send(&f, WATCH, NULL));
	stub_threads_run_api(); /* the SIP thread has not opened it yet */
	json_decref(glue_fixture_send(&f, STOP, NULL));
	stub_threads_run_api();
	expect_next("stopped");
	g_assert_cmpint(f.session->state, ==, GB_SESSION_IDLE);
	g_assert_cmpuint(stub_janus.close_pcs, ==, 0);
	glue_fixture_settle();
	expect_next("460"); /* the watch's own answer */
	g_assert_cmpuint(stub_server.opened, ==, stub_server.stopped);
	expect(&f, WATCH, NULL, "preparing");
	glue_fixture_end(&f);
}

/* Stopped while the offer is with Janus: closed once it is there. */
static void test_stop_during_offer(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	json_decref(glue_fixture_send(&f, WATCH, NULL));
	stub_threads_run_api();
	stub_server_run();
	stub_threads_run_api(); /* the offer waits for the pool */
	json_decref(glue_fixture_send(&f, STOP, NULL));
	stub_threads_run_api();
	g_assert_cmpint(f.session->state, ==, GB_SESSION_STOPPING);
	g_assert_cmpuint(stub_janus.close_pcs, ==, 0);
	glue_fixture_settle();
	expect_next("preparing"); /* in their order, though the first took long */
	expect_next("stopped");
	g_assert_cmpuint(stub_janus.close_pcs, ==, 1);
	expect(&f, WATCH, NULL, "none");
	/* no answer had come: Janus may have nothing to hang up, and is not waited for long */
	gb_clock_fake_advance(GB_WATCHING_HANGUP_UNANSWERED_US);
	glue_fixture_settle();
	expect_next("preparing");
	glue_fixture_end(&f);
}

static void test_queued_watch_is_stopped(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	be_watching(&f);
	expect(&f, STOP, NULL, "stopped");
	expect(&f, WATCH, NULL, "none");
	expect(&f, WATCH, NULL, "460");
	expect(&f, STOP, NULL, "460");
	expect_next("stopped");
	tell(&f, GB_SESSION_HANGUP);
	expect_next("none");
	g_assert_cmpint(f.session->state, ==, GB_SESSION_IDLE);
	glue_fixture_end(&f);
}

static void test_failure(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	be_watching(&f);
	g_autoptr(gb_failure) failure = gb_failure_new(GB_ERROR_LIMIT, "too many");
	failure->step = g_strdup("answered");
	failure->sip_status = 486;
	failure->sip_reason = g_strdup("Busy Here");
	failure->limit = g_strdup("device_streams");
	gb_watch_event ended = event_of(GB_WATCH_ENDED);
	ended.failure = failure;
	stub_server_tell(&ended);
	glue_fixture_settle();
	json_t *event = glue_fixture_next();
	g_assert_null(json_object_get(event, "transaction"));
	g_assert_cmpint(json_integer_value(json_object_get(event, "error_code")), ==, 486);
	g_assert_cmpint(json_integer_value(json_object_get(event, "sip_status")), ==, 486);
	g_assert_cmpstr(json_string_value(json_object_get(event, "sip_reason")), ==, "Busy Here");
	g_assert_cmpstr(json_string_value(json_object_get(event, "step")), ==, "answered");
	g_assert_cmpstr(json_string_value(json_object_get(event, "stream")), ==, "7");
	g_assert_cmpuint(json_array_size(json_object_get(event, "ladder")), ==, 1);
	g_assert_cmpuint(json_array_size(json_object_get(event, "holders")), ==, 1);
	json_decref(event);
	g_assert_cmpuint(stub_janus.close_pcs, ==, 1);
	g_assert_cmpint(f.session->state, ==, GB_SESSION_STOPPING);
	g_assert_cmpuint(stub_server.stopped, ==, 0); /* it had ended by itself */
	tell(&f, GB_SESSION_HANGUP);
	expect(&f, WATCH, NULL, "preparing");
	glue_fixture_end(&f);
}

static void test_immediate_failures(void) {
	static const struct {
		gb_error_code code;
		const char *word;
	} rows[] = {
		{GB_ERROR_NOT_FOUND, "455"},
		{GB_ERROR_OFFLINE, "480"},
		{GB_ERROR_NO_PORT, "485"},
		{GB_ERROR_LIMIT, "486"},
	};
	glue_fixture f;
	glue_fixture_start(&f);
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		stub_server.refuse_watch = gb_failure_new(rows[i].code, "no");
		expect(&f, WATCH, NULL, rows[i].word);
		g_assert_cmpint(f.session->state, ==, GB_SESSION_IDLE);
	}
	g_assert_cmpuint(stub_janus.close_pcs, ==, 0);
	/* the only channel is found; of two it is not */
	expect(&f, WATCH_DEVICE, NULL, "preparing");
	tell(&f, GB_SESSION_HANGUP);
	stub_server_add_channel(DEVICE, "34020000001310000002");
	expect(&f, WATCH_DEVICE, NULL, "453");
	glue_fixture_end(&f);
}

static void test_unplayable(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	be_watching(&f);
	gb_media_format format = {.video = GB_CODEC_H265};
	gb_sink *sink = stub_server_sink();
	sink->ops->format(sink, &format);
	sink->ops->format(sink, &format);
	glue_fixture_settle();
	json_t *event = glue_fixture_next();
	g_assert_cmpstr(json_string_value(json_object_get(event, "codec")), ==, "h265");
	g_assert_cmpstr(glue_fixture_word(event), ==, "484");
	expect_next("none");
	g_assert_cmpuint(stub_server.stopped, ==, 1);
	glue_fixture_end(&f);
}

static void test_answers(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	expect(&f, START, ANSWER, "460");
	expect(&f, WATCH, NULL, "preparing");
	expect(&f, START, NULL, "461");
	expect(&f, START, "{\"type\":\"offer\",\"sdp\":\"m=video 9\"}", "461");
	expect(&f, START, REFUSAL, "461");
	g_assert_cmpint(f.session->state, ==, GB_SESSION_STOPPING);
	tell(&f, GB_SESSION_HANGUP);
	/* no answer at all: given up */
	expect(&f, WATCH, NULL, "preparing");
	gb_clock_fake_advance(GB_WATCHING_ANSWER_US);
	glue_fixture_settle();
	expect_next("460");
	g_assert_cmpuint(stub_server.stopped, ==, 2);
	glue_fixture_end(&f);
}

/* Janus refuses an offer while it still cleans up: tried again until it takes it. */
static void test_offer_is_retried(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	stub_janus.push_failures = 2;
	expect(&f, WATCH, NULL, "preparing");
	glue_fixture_end(&f);
}

static void test_destroyed(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	be_watching(&f);
	g_assert_true(gb_session_destroy(f.glue, f.handle));
	g_assert_false(gb_session_destroy(f.glue, f.handle));
	glue_fixture_settle();
	g_assert_cmpuint(stub_server.stopped, ==, 1);
	g_assert_null(gb_session_find(f.glue, f.handle));
	expect_next("none");
	glue_fixture_end(&f);
}

static void test_keyframes_and_query(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	be_watching(&f);
	/* several before the API thread looks are one */
	gb_session_tell(f.session, GB_SESSION_KEYFRAME);
	gb_session_tell(f.session, GB_SESSION_KEYFRAME);
	glue_fixture_settle();
	g_assert_cmpuint(stub_server.keyframes, ==, 1);
	json_t *query = gb_session_query(f.session);
	g_assert_cmpstr(json_string_value(json_object_get(query, "state")), ==, "watching");
	g_assert_cmpstr(json_string_value(json_object_get(query, "channel")), ==, CHANNEL);
	g_assert_cmpint(json_integer_value(json_object_get(query, "keyframe_requests")), ==, 1);
	json_decref(query);
	glue_fixture_end(&f);
}

static void test_tokens(void) {
	static const struct {
		const char *descriptor, *body, *word;
	} rows[] = {
		{"watch/" DEVICE "/" CHANNEL, WATCH_DEVICE, "457"}, /* no token in the request */
		{"watch/" DEVICE "/" CHANNEL,
			"{\"request\":\"watch\",\"device\":\"" DEVICE "\",\"token\":\"t\"}", "preparing"},
		{"watch/" DEVICE "/*", "{\"request\":\"watch\",\"device\":\"" DEVICE "\",\"token\":\"t\"}",
			"preparing"},
		{"*", "{\"request\":\"watch\",\"device\":\"" DEVICE "\",\"token\":\"t\"}", "preparing"},
		{"control/" DEVICE "/*",
			"{\"request\":\"watch\",\"device\":\"" DEVICE "\",\"token\":\"t\"}", "457"},
		{"*", "{\"request\":\"watch\",\"device\":\"" DEVICE "\",\"token\":\"other\"}", "457"},
		{"control/" DEVICE "/*",
			"{\"request\":\"refresh\",\"device\":\"" DEVICE "\",\"token\":\"t\"}", "ok"},
		{"watch/" DEVICE "/*",
			"{\"request\":\"refresh\",\"device\":\"" DEVICE "\",\"token\":\"t\"}", "457"},
	};
	glue_fixture f;
	glue_fixture_start(&f);
	stub_janus.tokens_signed = true;
	stub_janus.token = "t";
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		stub_janus.descriptor = rows[i].descriptor;
		expect(&f, rows[i].body, NULL, rows[i].word);
		tell(&f, GB_SESSION_HANGUP);
	}
	glue_fixture_end(&f);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/glue/watch/play", test_play);
	g_test_add_func("/glue/watch/pause", test_pause);
	g_test_add_func("/glue/watch/stopping", test_stopping);
	g_test_add_func("/glue/watch/stop-before-media", test_stop_before_media);
	g_test_add_func("/glue/watch/stop-before-offer", test_stop_before_offer);
	g_test_add_func("/glue/watch/stop-during-offer", test_stop_during_offer);
	g_test_add_func("/glue/watch/queued-watch-is-stopped", test_queued_watch_is_stopped);
	g_test_add_func("/glue/watch/failure", test_failure);
	g_test_add_func("/glue/watch/immediate-failures", test_immediate_failures);
	g_test_add_func("/glue/watch/unplayable", test_unplayable);
	g_test_add_func("/glue/watch/answers", test_answers);
	g_test_add_func("/glue/watch/offer-is-retried", test_offer_is_retried);
	g_test_add_func("/glue/watch/destroyed", test_destroyed);
	g_test_add_func("/glue/watch/keyframes-and-query", test_keyframes_and_query);
	g_test_add_func("/glue/watch/tokens", test_tokens);
	return g_test_run();
}
