/* glue_fixture.h - the whole glue on the test's own thread, between the stubs of Janus and of the
 * core. */
#ifndef GLUE_FIXTURE_H
#define GLUE_FIXTURE_H

#include "glue/gb_glue.h"
#include "glue/gb_glue_session.h"
#include "stubs/stub_janus.h"
#include "stubs/stub_server.h"
#include "stubs/stub_threads.h"

#define DEVICE "34020000001320000001"
#define CHANNEL "34020000001310000001"
#define ADMIN_KEY "sesame"

typedef struct {
	gb_glue *glue;
	janus_plugin_session *handle;
	gb_session *session; /* a reference */
} glue_fixture;

/** One device with one channel, one handle; the clock stands still. */
void glue_fixture_start(glue_fixture *f);
/** Ends the handle, if it is still there, and everything else. */
void glue_fixture_end(glue_fixture *f);

/** Runs all threads until nothing is left to do. */
void glue_fixture_settle(void);
/** Sends a request; the answer of a synchronous one, else NULL (it was acknowledged). */
json_t *glue_fixture_send(glue_fixture *f, const char *body, const char *jsep);
/** Sends it, lets everything settle, and returns the oldest event that was pushed (or the
 * synchronous answer). */
json_t *glue_fixture_ask(glue_fixture *f, const char *body, const char *jsep);
/** The next event that was pushed; NULL when there is none. */
json_t *glue_fixture_next(void);
/** "result.status" of an event, or its error code as text, "none" for NULL; frees the event. Valid
 * until the next call. */
const char *glue_fixture_word(json_t *event);

#endif
