/* test_glue_threads.c - order for each key, timers on the API thread, nothing lost at the end. */
#include "glue/gb_glue_threads.h"

#include "gb28181/base/gb_clock.h"

#include <pthread.h>
#include <stdatomic.h>

#define KEYS 5
#define TASKS 2000

typedef struct {
	unsigned key, number;
} order;

static unsigned last[KEYS]; /* each used by one thread only */
static atomic_uint ran, wrong, dropped;

static void run(void *data) {
	order *one = data;
	if(one->number != last[one->key] + 1)
		atomic_fetch_add(&wrong, 1);
	last[one->key] = one->number;
	atomic_fetch_add(&ran, 1);
	g_free(one);
}

static void drop(void *data) {
	atomic_fetch_add(&dropped, 1);
	g_free(data);
}

static order *order_new(unsigned key, unsigned number) {
	order *one = g_new0(order, 1);
	one->key = key;
	one->number = number;
	return one;
}

static void test_order(void) {
	gb_glue_threads *threads = gb_glue_threads_new(3);
	for(unsigned i = 0; i < TASKS; i++)
		g_assert_true(
			gb_glue_post_jsep(threads, i % KEYS, run, order_new(i % KEYS, i / KEYS + 1), drop));
	gb_glue_threads_stop(threads);
	g_assert_cmpuint(atomic_load(&ran), ==, TASKS); /* what waits is still run */
	g_assert_cmpuint(atomic_load(&wrong), ==, 0);
	g_assert_false(gb_glue_post(threads, run, order_new(0, 0), drop));
	g_assert_false(gb_glue_post_jsep(threads, 0, run, order_new(0, 0), drop));
	g_assert_cmpuint(atomic_load(&dropped), ==, 2);
	gb_glue_threads_free(threads);
}

typedef struct {
	gb_glue_threads *threads;
	gb_timer timer;
	pthread_t started_on;
	atomic_int rang; /* 1 = on the thread that started it, 2 = elsewhere */
} alarm_clock;

static void ring(void *user) {
	alarm_clock *clock = user;
	atomic_store(&clock->rang, pthread_equal(clock->started_on, pthread_self()) ? 1 : 2);
}

static void start_timer(void *data) {
	alarm_clock *clock = data;
	clock->started_on = pthread_self();
	gb_timers_start(gb_glue_timers(clock->threads), &clock->timer, 5 * GB_MS);
}

static void test_timers(void) {
	alarm_clock clock = {.threads = gb_glue_threads_new(1)};
	gb_timer_init(&clock.timer, ring, &clock);
	g_assert_true(gb_glue_post(clock.threads, start_timer, &clock, NULL));
	int64_t deadline_us = gb_clock_us() + 10 * GB_SECOND;
	while(!atomic_load(&clock.rang) && gb_clock_us() < deadline_us)
		g_thread_yield();
	g_assert_cmpint(atomic_load(&clock.rang), ==, 1);
	gb_glue_threads_free(clock.threads);
	gb_glue_threads_free(NULL);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/glue/threads/order", test_order);
	g_test_add_func("/glue/threads/timers", test_timers);
	return g_test_run();
}
