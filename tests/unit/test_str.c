/* test_str.c - bounded text, the byte cursor, the error domain. */
#include "gb28181/base/gb_str.h"

#include "gb28181/base/gb_cursor.h"
#include "gb28181/base/gb_error.h"

#include <glib.h>
#include <string.h>

static void test_parse_int(void) {
	static const struct {
		const char *text;
		int64_t min, max, value;
		bool good;
	} cases[] = {
		{"0", 0, 10, 0, true},
		{"10", 0, 10, 10, true},
		{"11", 0, 10, 0, false},
		{" \t7\r\n", 0, 10, 7, true},
		{"+7", 0, 10, 7, true},
		{"-7", -10, 10, -7, true},
		{"-11", -10, 10, 0, false},
		{"007", 0, 10, 7, true},
		{"9223372036854775807", INT64_MIN, INT64_MAX, INT64_MAX, true},
		{"-9223372036854775808", INT64_MIN, INT64_MAX, INT64_MIN, true},
		{"9223372036854775808", INT64_MIN, INT64_MAX, 0, false},
		{"-9223372036854775809", INT64_MIN, INT64_MAX, 0, false},
		{"99999999999999999999999999", INT64_MIN, INT64_MAX, 0, false},
		{"", 0, 10, 0, false},
		{" ", 0, 10, 0, false},
		{"-", -10, 10, 0, false},
		{"+-1", -10, 10, 0, false},
		{"1 2", 0, 100, 0, false},
		{"0x10", 0, 100, 0, false},
		{"1.0", 0, 100, 0, false},
		{NULL, 0, 100, 0, false},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		int64_t value = 12345;
		bool good = gb_str_parse_int(cases[i].text, cases[i].min, cases[i].max, &value);
		g_assert_cmpint(good, ==, cases[i].good);
		g_assert_cmpint(value, ==, cases[i].good ? cases[i].value : 12345);
	}
	int64_t value = 0;
	g_assert_true(gb_str_parse_int_n("123456", 3, 0, 1000, &value));
	g_assert_cmpint(value, ==, 123);
	g_assert_false(gb_str_parse_int_n("1\0002", 3, 0, 1000, &value));
	g_assert_false(gb_str_parse_int_n("", 0, 0, 1000, &value));
}

static void test_parse_double(void) {
	static const struct {
		const char *text;
		double value;
		bool good;
	} cases[] = {
		{"118.376451", 118.376451, true},
		{" -0.5 ", -0.5, true},
		{"+3", 3, true},
		{".25", 0.25, true},
		{"1e3", 1000, true},
		{"1,5", 0, false},
		{"nan", 0, false},
		{"inf", 0, false},
		{"0x10", 0, false},
		{"1e999", 0, false},
		{"", 0, false},
		{".", 0, false},
		{"1.2.3", 0, false},
		{"00000000000000000000000000000000000000000000000000000000000000001", 0, false},
		{NULL, 0, false},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		double value = 77;
		g_assert_cmpint(gb_str_parse_double(cases[i].text, &value), ==, cases[i].good);
		g_assert_cmpfloat(value, ==, cases[i].good ? cases[i].value : 77);
	}
}

static void test_copy(void) {
	static const struct {
		const char *text;
		size_t size;
		const char *copy;
		bool whole;
	} cases[] = {
		{"abc", 4, "abc", true},
		{"abc", 3, "ab", false},
		{"abc", 1, "", false},
		{"", 1, "", true},
		{"a\xe4\xb8\xad", 5, "a\xe4\xb8\xad", true},
		{"a\xe4\xb8\xad", 4, "a", false},
		{"a\xe4\xb8\xad", 3, "a", false},
		{"\xf0\x9f\x98\x80", 4, "", false},
		/* No UTF-8: cut all the same, never endlessly back. */
		{"ab\x80\x80\x80\x80\x80\x80", 7, "ab\x80", false},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *buf = g_malloc(cases[i].size);
		g_assert_cmpint(gb_str_copy(buf, cases[i].size, cases[i].text), ==, cases[i].whole);
		g_assert_cmpstr(buf, ==, cases[i].copy);
		g_free(buf);
	}
	char buf[4] = "xyz";
	g_assert_false(gb_str_copy(buf, 0, "abc"));
	g_assert_cmpstr(buf, ==, "xyz");
	g_assert_true(gb_str_copy_n(buf, sizeof(buf), "abcdef", 2));
	g_assert_cmpstr(buf, ==, "ab");
}

static void test_compare(void) {
	g_assert_true(gb_str_equal_nocase("Digest", "dIGEST"));
	g_assert_false(gb_str_equal_nocase("Digest", "Digests"));
	g_assert_true(gb_str_has_prefix_nocase("DIGEST x", "digest"));
	g_assert_false(gb_str_has_prefix_nocase("Dig", "digest"));
	g_assert_true(gb_str_equal_secret("abcd", "abcx", 3));
	g_assert_false(gb_str_equal_secret("abcd", "abcx", 4));
	g_assert_false(gb_str_equal_secret("xbcd", "abcd", 4));
	g_assert_true(gb_str_equal_secret("", "", 0));
}

static void test_random(void) {
	char a[65], b[65];
	gb_str_random_hex(a, 32);
	gb_str_random_hex(b, 32);
	g_assert_cmpuint(strlen(a), ==, 64);
	g_assert_cmpuint(strspn(a, "0123456789abcdef"), ==, 64);
	g_assert_cmpstr(a, !=, b);
	gb_str_random_hex(a, 4);
	g_assert_cmpuint(strlen(a), ==, 8);
	gb_str_random_hex(a, 0);
	g_assert_cmpstr(a, ==, "");
	uint32_t bits = 0;
	for(int i = 0; i < 64; i++)
		bits |= gb_str_random_u32();
	g_assert_cmphex(bits, ==, 0xffffffff);
}

static void test_ids(void) {
	static const struct {
		const char *id;
		bool id_valid, user_valid;
	} cases[] = {
		{"34020000001320000001", true, true},
		{"130909115229300920", true, true},
		{"1", true, true},
		{"12345678901234567890123456789012", true, true},
		{"123456789012345678901234567890123", false, false},
		{"", false, false},
		{NULL, false, false},
		{"alice", false, true},
		{"a.b_c+d-E9", false, true},
		{"3402 ", false, false},
		{"a@b", false, false},
		{"\xe4\xb8\xad", false, false},
		{"1\n", false, false},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_assert_cmpint(gb_id_valid(cases[i].id), ==, cases[i].id_valid);
		g_assert_cmpint(gb_id_valid_user(cases[i].id), ==, cases[i].user_valid);
	}
}

static void test_cursor(void) {
	static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8};
	gb_cursor cursor = gb_cursor_of(bytes, sizeof(bytes));
	g_assert_cmphex(gb_cursor_u8(&cursor), ==, 0x01);
	g_assert_cmphex(gb_cursor_u16(&cursor), ==, 0x0203);
	g_assert_cmphex(gb_cursor_u32(&cursor), ==, 0x04050607);
	g_assert_false(cursor.bad);
	g_assert_cmphex(gb_cursor_u16(&cursor), ==, 0);
	g_assert_true(cursor.bad);
	g_assert_cmpuint(cursor.left, ==, 0);
	g_assert_null(gb_cursor_bytes(&cursor, 1));
	cursor = gb_cursor_of(bytes, sizeof(bytes));
	gb_cursor_skip(&cursor, 8);
	g_assert_false(cursor.bad);
	gb_cursor_skip(&cursor, SIZE_MAX);
	g_assert_true(cursor.bad);
	cursor = gb_cursor_of(bytes, 3);
	g_assert_cmphex(gb_cursor_u32(&cursor), ==, 0);
	g_assert_true(cursor.bad);
}

static void test_error(void) {
	g_autoptr(GError) error = g_error_new(GB_ERROR, GB_ERROR_LIMIT, "full");
	g_assert_error(error, GB_ERROR, GB_ERROR_LIMIT);
	g_assert_cmpstr(g_quark_to_string(GB_ERROR), ==, "gb-error-quark");
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/str/parse-int", test_parse_int);
	g_test_add_func("/str/parse-double", test_parse_double);
	g_test_add_func("/str/copy", test_copy);
	g_test_add_func("/str/compare", test_compare);
	g_test_add_func("/str/random", test_random);
	g_test_add_func("/str/ids", test_ids);
	g_test_add_func("/cursor", test_cursor);
	g_test_add_func("/error", test_error);
	return g_test_run();
}
