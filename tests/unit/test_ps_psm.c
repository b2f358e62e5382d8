/* The stream map: right ones, wrong ones from the field, cut ones. */
#include "gb28181/media/gb_ps_psm.h"

#include "lib/media_tools.h"

static void test_parse(void) {
	static const struct {
		const char *what;
		const char *body; /* behind the length */
		bool good;
		gb_psm psm;
	} rows[] = {
		{"13.3, H.264 and A-law", "E0 FF 00 00 00 08 1B E0 00 00 90 C0 00 00 FE DF B1 D7", true,
			{GB_CODEC_H264, GB_CODEC_PCMA, 0xE0, 0xC0}},
		{"13.3, H.265 and AAC", "E0 FF 00 00 00 08 24 E0 00 00 0F C0 00 00 EA C5 E4 1D", true,
			{GB_CODEC_H265, GB_CODEC_AAC, 0xE0, 0xC0}},
		{"13.2, Huawei: CRC zero", "E0 FF 00 00 00 08 24 E0 00 00 90 C0 00 00 00 00 00 00", true,
			{GB_CODEC_H265, GB_CODEC_PCMA, 0xE0, 0xC0}},
		{"with descriptors",
			"E0 FF 00 04 40 02 48 4B 00 10 1B E0 00 04 42 02 07 10 90 C0 00 04 43 02 00 00 1 2 3 4 "
			"5 6 7 8",
			true, {GB_CODEC_H264, GB_CODEC_PCMA, 0xE0, 0xC0}},
		{"map length wrong", "E0 FF 00 00 FF FF 1B E0 00 00 91 C0 00 00 00 00 00 00", true,
			{GB_CODEC_H264, GB_CODEC_PCMU, 0xE0, 0xC0}},
		{"es_info_length 16 without descriptors",
			"E0 FF 00 00 00 08 1B E0 00 10 90 C0 00 00 00 00 00 00", true,
			{GB_CODEC_H264, GB_CODEC_PCMA, 0xE0, 0xC0}},
		{"program info length wrong", "E0 FF 0F FF 00 08 1B E0 00 00 90 C0 00 00 00 00 00 00", true,
			{GB_CODEC_H264, GB_CODEC_PCMA, 0xE0, 0xC0}},
		{"audio only", "E0 FF 00 00 00 04 90 C0 00 00 00 00 00 00", true,
			{GB_CODEC_NONE, GB_CODEC_PCMA, 0, 0xC0}},
		{"private entries", "E0 FF 00 00 00 0C BD BD 00 00 1B E1 00 00 92 C1 00 00 00 00 00 00",
			true, {GB_CODEC_H264, GB_CODEC_G722_1, 0xE1, 0xC1}},
		{"the first of a kind counts",
			"E0 FF 00 00 00 0C 80 E0 00 00 1B E1 00 00 99 C0 00 00 00 00 00 00", true,
			{GB_CODEC_SVAC, GB_CODEC_G729, 0xE0, 0xC0}},
		{"unknown types", "E0 FF 00 00 00 08 33 E0 00 00 03 C0 00 00 00 00 00 00", true,
			{GB_CODEC_UNKNOWN, GB_CODEC_UNKNOWN, 0xE0, 0xC0}},
		{"no entries", "E0 FF 00 00 00 00 00 00 00 00", false, {0}},
		{"cut", "E0 FF 00", false, {0}},
		{"empty", "", false, {0}},
		{"entry cut", "E0 FF 00 00 00 08 1B E0 00 00 00 00 00", false, {0}},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GByteArray) body = mt_bytes(rows[i].body);
		g_autofree uint8_t *exact = g_memdup2(body->data, body->len);
		gb_psm psm = {GB_CODEC_OPUS, GB_CODEC_OPUS, 1, 1};
		g_test_message("%s", rows[i].what);
		g_assert_cmpint(gb_psm_parse(exact, body->len, &psm), ==, rows[i].good);
		if(!rows[i].good) {
			g_assert_cmpint(psm.video, ==, GB_CODEC_OPUS);
			continue;
		}
		g_assert_cmpint(psm.video, ==, rows[i].psm.video);
		g_assert_cmpint(psm.audio, ==, rows[i].psm.audio);
		g_assert_cmphex(psm.video_id, ==, rows[i].psm.video_id);
		g_assert_cmphex(psm.audio_id, ==, rows[i].psm.audio_id);
	}
}

static void test_types(void) {
	static const struct {
		uint8_t type;
		gb_codec codec;
		uint32_t rate;
	} rows[] = {{0x1B, GB_CODEC_H264, 0}, {0x24, GB_CODEC_H265, 0}, {0x10, GB_CODEC_MPEG4, 0},
		{0x80, GB_CODEC_SVAC, 0}, {0x90, GB_CODEC_PCMA, 8000}, {0x91, GB_CODEC_PCMU, 8000},
		{0x92, GB_CODEC_G722_1, 16000}, {0x93, GB_CODEC_G723_1, 8000}, {0x99, GB_CODEC_G729, 8000},
		{0x0F, GB_CODEC_AAC, 0}, {0x11, GB_CODEC_AAC, 0}, {0x9C, GB_CODEC_OPUS, 48000},
		{0x9B, GB_CODEC_UNKNOWN, 0}, {0x06, GB_CODEC_UNKNOWN, 0}};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_assert_cmpint(gb_psm_codec(rows[i].type), ==, rows[i].codec);
		g_assert_cmpuint(gb_psm_audio_rate(rows[i].codec), ==, rows[i].rate);
	}
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ps_psm/parse", test_parse);
	g_test_add_func("/ps_psm/types", test_types);
	return g_test_run();
}
