/* Plays and watches: gb28181.md 7, api.md 6, checklist 18.3 (5). */
#include "stubs/domain_fixture.h"

#include "gb28181/domain/gb_play_reasons.h"
#include "gb28181/domain/gb_watch.h"

#include <string.h>

#define HOME "10.0.0.9:5060"

/** An answer as recorders give it; the y= is filled in. */
#define ANSWER                                                                                     \
	"v=0\r\no=x 0 0 IN IP4 10.0.0.8\r\ns=Play\r\nc=IN IP4 10.0.0.8\r\nt=0 0\r\n"                   \
	"m=video 15060 RTP/AVP 96\r\na=sendonly\r\na=rtpmap:96 PS/90000\r\n"

static const char *const both[] = {CHANNEL, CHANNEL2, NULL};

/* ---- a viewer ------------------------------------------------------------------------------ */

typedef struct {
	gb_sink sink;
	gb_watch *watch;
	char stream[24];
	unsigned playing, interrupted, ended;
	char reason[16];
	int retry_s;
	gb_failure *failure;
	gb_ladder ladder;
	gb_watch *stop_too; /**< stopped inside the event */
} viewer;

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

static void on_event(gb_watch *watch, const gb_watch_event *event, void *user) {
	viewer *v = user;
	g_assert_true(watch == v->watch);
	g_assert_nonnull(event->stream);
	switch(event->kind) {
	case GB_WATCH_PLAYING:
		v->playing++;
		break;
	case GB_WATCH_INTERRUPTED:
		v->interrupted++;
		v->retry_s = event->retry_s;
		g_strlcpy(v->reason, event->reason, sizeof(v->reason));
		break;
	case GB_WATCH_ENDED:
		v->ended++;
		gb_failure_free(v->failure);
		v->failure = gb_failure_copy(event->failure);
		break;
	}
	v->ladder = event->stream->ladder;
	if(v->stop_too) {
		gb_watch *other = v->stop_too;
		v->stop_too = NULL;
		gb_watch_stop(other);
	}
	if(event->kind == GB_WATCH_ENDED)
		v->watch = NULL;
}

static gb_failure *try_watch(fixture *fx, viewer *v, const char *device, const char *channel) {
	static const gb_sink_ops ops = {on_packet, on_format, on_free};
	gb_failure *failure = NULL;
	memset(v, 0, sizeof(*v));
	gb_sink_init(&v->sink, &ops);
	v->watch =
		gb_server_watch(fx->server, device, channel, &v->sink, on_event, v, v->stream, &failure);
	return failure;
}

static void watch(fixture *fx, viewer *v, const char *channel) {
	gb_failure *failure = try_watch(fx, v, NVR, channel);
	g_assert_null(failure);
	g_assert_nonnull(v->watch);
	gb_watch_ready(v->watch);
	fixture_advance(fx, GB_MS);
}

static void up(fixture *fx) {
	fixture_config(fx);
	fixture_start(fx);
	fixture_device(fx, NVR, both);
}

static gb_play *play_of(fixture *fx, const char *channel) {
	return gb_plays_find(fx->server, NVR, channel);
}

static gb_play_state state(fixture *fx) {
	return play_of(fx, CHANNEL)->state;
}

static void media(fixture *fx) {
	gb_stream *stream = fixture_stream(fx);
	stub_stream_tell(stream, GB_STREAM_FIRST_PACKET);
	stub_stream_tell(stream, GB_STREAM_FIRST_PACK);
	stub_stream_tell_format(stream, GB_CODEC_H264, GB_CODEC_PCMA);
	stub_stream_tell(stream, GB_STREAM_FIRST_KEYFRAME);
	stub_stream_start_sinks(stream);
}

static void playing(fixture *fx, viewer *v, const char *channel) {
	watch(fx, v, channel);
	stub_call_answer(fixture_call(fx), HOME, ANSWER);
	media(fx);
	g_assert_cmpuint(v->playing, ==, 1);
}

static void check_failure(const viewer *v, gb_error_code code, const char *step) {
	g_assert_cmpuint(v->ended, ==, 1);
	g_assert_nonnull(v->failure);
	g_assert_cmpint(v->failure->code, ==, code);
	g_assert_cmpstr(v->failure->step, ==, step);
	g_assert_cmpuint(strlen(v->failure->message), >, 30);
}

static void clear(viewer *v) {
	gb_failure_free(v->failure);
	v->failure = NULL;
}

/* ---- the good way -------------------------------------------------------------------------- */

static void test_invite(void) {
	viewer v;
	fixture fx;
	up(&fx);
	watch(&fx, &v, CHANNEL);
	const gb_sip_call *call = fixture_call(&fx);
	g_assert_cmpstr(call->to, ==, CHANNEL);
	g_assert_cmpint(call->answer_timeout_us, ==, 10 * GB_SECOND);
	g_assert_nonnull(strstr(call->sdp, "c=IN IP4 10.0.0.1\r\n"));
	g_assert_nonnull(strstr(call->sdp, "m=video 30000 RTP/AVP 96"));
	g_assert_nonnull(strstr(call->sdp, "s=Play\r\n"));
	const char *y = strstr(call->sdp, "y=02000");
	g_assert_nonnull(y);
	g_autofree char *ssrc = g_strndup(y + 2, 10);
	g_autofree char *subject = g_strdup_printf(CHANNEL ":%s,34020000002000000001:0", ssrc);
	g_assert_cmpstr(call->subject, ==, subject);
	const gb_stream *stream = fixture_stream(&fx);
	char text[GB_ADDR_TEXT];
	g_assert_cmpuint(stream->source.ssrc, ==, g_ascii_strtoull(ssrc, NULL, 10));
	g_assert_cmpstr(gb_addr_format_ip(text, &stream->source.local_ip), ==, "10.0.0.1");
	g_assert_cmpstr(gb_addr_format_ip(text, &stream->source.allowed[0]), ==, "10.0.0.9");
	g_assert_cmpint(state(&fx), ==, GB_PLAY_INVITING);
	fixture_down(&fx);
	clear(&v);
}

static void test_ladder(void) {
	viewer v;
	fixture fx;
	up(&fx);
	watch(&fx, &v, CHANNEL);
	fixture_advance(&fx, 10 * GB_MS);
	stub_call_progress(fixture_call(&fx), 100);
	stub_call_progress(fixture_call(&fx), 101);
	fixture_advance(&fx, 10 * GB_MS);
	stub_call_answer(fixture_call(&fx), HOME, ANSWER "y=0200009999\r\n");
	g_assert_cmpint(state(&fx), ==, GB_PLAY_WAITING_MEDIA);
	const gb_stream *stream = fixture_stream(&fx);
	g_assert_cmpuint(stream->source.ssrc, ==, 200009999); /* the answer leads */
	char text[GB_ADDR_TEXT];
	g_assert_cmpstr(gb_addr_format_ip(text, &stream->source.allowed[1]), ==, "10.0.0.8");
	fixture_advance(&fx, 10 * GB_MS);
	g_assert_cmpuint(v.playing, ==, 0);
	media(&fx);
	g_assert_cmpint(state(&fx), ==, GB_PLAY_PLAYING);
	g_assert_cmpuint(v.playing, ==, 1);
	g_assert_cmpint(v.ladder.sip_status, ==, 200);
	g_assert_cmpint(gb_ladder_missing(&v.ladder), ==, GB_STEPS);
	g_assert_cmpstr(gb_addr_format(text, &v.ladder.source), ==, "10.0.0.9:9000");
	for(int step = 1; step < GB_STEPS; step++)
		g_assert_cmpint(v.ladder.at_us[step], >=, v.ladder.at_us[step - 1]);
	g_assert_cmpint(stream->silence_us, ==, 5 * GB_SECOND);
	fixture_down(&fx);
	clear(&v);
}

static void test_answers(void) {
	static const struct {
		const char *sdp;
		bool plays;
	} cases[] = {
		{"", true},						   /* agreement with the offer */
		{ANSWER, true},					   /* no y= */
		{ANSWER "y=0000000000\r\n", true}, /* unknown */
		{"v=0\r\nm=video 0 RTP/AVP 96\r\n", false},
		{"nonsense", true},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		viewer v;
		fixture fx;
		up(&fx);
		watch(&fx, &v, CHANNEL);
		uint32_t ours = fixture_stream(&fx)->source.ssrc;
		stub_call_answer(fixture_call(&fx), HOME, cases[i].sdp);
		if(cases[i].plays) {
			g_assert_cmpint(state(&fx), ==, GB_PLAY_WAITING_MEDIA);
			g_assert_cmpuint(fixture_stream(&fx)->source.ssrc, ==, ours);
		} else {
			check_failure(&v, GB_ERROR_NO_MEDIA, "first_packet");
			g_assert_true(fixture_call(&fx)->hung_up);
		}
		fixture_down(&fx);
		clear(&v);
	}
}

static void test_media_before_answer(void) {
	viewer v;
	fixture fx;
	up(&fx);
	watch(&fx, &v, CHANNEL);
	media(&fx);
	g_assert_cmpint(state(&fx), ==, GB_PLAY_INVITING);
	stub_call_answer(fixture_call(&fx), HOME, ANSWER);
	g_assert_cmpint(state(&fx), ==, GB_PLAY_PLAYING);
	fixture_down(&fx);
	clear(&v);
}

static void test_one_invite_for_all(void) {
	viewer a, b, c;
	fixture fx;
	up(&fx);
	watch(&fx, &a, CHANNEL);
	watch(&fx, &b, CHANNEL);
	g_assert_cmpstr(a.stream, ==, b.stream);
	stub_call_answer(fixture_call(&fx), HOME, ANSWER);
	media(&fx);
	g_assert_cmpuint(a.playing, ==, 1);
	g_assert_cmpuint(b.playing, ==, 1);
	watch(&fx, &c, CHANNEL);
	g_assert_cmpuint(fixture_calls(&fx), ==, 1);
	g_assert_cmpuint(fixture_stream(&fx)->sinks->len, ==, 3);
	g_autoptr(gb_channel_info) info = gb_server_get_channel(fx.server, NVR, CHANNEL);
	g_assert_cmpuint(info->viewers, ==, 3);
	gb_watch_stop(a.watch);
	gb_watch_stop(b.watch);
	g_assert_cmpuint(fixture_stream(&fx)->sinks->len, ==, 1);
	g_assert_cmpint(state(&fx), ==, GB_PLAY_PLAYING);
	fixture_down(&fx);
	g_assert_cmpint(a.sink.refs, ==, 1); /* the test's own */
	g_assert_cmpint(c.sink.refs, ==, 1);
	clear(&c);
}

static void test_not_ready(void) {
	viewer v;
	fixture fx;
	up(&fx);
	g_assert_null(try_watch(&fx, &v, NVR, CHANNEL));
	fixture_advance(&fx, GB_MS);
	g_assert_cmpuint(fixture_calls(&fx), ==, 1); /* in parallel with the browser's own business */
	g_assert_cmpuint(fixture_stream(&fx)->sinks->len, ==, 0);
	gb_watch_ready(v.watch);
	g_assert_cmpuint(fixture_stream(&fx)->sinks->len, ==, 1);
	fixture_down(&fx);
	clear(&v);
}

/* ---- leaving ------------------------------------------------------------------------------- */

static void test_linger(void) {
	viewer v, w;
	fixture fx;
	up(&fx);
	playing(&fx, &v, CHANNEL);
	gb_watch_stop(v.watch);
	g_assert_cmpint(state(&fx), ==, GB_PLAY_LINGERING);
	fixture_advance(&fx, 9 * GB_SECOND);
	g_assert_false(fixture_call(&fx)->hung_up);
	/* somebody comes back in time */
	watch(&fx, &w, CHANNEL);
	g_assert_cmpint(state(&fx), ==, GB_PLAY_PLAYING);
	g_assert_cmpuint(fixture_calls(&fx), ==, 1);
	fixture_advance(&fx, 20 * GB_SECOND);
	g_assert_cmpint(state(&fx), ==, GB_PLAY_PLAYING);
	gb_watch_stop(w.watch);
	fixture_advance(&fx, 11 * GB_SECOND);
	g_assert_true(fixture_call(&fx)->hung_up);
	g_assert_true(fixture_stream(&fx)->closed);
	g_assert_null(play_of(&fx, CHANNEL));
	g_assert_true(fixture_saw(&fx, "stream ended " CHANNEL " closing"));
	/* it is listed until its BYE is answered */
	g_autoptr(GPtrArray) items = NULL;
	g_assert_cmpuint(gb_server_list_streams(fx.server, &items), ==, 1);
	stub_call_close(fixture_call(&fx));
	g_autoptr(GPtrArray) after = NULL;
	g_assert_cmpuint(gb_server_list_streams(fx.server, &after), ==, 0);
	fixture_down(&fx);
}

static void test_leave_before_the_answer(void) {
	viewer v;
	fixture fx;
	up(&fx);
	watch(&fx, &v, CHANNEL);
	gb_watch_stop(v.watch);
	g_assert_cmpint(state(&fx), ==, GB_PLAY_INVITING);
	fixture_advance(&fx, 11 * GB_SECOND);
	g_assert_true(fixture_call(&fx)->hung_up);
	g_assert_null(play_of(&fx, CHANNEL));
	fixture_down(&fx);
}

static void test_pause(void) {
	viewer v, w;
	gb_failure *failure = NULL;
	fixture fx;
	up(&fx);
	playing(&fx, &v, CHANNEL);
	watch(&fx, &w, CHANNEL);
	gb_watch_pause(v.watch);
	gb_watch_pause(v.watch);
	g_assert_cmpuint(fixture_stream(&fx)->sinks->len, ==, 1);
	g_assert_cmpint(state(&fx), ==, GB_PLAY_PLAYING); /* the other one holds the camera */
	gb_watch_stop(w.watch);
	g_assert_cmpint(state(&fx), ==, GB_PLAY_LINGERING);
	g_assert_true(gb_watch_resume(v.watch, &failure));
	g_assert_cmpint(state(&fx), ==, GB_PLAY_PLAYING);
	g_assert_cmpuint(fixture_stream(&fx)->sinks->len, ==, 1);
	stub_stream_start_sinks(fixture_stream(&fx));
	g_assert_cmpuint(v.playing, ==, 2);
	/* paused for long: the camera gets BYE, the viewer stays and hears nothing */
	gb_watch_pause(v.watch);
	fixture_advance(&fx, 11 * GB_SECOND);
	g_assert_null(play_of(&fx, CHANNEL));
	g_assert_cmpuint(v.ended, ==, 0);
	stub_call_close(fixture_call(&fx));
	g_assert_true(gb_watch_resume(v.watch, &failure));
	fixture_advance(&fx, GB_MS);
	g_assert_cmpuint(fixture_calls(&fx), ==, 2);
	stub_call_answer(fixture_call(&fx), HOME, ANSWER);
	media(&fx);
	g_assert_cmpuint(v.playing, ==, 3);
	fixture_down(&fx);
	clear(&v);
}

static void test_resume_offline(void) {
	viewer v;
	gb_failure *failure = NULL;
	fixture fx;
	up(&fx);
	playing(&fx, &v, CHANNEL);
	gb_watch_pause(v.watch);
	g_assert_cmpint(fixture_register(&fx, NVR, HOME, 0), ==, 200);
	g_assert_cmpuint(v.ended, ==, 0);
	g_assert_false(gb_watch_resume(v.watch, &failure));
	g_assert_cmpint(failure->code, ==, GB_ERROR_OFFLINE);
	gb_failure_free(failure);
	gb_watch_stop(v.watch);
	fixture_down(&fx);
}

static void test_again_while_ending(void) {
	viewer v, w;
	fixture fx;
	up(&fx);
	fx.server->config.linger_s = 0;
	playing(&fx, &v, CHANNEL);
	gb_watch_stop(v.watch);
	fixture_advance(&fx, GB_MS);
	g_assert_true(fixture_call(&fx)->hung_up);
	/* the new INVITE waits until the camera has let the old call go */
	watch(&fx, &w, CHANNEL);
	g_assert_cmpuint(fixture_calls(&fx), ==, 1);
	stub_call_close(fixture_call(&fx));
	g_assert_cmpuint(fixture_calls(&fx), ==, 2);
	fixture_down(&fx);
	clear(&w);
}

static void test_again_while_bye_is_lost(void) {
	viewer v, w;
	fixture fx;
	up(&fx);
	fx.server->config.linger_s = 0;
	playing(&fx, &v, CHANNEL);
	gb_watch_stop(v.watch);
	fixture_advance(&fx, GB_MS);
	watch(&fx, &w, CHANNEL);
	fixture_advance(&fx, GB_PLAY_CLEAR_US + GB_SECOND);
	g_assert_cmpuint(fixture_calls(&fx), ==, 2); /* it does not wait for ever */
	fixture_down(&fx);
	clear(&w);
}

/* ---- failures ------------------------------------------------------------------------------ */

static void test_statuses(void) {
	static const struct {
		int status;
		gb_error_code code;
		const char *step;
	} cases[] = {
		{400, GB_ERROR_REFUSED, NULL},
		{403, GB_ERROR_REFUSED, NULL},
		{404, GB_ERROR_REFUSED, NULL},
		{408, GB_ERROR_TIMEOUT, "answered"},
		{480, GB_ERROR_REFUSED, NULL},
		{486, GB_ERROR_REFUSED, NULL},
		{503, GB_ERROR_REFUSED, NULL},
		{603, GB_ERROR_REFUSED, NULL},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		viewer v;
		fixture fx;
		up(&fx);
		watch(&fx, &v, CHANNEL);
		stub_call_end(fixture_call(&fx), cases[i].status);
		check_failure(&v, cases[i].code, cases[i].step);
		if(cases[i].code == GB_ERROR_REFUSED) {
			g_assert_cmpint(v.failure->sip_status, ==, cases[i].status);
			g_assert_cmpstr(v.failure->sip_reason, ==, "Refused");
		}
		g_assert_null(play_of(&fx, CHANNEL));
		fixture_down(&fx);
		clear(&v);
	}
}

static void test_no_packet(void) {
	viewer v;
	fixture fx;
	up(&fx);
	watch(&fx, &v, CHANNEL);
	stub_call_answer(fixture_call(&fx), HOME, ANSWER);
	fixture_advance(&fx, 9 * GB_SECOND);
	g_assert_cmpuint(v.ended, ==, 0);
	fixture_advance(&fx, 2 * GB_SECOND);
	check_failure(&v, GB_ERROR_NO_MEDIA, "first_packet");
	g_assert_true(fixture_call(&fx)->hung_up);
	fixture_down(&fx);
	clear(&v);
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
		viewer v;
		fixture fx;
		up(&fx);
		watch(&fx, &v, CHANNEL);
		stub_call_answer(fixture_call(&fx), HOME, ANSWER);
		gb_stream *stream = fixture_stream(&fx);
		stub_stream_tell(stream, GB_STREAM_FIRST_PACKET);
		if(cases[i].last != GB_STREAM_FIRST_PACKET)
			stub_stream_tell(stream, GB_STREAM_FIRST_PACK);
		if(cases[i].last == GB_STREAM_FORMAT)
			stub_stream_tell_format(stream, GB_CODEC_H264, GB_CODEC_NONE);
		fixture_advance(&fx, GB_PLAY_PICTURE_US + GB_SECOND);
		check_failure(&v, GB_ERROR_NO_MEDIA, cases[i].step);
		fixture_down(&fx);
		clear(&v);
	}
}

static void test_sound_only(void) {
	viewer v;
	fixture fx;
	up(&fx);
	watch(&fx, &v, CHANNEL);
	stub_call_answer(fixture_call(&fx), HOME, ANSWER);
	stub_stream_tell(fixture_stream(&fx), GB_STREAM_FIRST_PACKET);
	stub_stream_tell_format(fixture_stream(&fx), GB_CODEC_NONE, GB_CODEC_PCMA);
	fixture_advance(&fx, GB_PLAY_PICTURE_US + GB_SECOND);
	g_assert_cmpuint(v.ended, ==, 0);
	fixture_down(&fx);
	clear(&v);
}

static void test_unknown_media(void) {
	viewer v;
	fixture fx;
	up(&fx);
	watch(&fx, &v, CHANNEL);
	stub_call_answer(fixture_call(&fx), HOME, ANSWER);
	stub_stream_tell(fixture_stream(&fx), GB_STREAM_FIRST_PACKET);
	stub_stream_tell(fixture_stream(&fx), GB_STREAM_UNKNOWN_MEDIA);
	check_failure(&v, GB_ERROR_NO_MEDIA, "first_pack");
	fixture_down(&fx);
	clear(&v);
}

static void test_at_once(void) {
	static const char *const ids[] = {CHANNEL, "34020000001340000001", NULL};
	viewer v;
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
		g_autoptr(gb_failure) failure = try_watch(&fx, &v, cases[i].device, cases[i].channel);
		g_assert_nonnull(failure);
		g_assert_null(v.watch);
		g_assert_cmpint(failure->code, ==, cases[i].code);
		g_assert_cmpint(v.sink.refs, ==, 1);
	}
	stub_media_fail(fx.media, GB_ERROR_NO_PORT);
	g_autoptr(gb_failure) no_port = try_watch(&fx, &v, NVR, CHANNEL);
	g_assert_cmpint(no_port->code, ==, GB_ERROR_NO_PORT);
	stub_media_fail(fx.media, -1);
	g_assert_cmpint(fixture_register(&fx, NVR, HOME, 0), ==, 200);
	g_autoptr(gb_failure) offline = try_watch(&fx, &v, NVR, CHANNEL);
	g_assert_cmpint(offline->code, ==, GB_ERROR_OFFLINE);
	g_assert_cmpuint(fixture_calls(&fx), ==, 0);
	fixture_down(&fx);
}

static void test_connection_gone(void) {
	static const char *const ids[] = {CHANNEL, NULL};
	viewer v;
	fixture fx;
	fixture_up(&fx);
	fixture_device(&fx, NVR, ids);
	gb_sip_request request = {
		.method = GB_SIP_REGISTER, .from_user = NVR, .expires = 3600, .peer = fixture_tcp(HOME, 3)};
	g_assert_cmpint(fixture_request(&fx, &request), ==, 200);
	stub_sip_lose_flow(fx.sip, 3);
	g_autoptr(gb_failure) failure = try_watch(&fx, &v, NVR, CHANNEL);
	g_assert_cmpint(failure->code, ==, GB_ERROR_OFFLINE);
	fixture_down(&fx);
}

static void test_listed_off(void) {
	viewer v;
	fixture fx;
	up(&fx);
	gb_device_find_channel(fixture_find(&fx, NVR), CHANNEL)->status = GB_STATUS_OFF;
	watch(&fx, &v, CHANNEL);
	g_assert_cmpuint(fixture_calls(&fx), ==, 1);
	fixture_down(&fx);
	clear(&v);
}

static void test_address_gone(void) {
	viewer v;
	fixture fx;
	up(&fx);
	stub_media_refuse_bind(fx.media, true);
	watch(&fx, &v, CHANNEL);
	g_assert_true(gb_addr_is_any(&fixture_stream(&fx)->source.local_ip));
	g_assert_nonnull(strstr(fixture_call(&fx)->sdp, "c=IN IP4 10.0.0.1\r\n"));
	fixture_down(&fx);
	clear(&v);
}

static void test_advertised(void) {
	viewer v;
	fixture fx;
	fixture_config(&fx);
	fx.config.media_advertised_ip =
		g_strsplit("192.168.0.0/16=192.168.9.9;0.0.0.0/0=203.0.113.7", ";", -1);
	fixture_start(&fx);
	fixture_device(&fx, NVR, both);
	watch(&fx, &v, CHANNEL);
	g_assert_nonnull(strstr(fixture_call(&fx)->sdp, "c=IN IP4 203.0.113.7\r\n"));
	g_assert_true(gb_addr_is_any(&fixture_stream(&fx)->source.local_ip));
	fixture_down(&fx);
	clear(&v);
}

/* ---- too many streams ---------------------------------------------------------------------- */

static void test_room_is_made(void) {
	viewer idle, v;
	fixture fx;
	up(&fx);
	playing(&fx, &idle, CHANNEL2);
	gb_watch_stop(idle.watch);
	watch(&fx, &v, CHANNEL);
	gb_sip_call *first = stub_sip_seen(fx.sip)->calls->pdata[0];
	stub_call_end(fixture_call(&fx), 486);
	g_assert_true(first->hung_up);
	g_assert_cmpuint(v.ended, ==, 0);
	g_assert_cmpuint(fixture_calls(&fx), ==, 2); /* not before its BYE is answered */
	stub_call_close(first);
	g_assert_cmpuint(fixture_calls(&fx), ==, 3);
	stub_call_answer(fixture_call(&fx), HOME, ANSWER);
	media(&fx);
	g_assert_cmpuint(v.playing, ==, 1);
	fixture_down(&fx);
	clear(&v);
}

static void test_room_is_not_enough(void) {
	viewer idle, v;
	fixture fx;
	up(&fx);
	playing(&fx, &idle, CHANNEL2);
	gb_watch_stop(idle.watch);
	watch(&fx, &v, CHANNEL);
	stub_call_end(fixture_call(&fx), 486);
	stub_call_close(stub_sip_seen(fx.sip)->calls->pdata[0]);
	stub_call_end(fixture_call(&fx), 486);
	check_failure(&v, GB_ERROR_REFUSED, NULL); /* once only; we hold nothing any more */
	g_assert_cmpint(v.failure->sip_status, ==, 486);
	fixture_down(&fx);
	clear(&v);
}

static void test_others_hold_it(void) {
	viewer busy, v;
	fixture fx;
	up(&fx);
	playing(&fx, &busy, CHANNEL2);
	watch(&fx, &v, CHANNEL);
	stub_call_end(fixture_call(&fx), 486);
	check_failure(&v, GB_ERROR_LIMIT, NULL);
	g_assert_cmpstr(v.failure->limit, ==, "device_streams");
	g_assert_cmpuint(busy.ended, ==, 0);
	fixture_down(&fx);
	clear(&v);
	clear(&busy);
}

/* ---- interruptions ------------------------------------------------------------------------- */

typedef enum { BY_BYE, BY_SILENCE, BY_OFFLINE, BY_ERROR } cause;

static void strike(fixture *fx, cause how) {
	switch(how) {
	case BY_BYE:
		stub_call_end(fixture_call(fx), 0);
		break;
	case BY_SILENCE:
		stub_stream_tell(fixture_stream(fx), GB_STREAM_NO_MEDIA);
		break;
	case BY_OFFLINE:
		g_assert_cmpint(fixture_register(fx, NVR, HOME, 0), ==, 200);
		break;
	case BY_ERROR:
		stub_call_end(fixture_call(fx), 500);
		break;
	}
}

static void test_interrupted(void) {
	static const struct {
		cause how;
		const char *reason;
	} cases[] = {{BY_BYE, "bye"}, {BY_SILENCE, "no_media"}, {BY_OFFLINE, "offline"},
		{BY_ERROR, "sip_error"}};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		viewer v;
		fixture fx;
		up(&fx);
		playing(&fx, &v, CHANNEL);
		fixture_advance(&fx, 60 * GB_SECOND);
		gb_stream *stream = fixture_stream(&fx);
		strike(&fx, cases[i].how);
		g_assert_cmpuint(v.interrupted, ==, 1);
		g_assert_cmpstr(v.reason, ==, cases[i].reason);
		g_assert_cmpint(v.retry_s, ==, 1);
		g_assert_cmpint(state(&fx), ==, GB_PLAY_INTERRUPTED);
		g_assert_false(stream->open);
		g_assert_cmpuint(stream->sinks->len, ==, 1); /* they stay */
		if(cases[i].how == BY_OFFLINE)
			g_assert_cmpint(fixture_register(&fx, NVR, HOME, 3600), ==, 200);
		if(!fixture_call(&fx)->closed)
			stub_call_close(fixture_call(&fx));
		fixture_advance(&fx, 1100 * GB_MS);
		g_assert_cmpuint(fixture_calls(&fx), ==, 2);
		g_assert_true(fixture_stream(&fx) == stream);
		g_assert_nonnull(strstr(fixture_call(&fx)->sdp, "m=video 30002 "));
		/* late events of the first INVITE mean nothing */
		stub_stream_tell_late(stream, GB_STREAM_NO_MEDIA);
		stub_stream_tell_late(stream, GB_STREAM_FIRST_PACKET);
		stub_call_answer(fixture_call(&fx), HOME, ANSWER);
		g_assert_cmpint(state(&fx), ==, GB_PLAY_WAITING_MEDIA);
		media(&fx);
		g_assert_cmpuint(v.playing, ==, 2);
		g_assert_cmpuint(v.ended, ==, 0);
		fixture_down(&fx);
		clear(&v);
	}
}

static void test_back_off(void) {
	viewer v;
	fixture fx;
	up(&fx);
	playing(&fx, &v, CHANNEL);
	int64_t start = gb_clock_us();
	strike(&fx, BY_BYE);
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
	check_failure(&v, GB_ERROR_REFUSED, NULL); /* the error of the last attempt */
	g_assert_cmpint(v.failure->sip_status, ==, 404);
	g_assert_cmpuint(v.interrupted, ==, 1);
	fixture_down(&fx);
	clear(&v);
}

static void test_never_reconnect(void) {
	viewer v;
	fixture fx;
	up(&fx);
	fx.server->config.reconnect_s = 0;
	playing(&fx, &v, CHANNEL);
	strike(&fx, BY_BYE);
	check_failure(&v, GB_ERROR_NO_MEDIA, "first_packet");
	g_assert_cmpuint(v.interrupted, ==, 0);
	fixture_down(&fx);
	clear(&v);
}

static void test_offline_too_long(void) {
	viewer v;
	fixture fx;
	up(&fx);
	playing(&fx, &v, CHANNEL);
	strike(&fx, BY_OFFLINE);
	fixture_advance(&fx, 29 * GB_SECOND);
	g_assert_cmpuint(v.ended, ==, 0);
	fixture_advance(&fx, 2 * GB_SECOND);
	check_failure(&v, GB_ERROR_OFFLINE, NULL);
	g_assert_cmpuint(fixture_calls(&fx), ==, 1);
	fixture_down(&fx);
	clear(&v);
}

static void test_flapping(void) {
	viewer v;
	fixture fx;
	up(&fx);
	playing(&fx, &v, CHANNEL);
	/* a camera that ends each call after two seconds of media: not for ever */
	for(int i = 0; i < 20 && !v.ended; i++) {
		strike(&fx, BY_BYE);
		for(int wait = 0; wait < 200 && !v.ended && state(&fx) != GB_PLAY_INVITING; wait++)
			fixture_advance(&fx, 100 * GB_MS);
		if(v.ended)
			break;
		stub_call_answer(fixture_call(&fx), HOME, ANSWER);
		media(&fx);
		fixture_advance(&fx, 2 * GB_SECOND);
	}
	g_assert_cmpuint(v.ended, ==, 1);
	fixture_down(&fx);
	clear(&v);
}

static void test_nobody_left(void) {
	static const cause causes[] = {BY_BYE, BY_SILENCE, BY_OFFLINE};
	for(size_t i = 0; i < G_N_ELEMENTS(causes); i++) {
		viewer v;
		fixture fx;
		up(&fx);
		playing(&fx, &v, CHANNEL);
		gb_watch_stop(v.watch);
		strike(&fx, causes[i]);
		g_assert_null(play_of(&fx, CHANNEL));
		fixture_down(&fx);
	}
	viewer v;
	fixture fx;
	up(&fx);
	playing(&fx, &v, CHANNEL);
	strike(&fx, BY_BYE);
	gb_watch_stop(v.watch); /* in the pause before the next attempt */
	g_assert_null(play_of(&fx, CHANNEL));
	fixture_down(&fx);
}

/* ---- the device moves ---------------------------------------------------------------------- */

static void test_registered_during_invite(void) {
	viewer v;
	fixture fx;
	up(&fx);
	watch(&fx, &v, CHANNEL);
	gb_sip_call *first = fixture_call(&fx);
	g_assert_cmpint(fixture_register(&fx, NVR, "10.0.0.9:6060", 3600), ==, 200);
	fixture_advance(&fx, GB_MS);
	g_assert_true(first->hung_up);
	g_assert_cmpuint(fixture_calls(&fx), ==, 2);
	g_assert_cmpuint(fixture_call(&fx)->peer.remote.port, ==, 6060);
	g_assert_cmpuint(v.ended, ==, 0);
	fixture_down(&fx);
	clear(&v);
}

static void test_refresh_during_invite(void) {
	viewer v;
	fixture fx;
	up(&fx);
	watch(&fx, &v, CHANNEL);
	g_assert_cmpint(fixture_register(&fx, NVR, HOME, 3600), ==, 200);
	fixture_advance(&fx, GB_MS);
	g_assert_cmpuint(fixture_calls(&fx), ==, 1); /* the same Call-ID: nothing happened */
	stub_call_progress(fixture_call(&fx), 100);
	gb_sip_request request = {.method = GB_SIP_REGISTER,
		.from_user = NVR,
		.expires = 3600,
		.call_id = "another",
		.peer = fixture_udp(HOME)};
	g_assert_cmpint(fixture_request(&fx, &request), ==, 200);
	fixture_advance(&fx, GB_MS);
	g_assert_cmpuint(fixture_calls(&fx), ==, 1); /* it has our INVITE */
	fixture_down(&fx);
	clear(&v);
}

static void test_moved_while_playing(void) {
	viewer v;
	fixture fx;
	up(&fx);
	playing(&fx, &v, CHANNEL);
	g_assert_cmpint(fixture_register(&fx, NVR, "10.0.0.9:6060", 3600), ==, 200);
	g_assert_cmpuint(fixture_call(&fx)->moves, ==, 1);
	g_assert_cmpuint(fixture_call(&fx)->peer.remote.port, ==, 6060);
	g_assert_cmpint(state(&fx), ==, GB_PLAY_PLAYING); /* its packets still flow */
	fixture_down(&fx);
	clear(&v);
}

static void test_disabled(void) {
	viewer v;
	fixture fx;
	up(&fx);
	playing(&fx, &v, CHANNEL);
	gb_device_edit edit = {.enabled = 0};
	g_assert_true(gb_server_edit_device(fx.server, NVR, &edit, NULL));
	check_failure(&v, GB_ERROR_OFFLINE, NULL);
	g_assert_true(fixture_call(&fx)->hung_up);
	fixture_down(&fx);
	clear(&v);
}

static void test_destroyed(void) {
	viewer v, paused;
	gb_failure *failure = NULL;
	fixture fx;
	up(&fx);
	playing(&fx, &v, CHANNEL);
	watch(&fx, &paused, CHANNEL);
	gb_watch_pause(paused.watch);
	g_assert_true(gb_server_destroy_device(fx.server, NVR, NULL));
	check_failure(&v, GB_ERROR_NOT_FOUND, NULL);
	check_failure(&paused, GB_ERROR_NOT_FOUND, NULL);
	(void)failure;
	fixture_down(&fx);
	clear(&v);
	clear(&paused);
}

/* ---- key frames ---------------------------------------------------------------------------- */

static unsigned asked(fixture *fx, const char *word) {
	const GPtrArray *messages = stub_sip_seen(fx->sip)->messages;
	unsigned count = 0;
	for(guint i = 0; i < messages->len; i++) {
		const stub_message *message = messages->pdata[i];
		count += strstr(message->body, word) ? 1 : 0;
	}
	return count;
}

static void test_keyframes(void) {
	viewer v;
	fixture fx;
	up(&fx);
	playing(&fx, &v, CHANNEL);
	stub_stream_tell(fixture_stream(&fx), GB_STREAM_KEYFRAME_WANTED);
	g_assert_cmpuint(asked(&fx, "<IFameCmd>Send</IFameCmd>"), ==, 1);
	g_assert_cmpuint(asked(&fx, "<DeviceID>" CHANNEL "</DeviceID>"), ==, 1);
	/* many wishes at once: one request, and one more after two seconds */
	for(int i = 0; i < 10; i++)
		gb_watch_want_keyframe(v.watch);
	g_assert_cmpuint(asked(&fx, "IFameCmd"), ==, 1);
	fixture_advance(&fx, 1900 * GB_MS);
	g_assert_cmpuint(asked(&fx, "IFameCmd"), ==, 1);
	fixture_advance(&fx, 200 * GB_MS);
	g_assert_cmpuint(asked(&fx, "IFameCmd"), ==, 2);
	fixture_advance(&fx, 10 * GB_SECOND);
	g_assert_cmpuint(asked(&fx, "IFameCmd"), ==, 2);
	fixture_find(&fx, NVR)->edition = GB_EDITION_2022;
	gb_watch_want_keyframe(v.watch);
	g_assert_cmpuint(asked(&fx, "<IFrameCmd>Send</IFrameCmd>"), ==, 1);
	fixture_down(&fx);
	clear(&v);
}

/* ---- callbacks that call back -------------------------------------------------------------- */

static void test_stop_in_callback(void) {
	viewer a, b;
	fixture fx;
	up(&fx);
	playing(&fx, &a, CHANNEL);
	watch(&fx, &b, CHANNEL);
	a.stop_too = b.watch;
	strike(&fx, BY_BYE);
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
	clear(&a);
}

static void test_last_one_stops_in_callback(void) {
	viewer v;
	fixture fx;
	up(&fx);
	fx.server->config.linger_s = 0;
	playing(&fx, &v, CHANNEL);
	v.stop_too = v.watch;
	strike(&fx, BY_SILENCE);
	fixture_advance(&fx, GB_SECOND);
	g_assert_null(play_of(&fx, CHANNEL));
	g_assert_cmpuint(v.ended, ==, 0);
	fixture_down(&fx);
}

/* ---- the end of the server ----------------------------------------------------------------- */

static void count_up(void *user) {
	(*(unsigned *)user)++;
}

static void test_drain(void) {
	viewer v, parked;
	unsigned drained = 0;
	fixture fx;
	up(&fx);
	playing(&fx, &v, CHANNEL);
	watch(&fx, &parked, CHANNEL2);
	gb_watch_pause(parked.watch);
	fixture_advance(&fx, 11 * GB_SECOND);
	stub_call_close(fixture_call(&fx));
	gb_core_drain(fx.server, count_up, &drained);
	g_assert_cmpuint(drained, ==, 0);
	check_failure(&v, GB_ERROR_STATE, NULL);
	check_failure(&parked, GB_ERROR_STATE, NULL);
	clear(&v);
	g_autoptr(gb_failure) failure = try_watch(&fx, &v, NVR, CHANNEL);
	g_assert_cmpint(failure->code, ==, GB_ERROR_STATE);
	stub_call_close(stub_sip_seen(fx.sip)->calls->pdata[0]);
	g_assert_cmpuint(drained, ==, 1);
	fixture_down(&fx);
	clear(&parked);
}

static void test_drain_nothing(void) {
	unsigned drained = 0;
	fixture fx;
	up(&fx);
	gb_core_drain(fx.server, count_up, &drained);
	g_assert_cmpuint(drained, ==, 1);
	fixture_down(&fx);
}

/* SSRCs come back: more plays than there are numbers. */
static void test_ssrcs(void) {
	fixture fx;
	up(&fx);
	fx.server->config.linger_s = 0;
	for(int i = 0; i < 2 * GB_SSRC_COUNT; i++) {
		viewer v;
		watch(&fx, &v, CHANNEL);
		if(i % 3 == 0)
			stub_call_end(fixture_call(&fx), 404);
		else
			gb_watch_stop(v.watch);
		fixture_advance(&fx, GB_MS);
		if(!fixture_call(&fx)->closed)
			stub_call_close(fixture_call(&fx));
		clear(&v);
	}
	fixture_down(&fx);
}

/* ---- every pair ---------------------------------------------------------------------------- */

#define BAD 100 /* counted as illegal, the state stays */

/** The state after the event; GB_PLAY_CLOSING = the play has ended. One viewer, none while
 * lingering. */
static const int pairs[GB_PLAY_CLOSING + 1][GB_PLAY_EVENTS] = {
	[GB_PLAY_INVITING] =
		{
			[GB_PLAY_ON_WANTED] = GB_PLAY_INVITING,
			[GB_PLAY_ON_UNWANTED] = GB_PLAY_INVITING,
			[GB_PLAY_ON_TIMER] = GB_PLAY_INVITING,
			[GB_PLAY_ON_LINGERED] = GB_PLAY_INVITING,
			[GB_PLAY_ON_CLEAR] = GB_PLAY_INVITING,
			[GB_PLAY_ON_ANSWERED] = GB_PLAY_WAITING_MEDIA,
			[GB_PLAY_ON_FAILED] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_BYE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_MEDIA] = GB_PLAY_INVITING,
			[GB_PLAY_ON_SILENCE] = GB_PLAY_INVITING,
			[GB_PLAY_ON_UNUSABLE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_OFFLINE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_ONLINE] = GB_PLAY_INVITING,
			[GB_PLAY_ON_MOVED] = GB_PLAY_INVITING,
			[GB_PLAY_ON_STOP] = GB_PLAY_CLOSING,
		},
	[GB_PLAY_WAITING_MEDIA] =
		{
			[GB_PLAY_ON_WANTED] = GB_PLAY_WAITING_MEDIA,
			[GB_PLAY_ON_UNWANTED] = GB_PLAY_WAITING_MEDIA,
			[GB_PLAY_ON_TIMER] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_LINGERED] = GB_PLAY_WAITING_MEDIA,
			[GB_PLAY_ON_CLEAR] = GB_PLAY_WAITING_MEDIA + BAD,
			[GB_PLAY_ON_ANSWERED] = GB_PLAY_WAITING_MEDIA + BAD,
			[GB_PLAY_ON_FAILED] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_BYE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_MEDIA] = GB_PLAY_PLAYING,
			[GB_PLAY_ON_SILENCE] = GB_PLAY_WAITING_MEDIA + BAD,
			[GB_PLAY_ON_UNUSABLE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_OFFLINE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_ONLINE] = GB_PLAY_WAITING_MEDIA,
			[GB_PLAY_ON_MOVED] = GB_PLAY_WAITING_MEDIA,
			[GB_PLAY_ON_STOP] = GB_PLAY_CLOSING,
		},
	[GB_PLAY_PLAYING] =
		{
			[GB_PLAY_ON_WANTED] = GB_PLAY_PLAYING,
			[GB_PLAY_ON_UNWANTED] = GB_PLAY_LINGERING,
			[GB_PLAY_ON_TIMER] = GB_PLAY_PLAYING, /* there is a picture */
			[GB_PLAY_ON_LINGERED] = GB_PLAY_PLAYING,
			[GB_PLAY_ON_CLEAR] = GB_PLAY_PLAYING + BAD,
			[GB_PLAY_ON_ANSWERED] = GB_PLAY_PLAYING + BAD,
			[GB_PLAY_ON_FAILED] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_BYE] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_MEDIA] = GB_PLAY_PLAYING,
			[GB_PLAY_ON_SILENCE] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_UNUSABLE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_OFFLINE] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_ONLINE] = GB_PLAY_PLAYING,
			[GB_PLAY_ON_MOVED] = GB_PLAY_PLAYING,
			[GB_PLAY_ON_STOP] = GB_PLAY_CLOSING,
		},
	[GB_PLAY_INTERRUPTED] =
		{
			[GB_PLAY_ON_WANTED] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_UNWANTED] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_TIMER] = GB_PLAY_INVITING,
			[GB_PLAY_ON_LINGERED] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_CLEAR] = GB_PLAY_INTERRUPTED + BAD,
			[GB_PLAY_ON_ANSWERED] = GB_PLAY_INTERRUPTED + BAD,
			[GB_PLAY_ON_FAILED] = GB_PLAY_INTERRUPTED + BAD,
			[GB_PLAY_ON_BYE] = GB_PLAY_INTERRUPTED + BAD,
			[GB_PLAY_ON_MEDIA] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_SILENCE] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_UNUSABLE] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_OFFLINE] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_ONLINE] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_MOVED] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_STOP] = GB_PLAY_CLOSING,
		},
	[GB_PLAY_LINGERING] =
		{
			[GB_PLAY_ON_WANTED] = GB_PLAY_PLAYING,
			[GB_PLAY_ON_UNWANTED] = GB_PLAY_LINGERING,
			[GB_PLAY_ON_TIMER] = GB_PLAY_LINGERING,
			[GB_PLAY_ON_LINGERED] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_CLEAR] = GB_PLAY_LINGERING + BAD,
			[GB_PLAY_ON_ANSWERED] = GB_PLAY_LINGERING + BAD,
			[GB_PLAY_ON_FAILED] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_BYE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_MEDIA] = GB_PLAY_LINGERING,
			[GB_PLAY_ON_SILENCE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_UNUSABLE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_OFFLINE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_ONLINE] = GB_PLAY_LINGERING,
			[GB_PLAY_ON_MOVED] = GB_PLAY_LINGERING,
			[GB_PLAY_ON_STOP] = GB_PLAY_CLOSING,
		},
};

/** Brings a play into the state. */
static gb_play *reach(fixture *fx, viewer *v, gb_play_state wanted) {
	watch(fx, v, CHANNEL);
	gb_play *play = gb_play_ref(play_of(fx, CHANNEL));
	if(wanted == GB_PLAY_INVITING)
		return play;
	stub_call_answer(fixture_call(fx), HOME, ANSWER);
	if(wanted == GB_PLAY_WAITING_MEDIA)
		return play;
	media(fx);
	if(wanted == GB_PLAY_INTERRUPTED)
		strike(fx, BY_BYE);
	if(wanted == GB_PLAY_LINGERING || wanted == GB_PLAY_CLOSING)
		gb_watch_stop(v->watch);
	if(wanted == GB_PLAY_CLOSING)
		fixture_advance(fx, 11 * GB_SECOND);
	return play;
}

static void check_pair(gb_play_state from, gb_play_event event) {
	viewer v;
	fixture fx;
	up(&fx);
	gb_play *play = reach(&fx, &v, from);
	g_assert_cmpint(play->state, ==, from);
	g_autoptr(gb_failure) failure = gb_play_reason_sip(404, "Not Found", false);
	uint64_t illegal = fx.server->counters.illegal_play_events;
	gb_play_step(play, event, failure);
	int expected = from == GB_PLAY_CLOSING ? GB_PLAY_CLOSING + BAD : pairs[from][event];
	g_assert_cmpint(play->state, ==, expected % BAD);
	g_assert_cmpuint(fx.server->counters.illegal_play_events - illegal, ==, expected >= BAD);
	/* and nothing is left over afterwards */
	fixture_advance(&fx, 200 * GB_SECOND);
	gb_play_unref(play);
	fixture_down(&fx);
	clear(&v);
}

static void test_every_pair(void) {
	for(int from = 0; from <= GB_PLAY_CLOSING; from++) {
		for(int event = 0; event < GB_PLAY_EVENTS; event++)
			check_pair((gb_play_state)from, (gb_play_event)event);
	}
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/play/invite", test_invite);
	g_test_add_func("/play/ladder", test_ladder);
	g_test_add_func("/play/answers", test_answers);
	g_test_add_func("/play/media_before_answer", test_media_before_answer);
	g_test_add_func("/play/one_invite_for_all", test_one_invite_for_all);
	g_test_add_func("/play/not_ready", test_not_ready);
	g_test_add_func("/play/linger", test_linger);
	g_test_add_func("/play/leave_before_the_answer", test_leave_before_the_answer);
	g_test_add_func("/play/pause", test_pause);
	g_test_add_func("/play/resume_offline", test_resume_offline);
	g_test_add_func("/play/again_while_ending", test_again_while_ending);
	g_test_add_func("/play/again_while_bye_is_lost", test_again_while_bye_is_lost);
	g_test_add_func("/play/statuses", test_statuses);
	g_test_add_func("/play/no_packet", test_no_packet);
	g_test_add_func("/play/no_picture", test_no_picture);
	g_test_add_func("/play/sound_only", test_sound_only);
	g_test_add_func("/play/unknown_media", test_unknown_media);
	g_test_add_func("/play/at_once", test_at_once);
	g_test_add_func("/play/connection_gone", test_connection_gone);
	g_test_add_func("/play/listed_off", test_listed_off);
	g_test_add_func("/play/address_gone", test_address_gone);
	g_test_add_func("/play/advertised", test_advertised);
	g_test_add_func("/play/room_is_made", test_room_is_made);
	g_test_add_func("/play/room_is_not_enough", test_room_is_not_enough);
	g_test_add_func("/play/others_hold_it", test_others_hold_it);
	g_test_add_func("/play/interrupted", test_interrupted);
	g_test_add_func("/play/back_off", test_back_off);
	g_test_add_func("/play/never_reconnect", test_never_reconnect);
	g_test_add_func("/play/offline_too_long", test_offline_too_long);
	g_test_add_func("/play/flapping", test_flapping);
	g_test_add_func("/play/nobody_left", test_nobody_left);
	g_test_add_func("/play/registered_during_invite", test_registered_during_invite);
	g_test_add_func("/play/refresh_during_invite", test_refresh_during_invite);
	g_test_add_func("/play/moved_while_playing", test_moved_while_playing);
	g_test_add_func("/play/disabled", test_disabled);
	g_test_add_func("/play/destroyed", test_destroyed);
	g_test_add_func("/play/keyframes", test_keyframes);
	g_test_add_func("/play/stop_in_callback", test_stop_in_callback);
	g_test_add_func("/play/last_one_stops_in_callback", test_last_one_stops_in_callback);
	g_test_add_func("/play/drain", test_drain);
	g_test_add_func("/play/drain_nothing", test_drain_nothing);
	g_test_add_func("/play/ssrcs", test_ssrcs);
	g_test_add_func("/play/every_pair", test_every_pair);
	return g_test_run();
}
