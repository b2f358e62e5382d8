#include "stubs/stub_stream.h"

#include "gb28181/base/gb_clock.h"
#include "gb28181/base/gb_error.h"

#include <string.h>

struct gb_media {
	GPtrArray *streams;
	int fail;
	bool refuse_bind;
	uint16_t next_port;
};

/** Streams have no way back to it. */
static gb_media *the_media;

static void free_sink(gpointer sink) {
	gb_sink_unref(sink);
}

static void free_stream(gpointer data) {
	gb_stream *stream = data;
	g_ptr_array_free(stream->sinks, TRUE);
	g_free(stream);
}

gb_media *stub_media_new(void) {
	gb_media *media = g_new0(gb_media, 1);
	media->streams = g_ptr_array_new_with_free_func(free_stream);
	media->fail = -1;
	media->next_port = 30000;
	the_media = media;
	return media;
}

void stub_media_free(gb_media *media) {
	for(guint i = 0; i < media->streams->len; i++)
		g_assert_true(((gb_stream *)media->streams->pdata[i])->closed);
	g_ptr_array_free(media->streams, TRUE);
	g_free(media);
	the_media = NULL;
}

GPtrArray *stub_media_streams(gb_media *media) {
	return media->streams;
}

void stub_media_fail(gb_media *media, int code) {
	media->fail = code;
}

void stub_media_refuse_bind(gb_media *media, bool refuse) {
	media->refuse_bind = refuse;
}

/* ---- events -------------------------------------------------------------------------------- */

static gb_stream_event event_of(const gb_stream *stream, gb_stream_event_kind kind) {
	gb_stream_event event = {
		.kind = kind,
		.generation = stream->generation,
		.at_us = gb_clock_us(),
		.format = stream->stats.format,
	};
	(void)gb_addr_parse("10.0.0.9:9000", &event.source);
	return event;
}

void stub_stream_tell(gb_stream *stream, gb_stream_event_kind kind) {
	gb_stream_event event = event_of(stream, kind);
	g_assert_false(stream->closed);
	stream->event(&event, stream->user);
}

void stub_stream_tell_late(gb_stream *stream, gb_stream_event_kind kind) {
	gb_stream_event event = event_of(stream, kind);
	event.generation--;
	g_assert_false(stream->closed);
	stream->event(&event, stream->user);
}

void stub_stream_tell_format(gb_stream *stream, gb_codec video, gb_codec audio) {
	stream->stats.format = (gb_media_format){.video = video, .audio = audio};
	stub_stream_tell(stream, GB_STREAM_FORMAT);
}

void stub_stream_start_sinks(gb_stream *stream) {
	g_autoptr(GPtrArray) sinks = g_ptr_array_copy(stream->sinks, NULL, NULL);
	g_ptr_array_set_free_func(sinks, NULL);
	for(guint i = 0; i < sinks->len && !stream->closed; i++) {
		gb_stream_event event = event_of(stream, GB_STREAM_SINK_STARTED);
		event.sink = sinks->pdata[i];
		stream->event(&event, stream->user);
	}
}

/* ---- gb_stream.h --------------------------------------------------------------------------- */

void gb_media_config_default(gb_media_config *ret_config) {
	memset(ret_config, 0, sizeof(*ret_config));
	ret_config->threads = 2;
}

gb_media *gb_media_new(const gb_media_config *config, gb_mailbox *owner, GError **error) {
	(void)config;
	(void)owner;
	(void)error;
	return stub_media_new();
}

void gb_media_free(gb_media *media) {
	stub_media_free(media);
}

static bool can_open(const gb_stream_source *source, GError **error) {
	gb_media *media = the_media;
	bool bind_refused = media->refuse_bind && !gb_addr_is_any(&source->local_ip);
	if(media->fail < 0 && !bind_refused)
		return true;
	int code = bind_refused ? (int)GB_ERROR_FAILED : media->fail;
	g_set_error(error, GB_ERROR, code, "The test does not let it open.");
	return false;
}

static void open_sockets(gb_stream *stream, const gb_stream_source *source) {
	stream->source = *source;
	stream->generation++;
	stream->open = true;
	stream->silence_us = 0;
	stream->port = the_media->next_port;
	the_media->next_port = (uint16_t)(the_media->next_port + 2);
}

gb_stream *gb_stream_open(gb_media *media, const gb_stream_source *source, gb_stream_event_fn event,
	void *user, GError **error) {
	if(!can_open(source, error))
		return NULL;
	gb_stream *stream = g_new0(gb_stream, 1);
	stream->event = event;
	stream->user = user;
	stream->sinks = g_ptr_array_new_with_free_func(free_sink);
	open_sockets(stream, source);
	g_ptr_array_add(media->streams, stream);
	return stream;
}

uint16_t gb_stream_port(const gb_stream *stream) {
	return stream->port;
}

uint32_t gb_stream_generation(const gb_stream *stream) {
	return stream->generation;
}

void gb_stream_expect(gb_stream *stream, const gb_stream_source *source) {
	g_assert_false(stream->closed);
	stream->source = *source;
}

bool gb_stream_reopen(gb_stream *stream, const gb_stream_source *source, GError **error) {
	g_assert_false(stream->closed);
	stream->open = false;
	if(!can_open(source, error))
		return false;
	open_sockets(stream, source);
	return true;
}

void gb_stream_shut(gb_stream *stream) {
	g_assert_false(stream->closed);
	stream->open = false;
}

void gb_stream_watch_silence(gb_stream *stream, int64_t silence_us) {
	stream->silence_us = silence_us;
}

void gb_stream_close(gb_stream *stream) {
	g_assert_false(stream->closed);
	stream->closed = true;
	stream->open = false;
	g_ptr_array_set_size(stream->sinks, 0);
}

void gb_stream_attach(gb_stream *stream, gb_sink *sink) {
	g_assert_false(stream->closed);
	if(!g_ptr_array_find(stream->sinks, sink, NULL))
		g_ptr_array_add(stream->sinks, gb_sink_ref(sink));
}

void gb_stream_detach(gb_stream *stream, gb_sink *sink, gb_task_fn done, void *data) {
	g_assert_false(stream->closed);
	(void)g_ptr_array_remove(stream->sinks, sink);
	if(done)
		done(data);
}

void gb_stream_get_stats(gb_stream *stream, gb_stream_stats *ret_stats) {
	*ret_stats = stream->stats;
	ret_stats->sinks = stream->sinks->len;
}
