/* Packets of RFC 6184 and RFC 7798: forms, limits, markers, numbers; every NAL unit comes back
 * whole. */
#include "gb28181/media/gb_packetizer.h"

#include "lib/media_tools.h"

typedef struct {
	gb_packetizer *packetizer;
	mt_ear ear;
} bench;

static void setup(bench *it, uint16_t max_bytes) {
	memset(it, 0, sizeof(*it));
	it->ear.packets = g_ptr_array_new_with_free_func(g_free);
	it->packetizer = gb_packetizer_new(max_bytes, mt_on_packet, &it->ear);
}

static void teardown(bench *it) {
	gb_packetizer_free(it->packetizer);
	g_ptr_array_unref(it->ear.packets);
}

/** A whole NAL unit of `len` bytes in pieces of `piece`. */
static void send_nal(bench *it, const uint8_t *nal, size_t len, size_t piece) {
	size_t head = MIN(len, 3);
	gb_packetizer_nal(it->packetizer, nal, head);
	for(size_t at = head; at < len; at += piece) {
		gb_packetizer_data(it->packetizer, nal + at, MIN(piece, len - at));
	}
	gb_packetizer_nal_end(it->packetizer);
}

static GByteArray *nal_bytes(gb_codec codec, size_t len) {
	GByteArray *nal = g_byte_array_new();
	g_byte_array_set_size(nal, (guint)len);
	for(size_t i = 0; i < len; i++) {
		nal->data[i] = (uint8_t)(1 + i % 250);
	}
	nal->data[0] = codec == GB_CODEC_H265 ? 0x26 : 0x65;
	if(len > 1) {
		nal->data[1] = codec == GB_CODEC_H265 ? 0x01 : 0x88;
	}
	return nal;
}

/** Around each limit, both codecs, any pieces: the same unit comes back, in the fewest packets or
 * one more. */
static void test_sizes(void) {
	static const gb_codec codecs[] = {GB_CODEC_H264, GB_CODEC_H265};
	static const size_t pieces[] = {1, 7, 1400, 100000};
	for(size_t row = 0; row < 8; row++) {
		gb_codec codec = codecs[row / 4];
		for(size_t len = 2; len<3000; len += len> 470 && len < 510 ? 1 : 37) {
			bench it;
			setup(&it, 500);
			g_autoptr(GByteArray) nal = nal_bytes(codec, len);
			g_autoptr(GByteArray) expected = g_byte_array_new();
			mt_put_nal(expected, nal->data, nal->len);
			gb_packetizer_begin(it.packetizer, codec, 77, true);
			send_nal(&it, nal->data, nal->len, pieces[row % 4]);
			gb_packetizer_end(it.packetizer);
			g_autoptr(GByteArray) video = mt_video(&it.ear);
			mt_assert_same(video, expected);
			g_assert_cmpuint(it.ear.packets->len, <=, len / 484 + 1);
			g_assert_true(mt_last(&it.ear)->marker);
			for(size_t i = 0; i < it.ear.packets->len; i++) {
				g_assert_cmpuint(mt_at(&it.ear, i)->len, <=, 500);
				g_assert_cmpuint(mt_at(&it.ear, i)->timestamp, ==, 77);
				g_assert_cmpint(mt_at(&it.ear, i)->frame_start, ==, i == 0);
			}
			teardown(&it);
		}
	}
}

/** The bytes of the forms themselves. */
static void test_forms(void) {
	static const struct {
		gb_codec codec;
		size_t len;
		const char *first, *last; /* payload of the first and the last packet, their begin */
	} rows[] = {
		{GB_CODEC_H264, 20, "65 88 03", "65 88 03"},
		{GB_CODEC_H264, 1000, "7C 85 88 03", "7C 45"},
		{GB_CODEC_H265, 20, "26 01 03", "26 01 03"},
		{GB_CODEC_H265, 1000, "62 01 93 03", "62 01 53"},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		bench it;
		setup(&it, 500);
		g_autoptr(GByteArray) nal = nal_bytes(rows[i].codec, rows[i].len);
		g_autoptr(GByteArray) first = mt_bytes(rows[i].first);
		g_autoptr(GByteArray) last = mt_bytes(rows[i].last);
		gb_packetizer_begin(it.packetizer, rows[i].codec, 0, false);
		send_nal(&it, nal->data, nal->len, 100);
		gb_packetizer_end(it.packetizer);
		g_assert_cmpmem(mt_at(&it.ear, 0)->data + 12, first->len, first->data, first->len);
		g_assert_cmpmem(mt_last(&it.ear)->data + 12, last->len, last->data, last->len);
		teardown(&it);
	}
}

static gb_params *sets(gb_codec codec, const char *const *hex, size_t count, gb_nal_class first) {
	gb_params *params = g_new0(gb_params, 1);
	for(size_t i = 0; i < count; i++) {
		g_autoptr(GByteArray) nal = mt_bytes(hex[i]);
		g_assert_cmpint(
			gb_params_put(params, codec, (gb_nal_class)(first + i), nal->data, nal->len), ==,
			GB_PARAMS_CHANGED);
	}
	return params;
}

static void test_params(void) {
	static const char *const h264[] = {MT_SPS, MT_PPS};
	static const char *const h265[] = {"40010c01ffff01600000030090000003000003003c959409",
		"42010101600000030090000003000003003ca00b080485965654a4c2f0168080000003008000000c84",
		"4401c073c189"};
	for(int row = 0; row < 2; row++) {
		gb_codec codec = row ? GB_CODEC_H265 : GB_CODEC_H264;
		g_autofree gb_params *params =
			row ? sets(codec, h265, 3, GB_NAL_VPS) : sets(codec, h264, 2, GB_NAL_SPS);
		bench it;
		setup(&it, 500);
		g_autoptr(GByteArray) expected = g_byte_array_new();
		g_autoptr(GByteArray) nal = nal_bytes(codec, 30);
		for(size_t i = 0; i < params->count; i++) {
			mt_put_nal(expected, params->sets[i].nal, params->sets[i].len);
		}
		mt_put_nal(expected, nal->data, nal->len);
		gb_packetizer_begin(it.packetizer, codec, 0, true);
		gb_packetizer_params(it.packetizer, params, true);
		send_nal(&it, nal->data, nal->len, 5);
		gb_packetizer_end(it.packetizer);
		g_assert_cmpuint(it.ear.packets->len, ==, 2);
		g_autoptr(GByteArray) video = mt_video(&it.ear);
		mt_assert_same(video, expected);
		g_assert_cmphex(mt_at(&it.ear, 0)->data[12], ==, row ? 0x60 : 0x78);
		teardown(&it);
	}
}

/** Sets that do not fit together, or are larger than a packet, and only the fresh ones of them. */
static void test_many_params(void) {
	g_autofree gb_params *params = g_new0(gb_params, 1);
	static const uint16_t lens[] = {40, 300, 300, 900, 30};
	params->count = G_N_ELEMENTS(lens);
	for(size_t i = 0; i < G_N_ELEMENTS(lens); i++) {
		params->sets[i].len = lens[i];
		params->sets[i].fresh = i % 2 == 0;
		memset(params->sets[i].nal, 0x41 + (int)i, lens[i]);
		params->sets[i].nal[0] = 0x68;
	}
	for(int all = 0; all < 2; all++) {
		bench it;
		setup(&it, 500);
		g_autoptr(GByteArray) expected = g_byte_array_new();
		for(size_t i = 0; i < params->count; i++) {
			if(all || params->sets[i].fresh) {
				mt_put_nal(expected, params->sets[i].nal, params->sets[i].len);
			}
		}
		gb_packetizer_begin(it.packetizer, GB_CODEC_H264, 0, true);
		gb_packetizer_params(it.packetizer, params, all);
		gb_packetizer_end(it.packetizer);
		g_autoptr(GByteArray) video = mt_video(&it.ear);
		mt_assert_same(video, expected);
		g_assert_cmpuint(it.ear.packets->len, ==, all ? 5 : 1);
		teardown(&it);
	}
}

/** All that is known leaves; only the last packet is held, and the marker is on the last of the
 * unit alone. */
static void test_held(void) {
	bench it;
	setup(&it, 500);
	g_autoptr(GByteArray) nal = nal_bytes(GB_CODEC_H264, 2000);
	gb_packetizer_begin(it.packetizer, GB_CODEC_H264, 0, true);
	gb_packetizer_nal(it.packetizer, nal->data, 3);
	gb_packetizer_data(it.packetizer, nal->data + 3, 484);
	g_assert_cmpuint(it.ear.packets->len, ==, 0); /* full, but it may be the last */
	gb_packetizer_data(it.packetizer, nal->data + 487, 1);
	g_assert_cmpuint(it.ear.packets->len, ==, 1);
	gb_packetizer_nal_end(it.packetizer);
	g_assert_cmpuint(it.ear.packets->len, ==, 1);
	send_nal(&it, nal->data, 20, 20);
	g_assert_cmpuint(it.ear.packets->len, ==, 2);
	g_assert_false(mt_last(&it.ear)->marker);
	gb_packetizer_end(it.packetizer);
	g_assert_cmpuint(it.ear.packets->len, ==, 3);
	g_assert_true(mt_last(&it.ear)->marker);
	gb_packetizer_end(it.packetizer);
	g_assert_cmpuint(it.ear.packets->len, ==, 3);
	teardown(&it);
}

static void test_gap(void) {
	bench it;
	setup(&it, 500);
	g_autoptr(GByteArray) nal = nal_bytes(GB_CODEC_H264, 2000);
	gb_packetizer_begin(it.packetizer, GB_CODEC_H264, 0, true);
	gb_packetizer_nal(it.packetizer, nal->data, 3);
	gb_packetizer_data(it.packetizer, nal->data + 3, 1000);
	uint64_t seq = mt_last(&it.ear)->seq;
	gb_packetizer_gap(it.packetizer);
	gb_packetizer_data(it.packetizer, nal->data, 1000); /* what still comes of the broken unit */
	gb_packetizer_nal_end(it.packetizer);
	gb_packetizer_begin(it.packetizer, GB_CODEC_H264, 3600, false);
	send_nal(&it, nal->data, 100, 100);
	gb_packetizer_end(it.packetizer);
	g_assert_cmpuint(mt_last(&it.ear)->seq, ==, seq + 2);
	g_assert_cmpuint(it.ear.packets->len, ==, 3);
	teardown(&it);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/packetizer/sizes", test_sizes);
	g_test_add_func("/packetizer/forms", test_forms);
	g_test_add_func("/packetizer/params", test_params);
	g_test_add_func("/packetizer/many_params", test_many_params);
	g_test_add_func("/packetizer/held", test_held);
	g_test_add_func("/packetizer/gap", test_gap);
	return g_test_run();
}
