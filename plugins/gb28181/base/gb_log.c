/* gb_log.c - composes log lines: context prefix, cut at a fixed length, one line always. */
#include "gb28181/base/gb_log.h"

#include "gb28181/base/gb_clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LINE_SIZE 1024
#define CONTEXT_SIZE 99 /* "[", 95 bytes, "] ", NUL */

static gb_log_sink the_sink;
static gb_log_level the_max = GB_LOG_WARNING;
static _Thread_local char the_context[CONTEXT_SIZE];

static void print_to_stderr(gb_log_level level, const char *line) {
	static const char *const names[] = {"error", "warning", "info", "verbose", "debug"};
	fprintf(stderr, "%s: %s\n", names[level], line);
}

void gb_log_set_sink(gb_log_sink sink, gb_log_level max) {
	the_sink = sink;
	the_max = max;
}

bool gb_log_enabled(gb_log_level level) {
	return level <= the_max;
}

/* Takes an incomplete UTF-8 character off the end of a text that was cut. */
static void trim_partial_character(char *text, size_t len) {
	const char *end;
	if(!g_utf8_validate_len(text, len, &end) && len - (size_t)(end - text) < 4)
		text[end - text] = '\0';
}

/* A control byte could end the line and fake another one. */
static void blank_controls(char *line) {
	for(; *line; line++) {
		if((unsigned char)*line < 0x20 || *line == 0x7f)
			*line = ' ';
	}
}

static void print_into(char *buf, size_t size, const char *format, va_list args)
	G_GNUC_PRINTF(3, 0);

static void print_into(char *buf, size_t size, const char *format, va_list args) {
	int len = vsnprintf(buf, size, format, args);
	if(len < 0)
		buf[0] = '\0';
	else if((size_t)len >= size)
		trim_partial_character(buf, size - 1);
}

void gb_log(gb_log_level level, const char *format, ...) {
	char line[LINE_SIZE];
	va_list args;
	if(!gb_log_enabled(level))
		return;
	size_t prefix = strlen(the_context);
	memcpy(line, the_context, prefix);
	va_start(args, format);
	print_into(line + prefix, sizeof(line) - prefix, format, args);
	va_end(args);
	blank_controls(line);
	(the_sink ? the_sink : print_to_stderr)(level, line);
}

void gb_log_set_context(const char *format, ...) {
	char text[CONTEXT_SIZE - 3];
	va_list args;
	the_context[0] = '\0';
	if(!format)
		return;
	va_start(args, format);
	print_into(text, sizeof(text), format, args);
	va_end(args);
	if(text[0])
		g_snprintf(the_context, sizeof(the_context), "[%s] ", text);
}

const char *gb_log_escape(char *buf, size_t size, const void *bytes, size_t len) {
	static const char hex[] = "0123456789abcdef";
	const uint8_t *in = bytes;
	size_t used = 0;
	if(size == 0)
		return buf;
	for(size_t i = 0; i < len; i++) {
		bool plain = in[i] >= 0x20 && in[i] < 0x7f;
		if(used + (plain ? 1 : 4) >= size)
			break;
		if(plain) {
			buf[used++] = (char)in[i];
			continue;
		}
		buf[used++] = '\\';
		buf[used++] = 'x';
		buf[used++] = hex[in[i] >> 4];
		buf[used++] = hex[in[i] & 15];
	}
	buf[used] = '\0';
	return buf;
}

bool gb_log_limit_pass(gb_log_limit *limit, int64_t interval_us, uint32_t *ret_swallowed) {
	int64_t now = gb_clock_us();
	if(now < limit->next_us) {
		if(limit->swallowed < UINT32_MAX)
			limit->swallowed++;
		return false;
	}
	limit->next_us = now + interval_us;
	*ret_swallowed = limit->swallowed;
	limit->swallowed = 0;
	return true;
}
