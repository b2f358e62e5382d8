/* gb_media.h - the words of the media path: codecs, formats, finished packets.
 *
 * Types only; shared by the pipeline, the engine and the viewers. Any thread. */
#ifndef GB_MEDIA_H
#define GB_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
	GB_CODEC_NONE,
	GB_CODEC_H264,
	GB_CODEC_H265,
	GB_CODEC_MPEG4,
	GB_CODEC_SVAC,
	GB_CODEC_PCMA,
	GB_CODEC_PCMU,
	GB_CODEC_AAC,
	GB_CODEC_G722,
	GB_CODEC_G722_1,
	GB_CODEC_G723_1,
	GB_CODEC_G726,
	GB_CODEC_G729,
	GB_CODEC_OPUS,
	GB_CODEC_UNKNOWN, /**< there is something, and nobody knows what */
} gb_codec;

/** The name in the JSON API (api.md 1): "h264", "pcma", ...; "" for NONE. Defined in gb_pipeline.c.
 */
const char *gb_codec_name(gb_codec codec);

/** PTS that is not there. */
#define GB_PTS_NONE INT64_MIN

typedef enum { GB_VIDEO, GB_AUDIO, GB_MEDIA_KINDS } gb_media_kind;

/** What a stream carries, as far as it is known. */
typedef struct {
	gb_codec video;
	uint16_t width, height; /**< pixels, 0 = not known yet; after cropping */
	gb_codec audio;
	uint32_t audio_rate; /**< Hz */
} gb_media_format;

/** One finished RTP packet. The 12 header bytes hold version, marker, sequence number and timestamp
 * of the stream's own line; the taker may overwrite them in place (payload type, SSRC, its own
 * offsets), nothing else. Valid during the call only. */
typedef struct {
	uint8_t *data; /**< RTP header of 12 bytes, then the payload */
	uint16_t len;  /**< bytes in all */
	gb_media_kind kind;
	gb_codec codec;
	bool marker;
	bool frame_start;	/**< first packet of an access unit */
	bool keyframe;		/**< belongs to an access unit at which decoding can start */
	uint64_t seq;		/**< per kind; rises by 1, by more where packets were lost: never spliced */
	uint32_t timestamp; /**< 90 kHz for video, 8 kHz for G.711; a line that rises through camera
						   restarts */
} gb_media_packet;

#endif
