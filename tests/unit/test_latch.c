/* Whose packets a stream takes (architecture notes 11). */
#include "gb28181/engine/gb_latch.h"

#include <glib.h>

#define AGREED 100
#define OTHER 7
#define SECOND 1000000LL

static const gb_addr none[2];

static gb_addr at(const char *text) {
	gb_addr address;
	g_assert_true(gb_addr_parse(text, &address));
	return address;
}

/* One packet after another through a latch that knows the device at 10.0.0.1. */
static void test_rule(void) {
	static const struct {
		const char *name;
		struct {
			uint32_t ssrc;
			const char *source;
			int64_t at_us;
			gb_latch_result expected;
		} packets[4];
	} rows[] = {
		{"agreed SSRC from anywhere",
			{{AGREED, "9.9.9.9:1", 0, GB_LATCH_NEW}, {AGREED, "9.9.9.9:1", 1, GB_LATCH_TAKEN}}},
		{"another SSRC from the device",
			{{OTHER, "10.0.0.1:5", 0, GB_LATCH_NEW}, {OTHER, "10.0.0.1:5", 1, GB_LATCH_TAKEN}}},
		{"another SSRC from a stranger",
			{{OTHER, "9.9.9.9:1", 0, GB_LATCH_REFUSED},
				{OTHER, "9.9.9.9:1", 9 * SECOND, GB_LATCH_REFUSED}}},
		{"a second sender waits for silence",
			{{AGREED, "9.9.9.9:1", 0, GB_LATCH_NEW}, {AGREED, "8.8.8.8:1", 1, GB_LATCH_REFUSED},
				{AGREED, "8.8.8.8:1", 3 * SECOND, GB_LATCH_TAKEN},
				{AGREED, "9.9.9.9:1", 3 * SECOND + 1, GB_LATCH_REFUSED}}},
		{"NAT moves the port",
			{{AGREED, "9.9.9.9:1", 0, GB_LATCH_NEW}, {AGREED, "9.9.9.9:2", 1, GB_LATCH_TAKEN},
				{AGREED, "9.9.9.9:2", 2, GB_LATCH_TAKEN}}},
		{"the agreed SSRC ousts a sender left over",
			{{OTHER, "10.0.0.1:5", 0, GB_LATCH_NEW}, {AGREED, "10.0.0.1:6", 1, GB_LATCH_NEW},
				{OTHER, "10.0.0.1:5", 2, GB_LATCH_REFUSED},
				{AGREED, "10.0.0.1:6", 3, GB_LATCH_TAKEN}}},
		{"another SSRC of the device after silence",
			{{AGREED, "10.0.0.1:5", 0, GB_LATCH_NEW},
				{OTHER, "10.0.0.1:5", SECOND, GB_LATCH_REFUSED},
				{OTHER, "10.0.0.1:5", 3 * SECOND, GB_LATCH_NEW},
				{OTHER, "10.0.0.1:5", 4 * SECOND, GB_LATCH_TAKEN}}},
	};
	for(unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		gb_latch latch;
		const gb_addr allowed[2] = {at("10.0.0.1:0"), {0}};
		gb_latch_reset(&latch, AGREED, allowed);
		for(unsigned k = 0; k < 4 && rows[i].packets[k].source; k++) {
			gb_addr source = at(rows[i].packets[k].source);
			gb_latch_result result =
				gb_latch_judge(&latch, rows[i].packets[k].ssrc, &source, rows[i].packets[k].at_us);
			g_test_message("%s, packet %u", rows[i].name, k);
			g_assert_cmpint(result, ==, rows[i].packets[k].expected);
		}
	}
}

static void test_expect(void) {
	gb_latch latch;
	gb_addr camera = at("10.0.0.1:5");
	const gb_addr allowed[2] = {camera, {0}};
	gb_latch_reset(&latch, AGREED, none);
	g_assert_cmpint(gb_latch_judge(&latch, OTHER, &camera, 0), ==, GB_LATCH_REFUSED);
	gb_latch_expect(&latch, OTHER, none);
	g_assert_cmpint(gb_latch_judge(&latch, OTHER, &camera, 1), ==, GB_LATCH_NEW);
	/* What is held and still welcome stays. */
	gb_latch_expect(&latch, AGREED, allowed);
	g_assert_cmpint(gb_latch_judge(&latch, OTHER, &camera, 2), ==, GB_LATCH_TAKEN);
	gb_latch_expect(&latch, AGREED, none);
	g_assert_cmpint(gb_latch_judge(&latch, OTHER, &camera, 3), ==, GB_LATCH_REFUSED);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/latch/rule", test_rule);
	g_test_add_func("/latch/expect", test_expect);
	return g_test_run();
}
