/* gb_manscdp_field.c - readers for the fields of MANSCDP bodies. */
#include "gb28181/proto/gb_manscdp_body.h"

#include <math.h>

#include "gb28181/base/gb_clock.h"

static char *node_text(const gb_xml_node *node) {
	char *text = gb_xml_text(node, GB_MANSCDP_TEXT_MAX);
	if(text && gb_str_equal_nocase(text, "null"))
		g_clear_pointer(&text, g_free);
	return text;
}

char *gb_field_text(const gb_xml_node *node, const char *name) {
	return node_text(gb_xml_child(node, name));
}

char *gb_field_text_or_info(const gb_xml_node *node, const char *name) {
	char *text = gb_field_text(node, name);
	if(text)
		return text;
	for(const gb_xml_node *child = gb_xml_first(node); child && !text; child = gb_xml_next(child)) {
		if(gb_xml_is(child, "Info"))
			text = gb_field_text(child, name);
	}
	return text;
}

int64_t gb_field_int(const gb_xml_node *node, const char *name, int64_t max) {
	g_autofree char *text = gb_field_text(node, name);
	int64_t value = -1;
	return text && gb_str_parse_int(text, 0, max, &value) ? value : -1;
}

int gb_field_int_or_info(const gb_xml_node *node, const char *name) {
	g_autofree char *text = gb_field_text_or_info(node, name);
	int64_t value = -1;
	return text && gb_str_parse_int(text, 0, G_MAXINT, &value) ? (int)value : -1;
}

double gb_field_double(const gb_xml_node *node, const char *name) {
	g_autofree char *text = gb_field_text(node, name);
	double value = NAN;
	return text && gb_str_parse_double(text, &value) ? value : (double)NAN;
}

bool gb_field_id(const gb_xml_node *node, const char *name, char buf[GB_ID_SIZE]) {
	g_autofree char *text = gb_field_text(node, name);
	buf[0] = '\0';
	return text && gb_id_valid(text) && gb_str_copy(buf, GB_ID_SIZE, text);
}

gb_wire_time gb_field_time(const gb_body *body, const gb_xml_node *node, const char *name) {
	g_autofree char *text = gb_field_text(node, name);
	gb_wire_time time = {0};
	time.present = text && gb_time_parse_local(text, body->utc_offset_minutes, &time.us);
	return time;
}

gb_wire_position gb_field_position(const gb_xml_node *node) {
	gb_wire_position position = {
		.longitude = gb_field_double(node, "Longitude"),
		.latitude = gb_field_double(node, "Latitude"),
	};
	/* Comparisons with NAN are false. Devices without a position send 0 for both. */
	position.present = fabs(position.longitude) <= 180 && fabs(position.latitude) <= 90 &&
		(position.longitude != 0 || position.latitude != 0);
	return position.present ? position : (gb_wire_position){0};
}

gb_flag gb_field_flag(const gb_xml_node *node, const char *name) {
	static const char *const on[] = {"ON", "ONLINE", "OK", "1"};
	static const char *const off[] = {"OFF", "OFFLINE", "ERROR", "0"};
	g_autofree char *text = gb_field_text(node, name);
	for(size_t i = 0; text && i < G_N_ELEMENTS(on); i++) {
		if(gb_str_equal_nocase(text, on[i]))
			return GB_FLAG_ON;
		if(gb_str_equal_nocase(text, off[i]))
			return GB_FLAG_OFF;
	}
	return GB_FLAG_UNKNOWN;
}

void gb_body_each_item(const gb_body *body, const char *list, gb_manscdp *message, gb_item_fn fn) {
	for(const gb_xml_node *child = gb_xml_first(body->root); child; child = gb_xml_next(child)) {
		if(gb_xml_is(child, "Item"))
			fn(body, child, message);
		if(!gb_xml_is(child, list))
			continue;
		for(const gb_xml_node *item = gb_xml_first(child); item; item = gb_xml_next(item)) {
			if(gb_xml_is(item, "Item"))
				fn(body, item, message);
		}
	}
}
