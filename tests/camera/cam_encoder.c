#include "cam_encoder.h"

#include <stdio.h>
#include <stdlib.h>

#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>

#include "cam_util.h"

struct cam_encoder {
	AVCodecContext *context;
	AVPacket *packet;
};

static AVCodecContext *open_context(const cam_video_config *config) {
	const AVCodec *codec = avcodec_find_encoder_by_name("libx264");
	AVCodecContext *c = codec != NULL ? avcodec_alloc_context3(codec) : NULL;
	if(c == NULL)
		return NULL;
	c->width = config->width;
	c->height = config->height;
	c->pix_fmt = AV_PIX_FMT_YUV420P;
	c->time_base = (AVRational){1, 90000};
	c->framerate = (AVRational){config->fps, 1};
	c->gop_size = config->gop;
	c->max_b_frames = 0;
	c->bit_rate = config->bitrate;
	c->rc_max_rate = config->bitrate;
	c->rc_buffer_size = config->bitrate;
	c->thread_count = 1; /* more threads would cut each picture into slices */
	bool high = config->profile[0] == 'h';
	(void)av_opt_set(c->priv_data, "preset", high ? "superfast" : "ultrafast", 0);
	(void)av_opt_set(c->priv_data, "tune", "zerolatency", 0);
	(void)av_opt_set(c->priv_data, "profile", config->profile, 0);
	(void)av_opt_set(c->priv_data, "forced-idr", "1", 0);
	(void)av_opt_set(c->priv_data, "x264-params", "scenecut=0:repeat-headers=1", 0);
	if(avcodec_open2(c, codec, NULL) < 0)
		avcodec_free_context(&c);
	return c;
}

cam_encoder *cam_encoder_new(const cam_video_config *config) {
	AVCodecContext *context = open_context(config);
	if(context == NULL) {
		fputs("gb28181-camera: cannot open the H.264 encoder (libx264 in FFmpeg)\n", stderr);
		return NULL;
	}
	cam_encoder *encoder = cam_alloc(sizeof(*encoder));
	encoder->context = context;
	encoder->packet = av_packet_alloc();
	return encoder;
}

void cam_encoder_free(cam_encoder *encoder) {
	if(encoder == NULL)
		return;
	avcodec_free_context(&encoder->context);
	av_packet_free(&encoder->packet);
	free(encoder);
}

bool cam_encoder_encode(
	cam_encoder *encoder, AVFrame *frame, uint64_t pts, bool key, cam_picture *ret_picture) {
	frame->pts = (int64_t)pts;
	frame->pict_type = key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
	av_packet_unref(encoder->packet);
	if(avcodec_send_frame(encoder->context, frame) < 0 ||
		avcodec_receive_packet(encoder->context, encoder->packet) < 0)
		return false;
	const AVPacket *p = encoder->packet;
	*ret_picture = (cam_picture){p->data, (size_t)p->size, (uint64_t)p->pts, (uint64_t)p->pts,
		(p->flags & AV_PKT_FLAG_KEY) != 0};
	return true;
}

AVFrame *cam_encoder_frame(const cam_video_config *config) {
	AVFrame *frame = av_frame_alloc();
	if(frame == NULL)
		return NULL;
	frame->format = AV_PIX_FMT_YUV420P;
	frame->width = config->width;
	frame->height = config->height;
	if(av_frame_get_buffer(frame, 0) < 0)
		av_frame_free(&frame);
	return frame;
}
