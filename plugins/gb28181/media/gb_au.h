/* gb_au.h - the bytes of a video elementary stream to access units that a viewer can use.
 *
 * Finds the NAL units, verifies the codec by them, finds where an access unit ends, keeps the
 * parameter sets and strips what no viewer needs. Nothing is buffered but parameter sets: slices
 * are passed on as they come. The first unit passed on is one at which decoding can start.
 *
 * AUD, filler and SEI are stripped: no browser reads them, and vendors put a kilobyte of private
 * data into an SEI at each key frame. Lives on one thread. */
#ifndef GB_AU_H
#define GB_AU_H

#include "gb28181/media/gb_params.h"

typedef struct gb_au gb_au;

typedef struct {
	gb_codec codec;
	bool keyframe; /**< decoding can start here; all parameter sets come with it */
	int64_t pts;   /**< of the PES in which it began; GB_PTS_NONE if that had none */
	/** Parameter sets; those that are `fresh`, with a key frame all, belong in front of the unit.
	 */
	const gb_params *params;
} gb_au_info;

/** Each access unit: one begin, then NAL units of slices only, then one end or one abort. */
typedef struct {
	void (*begin)(void *user, const gb_au_info *info);
	void (*nal)(void *user, const uint8_t *head, size_t len);
	void (*data)(void *user, const uint8_t *data, size_t len);
	void (*nal_end)(void *user);
	void (*end)(void *user);
	/** The rest is missing or was dropped. */
	void (*abort)(void *user);
	/** The codec became known, or the parameter sets changed: see gb_au_codec(), gb_au_size(). */
	void (*format)(void *user);
	/** A NAL unit shows that the picture before is over. */
	void (*next)(void *user);
	/** More of a unit came after gb_au_flush() had ended it. `cut`: in the middle of a NAL unit,
	 * which is broken now; else a further slice, which goes on in the same unit. */
	void (*flushed_early)(void *user, bool cut);
} gb_au_ops;

typedef struct {
	uint64_t frames;	 /**< access units seen, whether or not they were passed on */
	uint64_t key_frames; /**< of these with random access */
	uint64_t oversize;	 /**< units over the cap, parameter sets that could not be kept */
} gb_au_stats;

/** `frame_bytes`: cap of one access unit. */
gb_au *gb_au_new(uint32_t frame_bytes, const gb_au_ops *ops, void *user);
void gb_au_free(gb_au *au);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_au, gb_au_free)

/** What the stream map says it is; NONE or UNKNOWN when it does not say. */
void gb_au_set_hint(gb_au *au, gb_codec codec);
/** A PES begins; `pts` may be GB_PTS_NONE. */
void gb_au_pes(gb_au *au, int64_t pts);
void gb_au_feed(gb_au *au, const uint8_t *data, size_t len);
/** The picture in progress is known to be over: ends it. False when there is none that has a slice.
 */
bool gb_au_flush(gb_au *au);
/** A picture with at least one slice is in progress. */
bool gb_au_in_picture(const gb_au *au);
/** Bytes were lost: the unit in progress is aborted. True when there was one. */
bool gb_au_gap(gb_au *au);
/** Lets an I picture of H.264 that is no IDR stand for a key frame (13.6 rule 8). */
void gb_au_accept_intra(gb_au *au, bool accept);
/** Another camera, or the same anew: forgets everything but the counters. */
void gb_au_restart(gb_au *au);

/** The verified codec; NONE while it is not known. */
gb_codec gb_au_codec(const gb_au *au);
/** Size of the picture by the last SPS; 0 while not known. */
void gb_au_size(const gb_au *au, uint16_t *ret_width, uint16_t *ret_height);
void gb_au_get_stats(const gb_au *au, gb_au_stats *ret_stats);

#endif
