/**
 * @file cam_event.h
 * What happens, told on stdout: one JSON object a line, so that tests can wait for it and count.
 *
 *     cam_event e;
 *     cam_event_begin(&e, "registered", id);
 *     cam_event_int(&e, "expires_s", 3600);
 *     cam_event_end(&e);
 */
#ifndef CAM_EVENT_H
#define CAM_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "cam_util.h"

typedef struct cam_event {
	cam_buf line;
} cam_event;

/** No events from now on. */
void cam_event_silence(void);

/** Begins a line with the event's name, the time and, unless NULL, the device's id. */
void cam_event_begin(cam_event *e, const char *name, const char *id);
void cam_event_str(cam_event *e, const char *key, const char *value);
void cam_event_int(cam_event *e, const char *key, int64_t value);
void cam_event_bool(cam_event *e, const char *key, bool value);
void cam_event_end(cam_event *e);

/** As JSON string with its quotes; bytes that are not ASCII become question marks. */
void cam_event_quote(cam_buf *b, const char *text);

#endif
