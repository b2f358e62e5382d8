/**
 * @file cam_source.h
 * Live sources with a clock. Streams that show the same thing share one source, which is encoded
 * once and runs only while somebody watches. Everything happens on the event loop's thread.
 */
#ifndef CAM_SOURCE_H
#define CAM_SOURCE_H

#include "cam_encoder.h"
#include "cam_feed.h"

/** Something to send. data lasts until the handler returns. */
typedef struct cam_frame {
	bool audio; /**< G.711 A-law, 8 kHz, 40 ms; otherwise H.264 with start codes */
	bool key;
	uint64_t pts, dts; /**< 90 kHz */
	const uint8_t *data;
	size_t len;
} cam_frame;

typedef void cam_frame_h(const cam_frame *frame, void *arg);

/** What all sources of the program are made of. */
typedef struct cam_source_config {
	cam_video_config video;
	const char *file;	   /**< NULL for the test pattern */
	bool shared;		   /**< one test pattern for all channels */
	const char *shared_id; /**< the id in it */
	bool tone;			   /**< with sound */
} cam_source_config;

typedef struct cam_sources cam_sources;
typedef struct cam_tap cam_tap;

/** Reads the file, if any. NULL when that fails (the reason is on stderr). config's strings must
 * live on. */
cam_sources *cam_sources_new(const cam_source_config *config);
/** All taps must be closed. */
void cam_sources_free(cam_sources *sources);

/**
 * Watches what channel shows: handler gets each frame from now on, the first video frame being a
 * key frame. The tap must not be closed from within the handler.
 * @return NULL when the source cannot be opened (the reason is on stderr)
 */
cam_tap *cam_tap_open(cam_sources *sources, const char *channel, cam_frame_h *handler, void *arg);
void cam_tap_close(cam_tap *tap);

/** Asks for a key frame. A file sent as it is cannot give one and goes on to its next. */
void cam_tap_key(cam_tap *tap);

#endif
