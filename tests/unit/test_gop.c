/* The cache of the current group of pictures: what is in it, its caps, and that a taker cannot harm
 * it. */
#include "gb28181/media/gb_gop.h"

#include "lib/media_tools.h"

static void add(gb_gop *gop, gb_media_kind kind, bool key, bool start, uint64_t seq, uint16_t len,
	int64_t now_us) {
	uint8_t data[1400];
	memset(data, (int)seq, sizeof(data));
	gb_media_packet packet = {
		.data = data, .len = len, .kind = kind, .frame_start = start, .keyframe = key, .seq = seq};
	gb_gop_add(gop, &packet, now_us);
}

static void on_packet(void *user, const gb_media_packet *packet) {
	g_string_append_printf(user, "%c%" G_GUINT64_FORMAT " ",
		packet->kind == GB_AUDIO ? 'a'
			: packet->keyframe	 ? 'k'
								 : 'p',
		packet->seq);
	for(size_t i = 0; i < packet->len; i++) {
		g_assert_cmpuint(packet->data[i], ==, packet->seq & 0xFF);
	}
	memset(packet->data, 0xEE, 12);
}

static void check(gb_gop *gop, const char *expected) {
	for(int round = 0; round < 2; round++) {
		g_autoptr(GString) out = g_string_new(NULL);
		size_t count = gb_gop_replay(gop, on_packet, out);
		g_assert_cmpstr(out->str, ==, expected);
		g_auto(GStrv) words = g_strsplit(g_strchomp(out->str), " ", -1);
		g_assert_cmpuint(count, ==, g_strv_length(words));
	}
}

static void test_group(void) {
	g_autoptr(gb_gop) gop = gb_gop_new(10000, 2000000);
	check(gop, "");
	add(gop, GB_VIDEO, false, true, 1, 500, 0);
	add(gop, GB_AUDIO, false, true, 1, 172, 0);
	check(gop, "");
	add(gop, GB_VIDEO, true, true, 2, 1200, 0);
	add(gop, GB_VIDEO, true, false, 3, 33, 0);
	add(gop, GB_AUDIO, false, true, 2, 172, 0);
	add(gop, GB_VIDEO, false, true, 4, 12, 0);
	check(gop, "k2 k3 a2 p4 ");
	add(gop, GB_VIDEO, true, true, 5, 700, 0);
	check(gop, "k5 ");
	gb_gop_clear(gop);
	add(gop, GB_VIDEO, false, true, 6, 700, 0);
	check(gop, "");
	g_assert_cmpuint(gb_gop_overflows(gop), ==, 0);
}

static void test_caps(void) {
	g_autoptr(gb_gop) gop = gb_gop_new(4000, 2000000);
	add(gop, GB_VIDEO, true, true, 1, 1200, 0);
	add(gop, GB_VIDEO, false, true, 2, 1200, 0);
	add(gop, GB_VIDEO, false, true, 3, 1200, 0);
	check(gop, "k1 p2 p3 ");
	add(gop, GB_VIDEO, false, true, 4, 1200, 0);
	check(gop, "");
	add(gop, GB_VIDEO, false, true, 5, 20, 0);
	check(gop, "");
	g_assert_cmpuint(gb_gop_overflows(gop), ==, 1);
	add(gop, GB_VIDEO, true, true, 6, 1200, 5000000);
	add(gop, GB_VIDEO, false, true, 7, 20, 7000000);
	check(gop, "k6 p7 ");
	add(gop, GB_VIDEO, false, true, 8, 20, 7000001);
	check(gop, "");
	g_assert_cmpuint(gb_gop_overflows(gop), ==, 2);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/gop/group", test_group);
	g_test_add_func("/gop/caps", test_caps);
	return g_test_run();
}
