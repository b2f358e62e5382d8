/* gb_str.h - bounded text: numbers, ids, charsets, safe copies. Pure; any thread. */
#ifndef GB_STR_H
#define GB_STR_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Longest id, with its NUL (api.md 1: 1 to 32 digits). */
#define GB_ID_SIZE 33

/** Reads a decimal number that fills the whole text but for white space around it, within [min,
 * max]. */
bool gb_str_parse_int(const char *text, int64_t min, int64_t max, int64_t *ret_value);
/** As above for the `len` bytes at `text` (need not end in NUL). */
bool gb_str_parse_int_n(const char *text, size_t len, int64_t min, int64_t max, int64_t *ret_value);
/** Reads a finite decimal fraction with `.`, whatever the locale. */
bool gb_str_parse_double(const char *text, double *ret_value);
/** Copies at most size - 1 bytes without cutting a UTF-8 character; always ends in NUL; false when
 * cut. */
bool gb_str_copy(char *buf, size_t size, const char *text);
/** Copies `len` bytes likewise. */
bool gb_str_copy_n(char *buf, size_t size, const char *text, size_t len);
/** ASCII, without regard to case. */
bool gb_str_equal_nocase(const char *a, const char *b);
bool gb_str_has_prefix_nocase(const char *text, const char *prefix);
/** Compares in a time that does not depend on where they differ (digests). */
bool gb_str_equal_secret(const void *a, const void *b, size_t len);
/** Fills `buf` with 2 * bytes lower-case hex digits of random and a NUL; `bytes` <= 32. From the
 * kernel. */
void gb_str_random_hex(char *buf, size_t bytes);
/** Random number from the kernel's generator. */
uint32_t gb_str_random_u32(void);

/** 1 to 32 decimal digits (gb28181.md 1.1). */
bool gb_id_valid(const char *id);
/** A SIP user that may be the id of a device: 1 to 32 of `A-Za-z0-9._+-`; a softphone is not all
 * digits. */
bool gb_id_valid_user(const char *id);

#endif
