/* gb_clock.h - time: monotonic for all that is measured, wall time only for protocol fields.
 *
 * Tests replace both by a fake clock. Any thread; the fake clock is for single-threaded tests. */
#ifndef GB_CLOCK_H
#define GB_CLOCK_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GB_MS 1000LL		/**< microseconds in a millisecond */
#define GB_SECOND 1000000LL /**< microseconds in a second */

/** Monotonic time in microseconds. */
int64_t gb_clock_us(void);
/** Wall time in microseconds since 1970-01-01T00:00:00Z. */
int64_t gb_clock_wall_us(void);

/** From now on both clocks stand still at these values until moved (tests only). */
void gb_clock_fake(int64_t monotonic_us, int64_t wall_us);
/** Moves both fake clocks forward (tests only). */
void gb_clock_fake_advance(int64_t delta_us);
/** Back to the real clocks (tests only). */
void gb_clock_real(void);

/** Size of a buffer that takes any time text below, with its NUL. */
#define GB_TIME_TEXT 32

/** `2026-11-22T10:00:00Z` (RFC 3339, UTC) from wall microseconds; returns `buf`. */
const char *gb_time_rfc3339(char buf[GB_TIME_TEXT], int64_t wall_us);
/** `2026-11-22T18:00:00.123`: device local time without zone (GB/T 28181-2022, 9.10); returns
 * `buf`. */
const char *gb_time_local(char buf[GB_TIME_TEXT], int64_t wall_us, int utc_offset_minutes);
/** Reads RFC 3339 (with `Z` or an offset) or Unix seconds as text; false when it is neither. */
bool gb_time_parse_utc(const char *text, int64_t *ret_wall_us);
/** Reads a device's local time: `T` or blank between, fractions, a `Z` that is ignored, one-digit
 * fields (gb28181.md 2.7); false when it is no time. */
bool gb_time_parse_local(const char *text, int utc_offset_minutes, int64_t *ret_wall_us);

#endif
