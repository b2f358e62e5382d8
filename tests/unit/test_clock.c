/* test_clock.c - the fake clock, and every form of time text. */
#include "gb28181/base/gb_clock.h"

#include <glib.h>

static void test_fake(void) {
	gb_clock_fake(5, 7);
	gb_clock_fake_advance(10);
	g_assert_cmpint(gb_clock_us(), ==, 15);
	g_assert_cmpint(gb_clock_wall_us(), ==, 17);
	gb_clock_real();
	int64_t before = gb_clock_us();
	g_assert_cmpint(gb_clock_us(), >=, before);
	/* 2020-01-01 in wall time: the real clock is behind neither. */
	g_assert_cmpint(gb_clock_wall_us(), >, 1577836800 * GB_SECOND);
}

static void test_write(void) {
	static const struct {
		int64_t wall_us;
		int offset;
		const char *rfc3339, *local;
	} cases[] = {
		{0, 0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000"},
		{1772323509123456, 480, "2026-03-01T00:05:09Z", "2026-03-01T08:05:09.123"},
		{951782399999999, 1, "2000-02-28T23:59:59Z", "2000-02-29T00:00:59.999"},
		{1772323509123456, -720, "2026-03-01T00:05:09Z", "2026-02-28T12:05:09.123"},
		/* Out of range: the nearest that can be written. */
		{-1, -60, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000"},
		{INT64_MAX / 2, 0, "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999"},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		char buf[GB_TIME_TEXT];
		g_assert_cmpstr(gb_time_rfc3339(buf, cases[i].wall_us), ==, cases[i].rfc3339);
		g_assert_cmpstr(gb_time_local(buf, cases[i].wall_us, cases[i].offset), ==, cases[i].local);
	}
}

#define NONE INT64_MIN

static void test_parse_utc(void) {
	static const struct {
		const char *text;
		int64_t wall_us;
	} cases[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"2026-03-01T00:05:09Z", 1772323509000000},
		{"2026-03-01t00:05:09.5z", 1772323509500000},
		{"2026-03-01T08:05:09+08:00", 1772323509000000},
		{"2026-02-28T18:35:09-05:30", 1772323509000000},
		{"2000-02-29T00:00:00Z", 951782400000000},
		{"1772323509", 1772323509000000},
		{" 0 ", 0},
		{"2026-03-01T00:05:09.123456789Z", 1772323509123456},
		{"2026-02-29T00:00:00Z", NONE},
		{"2026-03-01T00:05:09", NONE},
		{"2026-3-1T00:05:09Z", NONE},
		{"2026-03-01T00:60:09Z", NONE},
		{"2026-03-01T25:00:09Z", NONE},
		{"2026-03-01T00:05:09.Z", NONE},
		{"2026-03-01T00:05:09+8", NONE},
		{"2026-03-01T00:05:09Zx", NONE},
		{"1969-12-31T23:59:59Z", NONE},
		{"-1", NONE},
		{"999999999999999", NONE},
		{"", NONE},
		{"yesterday", NONE},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		int64_t wall = NONE;
		g_assert_cmpint(gb_time_parse_utc(cases[i].text, &wall), ==, cases[i].wall_us != NONE);
		g_assert_cmpint(wall, ==, cases[i].wall_us);
	}
}

static void test_parse_local(void) {
	static const struct {
		const char *text;
		int64_t wall_us; /* at UTC+8 */
	} cases[] = {
		{"2026-03-01T08:05:09", 1772323509000000},
		{"2026-03-01 08:05:09", 1772323509000000},
		{"2026-03-01T08:05:09Z", 1772323509000000},
		{"2026-3-1T8:5:9", 1772323509000000},
		{"2026-03-01T08:05:09.123", 1772323509123000},
		{" 2026/03/01  08:05:09\r\n", 1772323509000000},
		{"2026-03-01T00:05:09+00:00", 1772323509000000},
		{"2026-02-28T24:00:00", 1772294400000000},
		{"2026-02-28T24:00:01", NONE},
		{"2026-13-01T08:05:09", NONE},
		{"2026-00-01T08:05:09", NONE},
		{"2026-03-32T08:05:09", NONE},
		{"2026-03-01T08:05", NONE},
		{"2026-03-01", NONE},
		{"", NONE},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		int64_t wall = NONE;
		bool good = gb_time_parse_local(cases[i].text, 480, &wall);
		g_assert_cmpint(good, ==, cases[i].wall_us != NONE);
		g_assert_cmpint(wall, ==, cases[i].wall_us);
	}
}

/* Every day of 400 years there and back, leap years included. */
static void test_round_trip(void) {
	for(int64_t day = 0; day < 146097; day++) {
		char buf[GB_TIME_TEXT];
		int64_t wall = -1, now = (day * 86400 + day % 86400) * GB_SECOND;
		g_assert_true(gb_time_parse_utc(gb_time_rfc3339(buf, now), &wall));
		g_assert_cmpint(wall, ==, now);
	}
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/clock/fake", test_fake);
	g_test_add_func("/clock/write", test_write);
	g_test_add_func("/clock/parse-utc", test_parse_utc);
	g_test_add_func("/clock/parse-local", test_parse_local);
	g_test_add_func("/clock/round-trip", test_round_trip);
	return g_test_run();
}
