/* test_id.c - classification of ids. */
#include "gb28181/proto/gb_id.h"

#include <glib.h>
#include <string.h>

typedef struct {
	const char *id;
	int type;
	gb_node_kind kind;
	bool playable;
} row;

static const row rows[] = {
	{"34020000001310000001", 131, GB_NODE_CAMERA, true},
	{"34020000001320000001", 132, GB_NODE_CAMERA, true},
	{"34020000001110000001", 111, GB_NODE_CAMERA, true},
	{"34020000001180000001", 118, GB_NODE_CAMERA, true},
	{"34020000001290000001", 129, GB_NODE_CAMERA, true},
	{"34020000001300000001", 130, GB_NODE_CAMERA, true},
	{"34020000001330000001", 133, GB_NODE_ACCESSORY, false},
	{"34020000001340000001", 134, GB_NODE_ALARM, false},
	{"34020000001350000001", 135, GB_NODE_ALARM, false},
	{"34020000001360000001", 136, GB_NODE_VOICE, false},
	{"34020000001370000001", 137, GB_NODE_VOICE, false},
	{"34020000001380000001", 138, GB_NODE_OTHER, true},
	{"34020000001390000001", 139, GB_NODE_OTHER, true},
	{"34020000001400000001", 140, GB_NODE_ALARM, false},
	{"34020000001410000001", 141, GB_NODE_ACCESSORY, false},
	{"34020000001430000001", 143, GB_NODE_ACCESSORY, false},
	{"34020000001440000001", 144, GB_NODE_OTHER, true},
	{"34020000001990000001", 199, GB_NODE_OTHER, true},
	{"34020000002000000001", 200, GB_NODE_PLATFORM, false},
	{"34020000002140000001", 214, GB_NODE_PLATFORM, false},
	{"34020000002150000001", 215, GB_NODE_GROUP, false},
	{"34020000002160000001", 216, GB_NODE_ORGANISATION, false},
	{"34020000002170000001", 217, GB_NODE_PLATFORM, false},
	{"34020000002990000001", 299, GB_NODE_PLATFORM, false},
	{"34020000003000000001", 300, GB_NODE_USER, false},
	{"34020000004430000001", 443, GB_NODE_USER, false},
	{"34020000005050000001", 505, GB_NODE_USER, false},
	{"34020000006000000001", 600, GB_NODE_OTHER, true},
	{"34020000009990000001", 999, GB_NODE_OTHER, true},
	{"34020000001100000001", 110, GB_NODE_OTHER, true},
	{"34020000000000000001", 0, GB_NODE_OTHER, true},
	{"34", -1, GB_NODE_REGION, false},
	{"340200", -1, GB_NODE_REGION, false},
	{"34020000", -1, GB_NODE_REGION, false},
	{"340200001", -1, GB_NODE_OTHER, true},
	{"1309091152293009", -1, GB_NODE_OTHER, true},
	{"130909115229300920", -1, GB_NODE_PLATFORM, false},
	{"130909115229300990", -1, GB_NODE_ORGANISATION, false},
	{"130909115229300999", -1, GB_NODE_REGION, false},
	{"130909115229300901", -1, GB_NODE_OTHER, true},
	{"3402000000131000000", -1, GB_NODE_OTHER, true},
	{"340200000013100000011", -1, GB_NODE_OTHER, true},
	{"3402000000131000000a", -1, GB_NODE_OTHER, true},
	{"", -1, GB_NODE_OTHER, true},
	{NULL, -1, GB_NODE_OTHER, true},
};

static void test_table(void) {
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const row *r = &rows[i];
		g_test_message("%s", r->id ? r->id : "NULL");
		g_assert_cmpint(gb_id_type(r->id), ==, r->type);
		g_assert_cmpint(gb_id_kind(r->id), ==, r->kind);
		g_assert_cmpint(gb_node_kind_playable(gb_id_kind(r->id)), ==, r->playable);
	}
}

static void test_names(void) {
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	for(int kind = GB_NODE_OTHER; kind <= GB_NODE_USER; kind++) {
		const char *name = gb_node_kind_name((gb_node_kind)kind);
		g_assert_cmpuint(strlen(name), >, 0);
		g_assert_true(g_hash_table_add(seen, g_strdup(name)));
	}
	g_assert_cmpstr(gb_node_kind_name(GB_NODE_CAMERA), ==, "camera");
	g_assert_cmpstr(gb_node_kind_name(GB_NODE_OTHER), ==, "other");
	GHashTableIter iter;
	gpointer name;
	g_hash_table_iter_init(&iter, seen);
	while(g_hash_table_iter_next(&iter, &name, NULL))
		g_free(name);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/id/table", test_table);
	g_test_add_func("/id/names", test_names);
	return g_test_run();
}
