/* gb_glue_link.h - between a viewer on the API thread and its gb_watch on the SIP thread.
 *
 * What the API thread wants of the watch is posted to the SIP thread; what happens to the watch is
 * copied and posted back. */
#ifndef GB_GLUE_LINK_H
#define GB_GLUE_LINK_H

#include "glue/gb_glue_api.h"
#include "glue/gb_glue_viewer.h"

/** What came of an attempt to open or resume. */
typedef struct {
	gb_viewer *viewer;
	gb_request *request; /**< the one to answer; taken by whoever answers it */
	char channel[GB_ID_SIZE];
	gb_failure *failure; /**< NULL = it worked */
	json_t *holders;	/**< our streams of that device, where `failure` is about their number; else
						   NULL */
	bool resolved_only; /**< the channel was found, nothing was opened yet */
} gb_link_result;
/** API thread; the result is borrowed, its request may be stolen. */
typedef void (*gb_link_done)(gb_link_result *result);

/** What happened to a viewer's stream. */
typedef struct {
	gb_viewer *viewer;
	gb_watch_event_kind kind;
	gb_stream_info stream; /**< a copy */
	char *reason;
	int retry_s;
	gb_failure *failure;
	json_t *holders;
	const char *codec; /**< of what cannot be played; NULL = it is not that */
} gb_link_event;

/** Implemented by gb_glue_watch.c: API thread; the event is borrowed. */
void gb_watching_event(const gb_link_event *event);

/* API thread. All of these post; `request` is taken over. */

/** Finds the only channel of viewer->device. */
void gb_link_resolve(gb_viewer *viewer, gb_request *request, gb_link_done done);
/** Opens viewer->device, viewer->channel; fills in viewer->stream. */
void gb_link_open(gb_viewer *viewer, gb_request *request, gb_link_done done);
void gb_link_resume(gb_viewer *viewer, gb_request *request, gb_link_done done);
void gb_link_ready(gb_viewer *viewer);
void gb_link_pause(gb_viewer *viewer);
void gb_link_want_keyframe(gb_viewer *viewer);
void gb_link_stop(gb_viewer *viewer);
/** Any thread: reports the viewer's stream as ended, because of its codec. */
void gb_link_unplayable(gb_viewer *viewer, gb_codec codec);

#endif
