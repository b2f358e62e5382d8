#include "gb28181/domain/gb_catalog.h"

#include "gb28181/base/gb_clock.h"
#include "gb28181/domain/gb_interview.h"
#include "gb28181/domain/gb_persist.h"

#include <string.h>

/* ---- one channel --------------------------------------------------------------------------- */

/** Adds or updates it (transfer full); true when something is new. */
static bool upsert(gb_device *device, gb_channel *channel) {
	gb_server *server = device->server;
	const gb_channel *old = gb_device_find_channel(device, channel->id);
	if(old && !gb_channel_differs(old, channel)) {
		gb_channel_free(channel);
		return false;
	}
	bool added = !old;
	channel->faulty = old && old->faulty;
	if(!gb_device_put_channel(device, channel)) {
		server->counters.items_dropped++;
		return false;
	}
	if(added && server->running)
		server->channels++;
	gb_core_tell_channel(device, channel, added ? GB_CHANGE_ADDED : GB_CHANGE_UPDATED);
	return true;
}

static void drop(gb_device *device, const char *id) {
	const gb_channel *channel = gb_device_find_channel(device, id);
	if(!channel)
		return;
	if(device->server->running)
		device->server->channels--;
	gb_core_tell_channel(device, channel, GB_CHANGE_REMOVED);
	gb_device_drop_channel(device, id);
}

void gb_catalog_settle(gb_device *device) {
	bool playable = false;
	const gb_channel *own = gb_device_find_channel(device, device->id);
	for(GTreeNode *node = device->channels ? g_tree_node_first(device->channels) : NULL;
		node && !playable; node = g_tree_node_next(node)) {
		const gb_channel *channel = g_tree_node_value(node);
		playable = channel->playable && !channel->assumed;
	}
	if(playable && own && own->assumed)
		drop(device, device->id);
	else if(!playable && !own && device->kind == GB_DEVICE_DEVICE)
		(void)upsert(device, gb_channel_assumed(device));
	gb_device_recount(device);
}

/* ---- a collection -------------------------------------------------------------------------- */

static void remove_missing(gb_device *device, GHashTable *listed) {
	g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func(g_free);
	for(GTreeNode *node = device->channels ? g_tree_node_first(device->channels) : NULL; node;
		node = g_tree_node_next(node)) {
		const gb_channel *channel = g_tree_node_value(node);
		if(!channel->assumed && !g_hash_table_contains(listed, channel->id))
			g_ptr_array_add(gone, g_strdup(channel->id));
	}
	for(guint i = 0; i < gone->len; i++)
		drop(device, gone->pdata[i]);
}

static bool is_complete(const gb_query *query) {
	return query->expected >= 0 && (int64_t)g_hash_table_size(query->channels) >= query->expected;
}

void gb_catalog_end(gb_query *query) {
	gb_device *device = query->device;
	unsigned received = g_hash_table_size(query->channels);
	bool complete = is_complete(query);
	if(complete)
		remove_missing(device, query->channels);
	GHashTableIter iter;
	gpointer value;
	g_hash_table_iter_init(&iter, query->channels);
	while(g_hash_table_iter_next(&iter, NULL, &value)) {
		g_hash_table_iter_steal(&iter);
		(void)upsert(device, value);
	}
	gb_catalog_settle(device);
	device->catalog_complete = complete;
	device->catalog_received = received;
	device->catalog_expected = query->expected < 0 ? received : (unsigned)query->expected;
	gb_persist_channels(device);
	gb_core_tell_device(device, GB_CHANGE_UPDATED);
	gb_query_result result = {
		.end = GB_QUERY_ANSWERED,
		.complete = complete,
		.expected = device->catalog_expected,
		.received = received,
	};
	gb_query_finish(query, &result);
}

static void free_channel(gpointer channel) {
	gb_channel_free(channel);
}

static void collect(gb_query *query, const gb_catalog *catalog) {
	gb_server *server = query->server;
	if(!query->channels)
		query->channels = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_channel);
	/* SumNum of later parts may be lower, of the part alone (seen): the largest counts */
	query->expected = MAX(query->expected, MIN(catalog->sum_num, (int64_t)G_MAXINT32));
	for(guint i = 0; i < catalog->items->len; i++) {
		const gb_catalog_item *item = catalog->items->pdata[i];
		if(g_hash_table_size(query->channels) >= GB_CHANNELS_MAX) {
			server->counters.items_dropped += catalog->items->len - i;
			break;
		}
		gb_channel *channel = gb_channel_from_item(item);
		g_hash_table_replace(query->channels, channel->id, channel);
	}
	bool complete = is_complete(query);
	gb_timers_start(
		server->timers, &query->timer, complete ? GB_QUERY_SETTLE_US : GB_QUERY_IDLE_US);
	if(complete)
		gb_interview_release(query->device);
}

/* ---- unasked: single items ----------------------------------------------------------------- */

static void set_status(gb_device *device, const gb_catalog_item *item) {
	gb_channel *channel = gb_device_find_channel(device, item->id);
	if(!channel)
		return;
	gb_channel_status status = GB_STATUS_FAULT;
	if(item->event == GB_EVENT_ON)
		status = GB_STATUS_ON;
	else if(item->event == GB_EVENT_OFF)
		status = GB_STATUS_OFF;
	if(channel->status == status)
		return;
	channel->status = status;
	gb_persist_channel(device, channel);
	gb_core_tell_channel(device, channel, GB_CHANGE_UPDATED);
}

static void update_item(gb_device *device, const gb_catalog_item *item) {
	switch(item->event) {
	case GB_EVENT_ON:
	case GB_EVENT_OFF:
	case GB_EVENT_VLOST:
	case GB_EVENT_DEFECT:
		set_status(device, item);
		return;
	case GB_EVENT_DEL:
		drop(device, item->id);
		gb_persist_remove_channel(device, item->id);
		return;
	case GB_EVENT_NONE:
	case GB_EVENT_ADD:
	case GB_EVENT_UPDATE:
		break;
	}
	if(upsert(device, gb_channel_from_item(item)))
		gb_persist_channel(device, gb_device_find_channel(device, item->id));
}

void gb_catalog_on_message(gb_device *device, const gb_manscdp *message) {
	const gb_catalog *catalog = &message->catalog;
	device->server->counters.items_dropped += message->dropped;
	gb_query *query = message->root == GB_ROOT_RESPONSE
		? gb_query_find(device, GB_CMD_CATALOG, message->sn)
		: NULL;
	if(query) {
		collect(query, catalog);
		return;
	}
	for(guint i = 0; i < catalog->items->len; i++)
		update_item(device, catalog->items->pdata[i]);
	gb_catalog_settle(device);
}
