/* A file that is decoded, scaled and encoded again. */
#include "cam_feed.h"

#include <stdio.h>
#include <stdlib.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>

#include "cam_util.h"

typedef struct transcode {
	cam_feed feed;
	cam_video_config config;
	char *path;
	AVFormatContext *format;
	AVCodecContext *decoder;
	struct SwsContext *scaler;
	AVPacket *packet;
	AVFrame *decoded;
	AVFrame *scaled;
	cam_encoder *encoder;
	int stream;
	uint32_t count;	   /* pictures sent */
	uint32_t in_round; /* pictures of this round of the file */
} transcode;

static bool open_input(transcode *t) {
	return avformat_open_input(&t->format, t->path, NULL, NULL) >= 0 &&
		avformat_find_stream_info(t->format, NULL) >= 0;
}

static bool open_decoder(transcode *t) {
	if(!open_input(t))
		return false;
	const AVCodec *codec = NULL;
	t->stream = av_find_best_stream(t->format, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
	if(t->stream < 0 || codec == NULL)
		return false;
	t->decoder = avcodec_alloc_context3(codec);
	if(t->decoder == NULL)
		return false;
	t->decoder->thread_count = 1;
	const AVStream *stream = t->format->streams[t->stream];
	const AVCodecParameters *parameters = stream->codecpar;
	int fps = (int)(av_q2d(stream->avg_frame_rate) + 0.5);
	if(fps >= 1)
		t->config.fps = fps < 60 ? fps : 60; /* the file's speed is kept */
	return avcodec_parameters_to_context(t->decoder, parameters) >= 0 &&
		avcodec_open2(t->decoder, codec, NULL) >= 0;
}

/** Begins the file again. False when the last round gave no picture at all. */
static bool rewind_file(transcode *t) {
	if(t->in_round == 0)
		return false;
	t->in_round = 0;
	avcodec_flush_buffers(t->decoder);
	avformat_close_input(&t->format); /* opened again, for not every format can seek */
	return open_input(t);
}

static bool feed_decoder(transcode *t) {
	int rc = av_read_frame(t->format, t->packet);
	if(rc < 0)
		return avcodec_send_packet(t->decoder, NULL) >= 0;
	if(t->packet->stream_index == t->stream)
		(void)avcodec_send_packet(t->decoder, t->packet); /* a broken packet is passed over */
	av_packet_unref(t->packet);
	return true;
}

static bool decode(transcode *t) {
	for(;;) {
		int rc = avcodec_receive_frame(t->decoder, t->decoded);
		if(rc == 0) {
			t->in_round++;
			return true;
		}
		if(rc == AVERROR_EOF ? !rewind_file(t) : !feed_decoder(t))
			return false;
	}
}

static bool scale(transcode *t) {
	const AVFrame *in = t->decoded;
	t->scaler = sws_getCachedContext(t->scaler, in->width, in->height, in->format, t->config.width,
		t->config.height, AV_PIX_FMT_YUV420P, SWS_BILINEAR, NULL, NULL, NULL);
	if(t->scaler == NULL || av_frame_make_writable(t->scaled) < 0)
		return false;
	return sws_scale(t->scaler, (const uint8_t *const *)in->data, in->linesize, 0, in->height,
			   t->scaled->data, t->scaled->linesize) > 0;
}

static uint64_t due_at(const transcode *t) {
	return (uint64_t)t->count * 90000u / (unsigned)t->config.fps;
}

static bool transcode_due(cam_feed *feed, uint64_t *ret_dts) {
	*ret_dts = due_at((const transcode *)feed);
	return true;
}

static bool transcode_next(cam_feed *feed, bool key, cam_picture *ret_picture) {
	transcode *t = (transcode *)feed;
	uint64_t pts = due_at(t);
	if(!decode(t) || !scale(t))
		return false;
	t->count++;
	return cam_encoder_encode(t->encoder, t->scaled, pts, key, ret_picture);
}

static void transcode_free(cam_feed *feed) {
	transcode *t = (transcode *)feed;
	avcodec_free_context(&t->decoder);
	avformat_close_input(&t->format);
	sws_freeContext(t->scaler);
	av_packet_free(&t->packet);
	av_frame_free(&t->decoded);
	av_frame_free(&t->scaled);
	cam_encoder_free(t->encoder);
	free(t->path);
	free(t);
}

cam_feed *cam_feed_transcode(const cam_video_config *config, const char *path) {
	transcode *t = cam_alloc(sizeof(*t));
	t->feed = (cam_feed){transcode_due, transcode_next, transcode_free};
	t->config = *config;
	t->path = cam_strdup(path);
	t->packet = av_packet_alloc();
	t->decoded = av_frame_alloc();
	t->scaled = cam_encoder_frame(config);
	bool ok = t->packet != NULL && t->decoded != NULL && t->scaled != NULL;
	if(ok && !open_decoder(t)) {
		fprintf(stderr, "gb28181-camera: %s: cannot decode its video\n", path);
		ok = false;
	}
	if(ok)
		t->encoder = cam_encoder_new(config);
	if(t->encoder == NULL) {
		transcode_free(&t->feed);
		return NULL;
	}
	return &t->feed;
}
