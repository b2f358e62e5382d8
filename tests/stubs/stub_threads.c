/* stub_threads.c - stands in for gb_glue_threads.c: tasks wait until the test runs them, on its own
 * thread. */
#include "stubs/stub_threads.h"

#include "glue/gb_glue_threads.h"

struct gb_glue_threads {
	gb_mailbox *api, *jsep;
	gb_timers *timers;
};

static gb_glue_threads *the_threads;

gb_glue_threads *gb_glue_threads_new(unsigned jsep) {
	(void)jsep;
	the_threads = g_new0(gb_glue_threads, 1);
	the_threads->api = gb_mailbox_new(0);
	the_threads->jsep = gb_mailbox_new(0);
	the_threads->timers = gb_timers_new();
	return the_threads;
}

void gb_glue_threads_stop(gb_glue_threads *threads) {
	(void)threads;
	while(stub_threads_run_api() + stub_threads_run_jsep() > 0)
		continue;
	gb_mailbox_close(threads->api);
	gb_mailbox_close(threads->jsep);
}

void gb_glue_threads_free(gb_glue_threads *threads) {
	if(!threads)
		return;
	gb_mailbox_free(threads->api);
	gb_mailbox_free(threads->jsep);
	gb_timers_free(threads->timers);
	g_free(threads);
	the_threads = NULL;
}

bool gb_glue_post(gb_glue_threads *threads, gb_task_fn run, void *data, GDestroyNotify drop) {
	return gb_mailbox_post(threads->api, run, data, drop);
}

bool gb_glue_post_jsep(
	gb_glue_threads *threads, uint64_t key, gb_task_fn run, void *data, GDestroyNotify drop) {
	(void)key;
	return gb_mailbox_post(threads->jsep, run, data, drop);
}

gb_timers *gb_glue_timers(gb_glue_threads *threads) {
	return threads->timers;
}

size_t stub_threads_run_api(void) {
	return gb_mailbox_run(the_threads->api) + gb_timers_run(the_threads->timers);
}

size_t stub_threads_run_jsep(void) {
	return gb_mailbox_run(the_threads->jsep);
}
