/* gb_glue_session.h - a handle: what a browser attached to the plugin.
 *
 * Janus's callbacks find the session by its janus_plugin_session in a table under a leaf lock and
 * set flags or post; all else about it belongs to the API thread. Reference counted: Janus, tasks
 * on their way and viewers reach it by themselves. It holds the reference on the
 * janus_plugin_session that Janus gave at attach, and drops it last. */
#ifndef GB_GLUE_SESSION_H
#define GB_GLUE_SESSION_H

#include "gb28181/base/gb_lock.h"
#include "gb28181/base/gb_timers.h"
#include "glue/gb_glue.h"

typedef struct gb_session gb_session;
typedef struct gb_request gb_request;
struct gb_viewer;

/** What it does with its PeerConnection; architecture-notes 2 says why STOPPING is there. */
typedef enum {
	GB_SESSION_IDLE,
	GB_SESSION_PREPARING, /**< `watch` was taken; no answer yet */
	GB_SESSION_WATCHING,  /**< the browser answered */
	GB_SESSION_STOPPING,  /**< the PeerConnection is being ended; a `watch` waits until Janus says
							 that it is gone */
} gb_session_state;
const char *gb_session_state_name(gb_session_state state);

/** What Janus told since the API thread last looked. */
typedef enum {
	GB_SESSION_MEDIA_UP = 1,  /**< setup_media */
	GB_SESSION_HANGUP = 2,	  /**< hangup_media */
	GB_SESSION_KEYFRAME = 4,  /**< PLI or FIR */
	GB_SESSION_DESTROYED = 8, /**< destroy_session */
} gb_session_flag;

struct gb_session {
	gint refs; /**< atomic */
	gint told; /**< atomic: gb_session_flag bits */
	gint gone; /**< atomic: destroy_session came; nothing is pushed any more */
	gb_glue *glue;
	janus_plugin_session *handle;
	uint64_t number; /**< chooses the thread of the JSEP pool */
	/* API thread */
	gb_session_state state;
	struct gb_viewer *viewer; /**< a reference; NULL when IDLE or STOPPING */
	bool paused;
	bool offering; /**< an offer is on its way through the JSEP pool */
	bool has_pc;   /**< an offer reached Janus's core, and no hangup has come since */
	bool media_up; /**< Janus said that its media flow */
	bool settling; /**< it was answered and is to be closed, once its media are up */
	unsigned
		pushes; /**< events on their way through the JSEP pool: later ones must queue behind them */
	gb_request *queued; /**< `watch` that waits for the end of STOPPING */
	gb_timer timer;		/**< no answer came, or no hangup */
	/* under `lock` */
	gb_lock lock;
	json_t *snapshot;		   /**< for query_session: what the API thread last said of it */
	struct gb_viewer *counted; /**< a reference: whose counters query_session adds */
};

gb_sessions *gb_sessions_new(void);
void gb_sessions_free(gb_sessions *sessions);

/** create_session: makes it and puts it into the table. Takes no reference on the handle (it has no
 * count yet). */
void gb_session_create(gb_glue *glue, janus_plugin_session *handle);
/** Any thread: the session of a handle with a reference, NULL when there is none (any more). */
gb_session *gb_session_find(gb_glue *glue, janus_plugin_session *handle);
gb_session *gb_session_ref(gb_session *session);
/** Any thread; NULL is fine. */
void gb_session_unref(gb_session *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_session, gb_session_unref)

/** Any thread, never waits: notes what Janus told and wakes the API thread. */
void gb_session_tell(gb_session *session, gb_session_flag flag);
/** destroy_session: out of the table; false when it was not in it. */
bool gb_session_destroy(gb_glue *glue, janus_plugin_session *handle);
/** At the end: all that are left, as if each had been destroyed. */
void gb_sessions_destroy_all(gb_glue *glue);

/** API thread: sends an event to the browser; takes `event` and `jsep`. `pushed(session, whether it
 * worked)` is called on the API thread when it went through the pool (always with a `jsep`); may be
 * NULL. */
void gb_session_push(gb_session *session, const char *transaction, json_t *event, json_t *jsep,
	void (*pushed)(gb_session *session, bool fine));
/** API thread: what query_session answers from now on; takes `snapshot`. */
void gb_session_show(gb_session *session, json_t *snapshot);
/** Any thread: what query_session answers now, with the counters of this moment. */
json_t *gb_session_query(gb_session *session);

#endif
