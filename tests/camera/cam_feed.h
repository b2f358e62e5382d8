/**
 * @file cam_feed.h
 * Where pictures come from: the test pattern, a file sent as it is, or a file that is decoded and
 * encoded again. A feed is asked when its next picture is due and then for that picture; who asks
 * keeps the time.
 */
#ifndef CAM_FEED_H
#define CAM_FEED_H

#include "cam_encoder.h"

typedef struct cam_feed cam_feed;

struct cam_feed {
	/** When the next picture is due, 90 kHz from the feed's start. False when there will be none.
	 */
	bool (*due)(cam_feed *feed, uint64_t *ret_dts);
	/** The next picture; key asks for a key frame, which a file sent as it is cannot give. */
	bool (*next)(cam_feed *feed, bool key, cam_picture *ret_picture);
	void (*free)(cam_feed *feed);
};

/** Test pattern with that id in it. NULL when the encoder does not open. */
cam_feed *cam_feed_pattern(const cam_video_config *config, const char *id);

/** The video of a file, in memory, for any number of feeds. */
typedef struct cam_clip cam_clip;

/**
 * Opens a video file.
 * @param ret_clip  set when it is H.264 that can be sent as it is; NULL when it has to be encoded
 * again
 * @return false when it cannot be read; the reason is on stderr
 */
bool cam_clip_load(const char *path, cam_clip **ret_clip);
void cam_clip_free(cam_clip *clip);

/** Sends the clip again and again; begins with its first key frame. The clip must live longer. */
cam_feed *cam_feed_clip(const cam_clip *clip);

/** Decodes the file again and again, scales it to the configured size and encodes it. NULL on
 * failure. */
cam_feed *cam_feed_transcode(const cam_video_config *config, const char *path);

#endif
