/* gb_timeline.h - the camera's timestamps to one line that always rises.
 *
 * PTS of 33 bits leads where there is one; else the RTP timestamp by its measured rate; else the
 * nominal distance of frames. Jumps, standstill and steps back are anchored anew (gb28181.md 13.7).
 * Units of 1/90000 s. A plain value; lives on one thread. */
#ifndef GB_TIMELINE_H
#define GB_TIMELINE_H

#include "gb28181/media/gb_media.h"

typedef struct {
	bool started;		/**< `out` and `out_us` hold */
	int64_t out;		/**< last time given out */
	int64_t out_us;		/**< when that was */
	int64_t nominal;	/**< usual distance of frames */
	bool anchored;		/**< `pts` and `offset` hold */
	int64_t pts;		/**< last PTS, unwrapped */
	int64_t offset;		/**< what makes a PTS a time of ours */
	unsigned back_run;	/**< steps back in a row */
	unsigned unstamped; /**< frames without PTS since the last with one */
	bool have_rtp;		/**< `rtp` holds */
	uint32_t rtp;		/**< last RTP timestamp */
	int64_t rtp_rate;	/**< its ticks in 100,000 ticks of 90 kHz; 0 = not measured */
	bool measuring;		/**< the three below hold */
	int64_t rtp_sum;	/**< RTP ticks since the measurement began */
	int64_t from_out;	/**< its begin on our line */
	int64_t from_us;	/**< and on the clock */
	uint64_t jumps;		/**< times that were anchored anew */
} gb_timeline;

void gb_timeline_init(gb_timeline *timeline);

/** The output time of a frame with `pts` (33 bits, or GB_PTS_NONE) in a packet with timestamp `rtp`
 * that came at `now_us`. Rises by 1 at least; modulo 2^32 it is an RTP timestamp. */
int64_t gb_timeline_next(gb_timeline *timeline, int64_t pts, uint32_t rtp, int64_t now_us);

/** The camera starts anew: its next time is anchored at the end of our line, after the pause. */
void gb_timeline_restart(gb_timeline *timeline);

#endif
