/* A play and its stream: events that come up, key frames that are asked for, figures. */
#include "gb28181/domain/gb_play.h"
#include "gb28181/domain/gb_query.h"
#include "gb28181/domain/gb_watch.h"

#include "gb28181/base/gb_clock.h"

#include <string.h>

static void on_first_packet(gb_play *play, const gb_stream_event *event) {
	if(!play->ladder.at_us[GB_STEP_FIRST_PACKET])
		play->ladder.source = event->source;
	gb_ladder_reach(&play->ladder, GB_STEP_FIRST_PACKET, event->at_us);
	gb_stream_watch_silence(play->stream, play->server->config.media_timeout_s * GB_SECOND);
	gb_play_step(play, GB_PLAY_ON_MEDIA, NULL);
}

static void on_sink_started(gb_play *play, const gb_stream_event *event) {
	if(play->state == GB_PLAY_INTERRUPTED)
		return;
	gb_ladder_reach(&play->ladder, GB_STEP_FIRST_RELAY, event->at_us);
	gb_watches_started(play, event->sink);
}

static void on_format(gb_play *play, const gb_stream_event *event) {
	if(event->format.video != GB_CODEC_NONE || event->format.audio != GB_CODEC_NONE)
		gb_ladder_reach(&play->ladder, GB_STEP_CODEC, event->at_us);
	gb_play_tell(play, GB_CHANGE_UPDATED);
}

void gb_play_on_stream(const gb_stream_event *event, void *user) {
	gb_play *play = user;
	if(!play->stream || event->generation != gb_stream_generation(play->stream))
		return; /* of an earlier INVITE */
	switch(event->kind) {
	case GB_STREAM_FIRST_PACKET:
		on_first_packet(play, event);
		break;
	case GB_STREAM_FIRST_PACK:
		gb_ladder_reach(&play->ladder, GB_STEP_FIRST_PACK, event->at_us);
		break;
	case GB_STREAM_FORMAT:
		on_format(play, event);
		break;
	case GB_STREAM_FIRST_KEYFRAME:
		gb_ladder_reach(&play->ladder, GB_STEP_FIRST_KEYFRAME, event->at_us);
		break;
	case GB_STREAM_SINK_STARTED:
		on_sink_started(play, event);
		break;
	case GB_STREAM_NO_MEDIA:
		gb_play_step(play, GB_PLAY_ON_SILENCE, NULL);
		break;
	case GB_STREAM_KEYFRAME_WANTED:
		gb_play_want_keyframe(play);
		break;
	case GB_STREAM_UNKNOWN_MEDIA:
		gb_play_step(play, GB_PLAY_ON_UNUSABLE, NULL);
		break;
	}
}

/* ---- key frames ---------------------------------------------------------------------------- */

static void ask_for_keyframe(gb_play *play) {
	gb_server *server = play->server;
	const gb_device *device = gb_registry_find(server->registry, play->device);
	if(!device || !device->online)
		return;
	g_autofree char *body = gb_manscdp_build_key_frame(
		gb_device_version(device), gb_query_next_sn(server), play->channel);
	gb_sip_message(server->sip, &device->peer, device->id, body, strlen(body), NULL, NULL);
}

void gb_play_want_keyframe(gb_play *play) {
	bool flows = play->state == GB_PLAY_PLAYING || play->state == GB_PLAY_WAITING_MEDIA;
	if(!flows || gb_timer_running(&play->keyframe_timer))
		return;
	int64_t now = gb_clock_us();
	int64_t since = now - play->keyframe_us;
	if(play->keyframe_us && since < GB_PLAY_KEYFRAME_US) {
		gb_timers_start(play->server->timers, &play->keyframe_timer, GB_PLAY_KEYFRAME_US - since);
		return;
	}
	play->keyframe_us = now;
	ask_for_keyframe(play);
}

/* ---- figures ------------------------------------------------------------------------------- */

unsigned gb_play_active_viewers(const gb_play *play) {
	unsigned count = 0;
	for(guint i = 0; i < play->watches->len; i++) {
		const gb_watch *watch = play->watches->pdata[i];
		count += watch->paused ? 0 : 1;
	}
	return count;
}

gb_stream_info *gb_play_info(const gb_play *play) {
	gb_stream_info *info = g_new0(gb_stream_info, 1);
	memcpy(info->id, play->id, sizeof(info->id));
	memcpy(info->device, play->device, sizeof(info->device));
	memcpy(info->channel, play->channel, sizeof(info->channel));
	info->state = play->state;
	if(play->stream)
		gb_stream_get_stats(play->stream, &info->stats);
	else
		info->stats = play->last_stats;
	info->viewers = play->watches->len;
	info->paused_viewers = info->viewers - gb_play_active_viewers(play);
	info->ladder = play->ladder;
	info->port = play->port;
	info->started_at = play->started_at;
	info->invites = play->invites;
	return info;
}

void gb_stream_info_free(gb_stream_info *info) {
	g_free(info);
}

void gb_play_tell(gb_play *play, gb_change change) {
	gb_server *server = play->server;
	if(!server->events.stream || !server->running)
		return;
	g_autoptr(gb_stream_info) info = gb_play_info(play);
	server->events.stream(server->user, change, info);
}
