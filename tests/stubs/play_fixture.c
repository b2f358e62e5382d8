#include "stubs/play_fixture.h"

#include <string.h>

const char *const play_both[] = {CHANNEL, CHANNEL2, NULL};

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
	play_viewer *v = user;
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

gb_failure *play_try_watch(fixture *fx, play_viewer *v, const char *device, const char *channel) {
	static const gb_sink_ops ops = {on_packet, on_format, on_free};
	gb_failure *failure = NULL;
	memset(v, 0, sizeof(*v));
	gb_sink_init(&v->sink, &ops);
	v->watch =
		gb_server_watch(fx->server, device, channel, &v->sink, on_event, v, v->stream, &failure);
	return failure;
}

void play_watch(fixture *fx, play_viewer *v, const char *channel) {
	gb_failure *failure = play_try_watch(fx, v, NVR, channel);
	g_assert_null(failure);
	g_assert_nonnull(v->watch);
	gb_watch_ready(v->watch);
	fixture_advance(fx, GB_MS);
}

void play_up(fixture *fx) {
	fixture_config(fx);
	fixture_start(fx);
	fixture_device(fx, NVR, play_both);
}

gb_play *play_find(fixture *fx, const char *channel) {
	return gb_plays_find(fx->server, NVR, channel);
}

gb_play_state play_state(fixture *fx) {
	return play_find(fx, CHANNEL)->state;
}

void play_media(fixture *fx) {
	gb_stream *stream = fixture_stream(fx);
	stub_stream_tell(stream, GB_STREAM_FIRST_PACKET);
	stub_stream_tell(stream, GB_STREAM_FIRST_PACK);
	stub_stream_tell_format(stream, GB_CODEC_H264, GB_CODEC_PCMA);
	stub_stream_tell(stream, GB_STREAM_FIRST_KEYFRAME);
	stub_stream_start_sinks(stream);
}

void play_playing(fixture *fx, play_viewer *v, const char *channel) {
	play_watch(fx, v, channel);
	stub_call_answer(fixture_call(fx), PLAY_HOME, PLAY_ANSWER);
	play_media(fx);
	g_assert_cmpuint(v->playing, ==, 1);
}

void play_check_failure(const play_viewer *v, gb_error_code code, const char *step) {
	g_assert_cmpuint(v->ended, ==, 1);
	g_assert_nonnull(v->failure);
	g_assert_cmpint(v->failure->code, ==, code);
	g_assert_cmpstr(v->failure->step, ==, step);
	g_assert_cmpuint(strlen(v->failure->message), >, 30);
}

void play_clear(play_viewer *v) {
	gb_failure_free(v->failure);
	v->failure = NULL;
}

void play_strike(fixture *fx, play_cause how) {
	switch(how) {
	case BY_BYE:
		stub_call_end(fixture_call(fx), 0);
		break;
	case BY_SILENCE:
		stub_stream_tell(fixture_stream(fx), GB_STREAM_NO_MEDIA);
		break;
	case BY_OFFLINE:
		g_assert_cmpint(fixture_register(fx, NVR, PLAY_HOME, 0), ==, 200);
		break;
	case BY_ERROR:
		stub_call_end(fixture_call(fx), 500);
		break;
	}
}
