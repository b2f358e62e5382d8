#include "glue/gb_glue_link.h"

#include "gb28181/base/gb_log.h"

static gb_glue *glue_of(const gb_viewer *viewer) {
	return viewer->session->glue;
}

/* ---- what happens, to the API thread ------------------------------------------------------- */

static void event_free(void *data) {
	gb_link_event *event = data;
	gb_viewer_unref(event->viewer);
	g_free(event->reason);
	gb_failure_free(event->failure);
	json_decref(event->holders);
	g_free(event);
}

static void deliver_event(void *data) {
	gb_watching_event(data);
	event_free(data);
}

/* Our streams of the device, when the device says that it has too many (api.md 6). */
static json_t *holders_of(gb_server *server, const char *device, const gb_failure *failure) {
	if(!failure || g_strcmp0(failure->limit, "device_streams"))
		return NULL;
	g_autoptr(GPtrArray) streams = NULL;
	(void)gb_server_list_streams(server, &streams);
	json_t *holders = json_array();
	for(guint i = 0; streams && i < streams->len; i++) {
		const gb_stream_info *info = g_ptr_array_index(streams, i);
		if(!g_strcmp0(info->device, device))
			json_array_append_new(holders,
				json_pack("{s:s, s:s, s:s, s:i}", "stream", info->id, "device", info->device,
					"channel", info->channel, "viewers", (int)info->viewers));
	}
	return holders;
}

/* SIP thread */
static void post_event(gb_viewer *viewer, const gb_watch_event *from, const char *codec) {
	gb_link_event *event = g_new0(gb_link_event, 1);
	event->viewer = gb_viewer_ref(viewer);
	event->kind = from->kind;
	event->stream = *from->stream;
	event->reason = g_strdup(from->reason);
	event->retry_s = from->retry_s;
	event->failure = gb_failure_copy(from->failure);
	event->codec = codec;
	event->holders = holders_of(glue_of(viewer)->server, viewer->device, from->failure);
	(void)gb_glue_post(glue_of(viewer)->threads, deliver_event, event, event_free);
}

/* SIP thread: the watch is gone or given up; so is the reference that was held for it. */
static void let_go(gb_viewer *viewer) {
	viewer->watch = NULL;
	gb_viewer_unref(viewer);
}

static void on_watch_event(gb_watch *watch, const gb_watch_event *event, void *user) {
	gb_viewer *viewer = user;
	(void)watch;
	post_event(viewer, event, NULL);
	if(event->kind == GB_WATCH_ENDED)
		let_go(viewer);
}

/* ---- attempts ------------------------------------------------------------------------------ */

typedef struct {
	gb_link_result result; /* first */
	gb_link_done done;
} attempt;

static void attempt_free(void *data) {
	attempt *one = data;
	gb_viewer_unref(one->result.viewer);
	gb_request_free(one->result.request);
	gb_failure_free(one->result.failure);
	json_decref(one->result.holders);
	g_free(one);
}

/* API thread */
static void deliver_result(void *data) {
	attempt *one = data;
	one->done(&one->result);
	attempt_free(one);
}

static void answer(attempt *one) {
	gb_glue *glue = glue_of(one->result.viewer);
	(void)gb_glue_post(glue->threads, deliver_result, one, attempt_free);
}

static void resolve(gb_server *server, void *data) {
	attempt *one = data;
	g_autoptr(GError) error = NULL;
	const char *channel = gb_server_only_channel(server, one->result.viewer->device, &error);
	one->result.resolved_only = true;
	if(channel)
		gb_str_copy(one->result.channel, sizeof(one->result.channel), channel);
	else
		one->result.failure =
			gb_failure_new((gb_error_code)(error ? error->code : GB_ERROR_NOT_FOUND), "%s",
				error ? error->message : "The device has no channel that can be played");
	answer(one);
}

static void open_watch(gb_server *server, void *data) {
	attempt *one = data;
	gb_viewer *viewer = one->result.viewer;
	gb_viewer_ref(viewer); /* for on_watch_event(), until let_go() */
	viewer->watch = gb_server_watch(server, viewer->device, viewer->channel, &viewer->sink,
		on_watch_event, viewer, viewer->stream, &one->result.failure);
	if(!viewer->watch) {
		one->result.holders = holders_of(server, viewer->device, one->result.failure);
		if(!one->result.failure)
			one->result.failure = gb_failure_new(GB_ERROR_FAILED, "The stream cannot be opened");
		gb_viewer_unref(viewer);
	}
	answer(one);
}

static void resume(gb_server *server, void *data) {
	attempt *one = data;
	gb_viewer *viewer = one->result.viewer;
	atomic_store(&viewer->anew, true);
	if(!viewer->watch)
		one->result.failure = gb_failure_new(GB_ERROR_STATE, "The stream has ended meanwhile");
	else if(!gb_watch_resume(viewer->watch, &one->result.failure) && !one->result.failure)
		one->result.failure = gb_failure_new(GB_ERROR_FAILED, "The stream cannot be resumed");
	if(one->result.failure)
		one->result.holders = holders_of(server, viewer->device, one->result.failure);
	answer(one);
}

/* The SIP thread takes no more: answers in its place. */
static void refused(void *data) {
	attempt *one = data;
	one->result.failure =
		gb_failure_new(GB_ERROR_BUSY, "The plugin is busy: try again in a moment");
	answer(one);
}

static void try(gb_viewer *viewer, gb_request *request, gb_link_done done,
	void (*fn)(gb_server *server, void *data)) {
	attempt *one = g_new0(attempt, 1);
	one->result.viewer = gb_viewer_ref(viewer);
	one->result.request = request;
	one->done = done;
	(void)gb_server_post(glue_of(viewer)->server, fn, one, refused);
}

void gb_link_resolve(gb_viewer *viewer, gb_request *request, gb_link_done done) {
	try(viewer, request, done, resolve);
}

void gb_link_open(gb_viewer *viewer, gb_request *request, gb_link_done done) {
	try(viewer, request, done, open_watch);
}

void gb_link_resume(gb_viewer *viewer, gb_request *request, gb_link_done done) {
	try(viewer, request, done, resume);
}

/* ---- orders -------------------------------------------------------------------------------- */

static void drop_viewer(void *data) {
	gb_viewer_unref(data);
}

static void order(gb_viewer *viewer, void (*fn)(gb_server *server, void *data)) {
	(void)gb_server_post(glue_of(viewer)->server, fn, gb_viewer_ref(viewer), drop_viewer);
}

static void do_ready(gb_server *server, void *data) {
	g_autoptr(gb_viewer) viewer = data;
	(void)server;
	if(viewer->watch)
		gb_watch_ready(viewer->watch);
}

static void do_pause(gb_server *server, void *data) {
	g_autoptr(gb_viewer) viewer = data;
	(void)server;
	if(viewer->watch)
		gb_watch_pause(viewer->watch);
}

static void do_keyframe(gb_server *server, void *data) {
	g_autoptr(gb_viewer) viewer = data;
	(void)server;
	if(viewer->watch)
		gb_watch_want_keyframe(viewer->watch);
}

static void do_stop(gb_server *server, void *data) {
	g_autoptr(gb_viewer) viewer = data;
	(void)server;
	if(!viewer->watch)
		return;
	gb_watch_stop(viewer->watch);
	let_go(viewer);
}

void gb_link_ready(gb_viewer *viewer) {
	order(viewer, do_ready);
}

void gb_link_pause(gb_viewer *viewer) {
	order(viewer, do_pause);
}

void gb_link_want_keyframe(gb_viewer *viewer) {
	order(viewer, do_keyframe);
}

void gb_link_stop(gb_viewer *viewer) {
	order(viewer, do_stop);
}

/* ---- what cannot be played ----------------------------------------------------------------- */

typedef struct {
	gb_viewer *viewer;
	gb_codec codec;
} unplayable;

static void unplayable_free(void *data) {
	unplayable *one = data;
	gb_viewer_unref(one->viewer);
	g_free(one);
}

/* SIP thread: with the stream's ladder; the API thread then stops the watch like any other. */
static void tell_unplayable(gb_server *server, void *data) {
	unplayable *one = data;
	const char *codec = gb_codec_name(one->codec);
	g_autoptr(gb_failure) failure = gb_failure_new(GB_ERROR_CODEC,
		"The camera sends %s, which this browser cannot be given: set it to H.264", codec);
	g_autoptr(gb_stream_info) info =
		one->viewer->watch ? gb_server_get_stream(server, one->viewer->stream) : NULL;
	if(info) {
		gb_watch_event event = {.kind = GB_WATCH_ENDED, .stream = info, .failure = failure};
		post_event(one->viewer, &event, codec);
	}
	unplayable_free(one);
}

void gb_link_unplayable(gb_viewer *viewer, gb_codec codec) {
	unplayable *one = g_new0(unplayable, 1);
	one->viewer = gb_viewer_ref(viewer);
	one->codec = codec;
	(void)gb_server_post(glue_of(viewer)->server, tell_unplayable, one, unplayable_free);
}
