#include "glue/gb_glue_watch.h"

#include "gb28181/base/gb_clock.h"
#include "gb28181/base/gb_log.h"
#include "glue/gb_glue_json.h"
#include "glue/gb_glue_link.h"
#include "glue/gb_glue_listen.h"
#include "glue/gb_glue_sdp.h"

#include <string.h>

enum { UNAUTHORIZED = 457, INVALID_STATE = 460, INVALID_SDP = 461, OTHER = 499 };

static void begin(gb_request *request);

/* ---- what others see of it ----------------------------------------------------------------- */

void gb_watching_show(gb_session *session) {
	const gb_viewer *viewer = session->viewer;
	json_t *shown = json_pack("{s:s, s:b, s:b}", "state", gb_session_state_name(session->state),
		"paused", session->paused, "peer_connection", session->has_pc);
	json_object_set_new(shown, "listens", gb_listen_topics(session->glue->listen, session));
	if(viewer) {
		json_object_set_new(shown, "device", json_string(viewer->device));
		json_object_set_new(shown, "channel", json_string(viewer->channel));
		json_object_set_new(shown, "stream", json_string(viewer->stream));
		json_object_set_new(shown, "viewer_ladder", gb_viewer_ladder(viewer));
	}
	gb_session_show(session, shown);
}

/* For Janus's event handlers. */
static void notify(const gb_session *session, const gb_viewer *viewer, const char *status) {
	gb_glue_notify(session->glue, session->handle,
		json_pack("{s:s, s:s, s:s, s:s, s:s}", "event", "watch", "status", status, "device",
			viewer->device, "channel", viewer->channel, "stream", viewer->stream));
}

static void become(gb_session *session, gb_session_state state) {
	session->state = state;
	gb_watching_show(session);
}

static void set_timer(gb_session *session, int64_t delay_us) {
	gb_timers_start(gb_glue_timers(session->glue->threads), &session->timer, delay_us);
}

static void stop_timer(gb_session *session) {
	gb_timers_stop(gb_glue_timers(session->glue->threads), &session->timer);
}

/* ---- the end of a PeerConnection ----------------------------------------------------------- */

static void be_idle(gb_session *session) {
	stop_timer(session);
	session->settling = false;
	become(session, GB_SESSION_IDLE);
	gb_request *next = g_steal_pointer(&session->queued);
	if(next)
		begin(next);
}

static void close_pc(gb_session *session, bool answered) {
	session->settling = false;
	set_timer(session, answered ? GB_WATCHING_HANGUP_US : GB_WATCHING_HANGUP_UNANSWERED_US);
	session->glue->core->close_pc(session->handle);
}

/* The core forgets an order to close that comes just before it has selected a candidate pair, since
 * it empties the handle's queue then, and the handle is of no use ever after. So what was answered
 * is closed after its media are up. */
static void close_safely(gb_session *session, bool answered) {
	if(!answered || session->media_up) {
		close_pc(session, answered);
		return;
	}
	session->settling = true;
	set_timer(session, GB_WATCHING_SETTLE_US);
}

/* The viewer is gone; so must be its PeerConnection, if it got that far, before another `watch`. */
static void wind_up(gb_session *session, bool answered) {
	stop_timer(session);
	if(session->offering || session->has_pc)
		become(session, GB_SESSION_STOPPING);
	if(!session->offering && session->has_pc)
		close_safely(session, answered);
	if(!session->offering && !session->has_pc)
		be_idle(session);
}

/* Takes the viewer off the handle and off its stream. */
static void drop_viewer(gb_session *session) {
	gb_viewer *viewer = g_steal_pointer(&session->viewer);
	session->paused = false;
	if(!viewer)
		return;
	gb_viewer_shut(viewer);
	gb_link_stop(viewer);
	gb_viewer_unref(viewer);
}

static void end_watch(gb_session *session) {
	bool answered = session->state == GB_SESSION_WATCHING;
	drop_viewer(session);
	wind_up(session, answered);
}

/* ---- watch --------------------------------------------------------------------------------- */

static json_t *with_holders(json_t *error, json_t *holders) {
	if(holders)
		json_object_set(error, "holders", holders);
	return error;
}

/* Nothing came of it before there was an offer. */
static void give_up(gb_session *session, gb_request *request, json_t *error) {
	drop_viewer(session);
	be_idle(session);
	gb_request_fail(request, error);
}

static void fail_without_transaction(gb_session *session, json_t *error) {
	gb_viewer *viewer = session->viewer;
	json_object_set_new(error, "device", json_string(viewer->device));
	json_object_set_new(error, "channel", json_string(viewer->channel));
	json_object_set_new(error, "stream", json_string(viewer->stream));
	json_object_set_new(error, "viewer_ladder", gb_viewer_ladder(viewer));
	if(!json_object_get(error, "ladder"))
		json_object_set_new(error, "ladder", json_array());
	gb_session_push(session, NULL, error, NULL, NULL);
	notify(session, viewer, "failed");
	end_watch(session);
}

/* The offer went through the pool. */
static void on_offer_pushed(gb_session *session, bool fine) {
	session->offering = false;
	session->media_up = false;
	if(fine)
		session->has_pc = true;
	if(g_atomic_int_get(&session->gone))
		return;
	if(session->state == GB_SESSION_STOPPING) {
		wind_up(session, false);
	} else if(!fine && session->viewer) {
		fail_without_transaction(
			session, gb_json_error(OTHER, "Janus did not take the offer: try again"));
	} else if(session->state == GB_SESSION_PREPARING) {
		session->viewer->offer_sent_us = gb_clock_us();
		set_timer(session, GB_WATCHING_ANSWER_US);
		gb_watching_show(session);
	}
}

static void offer(gb_session *session, const char *transaction) {
	gb_viewer *viewer = session->viewer;
	g_autofree char *sdp = gb_offer_new(session->number, viewer->channel, viewer->audio);
	json_t *event = gb_api_event(json_pack("{s:s, s:s, s:s, s:s}", "status", "preparing", "stream",
		viewer->stream, "device", viewer->device, "channel", viewer->channel));
	session->offering = true;
	gb_session_push(session, transaction, event,
		json_pack("{s:s, s:s}", "type", "offer", "sdp", sdp), on_offer_pushed);
	notify(session, viewer, "preparing");
	gb_watching_show(session);
}

static json_t *stopped_meanwhile(void) {
	return gb_json_error(INVALID_STATE, "The watch was stopped before it began");
}

static void on_opened(gb_link_result *result) {
	gb_request *request = g_steal_pointer(&result->request);
	gb_session *session = request->session;
	if(session->viewer != result->viewer) {
		gb_request_fail(request, stopped_meanwhile());
		return;
	}
	if(result->failure) {
		give_up(session, request, with_holders(gb_json_failure(result->failure), result->holders));
		return;
	}
	offer(session, request->transaction);
	gb_request_free(request);
}

static bool is_allowed(const gb_request *request, const gb_viewer *viewer) {
	return gb_glue_auth_allows(request->session->glue, gb_api_text(request->body, "token"), "watch",
		viewer->device, viewer->channel);
}

static void open_stream(gb_session *session, gb_request *request) {
	gb_viewer *viewer = session->viewer;
	if(is_allowed(request, viewer))
		gb_link_open(viewer, request, on_opened);
	else
		give_up(session, request,
			gb_json_error(UNAUTHORIZED, "Unauthorized: the token does not allow watch/%s/%s",
				viewer->device, viewer->channel));
}

static void on_resolved(gb_link_result *result) {
	gb_request *request = g_steal_pointer(&result->request);
	gb_session *session = request->session;
	if(session->viewer != result->viewer) {
		gb_request_fail(request, stopped_meanwhile());
	} else if(result->failure) {
		give_up(session, request, gb_json_failure(result->failure));
	} else {
		gb_str_copy(result->viewer->channel, GB_ID_SIZE, result->channel);
		open_stream(session, request);
	}
}

/* The handle is IDLE. */
static void begin(gb_request *request) {
	gb_session *session = request->session;
	const char *channel = gb_api_text(request->body, "channel");
	gb_viewer *viewer = gb_viewer_new(session, gb_api_bool(request->body, "audio", true));
	session->viewer = viewer;
	gb_str_copy(viewer->device, sizeof(viewer->device), gb_api_text(request->body, "device"));
	gb_str_copy(viewer->channel, sizeof(viewer->channel), channel ? channel : "");
	become(session, GB_SESSION_PREPARING);
	if(channel)
		open_stream(session, request);
	else
		gb_link_resolve(viewer, request, on_resolved);
}

void gb_watching_watch(gb_request *request) {
	gb_session *session = request->session;
	if(session->state == GB_SESSION_IDLE)
		begin(request);
	else if(session->state == GB_SESSION_STOPPING && !session->queued)
		session->queued = request;
	else
		gb_request_fail(request,
			gb_json_error(
				INVALID_STATE, "This handle watches already: stop first, or attach another"));
}

/* ---- start --------------------------------------------------------------------------------- */

static json_t *status(const char *word) {
	return json_pack("{s:s}", "status", word);
}

static void take_answer(gb_session *session, gb_request *request) {
	gb_answer parsed;
	const char *type = gb_api_text(request->jsep, "type");
	if(g_strcmp0(type, "answer") || !gb_answer_parse(gb_api_text(request->jsep, "sdp"), &parsed)) {
		gb_request_fail(
			request, gb_json_error(INVALID_SDP, "start needs a JSEP answer to our offer"));
		return;
	}
	session->viewer->answer_us = gb_clock_us();
	if(!session->viewer->offer_sent_us)
		session->viewer->offer_sent_us = session->viewer->answer_us;
	session->has_pc = true;
	stop_timer(session);
	become(session, GB_SESSION_WATCHING);
	if(!parsed.video && !parsed.audio) {
		gb_request_fail(request,
			gb_json_error(INVALID_SDP,
				"The answer refuses the media of the offer: does the browser decode H.264?"));
		end_watch(session);
		return;
	}
	gb_request_answer(request, status("started"));
}

static void on_resumed(gb_link_result *result) {
	gb_request *request = g_steal_pointer(&result->request);
	gb_session *session = request->session;
	if(session->viewer != result->viewer) {
		gb_request_fail(request, stopped_meanwhile());
	} else if(result->failure) {
		gb_request_fail(request, with_holders(gb_json_failure(result->failure), result->holders));
	} else {
		session->paused = false;
		gb_watching_show(session);
		gb_request_answer(request, status("started"));
	}
}

void gb_watching_start(gb_request *request) {
	gb_session *session = request->session;
	bool answer = json_is_object(request->jsep);
	if(session->state == GB_SESSION_PREPARING)
		take_answer(session, request);
	else if(session->state != GB_SESSION_WATCHING || answer)
		gb_request_fail(request,
			gb_json_error(INVALID_STATE,
				answer ? "There is no offer that waits for an answer"
					   : "There is nothing to start: watch first"));
	else if(session->paused)
		gb_link_resume(session->viewer, request, on_resumed);
	else
		gb_request_answer(request, status("started"));
}

/* ---- pause, stop --------------------------------------------------------------------------- */

void gb_watching_pause(gb_request *request) {
	gb_session *session = request->session;
	if(session->state != GB_SESSION_WATCHING) {
		gb_request_fail(request, gb_json_error(INVALID_STATE, "There is nothing to pause"));
		return;
	}
	if(!session->paused) {
		session->paused = true;
		gb_link_pause(session->viewer);
		gb_watching_show(session);
	}
	gb_request_answer(request, status("paused"));
}

void gb_watching_stop(gb_request *request) {
	g_autoptr(gb_session) session = gb_session_ref(request->session);
	gb_request *queued = g_steal_pointer(&session->queued);
	if(queued)
		gb_request_fail(queued, stopped_meanwhile());
	if(session->viewer)
		notify(session, session->viewer, "stopped");
	gb_request_answer(request, status("stopped"));
	if(session->state == GB_SESSION_PREPARING || session->state == GB_SESSION_WATCHING)
		end_watch(session);
}

/* ---- what Janus tells ---------------------------------------------------------------------- */

static void on_media_up(gb_session *session) {
	gb_viewer *viewer = session->viewer;
	session->media_up = session->has_pc;
	if(session->settling)
		close_pc(session, true);
	if(!viewer || session->paused)
		return;
	if(!viewer->connected_us)
		viewer->connected_us = gb_clock_us();
	gb_link_ready(viewer);
	gb_watching_show(session);
}

static void on_hangup(gb_session *session) {
	bool had_pc = session->has_pc;
	session->has_pc = session->media_up = false;
	if(session->state == GB_SESSION_STOPPING && !session->offering) {
		be_idle(session);
	} else if(session->viewer && had_pc) {
		/* the browser closed it, or lost its way; Janus tells the client itself */
		notify(session, session->viewer, "stopped");
		end_watch(session);
	}
}

static void on_destroyed(gb_session *session) {
	if(session->viewer)
		notify(session, session->viewer, "stopped");
	drop_viewer(session);
	stop_timer(session);
	g_clear_pointer(&session->queued, gb_request_free);
	gb_listen_forget(session->glue->listen, session);
	session->state = GB_SESSION_IDLE;
	gb_session_show(session, NULL);
}

void gb_watching_told(gb_session *session, unsigned told) {
	gb_log_set_context("handle %" G_GUINT64_FORMAT, session->number);
	if(told & GB_SESSION_DESTROYED)
		on_destroyed(session);
	if(g_atomic_int_get(&session->gone)) {
		gb_log_set_context(NULL);
		return;
	}
	if(told & GB_SESSION_HANGUP)
		on_hangup(session);
	if(told & GB_SESSION_MEDIA_UP)
		on_media_up(session);
	if((told & GB_SESSION_KEYFRAME) && session->viewer) {
		atomic_fetch_add(&session->viewer->counters.keyframe_requests, 1);
		gb_link_want_keyframe(session->viewer);
	}
	gb_log_set_context(NULL);
}

void gb_watching_timeout(void *user) {
	gb_session *session = user;
	if(session->settling) {
		close_pc(session, true);
	} else if(session->state == GB_SESSION_STOPPING) {
		gb_log(GB_LOG_VERBOSE,
			"Janus did not say that the PeerConnection of handle %" G_GUINT64_FORMAT " is gone",
			session->number);
		session->has_pc = false;
		be_idle(session);
	} else if(session->state == GB_SESSION_PREPARING && session->viewer) {
		json_t *error = gb_json_error(INVALID_STATE,
			"No answer to the offer came within %d s: send start with the JSEP answer",
			(int)(GB_WATCHING_ANSWER_US / GB_SECOND));
		json_object_set_new(error, "step", json_string("answer"));
		fail_without_transaction(session, error);
	}
}

/* ---- what becomes of the stream ------------------------------------------------------------ */

void gb_watching_unplayable(gb_viewer *viewer, gb_codec codec) {
	gb_link_unplayable(viewer, codec);
}

static void on_playing(gb_session *session, const gb_link_event *event) {
	const gb_media_format *format = &event->stream.stats.format;
	json_t *result = json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "status", "playing", "stream",
		event->stream.id, "video", gb_json_video(format), "audio", gb_json_audio(format), "ladder",
		gb_json_ladder(&event->stream.ladder), "viewer_ladder", gb_viewer_ladder(session->viewer));
	gb_session_push(session, NULL, gb_api_event(result), NULL, NULL);
	notify(session, session->viewer, "playing");
	gb_watching_show(session);
}

static void on_interrupted(gb_session *session, const gb_link_event *event) {
	json_t *result =
		json_pack("{s:s, s:s, s:s, s:i}", "status", "interrupted", "stream", event->stream.id,
			"reason", event->reason ? event->reason : "no_media", "retry_s", event->retry_s);
	gb_session_push(session, NULL, gb_api_event(result), NULL, NULL);
	notify(session, session->viewer, "interrupted");
}

static void on_ended(gb_session *session, const gb_link_event *event) {
	json_t *error = with_holders(gb_json_failure(event->failure), event->holders);
	json_object_set_new(error, "ladder", gb_json_ladder(&event->stream.ladder));
	gb_step missing = gb_ladder_missing(&event->stream.ladder);
	if(!json_object_get(error, "step") && missing != GB_STEPS)
		json_object_set_new(error, "step", json_string(gb_step_name(missing)));
	if(event->codec)
		json_object_set_new(error, "codec", json_string(event->codec));
	fail_without_transaction(session, error);
}

void gb_watching_event(const gb_link_event *event) {
	gb_session *session = event->viewer->session;
	if(session->viewer != event->viewer || g_atomic_int_get(&session->gone))
		return;
	gb_log_set_context("handle %" G_GUINT64_FORMAT, session->number);
	switch(event->kind) {
	case GB_WATCH_PLAYING:
		on_playing(session, event);
		break;
	case GB_WATCH_INTERRUPTED:
		on_interrupted(session, event);
		break;
	case GB_WATCH_ENDED:
		on_ended(session, event);
		break;
	}
	gb_log_set_context(NULL);
}
