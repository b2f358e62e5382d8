/* stub_server.h - link-time stand-in for the core behind gb_server.h.
 *
 * Knows the devices that a test gives it, records what is asked of it, and reports what the test
 * wants to have happened. */
#ifndef STUB_SERVER_H
#define STUB_SERVER_H

#include "gb28181/domain/gb_server.h"

typedef struct {
	GPtrArray *devices;		  /* gb_device_info */
	GPtrArray *channels;	  /* gb_channel_info */
	bool deaf;				  /* posted tasks stay where they are */
	gb_failure *refuse_watch; /* of the next gb_server_watch(); taken */
	gb_failure *refuse_resume;
	gb_failure *refuse_refresh;
	gb_watch *watch; /* the last one that was opened */
	unsigned opened, ready, paused, resumed, stopped, keyframes;
	unsigned refreshed; /* bits of the last refresh */
	char *created_name, *created_password;
} stub_server_state;

extern stub_server_state stub_server;

/** A server without devices. */
gb_server *stub_server_new(void);
void stub_server_free(gb_server *server);
/** Runs what was posted to the SIP thread. */
size_t stub_server_run(void);
void stub_server_add_device(const char *id, bool online);
void stub_server_add_channel(const char *device, const char *id);
/** Something happens to the last watch. */
void stub_server_tell(const gb_watch_event *event);
/** The sink of the last watch. */
gb_sink *stub_server_sink(void);

#endif
