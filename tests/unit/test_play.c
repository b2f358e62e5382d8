/* Plays and watches, from the INVITE to the BYE: gb28181.md 7, api.md 6, checklist 18.3 (5). */
#include "stubs/domain_fixture.h"

#include <string.h>

/* ---- the good way -------------------------------------------------------------------------- */

static void test_invite(void) {
	play_viewer v;
	fixture fx;
	play_up(&fx);
	play_watch(&fx, &v, CHANNEL);
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
	g_assert_cmpint(play_state(&fx), ==, GB_PLAY_INVITING);
	fixture_down(&fx);
	play_clear(&v);
}

static void test_ladder(void) {
	play_viewer v;
	fixture fx;
	play_up(&fx);
	play_watch(&fx, &v, CHANNEL);
	fixture_advance(&fx, 10 * GB_MS);
	stub_call_progress(fixture_call(&fx), 100);
	stub_call_progress(fixture_call(&fx), 101);
	fixture_advance(&fx, 10 * GB_MS);
	stub_call_answer(fixture_call(&fx), PLAY_HOME, PLAY_ANSWER "y=0200009999\r\n");
	g_assert_cmpint(play_state(&fx), ==, GB_PLAY_WAITING_MEDIA);
	const gb_stream *stream = fixture_stream(&fx);
	g_assert_cmpuint(stream->source.ssrc, ==, 200009999); /* the answer leads */
	char text[GB_ADDR_TEXT];
	g_assert_cmpstr(gb_addr_format_ip(text, &stream->source.allowed[1]), ==, "10.0.0.8");
	fixture_advance(&fx, 10 * GB_MS);
	g_assert_cmpuint(v.playing, ==, 0);
	play_media(&fx);
	g_assert_cmpint(play_state(&fx), ==, GB_PLAY_PLAYING);
	g_assert_cmpuint(v.playing, ==, 1);
	g_assert_cmpint(v.ladder.sip_status, ==, 200);
	g_assert_cmpint(gb_ladder_missing(&v.ladder), ==, GB_STEPS);
	g_assert_cmpstr(gb_addr_format(text, &v.ladder.source), ==, "10.0.0.9:9000");
	for(int step = 1; step < GB_STEPS; step++)
		g_assert_cmpint(v.ladder.at_us[step], >=, v.ladder.at_us[step - 1]);
	g_assert_cmpint(stream->silence_us, ==, 5 * GB_SECOND);
	fixture_down(&fx);
	play_clear(&v);
}

static void test_answers(void) {
	static const struct {
		const char *sdp;
		bool plays;
	} cases[] = {
		{"", true},								/* agreement with the offer */
		{PLAY_ANSWER, true},					/* no y= */
		{PLAY_ANSWER "y=0000000000\r\n", true}, /* unknown */
		{"v=0\r\nm=video 0 RTP/AVP 96\r\n", false},
		{"nonsense", true},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		play_viewer v;
		fixture fx;
		play_up(&fx);
		play_watch(&fx, &v, CHANNEL);
		uint32_t ours = fixture_stream(&fx)->source.ssrc;
		stub_call_answer(fixture_call(&fx), PLAY_HOME, cases[i].sdp);
		if(cases[i].plays) {
			g_assert_cmpint(play_state(&fx), ==, GB_PLAY_WAITING_MEDIA);
			g_assert_cmpuint(fixture_stream(&fx)->source.ssrc, ==, ours);
		} else {
			play_check_failure(&v, GB_ERROR_NO_MEDIA, "first_packet");
			g_assert_true(fixture_call(&fx)->hung_up);
		}
		fixture_down(&fx);
		play_clear(&v);
	}
}

static void test_media_before_answer(void) {
	play_viewer v;
	fixture fx;
	play_up(&fx);
	play_watch(&fx, &v, CHANNEL);
	play_media(&fx);
	g_assert_cmpint(play_state(&fx), ==, GB_PLAY_INVITING);
	stub_call_answer(fixture_call(&fx), PLAY_HOME, PLAY_ANSWER);
	g_assert_cmpint(play_state(&fx), ==, GB_PLAY_PLAYING);
	fixture_down(&fx);
	play_clear(&v);
}

static void test_one_invite_for_all(void) {
	play_viewer a, b, c;
	fixture fx;
	play_up(&fx);
	play_watch(&fx, &a, CHANNEL);
	play_watch(&fx, &b, CHANNEL);
	g_assert_cmpstr(a.stream, ==, b.stream);
	stub_call_answer(fixture_call(&fx), PLAY_HOME, PLAY_ANSWER);
	play_media(&fx);
	g_assert_cmpuint(a.playing, ==, 1);
	g_assert_cmpuint(b.playing, ==, 1);
	play_watch(&fx, &c, CHANNEL);
	g_assert_cmpuint(fixture_calls(&fx), ==, 1);
	g_assert_cmpuint(fixture_stream(&fx)->sinks->len, ==, 3);
	g_autoptr(gb_channel_info) info = gb_server_get_channel(fx.server, NVR, CHANNEL);
	g_assert_cmpuint(info->viewers, ==, 3);
	gb_watch_stop(a.watch);
	gb_watch_stop(b.watch);
	g_assert_cmpuint(fixture_stream(&fx)->sinks->len, ==, 1);
	g_assert_cmpint(play_state(&fx), ==, GB_PLAY_PLAYING);
	fixture_down(&fx);
	g_assert_cmpint(a.sink.refs, ==, 1); /* the test's own */
	g_assert_cmpint(c.sink.refs, ==, 1);
	play_clear(&c);
}

static void test_not_ready(void) {
	play_viewer v;
	fixture fx;
	play_up(&fx);
	g_assert_null(play_try_watch(&fx, &v, NVR, CHANNEL));
	fixture_advance(&fx, GB_MS);
	g_assert_cmpuint(fixture_calls(&fx), ==, 1); /* in parallel with the browser's own business */
	g_assert_cmpuint(fixture_stream(&fx)->sinks->len, ==, 0);
	gb_watch_ready(v.watch);
	g_assert_cmpuint(fixture_stream(&fx)->sinks->len, ==, 1);
	fixture_down(&fx);
	play_clear(&v);
}

/* ---- leaving ------------------------------------------------------------------------------- */

static void test_linger(void) {
	play_viewer v, w;
	fixture fx;
	play_up(&fx);
	play_playing(&fx, &v, CHANNEL);
	gb_watch_stop(v.watch);
	g_assert_cmpint(play_state(&fx), ==, GB_PLAY_LINGERING);
	fixture_advance(&fx, 9 * GB_SECOND);
	g_assert_false(fixture_call(&fx)->hung_up);
	/* somebody comes back in time */
	play_watch(&fx, &w, CHANNEL);
	g_assert_cmpint(play_state(&fx), ==, GB_PLAY_PLAYING);
	g_assert_cmpuint(fixture_calls(&fx), ==, 1);
	fixture_advance(&fx, 20 * GB_SECOND);
	g_assert_cmpint(play_state(&fx), ==, GB_PLAY_PLAYING);
	gb_watch_stop(w.watch);
	fixture_advance(&fx, 11 * GB_SECOND);
	g_assert_true(fixture_call(&fx)->hung_up);
	g_assert_true(fixture_stream(&fx)->closed);
	g_assert_null(play_find(&fx, CHANNEL));
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
	play_viewer v;
	fixture fx;
	play_up(&fx);
	play_watch(&fx, &v, CHANNEL);
	gb_watch_stop(v.watch);
	g_assert_cmpint(play_state(&fx), ==, GB_PLAY_INVITING);
	fixture_advance(&fx, 11 * GB_SECOND);
	g_assert_true(fixture_call(&fx)->hung_up);
	g_assert_null(play_find(&fx, CHANNEL));
	fixture_down(&fx);
}

static void test_pause(void) {
	play_viewer v, w;
	gb_failure *failure = NULL;
	fixture fx;
	play_up(&fx);
	play_playing(&fx, &v, CHANNEL);
	play_watch(&fx, &w, CHANNEL);
	gb_watch_pause(v.watch);
	gb_watch_pause(v.watch);
	g_assert_cmpuint(fixture_stream(&fx)->sinks->len, ==, 1);
	g_assert_cmpint(play_state(&fx), ==, GB_PLAY_PLAYING); /* the other one holds the camera */
	gb_watch_stop(w.watch);
	g_assert_cmpint(play_state(&fx), ==, GB_PLAY_LINGERING);
	g_assert_true(gb_watch_resume(v.watch, &failure));
	g_assert_cmpint(play_state(&fx), ==, GB_PLAY_PLAYING);
	g_assert_cmpuint(fixture_stream(&fx)->sinks->len, ==, 1);
	stub_stream_start_sinks(fixture_stream(&fx));
	g_assert_cmpuint(v.playing, ==, 2);
	/* paused for long: the camera gets BYE, the viewer stays and hears nothing */
	gb_watch_pause(v.watch);
	fixture_advance(&fx, 11 * GB_SECOND);
	g_assert_null(play_find(&fx, CHANNEL));
	g_assert_cmpuint(v.ended, ==, 0);
	stub_call_close(fixture_call(&fx));
	g_assert_true(gb_watch_resume(v.watch, &failure));
	fixture_advance(&fx, GB_MS);
	g_assert_cmpuint(fixture_calls(&fx), ==, 2);
	stub_call_answer(fixture_call(&fx), PLAY_HOME, PLAY_ANSWER);
	play_media(&fx);
	g_assert_cmpuint(v.playing, ==, 3);
	fixture_down(&fx);
	play_clear(&v);
}

static void test_resume_offline(void) {
	play_viewer v;
	gb_failure *failure = NULL;
	fixture fx;
	play_up(&fx);
	play_playing(&fx, &v, CHANNEL);
	gb_watch_pause(v.watch);
	g_assert_cmpint(fixture_register(&fx, NVR, PLAY_HOME, 0), ==, 200);
	g_assert_cmpuint(v.ended, ==, 0);
	g_assert_false(gb_watch_resume(v.watch, &failure));
	g_assert_cmpint(failure->code, ==, GB_ERROR_OFFLINE);
	gb_failure_free(failure);
	gb_watch_stop(v.watch);
	fixture_down(&fx);
}

static void test_again_while_ending(void) {
	play_viewer v, w;
	fixture fx;
	play_up(&fx);
	fx.server->config.linger_s = 0;
	play_playing(&fx, &v, CHANNEL);
	gb_watch_stop(v.watch);
	fixture_advance(&fx, GB_MS);
	g_assert_true(fixture_call(&fx)->hung_up);
	/* the new INVITE waits until the camera has let the old call go */
	play_watch(&fx, &w, CHANNEL);
	g_assert_cmpuint(fixture_calls(&fx), ==, 1);
	stub_call_close(fixture_call(&fx));
	g_assert_cmpuint(fixture_calls(&fx), ==, 2);
	fixture_down(&fx);
	play_clear(&w);
}

static void test_again_while_bye_is_lost(void) {
	play_viewer v, w;
	fixture fx;
	play_up(&fx);
	fx.server->config.linger_s = 0;
	play_playing(&fx, &v, CHANNEL);
	gb_watch_stop(v.watch);
	fixture_advance(&fx, GB_MS);
	play_watch(&fx, &w, CHANNEL);
	fixture_advance(&fx, GB_PLAY_CLEAR_US + GB_SECOND);
	g_assert_cmpuint(fixture_calls(&fx), ==, 2); /* it does not wait for ever */
	fixture_down(&fx);
	play_clear(&w);
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
	play_viewer v;
	fixture fx;
	play_up(&fx);
	play_playing(&fx, &v, CHANNEL);
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
	play_clear(&v);
}

/* ---- the end of the server ----------------------------------------------------------------- */

static void count_up(void *user) {
	(*(unsigned *)user)++;
}

static void test_drain(void) {
	play_viewer v, parked;
	unsigned drained = 0;
	fixture fx;
	play_up(&fx);
	play_playing(&fx, &v, CHANNEL);
	play_watch(&fx, &parked, CHANNEL2);
	gb_watch_pause(parked.watch);
	fixture_advance(&fx, 11 * GB_SECOND);
	stub_call_close(fixture_call(&fx));
	gb_core_drain(fx.server, count_up, &drained);
	g_assert_cmpuint(drained, ==, 0);
	play_check_failure(&v, GB_ERROR_STATE, NULL);
	play_check_failure(&parked, GB_ERROR_STATE, NULL);
	play_clear(&v);
	g_autoptr(gb_failure) failure = play_try_watch(&fx, &v, NVR, CHANNEL);
	g_assert_cmpint(failure->code, ==, GB_ERROR_STATE);
	stub_call_close(stub_sip_seen(fx.sip)->calls->pdata[0]);
	g_assert_cmpuint(drained, ==, 1);
	fixture_down(&fx);
	play_clear(&parked);
}

static void test_drain_nothing(void) {
	unsigned drained = 0;
	fixture fx;
	play_up(&fx);
	gb_core_drain(fx.server, count_up, &drained);
	g_assert_cmpuint(drained, ==, 1);
	fixture_down(&fx);
}

/* SSRCs come back: more plays than there are numbers. */
static void test_ssrcs(void) {
	fixture fx;
	play_up(&fx);
	fx.server->config.linger_s = 0;
	for(int i = 0; i < 2 * GB_SSRC_COUNT; i++) {
		play_viewer v;
		play_watch(&fx, &v, CHANNEL);
		if(i % 3 == 0)
			stub_call_end(fixture_call(&fx), 404);
		else
			gb_watch_stop(v.watch);
		fixture_advance(&fx, GB_MS);
		if(!fixture_call(&fx)->closed)
			stub_call_close(fixture_call(&fx));
		play_clear(&v);
	}
	fixture_down(&fx);
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
	g_test_add_func("/play/keyframes", test_keyframes);
	g_test_add_func("/play/drain", test_drain);
	g_test_add_func("/play/drain_nothing", test_drain_nothing);
	g_test_add_func("/play/ssrcs", test_ssrcs);
	return g_test_run();
}
