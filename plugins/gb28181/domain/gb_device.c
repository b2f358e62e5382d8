#include "gb28181/domain/gb_device.h"

#include <string.h>

G_STATIC_ASSERT(sizeof(gb_device) <= GB_DEVICE_BYTES_MAX);

static gint compare_ids(gconstpointer a, gconstpointer b, gpointer user) {
	(void)user;
	return strcmp(a, b);
}

static void free_channel(gpointer channel) {
	gb_channel_free(channel);
}

gb_device_kind gb_device_kind_of(const char *id) {
	for(const char *c = id; *c; c++) {
		if(!g_ascii_isdigit(*c))
			return GB_DEVICE_USER;
	}
	return gb_id_kind(id) == GB_NODE_PLATFORM ? GB_DEVICE_PLATFORM : GB_DEVICE_DEVICE;
}

gb_device *gb_device_new(gb_server *server, const char *id) {
	gb_device *device = g_new0(gb_device, 1);
	(void)gb_str_copy(device->id, sizeof(device->id), id);
	device->server = server;
	device->kind = gb_device_kind_of(id);
	device->enabled = true;
	device->charset = GB_CHARSET_AUTO;
	char **texts[] = {&device->name, &device->said_name, &device->manufacturer, &device->model,
		&device->firmware, &device->user_agent, &device->contact, &device->call_id};
	for(size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		*texts[i] = g_strdup("");
	return device;
}

void gb_device_free(gb_device *device) {
	if(!device)
		return;
	if(device->channels)
		g_tree_destroy(device->channels);
	char *texts[] = {device->name, device->password, device->said_name, device->manufacturer,
		device->model, device->firmware, device->user_agent, device->contact, device->call_id};
	for(size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
	g_free(device);
}

const char *gb_edition_name(gb_edition edition) {
	if(edition == GB_EDITION_2022)
		return "2022";
	return edition == GB_EDITION_2011 ? "2011" : "2016";
}

gb_edition gb_edition_from_header(const char *version, gb_edition edition) {
	if(g_str_has_prefix(version, "3."))
		return GB_EDITION_2022;
	if(g_str_has_prefix(version, "2."))
		return GB_EDITION_2016;
	return g_str_has_prefix(version, "1.") ? GB_EDITION_2011 : edition;
}

gb_edition gb_edition_from_name(const char *name) {
	if(!strcmp(name, "2022"))
		return GB_EDITION_2022;
	return strcmp(name, "2011") ? GB_EDITION_2016 : GB_EDITION_2011;
}

gb_version gb_device_version(const gb_device *device) {
	return device->edition == GB_EDITION_2022 ? GB_VERSION_2022 : GB_VERSION_2016;
}

bool gb_text_set(char **field, const char *text) {
	const char *value = text ? text : "";
	if(*field && !strcmp(*field, value))
		return false;
	char *old = *field;
	*field = g_strdup(value);
	g_free(old);
	return true;
}

/* ---- channels ------------------------------------------------------------------------------ */

gb_channel *gb_device_find_channel(const gb_device *device, const char *id) {
	return device->channels ? g_tree_lookup(device->channels, id) : NULL;
}

unsigned gb_device_channel_count(const gb_device *device) {
	return device->channels ? (unsigned)g_tree_nnodes(device->channels) : 0;
}

bool gb_device_put_channel(gb_device *device, gb_channel *channel) {
	if(!device->channels)
		device->channels = g_tree_new_full(compare_ids, NULL, NULL, free_channel);
	if(gb_device_channel_count(device) >= GB_CHANNELS_MAX &&
		!g_tree_lookup(device->channels, channel->id)) {
		device->channels_refused++;
		gb_channel_free(channel);
		return false;
	}
	g_tree_replace(device->channels, channel->id, channel);
	return true;
}

void gb_device_drop_channel(gb_device *device, const char *id) {
	if(device->channels)
		g_tree_remove(device->channels, id);
}

static gboolean count_on(gpointer id, gpointer value, gpointer user) {
	const gb_channel *channel = value;
	(void)id;
	if(!channel->faulty && (channel->status == GB_STATUS_ON || channel->assumed))
		(*(unsigned *)user)++;
	return FALSE;
}

void gb_device_recount(gb_device *device) {
	device->channels_on = 0;
	if(device->channels)
		g_tree_foreach(device->channels, count_on, &device->channels_on);
}

/** The texts of a channel, for what is done to all of them. */
#define GB_CHANNEL_TEXTS 10u
static void channel_texts(gb_channel *channel, char **ret_texts[GB_CHANNEL_TEXTS]) {
	char **texts[GB_CHANNEL_TEXTS] = {&channel->name, &channel->manufacturer, &channel->model,
		&channel->owner, &channel->civil_code, &channel->block, &channel->address,
		&channel->stream_numbers, &channel->group, &channel->parents};
	memcpy(ret_texts, texts, sizeof(texts));
}

gb_channel *gb_channel_new(const char *id) {
	gb_channel *channel = g_new0(gb_channel, 1);
	(void)gb_str_copy(channel->id, sizeof(channel->id), id);
	channel->node = gb_id_kind(id);
	channel->playable = gb_node_kind_playable(channel->node);
	channel->parental = channel->register_way = channel->secrecy = -1;
	channel->ptz_type = channel->sub_type = -1;
	char **texts[GB_CHANNEL_TEXTS];
	channel_texts(channel, texts);
	for(size_t i = 0; i < GB_CHANNEL_TEXTS; i++)
		*texts[i] = g_strdup("");
	return channel;
}

void gb_channel_classify(gb_channel *channel) {
	gb_catalog_item item = {.sub_type = channel->sub_type};
	memcpy(item.id, channel->id, sizeof(item.id));
	channel->node = gb_manscdp_node_kind(&item);
	channel->playable = gb_node_kind_playable(channel->node);
}

void gb_channel_free(gb_channel *channel) {
	if(!channel)
		return;
	char **texts[GB_CHANNEL_TEXTS];
	channel_texts(channel, texts);
	for(size_t i = 0; i < GB_CHANNEL_TEXTS; i++)
		g_free(*texts[i]);
	g_free(channel);
}

static gb_channel_status status_of(const gb_catalog_item *item) {
	switch(item->event) {
	case GB_EVENT_ON:
		return GB_STATUS_ON;
	case GB_EVENT_OFF:
		return GB_STATUS_OFF;
	case GB_EVENT_VLOST:
	case GB_EVENT_DEFECT:
		return GB_STATUS_FAULT;
	case GB_EVENT_NONE:
	case GB_EVENT_ADD:
	case GB_EVENT_DEL:
	case GB_EVENT_UPDATE:
		break;
	}
	switch(item->status) {
	case GB_ITEM_ON:
		return GB_STATUS_ON;
	case GB_ITEM_OFF:
		return GB_STATUS_OFF;
	case GB_ITEM_FAULT:
		return GB_STATUS_FAULT;
	case GB_ITEM_UNKNOWN:
		break;
	}
	return GB_STATUS_UNKNOWN;
}

static char *join_parents(const gb_catalog_item *item) {
	GString *text = g_string_new(NULL);
	for(size_t i = 0; i < item->parent_count; i++)
		g_string_append_printf(text, "%s%s", i ? "/" : "", item->parents[i]);
	return g_string_free(text, FALSE);
}

gb_channel *gb_channel_from_item(const gb_catalog_item *item) {
	gb_channel *channel = gb_channel_new(item->id);
	channel->status = status_of(item);
	const char *said[GB_CHANNEL_TEXTS - 1] = {item->name, item->manufacturer, item->model,
		item->owner, item->civil_code, item->block, item->address, item->stream_numbers,
		item->business_group_id};
	char **texts[GB_CHANNEL_TEXTS];
	channel_texts(channel, texts);
	for(size_t i = 0; i < G_N_ELEMENTS(said); i++)
		(void)gb_text_set(texts[i], said[i]);
	g_free(channel->parents);
	channel->parents = join_parents(item);
	channel->parental = item->parental;
	channel->register_way = item->register_way;
	channel->secrecy = item->secrecy;
	channel->ptz_type = item->ptz_type;
	channel->sub_type = item->sub_type;
	channel->has_position = item->position.present;
	channel->longitude = item->position.longitude;
	channel->latitude = item->position.latitude;
	gb_channel_classify(channel);
	return channel;
}

gb_channel *gb_channel_assumed(const gb_device *device) {
	gb_channel *channel = gb_channel_new(device->id);
	channel->assumed = true;
	channel->playable = true;
	channel->node = GB_NODE_CAMERA;
	(void)gb_text_set(&channel->name, *device->name ? device->name : device->said_name);
	return channel;
}

/** Their values, for reading. */
#define GB_CHANNEL_SAID(c)                                                                         \
	{                                                                                              \
		(c)->name, (c)->manufacturer, (c)->model, (c)->owner, (c)->civil_code, (c)->block,         \
			(c)->address, (c)->stream_numbers, (c)->group, (c)->parents                            \
	}

bool gb_channel_differs(const gb_channel *a, const gb_channel *b) {
	const char *texts_a[] = GB_CHANNEL_SAID(a), *texts_b[] = GB_CHANNEL_SAID(b);
	for(size_t i = 0; i < G_N_ELEMENTS(texts_a); i++) {
		if(strcmp(texts_a[i], texts_b[i]))
			return true;
	}
	return a->node != b->node || a->status != b->status || a->playable != b->playable ||
		a->assumed != b->assumed || a->parental != b->parental ||
		a->register_way != b->register_way || a->secrecy != b->secrecy ||
		a->ptz_type != b->ptz_type || a->sub_type != b->sub_type ||
		a->has_position != b->has_position || a->longitude != b->longitude ||
		a->latitude != b->latitude;
}
