/* Copies of devices and channels, single and in pages. */
#include "gb28181/domain/gb_core.h"
#include "gb28181/domain/gb_play.h"

#include "gb28181/base/gb_clock.h"

#include <string.h>

void gb_device_info_free(gb_device_info *info) {
	if(!info)
		return;
	char *texts[] = {info->name, info->user_agent, info->manufacturer, info->model, info->firmware,
		info->charset, info->version};
	for(size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
	g_free(info);
}

void gb_channel_info_free(gb_channel_info *info) {
	if(!info)
		return;
	char *texts[] = {
		info->name, info->group, info->manufacturer, info->model, info->civil_code, info->address};
	for(size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
	g_strfreev(info->parents);
	g_free(info);
}

static const char *shown_name(const gb_device *device) {
	return *device->name ? device->name : device->said_name;
}

gb_device_info *gb_listing_device(const gb_device *device) {
	gb_device_info *info = g_new0(gb_device_info, 1);
	memcpy(info->id, device->id, sizeof(info->id));
	info->kind = device->kind;
	info->name = g_strdup(shown_name(device));
	info->online = device->online;
	info->enabled = device->enabled;
	info->registered_at = device->registered_at;
	info->last_seen = device->last_seen;
	info->expires_s = device->registered ? device->expires_s : 0;
	info->transport = device->peer.transport;
	info->address = device->peer.remote;
	info->user_agent = g_strdup(device->user_agent);
	info->manufacturer = g_strdup(device->manufacturer);
	info->model = g_strdup(device->model);
	info->firmware = g_strdup(device->firmware);
	info->channels = gb_device_channel_count(device);
	info->channels_online = device->online ? device->channels_on : 0;
	info->charset = g_strdup(gb_charset_name(device->charset));
	info->version = g_strdup(gb_edition_name(device->edition));
	info->has_password = device->password != NULL;
	info->created = device->created;
	info->catalog_complete = device->catalog_complete;
	info->catalog_expected = device->catalog_expected;
	info->catalog_received = device->catalog_received;
	info->keepalives = device->keepalives;
	info->address_moves = device->address_moves;
	return info;
}

gb_channel_info *gb_listing_channel(const gb_device *device, const gb_channel *channel) {
	gb_channel_info *info = g_new0(gb_channel_info, 1);
	memcpy(info->device, device->id, sizeof(info->device));
	memcpy(info->id, channel->id, sizeof(info->id));
	const char *name = channel->assumed && !*channel->name ? shown_name(device) : channel->name;
	info->name = g_strdup(name);
	info->status = channel->faulty ? GB_STATUS_FAULT : channel->status;
	info->online = device->online;
	info->playable = channel->playable;
	info->type = gb_node_kind_name(channel->node);
	info->parents = *channel->parents ? g_strsplit(channel->parents, "/", -1) : g_new0(char *, 1);
	info->group = g_strdup(channel->group);
	info->manufacturer = g_strdup(channel->manufacturer);
	info->model = g_strdup(channel->model);
	info->civil_code = g_strdup(channel->civil_code);
	info->address = g_strdup(channel->address);
	info->ptz_type = channel->ptz_type > 0 ? channel->ptz_type : 0;
	info->has_position = channel->has_position;
	info->longitude = channel->longitude;
	info->latitude = channel->latitude;
	info->viewers = gb_plays_viewers(device->server, device->id, channel->id);
	return info;
}

void gb_core_tell_device(gb_device *device, gb_change change) {
	gb_server *server = device->server;
	if(!server->events.device || !server->running)
		return;
	g_autoptr(gb_device_info) info = gb_listing_device(device);
	server->events.device(server->user, change, info);
}

void gb_core_tell_channel(gb_device *device, const gb_channel *channel, gb_change change) {
	gb_server *server = device->server;
	if(!server->events.channel || !server->running)
		return;
	g_autoptr(gb_channel_info) info = gb_listing_channel(device, channel);
	server->events.channel(server->user, change, info);
}

/* ---- pages --------------------------------------------------------------------------------- */

/** A page being filled. */
typedef struct {
	const gb_list_query *query;
	char *needle; /**< folded; NULL = no search */
	unsigned total;
	GPtrArray *items;
} gb_page;

static void page_init(gb_page *page, const gb_list_query *query, GDestroyNotify free_item) {
	page->query = query;
	page->needle = query->search && *query->search ? g_utf8_casefold(query->search, -1) : NULL;
	page->total = 0;
	page->items = g_ptr_array_new_with_free_func(free_item);
}

static bool page_matches(const gb_page *page, bool online, const char *id, const char *name) {
	if(page->query->online >= 0 && online != (page->query->online != 0))
		return false;
	if(!page->needle || strstr(id, page->needle))
		return true;
	if(!*name)
		return false;
	g_autofree char *folded = g_utf8_casefold(name, -1);
	return strstr(folded, page->needle) != NULL;
}

/** Whether the next match belongs to the page. */
static bool page_takes(gb_page *page) {
	unsigned place = page->total++;
	return place >= page->query->offset && page->items->len < page->query->limit;
}

static void free_device_item(gpointer info) {
	gb_device_info_free(info);
}

static void free_channel_item(gpointer info) {
	gb_channel_info_free(info);
}

unsigned gb_server_list_devices(
	gb_server *server, const gb_list_query *query, GPtrArray **ret_items) {
	gb_page page;
	page_init(&page, query, free_device_item);
	for(GTreeNode *node = gb_registry_first(server->registry); node;
		node = g_tree_node_next(node)) {
		const gb_device *device = gb_registry_at(node);
		if(!page_matches(&page, device->online, device->id, shown_name(device)))
			continue;
		if(page_takes(&page))
			g_ptr_array_add(page.items, gb_listing_device(device));
	}
	g_free(page.needle);
	*ret_items = page.items;
	return page.total;
}

static void list_of_device(gb_page *page, const gb_device *device) {
	if(!device->channels)
		return;
	for(GTreeNode *node = g_tree_node_first(device->channels); node;
		node = g_tree_node_next(node)) {
		const gb_channel *channel = g_tree_node_value(node);
		const char *name = channel->assumed ? shown_name(device) : channel->name;
		if(page_matches(page, device->online, channel->id, name) && page_takes(page))
			g_ptr_array_add(page->items, gb_listing_channel(device, channel));
	}
}

unsigned gb_server_list_channels(
	gb_server *server, const gb_list_query *query, GPtrArray **ret_items) {
	gb_page page;
	page_init(&page, query, free_channel_item);
	if(query->device) {
		const gb_device *device = gb_registry_find(server->registry, query->device);
		if(device)
			list_of_device(&page, device);
	} else {
		for(GTreeNode *node = gb_registry_first(server->registry); node;
			node = g_tree_node_next(node))
			list_of_device(&page, gb_registry_at(node));
	}
	g_free(page.needle);
	*ret_items = page.items;
	return page.total;
}

gb_device_info *gb_server_get_device(gb_server *server, const char *device) {
	const gb_device *found = gb_registry_find(server->registry, device);
	return found ? gb_listing_device(found) : NULL;
}

gb_channel_info *gb_server_get_channel(gb_server *server, const char *device, const char *channel) {
	const gb_device *found = gb_registry_find(server->registry, device);
	const gb_channel *node = found ? gb_device_find_channel(found, channel) : NULL;
	return node ? gb_listing_channel(found, node) : NULL;
}

const char *gb_server_only_channel(gb_server *server, const char *device, GError **error) {
	const gb_device *found = gb_registry_find(server->registry, device);
	if(!found) {
		g_set_error(error, GB_ERROR, GB_ERROR_NOT_FOUND, "There is no device %s.", device);
		return NULL;
	}
	const gb_channel *only = NULL;
	for(GTreeNode *node = found->channels ? g_tree_node_first(found->channels) : NULL; node;
		node = g_tree_node_next(node)) {
		const gb_channel *channel = g_tree_node_value(node);
		if(!channel->playable)
			continue;
		if(only) {
			g_set_error(error, GB_ERROR, GB_ERROR_MISSING,
				"Device %s has several channels: say which one by 'channel'.", device);
			return NULL;
		}
		only = channel;
	}
	if(!only) {
		g_set_error(error, GB_ERROR, GB_ERROR_NOT_FOUND,
			"Device %s has told no channel that can be watched.", device);
	}
	return only ? only->id : NULL;
}

void gb_server_get_counts(gb_server *server, gb_server_counts *ret_counts) {
	gb_server_counts counts = {
		.devices = gb_registry_count(server->registry),
		.online = server->online,
		.channels = server->channels,
		.uptime_s = (gb_clock_us() - server->started_us) / GB_SECOND,
	};
	gb_plays_count(server, &counts.streams, &counts.viewers);
	*ret_counts = counts;
}
