#include "cam_stream.h"

#include <stdlib.h>

#include "cam_ps.h"
#include "cam_rtp.h"

struct cam_stream {
	cam_world *world;
	char channel[CAM_ID_SIZE];
	cam_ps_config ps;
	cam_link *link;
	cam_rtp *rtp;
	cam_tap *tap;
	uint64_t frames, key_frames;
};

cam_stream *cam_stream_new(cam_world *world, const char *channel, const cam_sdp_offer *offer,
	uint32_t ssrc, uint32_t number) {
	const cam_options *o = world->options;
	cam_link *link = cam_link_udp(world->local_text, offer->address, offer->port);
	if(link == NULL)
		return NULL;
	cam_rtp_config rtp = {.ssrc = ssrc,
		.payload_type = offer->ps_type,
		.no_marker = o->no_marker,
		.loss_percent = o->loss_percent,
		.reorder_percent = o->reorder_percent,
		.dup_percent = o->dup_percent,
		.seed = (uint64_t)o->seed + ((uint64_t)number << 32)};
	cam_stream *s = cam_alloc(sizeof(*s));
	s->world = world;
	cam_id_add(channel, 0, s->channel);
	s->ps = (cam_ps_config){CAM_PS_H264, o->audio ? CAM_PS_PCMA : CAM_PS_NONE, o->no_psm};
	s->link = link;
	s->rtp = cam_rtp_new(&rtp, link);
	return s;
}

void cam_stream_free(cam_stream *stream) {
	if(stream == NULL)
		return;
	cam_stream_stop(stream);
	cam_rtp_free(stream->rtp);
	cam_link_free(stream->link);
	free(stream);
}

uint16_t cam_stream_port(const cam_stream *stream) {
	return cam_link_port(stream->link);
}

static void on_frame(const cam_frame *frame, void *arg) {
	static cam_buf pack; /* one thread, and empty again before the next stream's turn */
	cam_stream *s = arg;
	cam_buf_clear(&pack);
	if(frame->audio) {
		cam_ps_audio(frame->data, frame->len, frame->pts, &pack);
	} else {
		cam_ps_video(&s->ps, frame->data, frame->len, frame->pts, frame->dts, frame->key, &pack);
		s->frames++;
		s->key_frames += frame->key;
	}
	cam_rtp_send(s->rtp, pack.data, pack.len, frame->pts);
}

bool cam_stream_start(cam_stream *stream) {
	if(stream->tap == NULL)
		stream->tap = cam_tap_open(stream->world->sources, stream->channel, on_frame, stream);
	return stream->tap != NULL;
}

void cam_stream_stop(cam_stream *stream) {
	cam_tap_close(stream->tap);
	stream->tap = NULL;
}

bool cam_stream_runs(const cam_stream *stream) {
	return stream->tap != NULL;
}

void cam_stream_key(cam_stream *stream) {
	cam_tap_key(stream->tap);
}

cam_stream_stats cam_stream_statistics(const cam_stream *stream) {
	return (cam_stream_stats){stream->frames, stream->key_frames, cam_link_sent(stream->link),
		cam_rtp_dropped(stream->rtp), cam_link_refused(stream->link)};
}
