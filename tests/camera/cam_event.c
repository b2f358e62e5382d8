#include "cam_event.h"

#include <inttypes.h>
#include <stdio.h>

static bool silent;

void cam_event_silence(void) {
	silent = true;
}

void cam_event_quote(cam_buf *b, const char *text) {
	cam_buf_u8(b, '"');
	for(; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		if(c == '"' || c == '\\')
			cam_buf_printf(b, "\\%c", c);
		else if(c < 0x20)
			cam_buf_printf(b, "\\u%04x", c);
		else
			cam_buf_u8(b, c < 0x7F ? c : '?');
	}
	cam_buf_u8(b, '"');
}

static void key_part(cam_event *e, const char *key) {
	if(e->line.len > 1)
		cam_buf_u8(&e->line, ',');
	cam_event_quote(&e->line, key);
	cam_buf_u8(&e->line, ':');
}

void cam_event_begin(cam_event *e, const char *name, const char *id) {
	e->line = (cam_buf){0};
	cam_buf_u8(&e->line, '{');
	cam_event_str(e, "event", name);
	if(id != NULL)
		cam_event_str(e, "id", id);
	cam_event_int(e, "time_ms", (int64_t)cam_wall_ms());
}

void cam_event_str(cam_event *e, const char *key, const char *value) {
	key_part(e, key);
	cam_event_quote(&e->line, value);
}

void cam_event_int(cam_event *e, const char *key, int64_t value) {
	key_part(e, key);
	cam_buf_printf(&e->line, "%" PRId64, value);
}

void cam_event_bool(cam_event *e, const char *key, bool value) {
	key_part(e, key);
	cam_buf_text(&e->line, value ? "true" : "false");
}

void cam_event_end(cam_event *e) {
	cam_buf_text(&e->line, "}\n");
	if(!silent) {
		(void)fwrite(e->line.data, 1, e->line.len, stdout);
		(void)fflush(stdout);
	}
	cam_buf_free(&e->line);
}
