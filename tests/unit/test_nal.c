/* NAL units: the start code search against a slow one, classes, votes, and the splitter cut
 * anywhere. */
#include "gb28181/media/gb_nal.h"
#include "gb28181/media/gb_nal_split.h"

#include "lib/media_tools.h"

static size_t slow_find(const uint8_t *data, size_t len) {
	for(size_t i = 0; i + 3 <= len; i++) {
		if(data[i] == 0 && data[i + 1] == 0 && data[i + 2] == 1) {
			return i;
		}
	}
	return len;
}

static void test_find_start(void) {
	for(int round = 0; round < 20000; round++) {
		size_t len = (size_t)g_test_rand_int_range(0, 70);
		uint8_t *data = g_malloc(MAX(len, 1));
		for(size_t i = 0; i < len; i++) {
			data[i] = (uint8_t)g_test_rand_int_range(0, round % 2 ? 3 : 12);
		}
		g_assert_cmpuint(gb_nal_find_start(data, len), ==, slow_find(data, len));
		g_free(data);
	}
}

static void test_classify(void) {
	static const struct {
		gb_codec codec;
		const char *head;
		gb_nal_info info; /* class, opens, first_slice, random_access, intra */
	} rows[] = {
		{GB_CODEC_H264, "67 64 00", {GB_NAL_SPS, true, false, false, false}},
		{GB_CODEC_H264, "27 42 00", {GB_NAL_SPS, true, false, false, false}},
		{GB_CODEC_H264, "68 EE 3C", {GB_NAL_PPS, true, false, false, false}},
		{GB_CODEC_H264, "06 05 10", {GB_NAL_OTHER, true, false, false, false}},
		{GB_CODEC_H264, "09 F0", {GB_NAL_OTHER, true, false, false, false}},
		{GB_CODEC_H264, "0C FF FF", {GB_NAL_OTHER, false, false, false, false}},
		{GB_CODEC_H264, "0A", {GB_NAL_OTHER, false, false, false, false}},
		{GB_CODEC_H264, "6E 00 00", {GB_NAL_OTHER, true, false, false, false}},
		{GB_CODEC_H264, "65 88 80", {GB_NAL_SLICE, false, true, true, true}},
		{GB_CODEC_H264, "65 B8 00", {GB_NAL_SLICE, false, true, true, true}},
		{GB_CODEC_H264, "65 20 80", {GB_NAL_SLICE, false, false, true, false}},
		{GB_CODEC_H264, "41 9A 00", {GB_NAL_SLICE, false, true, false, false}},
		{GB_CODEC_H264, "41 E0 00", {GB_NAL_SLICE, false, true, false, false}},
		{GB_CODEC_H264, "61 88 00", {GB_NAL_SLICE, false, true, false, true}},
		{GB_CODEC_H264, "61 B0 00", {GB_NAL_SLICE, false, true, false, true}},
		{GB_CODEC_H264, "01 9E 00", {GB_NAL_SLICE, false, true, false, false}},
		{GB_CODEC_H264, "41", {GB_NAL_SLICE, false, false, false, false}},
		{GB_CODEC_H264, "E7 64 00", {GB_NAL_OTHER, false, false, false, false}},
		{GB_CODEC_H265, "40 01 0C", {GB_NAL_VPS, true, false, false, false}},
		{GB_CODEC_H265, "42 01 01", {GB_NAL_SPS, true, false, false, false}},
		{GB_CODEC_H265, "44 01 C0", {GB_NAL_PPS, true, false, false, false}},
		{GB_CODEC_H265, "46 01 50", {GB_NAL_OTHER, true, false, false, false}},
		{GB_CODEC_H265, "4E 01 05", {GB_NAL_OTHER, true, false, false, false}},
		{GB_CODEC_H265, "50 01 84", {GB_NAL_OTHER, false, false, false, false}},
		{GB_CODEC_H265, "26 01 AC", {GB_NAL_SLICE, false, true, true, false}},
		{GB_CODEC_H265, "28 01 2C", {GB_NAL_SLICE, false, false, true, false}},
		{GB_CODEC_H265, "2A 01 AC", {GB_NAL_SLICE, false, true, true, false}},
		{GB_CODEC_H265, "02 01 D0", {GB_NAL_SLICE, false, true, false, false}},
		{GB_CODEC_H265, "02", {GB_NAL_OTHER, false, false, false, false}},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GByteArray) head = mt_bytes(rows[i].head);
		gb_nal_info info = gb_nal_classify(rows[i].codec, head->data, head->len);
		g_test_message("%s %s", gb_codec_name(rows[i].codec), rows[i].head);
		g_assert_cmpint(info.nal_class, ==, rows[i].info.nal_class);
		g_assert_cmpint(info.opens, ==, rows[i].info.opens);
		g_assert_cmpint(info.first_slice, ==, rows[i].info.first_slice);
		g_assert_cmpint(info.random_access, ==, rows[i].info.random_access);
		g_assert_cmpint(info.intra, ==, rows[i].info.intra);
	}
}

static void test_vote(void) {
	static const struct {
		const char *head;
		gb_nal_weight weight;
		gb_codec codec;
	} rows[] = {
		{"67 64 00", GB_NAL_VOTE_STRONG, GB_CODEC_H264},
		{"47 42 00", GB_NAL_VOTE_STRONG, GB_CODEC_H264},
		{"67 01 00", GB_NAL_VOTE_NONE, GB_CODEC_NONE}, /* no such profile */
		{"07 42 00", GB_NAL_VOTE_NONE, GB_CODEC_NONE}, /* no reference: no SPS */
		{"68 EE 3C", GB_NAL_VOTE_WEAK, GB_CODEC_H264},
		{"65 88 80", GB_NAL_VOTE_WEAK, GB_CODEC_H264},
		{"41 9A 00", GB_NAL_VOTE_WEAK, GB_CODEC_H264},
		{"06 05 10", GB_NAL_VOTE_NONE, GB_CODEC_NONE},
		{"09 F0", GB_NAL_VOTE_NONE, GB_CODEC_NONE},
		{"40 01 0C", GB_NAL_VOTE_STRONG, GB_CODEC_H265},
		{"42 01 01", GB_NAL_VOTE_STRONG, GB_CODEC_H265},
		{"44 01 C0", GB_NAL_VOTE_STRONG, GB_CODEC_H265},
		{"42 02 01", GB_NAL_VOTE_NONE, GB_CODEC_NONE},
		{"26 01 AC", GB_NAL_VOTE_WEAK, GB_CODEC_H265},
		{"02 01 D0", GB_NAL_VOTE_WEAK, GB_CODEC_H265},
		{"B0 01 00", GB_NAL_VOTE_WEAK, GB_CODEC_MPEG4},
		{"B6 10 00", GB_NAL_VOTE_WEAK, GB_CODEC_MPEG4},
		{"B3 10 00", GB_NAL_VOTE_NONE, GB_CODEC_NONE},
		{"67", GB_NAL_VOTE_NONE, GB_CODEC_NONE},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GByteArray) head = mt_bytes(rows[i].head);
		gb_codec codec = GB_CODEC_NONE;
		g_test_message("%s", rows[i].head);
		g_assert_cmpint(gb_nal_vote(head->data, head->len, &codec), ==, rows[i].weight);
		g_assert_cmpint(codec, ==, rows[i].codec);
	}
}

/* ---- splitter ---- */

static void on_begin(void *user, const uint8_t *head, size_t len) {
	g_assert_cmpuint(len, >, 0);
	g_assert_cmpuint(len, <=, GB_NAL_HEAD_MAX);
	g_string_append_c(user, '[');
	for(size_t i = 0; i < len; i++) {
		g_string_append_printf(user, "%02x", head[i]);
	}
}

static void on_data(void *user, const uint8_t *data, size_t len) {
	g_assert_cmpuint(len, >, 0);
	for(size_t i = 0; i < len; i++) {
		g_string_append_printf(user, "%02x", data[i]);
	}
}

static void on_end(void *user) {
	g_string_append_c(user, ']');
}

static void on_stray(void *user, size_t len) {
	while(len-- > 0) {
		g_string_append_c(user, '.');
	}
}

static const gb_nal_split_ops split_ops = {on_begin, on_data, on_end, on_stray};

static void test_split(void) {
	static const struct {
		const char *stream;
		const char *units;
	} rows[] = {
		{"00 00 01 65 88 80 11 00 00 01 41 9A", "[65888011][419a]"},
		{"00 00 00 01 65 88 80 11 00 00 00 00 01 41 9A 22 33", "[65888011][419a2233]"},
		{"AA BB 00 00 01 09 F0", "..[09f0]"},
		{"00 00 01 0A", "[0a]"},
		{"00 00 01 00 00 01 65 88 80 00", "[658880]"},
		{"00 00 01 65 00 00 03 00 00 02 00 00 01 41", "[65000003000002][41]"},
		{"00 00 01 65 11 22 00 00 00 00 33 00 00 00", "[6511220000000033]"},
		{"00 00 01 65 00 01 00 00 01 41 01 00 01", "[650001][41010001]"},
		{"00 00 01", ""},
		{"00 00 00 00", ""},
		{"11", "."},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GByteArray) stream = mt_bytes(rows[i].stream);
		for(size_t cut = 1; cut <= stream->len; cut++) {
			g_autoptr(GString) out = g_string_new(NULL);
			g_autoptr(gb_nal_split) split = gb_nal_split_new(&split_ops, out);
			for(size_t at = 0; at < stream->len; at += cut) {
				size_t len = MIN(cut, stream->len - at);
				g_autofree uint8_t *exact = g_memdup2(stream->data + at, len);
				gb_nal_split_feed(split, exact, len);
			}
			gb_nal_split_end(split);
			g_assert_cmpstr(out->str, ==, rows[i].units);
		}
	}
}

static void test_split_end_and_reset(void) {
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(gb_nal_split) split = gb_nal_split_new(&split_ops, out);
	g_autoptr(GByteArray) begin = mt_bytes("00 00 01 65 88 80 11 00");
	g_autoptr(GByteArray) more = mt_bytes("22 33 00 00 01 41 9A 44");
	gb_nal_split_feed(split, begin->data, begin->len);
	gb_nal_split_end(split);
	gb_nal_split_end(split);
	gb_nal_split_feed(split, more->data, more->len);
	gb_nal_split_reset(split);
	gb_nal_split_feed(split, more->data, 2);
	g_assert_cmpstr(out->str, ==, "[65888011]..[419a44..");
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/nal/find_start", test_find_start);
	g_test_add_func("/nal/classify", test_classify);
	g_test_add_func("/nal/vote", test_vote);
	g_test_add_func("/nal/split", test_split);
	g_test_add_func("/nal/split_end_and_reset", test_split_end_and_reset);
	return g_test_run();
}
