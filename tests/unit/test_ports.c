/* Which RTP port the next stream gets. */
#include "gb28181/engine/gb_ports.h"

static void test_range(void) {
	static const struct {
		uint16_t min, max;
		unsigned total;
		uint16_t first;
	} rows[] = {
		{30000, 30001, 1, 30000},
		{30000, 30000, 0, 0},
		{30001, 30002, 0, 0},
		{30001, 30003, 1, 30002},
		{30000, 31999, 1000, 30000},
		{65534, 65535, 1, 65534},
		{65535, 65535, 0, 0},
		{0, 3, 0, 0},
	};
	for(unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(gb_ports) ports = gb_ports_new(rows[i].min, rows[i].max, 10);
		g_assert_cmpint(ports != NULL, ==, rows[i].total > 0);
		if(ports) {
			g_assert_cmpuint(gb_ports_total(ports), ==, rows[i].total);
			g_assert_cmpuint(gb_ports_take(ports, 0), ==, rows[i].first);
		}
	}
}

static void test_turn_and_quarantine(void) {
	g_autoptr(gb_ports) ports = gb_ports_new(100, 105, 1000);
	g_assert_cmpuint(gb_ports_take(ports, 0), ==, 100);
	gb_ports_release(ports, 100, 5);
	g_assert_cmpuint(gb_ports_take(ports, 6), ==, 102);
	g_assert_cmpuint(gb_ports_take(ports, 7), ==, 104);
	g_assert_cmpuint(gb_ports_used(ports), ==, 2);
	g_assert_cmpuint(gb_ports_take(ports, 1004), ==, 0);
	g_assert_cmpuint(gb_ports_take(ports, 1005), ==, 100);
	g_assert_cmpuint(gb_ports_take(ports, 1006), ==, 0);
}

static void test_wrong_release(void) {
	g_autoptr(gb_ports) ports = gb_ports_new(100, 103, 0);
	gb_ports_release(ports, 98, 0);
	gb_ports_release(ports, 104, 0);
	gb_ports_release(ports, 100, 0);
	g_assert_cmpuint(gb_ports_used(ports), ==, 0);
	g_assert_cmpuint(gb_ports_take(ports, 0), ==, 100);
	gb_ports_release(ports, 100, 0);
	gb_ports_release(ports, 100, 0);
	g_assert_cmpuint(gb_ports_used(ports), ==, 0);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ports/range", test_range);
	g_test_add_func("/ports/turn-and-quarantine", test_turn_and_quarantine);
	g_test_add_func("/ports/wrong-release", test_wrong_release);
	return g_test_run();
}
