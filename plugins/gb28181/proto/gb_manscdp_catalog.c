/* gb_manscdp_catalog.c - the body of Catalog, and what kind of node an item is. */
#include "gb28181/proto/gb_manscdp_body.h"

#include <string.h>

static gb_item_status status_of(const gb_xml_node *item) {
	static const char *const faults[] = {"DEFECT", "FAULT", "VLOST"};
	g_autofree char *text = gb_field_text(item, "Status");
	if(!text)
		return GB_ITEM_UNKNOWN;
	if(gb_str_equal_nocase(text, "ON") || gb_str_equal_nocase(text, "OK") ||
		gb_str_equal_nocase(text, "ONLINE"))
		return GB_ITEM_ON;
	for(size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
		if(gb_str_equal_nocase(text, faults[i]))
			return GB_ITEM_FAULT;
	}
	return GB_ITEM_OFF;
}

/** The Event; OperateType, which a Hikvision platform sends in its place, means no more than an
 * update of the item (10.3). */
static gb_item_event event_of(const gb_xml_node *item) {
	static const char *const names[] = {
		[GB_EVENT_NONE] = "",
		[GB_EVENT_ON] = "ON",
		[GB_EVENT_OFF] = "OFF",
		[GB_EVENT_VLOST] = "VLOST",
		[GB_EVENT_DEFECT] = "DEFECT",
		[GB_EVENT_ADD] = "ADD",
		[GB_EVENT_DEL] = "DEL",
		[GB_EVENT_UPDATE] = "UPDATE",
	};
	g_autofree char *text = gb_field_text(item, "Event");
	for(size_t i = GB_EVENT_NONE + 1; text && i < G_N_ELEMENTS(names); i++) {
		if(gb_str_equal_nocase(text, names[i]))
			return (gb_item_event)i;
	}
	return GB_EVENT_NONE;
}

/** Splits ParentID at `/`; what is no id is passed over, what is over the cap is counted. */
static void add_parents(const gb_xml_node *node, gb_catalog_item *item, gb_manscdp *message) {
	g_autofree char *text = gb_field_text(node, "ParentID");
	g_auto(GStrv) ids = text ? g_strsplit(text, "/", -1) : NULL;
	for(size_t i = 0; ids && ids[i]; i++) {
		const char *id = g_strstrip(ids[i]);
		if(!gb_id_valid(id))
			continue;
		if(item->parent_count == GB_MANSCDP_PARENTS_MAX) {
			message->dropped++;
			return;
		}
		(void)gb_str_copy(item->parents[item->parent_count++], GB_ID_SIZE, id);
	}
}

static void fill_texts(const gb_xml_node *node, gb_catalog_item *item) {
	item->name = gb_field_text(node, "Name");
	item->manufacturer = gb_field_text(node, "Manufacturer");
	item->model = gb_field_text(node, "Model");
	item->owner = gb_field_text(node, "Owner");
	item->civil_code = gb_field_text(node, "CivilCode");
	item->block = gb_field_text(node, "Block");
	item->address = gb_field_text(node, "Address");
	item->stream_numbers = gb_field_text_or_info(node, "StreamNumberList");
}

static void fill_numbers(const gb_xml_node *node, gb_catalog_item *item) {
	item->parental = gb_field_int_or_info(node, "Parental");
	item->register_way = gb_field_int_or_info(node, "RegisterWay");
	item->secrecy = gb_field_int_or_info(node, "Secrecy");
	item->ptz_type = gb_field_int_or_info(node, "PTZType");
	item->sub_type = gb_field_int_or_info(node, "ResSubType");
	if(item->sub_type < 0)
		item->sub_type = gb_field_int_or_info(node, "CameraType");
}

static void add_item(const gb_body *body, const gb_xml_node *node, gb_manscdp *message) {
	char id[GB_ID_SIZE];
	(void)body;
	if(!gb_field_id(node, "DeviceID", id) || message->catalog.items->len >= GB_MANSCDP_ITEMS_MAX) {
		message->dropped++;
		return;
	}
	gb_catalog_item *item = g_new0(gb_catalog_item, 1);
	memcpy(item->id, id, sizeof(id));
	item->event = event_of(node);
	item->status = status_of(node);
	item->position = gb_field_position(node);
	fill_texts(node, item);
	fill_numbers(node, item);
	add_parents(node, item, message);
	g_autofree char *group = gb_field_text_or_info(node, "BusinessGroupID");
	if(group && gb_id_valid(group))
		(void)gb_str_copy(item->business_group_id, GB_ID_SIZE, group);
	g_ptr_array_add(message->catalog.items, item);
}

void gb_catalog_item_free(gb_catalog_item *item) {
	if(!item)
		return;
	g_free(item->name);
	g_free(item->manufacturer);
	g_free(item->model);
	g_free(item->owner);
	g_free(item->civil_code);
	g_free(item->block);
	g_free(item->address);
	g_free(item->stream_numbers);
	g_free(item);
}

static void item_destroy(gpointer item) {
	gb_catalog_item_free((gb_catalog_item *)item);
}

void gb_body_catalog(const gb_body *body, gb_manscdp *message) {
	message->catalog.sum_num = gb_field_int(body->root, "SumNum", G_MAXINT32);
	message->catalog.items = g_ptr_array_new_with_free_func(item_destroy);
	gb_body_each_item(body, "DeviceList", message, add_item);
}

void gb_body_catalog_clear(gb_manscdp *message) {
	g_ptr_array_unref(message->catalog.items);
}

gb_node_kind gb_manscdp_node_kind(const gb_catalog_item *item) {
	if(gb_id_type(item->id) >= 0)
		return gb_id_kind(item->id);
	switch(item->sub_type) {
	case 0:
		return GB_NODE_REGION;
	case 1:
		return GB_NODE_CAMERA;
	case 90:
		return GB_NODE_ORGANISATION;
	default:
		return gb_id_kind(item->id);
	}
}

bool gb_manscdp_playable(const gb_catalog_item *item) {
	return gb_node_kind_playable(gb_manscdp_node_kind(item));
}
