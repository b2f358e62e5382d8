/* gb_glue_watch.h - a handle's way from `watch` to `stop`: one PeerConnection at a time (api.md 6).
 *
 * A state machine on the API thread. Requests come from gb_glue_api_watch.c, what Janus tells from
 * gb_glue_session.c, what becomes of the stream from the SIP thread by gb_glue_link.c. After `stop`
 * or a failure the handle is STOPPING until Janus has said that its PeerConnection is gone, because
 * close_pc() acts late and on whichever the handle then has. */
#ifndef GB_GLUE_WATCH_H
#define GB_GLUE_WATCH_H

#include "glue/gb_glue_api.h"
#include "glue/gb_glue_viewer.h"

/** How long an offer may remain unanswered. */
#define GB_WATCHING_ANSWER_US (60 * 1000000LL)
/** How long STOPPING waits for Janus: it closes within a second, and then says so. */
#define GB_WATCHING_HANGUP_US (5 * 1000000LL)
/** How long a PeerConnection that was answered may take to come up before it is closed all the
 * same: connection checks give up after some seconds. */
#define GB_WATCHING_SETTLE_US (10 * 1000000LL)
/** The same where no answer had come: there may be nothing to hang up. */
#define GB_WATCHING_HANGUP_UNANSWERED_US (1500 * 1000LL)

/* All take the request over; API thread. */
void gb_watching_watch(gb_request *request);
void gb_watching_start(gb_request *request);
void gb_watching_pause(gb_request *request);
void gb_watching_stop(gb_request *request);

/** API thread: Janus told these gb_session_flag bits. */
void gb_watching_told(gb_session *session, unsigned told);
/** The session's timer. */
void gb_watching_timeout(void *session);
/** API thread: what query_session answers is made anew. */
void gb_watching_show(gb_session *session);
/** Media thread: the viewer cannot play this codec. */
void gb_watching_unplayable(gb_viewer *viewer, gb_codec codec);

#endif
