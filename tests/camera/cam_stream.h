/**
 * @file cam_stream.h
 * The media of one call: taken from a source, written as PS, sent as RTP.
 */
#ifndef CAM_STREAM_H
#define CAM_STREAM_H

#include "cam_sdp.h"
#include "cam_world.h"

typedef struct cam_stream cam_stream;

/** What went out so far. */
typedef struct cam_stream_stats {
	uint64_t frames, key_frames, packets, dropped, refused;
} cam_stream_stats;

/**
 * Opens the sending side towards the offer's address; nothing is sent yet.
 * @param number  makes the random numbers of this stream differ from those of others
 * @return NULL with errno set
 */
cam_stream *cam_stream_new(cam_world *world, const char *channel, const cam_sdp_offer *offer,
	uint32_t ssrc, uint32_t number);
void cam_stream_free(cam_stream *stream);

uint16_t cam_stream_port(const cam_stream *stream);

/** Begins, or goes on, with a key frame. False when the source cannot be opened. */
bool cam_stream_start(cam_stream *stream);
void cam_stream_stop(cam_stream *stream);
bool cam_stream_runs(const cam_stream *stream);

void cam_stream_key(cam_stream *stream);
cam_stream_stats cam_stream_statistics(const cam_stream *stream);

#endif
