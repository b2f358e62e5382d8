/* The test pattern as a feed. */
#include "cam_feed.h"

#include <stdlib.h>

#include <libavutil/imgutils.h>

#include "cam_draw.h"
#include "cam_util.h"

typedef struct pattern {
	cam_feed feed;
	cam_video_config config;
	char *id;
	cam_encoder *encoder;
	AVFrame *background;
	AVFrame *frame;
	uint32_t count;
} pattern;

static cam_canvas canvas_of(AVFrame *frame) {
	return (cam_canvas){{frame->data[0], frame->data[1], frame->data[2]},
		{frame->linesize[0], frame->linesize[1], frame->linesize[2]}, frame->width, frame->height};
}

static uint64_t due_at(const pattern *p) {
	return (uint64_t)p->count * 90000u / (unsigned)p->config.fps;
}

static bool pattern_due(cam_feed *feed, uint64_t *ret_dts) {
	*ret_dts = due_at((const pattern *)feed);
	return true;
}

static bool pattern_next(cam_feed *feed, bool key, cam_picture *ret_picture) {
	pattern *p = (pattern *)feed;
	uint64_t pts = due_at(p), now = cam_wall_ms();
	if(av_frame_make_writable(p->frame) < 0 || av_frame_copy(p->frame, p->background) < 0)
		return false;
	cam_canvas canvas = canvas_of(p->frame);
	cam_scene scene = {p->id, now, cam_time_at(now, p->config.utc_offset_minutes), p->count};
	cam_draw_scene(&canvas, &scene);
	p->count++;
	return cam_encoder_encode(p->encoder, p->frame, pts, key, ret_picture);
}

static void pattern_free(cam_feed *feed) {
	pattern *p = (pattern *)feed;
	cam_encoder_free(p->encoder);
	av_frame_free(&p->background);
	av_frame_free(&p->frame);
	free(p->id);
	free(p);
}

cam_feed *cam_feed_pattern(const cam_video_config *config, const char *id) {
	pattern *p = cam_alloc(sizeof(*p));
	p->feed = (cam_feed){pattern_due, pattern_next, pattern_free};
	p->config = *config;
	p->id = cam_strdup(id);
	p->encoder = cam_encoder_new(config);
	p->background = cam_encoder_frame(config);
	p->frame = cam_encoder_frame(config);
	if(p->encoder == NULL || p->background == NULL || p->frame == NULL) {
		pattern_free(&p->feed);
		return NULL;
	}
	cam_canvas canvas = canvas_of(p->background);
	cam_draw_background(&canvas);
	return &p->feed;
}
