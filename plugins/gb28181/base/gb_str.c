/* gb_str.c - bounded text, numbers and random from the kernel. */
#include "gb28181/base/gb_str.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/random.h>

/* Longest text of a number that is looked at; longer ones are no numbers of this protocol. */
#define NUMBER_MAX 63

static void trim(const char **text, size_t *len) {
	while(*len > 0 && g_ascii_isspace(**text)) {
		(*text)++;
		(*len)--;
	}
	while(*len > 0 && g_ascii_isspace((*text)[*len - 1]))
		(*len)--;
}

bool gb_str_parse_int_n(
	const char *text, size_t len, int64_t min, int64_t max, int64_t *ret_value) {
	int64_t value = 0;
	trim(&text, &len);
	bool negative = len > 0 && text[0] == '-';
	if(len > 0 && (text[0] == '-' || text[0] == '+')) {
		text++;
		len--;
	}
	if(len == 0)
		return false;
	for(size_t i = 0; i < len; i++) {
		if(!g_ascii_isdigit(text[i]))
			return false;
		int digit = text[i] - '0';
		/* Counts downwards, because the smallest number has no positive counterpart. */
		if(__builtin_mul_overflow(value, 10, &value) ||
			__builtin_sub_overflow(value, digit, &value))
			return false;
	}
	if(!negative && value == INT64_MIN)
		return false;
	value = negative ? value : -value;
	if(value < min || value > max)
		return false;
	*ret_value = value;
	return true;
}

bool gb_str_parse_int(const char *text, int64_t min, int64_t max, int64_t *ret_value) {
	return text && gb_str_parse_int_n(text, strlen(text), min, max, ret_value);
}

bool gb_str_parse_double(const char *text, double *ret_value) {
	char number[NUMBER_MAX + 1];
	char *end;
	if(!text)
		return false;
	size_t len = strlen(text);
	trim(&text, &len);
	if(len == 0 || len > NUMBER_MAX)
		return false;
	memcpy(number, text, len);
	number[len] = '\0';
	/* The library would also take hexadecimal, "nan" and "inf". */
	if(strspn(number, "0123456789+-.eE") != len)
		return false;
	double value = g_ascii_strtod(number, &end);
	if(*end || end == number || !isfinite(value))
		return false;
	*ret_value = value;
	return true;
}

bool gb_str_copy_n(char *buf, size_t size, const char *text, size_t len) {
	if(size == 0)
		return false;
	size_t fits = strnlen(text, len);
	bool whole = fits < size;
	if(!whole) {
		fits = size - 1;
		for(int back = 0; back < 3 && fits > 0 && ((uint8_t)text[fits] & 0xc0) == 0x80; back++)
			fits--;
	}
	memcpy(buf, text, fits);
	buf[fits] = '\0';
	return whole;
}

bool gb_str_copy(char *buf, size_t size, const char *text) {
	return gb_str_copy_n(buf, size, text, strlen(text));
}

bool gb_str_equal_nocase(const char *a, const char *b) {
	return g_ascii_strcasecmp(a, b) == 0;
}

bool gb_str_has_prefix_nocase(const char *text, const char *prefix) {
	return g_ascii_strncasecmp(text, prefix, strlen(prefix)) == 0;
}

bool gb_str_equal_secret(const void *a, const void *b, size_t len) {
	const volatile uint8_t *left = a, *right = b;
	uint8_t differ = 0;
	for(size_t i = 0; i < len; i++)
		differ |= left[i] ^ right[i];
	return differ == 0;
}

static void fill_random(void *buf, size_t len) {
	ssize_t got;
	/* Up to 256 bytes come whole once the generator is seeded; only a signal can come between. */
	do
		got = getrandom(buf, len, 0);
	while(got < 0 && errno == EINTR);
	if(got != (ssize_t)len)
		g_error("getrandom: %s", g_strerror(errno));
}

void gb_str_random_hex(char *buf, size_t bytes) {
	static const char hex[] = "0123456789abcdef";
	uint8_t raw[32];
	size_t count = MIN(bytes, sizeof(raw));
	fill_random(raw, count);
	for(size_t i = 0; i < count; i++) {
		buf[2 * i] = hex[raw[i] >> 4];
		buf[2 * i + 1] = hex[raw[i] & 15];
	}
	buf[2 * count] = '\0';
}

uint32_t gb_str_random_u32(void) {
	uint32_t value;
	fill_random(&value, sizeof(value));
	return value;
}

static bool all_of(const char *text, const char *extra, bool letters) {
	size_t len = 0;
	for(; text[len]; len++) {
		char c = text[len];
		if(len == GB_ID_SIZE - 1)
			return false;
		if(!g_ascii_isdigit(c) && !(letters && g_ascii_isalpha(c)) && !strchr(extra, c))
			return false;
	}
	return len > 0;
}

bool gb_id_valid(const char *id) {
	return id && all_of(id, "", false);
}

bool gb_id_valid_user(const char *id) {
	return id && all_of(id, "._+-", true);
}
