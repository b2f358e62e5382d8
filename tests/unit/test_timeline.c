/* The output line over what cameras do with their clocks (gb28181.md 13.7). */
#include "gb28181/media/gb_timeline.h"

#include "lib/media_tools.h"

#define WRAP33 (INT64_C(1) << 33)
#define NONE GB_PTS_NONE

typedef struct {
	const char *what;
	struct {
		int64_t pts;
		uint32_t rtp;
		int64_t ms; /* since the last */
		int64_t out;
	} steps[8];
	size_t count;
	uint64_t jumps;
} row;

static void test_rows(void) {
	static const row rows[] = {
		{"25 frames a second", {{900000, 5, 0, 0}, {903600, 5, 40, 3600}, {907200, 5, 40, 7200}}, 3,
			0},
		{"the 33-bit wrap", {{WRAP33 - 3600, 0, 0, 0}, {0, 0, 40, 3600}, {3600, 0, 40, 7200}}, 3,
			0},
		{"above 2^32 from the start", {{5000000000, 0, 0, 0}, {5000003600, 0, 40, 3600}}, 2, 0},
		{"jump far ahead: the clock leads",
			{{0, 0, 0, 0}, {3600, 0, 40, 3600}, {900000000, 0, 40, 7200},
				{900003600, 0, 40, 10800}},
			4, 1},
		{"jump back, as seen: 8589932482 to 1490",
			{{8589932482, 0, 0, 0}, {1490, 0, 40, 3600}, {5090, 0, 40, 7200}}, 3, 0},
		{"set back by a minute", {{5400000, 0, 0, 0}, {0, 0, 40, 3600}, {3600, 0, 40, 7200}}, 3, 1},
		{"a pause that the clock saw too", {{0, 0, 0, 0}, {270000, 0, 3000, 270000}}, 2, 0},
		{"one frame a second and slower",
			{{0, 0, 0, 0}, {90000, 0, 1000, 90000}, {270000, 0, 2000, 270000}}, 3, 0},
		{"two seconds in one step, at once",
			{{0, 0, 0, 0}, {180000, 0, 40, 3600}, {183600, 0, 40, 7200}}, 3, 1},
		{"standstill: the clock leads",
			{{7, 0, 0, 0}, {7, 0, 40, 3600}, {7, 0, 50, 8100}, {3607, 0, 40, 11700}}, 4, 0},
		{"standstill in a burst", {{7, 0, 0, 0}, {7, 0, 0, 900}, {7, 0, 0, 1800}}, 3, 0},
		{"small steps back (pictures out of order)",
			{{0, 0, 0, 0}, {10800, 0, 40, 10800}, {3600, 0, 40, 10801}, {7200, 0, 40, 10802},
				{14400, 0, 40, 14400}},
			5, 0},
		{"a frame without PTS between", {{0, 0, 0, 0}, {NONE, 0, 0, 3600}, {7200, 0, 80, 7200}}, 3,
			0},
		{"no PTS, RTP of 90 kHz",
			{{NONE, 1000, 0, 0}, {NONE, 4600, 40, 3600}, {NONE, 8200, 40, 7200}}, 3, 0},
		{"RTP wraps", {{NONE, 4294966296u, 0, 0}, {NONE, 2600, 40, 3600}}, 2, 0},
		{"RTP in milliseconds",
			{{NONE, 1000, 0, 0}, {NONE, 1040, 40, 3600}, {NONE, 1080, 40, 7200}}, 3, 0},
		{"RTP stands still", {{NONE, 9, 0, 0}, {NONE, 9, 40, 3600}, {NONE, 9, 40, 7200}}, 3, 0},
		{"RTP goes back", {{NONE, 90000, 0, 0}, {NONE, 100, 40, 3600}, {NONE, 3700, 40, 7200}}, 3,
			1},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		gb_timeline timeline;
		int64_t now_us = 5000000;
		gb_timeline_init(&timeline);
		for(size_t at = 0; at < rows[i].count; at++) {
			now_us += rows[i].steps[at].ms * 1000;
			int64_t out =
				gb_timeline_next(&timeline, rows[i].steps[at].pts, rows[i].steps[at].rtp, now_us);
			g_test_message("%s, %zu: %" G_GINT64_FORMAT, rows[i].what, at, out);
			g_assert_cmpint(ABS(out - rows[i].steps[at].out), <=, 4);
		}
		g_assert_cmpuint(timeline.jumps, ==, rows[i].jumps);
	}
}

static void test_restart(void) {
	gb_timeline timeline;
	gb_timeline_init(&timeline);
	g_assert_cmpint(gb_timeline_next(&timeline, 900000, 1, 1000000), ==, 0);
	gb_timeline_restart(&timeline);
	g_assert_cmpint(gb_timeline_next(&timeline, 55, 2, 11000000), ==, 900000);
	g_assert_cmpint(gb_timeline_next(&timeline, 3655, 2, 11040000), ==, 903600);
	gb_timeline_restart(&timeline); /* at once: a frame's distance at least */
	g_assert_cmpint(gb_timeline_next(&timeline, 0, 2, 11040000), ==, 907200);
	g_assert_cmpuint(timeline.jumps, ==, 0);
}

/** RTP timestamps of any rate are scaled once the rate is known. */
static void test_measured_rate(void) {
	static const struct {
		uint32_t step; /* RTP ticks a frame of 40 ms */
		int64_t out;
	} rows[] = {{3600, 3600}, {40, 3600}, {320, 3600}, {7855, 3600}, {3000, 3600}};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		gb_timeline timeline;
		int64_t last = 0;
		int64_t out = 0;
		gb_timeline_init(&timeline);
		for(uint32_t frame = 0; frame < 200; frame++) {
			last = out;
			out = gb_timeline_next(&timeline, NONE, frame * rows[i].step, 1000000 + frame * 40000);
		}
		g_test_message("%u ticks: %" G_GINT64_FORMAT, rows[i].step, out - last);
		if(rows[i].step != 3000) { /* near 90 kHz is 90 kHz: 30 frames a second that come late */
			g_assert_cmpint(ABS(out - last - rows[i].out), <=, 40);
		} else {
			g_assert_cmpint(out - last, ==, 3000);
		}
	}
}

/** Second fields have no PTS of their own; the line must not run ahead for them. */
static void test_fields(void) {
	gb_timeline timeline;
	int64_t out = 0;
	gb_timeline_init(&timeline);
	for(int64_t frame = 0; frame < 500; frame++) {
		out = gb_timeline_next(&timeline, frame * 3600, 0, 1000000 + frame * 40000);
		int64_t second = gb_timeline_next(&timeline, NONE, 0, 1000000 + frame * 40000);
		g_assert_cmpint(second, >, out);
		if(frame > 30) {
			g_assert_cmpint(second - out, <, 2000);
		}
		out = second;
	}
	g_assert_cmpint(out, <, 500 * 3600);
	g_assert_cmpuint(timeline.jumps, ==, 0);
}

/** Whatever comes: it rises, and by less than a second a frame, since a larger step has to agree
 * with the clock, which moves by less here. */
static void test_random(void) {
	for(int round = 0; round < 200; round++) {
		gb_timeline timeline;
		int64_t now_us = 1000000;
		int64_t last = -1;
		gb_timeline_init(&timeline);
		for(int i = 0; i < 300; i++) {
			now_us += g_test_rand_int_range(0, 80000);
			int64_t pts = g_test_rand_int_range(0, 3) == 0
				? GB_PTS_NONE
				: ((int64_t)(guint32)g_test_rand_int() << 3) & (WRAP33 - 1);
			int64_t out = gb_timeline_next(&timeline, pts, (uint32_t)g_test_rand_int(), now_us);
			g_assert_cmpint(out, >, last);
			if(i > 0) {
				g_assert_cmpint(out - last, <=, 90000);
			}
			last = out;
		}
	}
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/timeline/rows", test_rows);
	g_test_add_func("/timeline/restart", test_restart);
	g_test_add_func("/timeline/measured_rate", test_measured_rate);
	g_test_add_func("/timeline/fields", test_fields);
	g_test_add_func("/timeline/random", test_random);
	return g_test_run();
}
