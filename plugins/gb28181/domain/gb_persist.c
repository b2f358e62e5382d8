#include "gb28181/domain/gb_persist.h"

#include "gb28181/base/gb_clock.h"
#include "gb28181/domain/gb_catalog.h"
#include "gb28181/domain/gb_core.h"

#include <string.h>

/** Counts what the store had no room for; it says so itself in its log. */
static void note(gb_server *server, bool kept) {
	if(!kept)
		server->counters.store_refused++;
}

void gb_persist_device(gb_device *device) {
	gb_stored_device row = {
		.id = device->id,
		.kind = (int)device->kind,
		.enabled = device->enabled,
		.created = device->created,
		.name = device->name,
		.password = device->password,
		.manufacturer = device->manufacturer,
		.model = device->model,
		.firmware = device->firmware,
		.user_agent = device->user_agent,
		.charset = gb_charset_name(device->charset),
		.version = gb_edition_name(device->edition),
	};
	note(device->server, gb_store_put_device(device->server->store, &row));
}

void gb_persist_remove_device(gb_device *device) {
	note(device->server, gb_store_remove_device(device->server->store, device->id));
}

void gb_persist_registration(gb_device *device) {
	gb_stored_registration row = {
		.device = device->id,
		.tcp = device->peer.transport == GB_SIP_TCP,
		.remote = device->peer.remote,
		.local = device->peer.local,
		.contact = device->contact,
		.call_id = device->call_id,
		.expires_s = device->expires_s,
		.registered_at = device->registered_at,
		.expires_at = gb_clock_wall_us() + device->expires_us - gb_clock_us(),
		.last_seen = device->last_seen,
	};
	note(device->server, gb_store_put_registration(device->server->store, &row));
}

void gb_persist_drop_registration(gb_device *device) {
	note(device->server, gb_store_drop_registration(device->server->store, device->id));
}

static gb_stored_channel row_of(const gb_device *device, const gb_channel *channel) {
	gb_stored_channel row = {
		.device = device->id,
		.id = channel->id,
		.status = (int)channel->status,
		.name = channel->name,
		.manufacturer = channel->manufacturer,
		.model = channel->model,
		.owner = channel->owner,
		.civil_code = channel->civil_code,
		.block = channel->block,
		.address = channel->address,
		.parents = channel->parents,
		.business_group = channel->group,
		.stream_numbers = channel->stream_numbers,
		.parental = channel->parental,
		.register_way = channel->register_way,
		.secrecy = channel->secrecy,
		.ptz_type = channel->ptz_type,
		.sub_type = channel->sub_type,
		.has_position = channel->has_position,
		.longitude = channel->longitude,
		.latitude = channel->latitude,
	};
	return row;
}

void gb_persist_channel(gb_device *device, const gb_channel *channel) {
	gb_stored_channel row = row_of(device, channel);
	note(device->server, gb_store_put_channel(device->server->store, &row));
}

void gb_persist_remove_channel(gb_device *device, const char *channel) {
	note(device->server, gb_store_remove_channel(device->server->store, device->id, channel));
}

void gb_persist_channels(gb_device *device) {
	unsigned count = gb_device_channel_count(device);
	g_autofree gb_stored_channel *rows = g_new(gb_stored_channel, count + 1);
	size_t used = 0;
	for(GTreeNode *node = count ? g_tree_node_first(device->channels) : NULL; node;
		node = g_tree_node_next(node)) {
		const gb_channel *channel = g_tree_node_value(node);
		if(!channel->assumed)
			rows[used++] = row_of(device, channel);
	}
	note(device->server, gb_store_replace_channels(device->server->store, device->id, rows, used));
}

/* ---- loading ------------------------------------------------------------------------------- */

static void load_device(void *user, const gb_stored_device *row) {
	gb_server *server = user;
	if(!gb_id_valid_user(row->id) || gb_registry_find(server->registry, row->id))
		return;
	gb_device *device = gb_registry_add(server->registry, server, row->id);
	if(!device)
		return;
	device->enabled = row->enabled;
	device->created = row->created;
	device->password = g_strdup(row->password);
	(void)gb_text_set(&device->name, row->name);
	(void)gb_text_set(&device->manufacturer, row->manufacturer);
	(void)gb_text_set(&device->model, row->model);
	(void)gb_text_set(&device->firmware, row->firmware);
	(void)gb_text_set(&device->user_agent, row->user_agent);
	device->edition = gb_edition_from_name(row->version);
	if(!gb_charset_from_name(row->charset, &device->charset))
		device->charset = GB_CHARSET_AUTO;
}

static void load_registration(void *user, const gb_stored_registration *row) {
	gb_server *server = user;
	gb_device *device = gb_registry_find(server->registry, row->device);
	if(!device || !device->enabled)
		return;
	device->registered_at = row->registered_at;
	device->last_seen = row->last_seen;
	(void)gb_text_set(&device->contact, row->contact);
	(void)gb_text_set(&device->call_id, row->call_id);
	gb_sip_peer peer = {
		.transport = row->tcp ? GB_SIP_TCP : GB_SIP_UDP,
		.remote = row->remote,
		.local = row->local,
	};
	gb_registry_set_peer(server->registry, device, &peer);
	int64_t left_us = row->expires_at - gb_clock_wall_us();
	if(left_us <= 0)
		return;
	int64_t now = gb_clock_us();
	device->registered = true;
	device->online = true;
	device->expires_s = row->expires_s;
	/* the wall clock may have been set back meanwhile */
	device->expires_us = now + MIN(left_us, row->expires_s * GB_SECOND);
	device->last_seen_us = device->peer_seen_us = now;
	device->flow_lost_us = row->tcp ? now : 0;
	server->online++;
}

static void load_channel(void *user, const gb_stored_channel *row) {
	gb_server *server = user;
	gb_device *device = gb_registry_find(server->registry, row->device);
	if(!device || !gb_id_valid(row->id))
		return;
	gb_channel *channel = gb_channel_new(row->id);
	channel->status = (gb_channel_status)CLAMP(row->status, 0, (int)GB_STATUS_FAULT);
	(void)gb_text_set(&channel->name, row->name);
	(void)gb_text_set(&channel->manufacturer, row->manufacturer);
	(void)gb_text_set(&channel->model, row->model);
	(void)gb_text_set(&channel->owner, row->owner);
	(void)gb_text_set(&channel->civil_code, row->civil_code);
	(void)gb_text_set(&channel->block, row->block);
	(void)gb_text_set(&channel->address, row->address);
	(void)gb_text_set(&channel->stream_numbers, row->stream_numbers);
	(void)gb_text_set(&channel->group, row->business_group);
	(void)gb_text_set(&channel->parents, row->parents);
	channel->parental = row->parental;
	channel->register_way = row->register_way;
	channel->secrecy = row->secrecy;
	channel->ptz_type = row->ptz_type;
	channel->sub_type = row->sub_type;
	channel->has_position = row->has_position;
	channel->longitude = row->longitude;
	channel->latitude = row->latitude;
	gb_channel_classify(channel);
	(void)gb_device_put_channel(device, channel);
}

bool gb_persist_load(gb_server *server, GError **error) {
	static const gb_store_loader loader = {load_device, load_registration, load_channel};
	unsigned open = 0;
	if(!gb_store_load(server->store, &loader, server, error))
		return false;
	for(GTreeNode *node = gb_registry_first(server->registry); node;
		node = g_tree_node_next(node)) {
		gb_device *device = gb_registry_at(node);
		gb_catalog_settle(device);
		server->channels += gb_device_channel_count(device);
		open += device->password && !*device->password ? 1 : 0;
	}
	if(open)
		gb_log(GB_LOG_WARNING, "%u devices have an empty password: they register without any proof",
			open);
	return true;
}
