/* gb_id.c - see gb_id.h. */
#include "gb28181/proto/gb_id.h"

#include <stddef.h>
#include <string.h>

#include "gb28181/base/gb_str.h"

/** Digits of a number in the standard's rule A and rule B, and of the longest region code. */
#define RULE_A_DIGITS 20u
#define RULE_B_DIGITS 18u
#define REGION_DIGITS 8u

typedef struct {
	int first;
	int last;
	gb_node_kind kind;
} type_range;

/** Table E.1. What is not in it says nothing. */
static const type_range type_ranges[] = {
	{111, 132, GB_NODE_CAMERA},
	{133, 133, GB_NODE_ACCESSORY},
	{134, 135, GB_NODE_ALARM},
	{136, 137, GB_NODE_VOICE},
	{140, 140, GB_NODE_ALARM},
	{141, 143, GB_NODE_ACCESSORY},
	{200, 214, GB_NODE_PLATFORM},
	{215, 215, GB_NODE_GROUP},
	{216, 216, GB_NODE_ORGANISATION},
	{217, 299, GB_NODE_PLATFORM},
	{300, 599, GB_NODE_USER},
};

int gb_id_type(const char *id) {
	if(!id || !gb_id_valid(id) || strlen(id) != RULE_A_DIGITS)
		return -1;
	return (id[10] - '0') * 100 + (id[11] - '0') * 10 + (id[12] - '0');
}

static gb_node_kind kind_of_type(int type) {
	for(size_t i = 0; i < sizeof(type_ranges) / sizeof(type_ranges[0]); i++) {
		if(type >= type_ranges[i].first && type <= type_ranges[i].last)
			return type_ranges[i].kind;
	}
	return GB_NODE_OTHER;
}

static gb_node_kind kind_of_rule_b(const char *id) {
	const char *type = id + RULE_B_DIGITS - 2;
	if(strcmp(type, "99") == 0)
		return GB_NODE_REGION;
	if(strcmp(type, "90") == 0)
		return GB_NODE_ORGANISATION;
	return strcmp(type, "20") == 0 ? GB_NODE_PLATFORM : GB_NODE_OTHER;
}

gb_node_kind gb_id_kind(const char *id) {
	if(!id || !gb_id_valid(id))
		return GB_NODE_OTHER;
	size_t len = strlen(id);
	if(len <= REGION_DIGITS)
		return GB_NODE_REGION;
	if(len == RULE_B_DIGITS)
		return kind_of_rule_b(id);
	return len == RULE_A_DIGITS ? kind_of_type(gb_id_type(id)) : GB_NODE_OTHER;
}

bool gb_node_kind_playable(gb_node_kind kind) {
	return kind == GB_NODE_CAMERA || kind == GB_NODE_OTHER;
}

const char *gb_node_kind_name(gb_node_kind kind) {
	static const char *const names[] = {
		[GB_NODE_OTHER] = "other",
		[GB_NODE_CAMERA] = "camera",
		[GB_NODE_ALARM] = "alarm",
		[GB_NODE_VOICE] = "voice",
		[GB_NODE_ACCESSORY] = "accessory",
		[GB_NODE_GROUP] = "group",
		[GB_NODE_ORGANISATION] = "organisation",
		[GB_NODE_REGION] = "region",
		[GB_NODE_PLATFORM] = "platform",
		[GB_NODE_USER] = "user",
	};
	return names[kind];
}
