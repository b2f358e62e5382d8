/* The reorder window: a script of arrivals against the row of deliveries. */
#include "gb28181/media/gb_reorder.h"

#include "lib/media_tools.h"

/** Writes each delivery as its number, with a '!' in front where packets are missing. */
static void on_packet(void *user, const gb_rtp_packet *packet, bool gap) {
	g_string_append_printf(user, "%s%u ", gap ? "!" : "", packet->seq);
	if(packet->len > 0) {
		g_assert_cmpuint(packet->payload[0], ==, packet->seq & 0xFF);
		g_assert_cmpuint(packet->payload[packet->len - 1], ==, packet->seq & 0xFF);
	}
}

static void push(gb_reorder *reorder, uint16_t seq, size_t len, int64_t now_us) {
	uint8_t *payload = g_malloc(MAX(len, 1));
	gb_rtp_packet packet = {.seq = seq, .payload = payload, .len = len};
	memset(payload, seq & 0xFF, len);
	gb_reorder_push(reorder, &packet, now_us);
	memset(payload, 0xEE, len); /* what waits must have been copied */
	g_free(payload);
}

typedef struct {
	const char *what;
	uint16_t window;
	const char *arrivals; /* numbers; +MS moves the clock and ticks */
	const char *deliveries;
	gb_reorder_stats stats; /* lost, reordered, duplicates, late, jumps */
} row;

static void run(const row *it) {
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(gb_reorder) reorder = gb_reorder_new(it->window, 200000, on_packet, out);
	g_auto(GStrv) words = g_strsplit(it->arrivals, " ", -1);
	int64_t now_us = 1000;
	for(char **word = words; *word; word++) {
		if(**word == '+') {
			now_us += g_ascii_strtoll(*word + 1, NULL, 10) * 1000;
			gb_reorder_tick(reorder, now_us);
		} else {
			push(reorder, (uint16_t)g_ascii_strtoull(*word, NULL, 10), 100, now_us);
		}
	}
	gb_reorder_stats stats;
	gb_reorder_get_stats(reorder, &stats);
	g_test_message("%s", it->what);
	g_assert_cmpstr(g_strchomp(out->str), ==, it->deliveries);
	g_assert_cmpuint(stats.lost, ==, it->stats.lost);
	g_assert_cmpuint(stats.reordered, ==, it->stats.reordered);
	g_assert_cmpuint(stats.duplicates, ==, it->stats.duplicates);
	g_assert_cmpuint(stats.late, ==, it->stats.late);
	g_assert_cmpuint(stats.jumps, ==, it->stats.jumps);
}

static void test_rows(void) {
	static const row rows[] = {
		{"in order", 8, "1 2 3", "1 2 3", {0, 0, 0, 0, 0}},
		{"across the wrap", 8, "65534 65535 0 1", "65534 65535 0 1", {0, 0, 0, 0, 0}},
		{"two swapped", 8, "1 3 2 4", "1 2 3 4", {0, 1, 0, 0, 0}},
		{"swapped across the wrap", 8, "65534 0 65535 1", "65534 65535 0 1", {0, 1, 0, 0, 0}},
		{"backwards", 8, "1 5 4 3 2 6", "1 2 3 4 5 6", {0, 3, 0, 0, 0}},
		{"twice, waiting", 8, "1 3 3 2", "1 2 3", {0, 1, 1, 0, 0}},
		{"twice, gone", 8, "1 2 2 1 3", "1 2 3", {0, 0, 2, 0, 0}},
		{"hole, by time", 8, "1 3 4 +100 5 +100", "1 !3 4 5", {1, 0, 0, 0, 0}},
		{"not yet", 8, "1 3 +199", "1", {0, 0, 0, 0, 0}},
		{"two holes, each with its own time", 8, "1 3 +100 5 +100 +99", "1 !3", {1, 0, 0, 0, 0}},
		{"and then the second", 8, "1 3 +100 5 +100 +100", "1 !3 !5", {2, 0, 0, 0, 0}},
		{"hole, by a full window", 2, "1 3 4 5", "1 !3 4 5", {1, 0, 0, 0, 0}},
		{"burst lost", 4, "1 2 100 101 102 103 104", "1 2 !100 101 102 103 104", {97, 0, 0, 0, 0}},
		{"late after it was given up", 2, "1 3 4 5 2 6", "1 !3 4 5 6", {1, 0, 0, 1, 0}},
		{"no window", 0, "1 3 2 4", "1 !3 4", {1, 0, 0, 1, 0}},
		{"one far away is dropped", 8, "1 2 30000 3", "1 2 3", {0, 0, 0, 1, 0}},
		{"two far away are a new start", 8, "1 2 30000 30001 30002", "1 2 !30001 30002",
			{0, 0, 0, 1, 1}},
		{"far behind", 8, "40000 40001 7 8 9", "40000 40001 !8 9", {0, 0, 0, 1, 1}},
		{"a new start frees what waits", 8, "1 3 30000 30001", "1 !3 !30001", {1, 0, 0, 1, 1}},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		run(&rows[i]);
	}
}

/** A camera that starts again a little behind where it was is believed after 16 in a row. */
static void test_restart_behind(void) {
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(gb_reorder) reorder = gb_reorder_new(8, 200000, on_packet, out);
	for(uint16_t seq = 500; seq < 520; seq++) {
		push(reorder, seq, 10, 0);
	}
	g_string_truncate(out, 0);
	for(uint16_t seq = 100; seq < 120; seq++) {
		push(reorder, seq, 10, 0);
	}
	g_assert_cmpstr(out->str, ==, "!115 116 117 118 119 ");
}

static void test_tick_times(void) {
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(gb_reorder) reorder = gb_reorder_new(8, 200000, on_packet, out);
	g_assert_cmpint(gb_reorder_tick(reorder, 5), ==, 0);
	push(reorder, 1, 10, 1000);
	g_assert_cmpint(gb_reorder_tick(reorder, 1000), ==, 0);
	push(reorder, 3, 10, 2000);
	g_assert_cmpint(gb_reorder_tick(reorder, 3000), ==, 202000);
	g_assert_cmpuint(gb_reorder_next(reorder), ==, 2);
	g_assert_cmpint(gb_reorder_tick(reorder, 202000), ==, 0);
	g_assert_cmpuint(gb_reorder_next(reorder), ==, 4);
}

/** A packet too large for a slot does not wait; large ones that fit do. */
static void test_sizes(void) {
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(gb_reorder) reorder = gb_reorder_new(8, 200000, on_packet, out);
	push(reorder, 1, 0, 0);
	push(reorder, 3, 8192, 0);
	push(reorder, 4, 0, 0);
	g_assert_cmpstr(out->str, ==, "1 ");
	push(reorder, 2, 1, 0);
	g_assert_cmpstr(out->str, ==, "1 2 3 4 ");
	push(reorder, 6, 8193, 0);
	g_assert_cmpstr(out->str, ==, "1 2 3 4 !6 ");
}

static void test_reset(void) {
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(gb_reorder) reorder = gb_reorder_new(8, 200000, on_packet, out);
	push(reorder, 1, 10, 0);
	push(reorder, 3, 10, 0);
	gb_reorder_reset(reorder);
	push(reorder, 2, 10, 0);
	push(reorder, 3, 10, 0);
	g_assert_cmpstr(out->str, ==, "1 2 3 ");
}

/** Any order and any loss: never out of order, each at most once, a mark where something is
 * missing. */
static void test_random(void) {
	for(int round = 0; round < 200; round++) {
		g_autoptr(GString) out = g_string_new(NULL);
		g_autoptr(gb_reorder) reorder =
			gb_reorder_new((uint16_t)g_test_rand_int_range(0, 40), 200000, on_packet, out);
		for(int i = 0; i < 300; i++) {
			int jitter = g_test_rand_int_range(-20, 20);
			push(reorder, (uint16_t)(65400 + i + jitter), 5, i * 10000);
			gb_reorder_tick(reorder, i * 10000);
		}
		g_auto(GStrv) words = g_strsplit(g_strchomp(out->str), " ", -1);
		int last = -1;
		for(char **word = words; *word; word++) {
			bool gap = **word == '!';
			uint16_t seq = (uint16_t)g_ascii_strtoull(*word + gap, NULL, 10);
			if(last >= 0) {
				int step = gb_rtp_seq_diff(seq, (uint16_t)last);
				g_assert_true(gap ? step != 1 : step == 1);
			}
			last = seq;
		}
	}
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/reorder/rows", test_rows);
	g_test_add_func("/reorder/restart_behind", test_restart_behind);
	g_test_add_func("/reorder/tick_times", test_tick_times);
	g_test_add_func("/reorder/sizes", test_sizes);
	g_test_add_func("/reorder/reset", test_reset);
	g_test_add_func("/reorder/random", test_random);
	return g_test_run();
}
