/* stub_store.c - stands in for domain/gb_store: a disk in memory, without thread; it outlives
 * gb_store_close() so that a test can start again from it. */
#include "stubs/stub_store.h"

#include <string.h>

/** Rows own their texts through `chunk`. */
typedef struct {
	gb_stored_device device;
	gb_stored_registration registration;
	gb_stored_channel channel;
	GStringChunk *chunk;
} stub_row;

struct gb_store {
	bool open;
};

static GTree *devices, *registrations, *channels;
static stub_store_counts counts;

static void free_row(gpointer data) {
	stub_row *row = data;
	g_string_chunk_free(row->chunk);
	g_free(row);
}

static stub_row *new_row(void) {
	stub_row *row = g_new0(stub_row, 1);
	row->chunk = g_string_chunk_new(64);
	return row;
}

static gint compare(gconstpointer a, gconstpointer b, gpointer user) {
	(void)user;
	return strcmp(a, b);
}

static void keep(stub_row *row, const char **text) {
	*text = g_string_chunk_insert(row->chunk, *text ? *text : "");
}

void stub_store_format(void) {
	stub_store_forget();
	devices = g_tree_new_full(compare, NULL, g_free, free_row);
	registrations = g_tree_new_full(compare, NULL, g_free, free_row);
	channels = g_tree_new_full(compare, NULL, g_free, free_row);
	memset(&counts, 0, sizeof(counts));
}

void stub_store_forget(void) {
	if(devices) {
		g_tree_destroy(devices);
		g_tree_destroy(registrations);
		g_tree_destroy(channels);
	}
	devices = registrations = channels = NULL;
}

const stub_store_counts *stub_store_counted(void) {
	return &counts;
}

unsigned stub_store_registrations(void) {
	return (unsigned)g_tree_nnodes(registrations);
}

/* ---- gb_store.h ---------------------------------------------------------------------------- */

gb_store *gb_store_open(const char *path, GError **error) {
	if(!strcmp(path, "/refused")) {
		g_set_error(error, GB_ERROR, GB_ERROR_FAILED, "The file cannot be opened.");
		return NULL;
	}
	if(!devices)
		stub_store_format();
	return g_new0(gb_store, 1);
}

void gb_store_close(gb_store *store) {
	g_free(store);
}

bool gb_store_load(gb_store *store, const gb_store_loader *loader, void *user, GError **error) {
	(void)store;
	(void)error;
	for(GTreeNode *node = g_tree_node_first(devices); node; node = g_tree_node_next(node))
		loader->device(user, &((stub_row *)g_tree_node_value(node))->device);
	for(GTreeNode *node = g_tree_node_first(registrations); node; node = g_tree_node_next(node))
		loader->registration(user, &((stub_row *)g_tree_node_value(node))->registration);
	for(GTreeNode *node = g_tree_node_first(channels); node; node = g_tree_node_next(node))
		loader->channel(user, &((stub_row *)g_tree_node_value(node))->channel);
	return true;
}

bool gb_store_put_device(gb_store *store, const gb_stored_device *device) {
	(void)store;
	stub_row *row = new_row();
	row->device = *device;
	const char **texts[] = {&row->device.id, &row->device.name, &row->device.manufacturer,
		&row->device.model, &row->device.firmware, &row->device.user_agent, &row->device.charset,
		&row->device.version};
	for(size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		keep(row, texts[i]);
	if(row->device.password)
		keep(row, &row->device.password);
	counts.writes++;
	g_tree_replace(devices, g_strdup(device->id), row);
	return true;
}

bool gb_store_remove_device(gb_store *store, const char *device) {
	counts.writes++;
	g_tree_remove(devices, device);
	g_tree_remove(registrations, device);
	return gb_store_replace_channels(store, device, NULL, 0);
}

bool gb_store_put_registration(gb_store *store, const gb_stored_registration *registration) {
	(void)store;
	stub_row *row = new_row();
	row->registration = *registration;
	keep(row, &row->registration.device);
	keep(row, &row->registration.contact);
	keep(row, &row->registration.call_id);
	counts.writes++;
	g_tree_replace(registrations, g_strdup(registration->device), row);
	return true;
}

bool gb_store_drop_registration(gb_store *store, const char *device) {
	(void)store;
	counts.writes++;
	g_tree_remove(registrations, device);
	return true;
}

bool gb_store_put_channel(gb_store *store, const gb_stored_channel *channel) {
	(void)store;
	stub_row *row = new_row();
	row->channel = *channel;
	gb_stored_channel *kept = &row->channel;
	const char **texts[] = {&kept->device, &kept->id, &kept->name, &kept->manufacturer,
		&kept->model, &kept->owner, &kept->civil_code, &kept->block, &kept->address, &kept->parents,
		&kept->business_group, &kept->stream_numbers};
	for(size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		keep(row, texts[i]);
	counts.writes++;
	g_tree_replace(channels, g_strdup_printf("%s/%s", channel->device, channel->id), row);
	return true;
}

bool gb_store_remove_channel(gb_store *store, const char *device, const char *channel) {
	(void)store;
	g_autofree char *key = g_strdup_printf("%s/%s", device, channel);
	counts.writes++;
	g_tree_remove(channels, key);
	return true;
}

bool gb_store_replace_channels(
	gb_store *store, const char *device, const gb_stored_channel *rows, size_t count) {
	g_autofree char *prefix = g_strdup_printf("%s/", device);
	g_autoptr(GPtrArray) old = g_ptr_array_new_with_free_func(g_free);
	for(GTreeNode *node = g_tree_node_first(channels); node; node = g_tree_node_next(node)) {
		if(g_str_has_prefix(g_tree_node_key(node), prefix))
			g_ptr_array_add(old, g_strdup(g_tree_node_key(node)));
	}
	for(guint i = 0; i < old->len; i++)
		g_tree_remove(channels, old->pdata[i]);
	for(size_t i = 0; i < count; i++)
		(void)gb_store_put_channel(store, &rows[i]);
	counts.writes++;
	return true;
}
