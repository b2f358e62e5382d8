/* test_mailbox.c - queue between threads: order, bell, limits, drops; two real threads. */
#include "gb28181/base/gb_mailbox.h"

#include <glib.h>
#include <poll.h>
#include <pthread.h>

static GArray *ran;
static unsigned dropped;

static void note(void *data) {
	int number = GPOINTER_TO_INT(data);
	g_array_append_val(ran, number);
}

static void count_drop(void *data) {
	(void)data;
	dropped++;
}

static bool is_readable(gb_mailbox *mailbox) {
	struct pollfd fd = {.fd = gb_mailbox_fd(mailbox), .events = POLLIN};
	return poll(&fd, 1, 0) == 1;
}

static void setup(void) {
	ran = g_array_new(FALSE, FALSE, sizeof(int));
	dropped = 0;
}

static void assert_ran(size_t count) {
	g_assert_cmpuint(ran->len, ==, count);
	for(size_t i = 0; i < count; i++)
		g_assert_cmpint(g_array_index(ran, int, i), ==, (int)i);
	g_array_free(ran, TRUE);
}

static void test_order_and_bell(void) {
	g_autoptr(gb_mailbox) mailbox = gb_mailbox_new(0);
	setup();
	g_assert_false(is_readable(mailbox));
	g_assert_cmpuint(gb_mailbox_run(mailbox), ==, 0);
	for(int i = 0; i < 200; i++)
		g_assert_true(gb_mailbox_post(mailbox, note, GINT_TO_POINTER(i), count_drop));
	g_assert_true(is_readable(mailbox));
	g_assert_cmpuint(gb_mailbox_run(mailbox), ==, 200);
	g_assert_false(is_readable(mailbox));
	/* The bell rings again for the next task. */
	g_assert_true(gb_mailbox_post(mailbox, note, GINT_TO_POINTER(200), count_drop));
	g_assert_true(is_readable(mailbox));
	g_assert_cmpuint(gb_mailbox_run(mailbox), ==, 1);
	assert_ran(201);
	g_assert_cmpuint(dropped, ==, 0);
}

static void test_full(void) {
	g_autoptr(gb_mailbox) mailbox = gb_mailbox_new(3);
	setup();
	for(int i = 0; i < 5; i++)
		g_assert_cmpint(gb_mailbox_post(mailbox, note, GINT_TO_POINTER(i), count_drop), ==, i < 3);
	g_assert_cmpuint(dropped, ==, 2);
	g_assert_cmpuint(gb_mailbox_refused(mailbox), ==, 2);
	g_assert_cmpuint(gb_mailbox_run(mailbox), ==, 3);
	g_assert_true(gb_mailbox_post(mailbox, note, GINT_TO_POINTER(3), NULL));
	g_assert_cmpuint(gb_mailbox_run(mailbox), ==, 1);
	assert_ran(4);
}

static void test_close(void) {
	g_autoptr(gb_mailbox) mailbox = gb_mailbox_new(0);
	setup();
	g_assert_true(gb_mailbox_post(mailbox, note, GINT_TO_POINTER(0), count_drop));
	gb_mailbox_close(mailbox);
	g_assert_false(gb_mailbox_post(mailbox, note, GINT_TO_POINTER(1), count_drop));
	g_assert_false(gb_mailbox_post(mailbox, note, GINT_TO_POINTER(2), NULL));
	g_assert_cmpuint(dropped, ==, 1);
	g_assert_cmpuint(gb_mailbox_refused(mailbox), ==, 0);
	g_assert_cmpuint(gb_mailbox_run(mailbox), ==, 1);
	assert_ran(1);
}

static void test_free_drops(void) {
	gb_mailbox *mailbox = gb_mailbox_new(0);
	setup();
	for(int i = 0; i < 4; i++)
		g_assert_true(gb_mailbox_post(mailbox, note, NULL, i == 0 ? NULL : count_drop));
	gb_mailbox_free(mailbox);
	gb_mailbox_free(NULL);
	g_assert_cmpuint(dropped, ==, 3);
	assert_ran(0);
}

/* A task that posts: the new one waits for the next run. */
static void post_again(void *data) {
	gb_mailbox_post(data, note, GINT_TO_POINTER(0), NULL);
}

static void test_post_inside(void) {
	g_autoptr(gb_mailbox) mailbox = gb_mailbox_new(0);
	setup();
	gb_mailbox_post(mailbox, post_again, mailbox, NULL);
	g_assert_cmpuint(gb_mailbox_run(mailbox), ==, 1);
	g_assert_cmpuint(ran->len, ==, 0);
	g_assert_true(is_readable(mailbox));
	g_assert_cmpuint(gb_mailbox_run(mailbox), ==, 1);
	assert_ran(1);
}

/* A task may even run the mailbox itself. */
static void run_inside(void *data) {
	gb_mailbox_post(data, note, GINT_TO_POINTER(0), NULL);
	gb_mailbox_run(data);
}

static void test_run_inside(void) {
	g_autoptr(gb_mailbox) mailbox = gb_mailbox_new(0);
	setup();
	gb_mailbox_post(mailbox, run_inside, mailbox, NULL);
	gb_mailbox_post(mailbox, note, GINT_TO_POINTER(1), NULL);
	g_assert_cmpuint(gb_mailbox_run(mailbox), ==, 2);
	assert_ran(2);
}

/* A burst beyond what is kept between runs. */
static void test_burst(void) {
	g_autoptr(gb_mailbox) mailbox = gb_mailbox_new(0);
	for(int round = 0; round < 2; round++) {
		setup();
		for(int i = 0; i < 65536; i++)
			g_assert_true(gb_mailbox_post(mailbox, note, GINT_TO_POINTER(i), NULL));
		g_assert_false(gb_mailbox_post(mailbox, note, NULL, NULL));
		g_assert_cmpuint(gb_mailbox_run(mailbox), ==, 65536);
		assert_ran(65536);
	}
}

/* ---- two posters, one owner ---- */

#define PER_POSTER 20000

typedef struct {
	gb_mailbox *mailbox;
	int next;	   /* number that the next task must have; the owner's */
	bool in_order; /* the owner's */
	pthread_t thread;
} poster;

typedef struct {
	poster *from;
	int number;
} letter;

static void receive(void *data) {
	letter *one = data;
	if(one->number != one->from->next++)
		one->from->in_order = false;
	g_free(one);
}

static void *post_many(void *user) {
	poster *self = user;
	for(int i = 0; i < PER_POSTER; i++) {
		letter *one = g_new0(letter, 1);
		one->from = self;
		one->number = i;
		g_assert_true(gb_mailbox_post(self->mailbox, receive, one, g_free));
	}
	return NULL;
}

static void test_threads(void) {
	g_autoptr(gb_mailbox) mailbox = gb_mailbox_new(0);
	poster posters[2];
	size_t got = 0;
	for(size_t i = 0; i < 2; i++) {
		posters[i] = (poster){.mailbox = mailbox, .in_order = true};
		g_assert_cmpint(pthread_create(&posters[i].thread, NULL, post_many, &posters[i]), ==, 0);
	}
	while(got < 2 * PER_POSTER) {
		struct pollfd fd = {.fd = gb_mailbox_fd(mailbox), .events = POLLIN};
		/* A bell that was not rung would hang here: ten seconds and the test fails. */
		g_assert_cmpint(poll(&fd, 1, 10000), ==, 1);
		got += gb_mailbox_run(mailbox);
	}
	for(size_t i = 0; i < 2; i++) {
		pthread_join(posters[i].thread, NULL);
		g_assert_true(posters[i].in_order);
		g_assert_cmpint(posters[i].next, ==, PER_POSTER);
	}
	g_assert_false(is_readable(mailbox));
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mailbox/order-and-bell", test_order_and_bell);
	g_test_add_func("/mailbox/full", test_full);
	g_test_add_func("/mailbox/close", test_close);
	g_test_add_func("/mailbox/free-drops", test_free_drops);
	g_test_add_func("/mailbox/post-inside", test_post_inside);
	g_test_add_func("/mailbox/run-inside", test_run_inside);
	g_test_add_func("/mailbox/burst", test_burst);
	g_test_add_func("/mailbox/threads", test_threads);
	return g_test_run();
}
