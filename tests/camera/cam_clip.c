/* A file that is sent as it is: read once into memory, shared by all streams. */
#include "cam_feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>

#include "cam_util.h"

enum { CLIP_MAX_BYTES = 512 * 1024 * 1024 };

typedef struct unit {
	size_t offset, len;
	uint64_t pts, dts;
	bool key;
} unit;

struct cam_clip {
	cam_buf bytes;
	unit *units;
	size_t count, capacity;
	uint64_t step;	 /* 90 kHz from picture to picture by the frame rate */
	uint64_t length; /* 90 kHz from one round to the next */
};

typedef struct reader {
	AVFormatContext *format;
	AVBSFContext *filter;
	AVPacket *packet;
	int stream;
} reader;

static bool fail(const char *path, const char *what) {
	fprintf(stderr, "gb28181-camera: %s: %s\n", path, what);
	return false;
}

static void add_unit(cam_clip *clip, const AVPacket *p, AVRational base) {
	if(clip->count == clip->capacity) {
		size_t capacity = clip->capacity ? clip->capacity * 2 : 256;
		unit *units = cam_alloc(capacity * sizeof(*units));
		for(size_t i = 0; i < clip->count; i++)
			units[i] = clip->units[i];
		free(clip->units);
		clip->units = units;
		clip->capacity = capacity;
	}
	AVRational to = {1, 90000};
	/* a raw H.264 file has no times: its pictures follow each other at the frame rate */
	int64_t dts = p->dts == AV_NOPTS_VALUE ? (int64_t)(clip->count * clip->step)
										   : av_rescale_q(p->dts, base, to);
	int64_t pts = p->pts == AV_NOPTS_VALUE ? dts : av_rescale_q(p->pts, base, to);
	clip->units[clip->count++] = (unit){clip->bytes.len, (size_t)p->size, (uint64_t)pts,
		(uint64_t)dts, (p->flags & AV_PKT_FLAG_KEY) != 0};
	cam_buf_put(&clip->bytes, p->data, (size_t)p->size);
}

/** Takes what the filter gives; pictures before the first key frame and without time are left out.
 */
static void drain(reader *r, cam_clip *clip) {
	while(av_bsf_receive_packet(r->filter, r->packet) == 0) {
		bool key = (r->packet->flags & AV_PKT_FLAG_KEY) != 0;
		if(clip->count > 0 || key)
			add_unit(clip, r->packet, r->filter->time_base_out);
		av_packet_unref(r->packet);
	}
}

static bool read_all(reader *r, cam_clip *clip, const char *path) {
	while(av_read_frame(r->format, r->packet) >= 0) {
		if(r->packet->stream_index != r->stream) {
			av_packet_unref(r->packet);
			continue;
		}
		if(av_bsf_send_packet(r->filter, r->packet) < 0)
			return fail(path, "cannot bring the H.264 video into stream form");
		drain(r, clip);
		if(clip->bytes.len > CLIP_MAX_BYTES)
			return fail(path, "holds more than 512 MB of video");
	}
	(void)av_bsf_send_packet(r->filter, NULL);
	drain(r, clip);
	return clip->count > 0 || fail(path, "has no key frame");
}

/** Brings all times to begin at 0 and finds the length of a round. */
static void set_times(cam_clip *clip) {
	uint64_t first = clip->units[0].dts;
	for(size_t i = 0; i < clip->count; i++) {
		clip->units[i].pts -= first;
		clip->units[i].dts -= first;
	}
	clip->length = clip->units[clip->count - 1].dts + clip->step;
}

static uint64_t frame_step(const AVStream *stream) {
	AVRational rate = stream->avg_frame_rate;
	return rate.num > 0 && rate.den > 0 ? (uint64_t)(90000.0 / av_q2d(rate) + 0.5) : 3600;
}

static bool open_filter(reader *r) {
	const AVStream *s = r->format->streams[r->stream];
	bool avcc = s->codecpar->extradata_size > 0 && s->codecpar->extradata[0] == 1;
	/* repeats the parameter sets of an MP4 before each key frame; a raw stream has them already */
	const AVBitStreamFilter *f = av_bsf_get_by_name(avcc ? "h264_mp4toannexb" : "null");
	if(f == NULL || av_bsf_alloc(f, &r->filter) < 0)
		return false;
	r->filter->time_base_in = s->time_base;
	return avcodec_parameters_copy(r->filter->par_in, s->codecpar) >= 0 &&
		av_bsf_init(r->filter) >= 0;
}

static bool load(reader *r, const char *path, cam_clip **ret_clip) {
	if(avformat_open_input(&r->format, path, NULL, NULL) < 0)
		return fail(path, "cannot be opened as a video file");
	if(avformat_find_stream_info(r->format, NULL) < 0)
		return fail(path, "cannot be read");
	r->stream = av_find_best_stream(r->format, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
	if(r->stream < 0)
		return fail(path, "has no video");
	const AVStream *s = r->format->streams[r->stream];
	*ret_clip = NULL;
	bool raw = strcmp(r->format->iformat->name, "h264") == 0;
	if(s->codecpar->codec_id != AV_CODEC_ID_H264 || (raw && s->codecpar->video_delay > 0))
		return true; /* the order of B-frames is not known without times */
	r->packet = av_packet_alloc();
	if(r->packet == NULL || !open_filter(r))
		return fail(path, "cannot bring the H.264 video into stream form");
	cam_clip *clip = cam_alloc(sizeof(*clip));
	clip->step = frame_step(s);
	if(!read_all(r, clip, path)) {
		cam_clip_free(clip);
		return false;
	}
	set_times(clip);
	*ret_clip = clip;
	return true;
}

bool cam_clip_load(const char *path, cam_clip **ret_clip) {
	reader r = {0};
	bool ok = load(&r, path, ret_clip);
	av_packet_free(&r.packet);
	av_bsf_free(&r.filter);
	avformat_close_input(&r.format);
	return ok;
}

void cam_clip_free(cam_clip *clip) {
	if(clip == NULL)
		return;
	cam_buf_free(&clip->bytes);
	free(clip->units);
	free(clip);
}

typedef struct player {
	cam_feed feed;
	const cam_clip *clip;
	size_t index;
	uint64_t round; /* 90 kHz where this round began */
} player;

static bool player_due(cam_feed *feed, uint64_t *ret_dts) {
	const player *p = (const player *)feed;
	*ret_dts = p->round + p->clip->units[p->index].dts;
	return true;
}

static bool player_next(cam_feed *feed, bool key, cam_picture *ret_picture) {
	(void)key;
	player *p = (player *)feed;
	const unit *u = &p->clip->units[p->index];
	*ret_picture = (cam_picture){
		p->clip->bytes.data + u->offset, u->len, p->round + u->pts, p->round + u->dts, u->key};
	if(++p->index == p->clip->count) {
		p->index = 0;
		p->round += p->clip->length;
	}
	return true;
}

static void player_free(cam_feed *feed) {
	free(feed);
}

cam_feed *cam_feed_clip(const cam_clip *clip) {
	player *p = cam_alloc(sizeof(*p));
	p->feed = (cam_feed){player_due, player_next, player_free};
	p->clip = clip;
	return &p->feed;
}
