/* The RTP header: reading with CSRCs, extension and padding, writing, RTCP on the same port. */
#include "gb28181/media/gb_rtp.h"

#include "lib/media_tools.h"

static void test_parse(void) {
	static const struct {
		const char *what;
		const char *bytes;
		bool good;
		size_t len;
		uint8_t first; /* byte of the payload */
	} rows[] = {
		{"plain", "80 60 12 34 01 02 03 04 0A 0B 0C 0D AA BB", true, 2, 0xAA},
		{"no payload", "80 60 12 34 01 02 03 04 0A 0B 0C 0D", true, 0, 0},
		{"two CSRCs", "82 60 12 34 01 02 03 04 0A 0B 0C 0D 00 00 00 01 00 00 00 02 AA", true, 1,
			0xAA},
		{"extension", "90 60 12 34 01 02 03 04 0A 0B 0C 0D BE DE 00 01 11 22 33 44 AA", true, 1,
			0xAA},
		{"empty extension", "90 60 12 34 01 02 03 04 0A 0B 0C 0D BE DE 00 00 AA", true, 1, 0xAA},
		{"padding", "A0 60 12 34 01 02 03 04 0A 0B 0C 0D AA BB 00 00 03", true, 2, 0xAA},
		{"padding only", "A0 60 12 34 01 02 03 04 0A 0B 0C 0D 00 02", true, 0, 0},
		{"all of it",
			"B1 60 12 34 01 02 03 04 0A 0B 0C 0D 00 00 00 01 BE DE 00 01 11 22 33 44 AA BB 01",
			true, 2, 0xAA},
		{"empty", "", false, 0, 0},
		{"short", "80 60 12 34 01 02 03 04 0A 0B 0C", false, 0, 0},
		{"version 1", "40 60 12 34 01 02 03 04 0A 0B 0C 0D AA", false, 0, 0},
		{"CSRCs cut", "8F 60 12 34 01 02 03 04 0A 0B 0C 0D 00 00 00 01", false, 0, 0},
		{"extension cut", "90 60 12 34 01 02 03 04 0A 0B 0C 0D BE DE 00 02 11 22 33 44", false, 0,
			0},
		{"padding 0", "A0 60 12 34 01 02 03 04 0A 0B 0C 0D AA 00", false, 0, 0},
		{"padding too long", "A0 60 12 34 01 02 03 04 0A 0B 0C 0D AA 03", false, 0, 0},
		{"padding of nothing", "A0 60 12 34 01 02 03 04 0A 0B 0C 0D", false, 0, 0},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GByteArray) bytes = mt_bytes(rows[i].bytes);
		g_autofree uint8_t *exact = g_memdup2(bytes->data, bytes->len);
		gb_rtp_packet packet = {.seq = 0xFFFF};
		g_test_message("%s", rows[i].what);
		g_assert_cmpint(gb_rtp_parse(exact, bytes->len, &packet), ==, rows[i].good);
		if(!rows[i].good) {
			g_assert_cmpuint(packet.seq, ==, 0xFFFF);
			continue;
		}
		g_assert_cmpuint(packet.len, ==, rows[i].len);
		g_assert_cmpuint(packet.len ? packet.payload[0] : 0, ==, rows[i].first);
		g_assert_cmpuint(packet.pt, ==, 96);
		g_assert_false(packet.marker);
		g_assert_cmpuint(packet.seq, ==, 0x1234);
		g_assert_cmphex(packet.timestamp, ==, 0x01020304);
		g_assert_cmphex(packet.ssrc, ==, 0x0A0B0C0D);
	}
}

static void test_write(void) {
	uint8_t header[GB_RTP_HEADER_LEN];
	gb_rtp_packet packet;
	gb_rtp_write(header, 8, true, 0xFEDC, 0x89ABCDEF);
	g_autoptr(GByteArray) expected = mt_bytes("80 88 FE DC 89 AB CD EF 00 00 00 00");
	g_assert_cmpmem(header, sizeof(header), expected->data, expected->len);
	g_assert_true(gb_rtp_parse(header, sizeof(header), &packet));
	g_assert_true(packet.marker);
	g_assert_cmpuint(packet.pt, ==, 8);
}

static void test_rtcp(void) {
	for(unsigned second = 0; second < 256; second++) {
		const uint8_t bytes[2] = {0x80, (uint8_t)second};
		unsigned type = second & 0x7F;
		g_assert_cmpint(gb_rtp_is_rtcp(bytes, 2), ==, type >= 72 && type <= 76);
	}
	g_assert_false(gb_rtp_is_rtcp((const uint8_t *)"\x80", 1));
	g_assert_false(gb_rtp_is_rtcp((const uint8_t *)"\x00\xC8", 2));
}

static void test_seq_diff(void) {
	static const struct {
		uint16_t a, b;
		int diff;
	} rows[] = {{1, 0, 1}, {0, 1, -1}, {0, 65535, 1}, {65535, 0, -1}, {5, 65530, 11},
		{0x8000, 0, -32768}, {0x7FFF, 0, 32767}, {7, 7, 0}};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_assert_cmpint(gb_rtp_seq_diff(rows[i].a, rows[i].b), ==, rows[i].diff);
	}
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rtp/parse", test_parse);
	g_test_add_func("/rtp/write", test_write);
	g_test_add_func("/rtp/rtcp", test_rtcp);
	g_test_add_func("/rtp/seq_diff", test_seq_diff);
	return g_test_run();
}
