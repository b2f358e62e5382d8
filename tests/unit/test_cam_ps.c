/* test_cam_ps.c - the simulated camera's PS writer against the vectors of the protocol reference.
 */
#include "camera/cam_ps.h"

#include <glib.h>
#include <string.h>

static const cam_ps_config video_only = {CAM_PS_H264, CAM_PS_NONE, false};
static const cam_ps_config with_audio = {CAM_PS_H264, CAM_PS_PCMA, false};
static const cam_ps_config h265_aac = {CAM_PS_H265, CAM_PS_AAC, false};

static void assert_bytes(cam_buf *b, const char *hex) {
	GString *have = g_string_new(NULL);
	for(size_t i = 0; i < b->len; i++)
		g_string_append_printf(have, "%02X", b->data[i]);
	g_assert_cmpstr(have->str, ==, hex);
	g_string_free(have, TRUE);
	cam_buf_free(b);
}

static void test_headers(void) {
	cam_buf b = {0};
	cam_ps_pack_header(900000, &b);
	assert_bytes(&b, "000001BA4400DDDD04010186A3F8");
	cam_ps_system_header(&with_audio, &b);
	assert_bytes(&b, "000001BB000C80C35104E17FE0E190C0C020");
	cam_ps_system_header(&video_only, &b);
	assert_bytes(&b, "000001BB000980C35100E17FE0E190");
}

static void test_map(void) {
	cam_buf b = {0};
	cam_ps_map(&with_audio, &b);
	assert_bytes(&b, "000001BC0012E0FF000000081BE0000090C00000FEDFB1D7");
	cam_ps_map(&h265_aac, &b);
	assert_bytes(&b, "000001BC0012E0FF0000000824E000000FC00000EAC5E41D");
}

static void test_times(void) {
	static const uint8_t frame[] = {0, 0, 0, 1, 0x41};
	cam_buf b = {0};
	cam_ps_video(&video_only, frame, sizeof(frame), 900000, 900000, false, &b);
	assert_bytes(&b,
		"000001BA4400DDDD04010186A3F8"
		"000001E0000D8480052100377741"
		"0000000141");
	cam_ps_video(&video_only, frame, sizeof(frame), 903600, 900000, false, &b);
	assert_bytes(&b,
		"000001BA4400DDDD04010186A3F8"
		"000001E0001284C00A31003793611100377741"
		"0000000141");
}

static void test_33_bits(void) {
	static const uint8_t frame[] = {0x41};
	cam_buf b = {0}, again = {0};
	cam_ps_video(&video_only, frame, 1, 5, 5, false, &b);
	cam_ps_video(
		&video_only, frame, 1, ((uint64_t)1 << 33) + 5, ((uint64_t)1 << 33) + 5, false, &again);
	g_assert_cmpmem(b.data, b.len, again.data, again.len);
	cam_buf_free(&again);
	cam_ps_video(
		&video_only, frame, 1, ((uint64_t)1 << 33) - 1, ((uint64_t)1 << 33) - 1, false, &again);
	g_assert_cmpuint(again.data[4], ==, 0x7F);
	g_assert_cmpuint(again.data[23], ==, 0x2F);
	cam_buf_free(&b);
	cam_buf_free(&again);
}

static void test_key_frame(void) {
	static const uint8_t frame[] = {0, 0, 0, 1, 0x65};
	cam_ps_config silent = video_only;
	cam_buf b = {0};
	cam_ps_video(&video_only, frame, sizeof(frame), 0, 0, true, &b);
	g_assert_cmpuint(b.data[14 + 3], ==, 0xBB);
	g_assert_cmpuint(b.data[14 + 15 + 3], ==, 0xBC);
	g_assert_cmpuint(b.data[14 + 15 + 20 + 3], ==, 0xE0);
	cam_buf_clear(&b);
	silent.no_psm = true;
	cam_ps_video(&silent, frame, sizeof(frame), 0, 0, true, &b);
	g_assert_cmpuint(b.data[14 + 3], ==, 0xBB);
	g_assert_cmpuint(b.data[14 + 15 + 3], ==, 0xE0);
	cam_buf_free(&b);
}

/** Walks over the PES packets of a pack and puts their payloads together. */
static unsigned collect(const cam_buf *pack, cam_buf *ret_frame, unsigned *ret_timed) {
	unsigned count = 0;
	*ret_timed = 0;
	for(size_t at = 14; at < pack->len; count++) {
		const uint8_t *p = pack->data + at;
		size_t len = (size_t)p[4] << 8 | p[5];
		g_assert_cmpuint(p[3], ==, 0xE0);
		g_assert_cmpuint(at + 6 + len, <=, pack->len);
		*ret_timed += p[7] >> 7;
		cam_buf_put(ret_frame, p + 9 + p[8], len - 3 - p[8]);
		at += 6 + len;
	}
	return count;
}

static void test_large_frame(void) {
	static const struct {
		size_t len;
		unsigned packets;
	} rows[] = {{65000, 1}, {65001, 2}, {130000, 2}, {500000, 8}};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		uint8_t *frame = g_malloc(rows[i].len);
		for(size_t k = 0; k < rows[i].len; k++)
			frame[k] = (uint8_t)(k * 7 >> 3);
		cam_buf pack = {0}, back = {0};
		unsigned timed;
		cam_ps_video(&video_only, frame, rows[i].len, 7200, 3600, false, &pack);
		g_assert_cmpuint(collect(&pack, &back, &timed), ==, rows[i].packets);
		g_assert_cmpuint(timed, ==, 1);
		g_assert_cmpmem(back.data, back.len, frame, rows[i].len);
		cam_buf_free(&pack);
		cam_buf_free(&back);
		g_free(frame);
	}
}

static void test_audio(void) {
	static const uint8_t samples[] = {0xD5, 0xD5};
	cam_buf b = {0};
	cam_ps_audio(samples, sizeof(samples), 900000, &b);
	assert_bytes(&b, "000001BA4400DDDD04010186A3F8000001C0000A8480052100377741D5D5");
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cam_ps/headers", test_headers);
	g_test_add_func("/cam_ps/map", test_map);
	g_test_add_func("/cam_ps/times", test_times);
	g_test_add_func("/cam_ps/33_bits", test_33_bits);
	g_test_add_func("/cam_ps/key_frame", test_key_frame);
	g_test_add_func("/cam_ps/large_frame", test_large_frame);
	g_test_add_func("/cam_ps/audio", test_audio);
	return g_test_run();
}
