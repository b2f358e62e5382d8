/* What goes wrong with plays: refusals, missing media, interruptions, devices that move. */
#include "stubs/domain_fixture.h"

#include <string.h>

/* ---- failures ------------------------------------------------------------------------------ */

static void test_statuses(void) {
	static const struct {
		int status;
		gb_error_code code;
		const char *step;
	} cases[] = {
		{400, GB_ERROR_REFUSED, "answered"},
		{403, GB_ERROR_REFUSED, "answered"},
		{404, GB_ERROR_REFUSED, "answered"},
		{408, GB_ERROR_TIMEOUT, "answered"},
		{480, GB_ERROR_REFUSED, "answered"},
		{486, GB_ERROR_REFUSED, "answered"},
		{503, GB_ERROR_REFUSED, "answered"},
		{603, GB_ERROR_REFUSED, "answered"},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		play_viewer v;
		fixture fx;
		play_up(&fx);
		play_watch(&fx, &v, CHANNEL);
		stub_call_end(fixture_call(&fx), cases[i].status);
		play_check_failure(&v, cases[i].code, cases[i].step);
		if(cases[i].code == GB_ERROR_REFUSED) {
			g_assert_cmpint(v.failure->sip_status, ==, cases[i].status);
			g_assert_cmpstr(v.failure->sip_reason, ==, "Refused");
		}
		g_assert_null(play_find(&fx, CHANNEL));
		fixture_down(&fx);
		play_clear(&v);
	}
}

static void test_no_packet(void) {
	play_viewer v;
	fixture fx;
	play_up(&fx);
	play_watch(&fx, &v, CHANNEL);
	stub_call_answer(fixture_call(&fx), PLAY_HOME, PLAY_ANSWER);
	fixture_advance(&fx, 9 * GB_SECOND);
	g_assert_cmpuint(v.ended, ==, 0);
	fixture_advance(&fx, 2 * GB_SECOND);
	play_check_failure(&v, GB_ERROR_NO_MEDIA, "first_packet");
	g_assert_true(fixture_call(&fx)->hung_up);
	fixture_down(&fx);
	play_clear(&v);
}

static void test_no_picture(void) {
	static const struct {
		gb_stream_event_kind last;
		const char *step;
	} cases[] = {
		{GB_STREAM_FIRST_PACKET, "first_pack"},
		{GB_STREAM_FIRST_PACK, "codec"},
		{GB_STREAM_FORMAT, "first_keyframe"},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		play_viewer v;
		fixture fx;
		play_up(&fx);
		play_watch(&fx, &v, CHANNEL);
		stub_call_answer(fixture_call(&fx), PLAY_HOME, PLAY_ANSWER);
		gb_stream *stream = fixture_stream(&fx);
		stub_stream_tell(stream, GB_STREAM_FIRST_PACKET);
		if(cases[i].last != GB_STREAM_FIRST_PACKET)
			stub_stream_tell(stream, GB_STREAM_FIRST_PACK);
		if(cases[i].last == GB_STREAM_FORMAT)
			stub_stream_tell_format(stream, GB_CODEC_H264, GB_CODEC_NONE);
		fixture_advance(&fx, GB_PLAY_PICTURE_US + GB_SECOND);
		play_check_failure(&v, GB_ERROR_NO_MEDIA, cases[i].step);
		fixture_down(&fx);
		play_clear(&v);
	}
}

static void test_sound_only(void) {
	play_viewer v;
	fixture fx;
	play_up(&fx);
	play_watch(&fx, &v, CHANNEL);
	stub_call_answer(fixture_call(&fx), PLAY_HOME, PLAY_ANSWER);
	stub_stream_tell(fixture_stream(&fx), GB_STREAM_FIRST_PACKET);
	stub_stream_tell_format(fixture_stream(&fx), GB_CODEC_NONE, GB_CODEC_PCMA);
	fixture_advance(&fx, GB_PLAY_PICTURE_US + GB_SECOND);
	g_assert_cmpuint(v.ended, ==, 0);
	fixture_down(&fx);
	play_clear(&v);
}

static void test_unknown_media(void) {
	play_viewer v;
	fixture fx;
	play_up(&fx);
	play_watch(&fx, &v, CHANNEL);
	stub_call_answer(fixture_call(&fx), PLAY_HOME, PLAY_ANSWER);
	stub_stream_tell(fixture_stream(&fx), GB_STREAM_FIRST_PACKET);
	stub_stream_tell(fixture_stream(&fx), GB_STREAM_UNKNOWN_MEDIA);
	play_check_failure(&v, GB_ERROR_NO_MEDIA, "first_pack");
	fixture_down(&fx);
	play_clear(&v);
}

static void test_at_once(void) {
	static const char *const ids[] = {CHANNEL, "34020000001340000001", NULL};
	play_viewer v;
	fixture fx;
	fixture_up(&fx);
	fixture_device(&fx, NVR, ids);
	static const struct {
		const char *device, *channel;
		gb_error_code code;
	} cases[] = {
		{CAMERA, CHANNEL, GB_ERROR_NOT_FOUND},
		{NVR, CHANNEL2, GB_ERROR_NOT_FOUND},
		{NVR, "34020000001340000001", GB_ERROR_INVALID},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(gb_failure) failure = play_try_watch(&fx, &v, cases[i].device, cases[i].channel);
		g_assert_nonnull(failure);
		g_assert_null(v.watch);
		g_assert_cmpint(failure->code, ==, cases[i].code);
		g_assert_cmpint(v.sink.refs, ==, 1);
	}
	stub_media_fail(fx.media, GB_ERROR_NO_PORT);
	g_autoptr(gb_failure) no_port = play_try_watch(&fx, &v, NVR, CHANNEL);
	g_assert_cmpint(no_port->code, ==, GB_ERROR_NO_PORT);
	/* each of them gives its SSRC back */
	for(int i = 0; i < GB_SSRC_COUNT; i++) {
		g_autoptr(gb_failure) again = play_try_watch(&fx, &v, NVR, CHANNEL);
		g_assert_cmpint(again->code, ==, GB_ERROR_NO_PORT);
	}
	stub_media_fail(fx.media, -1);
	g_assert_cmpint(fixture_register(&fx, NVR, PLAY_HOME, 0), ==, 200);
	g_autoptr(gb_failure) offline = play_try_watch(&fx, &v, NVR, CHANNEL);
	g_assert_cmpint(offline->code, ==, GB_ERROR_OFFLINE);
	g_assert_cmpuint(fixture_calls(&fx), ==, 0);
	fixture_down(&fx);
}

static void test_connection_gone(void) {
	static const char *const ids[] = {CHANNEL, NULL};
	play_viewer v;
	fixture fx;
	fixture_up(&fx);
	fixture_device(&fx, NVR, ids);
	gb_sip_request request = {.method = GB_SIP_REGISTER,
		.from_user = NVR,
		.expires = 3600,
		.peer = fixture_tcp(PLAY_HOME, 3)};
	g_assert_cmpint(fixture_request(&fx, &request), ==, 200);
	stub_sip_lose_flow(fx.sip, 3);
	g_autoptr(gb_failure) failure = play_try_watch(&fx, &v, NVR, CHANNEL);
	g_assert_cmpint(failure->code, ==, GB_ERROR_OFFLINE);
	fixture_down(&fx);
}

static void test_listed_off(void) {
	play_viewer v;
	fixture fx;
	play_up(&fx);
	gb_device_find_channel(fixture_find(&fx, NVR), CHANNEL)->status = GB_STATUS_OFF;
	play_watch(&fx, &v, CHANNEL);
	g_assert_cmpuint(fixture_calls(&fx), ==, 1);
	fixture_down(&fx);
	play_clear(&v);
}

static void test_address_gone(void) {
	play_viewer v;
	fixture fx;
	play_up(&fx);
	stub_media_refuse_bind(fx.media, true);
	play_watch(&fx, &v, CHANNEL);
	g_assert_true(gb_addr_is_any(&fixture_stream(&fx)->source.local_ip));
	g_assert_nonnull(strstr(fixture_call(&fx)->sdp, "c=IN IP4 10.0.0.1\r\n"));
	fixture_down(&fx);
	play_clear(&v);
}

static void test_advertised(void) {
	play_viewer v;
	fixture fx;
	fixture_config(&fx);
	fx.config.media_advertised_ip =
		g_strsplit("192.168.0.0/16=192.168.9.9;0.0.0.0/0=203.0.113.7", ";", -1);
	fixture_start(&fx);
	fixture_device(&fx, NVR, play_both);
	play_watch(&fx, &v, CHANNEL);
	g_assert_nonnull(strstr(fixture_call(&fx)->sdp, "c=IN IP4 203.0.113.7\r\n"));
	g_assert_true(gb_addr_is_any(&fixture_stream(&fx)->source.local_ip));
	fixture_down(&fx);
	play_clear(&v);
}

/* ---- too many streams ---------------------------------------------------------------------- */

static void test_room_is_made(void) {
	play_viewer idle, v;
	fixture fx;
	play_up(&fx);
	play_playing(&fx, &idle, CHANNEL2);
	gb_watch_stop(idle.watch);
	play_watch(&fx, &v, CHANNEL);
	gb_sip_call *first = stub_sip_seen(fx.sip)->calls->pdata[0];
	stub_call_end(fixture_call(&fx), 486);
	g_assert_true(first->hung_up);
	g_assert_cmpuint(v.ended, ==, 0);
	g_assert_cmpuint(fixture_calls(&fx), ==, 2); /* not before its BYE is answered */
	stub_call_close(first);
	g_assert_cmpuint(fixture_calls(&fx), ==, 3);
	stub_call_answer(fixture_call(&fx), PLAY_HOME, PLAY_ANSWER);
	play_media(&fx);
	g_assert_cmpuint(v.playing, ==, 1);
	fixture_down(&fx);
	play_clear(&v);
}

static void test_room_is_not_enough(void) {
	play_viewer idle, v;
	fixture fx;
	play_up(&fx);
	play_playing(&fx, &idle, CHANNEL2);
	gb_watch_stop(idle.watch);
	play_watch(&fx, &v, CHANNEL);
	stub_call_end(fixture_call(&fx), 486);
	stub_call_close(stub_sip_seen(fx.sip)->calls->pdata[0]);
	stub_call_end(fixture_call(&fx), 486);
	play_check_failure(&v, GB_ERROR_REFUSED, "answered"); /* once only; we hold nothing any more */
	g_assert_cmpint(v.failure->sip_status, ==, 486);
	fixture_down(&fx);
	play_clear(&v);
}

static void test_others_hold_it(void) {
	play_viewer busy, v;
	fixture fx;
	play_up(&fx);
	play_playing(&fx, &busy, CHANNEL2);
	play_watch(&fx, &v, CHANNEL);
	stub_call_end(fixture_call(&fx), 486);
	play_check_failure(&v, GB_ERROR_LIMIT, "answered");
	g_assert_cmpstr(v.failure->limit, ==, "device_streams");
	g_assert_cmpuint(busy.ended, ==, 0);
	fixture_down(&fx);
	play_clear(&v);
	play_clear(&busy);
}

/* ---- interruptions ------------------------------------------------------------------------- */

static void test_interrupted(void) {
	static const struct {
		play_cause how;
		const char *reason;
	} cases[] = {{BY_BYE, "bye"}, {BY_SILENCE, "no_media"}, {BY_OFFLINE, "offline"},
		{BY_ERROR, "sip_error"}};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		play_viewer v;
		fixture fx;
		play_up(&fx);
		play_playing(&fx, &v, CHANNEL);
		fixture_advance(&fx, 60 * GB_SECOND);
		gb_stream *stream = fixture_stream(&fx);
		play_strike(&fx, cases[i].how);
		g_assert_cmpuint(v.interrupted, ==, 1);
		g_assert_cmpstr(v.reason, ==, cases[i].reason);
		g_assert_cmpint(v.retry_s, ==, 1);
		g_assert_cmpint(play_state(&fx), ==, GB_PLAY_INTERRUPTED);
		g_assert_false(stream->open);
		g_assert_cmpuint(stream->sinks->len, ==, 1); /* they stay */
		if(cases[i].how == BY_OFFLINE)
			g_assert_cmpint(fixture_register(&fx, NVR, PLAY_HOME, 3600), ==, 200);
		if(!fixture_call(&fx)->closed)
			stub_call_close(fixture_call(&fx));
		fixture_advance(&fx, 1100 * GB_MS);
		g_assert_cmpuint(fixture_calls(&fx), ==, 2);
		g_assert_true(fixture_stream(&fx) == stream);
		g_assert_nonnull(strstr(fixture_call(&fx)->sdp, "m=video 30002 "));
		/* late events of the first INVITE mean nothing */
		stub_stream_tell_late(stream, GB_STREAM_NO_MEDIA);
		stub_stream_tell_late(stream, GB_STREAM_FIRST_PACKET);
		stub_call_answer(fixture_call(&fx), PLAY_HOME, PLAY_ANSWER);
		g_assert_cmpint(play_state(&fx), ==, GB_PLAY_WAITING_MEDIA);
		play_media(&fx);
		g_assert_cmpuint(v.playing, ==, 2);
		g_assert_cmpuint(v.ended, ==, 0);
		fixture_down(&fx);
		play_clear(&v);
	}
}

static void test_back_off(void) {
	play_viewer v;
	fixture fx;
	play_up(&fx);
	play_playing(&fx, &v, CHANNEL);
	int64_t start = gb_clock_us();
	play_strike(&fx, BY_BYE);
	/* attempts after 1, 3, 7, 15 s, and a last one at the end of the 30 s */
	static const int64_t at_s[] = {1, 3, 7, 15, 30};
	for(size_t i = 0; i < G_N_ELEMENTS(at_s); i++) {
		fixture_advance(&fx, start + at_s[i] * GB_SECOND - gb_clock_us() - 100 * GB_MS);
		g_assert_cmpuint(fixture_calls(&fx), ==, i + 1);
		fixture_advance(&fx, 200 * GB_MS);
		g_assert_cmpuint(fixture_calls(&fx), ==, i + 2);
		g_assert_cmpuint(v.ended, ==, 0);
		stub_call_end(fixture_call(&fx), 404);
	}
	play_check_failure(&v, GB_ERROR_REFUSED, "answered"); /* the error of the last attempt */
	g_assert_cmpint(v.failure->sip_status, ==, 404);
	g_assert_cmpuint(v.interrupted, ==, 1);
	fixture_down(&fx);
	play_clear(&v);
}

static void test_never_reconnect(void) {
	play_viewer v;
	fixture fx;
	play_up(&fx);
	fx.server->config.reconnect_s = 0;
	play_playing(&fx, &v, CHANNEL);
	play_strike(&fx, BY_BYE);
	play_check_failure(&v, GB_ERROR_NO_MEDIA, "first_packet");
	g_assert_cmpuint(v.interrupted, ==, 0);
	fixture_down(&fx);
	play_clear(&v);
}

static void test_offline_too_long(void) {
	play_viewer v;
	fixture fx;
	play_up(&fx);
	play_playing(&fx, &v, CHANNEL);
	play_strike(&fx, BY_OFFLINE);
	fixture_advance(&fx, 29 * GB_SECOND);
	g_assert_cmpuint(v.ended, ==, 0);
	fixture_advance(&fx, 2 * GB_SECOND);
	play_check_failure(&v, GB_ERROR_OFFLINE, NULL);
	g_assert_cmpuint(fixture_calls(&fx), ==, 1);
	fixture_down(&fx);
	play_clear(&v);
}

static void test_flapping(void) {
	play_viewer v;
	fixture fx;
	play_up(&fx);
	play_playing(&fx, &v, CHANNEL);
	/* a camera that ends each call after two seconds of media: not for ever */
	for(int i = 0; i < 20 && !v.ended; i++) {
		play_strike(&fx, BY_BYE);
		for(int wait = 0; wait < 200 && !v.ended && play_state(&fx) != GB_PLAY_INVITING; wait++)
			fixture_advance(&fx, 100 * GB_MS);
		if(v.ended)
			break;
		stub_call_answer(fixture_call(&fx), PLAY_HOME, PLAY_ANSWER);
		play_media(&fx);
		fixture_advance(&fx, 2 * GB_SECOND);
	}
	g_assert_cmpuint(v.ended, ==, 1);
	fixture_down(&fx);
	play_clear(&v);
}

static void test_nobody_left(void) {
	static const play_cause causes[] = {BY_BYE, BY_SILENCE, BY_OFFLINE};
	for(size_t i = 0; i < G_N_ELEMENTS(causes); i++) {
		play_viewer v;
		fixture fx;
		play_up(&fx);
		play_playing(&fx, &v, CHANNEL);
		gb_watch_stop(v.watch);
		play_strike(&fx, causes[i]);
		g_assert_null(play_find(&fx, CHANNEL));
		fixture_down(&fx);
	}
	play_viewer v;
	fixture fx;
	play_up(&fx);
	play_playing(&fx, &v, CHANNEL);
	play_strike(&fx, BY_BYE);
	gb_watch_stop(v.watch); /* in the pause before the next attempt */
	g_assert_null(play_find(&fx, CHANNEL));
	fixture_down(&fx);
}

/* ---- the device moves ---------------------------------------------------------------------- */

static void test_registered_during_invite(void) {
	play_viewer v;
	fixture fx;
	play_up(&fx);
	play_watch(&fx, &v, CHANNEL);
	gb_sip_call *first = fixture_call(&fx);
	g_assert_cmpint(fixture_register(&fx, NVR, "10.0.0.9:6060", 3600), ==, 200);
	fixture_advance(&fx, GB_MS);
	g_assert_true(first->hung_up);
	g_assert_cmpuint(fixture_calls(&fx), ==, 2);
	g_assert_cmpuint(fixture_call(&fx)->peer.remote.port, ==, 6060);
	g_assert_cmpuint(v.ended, ==, 0);
	fixture_down(&fx);
	play_clear(&v);
}

static void test_refresh_during_invite(void) {
	play_viewer v;
	fixture fx;
	play_up(&fx);
	play_watch(&fx, &v, CHANNEL);
	g_assert_cmpint(fixture_register(&fx, NVR, PLAY_HOME, 3600), ==, 200);
	fixture_advance(&fx, GB_MS);
	g_assert_cmpuint(fixture_calls(&fx), ==, 1); /* the same Call-ID: nothing happened */
	stub_call_progress(fixture_call(&fx), 100);
	gb_sip_request request = {.method = GB_SIP_REGISTER,
		.from_user = NVR,
		.expires = 3600,
		.call_id = "another",
		.peer = fixture_udp(PLAY_HOME)};
	g_assert_cmpint(fixture_request(&fx, &request), ==, 200);
	fixture_advance(&fx, GB_MS);
	g_assert_cmpuint(fixture_calls(&fx), ==, 1); /* it has our INVITE */
	fixture_down(&fx);
	play_clear(&v);
}

static void test_moved_while_playing(void) {
	play_viewer v;
	fixture fx;
	play_up(&fx);
	play_playing(&fx, &v, CHANNEL);
	g_assert_cmpint(fixture_register(&fx, NVR, "10.0.0.9:6060", 3600), ==, 200);
	g_assert_cmpuint(fixture_call(&fx)->moves, ==, 1);
	g_assert_cmpuint(fixture_call(&fx)->peer.remote.port, ==, 6060);
	g_assert_cmpint(play_state(&fx), ==, GB_PLAY_PLAYING); /* its packets still flow */
	fixture_down(&fx);
	play_clear(&v);
}

static void test_disabled(void) {
	play_viewer v;
	fixture fx;
	play_up(&fx);
	play_playing(&fx, &v, CHANNEL);
	gb_device_edit edit = {.enabled = 0};
	g_assert_true(gb_server_edit_device(fx.server, NVR, &edit, NULL));
	play_check_failure(&v, GB_ERROR_OFFLINE, NULL);
	g_assert_true(fixture_call(&fx)->hung_up);
	fixture_down(&fx);
	play_clear(&v);
}

static void test_destroyed(void) {
	play_viewer v, paused;
	gb_failure *failure = NULL;
	fixture fx;
	play_up(&fx);
	play_playing(&fx, &v, CHANNEL);
	play_watch(&fx, &paused, CHANNEL);
	gb_watch_pause(paused.watch);
	g_assert_true(gb_server_destroy_device(fx.server, NVR, NULL));
	play_check_failure(&v, GB_ERROR_NOT_FOUND, NULL);
	play_check_failure(&paused, GB_ERROR_NOT_FOUND, NULL);
	(void)failure;
	fixture_down(&fx);
	play_clear(&v);
	play_clear(&paused);
}

/* ---- callbacks that call back -------------------------------------------------------------- */

static void test_stop_in_callback(void) {
	play_viewer a, b;
	fixture fx;
	play_up(&fx);
	play_playing(&fx, &a, CHANNEL);
	play_watch(&fx, &b, CHANNEL);
	a.stop_too = b.watch;
	play_strike(&fx, BY_BYE);
	g_assert_cmpuint(a.interrupted, ==, 1);
	g_assert_cmpuint(b.interrupted, ==, 0);
	a.stop_too = a.watch; /* itself, in its last event */
	fixture_advance(&fx, 300 * GB_SECOND);
	for(int i = 0; i < 20 && !a.ended; i++) {
		stub_call_end(fixture_call(&fx), 500);
		fixture_advance(&fx, 20 * GB_SECOND);
	}
	g_assert_cmpuint(a.ended, ==, 1);
	fixture_down(&fx);
	play_clear(&a);
}

static void test_last_one_stops_in_callback(void) {
	play_viewer v;
	fixture fx;
	play_up(&fx);
	fx.server->config.linger_s = 0;
	play_playing(&fx, &v, CHANNEL);
	v.stop_too = v.watch;
	play_strike(&fx, BY_SILENCE);
	fixture_advance(&fx, GB_SECOND);
	g_assert_null(play_find(&fx, CHANNEL));
	g_assert_cmpuint(v.ended, ==, 0);
	fixture_down(&fx);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/play_trouble/statuses", test_statuses);
	g_test_add_func("/play_trouble/no_packet", test_no_packet);
	g_test_add_func("/play_trouble/no_picture", test_no_picture);
	g_test_add_func("/play_trouble/sound_only", test_sound_only);
	g_test_add_func("/play_trouble/unknown_media", test_unknown_media);
	g_test_add_func("/play_trouble/at_once", test_at_once);
	g_test_add_func("/play_trouble/connection_gone", test_connection_gone);
	g_test_add_func("/play_trouble/listed_off", test_listed_off);
	g_test_add_func("/play_trouble/address_gone", test_address_gone);
	g_test_add_func("/play_trouble/advertised", test_advertised);
	g_test_add_func("/play_trouble/room_is_made", test_room_is_made);
	g_test_add_func("/play_trouble/room_is_not_enough", test_room_is_not_enough);
	g_test_add_func("/play_trouble/others_hold_it", test_others_hold_it);
	g_test_add_func("/play_trouble/interrupted", test_interrupted);
	g_test_add_func("/play_trouble/back_off", test_back_off);
	g_test_add_func("/play_trouble/never_reconnect", test_never_reconnect);
	g_test_add_func("/play_trouble/offline_too_long", test_offline_too_long);
	g_test_add_func("/play_trouble/flapping", test_flapping);
	g_test_add_func("/play_trouble/nobody_left", test_nobody_left);
	g_test_add_func("/play_trouble/registered_during_invite", test_registered_during_invite);
	g_test_add_func("/play_trouble/refresh_during_invite", test_refresh_during_invite);
	g_test_add_func("/play_trouble/moved_while_playing", test_moved_while_playing);
	g_test_add_func("/play_trouble/disabled", test_disabled);
	g_test_add_func("/play_trouble/destroyed", test_destroyed);
	g_test_add_func("/play_trouble/stop_in_callback", test_stop_in_callback);
	g_test_add_func("/play_trouble/last_one_stops_in_callback", test_last_one_stops_in_callback);
	return g_test_run();
}
