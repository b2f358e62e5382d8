/**
 * @file cam_util.h
 * Small helpers that every part of the simulated camera uses: memory, clocks, random numbers and a
 * growing byte buffer. The camera runs on one thread; nothing here is safe to share between
 * threads.
 */
#ifndef CAM_UTIL_H
#define CAM_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Zeroed memory; the program ends with a message when there is none. */
void *cam_alloc(size_t size);

/** A copy of text, as cam_alloc(). */
char *cam_strdup(const char *text);

/** Monotonic time in microseconds. */
uint64_t cam_now_us(void);

/** Wall clock, milliseconds since 1970 UTC. */
uint64_t cam_wall_ms(void);

/** Broken-down wall clock of the device. */
typedef struct cam_time {
	int year, month, day, hour, minute, second, ms;
} cam_time;

/** Local time of a device utc_offset_minutes east of UTC; the host's TZ never matters. */
cam_time cam_time_at(uint64_t wall_ms, int utc_offset_minutes);

/** Writes "YYYY-MM-DDThh:mm:ss" into text (at least 20 bytes). */
void cam_time_format(const cam_time *t, char *text, size_t size);

/** Pseudo random generator (xorshift64*), so that runs with the same seed behave alike. */
typedef struct cam_random {
	uint64_t state;
} cam_random;

void cam_random_seed(cam_random *r, uint64_t seed);
uint32_t cam_random_u32(cam_random *r);
/** True with the probability percent / 100. */
bool cam_random_percent(cam_random *r, double percent);
/** A number that differs in every run, for tags and SSRCs. */
uint32_t cam_entropy_u32(void);

/** Growing byte buffer. All zero is an empty one. */
typedef struct cam_buf {
	uint8_t *data;
	size_t len;
	size_t capacity;
} cam_buf;

void cam_buf_put(cam_buf *b, const void *bytes, size_t len);
void cam_buf_u8(cam_buf *b, unsigned v);
void cam_buf_be16(cam_buf *b, unsigned v);
void cam_buf_be32(cam_buf *b, uint32_t v);
void cam_buf_text(cam_buf *b, const char *text);
void cam_buf_printf(cam_buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** Empties the buffer and keeps its memory. */
void cam_buf_clear(cam_buf *b);
void cam_buf_free(cam_buf *b);

#endif
