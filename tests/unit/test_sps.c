/* Parameter sets: sizes and ids out of sets that x264 and x265 wrote, cut sets, and the cache of
 * them. */
#include "gb28181/media/gb_params.h"
#include "gb28181/media/gb_sps.h"

#include "lib/media_tools.h"

#define VPS_265 "40010c01ffff01600000030090000003000003003c959409"
#define SPS_265                                                                                    \
	"420101016000000300900000030000030 03ca00b080485965654a4c2f0168080000003008000000c84"
#define PPS_265 "4401c073c189"

static const struct {
	const char *what;
	gb_codec codec;
	const char *nal;
	gb_sps sps;
} rows[] = {
	{"High 320x240", GB_CODEC_H264, MT_SPS, {100, 13, 320, 240}},
	{"Baseline 1280x720", GB_CODEC_H264, MT_SPS_720, {66, 31, 1280, 720}},
	{"Baseline 1920x1080, cropped", GB_CODEC_H264,
		"6742c028da01e0089f97011000000300100000030320f1832a", {66, 40, 1920, 1080}},
	{"Baseline 352x288", GB_CODEC_H264, "6742c00dda05825b011000000300100000030320f142aa",
		{66, 13, 352, 288}},
	{"High 1920x1080 interlaced", GB_CODEC_H264,
		"67640028acd94078044fde0220000003002000000643e2c5b2c0", {100, 40, 1920, 1080}},
	{"High 4:4:4 1366x768", GB_CODEC_H264, "67f40020919b280ac0c3c5f808800000030080000019078c18cb",
		{244, 32, 1366, 768}},
	{"High 1366x768", GB_CODEC_H264, "67640020acd94056061e6f011000000300100000030320f18319600",
		{100, 32, 1366, 768}},
	{"Main 1920x1080", GB_CODEC_H265,
		"420101016000000300900000030000030078a003c0801107cb965654a4c2f0168080000003008000000c84",
		{1, 120, 1920, 1080}},
	{"Main 352x288", GB_CODEC_H265, SPS_265, {1, 60, 352, 288}},
};

static void test_parse(void) {
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GByteArray) nal = mt_bytes(rows[i].nal);
		gb_sps sps = {0};
		uint8_t id = 99;
		g_test_message("%s", rows[i].what);
		g_assert_true(gb_sps_parse(rows[i].codec, nal->data, nal->len, &sps));
		g_assert_cmpuint(sps.profile, ==, rows[i].sps.profile);
		g_assert_cmpuint(sps.level, ==, rows[i].sps.level);
		g_assert_cmpuint(sps.width, ==, rows[i].sps.width);
		g_assert_cmpuint(sps.height, ==, rows[i].sps.height);
		g_assert_true(gb_sps_set_id(rows[i].codec, GB_NAL_SPS, nal->data, nal->len, &id));
		g_assert_cmpuint(id, ==, 0);
	}
}

/** Every cut of every set, in an allocation of its exact size: false, or the size is known by then.
 */
static void test_cut(void) {
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GByteArray) nal = mt_bytes(rows[i].nal);
		size_t refused = 0;
		for(size_t len = 0; len < nal->len; len++) {
			g_autofree uint8_t *exact = g_malloc(MAX(len, 1));
			memcpy(exact, nal->data, len);
			gb_sps sps = {1, 2, 3, 4};
			if(gb_sps_parse(rows[i].codec, exact, len, &sps)) {
				g_assert_cmpuint(sps.width, ==, rows[i].sps.width);
				g_assert_cmpuint(sps.height, ==, rows[i].sps.height);
			} else {
				g_assert_cmpuint(sps.width, ==, 3);
				refused++;
			}
		}
		g_assert_cmpuint(refused, >=, 8);
	}
}

/** Fields one by one, written by this test: profile, level, then exponential Golomb codes. */
typedef struct {
	GByteArray *bytes;
	unsigned bits;
} writer;

static void put(writer *to, unsigned count, uint32_t value) {
	while(count-- > 0) {
		if(to->bits % 8 == 0) {
			const uint8_t zero = 0;
			g_byte_array_append(to->bytes, &zero, 1);
		}
		to->bytes->data[to->bits / 8] |= (uint8_t)(((value >> count) & 1) << (7 - to->bits % 8));
		to->bits++;
	}
}

static void put_ue(writer *to, uint32_t value) {
	unsigned len = 0;
	while(((uint64_t)value + 1) >> (len + 1)) {
		len++;
	}
	put(to, len, 0);
	put(to, 1, 1);
	put(to, len, (uint32_t)(value + 1 - (UINT32_C(1) << len)));
}

typedef struct {
	const char *what;
	uint32_t poc_cycle, mbs_x, mbs_y, frame_only, crop_right, crop_bottom;
	bool good;
	uint16_t width, height;
} made_row;

static GByteArray *make(const made_row *from) {
	writer to = {g_byte_array_new(), 0};
	put(&to, 32, 0x674D0028);
	put_ue(&to, 0); /* id */
	put_ue(&to, 4);
	put_ue(&to, 1); /* pic_order_cnt_type 1 */
	put(&to, 1, 0);
	put_ue(&to, 3);
	put_ue(&to, 4);
	put_ue(&to, from->poc_cycle);
	for(uint32_t i = 0; i < MIN(from->poc_cycle, 255); i++) {
		put_ue(&to, i);
	}
	put_ue(&to, 1);
	put(&to, 1, 0);
	put_ue(&to, from->mbs_x - 1);
	put_ue(&to, from->mbs_y - 1);
	put(&to, 1, from->frame_only);
	if(!from->frame_only) {
		put(&to, 1, 1);
	}
	put(&to, 1, 1);
	put(&to, 1, 1);
	put_ue(&to, 0);
	put_ue(&to, from->crop_right);
	put_ue(&to, 0);
	put_ue(&to, from->crop_bottom);
	put(&to, 8, 0x80);
	return to.bytes;
}

static void test_made(void) {
	static const made_row made[] = {
		{"plain", 0, 10, 8, 1, 0, 0, true, 160, 128},
		{"cycle of offsets", 255, 10, 8, 1, 0, 0, true, 160, 128},
		{"cycle too long", 256, 10, 8, 1, 0, 0, false, 0, 0},
		{"cropped", 0, 10, 8, 1, 3, 4, true, 154, 120},
		{"fields, cropped", 0, 10, 4, 0, 3, 2, true, 154, 120},
		{"cropped away", 0, 10, 8, 1, 80, 0, false, 0, 0},
		{"cropped far away", 0, 10, 8, 1, 0, 4294967294u, false, 0, 0},
		{"as large as it may be", 0, 1024, 1024, 1, 0, 0, true, 16384, 16384},
		{"too wide", 0, 1025, 8, 1, 0, 0, false, 0, 0},
		{"huge", 0, 4294967295u, 4294967295u, 1, 0, 0, false, 0, 0},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(made); i++) {
		g_autoptr(GByteArray) nal = make(&made[i]);
		gb_sps sps = {0};
		g_test_message("%s", made[i].what);
		g_assert_cmpint(gb_sps_parse(GB_CODEC_H264, nal->data, nal->len, &sps), ==, made[i].good);
		g_assert_cmpuint(sps.width, ==, made[i].width);
		g_assert_cmpuint(sps.height, ==, made[i].height);
	}
}

static void test_ids(void) {
	static const struct {
		gb_codec codec;
		gb_nal_class nal_class;
		const char *nal;
		int id; /* -1: refused */
	} ids[] = {
		{GB_CODEC_H264, GB_NAL_PPS, "68 EE 3C 80", 0},
		{GB_CODEC_H264, GB_NAL_PPS, "68 5E 3C 80", 1},
		{GB_CODEC_H264, GB_NAL_PPS, "68 00 80 80 00", -1}, /* 256 */
		{GB_CODEC_H264, GB_NAL_SPS, "67 64 00 0D 40", 1},
		{GB_CODEC_H264, GB_NAL_SPS, "67 64 00 0D 04 20", -1},
		{GB_CODEC_H264, GB_NAL_SPS, "67 64 00", -1},
		{GB_CODEC_H264, GB_NAL_PPS, "68", -1},
		{GB_CODEC_H264, GB_NAL_PPS, "68 00 00 00 00 00 00", -1},
		{GB_CODEC_H264, GB_NAL_SLICE, "65 88 80", -1},
		{GB_CODEC_H265, GB_NAL_VPS, VPS_265, 0},
		{GB_CODEC_H265, GB_NAL_VPS, "40 01 3C", 3},
		{GB_CODEC_H265, GB_NAL_SPS, SPS_265, 0},
		{GB_CODEC_H265, GB_NAL_PPS, PPS_265, 0},
		{GB_CODEC_H265, GB_NAL_SPS, "42 01 0F 01 60", -1},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
		g_autoptr(GByteArray) nal = mt_bytes(ids[i].nal);
		uint8_t id = 99;
		int expected = ids[i].id;
		bool good = gb_sps_set_id(ids[i].codec, ids[i].nal_class, nal->data, nal->len, &id);
		g_test_message("%s", ids[i].nal);
		g_assert_cmpint(good, ==, expected >= 0);
		g_assert_cmpint(id, ==, expected >= 0 ? expected : 99);
	}
}

/* ---- the cache ---- */

static gb_params_result put_set(
	gb_params *params, gb_codec codec, gb_nal_class c, const char *hex) {
	g_autoptr(GByteArray) nal = mt_bytes(hex);
	return gb_params_put(params, codec, c, nal->data, nal->len);
}

static void test_cache(void) {
	g_autofree gb_params *params = g_new0(gb_params, 1);
	g_assert_cmpint(put_set(params, GB_CODEC_H264, GB_NAL_PPS, "68 5E 3C"), ==, GB_PARAMS_CHANGED);
	g_assert_false(gb_params_complete(params, GB_CODEC_H264));
	g_assert_cmpint(put_set(params, GB_CODEC_H264, GB_NAL_SPS, MT_SPS), ==, GB_PARAMS_CHANGED);
	g_assert_true(gb_params_complete(params, GB_CODEC_H264));
	g_assert_false(gb_params_complete(params, GB_CODEC_H265));
	g_assert_cmpint(put_set(params, GB_CODEC_H264, GB_NAL_PPS, MT_PPS), ==, GB_PARAMS_CHANGED);
	params->sets[1].fresh = false;
	g_assert_cmpint(put_set(params, GB_CODEC_H264, GB_NAL_PPS, MT_PPS), ==, GB_PARAMS_SAME);
	g_assert_false(params->sets[1].fresh);
	g_assert_cmpint(put_set(params, GB_CODEC_H264, GB_NAL_PPS, "68 EE 3C"), ==, GB_PARAMS_CHANGED);
	g_assert_true(params->sets[1].fresh);
	g_assert_cmpuint(params->count, ==, 3);
	g_assert_cmpint(params->sets[0].nal_class, ==, GB_NAL_SPS);
	g_assert_cmpuint(params->sets[1].id, ==, 0);
	g_assert_cmpuint(params->sets[2].id, ==, 1);
	gb_params_clear(params);
	g_assert_false(gb_params_complete(params, GB_CODEC_H264));
}

static void test_cache_caps(void) {
	g_autofree gb_params *params = g_new0(gb_params, 1);
	uint8_t big[GB_PARAMS_BYTES + 1] = {0x68, 0xEE};
	g_assert_cmpint(
		gb_params_put(params, GB_CODEC_H264, GB_NAL_PPS, big, sizeof(big)), ==, GB_PARAMS_REFUSED);
	g_assert_cmpint(gb_params_put(params, GB_CODEC_H264, GB_NAL_PPS, big, sizeof(big) - 1), ==,
		GB_PARAMS_CHANGED);
	gb_params_clear(params);
	for(unsigned id = 0; id <= GB_PARAMS_MAX; id++) {
		writer to = {g_byte_array_new(), 0};
		put(&to, 8, 0x68);
		put_ue(&to, id);
		put(&to, 8, 0x80);
		g_assert_cmpint(
			gb_params_put(params, GB_CODEC_H264, GB_NAL_PPS, to.bytes->data, to.bytes->len), ==,
			id < GB_PARAMS_MAX ? GB_PARAMS_CHANGED : GB_PARAMS_REFUSED);
		g_byte_array_unref(to.bytes);
	}
	g_assert_cmpuint(params->count, ==, GB_PARAMS_MAX);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sps/parse", test_parse);
	g_test_add_func("/sps/cut", test_cut);
	g_test_add_func("/sps/made", test_made);
	g_test_add_func("/sps/ids", test_ids);
	g_test_add_func("/params/cache", test_cache);
	g_test_add_func("/params/caps", test_cache_caps);
	return g_test_run();
}
