#include "gb28181/domain/gb_registry.h"

#include <string.h>

struct gb_registry {
	GTree *devices;	   /**< id -> gb_device, owned */
	GHashTable *flows; /**< address of gb_device.peer.flow -> first device of the chain */
	uint64_t refused;
};

static gint compare_ids(gconstpointer a, gconstpointer b, gpointer user) {
	(void)user;
	return strcmp(a, b);
}

static void free_device(gpointer device) {
	gb_device_free(device);
}

gb_registry *gb_registry_new(void) {
	gb_registry *registry = g_new0(gb_registry, 1);
	registry->devices = g_tree_new_full(compare_ids, NULL, NULL, free_device);
	registry->flows = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	return registry;
}

void gb_registry_free(gb_registry *registry) {
	if(!registry)
		return;
	g_hash_table_destroy(registry->flows);
	g_tree_destroy(registry->devices);
	g_free(registry);
}

gb_device *gb_registry_find(const gb_registry *registry, const char *id) {
	return g_tree_lookup(registry->devices, id);
}

gb_device *gb_registry_add(gb_registry *registry, gb_server *server, const char *id) {
	if(gb_registry_count(registry) >= GB_DEVICES_MAX) {
		registry->refused++;
		return NULL;
	}
	gb_device *device = gb_device_new(server, id);
	g_tree_insert(registry->devices, device->id, device);
	return device;
}

unsigned gb_registry_count(const gb_registry *registry) {
	return (unsigned)g_tree_nnodes(registry->devices);
}

uint64_t gb_registry_refused(const gb_registry *registry) {
	return registry->refused;
}

GTreeNode *gb_registry_first(const gb_registry *registry) {
	return g_tree_node_first(registry->devices);
}

gb_device *gb_registry_at(GTreeNode *node) {
	return g_tree_node_value(node);
}

/* ---- TCP connections ----------------------------------------------------------------------- */

gb_device *gb_registry_by_flow(const gb_registry *registry, uint64_t flow) {
	gint64 key = (gint64)flow;
	return g_hash_table_lookup(registry->flows, &key);
}

static void set_first(gb_registry *registry, uint64_t flow, gb_device *first) {
	gint64 key = (gint64)flow;
	if(!first) {
		g_hash_table_remove(registry->flows, &key);
		return;
	}
	gint64 *owned = g_new(gint64, 1);
	*owned = key;
	g_hash_table_replace(registry->flows, owned, first);
}

static void leave_flow(gb_registry *registry, gb_device *device) {
	if(!device->peer.flow)
		return;
	if(device->flow_next)
		device->flow_next->flow_prev = device->flow_prev;
	if(device->flow_prev)
		device->flow_prev->flow_next = device->flow_next;
	else
		set_first(registry, device->peer.flow, device->flow_next);
	device->flow_next = device->flow_prev = NULL;
	device->peer.flow = 0;
}

static void enter_flow(gb_registry *registry, gb_device *device) {
	if(!device->peer.flow)
		return;
	gb_device *first = gb_registry_by_flow(registry, device->peer.flow);
	device->flow_next = first;
	if(first)
		first->flow_prev = device;
	set_first(registry, device->peer.flow, device);
}

void gb_registry_set_peer(gb_registry *registry, gb_device *device, const gb_sip_peer *peer) {
	leave_flow(registry, device);
	device->peer = *peer;
	enter_flow(registry, device);
}

void gb_registry_remove(gb_registry *registry, gb_device *device) {
	leave_flow(registry, device);
	g_tree_remove(registry->devices, device->id);
}
