/* test_cam_text.c - the simulated camera's ids, XML, SDP and the code in its test picture. */
#include "camera/cam_draw.h"
#include "camera/cam_id.h"
#include "camera/cam_sdp.h"
#include "camera/cam_xml.h"

#include <glib.h>
#include <string.h>

static void test_id_count(void) {
	static const struct {
		const char *id;
		uint32_t n;
		const char *sum;
	} rows[] = {{"34020000001320000001", 1, "34020000001320000002"},
		{"34020000001320000999", 1, "34020000001320001000"},
		{"34020000001320000001", 4000000000u, "34020000005320000001"}, {"9", 1, "0"},
		{"123", 0, "123"}};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		char sum[CAM_ID_SIZE];
		cam_id_add(rows[i].id, rows[i].n, sum);
		g_assert_cmpstr(sum, ==, rows[i].sum);
	}
}

static void test_id_distance(void) {
	static const struct {
		const char *first, *id;
		bool ok;
		uint32_t distance;
	} rows[] = {{"34020000001320000001", "34020000001320000001", true, 0},
		{"34020000001320000999", "34020000001320001001", true, 2},
		{"99999999999999999990", "99999999999999999999", true, 9},
		{"34020000001320000001", "34020000001320000000", false, 0},
		{"10000000000000000000", "90000000000000000000", false, 0}, {"12", "123", false, 0},
		{"12", "1x", false, 0}, {"12", "", false, 0}};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		uint32_t n = 77;
		g_assert_cmpint(cam_id_distance(rows[i].first, rows[i].id, &n), ==, rows[i].ok);
		g_assert_cmpuint(n, ==, rows[i].ok ? rows[i].distance : 77);
	}
}

static void test_id_channel(void) {
	char id[CAM_ID_SIZE];
	cam_id_first_channel("34020000001320000001", id);
	g_assert_cmpstr(id, ==, "34020000001310000001");
	cam_id_first_channel("123456789012345678", id);
	g_assert_cmpstr(id, ==, "123456789012345678");
	g_assert_false(cam_id_valid("123456789012345678901"));
	g_assert_false(cam_id_valid(""));
	g_assert_false(cam_id_valid("12a"));
}

static void test_xml_read(void) {
	static const struct {
		const char *xml, *name, *text; /* NULL: not found */
	} rows[] = {{"<?xml version=\"1.0\"?>\r\n<Query>\r\n<CmdType>Catalog</CmdType>\r\n</Query>",
					"CmdType", "Catalog"},
		{"<a><SN> 12\r\n</SN></a>", "SN", "12"}, {"<a><sn>7</sn></a>", "SN", "7"},
		{"<a><SN/></a>", "SN", ""}, {"<a><SNX>1</SNX></a>", "SN", NULL},
		{"<a><N x=\"1\">v</N></a>", "N", "v"}, {"<a><N>a&lt;&amp;&#65;&</N></a>", "N", "a<&&#65;&"},
		{"<a><!-- <N>1</N> --><N>2</N></a>", "N", "2"}, {"<a><N>cut", "N", "cut"}, {"<", "N", NULL},
		{"", "N", NULL}};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		char text[64] = "before";
		size_t len = strlen(rows[i].xml);
		char *exact = g_memdup2(rows[i].xml, len ? len : 1);
		bool found = cam_xml_find(exact, len, rows[i].name, text, sizeof(text));
		g_assert_cmpint(found, ==, rows[i].text != NULL);
		g_assert_cmpstr(text, ==, found ? rows[i].text : "before");
		g_free(exact);
	}
}

static void test_xml_cut(void) {
	char text[4], root[8];
	g_assert_true(cam_xml_find("<N>abcdef</N>", 13, "N", text, sizeof(text)));
	g_assert_cmpstr(text, ==, "abc");
	g_assert_true(cam_xml_root("<?xml?><Query >", 15, root, sizeof(root)));
	g_assert_cmpstr(root, ==, "Query");
	g_assert_false(cam_xml_root("<Toolongname>", 13, root, sizeof(root)));
}

static void test_xml_write(void) {
	cam_buf b = {0};
	cam_xml_element(&b, "Name", "a<b>&c");
	cam_buf_u8(&b, 0);
	g_assert_cmpstr((char *)b.data, ==, "<Name>a&lt;b&gt;&amp;c</Name>\r\n");
	cam_buf_clear(&b);
	static const char gate[] = "\xE5\x89\x8D\xE9\x97\xA8"; /* front gate */
	g_assert_true(cam_xml_encode(gate, strlen(gate), "gb18030", &b));
	g_assert_cmpmem(b.data, b.len, "\xC7\xB0\xC3\xC5", 4);
	g_assert_false(cam_xml_encode("\xF0\x9F\x93\xB7", 4, "gb2312", &b)); /* a camera sign */
	g_assert_cmpuint(b.len, ==, 4);
	cam_buf_free(&b);
}

static void test_sdp_read(void) {
	static const char sdp[] = "v=0\r\no=34020000001310000001 0 0 IN IP4 192.0.2.10\r\ns=Play\r\n"
							  "c=IN IP4 192.0.2.10\r\nt=0 0\r\nm=video 30000 TCP/RTP/AVP 96 98\r\n"
							  "a=recvonly\r\na=rtpmap:98 H264/90000\r\na=rtpmap:97 PS/90000\r\n"
							  "a=setup:passive\r\ny=0200000001\r\n";
	cam_sdp_offer o;
	g_assert_true(cam_sdp_parse(sdp, strlen(sdp), &o));
	g_assert_cmpstr(o.session, ==, "Play");
	g_assert_cmpstr(o.address, ==, "192.0.2.10");
	g_assert_cmpuint(o.port, ==, 30000);
	g_assert_true(o.tcp);
	g_assert_cmpstr(o.setup, ==, "passive");
	g_assert_cmpuint(o.ps_type, ==, 97);
	g_assert_true(o.has_ssrc);
	g_assert_cmpuint(o.ssrc, ==, 200000001);
	g_assert_cmpstr(o.ssrc_text, ==, "0200000001");
}

static void test_sdp_bad(void) {
	static const char *const rows[] = {"", "v=0\r\n", "c=IN IP4 1.2.3.4\r\n",
		"m=video 1 RTP/AVP 96\n", "c=IN IP4 1.2.3.4\nm=video 0 RTP/AVP 96\n",
		"c=IN IP4 1.2.3.4\nm=video 70000 RTP/AVP 96\n", "c=IN IP4 1.2.3.4\nm=video -1 RTP/AVP 96\n",
		"c=IN IP4\nm=video 9 RTP/AVP 96\n"};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		cam_sdp_offer o;
		g_assert_false(cam_sdp_parse(rows[i], strlen(rows[i]), &o));
	}
}

static void test_sdp_write(void) {
	cam_buf b = {0};
	cam_sdp_answer a = {"340", "Play", "video", "192.0.2.1", 15060, 96, "0200000001"};
	cam_sdp_write(&a, &b);
	cam_buf_u8(&b, 0);
	g_assert_cmpstr((char *)b.data, ==,
		"v=0\r\no=340 0 0 IN IP4 192.0.2.1\r\ns=Play\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
		"m=video 15060 RTP/AVP 96\r\na=sendonly\r\na=rtpmap:96 PS/90000\r\ny=0200000001\r\nf=\r\n");
	cam_buf_free(&b);
}

/** Reads the code back as a program that watches would. */
static uint32_t read_bits(const cam_canvas *c, int first, int count) {
	int b = cam_draw_block(c->width);
	uint32_t value = 0;
	for(int i = first; i < first + count; i++) {
		int x = b + i % CAM_CODE_COLUMNS * b + b / 2, y = b + i / CAM_CODE_COLUMNS * b + b / 2;
		value = value << 1 | (c->plane[0][y * c->stride[0] + x] > 128);
	}
	return value;
}

static void test_draw(void) {
	static const int sizes[][2] = {
		{320, 240}, {352, 288}, {640, 480}, {1280, 720}, {1920, 1080}, {4096, 2304}};
	g_assert_cmpuint(cam_draw_crc16("123456789"), ==, 0x29B1);
	g_assert_cmpint(cam_draw_block(640), ==, 16);
	g_assert_cmpint(cam_draw_block(1280), ==, 32);
	g_assert_cmpint(cam_draw_block(1920), ==, 48);
	for(size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		int w = sizes[i][0], h = sizes[i][1];
		cam_canvas c = {{g_malloc0((size_t)(w * h)), g_malloc0((size_t)(w * h / 4)),
							g_malloc0((size_t)(w * h / 4))},
			{w, w / 2, w / 2}, w, h};
		cam_scene scene = {"34020000001310000001", 0x1234A5A5F00Full,
			cam_time_at(0x1234A5A5F00Full, 480), 0x1CAFE};
		cam_draw_background(&c);
		cam_draw_scene(&c, &scene);
		g_assert_cmphex(read_bits(&c, 0, 32), ==, 0xA5A5F00F);
		g_assert_cmphex(read_bits(&c, 32, 16), ==, 0xCAFE);
		g_assert_cmphex(read_bits(&c, 48, 16), ==, cam_draw_crc16(scene.id));
		for(int k = 0; k < 3; k++)
			g_free(c.plane[k]);
	}
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cam_id/count", test_id_count);
	g_test_add_func("/cam_id/distance", test_id_distance);
	g_test_add_func("/cam_id/channel", test_id_channel);
	g_test_add_func("/cam_xml/read", test_xml_read);
	g_test_add_func("/cam_xml/cut", test_xml_cut);
	g_test_add_func("/cam_xml/write", test_xml_write);
	g_test_add_func("/cam_sdp/read", test_sdp_read);
	g_test_add_func("/cam_sdp/bad", test_sdp_bad);
	g_test_add_func("/cam_sdp/write", test_sdp_write);
	g_test_add_func("/cam_draw/code", test_draw);
	return g_test_run();
}
