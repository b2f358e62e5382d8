#include "gb28181/domain/gb_device_on.h"

#include "gb28181/base/gb_clock.h"
#include "gb28181/domain/gb_online.h"

#include <string.h>

static bool named(const GPtrArray *ids, const char *id) {
	for(guint i = 0; i < ids->len; i++) {
		if(!strcmp(ids->pdata[i], id))
			return true;
	}
	return false;
}

/** Marks the channels that the device calls faulty, and unmarks those that it does so no more
 * (4.1). */
static void mark_faulty(gb_device *device, const gb_keepalive *keepalive) {
	if(!device->channels || (!keepalive->faulty->len && !device->any_faulty))
		return;
	device->any_faulty = false;
	for(GTreeNode *node = g_tree_node_first(device->channels); node;
		node = g_tree_node_next(node)) {
		gb_channel *channel = g_tree_node_value(node);
		bool faulty = named(keepalive->faulty, channel->id);
		device->any_faulty = device->any_faulty || faulty;
		if(channel->faulty == faulty)
			continue;
		channel->faulty = faulty;
		gb_core_tell_channel(device, channel, GB_CHANGE_UPDATED);
	}
	gb_device_recount(device);
}

void gb_device_on_keepalive(
	gb_device *device, const gb_sip_request *request, const gb_manscdp *message) {
	gb_source source = gb_online_source(device, &request->peer);
	if(source != GB_SOURCE_PEER && gb_online_roam(device, &request->peer))
		source = GB_SOURCE_PEER;
	if(source == GB_SOURCE_STRANGER) {
		device->server->counters.strangers++;
		return;
	}
	device->keepalives++;
	gb_rhythm_beat(&device->rhythm, gb_clock_us());
	gb_online_seen(device, source);
	if(message->has_body)
		mark_faulty(device, &message->keepalive);
}
