/* gb_cursor.h - the one reader for bytes from outside.
 *
 * Reads past the end return 0 and set the sticky flag `bad`; the caller tests it once per header.
 * Header only, so that the compiler sees through it on the hot path. Any thread. */
#ifndef GB_CURSOR_H
#define GB_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
	const uint8_t *pos; /**< next byte */
	size_t left;		/**< bytes from `pos` to the end */
	bool bad;			/**< a read went past the end; stays set */
} gb_cursor;

static inline gb_cursor gb_cursor_of(const void *data, size_t len) {
	gb_cursor cursor = {.pos = (const uint8_t *)data, .left = len, .bad = false};
	return cursor;
}

/** `len` bytes from the cursor, which moves on; NULL (and bad) when there are fewer. */
static inline const uint8_t *gb_cursor_bytes(gb_cursor *cursor, size_t len) {
	const uint8_t *at = cursor->pos;
	if(len > cursor->left) {
		cursor->bad = true;
		cursor->left = 0;
		return NULL;
	}
	cursor->pos += len;
	cursor->left -= len;
	return at;
}

static inline void gb_cursor_skip(gb_cursor *cursor, size_t len) {
	(void)gb_cursor_bytes(cursor, len);
}

static inline uint8_t gb_cursor_u8(gb_cursor *cursor) {
	const uint8_t *at = gb_cursor_bytes(cursor, 1);
	return at ? at[0] : 0;
}

/** Big endian. */
static inline uint16_t gb_cursor_u16(gb_cursor *cursor) {
	const uint8_t *at = gb_cursor_bytes(cursor, 2);
	return at ? (uint16_t)((at[0] << 8) | at[1]) : 0;
}

/** Big endian. */
static inline uint32_t gb_cursor_u32(gb_cursor *cursor) {
	const uint8_t *at = gb_cursor_bytes(cursor, 4);
	return at ? ((uint32_t)at[0] << 24) | ((uint32_t)at[1] << 16) | ((uint32_t)at[2] << 8) | at[3]
			  : 0;
}

#endif
