/* gb_glue.h - what the files of the glue share: one object per loaded plugin.
 *
 * The glue is the only code that knows Janus and JSON. It checks requests, hands them to the owner
 * of what they ask about, and turns what comes back into JSON. Threads: Janus calls in from many of
 * its own; `gb-api` owns the handles (gb_glue_session.h) and what listens; `gb-jsep-N` make the
 * calls that may block; `gb-sip` of the core calls the functions named in gb_glue_events.c. */
#ifndef GB_GLUE_H
#define GB_GLUE_H

#include "gb28181/domain/gb_server.h"
#include "glue/gb_glue_config.h"
#include "glue/gb_glue_threads.h"

#include <jansson.h>
#include <plugins/plugin.h>
#include <stdbool.h>

#define GB_GLUE_PACKAGE "janus.plugin.gb28181"
#define GB_GLUE_VERSION 10
#define GB_GLUE_VERSION_STRING "0.1.0"

typedef struct gb_sessions gb_sessions;
typedef struct gb_listen gb_listen;

typedef struct gb_glue {
	janus_callbacks *core;
	janus_plugin *plugin;
	gb_glue_config config;
	gb_glue_threads *threads;
	gb_sessions *sessions;
	gb_listen *listen; /**< API thread */
	gb_server *server;
	gint wanted[3]; /**< atomic, by gb_topic: somebody listens */
	gint stopping;	/**< atomic: no request is taken any more */
	gint requests;	/**< atomic: asynchronous requests that wait for the API thread */
} gb_glue;

/** Reads the configuration and starts everything. NULL with an error that names the option. */
gb_glue *gb_glue_new(
	janus_callbacks *core, janus_plugin *plugin, const char *config_path, GError **error);
/** Ends everything, in the order of architecture-notes 6; Janus calls in no more. */
void gb_glue_free(gb_glue *glue);

/* gb_glue_events.c */

/** The callbacks of the core; `user` of gb_server_new() is the gb_glue. */
extern const gb_server_events gb_glue_server_events;
/** API thread: hands an event to Janus's event handlers, if the configuration and the core want it;
 * takes `event`. */
void gb_glue_notify(gb_glue *glue, janus_plugin_session *handle, json_t *event);

/* gb_glue_log.c */

/** From now on lines of the core go to Janus's log. */
void gb_glue_log_start(void);
/** Back to stderr: Janus's log may be gone before the last line of a test. */
void gb_glue_log_stop(void);

/* gb_glue_auth.c */

/** Whether `given` (may be NULL) is the administrator's key. False when none is configured. */
bool gb_glue_auth_admin(const gb_glue *glue, const char *given);
/** Whether the token allows `what` ("watch", "control", "talk") on the channel; `channel` NULL asks
 * for the device as a whole. True for everybody where Janus has no signed tokens (api.md 3). Any
 * thread. */
bool gb_glue_auth_allows(const gb_glue *glue, const char *token, const char *what,
	const char *device, const char *channel);

#endif
