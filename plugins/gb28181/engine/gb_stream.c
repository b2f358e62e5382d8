/* The controlling thread's half of a stream: ports, generations, closing. */
#include "gb28181/engine/gb_stream_internal.h"

#include "gb28181/base/gb_clock.h"
#include "gb28181/base/gb_error.h"
#include "gb28181/base/gb_log.h"

#include <errno.h>
#include <string.h>

gb_stream *gb_stream_ref(gb_stream *stream) {
	g_atomic_int_inc(&stream->refs);
	return stream;
}

void gb_stream_unref(void *data) {
	gb_stream *stream = (gb_stream *)data;
	if(!g_atomic_int_dec_and_test(&stream->refs)) {
		return;
	}
	gb_pipeline_free(stream->pipeline);
	g_array_free(stream->taps, TRUE);
	gb_lock_clear(&stream->lock);
	g_free(stream);
}

/* ---- tasks: what the controlling thread asks of the media thread ---- */

typedef enum {
	ASK_INIT,
	ASK_START,
	ASK_EXPECT,
	ASK_SHUT,
	ASK_SILENCE,
	ASK_ATTACH,
	ASK_DETACH,
	ASK_END
} ask_kind;

typedef struct {
	ask_kind kind;
	gb_stream *stream; /**< one reference */
	gb_udp_pair sockets;
	gb_stream_source source;
	uint32_t generation;
	int64_t silence_us;
	gb_sink *sink; /**< one reference, or NULL */
	gb_task_fn done;
	void *done_data;
} ask;

static void ask_free(void *data) {
	ask *question = (ask *)data;
	gb_udp_close(&question->sockets);
	gb_sink_unref(question->sink);
	gb_stream_unref(question->stream);
	g_free(question);
}

static void answer(ask *question) {
	gb_stream *stream = question->stream;
	switch(question->kind) {
	case ASK_INIT:
		gb_stream_loop_init(stream);
		break;
	case ASK_START:
		gb_stream_loop_start(stream, question->sockets, &question->source, question->generation);
		question->sockets = (gb_udp_pair){-1, -1};
		break;
	case ASK_EXPECT:
		gb_stream_loop_expect(stream, &question->source);
		break;
	case ASK_SHUT:
		gb_stream_loop_shut(stream);
		break;
	case ASK_SILENCE:
		gb_stream_loop_silence(stream, question->silence_us);
		break;
	case ASK_ATTACH:
		gb_stream_loop_attach(stream, question->sink);
		break;
	case ASK_DETACH:
		gb_stream_loop_detach(stream, question->sink);
		break;
	case ASK_END:
		gb_stream_loop_end(stream);
		break;
	}
}

static void ask_run(void *data) {
	ask *question = (ask *)data;
	answer(question);
	if(question->done) {
		(void)gb_mailbox_post(
			question->stream->media->owner, question->done, question->done_data, NULL);
	}
	ask_free(question);
}

static ask *ask_new(gb_stream *stream, ask_kind kind) {
	ask *question = g_new0(ask, 1);
	question->kind = kind;
	question->stream = gb_stream_ref(stream);
	question->sockets = (gb_udp_pair){-1, -1};
	return question;
}

static void ask_post(ask *question) {
	(void)gb_media_loop_post(question->stream->lane->loop, ask_run, question, ask_free);
}

/* ---- sockets ---- */

static void warn_of_buffer(gb_media *media) {
	if(media->receive_buffer >= media->config.receive_buffer_bytes || media->buffer_warned) {
		return;
	}
	media->buffer_warned = true;
	gb_log(GB_LOG_WARNING,
		"the kernel gives media sockets %d bytes of receive buffer instead of %d: key frames may "
		"be "
		"lost under load; set net.core.rmem_max=%d",
		media->receive_buffer, media->config.receive_buffer_bytes,
		media->config.receive_buffer_bytes);
}

static uint16_t open_sockets(
	gb_media *media, const gb_addr *ip, gb_udp_pair *ret_sockets, GError **error) {
	for(unsigned tried = 0; tried < gb_ports_total(media->ports); tried++) {
		uint16_t port = gb_ports_take(media->ports, gb_clock_us());
		if(!port) {
			break;
		}
		gb_udp_result result = gb_udp_open(
			ip, port, media->config.receive_buffer_bytes, ret_sockets, &media->receive_buffer);
		if(result == GB_UDP_OPENED) {
			warn_of_buffer(media);
			return port;
		}
		int reason = errno;
		gb_ports_release(media->ports, port, gb_clock_us());
		if(result == GB_UDP_FAILED) {
			char text[GB_ADDR_TEXT];
			g_set_error(error, GB_ERROR, GB_ERROR_FAILED, "cannot open media port %u at %s: %s",
				port, gb_addr_format_ip(text, ip), g_strerror(reason));
			return 0;
		}
	}
	g_set_error(error, GB_ERROR, GB_ERROR_NO_PORT,
		"no free media port in %u-%u: widen media.rtp_port_range or end streams",
		media->config.port_min, media->config.port_max);
	return 0;
}

static bool start(gb_stream *stream, const gb_stream_source *source, GError **error) {
	gb_udp_pair sockets = {-1, -1};
	uint16_t port = open_sockets(stream->media, &source->local_ip, &sockets, error);
	if(!port) {
		return false;
	}
	stream->port = port;
	stream->generation++;
	ask *question = ask_new(stream, ASK_START);
	question->sockets = sockets;
	question->source = *source;
	question->generation = stream->generation;
	ask_post(question);
	return true;
}

static void give_port_back(gb_stream *stream) {
	if(stream->port) {
		gb_ports_release(stream->media->ports, stream->port, gb_clock_us());
		stream->port = 0;
	}
}

/* ---- public ---- */

static gb_media_lane *least_loaded(gb_media *media) {
	gb_media_lane *best = &media->lanes[0];
	for(unsigned i = 1; i < media->lane_count; i++) {
		if(gb_media_loop_load(media->lanes[i].loop) < gb_media_loop_load(best->loop)) {
			best = &media->lanes[i];
		}
	}
	return best;
}

gb_stream *gb_stream_open(gb_media *media, const gb_stream_source *source, gb_stream_event_fn event,
	void *user, GError **error) {
	gb_stream *stream = g_new0(gb_stream, 1);
	stream->refs = 1;
	stream->media = media;
	stream->lane = least_loaded(media);
	stream->event = event;
	stream->user = user;
	stream->sockets = (gb_udp_pair){-1, -1};
	stream->taps = g_array_new(FALSE, FALSE, sizeof(gb_stream_tap));
	gb_lock_init(&stream->lock);
	gb_media_loop_add_load(stream->lane->loop, 1);
	ask_post(ask_new(stream, ASK_INIT));
	if(!start(stream, source, error)) {
		gb_stream_close(stream);
		return NULL;
	}
	return stream;
}

uint16_t gb_stream_port(const gb_stream *stream) {
	return stream->port;
}

uint32_t gb_stream_generation(const gb_stream *stream) {
	return stream->generation;
}

void gb_stream_expect(gb_stream *stream, const gb_stream_source *source) {
	ask *question = ask_new(stream, ASK_EXPECT);
	question->source = *source;
	ask_post(question);
}

bool gb_stream_reopen(gb_stream *stream, const gb_stream_source *source, GError **error) {
	gb_stream_shut(stream);
	return start(stream, source, error);
}

void gb_stream_shut(gb_stream *stream) {
	give_port_back(stream);
	ask_post(ask_new(stream, ASK_SHUT));
}

void gb_stream_watch_silence(gb_stream *stream, int64_t silence_us) {
	ask *question = ask_new(stream, ASK_SILENCE);
	question->silence_us = silence_us;
	ask_post(question);
}

void gb_stream_close(gb_stream *stream) {
	stream->closed = true;
	give_port_back(stream);
	gb_media_loop_add_load(stream->lane->loop, -1);
	ask_post(ask_new(stream, ASK_END));
	gb_stream_unref(stream);
}

void gb_stream_attach(gb_stream *stream, gb_sink *sink) {
	ask *question = ask_new(stream, ASK_ATTACH);
	question->sink = gb_sink_ref(sink);
	ask_post(question);
}

void gb_stream_detach(gb_stream *stream, gb_sink *sink, gb_task_fn done, void *data) {
	ask *question = ask_new(stream, ASK_DETACH);
	question->sink = gb_sink_ref(sink);
	question->done = done;
	question->done_data = data;
	ask_post(question);
}

void gb_stream_get_stats(gb_stream *stream, gb_stream_stats *ret_stats) {
	GB_LOCK_SCOPE(&stream->lock);
	*ret_stats = stream->snapshot;
}
