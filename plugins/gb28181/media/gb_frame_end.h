/* gb_frame_end.h - how soon the end of a frame may be believed.
 *
 * Two signs come with the last bytes of a frame, long before the next frame shows it: the RTP
 * marker, and the end of a PES of known length. Cameras get both wrong (gb28181.md 13.1), so each
 * has to agree with the frame ends GB_FRAME_END_PROOF times in a row before it counts, and is out
 * again after one mistake. A plain value; lives on one thread. */
#ifndef GB_FRAME_END_H
#define GB_FRAME_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Frames in a row in which a sign has to be right. */
#define GB_FRAME_END_PROOF 8

typedef struct {
	bool given;	   /**< for the frame in progress */
	uint8_t right; /**< times in a row, up to GB_FRAME_END_PROOF */
} gb_frame_sign;

typedef struct {
	gb_frame_sign marker;
	gb_frame_sign pes;
	size_t pes_len;	  /**< of the PES whose end was the sign */
	size_t split_len; /**< a PES of this size or more may be one of several; 0 = not known */
} gb_frame_end;

/** The RTP marker came while a frame is in progress. True when that is its end. */
bool gb_frame_end_marker(gb_frame_end *frame_end);
/** A PES of `len` bytes of video ended with an RTP packet. True when that is the frame's end. */
bool gb_frame_end_pes(gb_frame_end *frame_end, size_t len);
/** More of the same frame came: signs given before were wrong. */
void gb_frame_end_more(gb_frame_end *frame_end);
/** The next frame came: signs given were right, those missing wrong. */
void gb_frame_end_next(gb_frame_end *frame_end);
/** The frame was cut by a loss: nothing is learnt from it. */
void gb_frame_end_gap(gb_frame_end *frame_end);
/** Some sign was given: the frame is probably over. */
static inline bool gb_frame_end_likely(const gb_frame_end *frame_end) {
	return frame_end->marker.given || frame_end->pes.given;
}

#endif
