/**
 * @file cam_encoder.h
 * H.264 by FFmpeg's libx264 as a camera makes it: constant rate, no B-frames, no delay, parameter
 * sets before each key frame.
 */
#ifndef CAM_ENCODER_H
#define CAM_ENCODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libavutil/frame.h>

/** Picture and rate. */
typedef struct cam_video_config {
	int width, height;
	int fps;
	int gop;			 /**< frames from one key frame to the next */
	int bitrate;		 /**< bits a second */
	const char *profile; /**< baseline, main or high */
	int utc_offset_minutes;
} cam_video_config;

/** An encoded picture; data belongs to whoever made it and lasts until the next one. Times at 90
 * kHz. */
typedef struct cam_picture {
	const uint8_t *data;
	size_t len;
	uint64_t pts, dts;
	bool key;
} cam_picture;

typedef struct cam_encoder cam_encoder;

/** NULL when libx264 is missing or refuses the settings; the reason is on stderr. */
cam_encoder *cam_encoder_new(const cam_video_config *config);
void cam_encoder_free(cam_encoder *encoder);

/** Encodes a YUV 4:2:0 frame of the configured size; key forces a key frame. */
bool cam_encoder_encode(
	cam_encoder *encoder, AVFrame *frame, uint64_t pts, bool key, cam_picture *ret_picture);

/** A frame of the configured size to draw into; NULL without memory. */
AVFrame *cam_encoder_frame(const cam_video_config *config);

#endif
