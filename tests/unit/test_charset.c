/* test_charset.c - text from devices to UTF-8. The GB18030 bytes are of the characters named. */
#include "gb28181/base/gb_charset.h"

#include <glib.h>
#include <string.h>

#define BAD "\xef\xbf\xbd"
#define DAMEN_GBK "\xb4\xf3\xc3\xc5" /* 大门, main gate */
#define DAMEN_UTF8 "\xe5\xa4\xa7\xe9\x97\xa8"

static void test_names(void) {
	static const struct {
		const char *name;
		bool good;
		gb_charset charset;
	} cases[] = {
		{"auto", true, GB_CHARSET_AUTO},
		{"UTF-8", true, GB_CHARSET_UTF8},
		{"utf8", true, GB_CHARSET_UTF8},
		{"GB2312", true, GB_CHARSET_GB18030},
		{"gbk", true, GB_CHARSET_GB18030},
		{"GB18030", true, GB_CHARSET_GB18030},
		{"latin1", false, GB_CHARSET_AUTO},
		{"", false, GB_CHARSET_AUTO},
		{NULL, false, GB_CHARSET_AUTO},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		gb_charset charset = GB_CHARSET_AUTO;
		g_assert_cmpint(gb_charset_from_name(cases[i].name, &charset), ==, cases[i].good);
		g_assert_cmpint(charset, ==, cases[i].charset);
	}
	for(int i = GB_CHARSET_AUTO; i <= GB_CHARSET_GB18030; i++) {
		gb_charset charset;
		g_assert_true(gb_charset_from_name(gb_charset_name((gb_charset)i), &charset));
		g_assert_cmpint(charset, ==, i);
	}
}

static void test_to_utf8(void) {
	static const struct {
		const char *bytes;
		size_t len;
		gb_charset charset;
		const char *text;
	} cases[] = {
		{"Gate", 4, GB_CHARSET_AUTO, "Gate"},
		{"", 0, GB_CHARSET_AUTO, ""},
		{DAMEN_GBK, 4, GB_CHARSET_AUTO, DAMEN_UTF8},
		{DAMEN_UTF8, 6, GB_CHARSET_AUTO, DAMEN_UTF8},
		/* a wall: valid in both */
		{"\xce\xa7\xc7\xbd", 4, GB_CHARSET_AUTO, "\xe5\x9b\xb4\xe5\xa2\x99"},
		{"\xce\xa7\xc7\xbd", 4, GB_CHARSET_UTF8, "\xce\xa7\xc7\xbd"},
		{"encoding=\"UTF-8\" \xce\xa7", 19, GB_CHARSET_AUTO, "encoding=\"UTF-8\" \xce\xa7"},
		{"\xe9\x97\xa8\xce\xa7", 5, GB_CHARSET_AUTO, "\xe9\x97\xa8\xce\xa7"},
		{DAMEN_GBK, 4, GB_CHARSET_GB18030, DAMEN_UTF8},
		{DAMEN_UTF8, 6, GB_CHARSET_UTF8, DAMEN_UTF8},
		{DAMEN_GBK, 4, GB_CHARSET_UTF8, BAD BAD BAD BAD},
		/* 镕 is in GBK, not in GB2312; 㐀 has four bytes. */
		{"\xe9\x46", 2, GB_CHARSET_AUTO, "\xe9\x95\x95"},
		{"\x81\x39\xee\x39", 4, GB_CHARSET_AUTO, "\xe3\x90\x80"},
		/* NUL and control bytes go, line ends stay. */
		{"a\0b\x01\x1b\x7f\tc\r\nd", 11, GB_CHARSET_AUTO, "ab\tc\r\nd"},
		{"\xb4\0\xf3", 3, GB_CHARSET_AUTO, "\xe5\xa4\xa7"},
		/* Bad bytes are replaced one by one, the rest survives, cut characters too. */
		{"a\xff"
		 "b",
			3, GB_CHARSET_AUTO, "a" BAD "b"},
		{DAMEN_GBK "\xb4", 5, GB_CHARSET_AUTO, DAMEN_UTF8 BAD},
		{"\xb4<b>", 4, GB_CHARSET_AUTO, BAD "<b>"},
		{"\x81\x39\xee", 3, GB_CHARSET_AUTO, BAD "9" BAD},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		size_t len = 999;
		g_autofree char *text =
			gb_charset_to_utf8(cases[i].bytes, cases[i].len, cases[i].charset, &len);
		g_assert_cmpstr(text, ==, cases[i].text);
		g_assert_cmpuint(len, ==, strlen(cases[i].text));
	}
	g_autofree char *text = gb_charset_to_utf8("x", 1, GB_CHARSET_AUTO, NULL);
	g_assert_cmpstr(text, ==, "x");
}

/* Long enough for several rounds of the converter's buffer. */
static void test_long(void) {
	GString *gbk = g_string_new(NULL), *utf8 = g_string_new(NULL);
	for(int i = 0; i < 5000; i++) {
		g_string_append(gbk, DAMEN_GBK);
		g_string_append(utf8, DAMEN_UTF8);
	}
	size_t len;
	g_autofree char *text = gb_charset_to_utf8(gbk->str, gbk->len, GB_CHARSET_AUTO, &len);
	g_assert_cmpuint(len, ==, utf8->len);
	g_assert_cmpstr(text, ==, utf8->str);
	g_autofree char *back = gb_charset_from_utf8(text, GB_CHARSET_GB18030, &len);
	g_assert_cmpmem(back, len, gbk->str, gbk->len);
	g_string_free(gbk, TRUE);
	g_string_free(utf8, TRUE);
}

static void test_from_utf8(void) {
	static const struct {
		const char *text;
		gb_charset charset;
		const char *bytes;
	} cases[] = {
		{"Gate", GB_CHARSET_GB18030, "Gate"},
		{DAMEN_UTF8, GB_CHARSET_GB18030, DAMEN_GBK},
		{DAMEN_UTF8, GB_CHARSET_AUTO, DAMEN_GBK},
		{DAMEN_UTF8, GB_CHARSET_UTF8, DAMEN_UTF8},
		{"\xf0\x9f\x98\x80", GB_CHARSET_GB18030, "\x94\x39\xfc\x36"},
		{"a\xff", GB_CHARSET_UTF8, "a" BAD},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		size_t len;
		g_autofree char *bytes = gb_charset_from_utf8(cases[i].text, cases[i].charset, &len);
		g_assert_cmpmem(bytes, len, cases[i].bytes, strlen(cases[i].bytes));
	}
}

/* Whatever the bytes: valid UTF-8 comes out, without controls. */
static void test_never_fails(void) {
	GRand *random = g_rand_new_with_seed(7);
	for(int round = 0; round < 3000; round++) {
		char bytes[64];
		size_t len = (size_t)g_rand_int_range(random, 0, sizeof(bytes));
		for(size_t i = 0; i < len; i++)
			bytes[i] = (char)g_rand_int_range(random, round % 2 ? 0x30 : 0, 256);
		for(int charset = GB_CHARSET_AUTO; charset <= GB_CHARSET_GB18030; charset++) {
			size_t out_len;
			g_autofree char *text = gb_charset_to_utf8(bytes, len, (gb_charset)charset, &out_len);
			g_assert_true(g_utf8_validate_len(text, out_len, NULL));
		}
	}
	g_rand_free(random);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/charset/names", test_names);
	g_test_add_func("/charset/to-utf8", test_to_utf8);
	g_test_add_func("/charset/long", test_long);
	g_test_add_func("/charset/from-utf8", test_from_utf8);
	g_test_add_func("/charset/never-fails", test_never_fails);
	return g_test_run();
}
