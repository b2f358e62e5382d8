#include "glue/gb_glue_viewer.h"

#include "gb28181/base/gb_clock.h"
#include "gb28181/base/gb_str.h"
#include "glue/gb_glue_sdp.h"
#include "glue/gb_glue_watch.h"

#include <string.h>

#define RTP_HEADER 12
/* A longer hole than this is not loss: the viewer was paused, or another stream is behind the line.
 */
#define HOLE_MAX 512
#define JUMP_S 10

/* ---- numbers ------------------------------------------------------------------------------- */

void gb_line_init(gb_line *line, uint32_t clock, uint16_t seq, uint32_t ts) {
	memset(line, 0, sizeof(*line));
	line->clock = clock;
	line->out_seq = seq;
	line->out_ts = line->highest_ts = ts;
}

static bool goes_on(const gb_line *line, uint64_t seq, uint32_t ts) {
	int32_t ahead = (int32_t)(ts - line->last_in_ts);
	int32_t limit = (int32_t)(JUMP_S * line->clock);
	return !line->jump && seq > line->last_in && seq - line->last_in <= HOLE_MAX &&
		ahead > -limit && ahead < limit;
}

/* As much later as it is in real time, and at least a millisecond, so that timestamps rise. */
static uint32_t elapsed(const gb_line *line, int64_t now_us) {
	int64_t us = CLAMP(now_us - line->last_us, GB_MS, 3600 * GB_SECOND);
	return (uint32_t)(us * line->clock / GB_SECOND);
}

void gb_line_next(
	gb_line *line, uint64_t seq, uint32_t ts, int64_t now_us, uint16_t *ret_seq, uint32_t *ret_ts) {
	if(!line->started) {
		line->started = true;
	} else if(goes_on(line, seq, ts)) {
		line->out_seq = (uint16_t)(line->out_seq + (seq - line->last_in));
		line->out_ts += ts - line->last_in_ts;
	} else {
		line->out_seq++;
		line->out_ts = line->highest_ts + elapsed(line, now_us);
	}
	if((int32_t)(line->out_ts - line->highest_ts) > 0)
		line->highest_ts = line->out_ts;
	line->jump = false;
	line->last_in = seq;
	line->last_in_ts = ts;
	line->last_us = now_us;
	*ret_seq = line->out_seq;
	*ret_ts = line->out_ts;
}

/* ---- packets (media thread) ---------------------------------------------------------------- */

/* The payload type under which the offer knows the codec, -1 when it does not. */
static int payload_type(const gb_viewer *viewer, gb_codec codec) {
	switch(codec) {
	case GB_CODEC_H264:
		return GB_OFFER_PT_H264;
	case GB_CODEC_PCMA:
		return viewer->audio ? GB_OFFER_PT_PCMA : -1;
	case GB_CODEC_PCMU:
		return viewer->audio ? GB_OFFER_PT_PCMU : -1;
	default:
		return -1;
	}
}

static void write_header(
	uint8_t *header, int payload, bool marker, uint16_t seq, uint32_t timestamp) {
	header[1] = (uint8_t)((marker ? 0x80 : 0) | payload);
	header[2] = (uint8_t)(seq >> 8);
	header[3] = (uint8_t)seq;
	header[4] = (uint8_t)(timestamp >> 24);
	header[5] = (uint8_t)(timestamp >> 16);
	header[6] = (uint8_t)(timestamp >> 8);
	header[7] = (uint8_t)timestamp;
}

static void relay(gb_viewer *viewer, const gb_media_packet *packet) {
	bool video = packet->kind == GB_VIDEO;
	janus_plugin_rtp rtp;
	janus_plugin_rtp_reset(&rtp);
	rtp.mindex = video ? GB_OFFER_MLINE_VIDEO : GB_OFFER_MLINE_AUDIO;
	rtp.video = video;
	rtp.buffer = (char *)packet->data;
	rtp.length = packet->len;
	if(video) {
		/* live is live: no smoothing delay, and a burst of cached frames is shown at once */
		rtp.extensions.min_delay = 0;
		rtp.extensions.max_delay = 0;
	}
	viewer->session->glue->core->relay_rtp(viewer->session->handle, &rtp);
	atomic_fetch_add(video ? &viewer->counters.video : &viewer->counters.audio, 1);
	atomic_fetch_add(&viewer->counters.bytes, packet->len);
}

static void on_packet(gb_sink *sink, const gb_media_packet *packet) {
	gb_viewer *viewer = (gb_viewer *)sink;
	int payload = payload_type(viewer, packet->codec);
	if(!atomic_load(&viewer->open))
		return;
	if(payload < 0 || packet->len < RTP_HEADER || packet->kind >= GB_MEDIA_KINDS) {
		atomic_fetch_add(&viewer->counters.dropped, 1);
		return;
	}
	if(atomic_exchange(&viewer->anew, false))
		viewer->lines[GB_VIDEO].jump = viewer->lines[GB_AUDIO].jump = true;
	int64_t now_us = gb_clock_us();
	uint16_t seq;
	uint32_t timestamp;
	gb_line_next(
		&viewer->lines[packet->kind], packet->seq, packet->timestamp, now_us, &seq, &timestamp);
	write_header(packet->data, payload, packet->marker, seq, timestamp);
	if(!atomic_load(&viewer->first_relay_us))
		atomic_store(&viewer->first_relay_us, now_us);
	relay(viewer, packet);
}

static void on_format(gb_sink *sink, const gb_media_format *format) {
	gb_viewer *viewer = (gb_viewer *)sink;
	bool playable = format->video == GB_CODEC_NONE || payload_type(viewer, format->video) >= 0;
	if(playable || viewer->refused == format->video)
		return;
	viewer->refused = format->video;
	gb_watching_unplayable(viewer, format->video);
}

/* ---- life ---------------------------------------------------------------------------------- */

static void on_free(gb_sink *sink) {
	gb_viewer *viewer = (gb_viewer *)sink;
	gb_session_unref(viewer->session);
	g_free(viewer);
}

static const gb_sink_ops viewer_ops = {
	.packet = on_packet,
	.format = on_format,
	.free = on_free,
};

gb_viewer *gb_viewer_new(gb_session *session, bool audio) {
	gb_viewer *viewer = g_new0(gb_viewer, 1);
	gb_sink_init(&viewer->sink, &viewer_ops);
	viewer->session = gb_session_ref(session);
	viewer->audio = audio;
	atomic_store(&viewer->open, true);
	uint32_t seqs = gb_str_random_u32();
	gb_line_init(&viewer->lines[GB_VIDEO], 90000, (uint16_t)seqs, gb_str_random_u32());
	gb_line_init(&viewer->lines[GB_AUDIO], 8000, (uint16_t)(seqs >> 16), gb_str_random_u32());
	viewer->requested_us = gb_clock_us();
	return viewer;
}

gb_viewer *gb_viewer_ref(gb_viewer *viewer) {
	gb_sink_ref(&viewer->sink);
	return viewer;
}

void gb_viewer_unref(gb_viewer *viewer) {
	if(viewer)
		gb_sink_unref(&viewer->sink);
}

void gb_viewer_shut(gb_viewer *viewer) {
	atomic_store(&viewer->open, false);
}

json_t *gb_viewer_ladder(const gb_viewer *viewer) {
	const struct {
		const char *step;
		int64_t at_us;
	} rungs[] = {
		{"requested", viewer->requested_us},
		{"offer_sent", viewer->offer_sent_us},
		{"answer", viewer->answer_us},
		{"connected", viewer->connected_us},
		{"first_relay", atomic_load(&viewer->first_relay_us)},
	};
	json_t *array = json_array();
	for(size_t i = 0; i < G_N_ELEMENTS(rungs); i++) {
		if(!rungs[i].at_us)
			continue;
		int64_t ms = MAX(rungs[i].at_us - viewer->requested_us, 0) / GB_MS;
		json_array_append_new(
			array, json_pack("{sssI}", "step", rungs[i].step, "ms", (json_int_t)ms));
	}
	return array;
}
