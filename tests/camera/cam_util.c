#include "cam_util.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static void out_of_memory(void) {
	fputs("gb28181-camera: out of memory\n", stderr);
	exit(1);
}

void *cam_alloc(size_t size) {
	void *p = calloc(1, size ? size : 1);
	if(p == NULL)
		out_of_memory();
	return p;
}

char *cam_strdup(const char *text) {
	size_t size = strlen(text) + 1;
	char *copy = cam_alloc(size);
	memcpy(copy, text, size);
	return copy;
}

uint64_t cam_now_us(void) {
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

uint64_t cam_wall_ms(void) {
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000u + (uint64_t)ts.tv_nsec / 1000000u;
}

cam_time cam_time_at(uint64_t wall_ms, int utc_offset_minutes) {
	time_t seconds = (time_t)(wall_ms / 1000) + (time_t)utc_offset_minutes * 60;
	struct tm tm;
	gmtime_r(&seconds, &tm);
	return (cam_time){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
		tm.tm_sec, (int)(wall_ms % 1000)};
}

void cam_time_format(const cam_time *t, char *text, size_t size) {
	snprintf(text, size, "%04d-%02d-%02dT%02d:%02d:%02d", t->year, t->month, t->day, t->hour,
		t->minute, t->second);
}

void cam_random_seed(cam_random *r, uint64_t seed) {
	r->state = seed * 0x9E3779B97F4A7C15u + 0xD1B54A32D192ED03u;
	if(r->state == 0)
		r->state = 1;
}

uint32_t cam_random_u32(cam_random *r) {
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return (uint32_t)((r->state * 0x2545F4914F6CDD1Du) >> 32);
}

bool cam_random_percent(cam_random *r, double percent) {
	return percent > 0 && (double)cam_random_u32(r) < percent / 100.0 * 4294967296.0;
}

uint32_t cam_entropy_u32(void) {
	uint32_t v;
	if(getrandom(&v, sizeof(v), 0) != (ssize_t)sizeof(v))
		v = (uint32_t)cam_now_us();
	return v;
}

static void reserve(cam_buf *b, size_t more) {
	if(b->len + more <= b->capacity)
		return;
	size_t capacity = b->capacity ? b->capacity : 256;
	while(capacity < b->len + more)
		capacity *= 2;
	uint8_t *data = realloc(b->data, capacity);
	if(data == NULL)
		out_of_memory();
	b->data = data;
	b->capacity = capacity;
}

void cam_buf_put(cam_buf *b, const void *bytes, size_t len) {
	if(len == 0)
		return;
	reserve(b, len);
	memcpy(b->data + b->len, bytes, len);
	b->len += len;
}

void cam_buf_u8(cam_buf *b, unsigned v) {
	uint8_t byte = (uint8_t)v;
	cam_buf_put(b, &byte, 1);
}

void cam_buf_be16(cam_buf *b, unsigned v) {
	uint8_t bytes[2] = {(uint8_t)(v >> 8), (uint8_t)v};
	cam_buf_put(b, bytes, sizeof(bytes));
}

void cam_buf_be32(cam_buf *b, uint32_t v) {
	cam_buf_be16(b, v >> 16);
	cam_buf_be16(b, v & 0xFFFF);
}

void cam_buf_text(cam_buf *b, const char *text) {
	cam_buf_put(b, text, strlen(text));
}

void cam_buf_printf(cam_buf *b, const char *format, ...) {
	va_list ap;
	va_start(ap, format);
	va_list again;
	va_copy(again, ap);
	int len = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if(len > 0) {
		reserve(b, (size_t)len + 1);
		vsnprintf((char *)b->data + b->len, (size_t)len + 1, format, again);
		b->len += (size_t)len;
	}
	va_end(again);
}

void cam_buf_clear(cam_buf *b) {
	b->len = 0;
}

void cam_buf_free(cam_buf *b) {
	free(b->data);
	*b = (cam_buf){0};
}
