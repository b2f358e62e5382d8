/* gb_pipeline.h - RTP from a camera in, RTP for browsers out.
 *
 * Chains the stages: reorder window -> program stream demuxer -> access units -> RFC 6184 packets,
 * G.711 -> 20 ms packets, and the cache of the current group of pictures. Cut-through: what has
 * arrived leaves at once; no frame is buffered as a whole. Opens no socket, starts no timer, keeps
 * no global state: the owner feeds packets and the time. Lives on one thread (a media loop). Never
 * fails on bad input: it counts, resynchronises at the next pack header (gb28181.md 13.6) and says
 * so by events. */
#ifndef GB_PIPELINE_H
#define GB_PIPELINE_H

#include "gb28181/media/gb_media.h"

#include <glib.h>

typedef struct gb_pipeline gb_pipeline;

typedef enum {
	GB_PIPELINE_FIRST_PACK,		/**< the first pack header or PES start was found */
	GB_PIPELINE_FORMAT,			/**< the format became known or changed: `format` */
	GB_PIPELINE_FIRST_KEYFRAME, /**< the first packet of the first key frame is about to leave */
	GB_PIPELINE_DAMAGED,		/**< packets were lost; a key frame would mend it */
	GB_PIPELINE_UNKNOWN_MEDIA,	/**< 64 KiB came and nothing that is known was in it */
} gb_pipeline_event;

typedef struct {
	/** A finished packet, in order. */
	void (*packet)(void *user, const gb_media_packet *packet);
	/** Something happened; `format` is the present one, never NULL. */
	void (*event)(void *user, gb_pipeline_event event, const gb_media_format *format);
} gb_pipeline_ops;

/** Caps and choices. gb_pipeline_config_default() fills in the documented defaults. */
typedef struct {
	uint16_t max_packet_bytes; /**< RTP payload and header of a packet to viewers: 500..1400,
								  default 1200 */
	uint16_t reorder_packets;  /**< window for late packets: 0..512, default 128 */
	uint32_t reorder_us;	   /**< how long a hole is waited for, default 200,000 */
	uint32_t
		frame_bytes;	/**< cap of one access unit, default 10 MiB; over it the rest is dropped */
	bool gop_cache;		/**< keep the current group of pictures, default true */
	uint32_t gop_bytes; /**< cap of that cache, default 512 KiB */
	uint32_t gop_us;	/**< cap of its age, default 2 s */
	uint32_t hold_us; /**< a frame that looks complete is ended after this silence, default 50 ms */
} gb_pipeline_config;
void gb_pipeline_config_default(gb_pipeline_config *ret_config);

/** Counters since the start; integers only, the owner turns them into rates. */
typedef struct {
	uint64_t packets, bytes; /**< RTP packets taken, payload bytes in them */
	uint64_t lost;			 /**< sequence numbers that never came */
	uint64_t reordered;		 /**< came late and were put in their place */
	uint64_t duplicates;
	uint64_t malformed; /**< not RTP, or damaged beyond reading */
	uint64_t video_frames, key_frames, damaged_frames;
	uint64_t video_packets, audio_packets; /**< sent to sinks */
	uint64_t resyncs;					   /**< times the demuxer had to look for a new pack */
	uint64_t time_jumps;				   /**< timestamps that were re-anchored */
	uint64_t oversize;					   /**< frames, PES or packets over a cap */
	uint64_t gop_overflows;				   /**< groups of pictures that did not fit the cache */
} gb_pipeline_stats;

/** `ops` is copied; `user` is handed to it. */
gb_pipeline *gb_pipeline_new(
	const gb_pipeline_config *config, const gb_pipeline_ops *ops, void *user);
void gb_pipeline_free(gb_pipeline *pipeline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_pipeline, gb_pipeline_free)

/** One RTP packet that came by UDP (`ordered` false: goes through the reorder window) or TCP
 * (true). `packet` is read in place; what has to wait is copied into the window. */
void gb_pipeline_feed(
	gb_pipeline *pipeline, const uint8_t *packet, size_t len, bool ordered, int64_t now_us);
/** Lets pass what has waited long enough: the hole in the window, the last unfilled packet. Returns
 * the time of gb_clock_us() at which it wants to be called again, 0 = not needed. Cheap when
 * nothing waits. */
int64_t gb_pipeline_tick(gb_pipeline *pipeline, int64_t now_us);
/** The camera starts anew (another INVITE): forgets all of the input, keeps the lines of sequence
 * numbers and timestamps for the viewers, which go on rising. */
void gb_pipeline_restart(gb_pipeline *pipeline, int64_t now_us);

/** Hands the cached group of pictures to `packet`, oldest first: video from its key frame on, and
 * the audio between. Returns the number of packets, 0 when there is no whole cache (then wait for
 * the next key frame). */
size_t gb_pipeline_replay(
	gb_pipeline *pipeline, void (*packet)(void *user, const gb_media_packet *packet), void *user);

void gb_pipeline_get_stats(const gb_pipeline *pipeline, gb_pipeline_stats *ret_stats);
void gb_pipeline_get_format(const gb_pipeline *pipeline, gb_media_format *ret_format);

#endif
