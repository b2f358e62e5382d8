/* gb_frame_end.h - how soon the end of a frame may be believed.
 *
 * Two signs come with the last bytes of a frame, long before the next frame shows it: the RTP
 * marker, and the end of a PES of known length. Cameras get both wrong (gb28181.md 13.1), so each
 * has to agree with the frame ends GB_FRAME_END_PROOF times in a row before it counts, and is out
 * again after one mistake; a mistake that was acted upon makes the next proof eight times as long.
 * The marker must also have been absent once where a frame went on: cameras that set it on each
 * packet are right as long as frames are small. A plain value; lives on one thread. */
#ifndef GB_FRAME_END_H
#define GB_FRAME_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Frames in a row in which a sign has to be right. */
#define GB_FRAME_END_PROOF 8

typedef struct {
	bool given;		/**< for the frame in progress */
	uint32_t right; /**< times in a row */
	uint32_t extra; /**< times more than GB_FRAME_END_PROOF that it has to be */
} gb_frame_sign;

/** All zero is the start. */
typedef struct {
	gb_frame_sign marker;
	gb_frame_sign pes;
	bool absent;	  /**< a packet of the frame in progress came without marker */
	bool selective;	  /**< ... and its last one had it, since the last mistake */
	size_t pes_len;	  /**< of the PES whose end was the sign */
	size_t split_len; /**< a PES of this size or more may be one of several; 0 = not known */
} gb_frame_end;

/** A packet with bytes of the frame in progress ended. True when the frame is over with it. */
bool gb_frame_end_packet(gb_frame_end *frame_end, bool marker);
/** ... and with it a PES of `len` bytes of video. True when the frame is over with it. */
bool gb_frame_end_pes(gb_frame_end *frame_end, size_t len);
/** More of the same frame came: signs given before were wrong. */
void gb_frame_end_more(gb_frame_end *frame_end);
/** The next frame came: signs given were right, those missing wrong. */
void gb_frame_end_next(gb_frame_end *frame_end);
/** The frame was cut by a loss: nothing is learnt from it. */
void gb_frame_end_gap(gb_frame_end *frame_end);
/** A sign was given that was right the last time: the frame is probably over. */
bool gb_frame_end_likely(const gb_frame_end *frame_end);

/** Some sign was given for the frame in progress. */
static inline bool gb_frame_end_given(const gb_frame_end *frame_end) {
	return frame_end->marker.given || frame_end->pes.given;
}

#endif
