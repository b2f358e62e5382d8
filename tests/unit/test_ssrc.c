/* test_ssrc.c - numbers for `y=` (gb28181.md 7.5). */
#include "gb28181/proto/gb_ssrc.h"

#include <glib.h>

static void test_digits(void) {
	static const struct {
		const char *server_id;
		uint32_t domain;
	} cases[] = {
		{"34020000002000000001", 20000},
		{"13010000002000000001", 10000},
		{"98765432", 65432},
		{"9876543", 65430},
		{"987", 0},
		{"", 0},
		{"987x5432", 5432},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(gb_ssrc_pool) pool = gb_ssrc_pool_new(cases[i].server_id);
		uint32_t live, history;
		g_assert_true(gb_ssrc_take(pool, false, &live));
		g_assert_true(gb_ssrc_take(pool, true, &history));
		g_assert_cmpuint(live / 10000, ==, cases[i].domain);
		g_assert_cmpuint(history / 10000, ==, 100000 + cases[i].domain);
		g_assert_cmpuint(live % 10000, !=, 0);
	}
	gb_ssrc_pool_free(NULL);
}

static void test_unique(void) {
	g_autoptr(gb_ssrc_pool) pool = gb_ssrc_pool_new("34020000002000000001");
	g_autofree bool *seen = g_new0(bool, 10000);
	uint32_t ssrc = 0;
	for(int i = 0; i < GB_SSRC_COUNT; i++) {
		g_assert_true(gb_ssrc_take(pool, false, &ssrc));
		g_assert_false(seen[ssrc % 10000]);
		seen[ssrc % 10000] = true;
	}
	g_assert_false(gb_ssrc_take(pool, false, &ssrc));
	/* The other kind has its own numbers. */
	uint32_t history;
	g_assert_true(gb_ssrc_take(pool, true, &history));
	gb_ssrc_give_back(pool, 200001234);
	g_assert_true(gb_ssrc_take(pool, false, &ssrc));
	g_assert_cmpuint(ssrc, ==, 200001234);
}

static void test_reused_last(void) {
	g_autoptr(gb_ssrc_pool) pool = gb_ssrc_pool_new("34020000002000000001");
	uint32_t first, ssrc = 0;
	g_assert_true(gb_ssrc_take(pool, true, &first));
	gb_ssrc_give_back(pool, first);
	for(int i = 0; i < GB_SSRC_COUNT - 1; i++) {
		g_assert_true(gb_ssrc_take(pool, true, &ssrc));
		g_assert_cmpuint(ssrc, !=, first);
	}
	g_assert_true(gb_ssrc_take(pool, true, &ssrc));
	g_assert_cmpuint(ssrc, ==, first);
}

/* Nothing but what was taken comes back, and only once. */
static void test_strange_returns(void) {
	g_autoptr(gb_ssrc_pool) pool = gb_ssrc_pool_new("34020000002000000001");
	static const uint32_t strange[] = {
		0, 200000000, 200000001, 1200000001, 300000001, 2200000001, UINT32_MAX};
	uint32_t ssrc;
	int count = 0;
	g_assert_true(gb_ssrc_take(pool, false, &ssrc));
	for(size_t i = 0; i < G_N_ELEMENTS(strange); i++) {
		if(strange[i] != ssrc)
			gb_ssrc_give_back(pool, strange[i]);
	}
	gb_ssrc_give_back(pool, ssrc + 1000000000);
	gb_ssrc_give_back(pool, ssrc);
	gb_ssrc_give_back(pool, ssrc);
	while(gb_ssrc_take(pool, false, &ssrc))
		count++;
	g_assert_cmpint(count, ==, GB_SSRC_COUNT);
}

static void test_format(void) {
	char buf[GB_SSRC_TEXT];
	g_assert_cmpstr(gb_ssrc_format(buf, 200000001), ==, "0200000001");
	g_assert_cmpstr(gb_ssrc_format(buf, 1999999999), ==, "1999999999");
	g_assert_cmpstr(gb_ssrc_format(buf, 0), ==, "0000000000");
	g_assert_cmpstr(gb_ssrc_format(buf, UINT32_MAX), ==, "4294967295");
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ssrc/digits", test_digits);
	g_test_add_func("/ssrc/unique", test_unique);
	g_test_add_func("/ssrc/reused-last", test_reused_last);
	g_test_add_func("/ssrc/strange-returns", test_strange_returns);
	g_test_add_func("/ssrc/format", test_format);
	return g_test_run();
}
