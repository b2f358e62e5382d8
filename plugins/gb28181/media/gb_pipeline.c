#include "gb28181/media/gb_pipeline.h"

#include "gb28181/media/gb_au.h"
#include "gb28181/media/gb_audio.h"
#include "gb28181/media/gb_frame_end.h"
#include "gb28181/media/gb_gop.h"
#include "gb28181/media/gb_packetizer.h"
#include "gb28181/media/gb_ps_demux.h"
#include "gb28181/media/gb_reorder.h"
#include "gb28181/media/gb_rtp.h"
#include "gb28181/media/gb_timeline.h"

#include <string.h>

/** So many bytes without anything known in them: the media are unknown. */
#define UNKNOWN_AFTER (64 * 1024)
/** Without an IDR for so long, an I picture is accepted as a start (gb28181.md 13.6 rule 8). */
#define INTRA_AFTER_US 10000000
/** Over TCP numbers that rose by 1 so often are believed when they show a hole; some cameras do not
 * count at all. */
#define ORDERED_PROOF 32
#define ORDERED_HOLE_MAX 1000
/** Raw audio packets that were next in the main lane, before one that is near is believed to be of
 * it. */
#define SHARED_PROOF 3
#define SHARED_DISTANCE 512

/** One line of sequence numbers of the camera. */
typedef enum { LANE_MAIN, LANE_AUDIO, LANES } lane;

struct gb_pipeline {
	gb_pipeline_config config;
	gb_pipeline_ops ops;
	void *user;
	gb_pipeline_stats stats;
	gb_media_format format;
	int64_t now_us;

	gb_reorder *reorder[LANES];
	bool main_started; /**< the main lane has had a packet that is no raw audio */
	int shared;		   /**< how sure it is that raw audio counts with the main lane */
	uint16_t ordered_next;
	unsigned ordered_run;

	gb_ps_demux *demux;
	gb_au *au;
	gb_packetizer *packetizer;
	gb_audio *audio;
	gb_timeline timeline;
	gb_frame_end frame_end;
	gb_gop *gop; /**< NULL when not wanted */

	gb_codec hint;		   /**< of the video, by the stream map */
	uint32_t rtp_time;	   /**< of the RTP packet in work */
	size_t pes_len;		   /**< of the video PES in progress or just ended */
	bool pes_ended;		   /**< ... it ended in the RTP packet in work */
	bool packet_has_video; /**< the RTP packet in work brought bytes of video */
	bool in_frame;		   /**< an access unit is being sent */
	bool had_frame;		   /**< one was begun, and what comes next is not known yet */
	bool frame_is_key;	   /**< of it */
	bool restarting;
	bool seen_pack, seen_key, seen_unknown;
	int64_t video_since_us; /**< when the first video byte came, 0 = none yet */
	int64_t video_us;		/**< when the last one came */
	uint64_t unread;		/**< video bytes while the codec is not known */
};

const char *gb_codec_name(gb_codec codec) {
	static const char *const names[] = {
		[GB_CODEC_NONE] = "",
		[GB_CODEC_H264] = "h264",
		[GB_CODEC_H265] = "h265",
		[GB_CODEC_MPEG4] = "mpeg4",
		[GB_CODEC_SVAC] = "svac",
		[GB_CODEC_PCMA] = "pcma",
		[GB_CODEC_PCMU] = "pcmu",
		[GB_CODEC_AAC] = "aac",
		[GB_CODEC_G722] = "g722",
		[GB_CODEC_G722_1] = "g722_1",
		[GB_CODEC_G723_1] = "g723_1",
		[GB_CODEC_G726] = "g726",
		[GB_CODEC_G729] = "g729",
		[GB_CODEC_OPUS] = "opus",
		[GB_CODEC_UNKNOWN] = "unknown",
	};
	return (size_t)codec < G_N_ELEMENTS(names) ? names[codec] : names[GB_CODEC_UNKNOWN];
}

void gb_pipeline_config_default(gb_pipeline_config *ret_config) {
	*ret_config = (gb_pipeline_config){
		.max_packet_bytes = 1200,
		.reorder_packets = 128,
		.reorder_us = 200000,
		.frame_bytes = 10 * 1024 * 1024,
		.gop_cache = true,
		.gop_bytes = 512 * 1024,
		.gop_us = 2000000,
		.hold_us = 50000,
	};
}

static void raise_event(gb_pipeline *pipeline, gb_pipeline_event event) {
	pipeline->ops.event(pipeline->user, event, &pipeline->format);
}

/* ---- packets out ---- */

static void on_packet(void *user, const gb_media_packet *packet) {
	gb_pipeline *pipeline = user;
	if(pipeline->gop) {
		gb_gop_add(pipeline->gop, packet, pipeline->now_us);
	}
	if(packet->kind == GB_VIDEO) {
		pipeline->stats.video_packets++;
	} else {
		pipeline->stats.audio_packets++;
	}
	pipeline->ops.packet(pipeline->user, packet);
}

/* ---- format ---- */

static gb_codec video_codec(const gb_pipeline *pipeline) {
	gb_codec codec = gb_au_codec(pipeline->au);
	if(codec != GB_CODEC_NONE) {
		return codec;
	}
	bool other = pipeline->hint == GB_CODEC_MPEG4 || pipeline->hint == GB_CODEC_SVAC;
	if(other && pipeline->video_since_us > 0) {
		return pipeline->hint;
	}
	return pipeline->unread >= UNKNOWN_AFTER ? GB_CODEC_UNKNOWN : GB_CODEC_NONE;
}

static void update_format(gb_pipeline *pipeline) {
	gb_media_format format = {0};
	format.video = video_codec(pipeline);
	gb_au_size(pipeline->au, &format.width, &format.height);
	format.audio = gb_audio_codec(pipeline->audio, &format.audio_rate);
	const gb_media_format *old = &pipeline->format;
	if(format.video != old->video || format.width != old->width || format.height != old->height ||
		format.audio != old->audio || format.audio_rate != old->audio_rate) {
		pipeline->format = format;
		raise_event(pipeline, GB_PIPELINE_FORMAT);
	}
}

static void unknown_media(gb_pipeline *pipeline) {
	if(!pipeline->seen_unknown) {
		pipeline->seen_unknown = true;
		raise_event(pipeline, GB_PIPELINE_UNKNOWN_MEDIA);
	}
}

/* ---- access units ---- */

static void on_au_begin(void *user, const gb_au_info *info) {
	gb_pipeline *pipeline = user;
	int64_t time =
		gb_timeline_next(&pipeline->timeline, info->pts, pipeline->rtp_time, pipeline->now_us);
	pipeline->in_frame = true;
	pipeline->had_frame = true;
	pipeline->frame_is_key = info->keyframe;
	update_format(pipeline);
	if(!pipeline->seen_key) {
		pipeline->seen_key = true;
		raise_event(pipeline, GB_PIPELINE_FIRST_KEYFRAME);
	}
	gb_packetizer_begin(pipeline->packetizer, info->codec, (uint32_t)time, info->keyframe);
	gb_packetizer_params(pipeline->packetizer, info->params, info->keyframe);
}

static void frame_goes_on(gb_pipeline *pipeline) {
	if(gb_frame_end_given(&pipeline->frame_end)) {
		gb_frame_end_more(&pipeline->frame_end);
	}
}

static void on_au_nal(void *user, const uint8_t *head, size_t len) {
	gb_pipeline *pipeline = user;
	frame_goes_on(pipeline);
	gb_packetizer_nal(pipeline->packetizer, head, len);
}

static void on_au_data(void *user, const uint8_t *data, size_t len) {
	gb_pipeline *pipeline = user;
	frame_goes_on(pipeline);
	gb_packetizer_data(pipeline->packetizer, data, len);
}

static void on_au_nal_end(void *user) {
	gb_pipeline *pipeline = user;
	gb_packetizer_nal_end(pipeline->packetizer);
}

static void on_au_end(void *user) {
	gb_pipeline *pipeline = user;
	pipeline->in_frame = false;
	gb_packetizer_end(pipeline->packetizer);
}

static void on_au_next(void *user) {
	gb_pipeline *pipeline = user;
	if(pipeline->had_frame) {
		pipeline->had_frame = false;
		gb_frame_end_next(&pipeline->frame_end);
	}
}

/** Part of the video is missing: the viewers see a gap and may ask for a key frame. */
static void damaged(gb_pipeline *pipeline) {
	pipeline->in_frame = false;
	pipeline->had_frame = false;
	gb_frame_end_gap(&pipeline->frame_end);
	gb_packetizer_gap(pipeline->packetizer);
	if(pipeline->restarting) {
		return;
	}
	pipeline->stats.damaged_frames++;
	raise_event(pipeline, GB_PIPELINE_DAMAGED);
}

static void on_au_abort(void *user) {
	gb_pipeline *pipeline = user;
	if(pipeline->gop && pipeline->frame_is_key) {
		gb_gop_clear(pipeline->gop);
	}
	damaged(pipeline);
}

static void on_au_format(void *user) {
	gb_pipeline *pipeline = user;
	uint16_t width, height;
	gb_au_size(pipeline->au, &width, &height);
	if(width >
		0) { /* the codec alone is told with the next pack: its size mostly follows at once */
		update_format(pipeline);
	}
}

static void on_au_flushed_early(void *user, bool cut) {
	gb_pipeline *pipeline = user;
	frame_goes_on(pipeline);
	if(cut) {
		damaged(pipeline);
	} else {
		pipeline->in_frame = true;
	}
}

/* ---- program stream ---- */

static void saw_pack(gb_pipeline *pipeline) {
	if(!pipeline->seen_pack) {
		pipeline->seen_pack = true;
		raise_event(pipeline, GB_PIPELINE_FIRST_PACK);
	}
}

static void on_pack(void *user) {
	gb_pipeline *pipeline = user;
	saw_pack(pipeline);
	update_format(pipeline);
}

static void on_psm(void *user, const gb_psm *psm) {
	gb_pipeline *pipeline = user;
	if(psm->video != GB_CODEC_NONE) {
		pipeline->hint = psm->video;
		gb_au_set_hint(pipeline->au, psm->video);
	}
	gb_audio_set_hint(pipeline->audio, psm->audio);
}

static void on_pes(void *user, const gb_ps_pes *pes) {
	gb_pipeline *pipeline = user;
	saw_pack(pipeline);
	if(pes->kind == GB_AUDIO) {
		gb_audio_pes(pipeline->audio, pes->pts, pes->len);
		return;
	}
	pipeline->pes_len = pes->len;
	pipeline->pes_ended = false;
	/* the order of decoding is the one that rises; PTS where there is no DTS */
	gb_au_pes(pipeline->au, pes->dts);
}

static void on_video(gb_pipeline *pipeline, const uint8_t *data, size_t len) {
	pipeline->pes_ended = false;
	pipeline->packet_has_video = true;
	pipeline->video_us = pipeline->now_us;
	if(pipeline->video_since_us == 0) {
		pipeline->video_since_us = pipeline->now_us;
	}
	if(pipeline->hint == GB_CODEC_SVAC) {
		return;
	}
	if(!pipeline->seen_key && pipeline->now_us - pipeline->video_since_us >= INTRA_AFTER_US) {
		gb_au_accept_intra(pipeline->au, true);
	}
	gb_au_feed(pipeline->au, data, len);
	if(gb_au_codec(pipeline->au) == GB_CODEC_NONE && pipeline->hint != GB_CODEC_MPEG4) {
		pipeline->unread += len;
		if(pipeline->unread >= UNKNOWN_AFTER) {
			update_format(pipeline);
			unknown_media(pipeline);
		}
	}
}

static void on_es(void *user, gb_media_kind kind, const uint8_t *data, size_t len) {
	gb_pipeline *pipeline = user;
	if(kind == GB_VIDEO) {
		on_video(pipeline, data, len);
	} else {
		gb_audio_feed(pipeline->audio, data, len, pipeline->now_us);
	}
}

static void on_pes_end(void *user, gb_media_kind kind) {
	gb_pipeline *pipeline = user;
	if(kind == GB_VIDEO) {
		pipeline->pes_ended = true;
	}
}

/** Bytes are missing in front of what comes next. */
static void video_gap(gb_pipeline *pipeline) {
	if(!gb_au_gap(pipeline->au) && pipeline->seen_key) {
		damaged(pipeline);
	}
}

static void on_lost(void *user) {
	gb_pipeline *pipeline = user;
	video_gap(pipeline);
}

/* ---- packets in ---- */

/** The last bytes of this packet may be the last of the frame. */
static void look_for_frame_end(gb_pipeline *pipeline, bool marker) {
	bool over = false;
	if(pipeline->in_frame && (marker || pipeline->packet_has_video)) {
		over = gb_frame_end_packet(&pipeline->frame_end, marker);
	}
	if(pipeline->in_frame && pipeline->pes_ended) {
		over = gb_frame_end_pes(&pipeline->frame_end, pipeline->pes_len) || over;
	}
	pipeline->pes_ended = false;
	if(over) {
		(void)gb_au_flush(pipeline->au);
	}
}

static void take_ps(gb_pipeline *pipeline, const gb_rtp_packet *packet) {
	gb_ps_demux_stats stats;
	pipeline->rtp_time = packet->timestamp;
	pipeline->packet_has_video = false;
	gb_ps_demux_feed(pipeline->demux, packet->payload, packet->len);
	look_for_frame_end(pipeline, packet->marker);
	if(!pipeline->seen_pack) {
		gb_ps_demux_get_stats(pipeline->demux, &stats);
		if(stats.unsynced >= UNKNOWN_AFTER) {
			unknown_media(pipeline);
		}
	}
}

static bool is_raw_audio(const gb_rtp_packet *packet) {
	return packet->pt == GB_RTP_PT_PCMA || packet->pt == GB_RTP_PT_PCMU;
}

static void take_audio(gb_pipeline *pipeline, const gb_rtp_packet *packet) {
	gb_codec codec = packet->pt == GB_RTP_PT_PCMU ? GB_CODEC_PCMU : GB_CODEC_PCMA;
	gb_audio_raw(
		pipeline->audio, codec, packet->timestamp, packet->payload, packet->len, pipeline->now_us);
	update_format(pipeline);
}

static void take_main(void *user, const gb_rtp_packet *packet, bool gap) {
	gb_pipeline *pipeline = user;
	if(gap) {
		gb_ps_demux_gap(pipeline->demux);
		video_gap(pipeline);
		gb_audio_gap(pipeline->audio);
	}
	if(is_raw_audio(packet)) {
		take_audio(pipeline, packet);
	} else {
		take_ps(pipeline, packet);
	}
}

static void take_apart(void *user, const gb_rtp_packet *packet, bool gap) {
	gb_pipeline *pipeline = user;
	if(gap) {
		gb_audio_gap(pipeline->audio);
	}
	take_audio(pipeline, packet);
}

/** Raw audio beside the program stream counts with it or by itself; only the numbers tell. One that
 * is next in the main lane is in its place there; an early or late one only after others were. */
static lane lane_of(gb_pipeline *pipeline, const gb_rtp_packet *packet) {
	const gb_reorder *reorder = pipeline->reorder[LANE_MAIN];
	if(!is_raw_audio(packet)) {
		pipeline->main_started = true;
		return LANE_MAIN;
	}
	if(!pipeline->main_started) {
		return LANE_AUDIO;
	}
	int ahead = gb_rtp_seq_diff(packet->seq, gb_reorder_next(reorder));
	if(ahead == 0) {
		pipeline->shared = MIN(pipeline->shared + 1, SHARED_PROOF);
		return LANE_MAIN;
	}
	bool near = ABS(ahead) <= SHARED_DISTANCE;
	bool main = near && pipeline->shared == SHARED_PROOF;
	pipeline->shared = near && pipeline->shared > 0 ? pipeline->shared - 1 : 0;
	return main ? LANE_MAIN : LANE_AUDIO;
}

/** Over TCP nothing is lost on the way; numbers that a camera leaves out are what it dropped
 * itself. */
static void take_ordered(gb_pipeline *pipeline, const gb_rtp_packet *packet) {
	int ahead = gb_rtp_seq_diff(packet->seq, pipeline->ordered_next);
	bool gap = pipeline->ordered_run >= ORDERED_PROOF && ahead > 0 && ahead <= ORDERED_HOLE_MAX;
	if(is_raw_audio(packet) && ahead != 0) {
		take_apart(pipeline, packet, false);
		return;
	}
	pipeline->ordered_next = (uint16_t)(packet->seq + 1);
	pipeline->ordered_run = ahead == 0 || gap ? pipeline->ordered_run + 1 : 0;
	pipeline->stats.lost += gap ? (uint64_t)ahead : 0;
	take_main(pipeline, packet, gap);
}

void gb_pipeline_feed(
	gb_pipeline *pipeline, const uint8_t *packet, size_t len, bool ordered, int64_t now_us) {
	gb_rtp_packet rtp;
	pipeline->now_us = now_us;
	if(gb_rtp_is_rtcp(packet, len)) {
		return;
	}
	if(!gb_rtp_parse(packet, len, &rtp)) {
		pipeline->stats.malformed++;
		return;
	}
	pipeline->stats.packets++;
	pipeline->stats.bytes += rtp.len;
	if(ordered) {
		take_ordered(pipeline, &rtp);
	} else {
		gb_reorder_push(pipeline->reorder[lane_of(pipeline, &rtp)], &rtp, now_us);
	}
}

static int64_t earlier(int64_t one, int64_t other) {
	if(one == 0 || other == 0) {
		return one + other;
	}
	return MIN(one, other);
}

/** A frame that looks complete, and nothing more of it for a while, is. */
static int64_t tick_frame(gb_pipeline *pipeline) {
	if(!pipeline->in_frame || !gb_frame_end_likely(&pipeline->frame_end)) {
		return 0;
	}
	int64_t due_us = pipeline->video_us + pipeline->config.hold_us;
	if(pipeline->now_us < due_us) {
		return due_us;
	}
	(void)gb_au_flush(pipeline->au);
	return 0;
}

int64_t gb_pipeline_tick(gb_pipeline *pipeline, int64_t now_us) {
	int64_t due_us = 0;
	pipeline->now_us = now_us;
	for(int i = 0; i < LANES; i++) {
		due_us = earlier(due_us, gb_reorder_tick(pipeline->reorder[i], now_us));
	}
	return earlier(due_us, tick_frame(pipeline));
}

/* ---- life ---- */

static void new_stages(gb_pipeline *pipeline) {
	static const gb_ps_demux_ops demux_ops = {on_pack, on_psm, on_pes, on_es, on_pes_end, on_lost};
	static const gb_au_ops au_ops = {on_au_begin, on_au_nal, on_au_data, on_au_nal_end, on_au_end,
		on_au_abort, on_au_format, on_au_next, on_au_flushed_early};
	const gb_pipeline_config *config = &pipeline->config;
	pipeline->reorder[LANE_MAIN] =
		gb_reorder_new(config->reorder_packets, config->reorder_us, take_main, pipeline);
	pipeline->reorder[LANE_AUDIO] =
		gb_reorder_new(config->reorder_packets, config->reorder_us, take_apart, pipeline);
	pipeline->demux = gb_ps_demux_new(&demux_ops, pipeline);
	pipeline->au = gb_au_new(config->frame_bytes, &au_ops, pipeline);
	pipeline->packetizer = gb_packetizer_new(config->max_packet_bytes, on_packet, pipeline);
	pipeline->audio = gb_audio_new(on_packet, pipeline);
	if(config->gop_cache) {
		pipeline->gop = gb_gop_new(config->gop_bytes, config->gop_us);
	}
}

gb_pipeline *gb_pipeline_new(
	const gb_pipeline_config *config, const gb_pipeline_ops *ops, void *user) {
	gb_pipeline *pipeline = g_new0(gb_pipeline, 1);
	pipeline->config = *config;
	pipeline->ops = *ops;
	pipeline->user = user;
	gb_timeline_init(&pipeline->timeline);
	new_stages(pipeline);
	return pipeline;
}

void gb_pipeline_free(gb_pipeline *pipeline) {
	if(!pipeline) {
		return;
	}
	for(int i = 0; i < LANES; i++) {
		gb_reorder_free(pipeline->reorder[i]);
	}
	gb_ps_demux_free(pipeline->demux);
	gb_au_free(pipeline->au);
	gb_packetizer_free(pipeline->packetizer);
	gb_audio_free(pipeline->audio);
	gb_gop_free(pipeline->gop);
	g_free(pipeline);
}

void gb_pipeline_restart(gb_pipeline *pipeline, int64_t now_us) {
	pipeline->now_us = now_us;
	pipeline->restarting = true;
	gb_au_restart(pipeline->au);
	pipeline->restarting = false;
	for(int i = 0; i < LANES; i++) {
		gb_reorder_reset(pipeline->reorder[i]);
	}
	gb_ps_demux_restart(pipeline->demux);
	gb_audio_restart(pipeline->audio, now_us);
	gb_timeline_restart(&pipeline->timeline);
	pipeline->frame_end = (gb_frame_end){0};
	if(pipeline->gop) {
		gb_gop_clear(pipeline->gop);
	}
	pipeline->format = (gb_media_format){0};
	pipeline->hint = GB_CODEC_NONE;
	pipeline->main_started = false;
	pipeline->shared = 0;
	pipeline->ordered_run = 0;
	pipeline->in_frame = pipeline->had_frame = pipeline->pes_ended = false;
	pipeline->seen_pack = pipeline->seen_key = pipeline->seen_unknown = false;
	pipeline->video_since_us = 0;
	pipeline->unread = 0;
}

size_t gb_pipeline_replay(
	gb_pipeline *pipeline, void (*packet)(void *user, const gb_media_packet *packet), void *user) {
	return pipeline->gop ? gb_gop_replay(pipeline->gop, packet, user) : 0;
}

void gb_pipeline_get_stats(const gb_pipeline *pipeline, gb_pipeline_stats *ret_stats) {
	gb_pipeline_stats stats = pipeline->stats;
	gb_ps_demux_stats demux;
	gb_au_stats au;
	for(int i = 0; i < LANES; i++) {
		gb_reorder_stats reorder;
		gb_reorder_get_stats(pipeline->reorder[i], &reorder);
		stats.lost += reorder.lost;
		stats.reordered += reorder.reordered;
		stats.duplicates += reorder.duplicates;
	}
	gb_ps_demux_get_stats(pipeline->demux, &demux);
	gb_au_get_stats(pipeline->au, &au);
	stats.video_frames = au.frames;
	stats.key_frames = au.key_frames;
	stats.resyncs = demux.resyncs;
	stats.oversize = demux.oversize + au.oversize;
	stats.time_jumps = pipeline->timeline.jumps + gb_audio_jumps(pipeline->audio);
	stats.gop_overflows = pipeline->gop ? gb_gop_overflows(pipeline->gop) : 0;
	*ret_stats = stats;
}

void gb_pipeline_get_format(const gb_pipeline *pipeline, gb_media_format *ret_format) {
	*ret_format = pipeline->format;
}
