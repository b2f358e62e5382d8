#include "gb28181/domain/gb_watch.h"

#include "gb28181/domain/gb_play_reasons.h"

#include <string.h>

static gb_watch *ref(gb_watch *watch) {
	watch->refs++;
	return watch;
}

void gb_watch_unref(gb_watch *watch) {
	if(--watch->refs)
		return;
	gb_sink_unref(watch->sink);
	g_free(watch);
}

static GPtrArray *snapshot(const GPtrArray *watches) {
	GPtrArray *copy = g_ptr_array_new_with_free_func((GDestroyNotify)gb_watch_unref);
	for(guint i = 0; i < watches->len; i++)
		g_ptr_array_add(copy, ref(watches->pdata[i]));
	return copy;
}

/** It takes no more part; the caller still holds a reference. */
static void retire(gb_watch *watch) {
	watch->gone = true;
	watch->play = NULL;
	if(g_ptr_array_remove_fast(watch->server->plays->watches, watch))
		gb_watch_unref(watch);
}

/* ---- what a play tells --------------------------------------------------------------------- */

void gb_watches_started(gb_play *play, const gb_sink *sink) {
	g_autoptr(GPtrArray) watches = snapshot(play->watches);
	g_autoptr(gb_stream_info) info = gb_play_info(play);
	gb_watch_event event = {.kind = GB_WATCH_PLAYING, .stream = info};
	for(guint i = 0; i < watches->len; i++) {
		gb_watch *watch = watches->pdata[i];
		if(watch->sink == sink && !watch->gone && !watch->paused)
			watch->event(watch, &event, watch->user);
	}
}

void gb_watches_interrupted(gb_play *play, const char *reason, int retry_s) {
	g_autoptr(GPtrArray) watches = snapshot(play->watches);
	g_autoptr(gb_stream_info) info = gb_play_info(play);
	gb_watch_event event = {
		.kind = GB_WATCH_INTERRUPTED, .stream = info, .reason = reason, .retry_s = retry_s};
	for(guint i = 0; i < watches->len; i++) {
		gb_watch *watch = watches->pdata[i];
		if(!watch->gone && !watch->paused)
			watch->event(watch, &event, watch->user);
	}
}

static void end_one(gb_watch *watch, const gb_watch_event *event) {
	if(watch->gone)
		return;
	retire(watch);
	watch->event(watch, event, watch->user);
}

void gb_watches_end(gb_play *play, const gb_failure *failure, bool everybody) {
	g_autoptr(GPtrArray) watches = snapshot(play->watches);
	g_autoptr(gb_stream_info) info = gb_play_info(play);
	gb_watch_event event = {.kind = GB_WATCH_ENDED, .stream = info, .failure = failure};
	g_ptr_array_set_size(play->watches, 0);
	for(guint i = 0; i < watches->len; i++)
		((gb_watch *)watches->pdata[i])->play = NULL;
	for(guint i = 0; i < watches->len; i++) {
		gb_watch *watch = watches->pdata[i];
		if(everybody || !watch->paused)
			end_one(watch, &event);
	}
}

void gb_watches_end_parked(gb_server *server, const gb_failure *failure) {
	g_autoptr(GPtrArray) watches = snapshot(server->plays->watches);
	for(guint i = 0; i < watches->len; i++) {
		gb_watch *watch = watches->pdata[i];
		if(watch->play)
			continue;
		gb_stream_info info = {.state = GB_PLAY_CLOSING};
		memcpy(info.device, watch->device, sizeof(info.device));
		memcpy(info.channel, watch->channel, sizeof(info.channel));
		gb_watch_event event = {.kind = GB_WATCH_ENDED, .stream = &info, .failure = failure};
		end_one(watch, &event);
	}
}

/* ---- joining ------------------------------------------------------------------------------- */

static gb_failure *why_not_channel(const gb_device *device, const char *channel) {
	const gb_channel *node = gb_device_find_channel(device, channel);
	if(!node) {
		return gb_failure_new(GB_ERROR_NOT_FOUND,
			"Device %s lists no channel %s. Refresh its catalog if it should.", device->id,
			channel);
	}
	if(!node->playable) {
		return gb_failure_new(GB_ERROR_INVALID, "Node %s is no camera but of type '%s'.", channel,
			gb_node_kind_name(node->node));
	}
	return NULL;
}

/** What is known at once; NULL = go on. */
static gb_failure *why_not(gb_server *server, const char *device_id, const char *channel) {
	if(!server->running || server->plays->draining)
		return gb_failure_new(GB_ERROR_STATE, "The server is being stopped. Try again later.");
	const gb_device *device = gb_registry_find(server->registry, device_id);
	if(!device)
		return gb_failure_new(GB_ERROR_NOT_FOUND, "There is no device %s.", device_id);
	gb_failure *failure = why_not_channel(device, channel);
	if(failure)
		return failure;
	if(!device->online)
		return gb_play_reason_offline(device->id);
	if(device->peer.transport == GB_SIP_TCP && !device->peer.flow)
		return gb_play_reason_unreachable(device->id);
	return NULL;
}

/** The play of this channel, opened when there is none. */
static gb_play *find_or_open(
	gb_server *server, const char *device, const char *channel, gb_failure **ret_failure) {
	gb_failure *failure = why_not(server, device, channel);
	if(failure) {
		*ret_failure = failure;
		return NULL;
	}
	gb_play *play = gb_plays_find(server, device, channel);
	if(play)
		return play;
	if(g_hash_table_size(server->plays->by_key) >= GB_PLAYS_MAX) {
		*ret_failure =
			gb_failure_new(GB_ERROR_LIMIT, "There are %u streams already.", GB_PLAYS_MAX);
		(*ret_failure)->limit = g_strdup("streams");
		return NULL;
	}
	return gb_play_open(gb_registry_find(server->registry, device), channel, ret_failure);
}

static void attach(gb_watch *watch) {
	if(watch->ready && !watch->paused && watch->play && watch->play->stream)
		gb_stream_attach(watch->play->stream, watch->sink);
}

static void join(gb_watch *watch, gb_play *play) {
	watch->play = play;
	g_ptr_array_add(play->watches, watch);
	gb_play_step(play, GB_PLAY_ON_WANTED, NULL);
}

gb_watch *gb_server_watch(gb_server *server, const char *device, const char *channel, gb_sink *sink,
	gb_watch_fn event, void *user, char ret_stream_id[24], gb_failure **ret_failure) {
	gb_play *play = find_or_open(server, device, channel, ret_failure);
	if(!play)
		return NULL;
	gb_watch *watch = g_new0(gb_watch, 1);
	watch->refs = 1;
	watch->server = server;
	watch->sink = gb_sink_ref(sink);
	watch->event = event;
	watch->user = user;
	(void)gb_str_copy(watch->device, sizeof(watch->device), device);
	(void)gb_str_copy(watch->channel, sizeof(watch->channel), channel);
	g_ptr_array_add(server->plays->watches, watch);
	join(watch, play);
	memcpy(ret_stream_id, play->id, sizeof(play->id));
	return watch;
}

void gb_watch_ready(gb_watch *watch) {
	if(watch->gone)
		return;
	watch->ready = true;
	attach(watch);
}

/** The play has one viewer less that wants packets. */
static void lose(gb_play *play) {
	if(gb_play_active_viewers(play) == 0)
		gb_play_step(play, GB_PLAY_ON_UNWANTED, NULL);
}

void gb_watch_pause(gb_watch *watch) {
	if(watch->gone || watch->paused)
		return;
	watch->paused = true;
	if(!watch->play)
		return;
	if(watch->play->stream)
		gb_stream_detach(watch->play->stream, watch->sink, NULL, NULL);
	lose(watch->play);
}

bool gb_watch_resume(gb_watch *watch, gb_failure **ret_failure) {
	if(watch->gone) {
		*ret_failure = gb_failure_new(GB_ERROR_STATE, "This viewer has left.");
		return false;
	}
	if(!watch->paused)
		return true;
	gb_play *play = watch->play;
	if(!play) {
		play = find_or_open(watch->server, watch->device, watch->channel, ret_failure);
		if(!play)
			return false;
		watch->paused = false;
		join(watch, play);
	} else {
		watch->paused = false;
		gb_play_step(play, GB_PLAY_ON_WANTED, NULL);
	}
	attach(watch);
	return true;
}

void gb_watch_stop(gb_watch *watch) {
	if(watch->gone)
		return;
	(void)ref(watch);
	gb_play *play = watch->play;
	bool active = !watch->paused;
	retire(watch);
	if(play) {
		g_ptr_array_remove(play->watches, watch);
		if(play->stream)
			gb_stream_detach(play->stream, watch->sink, NULL, NULL);
		if(active)
			lose(play);
	}
	gb_watch_unref(watch);
}

void gb_watch_want_keyframe(gb_watch *watch) {
	if(!watch->gone && !watch->paused && watch->play)
		gb_play_want_keyframe(watch->play);
}
