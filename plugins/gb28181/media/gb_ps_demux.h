/* gb_ps_demux.h - MPEG program stream to the bytes of one video and one audio stream.
 *
 * ISO/IEC 13818-1, 2.5, with the tolerance of gb28181.md 13.6. Feed RTP payloads in order, cut
 * anywhere: what comes out does not depend on the cuts. Payload bytes are passed on in place; only
 * headers that straddle two packets are kept, and up to three bytes that may be a start code. Lives
 * on one thread. Never allocates after construction; never fails on bad input, it looks for the
 * next pack. */
#ifndef GB_PS_DEMUX_H
#define GB_PS_DEMUX_H

#include "gb28181/media/gb_ps_psm.h"

#include <glib.h>

typedef struct gb_ps_demux gb_ps_demux;

typedef struct {
	gb_media_kind kind;
	uint8_t stream_id;
	int64_t pts; /**< 33 bit, 90 kHz; GB_PTS_NONE if absent */
	int64_t dts; /**< the same; pts where there is no DTS of its own */
	size_t len;	 /**< payload bytes, 0 = not bounded: ends where the next header begins */
} gb_ps_pes;

typedef struct {
	/** A pack header. */
	void (*pack)(void *user);
	/** A program stream map. */
	void (*psm)(void *user, const gb_psm *psm);
	/** A PES packet of the video or the audio stream begins. */
	void (*pes)(void *user, const gb_ps_pes *pes);
	/** Some of its payload; valid during the call. */
	void (*data)(void *user, gb_media_kind kind, const uint8_t *data, size_t len);
	/** It is complete as far as its length goes. Where the length wrapped at 2^16 (13.6 rule 2)
	 * data may still follow. */
	void (*pes_end)(void *user, gb_media_kind kind);
	/** The structure broke without a gap in the packets; what was in progress is damaged. */
	void (*lost)(void *user);
} gb_ps_demux_ops;

typedef struct {
	uint64_t resyncs;  /**< times it had to look for a pack, the first time not counted */
	uint64_t oversize; /**< stream maps that were too long and skipped */
	uint64_t unsynced; /**< bytes skipped before anything known was found */
	bool synced;	   /**< something known was found since the start */
} gb_ps_demux_stats;

gb_ps_demux *gb_ps_demux_new(const gb_ps_demux_ops *ops, void *user);
void gb_ps_demux_free(gb_ps_demux *demux);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_ps_demux, gb_ps_demux_free)

/** The payload of one RTP packet. */
void gb_ps_demux_feed(gb_ps_demux *demux, const uint8_t *data, size_t len);
/** Packets were lost here: drops what is in progress and looks for the next pack. */
void gb_ps_demux_gap(gb_ps_demux *demux);
/** Another camera, or the same anew: forgets everything but the counters. */
void gb_ps_demux_restart(gb_ps_demux *demux);

void gb_ps_demux_get_stats(const gb_ps_demux *demux, gb_ps_demux_stats *ret_stats);

#endif
