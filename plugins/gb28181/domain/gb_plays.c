/* All plays: found by channel, listed, told what becomes of their device. */
#include "gb28181/domain/gb_leg.h"
#include "gb28181/domain/gb_play.h"
#include "gb28181/domain/gb_play_reasons.h"
#include "gb28181/domain/gb_watch.h"

#include <string.h>

/** Ids rise from here on, so that they sort as texts, too. */
#define FIRST_ID 10000001u

gb_plays *gb_plays_new(void) {
	gb_plays *plays = g_new0(gb_plays, 1);
	plays->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	plays->all = g_ptr_array_new();
	plays->legs = g_ptr_array_new();
	plays->watches = g_ptr_array_new();
	plays->next_id = FIRST_ID;
	return plays;
}

void gb_plays_free(gb_plays *plays) {
	if(!plays)
		return;
	for(guint i = 0; i < plays->all->len; i++)
		gb_play_unref(plays->all->pdata[i]);
	for(guint i = 0; i < plays->legs->len; i++)
		gb_leg_free(plays->legs->pdata[i]);
	for(guint i = 0; i < plays->watches->len; i++)
		gb_watch_unref(plays->watches->pdata[i]);
	g_hash_table_destroy(plays->by_key);
	g_ptr_array_free(plays->all, TRUE);
	g_ptr_array_free(plays->legs, TRUE);
	g_ptr_array_free(plays->watches, TRUE);
	g_free(plays);
}

static char *key_of(const char *device, const char *channel) {
	return g_strdup_printf("%s/%s", device, channel);
}

gb_play *gb_plays_find(gb_server *server, const char *device, const char *channel) {
	g_autofree char *key = key_of(device, channel);
	return g_hash_table_lookup(server->plays->by_key, key);
}

void gb_plays_add(gb_server *server, gb_play *play) {
	gb_plays *plays = server->plays;
	(void)g_snprintf(play->id, sizeof(play->id), "%" G_GUINT64_FORMAT, plays->next_id++);
	g_hash_table_replace(plays->by_key, key_of(play->device, play->channel), play);
	g_ptr_array_add(plays->all, play);
}

void gb_plays_hide(gb_play *play) {
	g_autofree char *key = key_of(play->device, play->channel);
	GHashTable *by_key = play->server->plays->by_key;
	if(g_hash_table_lookup(by_key, key) == play)
		g_hash_table_remove(by_key, key);
}

void gb_plays_remove(gb_play *play) {
	if(g_ptr_array_remove(play->server->plays->all, play))
		gb_play_unref(play);
}

/* ---- figures ------------------------------------------------------------------------------- */

unsigned gb_plays_viewers(gb_server *server, const char *device, const char *channel) {
	if(g_hash_table_size(server->plays->by_key) == 0)
		return 0;
	const gb_play *play = gb_plays_find(server, device, channel);
	return play ? play->watches->len : 0;
}

void gb_plays_count(gb_server *server, unsigned *ret_streams, unsigned *ret_viewers) {
	*ret_streams = g_hash_table_size(server->plays->by_key);
	*ret_viewers = server->plays->watches->len;
}

unsigned gb_server_list_streams(gb_server *server, GPtrArray **ret_items) {
	const GPtrArray *all = server->plays->all;
	GPtrArray *items = g_ptr_array_new_with_free_func((GDestroyNotify)gb_stream_info_free);
	for(guint i = 0; i < all->len; i++)
		g_ptr_array_add(items, gb_play_info(all->pdata[i]));
	*ret_items = items;
	return items->len;
}

gb_stream_info *gb_server_get_stream(gb_server *server, const char *id) {
	const GPtrArray *all = server->plays->all;
	for(guint i = 0; i < all->len; i++) {
		const gb_play *play = all->pdata[i];
		if(!strcmp(play->id, id))
			return gb_play_info(play);
	}
	return NULL;
}

unsigned gb_plays_others(const gb_play *play) {
	const GPtrArray *all = play->server->plays->all;
	unsigned count = 0;
	for(guint i = 0; i < all->len; i++) {
		const gb_play *other = all->pdata[i];
		bool held = other->leg && other->state != GB_PLAY_CLOSING;
		if(other != play && held && !strcmp(other->device, play->device))
			count++;
	}
	return count;
}

/* ---- calls that end ------------------------------------------------------------------------ */

bool gb_plays_must_wait(const gb_play *play) {
	const GPtrArray *legs = play->server->plays->legs;
	for(guint i = 0; i < legs->len; i++) {
		const gb_leg *leg = legs->pdata[i];
		bool same = !strcmp(leg->device, play->device) &&
			(play->made_room || !strcmp(leg->channel, play->channel));
		if(leg->hung_up && same)
			return true;
	}
	return false;
}

/** A copy with references: what is done to them may change the list. */
static GPtrArray *snapshot(gb_server *server) {
	const GPtrArray *all = server->plays->all;
	GPtrArray *copy = g_ptr_array_new_with_free_func((GDestroyNotify)gb_play_unref);
	for(guint i = 0; i < all->len; i++)
		g_ptr_array_add(copy, gb_play_ref(all->pdata[i]));
	return copy;
}

void gb_plays_leg_closed(gb_server *server, const gb_leg *leg) {
	gb_plays *plays = server->plays;
	for(guint i = 0; i < plays->all->len; i++) {
		gb_play *play = plays->all->pdata[i];
		if(play->closing_leg == leg) {
			gb_plays_remove(play);
			break;
		}
	}
	if(plays->waiting > 0) {
		g_autoptr(GPtrArray) all = snapshot(server);
		for(guint i = 0; i < all->len; i++) {
			gb_play *play = all->pdata[i];
			if(play->waiting && !gb_plays_must_wait(play))
				gb_play_step(play, GB_PLAY_ON_CLEAR, NULL);
		}
	}
	if(plays->draining && server->drained && !gb_plays_busy(server)) {
		void (*drained)(void *user) = server->drained;
		server->drained = NULL;
		drained(server->drained_user);
	}
}

bool gb_plays_make_room(gb_play *play) {
	g_autoptr(GPtrArray) all = snapshot(play->server);
	for(guint i = 0; i < all->len; i++) {
		gb_play *other = all->pdata[i];
		bool idle = other->state != GB_PLAY_CLOSING && gb_play_active_viewers(other) == 0;
		if(other != play && idle && !strcmp(other->device, play->device))
			gb_play_step(other, GB_PLAY_ON_LINGERED, NULL);
	}
	bool made_room = play->made_room;
	play->made_room = true;
	bool ending = gb_plays_must_wait(play);
	play->made_room = made_room;
	return ending;
}

bool gb_plays_busy(gb_server *server) {
	const GPtrArray *legs = server->plays->legs;
	for(guint i = 0; i < legs->len; i++) {
		const gb_leg *leg = legs->pdata[i];
		if(leg->hung_up || leg->play)
			return true;
	}
	return false;
}

/* ---- what becomes of the device ------------------------------------------------------------ */

/** Does not reach plays that are closing. */
static void step_device(gb_device *device, gb_play_event event, const gb_failure *failure) {
	if(g_hash_table_size(device->server->plays->by_key) == 0)
		return;
	g_autoptr(GPtrArray) all = snapshot(device->server);
	for(guint i = 0; i < all->len; i++) {
		gb_play *play = all->pdata[i];
		if(play->state != GB_PLAY_CLOSING && !strcmp(play->device, device->id))
			gb_play_step(play, event, failure);
	}
}

void gb_plays_device_offline(gb_device *device) {
	step_device(device, GB_PLAY_ON_OFFLINE, NULL);
}

void gb_plays_device_online(gb_device *device) {
	step_device(device, GB_PLAY_ON_ONLINE, NULL);
}

void gb_plays_end_device(gb_device *device, const gb_failure *failure) {
	step_device(device, GB_PLAY_ON_STOP, failure);
}

static bool ask_again(const gb_play *play, gb_move move) {
	if(play->state == GB_PLAY_INTERRUPTED)
		return move != GB_MOVE_ROAMED;
	if(play->state != GB_PLAY_INVITING || !play->leg)
		return false;
	return move == GB_MOVE_REGISTERED_ELSEWHERE ||
		(move == GB_MOVE_REGISTERED_AGAIN && !play->leg->progress);
}

void gb_plays_device_moved(gb_device *device, gb_move move) {
	if(g_hash_table_size(device->server->plays->by_key) == 0)
		return;
	g_autoptr(GPtrArray) all = snapshot(device->server);
	for(guint i = 0; i < all->len; i++) {
		gb_play *play = all->pdata[i];
		if(play->state == GB_PLAY_CLOSING || strcmp(play->device, device->id))
			continue;
		if(ask_again(play, move))
			gb_play_step(play, GB_PLAY_ON_MOVED, NULL);
		else if(play->leg && move != GB_MOVE_REGISTERED_AGAIN)
			gb_sip_call_move(play->leg->call, &device->peer);
	}
}

void gb_plays_drain(gb_server *server) {
	server->plays->draining = true;
	g_autoptr(gb_failure) failure =
		gb_failure_new(GB_ERROR_STATE, "The server is being stopped. Try again later.");
	g_autoptr(GPtrArray) all = snapshot(server);
	for(guint i = 0; i < all->len; i++) {
		gb_play *play = all->pdata[i];
		if(play->state != GB_PLAY_CLOSING)
			gb_play_step(play, GB_PLAY_ON_STOP, failure);
	}
	gb_watches_end_parked(server, failure);
}
