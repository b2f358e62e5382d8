/* gb_rhythm.h - how often a device really sends keepalives (gb28181.md 4.2).
 *
 * The interval is not in the message. A device that keeps a regular, slower beat than the
 * configured one must not be called offline at every beat. Plain value; any thread. */
#ifndef GB_RHYTHM_H
#define GB_RHYTHM_H

#include <stdint.h>

#define GB_RHYTHM_GAPS 4u
/** Longest gap that is taken for a beat, in seconds. */
#define GB_RHYTHM_MAX_S 3600u

typedef struct {
	int64_t last_us;
	uint16_t gaps[GB_RHYTHM_GAPS]; /**< seconds, newest first; 0 = none */
} gb_rhythm;

/** A keepalive came. */
void gb_rhythm_beat(gb_rhythm *rhythm, int64_t now_us);
/** Seconds between keepalives: the longest of the last gaps when they are regular and slower than
 * `configured_s`, else `configured_s`. */
int gb_rhythm_interval(const gb_rhythm *rhythm, int configured_s);

#endif
