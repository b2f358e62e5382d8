/* gb_manscdp_list.c - the bodies of RecordInfo, PresetQuery and ConfigDownload. */
#include "gb28181/proto/gb_manscdp_body.h"

#include <string.h>

void gb_record_item_free(gb_record_item *item) {
	if(!item)
		return;
	g_free(item->name);
	g_free(item->path);
	g_free(item->address);
	g_free(item->type);
	g_free(item->recorder_id);
	g_free(item);
}

static void record_destroy(gpointer item) {
	gb_record_item_free((gb_record_item *)item);
}

static void add_record(const gb_body *body, const gb_xml_node *node, gb_manscdp *message) {
	if(message->records.items->len >= GB_MANSCDP_ITEMS_MAX) {
		message->dropped++;
		return;
	}
	gb_record_item *item = g_new0(gb_record_item, 1);
	(void)gb_field_id(node, "DeviceID", item->id);
	item->name = gb_field_text(node, "Name");
	item->path = gb_field_text(node, "FilePath");
	item->address = gb_field_text(node, "Address");
	item->type = gb_field_text(node, "Type");
	item->recorder_id = gb_field_text(node, "RecorderID");
	item->start = gb_field_time(body, node, "StartTime");
	item->end = gb_field_time(body, node, "EndTime");
	item->secrecy = (int)gb_field_int(node, "Secrecy", G_MAXINT);
	item->size_bytes = gb_field_int(node, "FileSize", G_MAXINT64);
	g_ptr_array_add(message->records.items, item);
}

void gb_body_records(const gb_body *body, gb_manscdp *message) {
	message->records.sum_num = gb_field_int(body->root, "SumNum", G_MAXINT32);
	message->records.name = gb_field_text(body->root, "Name");
	message->records.items = g_ptr_array_new_with_free_func(record_destroy);
	gb_body_each_item(body, "RecordList", message, add_record);
}

void gb_body_records_clear(gb_manscdp *message) {
	g_free(message->records.name);
	g_ptr_array_unref(message->records.items);
}

void gb_preset_free(gb_preset *preset) {
	if(!preset)
		return;
	g_free(preset->name);
	g_free(preset);
}

static void preset_destroy(gpointer preset) {
	gb_preset_free((gb_preset *)preset);
}

static void add_preset(const gb_body *body, const gb_xml_node *node, gb_manscdp *message) {
	int64_t number = gb_field_int(node, "PresetID", 255);
	(void)body;
	if(number < 1 || message->presets.items->len >= GB_MANSCDP_ITEMS_MAX) {
		message->dropped++;
		return;
	}
	gb_preset *preset = g_new0(gb_preset, 1);
	preset->number = (int)number;
	preset->name = gb_field_text(node, "PresetName");
	g_ptr_array_add(message->presets.items, preset);
}

void gb_body_presets(const gb_body *body, gb_manscdp *message) {
	message->presets.sum_num = gb_field_int(body->root, "SumNum", G_MAXINT32);
	message->presets.items = g_ptr_array_new_with_free_func(preset_destroy);
	gb_body_each_item(body, "PresetList", message, add_preset);
}

void gb_body_presets_clear(gb_manscdp *message) {
	g_ptr_array_unref(message->presets.items);
}

void gb_device_setting_free(gb_device_setting *value) {
	if(!value)
		return;
	g_free(value->type);
	g_free(value->name);
	g_free(value->value);
	g_free(value);
}

static void config_destroy(gpointer value) {
	gb_device_setting_free((gb_device_setting *)value);
}

/** Whether the element's name says that a secret stands in it (quirk 55). */
static bool is_secret(const gb_xml_node *node) {
	g_autofree char *name = g_ascii_strdown(gb_xml_name(node), -1);
	return strstr(name, "password") || strstr(name, "passwd") || strstr(name, "secret");
}

static void add_leaf(
	const char *type, const char *path, const gb_xml_node *node, gb_manscdp *message) {
	if(message->config.values->len >= GB_MANSCDP_ITEMS_MAX) {
		message->dropped++;
		return;
	}
	gb_device_setting *value = g_new0(gb_device_setting, 1);
	char *text = gb_xml_text(node, GB_MANSCDP_TEXT_MAX);
	value->type = g_strdup(type);
	value->name = g_strdup(path);
	value->value = text ? text : g_strdup("");
	g_ptr_array_add(message->config.values, value);
}

/** Adds the leaves below `node`; the depth is that of the document, which is capped. */
static void add_leaves(
	const char *type, const char *prefix, const gb_xml_node *node, gb_manscdp *message) {
	for(const gb_xml_node *child = gb_xml_first(node); child; child = gb_xml_next(child)) {
		if(is_secret(child))
			continue;
		g_autofree char *path = g_strconcat(prefix, gb_xml_name(child), NULL);
		if(!gb_xml_first(child)) {
			add_leaf(type, path, child, message);
			continue;
		}
		g_autofree char *inner = g_strconcat(path, "/", NULL);
		add_leaves(type, inner, child, message);
	}
}

/** Elements of the answer that are not a configuration. */
static bool is_head(const gb_xml_node *node) {
	static const char *const names[] = {
		"CmdType", "SN", "DeviceID", "Result", "Reason", "SumNum", "Info", "ExtraInfo"};
	for(size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if(gb_xml_is(node, names[i]))
			return true;
	}
	return false;
}

void gb_body_config(const gb_body *body, gb_manscdp *message) {
	gb_config_download *config = &message->config;
	const gb_xml_node *basic = gb_xml_child(body->root, "BasicParam");
	config->expiration_s = (int)gb_field_int(basic, "Expiration", G_MAXINT);
	config->heartbeat_interval_s = (int)gb_field_int(basic, "HeartBeatInterval", G_MAXINT);
	config->heartbeat_count = (int)gb_field_int(basic, "HeartBeatCount", G_MAXINT);
	config->values = g_ptr_array_new_with_free_func(config_destroy);
	for(const gb_xml_node *node = gb_xml_first(body->root); node; node = gb_xml_next(node)) {
		if(is_head(node) || is_secret(node))
			continue;
		if(gb_xml_first(node))
			add_leaves(gb_xml_name(node), "", node, message);
		else
			add_leaf(gb_xml_name(node), gb_xml_name(node), node, message);
	}
}

void gb_body_config_clear(gb_manscdp *message) {
	g_ptr_array_unref(message->config.values);
}
