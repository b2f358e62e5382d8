/* test_timers.c - the heap of timers, with a clock that stands still. */
#include "gb28181/base/gb_timers.h"

#include "gb28181/base/gb_clock.h"

#include <glib.h>

typedef struct {
	gb_timers *timers;
	gb_timer timer;
	unsigned fired;
	int64_t fired_at;
	int64_t again_us; /* starts itself again; -1 = no */
	gb_timer *stops;  /* stops this one */
} probe;

static void fire(void *user) {
	probe *self = user;
	self->fired++;
	self->fired_at = gb_clock_us();
	g_assert_false(gb_timer_running(&self->timer));
	if(self->again_us >= 0)
		gb_timers_start(self->timers, &self->timer, self->again_us);
	if(self->stops)
		gb_timers_stop(self->timers, self->stops);
}

static void probe_init(probe *self, gb_timers *timers) {
	*self = (probe){.timers = timers, .again_us = -1};
	gb_timer_init(&self->timer, fire, self);
}

static void test_one(void) {
	g_autoptr(gb_timers) timers = gb_timers_new();
	probe one;
	gb_clock_fake(1000, 0);
	probe_init(&one, timers);
	g_assert_cmpint(gb_timers_next_us(timers), ==, -1);
	gb_timers_start(timers, &one.timer, 500);
	g_assert_true(gb_timer_running(&one.timer));
	g_assert_cmpint(gb_timers_next_us(timers), ==, 500);
	gb_clock_fake_advance(499);
	g_assert_cmpuint(gb_timers_run(timers), ==, 0);
	gb_clock_fake_advance(1);
	g_assert_cmpint(gb_timers_next_us(timers), ==, 0);
	g_assert_cmpuint(gb_timers_run(timers), ==, 1);
	g_assert_cmpuint(one.fired, ==, 1);
	g_assert_cmpuint(gb_timers_run(timers), ==, 0);
	g_assert_cmpint(gb_timers_next_us(timers), ==, -1);
}

static void test_move_and_stop(void) {
	g_autoptr(gb_timers) timers = gb_timers_new();
	probe one, two;
	gb_clock_fake(0, 0);
	probe_init(&one, timers);
	probe_init(&two, timers);
	gb_timers_start(timers, &one.timer, 100);
	gb_timers_start(timers, &two.timer, 200);
	gb_timers_start(timers, &one.timer, 300);
	g_assert_cmpint(gb_timers_next_us(timers), ==, 200);
	gb_timers_start(timers, &one.timer, 50);
	g_assert_cmpint(gb_timers_next_us(timers), ==, 50);
	gb_timers_stop(timers, &one.timer);
	gb_timers_stop(timers, &one.timer);
	g_assert_false(gb_timer_running(&one.timer));
	gb_clock_fake_advance(1000);
	g_assert_cmpuint(gb_timers_run(timers), ==, 1);
	g_assert_cmpuint(one.fired, ==, 0);
	g_assert_cmpuint(two.fired, ==, 1);
}

static void test_limits_of_delay(void) {
	g_autoptr(gb_timers) timers = gb_timers_new();
	probe late, past;
	gb_clock_fake(1000, 0);
	probe_init(&late, timers);
	probe_init(&past, timers);
	gb_timers_start(timers, &late.timer, INT64_MAX);
	g_assert_cmpint(gb_timers_next_us(timers), ==, INT64_MAX - 1000);
	gb_timers_start(timers, &past.timer, -5);
	g_assert_cmpint(gb_timers_next_us(timers), ==, 0);
	g_assert_cmpuint(gb_timers_run(timers), ==, 1);
	g_assert_cmpuint(past.fired, ==, 1);
}

/* Without delay it runs in the next run, not for ever in this one. */
static void test_again(void) {
	g_autoptr(gb_timers) timers = gb_timers_new();
	probe one;
	gb_clock_fake(0, 0);
	probe_init(&one, timers);
	one.again_us = 0;
	gb_timers_start(timers, &one.timer, 0);
	g_assert_cmpuint(gb_timers_run(timers), ==, 1);
	g_assert_true(gb_timer_running(&one.timer));
	gb_clock_fake_advance(1);
	g_assert_cmpuint(gb_timers_run(timers), ==, 1);
	g_assert_cmpuint(one.fired, ==, 2);
}

/* A timer that another one stops in the same run is not called. */
static void test_stop_inside(void) {
	g_autoptr(gb_timers) timers = gb_timers_new();
	probe one, two;
	gb_clock_fake(0, 0);
	probe_init(&one, timers);
	probe_init(&two, timers);
	one.stops = &two.timer;
	gb_timers_start(timers, &one.timer, 1);
	gb_timers_start(timers, &two.timer, 2);
	gb_clock_fake_advance(10);
	g_assert_cmpuint(gb_timers_run(timers), ==, 1);
	g_assert_cmpuint(two.fired, ==, 0);
}

static void free_self(void *user) {
	g_free(user);
}

static void test_free_inside(void) {
	g_autoptr(gb_timers) timers = gb_timers_new();
	gb_timer *timer = g_new0(gb_timer, 1);
	gb_clock_fake(0, 0);
	gb_timer_init(timer, free_self, timer);
	gb_timers_start(timers, timer, 0);
	g_assert_cmpuint(gb_timers_run(timers), ==, 1);
}

static void test_forgotten(void) {
	gb_timers *timers = gb_timers_new();
	probe one;
	gb_clock_fake(0, 0);
	probe_init(&one, timers);
	gb_timers_start(timers, &one.timer, 0);
	gb_timers_free(timers);
	gb_timers_free(NULL);
	g_assert_false(gb_timer_running(&one.timer));
	g_assert_cmpuint(one.fired, ==, 0);
}

#define MANY 3000

static int64_t last_fired_due;

static void fire_in_order(void *user) {
	probe *self = user;
	g_assert_cmpint(self->timer.due_us, >=, last_fired_due);
	last_fired_due = self->timer.due_us;
	self->fired++;
}

/* Thousands, started, moved and stopped at random, against a plain reckoning of who must fire. */
static void test_many(void) {
	g_autoptr(gb_timers) timers = gb_timers_new();
	probe *all = g_new0(probe, MANY);
	GRand *random = g_rand_new_with_seed(42);
	size_t expected = 0, fired = 0;
	gb_clock_fake(0, 0);
	last_fired_due = 0;
	for(size_t i = 0; i < MANY; i++) {
		probe_init(&all[i], timers);
		all[i].timer.fn = fire_in_order;
	}
	for(size_t i = 0; i < 5 * MANY; i++) {
		probe *one = &all[g_rand_int_range(random, 0, MANY)];
		if(g_rand_int_range(random, 0, 4) == 0)
			gb_timers_stop(timers, &one->timer);
		else
			gb_timers_start(timers, &one->timer, g_rand_int_range(random, 0, 100000));
	}
	for(size_t i = 0; i < MANY; i++)
		expected += gb_timer_running(&all[i].timer) ? 1 : 0;
	for(int step = 0; step < 100; step++) {
		gb_clock_fake_advance(1000);
		fired += gb_timers_run(timers);
		int64_t next = gb_timers_next_us(timers);
		g_assert_true(next == -1 || next > 0);
	}
	g_assert_cmpuint(expected, >, MANY / 2);
	g_assert_cmpuint(fired, ==, expected);
	g_rand_free(random);
	g_free(all);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/timers/one", test_one);
	g_test_add_func("/timers/move-and-stop", test_move_and_stop);
	g_test_add_func("/timers/limits-of-delay", test_limits_of_delay);
	g_test_add_func("/timers/again", test_again);
	g_test_add_func("/timers/stop-inside", test_stop_inside);
	g_test_add_func("/timers/free-inside", test_free_inside);
	g_test_add_func("/timers/forgotten", test_forgotten);
	g_test_add_func("/timers/many", test_many);
	return g_test_run();
}
