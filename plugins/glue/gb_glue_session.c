#include "glue/gb_glue_session.h"

#include "gb28181/base/gb_clock.h"
#include "gb28181/base/gb_log.h"
#include "glue/gb_glue_api.h"
#include "glue/gb_glue_viewer.h"
#include "glue/gb_glue_watch.h"

/* After a hangup the core needs a moment until it takes an offer again, and has no way to say when:
 * so a refused offer is tried again, for so long: each try may wait 3 s in the core, and others
 * wait for the same thread. */
#define PUSH_PATIENCE_US (2 * GB_SECOND)
#define PUSH_RETRY_US 20000

const char *gb_session_state_name(gb_session_state state) {
	static const char *const names[] = {"idle", "preparing", "watching", "stopping"};
	return (size_t)state < G_N_ELEMENTS(names) ? names[state] : "";
}

/* ---- the table ----------------------------------------------------------------------------- */

struct gb_sessions {
	gb_lock lock;
	GHashTable
		*by_handle;		  /* janus_plugin_session -> gb_session, one reference each; under `lock` */
	uint64_t last_number; /* under `lock` */
};

gb_sessions *gb_sessions_new(void) {
	gb_sessions *sessions = g_new0(gb_sessions, 1);
	gb_lock_init(&sessions->lock);
	sessions->by_handle = g_hash_table_new(NULL, NULL);
	return sessions;
}

void gb_sessions_free(gb_sessions *sessions) {
	if(!sessions)
		return;
	g_hash_table_destroy(sessions->by_handle);
	gb_lock_clear(&sessions->lock);
	g_free(sessions);
}

static void session_free(gb_session *session) {
	janus_plugin_session *handle = session->handle;
	g_clear_pointer(&session->snapshot, json_decref);
	gb_viewer_unref(session->counted);
	gb_lock_clear(&session->lock);
	g_free(session);
	janus_refcount_decrease(&handle->ref);
}

gb_session *gb_session_ref(gb_session *session) {
	g_atomic_int_inc(&session->refs);
	return session;
}

void gb_session_unref(gb_session *session) {
	if(session && g_atomic_int_dec_and_test(&session->refs))
		session_free(session);
}

void gb_session_create(gb_glue *glue, janus_plugin_session *handle) {
	gb_session *session = g_new0(gb_session, 1);
	session->refs = 1;
	session->glue = glue;
	session->handle = handle;
	gb_lock_init(&session->lock);
	gb_timer_init(&session->timer, gb_watching_timeout, session);
	handle->plugin_handle = session;
	GB_LOCK_SCOPE(&glue->sessions->lock);
	session->number = ++glue->sessions->last_number;
	g_hash_table_insert(glue->sessions->by_handle, handle, session);
}

gb_session *gb_session_find(gb_glue *glue, janus_plugin_session *handle) {
	GB_LOCK_SCOPE(&glue->sessions->lock);
	gb_session *session = g_hash_table_lookup(glue->sessions->by_handle, handle);
	return session ? gb_session_ref(session) : NULL;
}

/* Out of the table; the table's reference is the caller's now. */
static gb_session *take_out(gb_sessions *sessions, janus_plugin_session *handle) {
	GB_LOCK_SCOPE(&sessions->lock);
	gb_session *session = g_hash_table_lookup(sessions->by_handle, handle);
	if(session)
		g_hash_table_remove(sessions->by_handle, handle);
	return session;
}

bool gb_session_destroy(gb_glue *glue, janus_plugin_session *handle) {
	g_autoptr(gb_session) session = take_out(glue->sessions, handle);
	if(!session)
		return false;
	g_atomic_int_set(&session->gone, 1);
	gb_session_tell(session, GB_SESSION_DESTROYED);
	return true;
}

void gb_sessions_destroy_all(gb_glue *glue) {
	g_autoptr(GList) handles = NULL;
	{
		GB_LOCK_SCOPE(&glue->sessions->lock);
		handles = g_hash_table_get_keys(glue->sessions->by_handle);
	}
	for(const GList *one = handles; one; one = one->next)
		gb_session_destroy(glue, one->data);
}

/* ---- what Janus tells ---------------------------------------------------------------------- */

static void hear(void *data) {
	g_autoptr(gb_session) session = data;
	unsigned told = (unsigned)g_atomic_int_and((guint *)&session->told, 0);
	gb_watching_told(session, told);
}

static void drop_session(void *data) {
	gb_session_unref(data);
}

void gb_session_tell(gb_session *session, gb_session_flag flag) {
	/* one task at a time is on its way for each handle */
	if(g_atomic_int_or((guint *)&session->told, flag) != 0)
		return;
	(void)gb_glue_post(session->glue->threads, hear, gb_session_ref(session), drop_session);
}

/* ---- events to the browser ----------------------------------------------------------------- */

/* An event on its way through the JSEP pool. */
typedef struct {
	gb_session *session;
	char *transaction;
	json_t *event, *jsep;
	void (*pushed)(gb_session *session, bool fine);
	bool fine;
} push;

static void push_free(void *data) {
	push *one = data;
	gb_session_unref(one->session);
	g_free(one->transaction);
	json_decref(one->event);
	json_decref(one->jsep);
	g_free(one);
}

static int push_now(gb_session *session, const char *transaction, json_t *event, json_t *jsep) {
	gb_glue *glue = session->glue;
	if(g_atomic_int_get(&session->gone))
		return -1;
	return glue->core->push_event(session->handle, glue->plugin, transaction, event, jsep);
}

/* API thread */
static void push_done(void *data) {
	push *one = data;
	one->session->pushes--;
	if(one->pushed)
		one->pushed(one->session, one->fine);
	push_free(one);
}

/* A thread of the pool */
static void push_in_pool(void *data) {
	push *one = data;
	int64_t deadline = gb_clock_us() + (one->jsep ? PUSH_PATIENCE_US : 0);
	for(;;) {
		one->fine = push_now(one->session, one->transaction, one->event, one->jsep) == 0;
		if(one->fine || g_atomic_int_get(&one->session->gone) || gb_clock_us() >= deadline)
			break;
		g_usleep(PUSH_RETRY_US);
	}
	(void)gb_glue_post(one->session->glue->threads, push_done, one, push_free);
}

void gb_session_push(gb_session *session, const char *transaction, json_t *event, json_t *jsep,
	void (*pushed)(gb_session *session, bool fine)) {
	if(!jsep && session->pushes == 0) {
		(void)push_now(session, transaction, event, NULL);
		json_decref(event);
		return;
	}
	push *one = g_new0(push, 1);
	one->session = gb_session_ref(session);
	one->transaction = g_strdup(transaction);
	one->event = event;
	one->jsep = jsep;
	one->pushed = pushed;
	session->pushes++;
	(void)gb_glue_post_jsep(session->glue->threads, session->number, push_in_pool, one, push_free);
}

/* ---- query_session ------------------------------------------------------------------------- */

void gb_session_show(gb_session *session, json_t *snapshot) {
	json_t *before;
	gb_viewer *counted = session->viewer ? gb_viewer_ref(session->viewer) : NULL;
	{
		GB_LOCK_SCOPE(&session->lock);
		before = session->snapshot;
		session->snapshot = snapshot;
		gb_viewer *swap = session->counted;
		session->counted = counted;
		counted = swap;
	}
	json_decref(before);
	gb_viewer_unref(counted);
}

static void add_counters(json_t *object, const gb_viewer_counters *counters) {
	const struct {
		const char *key;
		uint64_t count;
	} all[] = {
		{"video_packets", atomic_load(&counters->video)},
		{"audio_packets", atomic_load(&counters->audio)},
		{"bytes", atomic_load(&counters->bytes)},
		{"dropped", atomic_load(&counters->dropped)},
		{"keyframe_requests", atomic_load(&counters->keyframe_requests)},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(all); i++)
		json_object_set_new(object, all[i].key, json_integer((json_int_t)all[i].count));
}

json_t *gb_session_query(gb_session *session) {
	json_t *snapshot = NULL;
	g_autoptr(gb_viewer) viewer = NULL;
	{
		GB_LOCK_SCOPE(&session->lock);
		snapshot = session->snapshot ? json_incref(session->snapshot) : NULL;
		viewer = session->counted ? gb_viewer_ref(session->counted) : NULL;
	}
	json_t *answer = snapshot ? json_copy(snapshot) : json_pack("{ss}", "state", "idle");
	json_decref(snapshot);
	if(viewer)
		add_counters(answer, &viewer->counters);
	return answer;
}
