/* The media thread's half of a stream: receiving, the pipeline, the sinks. */
#include "gb28181/engine/gb_stream_internal.h"

#include "gb28181/base/gb_clock.h"

#include <stddef.h>
#include <string.h>

/* Reads of one socket before the others of the thread get their turn. */
#define READS_PER_TURN 4
/* Shortest RTP packet: its header (RFC 3550, 5.1). */
#define RTP_HEADER 12

/* ---- events to the controlling thread ---- */

typedef struct {
	gb_stream *stream; /**< one reference */
	gb_stream_event event;
} message;

static void message_free(void *data) {
	message *told = (message *)data;
	gb_sink_unref(told->event.sink);
	gb_stream_unref(told->stream);
	g_free(told);
}

/* On the controlling thread. */
static void message_run(void *data) {
	message *told = (message *)data;
	if(!told->stream->closed && told->event.generation == told->stream->generation) {
		told->stream->event(&told->event, told->stream->user);
	}
	message_free(told);
}

static void tell(gb_stream *stream, gb_stream_event_kind kind, gb_sink *sink) {
	message *told = g_new0(message, 1);
	told->stream = gb_stream_ref(stream);
	told->event.kind = kind;
	told->event.generation = stream->loop_generation;
	told->event.at_us = gb_clock_us();
	told->event.source = stream->latch.source;
	told->event.sink = sink ? gb_sink_ref(sink) : NULL;
	gb_pipeline_get_format(stream->pipeline, &told->event.format);
	(void)gb_mailbox_post(stream->media->owner, message_run, told, message_free);
}

/* ---- the snapshot for other threads ---- */

static void publish(gb_stream *stream) {
	gb_stream_stats stats = {
		.strangers = stream->strangers,
		.truncated = stream->truncated,
		.rtcp = stream->rtcp,
		.ssrc = stream->latch.ssrc,
		.bitrate_bps = stream->bitrate_bps,
		.fps = stream->fps,
		.sinks = stream->taps->len,
		.last_packet_us = stream->last_packet_us,
	};
	if(stream->latch.held) {
		stats.source = stream->latch.source;
	}
	gb_pipeline_get_stats(stream->pipeline, &stats.pipeline);
	gb_pipeline_get_format(stream->pipeline, &stats.format);
	GB_LOCK_SCOPE(&stream->lock);
	stream->snapshot = stats;
}

/* ---- sinks ---- */

static gb_stream_tap *tap_at(gb_stream *stream, unsigned i) {
	return &g_array_index(stream->taps, gb_stream_tap, i);
}

static int tap_find(gb_stream *stream, const gb_sink *sink) {
	for(unsigned i = 0; i < stream->taps->len; i++) {
		if(tap_at(stream, i)->sink == sink) {
			return (int)i;
		}
	}
	return -1;
}

/* A picture is what viewers wait for; sound alone counts where there is no picture to come. */
static bool is_start(const gb_stream *stream, const gb_media_packet *packet) {
	if(packet->kind == GB_VIDEO) {
		return true;
	}
	gb_media_format format;
	gb_pipeline_get_format(stream->pipeline, &format);
	return format.video == GB_CODEC_NONE;
}

static void give(gb_stream *stream, gb_stream_tap *tap, const gb_media_packet *packet) {
	if(tap->waiting && packet->kind == GB_VIDEO) {
		if(!packet->keyframe || !packet->frame_start) {
			return;
		}
		tap->waiting = false;
	}
	tap->sink->ops->packet(tap->sink, packet);
	if(!tap->started && is_start(stream, packet)) {
		tap->started = true;
		publish(stream);
		tell(stream, GB_STREAM_SINK_STARTED, tap->sink);
	}
}

static void on_packet(void *user, const gb_media_packet *packet) {
	gb_stream *stream = (gb_stream *)user;
	for(unsigned i = 0; i < stream->taps->len; i++) {
		give(stream, tap_at(stream, i), packet);
	}
}

static void tell_format(gb_stream *stream, const gb_media_format *format) {
	for(unsigned i = 0; i < stream->taps->len; i++) {
		gb_sink *sink = tap_at(stream, i)->sink;
		sink->ops->format(sink, format);
	}
	publish(stream);
	tell(stream, GB_STREAM_FORMAT, NULL);
}

static void on_event(void *user, gb_pipeline_event event, const gb_media_format *format) {
	gb_stream *stream = (gb_stream *)user;
	switch(event) {
	case GB_PIPELINE_FIRST_PACK:
		tell(stream, GB_STREAM_FIRST_PACK, NULL);
		break;
	case GB_PIPELINE_FORMAT:
		tell_format(stream, format);
		break;
	case GB_PIPELINE_FIRST_KEYFRAME:
		tell(stream, GB_STREAM_FIRST_KEYFRAME, NULL);
		break;
	case GB_PIPELINE_DAMAGED:
		tell(stream, GB_STREAM_KEYFRAME_WANTED, NULL);
		break;
	case GB_PIPELINE_UNKNOWN_MEDIA:
		tell(stream, GB_STREAM_UNKNOWN_MEDIA, NULL);
		break;
	}
}

/* The replay goes to one sink only. */
typedef struct {
	gb_stream *stream;
	gb_stream_tap *tap;
} replay;

static void on_replay(void *user, const gb_media_packet *packet) {
	replay *to = (replay *)user;
	give(to->stream, to->tap, packet);
}

void gb_stream_loop_attach(gb_stream *stream, gb_sink *sink) {
	if(tap_find(stream, sink) >= 0) {
		return;
	}
	gb_stream_tap tap = {.sink = gb_sink_ref(sink), .waiting = true};
	g_array_append_val(stream->taps, tap);
	gb_media_format format;
	gb_pipeline_get_format(stream->pipeline, &format);
	if(format.video != GB_CODEC_NONE || format.audio != GB_CODEC_NONE) {
		sink->ops->format(sink, &format);
	}
	replay to = {stream, tap_at(stream, stream->taps->len - 1)};
	size_t cached = gb_pipeline_replay(stream->pipeline, on_replay, &to);
	if(cached == 0 && format.video != GB_CODEC_NONE) {
		tell(stream, GB_STREAM_KEYFRAME_WANTED, NULL);
	}
}

void gb_stream_loop_detach(gb_stream *stream, gb_sink *sink) {
	int i = tap_find(stream, sink);
	if(i >= 0) {
		g_array_remove_index(stream->taps, (unsigned)i);
		gb_sink_unref(sink);
	}
}

/* ---- receiving ---- */

static void arm_tick(gb_stream *stream, int64_t now_us) {
	int64_t wanted = gb_pipeline_tick(stream->pipeline, now_us);
	gb_timers *timers = gb_media_loop_timers(stream->lane->loop);
	if(wanted == 0) {
		gb_timers_stop(timers, &stream->tick_timer);
	} else if(!gb_timer_running(&stream->tick_timer) || stream->tick_timer.due_us != wanted) {
		gb_timers_start(timers, &stream->tick_timer, MAX(wanted - now_us, 0));
	}
}

static void on_tick(void *user) {
	arm_tick((gb_stream *)user, gb_clock_us());
}

/* RTCP shares the port number space with RTP where cameras mix them up (RFC 5761, 4). */
static bool is_rtcp(const gb_udp_datagram *datagram) {
	return datagram->data[1] >= 200 && datagram->data[1] <= 206;
}

static uint32_t read_ssrc(const uint8_t *packet) {
	return ((uint32_t)packet[8] << 24) | ((uint32_t)packet[9] << 16) | ((uint32_t)packet[10] << 8) |
		packet[11];
}

static bool admit(gb_stream *stream, const gb_udp_datagram *datagram, int64_t now_us) {
	gb_latch_result result =
		gb_latch_judge(&stream->latch, read_ssrc(datagram->data), &datagram->source, now_us);
	if(result == GB_LATCH_REFUSED) {
		stream->strangers++;
		return false;
	}
	stream->last_packet_us = now_us;
	if(result == GB_LATCH_NEW && stream->any_packet) {
		gb_pipeline_restart(stream->pipeline, now_us);
	}
	stream->any_packet = true;
	if(!stream->told_packet) {
		stream->told_packet = true;
		tell(stream, GB_STREAM_FIRST_PACKET, NULL);
	}
	return true;
}

static void take(gb_stream *stream, const gb_udp_datagram *datagram, int64_t now_us) {
	if(datagram->truncated) {
		stream->truncated++;
		return;
	}
	if(datagram->len < RTP_HEADER || (datagram->data[0] >> 6) != 2) {
		stream->strangers++;
		return;
	}
	if(is_rtcp(datagram)) {
		stream->rtcp++;
		return;
	}
	if(admit(stream, datagram, now_us)) {
		gb_pipeline_feed(stream->pipeline, datagram->data, datagram->len, false, now_us);
	}
}

static void on_rtp(gb_loop_io *io) {
	gb_stream *stream = (gb_stream *)((char *)io - offsetof(gb_stream, rtp_io));
	gb_udp_batch *batch = stream->lane->batch;
	int64_t now_us = gb_clock_us();
	for(unsigned turn = 0; turn < READS_PER_TURN; turn++) {
		unsigned n = gb_udp_batch_read(batch, io->fd);
		for(unsigned i = 0; i < n; i++) {
			gb_udp_datagram datagram;
			gb_udp_batch_get(batch, i, &datagram);
			take(stream, &datagram, now_us);
		}
		if(n < GB_UDP_BATCH) {
			break;
		}
	}
	arm_tick(stream, now_us);
}

static void on_rtcp(gb_loop_io *io) {
	gb_stream *stream = (gb_stream *)((char *)io - offsetof(gb_stream, rtcp_io));
	stream->rtcp += gb_udp_batch_read(stream->lane->batch, io->fd);
}

/* ---- once a second ---- */

static void measure(gb_stream *stream, int64_t now_us) {
	gb_pipeline_stats stats;
	gb_pipeline_get_stats(stream->pipeline, &stats);
	int64_t elapsed_us = MAX(now_us - stream->second_at_us, 1);
	uint64_t bits = (stats.bytes - stream->second_bytes) * 8;
	stream->bitrate_bps = (uint32_t)(bits * G_USEC_PER_SEC / (uint64_t)elapsed_us);
	float fps = (float)(stats.video_frames - stream->second_frames) * 1e6f / (float)elapsed_us;
	/* A second holds 24 or 26 frames of 25 by chance: smooth it. */
	stream->fps = stream->fps > 0 && fps > 0 ? stream->fps * 0.7f + fps * 0.3f : fps;
	stream->second_bytes = stats.bytes;
	stream->second_frames = stats.video_frames;
	stream->second_at_us = now_us;
}

static void on_second(void *user) {
	gb_stream *stream = (gb_stream *)user;
	measure(stream, gb_clock_us());
	publish(stream);
	gb_timers_start(gb_media_loop_timers(stream->lane->loop), &stream->second_timer, GB_SECOND);
}

/* ---- silence ---- */

static void on_silence(void *user) {
	gb_stream *stream = (gb_stream *)user;
	int64_t since_us = MAX(stream->last_packet_us, stream->silence_from_us);
	int64_t left_us = since_us + stream->silence_us - gb_clock_us();
	if(left_us > 0) {
		gb_timers_start(gb_media_loop_timers(stream->lane->loop), &stream->silence_timer, left_us);
	} else {
		stream->told_packet = false; /* who comes back is told of once more */
		tell(stream, GB_STREAM_NO_MEDIA, NULL);
	}
}

void gb_stream_loop_silence(gb_stream *stream, int64_t silence_us) {
	gb_timers *timers = gb_media_loop_timers(stream->lane->loop);
	stream->silence_us = silence_us;
	stream->silence_from_us = gb_clock_us();
	gb_timers_stop(timers, &stream->silence_timer);
	if(silence_us > 0) {
		gb_timers_start(timers, &stream->silence_timer, silence_us);
	}
}

/* ---- life ---- */

void gb_stream_loop_init(gb_stream *stream) {
	static const gb_pipeline_ops ops = {.packet = on_packet, .event = on_event};
	stream->pipeline = gb_pipeline_new(&stream->media->config.pipeline, &ops, stream);
	stream->rtp_io = (gb_loop_io){.fd = -1, .ready = on_rtp};
	stream->rtcp_io = (gb_loop_io){.fd = -1, .ready = on_rtcp};
	gb_timer_init(&stream->tick_timer, on_tick, stream);
	gb_timer_init(&stream->silence_timer, on_silence, stream);
	gb_timer_init(&stream->second_timer, on_second, stream);
	stream->second_at_us = gb_clock_us();
	gb_timers_start(gb_media_loop_timers(stream->lane->loop), &stream->second_timer, GB_SECOND);
}

void gb_stream_loop_start(
	gb_stream *stream, gb_udp_pair sockets, const gb_stream_source *source, uint32_t generation) {
	stream->sockets = sockets;
	stream->loop_generation = generation;
	stream->any_packet = stream->told_packet = false;
	gb_latch_reset(&stream->latch, source->ssrc, source->allowed);
	if(generation > 1) {
		gb_pipeline_restart(stream->pipeline, gb_clock_us());
	}
	for(unsigned i = 0; i < stream->taps->len; i++) {
		tap_at(stream, i)->waiting = true;
		tap_at(stream, i)->started = false;
	}
	stream->rtp_io.fd = sockets.rtp;
	stream->rtcp_io.fd = sockets.rtcp;
	(void)gb_media_loop_add(stream->lane->loop, &stream->rtp_io);
	(void)gb_media_loop_add(stream->lane->loop, &stream->rtcp_io);
}

void gb_stream_loop_shut(gb_stream *stream) {
	if(stream->sockets.rtp < 0) {
		return;
	}
	gb_media_loop_remove(stream->lane->loop, &stream->rtp_io);
	gb_media_loop_remove(stream->lane->loop, &stream->rtcp_io);
	gb_udp_close(&stream->sockets);
	gb_timers_stop(gb_media_loop_timers(stream->lane->loop), &stream->silence_timer);
}

void gb_stream_loop_expect(gb_stream *stream, const gb_stream_source *source) {
	gb_latch_expect(&stream->latch, source->ssrc, source->allowed);
}

void gb_stream_loop_end(gb_stream *stream) {
	gb_timers *timers = gb_media_loop_timers(stream->lane->loop);
	gb_stream_loop_shut(stream);
	gb_timers_stop(timers, &stream->tick_timer);
	gb_timers_stop(timers, &stream->second_timer);
	for(unsigned i = 0; i < stream->taps->len; i++) {
		gb_sink_unref(tap_at(stream, i)->sink);
	}
	g_array_set_size(stream->taps, 0);
}
