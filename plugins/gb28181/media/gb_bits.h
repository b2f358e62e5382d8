/* gb_bits.h - reads bits of a raw byte sequence payload (H.264 7.2, 9.1).
 *
 * Skips emulation prevention bytes. Like gb_cursor: reading past the end gives 0 and sets `bad`,
 * which stays. Header only; any thread. */
#ifndef GB_BITS_H
#define GB_BITS_H

#include "gb28181/base/gb_cursor.h"

typedef struct {
	gb_cursor bytes;
	uint8_t byte;  /**< present byte */
	uint8_t left;  /**< bits of it that are not read yet */
	uint8_t zeros; /**< zero bytes in a row before the next */
	bool bad;
} gb_bits;

static inline gb_bits gb_bits_of(const uint8_t *data, size_t len) {
	gb_bits bits = {
		.bytes = gb_cursor_of(data, len), .byte = 0, .left = 0, .zeros = 0, .bad = false};
	return bits;
}

static inline void gb_bits_next_byte(gb_bits *bits) {
	bits->byte = gb_cursor_u8(&bits->bytes);
	if(bits->zeros >= 2 && bits->byte == 3) {
		bits->zeros = 0;
		bits->byte = gb_cursor_u8(&bits->bytes);
	}
	bits->zeros = bits->byte == 0 ? (uint8_t)(bits->zeros < 2 ? bits->zeros + 1 : 2) : 0;
	bits->left = 8;
	bits->bad = bits->bad || bits->bytes.bad;
}

static inline uint32_t gb_bits_1(gb_bits *bits) {
	if(bits->left == 0) {
		gb_bits_next_byte(bits);
	}
	bits->left--;
	return bits->bad ? 0 : (bits->byte >> bits->left) & 1u;
}

/** `count` 0..32. */
static inline uint32_t gb_bits_u(gb_bits *bits, unsigned count) {
	uint32_t value = 0;
	while(count-- > 0) {
		value = (value << 1) | gb_bits_1(bits);
	}
	return value;
}

static inline void gb_bits_skip(gb_bits *bits, unsigned count) {
	while(count-- > 0 && !bits->bad) {
		(void)gb_bits_1(bits);
	}
}

/** ue(v); a code of more than 32 bits is bad. */
static inline uint32_t gb_bits_ue(gb_bits *bits) {
	unsigned zeros = 0;
	while(!bits->bad && gb_bits_1(bits) == 0) {
		zeros++;
	}
	if(bits->bad || zeros > 31) {
		bits->bad = true;
		return 0;
	}
	return (uint32_t)((UINT64_C(1) << zeros) - 1 + gb_bits_u(bits, zeros));
}

/** se(v). */
static inline int32_t gb_bits_se(gb_bits *bits) {
	int64_t code = gb_bits_ue(bits);
	return (int32_t)(code & 1 ? (code + 1) / 2 : -(code / 2));
}

#endif
