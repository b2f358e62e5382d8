/* Access units alone: a stream against the row of calls. */
#include "gb28181/media/gb_au.h"

#include "lib/media_tools.h"

typedef struct {
	GString *calls;
	size_t bytes; /* of slices, since the last begin */
} record;

static void on_begin(void *user, const gb_au_info *info) {
	record *out = user;
	out->bytes = 0;
	g_string_append_printf(out->calls, "%c", info->keyframe ? 'K' : 'P');
	if(info->pts != GB_PTS_NONE) {
		g_string_append_printf(out->calls, "%" G_GINT64_FORMAT, info->pts);
	}
	for(size_t i = 0; i < info->params->count; i++) {
		g_string_append(out->calls, info->params->sets[i].fresh ? "+" : "");
	}
	g_string_append_c(out->calls, ' ');
}

static void on_nal(void *user, const uint8_t *head, size_t len) {
	record *out = user;
	out->bytes += len;
	g_string_append_printf(out->calls, "%02x(", head[0]);
}

static void on_data(void *user, const uint8_t *data, size_t len) {
	record *out = user;
	(void)data;
	out->bytes += len;
}

static void on_nal_end(void *user) {
	record *out = user;
	g_string_append_printf(out->calls, "%zu) ", out->bytes);
}

static void on_end(void *user) {
	g_string_append(((record *)user)->calls, "end ");
}

static void on_abort(void *user) {
	g_string_append(((record *)user)->calls, "abort ");
}

static void on_format(void *user) {
	(void)user;
}

static void on_next(void *user) {
	g_string_append(((record *)user)->calls, "next ");
}

static void on_flushed_early(void *user, bool cut) {
	g_string_append(((record *)user)->calls, cut ? "cut " : "more ");
}

static const gb_au_ops ops = {
	on_begin, on_nal, on_data, on_nal_end, on_end, on_abort, on_format, on_next, on_flushed_early};

typedef struct {
	record out;
	gb_au *au;
} bench;

static void setup(bench *it, uint32_t cap) {
	it->out.calls = g_string_new(NULL);
	it->au = gb_au_new(cap, &ops, &it->out);
}

static void teardown(bench *it) {
	gb_au_free(it->au);
	g_string_free(it->out.calls, TRUE);
}

static void feed(bench *it, int64_t pts, const char *hex) {
	g_autoptr(GByteArray) bytes = mt_bytes(hex);
	gb_au_pes(it->au, pts);
	gb_au_feed(it->au, bytes->data, bytes->len);
}

#define S "00 00 01 "
#define KEY S MT_SPS S MT_PPS S "65 88 11 22"
#define P1 S "41 9A 33 44"

static void test_units(void) {
	static const struct {
		const char *what;
		const char *stream;
		const char *calls;
	} rows[] = {
		{"key and P", KEY P1 P1, "K100++ 65(4) next end P 41(4) next end P 41("},
		{"slices", KEY S "65 20 11 22" P1 S "41 40 11" S "41 20 11",
			"K100++ 65(4) 65(8) next end P 41(4) 41(7) 41("},
		{"AUD shows the end", KEY S "09 F0" S, "K100++ 65(4) next end "},
		{"SPS shows the end", KEY S MT_SPS S, "K100++ 65(4) next end "},
		{"SEI shows the end", KEY S "06 05 01 02" S, "K100++ 65(4) next end "},
		{"filler does not", KEY S "0C FF FF" S "65 20 11 22" P1,
			"K100++ 65(4) 65(8) next end P 41("},
		{"SEI in front is no unit", S "06 05 01" KEY S "06 05 01" P1,
			"K100++ 65(4) next end P 41("},
		{"no parameter sets, no start", S "65 88 11" S "41 9A 22" KEY P1,
			"next K++ 65(4) next end P 41("},
		{"no first slice, no unit", KEY S "09 F0" S "41 40 11 22" S "41 20 11" P1,
			"K100++ 65(4) next end next P 41("},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		bench it;
		setup(&it, 100000);
		feed(&it, 100, rows[i].stream);
		g_test_message("%s", rows[i].what);
		g_assert_cmpstr(it.out.calls->str, ==, rows[i].calls);
		teardown(&it);
	}
}

/** The PTS of the PES goes to the unit that begins in it, once. */
static void test_pts(void) {
	bench it;
	setup(&it, 100000);
	feed(&it, 100, KEY P1);
	feed(&it, 200, "55 66");
	feed(&it, GB_PTS_NONE, P1);
	feed(&it, 300, S "09 F0" P1 P1);
	g_assert_cmpstr(it.out.calls->str, ==,
		"K100++ 65(4) next end P 41(6) next end P 41(4) next end P300 41(4) next end P 41(");
	teardown(&it);
}

static void test_flush(void) {
	bench it;
	setup(&it, 100000);
	g_assert_false(gb_au_flush(it.au));
	feed(&it, 100, KEY);
	g_assert_true(gb_au_in_picture(it.au));
	g_assert_true(gb_au_flush(it.au));
	g_assert_false(gb_au_in_picture(it.au));
	g_assert_false(gb_au_flush(it.au));
	feed(&it, 200, P1);
	g_assert_true(gb_au_flush(it.au));
	feed(&it, 200, S "41 40 11 22"); /* a slice more of the same */
	g_assert_true(gb_au_flush(it.au));
	feed(&it, 200, "77 88"); /* in the middle of it */
	feed(&it, 300, S "41 40 11 22" P1);
	g_assert_cmpstr(it.out.calls->str, ==,
		"K100++ 65(4) end next P200 41(4) end more 41(8) end cut next P300 41(");
	teardown(&it);
}

static void test_gap(void) {
	bench it;
	setup(&it, 100000);
	g_assert_false(gb_au_gap(it.au));
	feed(&it, 100, KEY);
	g_assert_true(gb_au_gap(it.au));
	g_assert_false(gb_au_gap(it.au));
	feed(&it, 200, "11 22 33" S "41 40 11" P1);
	feed(&it, 300, P1);
	g_assert_cmpstr(it.out.calls->str, ==, "K100++ 65(abort next P 41(4) next end P300 41(");
	teardown(&it);
}

static void test_cap(void) {
	bench it;
	gb_au_stats stats;
	setup(&it, 10);
	feed(&it, 100, KEY "11 22 33 44 55 66 77 88 99");
	feed(&it, 200, "AA BB CC DD" S "65 20 11" P1);
	gb_au_get_stats(it.au, &stats);
	g_assert_cmpstr(it.out.calls->str, ==, "K100++ 65(abort next P200 41(");
	g_assert_cmpuint(stats.oversize, ==, 1);
	g_assert_cmpuint(stats.frames, ==, 2);
	teardown(&it);
}

/** Parameter sets over the cap are not kept, counted, and do no harm. */
static void test_param_caps(void) {
	bench it;
	gb_au_stats stats;
	setup(&it, 100000);
	feed(&it, 100, KEY S "68 EE");
	g_autofree uint8_t *big = g_malloc(GB_PARAMS_BYTES);
	memset(big, 0x55, GB_PARAMS_BYTES);
	gb_au_feed(it.au, big, GB_PARAMS_BYTES);
	feed(&it, 200, KEY P1);
	gb_au_get_stats(it.au, &stats);
	g_assert_cmpuint(stats.oversize, ==, 1);
	g_assert_cmpstr(it.out.calls->str, ==, "K100++ 65(4) next end K200 65(4) next end P 41(");
	teardown(&it);
}

static void test_restart(void) {
	bench it;
	uint16_t width, height;
	setup(&it, 100000);
	feed(&it, 100, KEY);
	gb_au_size(it.au, &width, &height);
	g_assert_cmpuint(width, ==, 320);
	gb_au_restart(it.au);
	g_assert_cmpint(gb_au_codec(it.au), ==, GB_CODEC_NONE);
	feed(&it, 200, P1 S "65 88 11" KEY P1);
	g_assert_cmpstr(it.out.calls->str, ==, "K100++ 65(abort next K++ 65(4) next end P 41(");
	teardown(&it);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/au/units", test_units);
	g_test_add_func("/au/pts", test_pts);
	g_test_add_func("/au/flush", test_flush);
	g_test_add_func("/au/gap", test_gap);
	g_test_add_func("/au/cap", test_cap);
	g_test_add_func("/au/param_caps", test_param_caps);
	g_test_add_func("/au/restart", test_restart);
	return g_test_run();
}
