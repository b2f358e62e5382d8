#include "gb28181/domain/gb_play.h"

#include "gb28181/base/gb_clock.h"
#include "gb28181/domain/gb_leg.h"
#include "gb28181/domain/gb_play_reasons.h"
#include "gb28181/domain/gb_watch.h"

#include <string.h>

const char *gb_play_state_name(gb_play_state state) {
	static const char *const names[] = {
		[GB_PLAY_INVITING] = "inviting",
		[GB_PLAY_WAITING_MEDIA] = "waiting_media",
		[GB_PLAY_PLAYING] = "playing",
		[GB_PLAY_INTERRUPTED] = "interrupted",
		[GB_PLAY_LINGERING] = "lingering",
		[GB_PLAY_CLOSING] = "closing",
	};
	return (size_t)state < G_N_ELEMENTS(names) ? names[state] : "";
}

/* ---- small parts --------------------------------------------------------------------------- */

static void start_timer(gb_play *play, int64_t delay_us) {
	gb_timers_start(play->server->timers, &play->timer, delay_us);
}

static void stop_timer(gb_play *play) {
	gb_timers_stop(play->server->timers, &play->timer);
}

static void start_lingering(gb_play *play) {
	gb_timers_start(
		play->server->timers, &play->linger_timer, play->server->config.linger_s * GB_SECOND);
}

static void stop_lingering(gb_play *play) {
	gb_timers_stop(play->server->timers, &play->linger_timer);
}

static void set_waiting(gb_play *play, bool waiting) {
	if(play->waiting == waiting)
		return;
	play->waiting = waiting;
	if(waiting)
		play->server->plays->waiting++;
	else
		play->server->plays->waiting--;
}

static void enter(gb_play *play, gb_play_state state) {
	if(play->state == state)
		return;
	play->state = state;
	gb_play_tell(play, GB_CHANGE_UPDATED);
}

static void illegal(gb_play *play, gb_play_event event) {
	play->server->counters.illegal_play_events++;
	gb_log(GB_LOG_DEBUG, "stream %s: event %d means nothing while %s", play->id, (int)event,
		gb_play_state_name(play->state));
}

static void hang_up(gb_play *play) {
	if(play->leg)
		gb_leg_hangup(play->leg);
}

static int backoff_s(const gb_play *play) {
	unsigned shift = MIN(play->attempt, 4u);
	return MIN(1 << shift, GB_PLAY_BACKOFF_MAX_S);
}

/** Time until the next attempt of reconnecting; 0 when the time for that is over. */
static int64_t next_attempt_us(const gb_play *play) {
	int64_t left = play->retry_until_us - gb_clock_us();
	return CLAMP(left, 0, backoff_s(play) * GB_SECOND);
}

/* ---- the end ------------------------------------------------------------------------------- */

static void close_stream(gb_play *play) {
	if(!play->stream)
		return;
	gb_stream_get_stats(play->stream, &play->last_stats);
	gb_stream_close(play->stream);
	play->stream = NULL;
}

/** Ends the play: BYE, no more packets, viewers hear of it. Paused ones stay and may resume, but
 * for `everybody`. */
static void end(gb_play *play, const gb_failure *failure, bool everybody) {
	if(failure)
		gb_log(GB_LOG_INFO, "stream %s of %s/%s ends: %s", play->id, play->device, play->channel,
			failure->message);
	stop_timer(play);
	stop_lingering(play);
	gb_timers_stop(play->server->timers, &play->keyframe_timer);
	set_waiting(play, false);
	gb_plays_hide(play);
	play->state = GB_PLAY_CLOSING;
	gb_ssrc_give_back(play->server->ssrcs, play->spare_ssrc);
	play->spare_ssrc = 0;
	play->closing_leg = play->leg;
	hang_up(play);
	close_stream(play);
	gb_watches_end(play, failure, everybody);
	gb_play_tell(play, GB_CHANGE_ENDED);
	if(!play->closing_leg)
		gb_plays_remove(play);
}

/* ---- interruptions ------------------------------------------------------------------------- */

static void rest(gb_play *play) {
	play->state = GB_PLAY_INTERRUPTED;
	hang_up(play);
	set_waiting(play, false);
	gb_stream_shut(play->stream);
	start_timer(play, next_attempt_us(play));
}

/** Media that flowed stops: a new INVITE follows, if there is still time for it. */
static void interrupt(gb_play *play, const char *reason, gb_failure *failure) {
	int64_t now = gb_clock_us();
	bool stable = now - play->playing_us >= GB_PLAY_STABLE_US;
	gb_failure_free(play->last_failure);
	play->last_failure = failure;
	if(!play->retry_until_us || stable) {
		play->attempt = 0;
		play->retry_until_us = now + play->server->config.reconnect_s * GB_SECOND;
	}
	if(next_attempt_us(play) == 0) {
		end(play, play->last_failure, false);
		return;
	}
	gb_log(GB_LOG_INFO, "stream %s of %s/%s is interrupted: %s", play->id, play->device,
		play->channel, reason);
	rest(play);
	gb_play_tell(play, GB_CHANGE_UPDATED);
	gb_watches_interrupted(play, reason, backoff_s(play));
}

/** An INVITE did not lead to media. */
static void attempt_failed(gb_play *play, const gb_failure *failure) {
	bool wanted = gb_play_active_viewers(play) > 0;
	if(!wanted || next_attempt_us(play) == 0) {
		end(play, failure, false);
		return;
	}
	gb_failure_free(play->last_failure);
	play->last_failure = gb_failure_copy(failure);
	rest(play);
	gb_play_tell(play, GB_CHANGE_UPDATED);
}

static void attempt_failed_by(gb_play *play, gb_failure *failure) {
	g_autoptr(gb_failure) owned = failure;
	attempt_failed(play, owned);
}

/* ---- inviting ------------------------------------------------------------------------------ */

static void invite(gb_play *play) {
	set_waiting(play, false);
	stop_timer(play);
	play->media_seen = false;
	if(!play->made_room && !play->has_waited && gb_plays_must_wait(play)) {
		play->has_waited = true;
		set_waiting(play, true);
		start_timer(play, GB_PLAY_CLEAR_US);
		return;
	}
	gb_failure *failure = NULL;
	if(!gb_play_invite(play, &failure))
		attempt_failed_by(play, failure);
}

static bool is_busy(const gb_failure *failure) {
	return failure->sip_status == 486 || failure->sip_status == 600;
}

/** The device has too many streams: ours that nobody watches make room, once (api.md 6). */
static void refused(gb_play *play, const gb_failure *failure) {
	if(!is_busy(failure)) {
		attempt_failed(play, failure);
		return;
	}
	if(!play->made_room && gb_plays_make_room(play)) {
		play->made_room = true;
		gb_ladder_start(&play->ladder, play->ladder.start_us);
		set_waiting(play, true);
		start_timer(play, GB_PLAY_CLEAR_US);
		return;
	}
	unsigned others = gb_plays_others(play);
	if(others)
		attempt_failed_by(play, gb_play_reason_device_streams(others));
	else
		attempt_failed(play, failure);
}

static void begin_media(gb_play *play) {
	play->playing_us = gb_clock_us();
	play->made_room = play->has_waited = false;
	start_timer(play, GB_PLAY_PICTURE_US);
	enter(play, gb_play_active_viewers(play) ? GB_PLAY_PLAYING : GB_PLAY_LINGERING);
}

static void answered(gb_play *play) {
	if(play->media_seen) {
		begin_media(play);
		return;
	}
	start_timer(play, play->server->config.first_packet_timeout_s * GB_SECOND);
	enter(play, GB_PLAY_WAITING_MEDIA);
}

/** The device registered from elsewhere while our INVITE was under way: ask again there. */
static void invite_again(gb_play *play) {
	if(!play->leg)
		return;
	hang_up(play);
	play->has_waited = true;
	start_timer(play, 0);
}

static void on_inviting(gb_play *play, gb_play_event event, const gb_failure *failure) {
	switch(event) {
	case GB_PLAY_ON_TIMER:
	case GB_PLAY_ON_CLEAR:
		if(!play->leg)
			invite(play);
		break;
	case GB_PLAY_ON_ANSWERED:
		answered(play);
		break;
	case GB_PLAY_ON_FAILED:
		hang_up(play);
		refused(play, failure);
		break;
	case GB_PLAY_ON_MOVED:
		invite_again(play);
		break;
	case GB_PLAY_ON_MEDIA:
		play->media_seen = play->leg != NULL;
		break;
	case GB_PLAY_ON_SILENCE:
		play->media_seen = false;
		break;
	default:
		illegal(play, event);
		break;
	}
}

static void on_waiting_media(gb_play *play, gb_play_event event, const gb_failure *failure) {
	switch(event) {
	case GB_PLAY_ON_TIMER:
		attempt_failed_by(play, gb_play_reason_step(&play->ladder));
		break;
	case GB_PLAY_ON_FAILED:
		attempt_failed(play, failure);
		break;
	case GB_PLAY_ON_MEDIA:
		begin_media(play);
		break;
	case GB_PLAY_ON_MOVED:
		break;
	default:
		illegal(play, event);
		break;
	}
}

/* ---- with media ---------------------------------------------------------------------------- */

/** No picture after all this time. Where there is only sound, that is what is played. */
static void check_picture(gb_play *play) {
	gb_stream_stats stats;
	gb_stream_get_stats(play->stream, &stats);
	bool sound_only = stats.format.video == GB_CODEC_NONE && stats.format.audio != GB_CODEC_NONE;
	if(play->ladder.at_us[GB_STEP_FIRST_KEYFRAME] || sound_only)
		return;
	g_autoptr(gb_failure) failure = gb_play_reason_step(&play->ladder);
	end(play, failure, false);
}

static void on_playing(gb_play *play, gb_play_event event, const gb_failure *failure) {
	switch(event) {
	case GB_PLAY_ON_TIMER:
		check_picture(play);
		break;
	case GB_PLAY_ON_FAILED:
		interrupt(play, "sip_error", gb_failure_copy(failure));
		break;
	case GB_PLAY_ON_BYE:
		interrupt(play, "bye", gb_play_reason_bye());
		break;
	case GB_PLAY_ON_SILENCE:
		interrupt(play, "no_media", gb_play_reason_silence());
		break;
	case GB_PLAY_ON_OFFLINE:
		interrupt(play, "offline", gb_play_reason_offline(play->device));
		break;
	case GB_PLAY_ON_MOVED:
	case GB_PLAY_ON_MEDIA:
		break;
	default:
		illegal(play, event);
		break;
	}
}

static void on_lingering(gb_play *play, gb_play_event event, const gb_failure *failure) {
	switch(event) {
	case GB_PLAY_ON_FAILED:
	case GB_PLAY_ON_BYE:
	case GB_PLAY_ON_SILENCE:
	case GB_PLAY_ON_OFFLINE:
		end(play, failure, false);
		break;
	case GB_PLAY_ON_TIMER:
	case GB_PLAY_ON_MOVED:
	case GB_PLAY_ON_MEDIA:
		break;
	default:
		illegal(play, event);
		break;
	}
}

static void try_again(gb_play *play) {
	const gb_device *device = gb_registry_find(play->server->registry, play->device);
	int64_t left = play->retry_until_us - gb_clock_us();
	if(device && device->online) {
		play->attempt++;
		gb_ladder_start(&play->ladder, gb_clock_us());
		enter(play, GB_PLAY_INVITING);
		invite(play);
	} else if(left > 0) { /* it is told when the device is back */
		start_timer(play, left);
	} else {
		attempt_failed_by(play, gb_play_reason_offline(play->device));
	}
}

static void on_interrupted(gb_play *play, gb_play_event event) {
	switch(event) {
	case GB_PLAY_ON_TIMER:
		try_again(play);
		break;
	case GB_PLAY_ON_ONLINE:
	case GB_PLAY_ON_MOVED:
		start_timer(play, 0);
		break;
	case GB_PLAY_ON_OFFLINE:
	case GB_PLAY_ON_MEDIA: /* told before the stream was shut */
	case GB_PLAY_ON_SILENCE:
		break;
	default:
		illegal(play, event);
		break;
	}
}

/* ---- what is the same in all states -------------------------------------------------------- */

static void unwanted(gb_play *play) {
	if(play->state == GB_PLAY_INTERRUPTED) {
		end(play, NULL, false);
		return;
	}
	start_lingering(play);
	if(play->state == GB_PLAY_PLAYING)
		enter(play, GB_PLAY_LINGERING);
}

static void wanted(gb_play *play) {
	stop_lingering(play);
	if(play->state != GB_PLAY_LINGERING)
		return;
	enter(play, GB_PLAY_PLAYING);
	if(!play->ladder.at_us[GB_STEP_FIRST_KEYFRAME]) /* nobody waited while it lingered */
		start_timer(play, GB_PLAY_PICTURE_US);
}

static bool before_media(const gb_play *play) {
	return play->state == GB_PLAY_INVITING || play->state == GB_PLAY_WAITING_MEDIA;
}

/** True when the event was dealt with. */
static bool common(gb_play *play, gb_play_event event, const gb_failure *failure) {
	switch(event) {
	case GB_PLAY_ON_WANTED:
		wanted(play);
		return true;
	case GB_PLAY_ON_UNWANTED:
		unwanted(play);
		return true;
	case GB_PLAY_ON_LINGERED:
		if(gb_play_active_viewers(play) == 0)
			end(play, NULL, false);
		return true;
	case GB_PLAY_ON_STOP:
		end(play, failure, true);
		return true;
	case GB_PLAY_ON_UNUSABLE: {
		if(play->state == GB_PLAY_INTERRUPTED) /* told before the stream was shut */
			return true;
		g_autoptr(gb_failure) unknown = gb_play_reason_unknown_media();
		end(play, unknown, false);
		return true;
	}
	case GB_PLAY_ON_BYE:
		if(before_media(play))
			attempt_failed_by(play, gb_play_reason_bye());
		return before_media(play);
	case GB_PLAY_ON_OFFLINE:
		if(before_media(play))
			attempt_failed_by(play, gb_play_reason_offline(play->device));
		return before_media(play);
	case GB_PLAY_ON_ONLINE:
		return play->state != GB_PLAY_INTERRUPTED;
	default:
		return false;
	}
}

static void by_state(gb_play *play, gb_play_event event, const gb_failure *failure) {
	switch(play->state) {
	case GB_PLAY_INVITING:
		on_inviting(play, event, failure);
		break;
	case GB_PLAY_WAITING_MEDIA:
		on_waiting_media(play, event, failure);
		break;
	case GB_PLAY_PLAYING:
		on_playing(play, event, failure);
		break;
	case GB_PLAY_INTERRUPTED:
		on_interrupted(play, event);
		break;
	case GB_PLAY_LINGERING:
		on_lingering(play, event, failure);
		break;
	case GB_PLAY_CLOSING:
		break;
	}
}

void gb_play_step(gb_play *play, gb_play_event event, const gb_failure *failure) {
	if(play->state == GB_PLAY_CLOSING) {
		illegal(play, event);
		return;
	}
	(void)gb_play_ref(play);
	if(!common(play, event, failure))
		by_state(play, event, failure);
	gb_play_unref(play);
}

/* ---- life ---------------------------------------------------------------------------------- */

static void on_timer(void *user) {
	gb_play_step(user, GB_PLAY_ON_TIMER, NULL);
}

static void on_linger_timer(void *user) {
	gb_play_step(user, GB_PLAY_ON_LINGERED, NULL);
}

static void on_keyframe_timer(void *user) {
	gb_play_want_keyframe(user);
}

gb_play *gb_play_open(gb_device *device, const char *channel, gb_failure **ret_failure) {
	gb_server *server = device->server;
	gb_play *play = g_new0(gb_play, 1);
	play->refs = 1;
	play->server = server;
	play->watches = g_ptr_array_new();
	(void)gb_str_copy(play->device, sizeof(play->device), device->id);
	(void)gb_str_copy(play->channel, sizeof(play->channel), channel);
	gb_timer_init(&play->timer, on_timer, play);
	gb_timer_init(&play->linger_timer, on_linger_timer, play);
	gb_timer_init(&play->keyframe_timer, on_keyframe_timer, play);
	if(!gb_play_open_stream(play, device, ret_failure)) {
		gb_ssrc_give_back(server->ssrcs, play->spare_ssrc);
		gb_play_unref(play);
		return NULL;
	}
	play->started_at = gb_clock_wall_us();
	gb_ladder_start(&play->ladder, gb_clock_us());
	gb_plays_add(server, play);
	start_timer(play, 0);
	gb_play_tell(play, GB_CHANGE_STARTED);
	return play;
}

gb_play *gb_play_ref(gb_play *play) {
	play->refs++;
	return play;
}

void gb_play_unref(gb_play *play) {
	if(--play->refs)
		return;
	g_ptr_array_free(play->watches, TRUE);
	gb_failure_free(play->last_failure);
	g_free(play);
}
