#include "glue/gb_glue_threads.h"

#include "gb28181/base/gb_log.h"

#include <poll.h>
#include <pthread.h>

#define JSEP_MAX 8

typedef struct {
	pthread_t thread;
	gb_mailbox *mailbox;
	gb_timers *timers; /* the API thread's only; NULL in the pool */
	char name[16];
	bool running; /* started and not yet joined; the owner of gb_glue_threads */
	bool over;	  /* its own: the last task has come */
} worker;

struct gb_glue_threads {
	worker api;
	worker jsep[JSEP_MAX];
	unsigned jsep_count;
};

static int milliseconds_to_wait(const worker *self) {
	int64_t due_us = self->timers ? gb_timers_next_us(self->timers) : -1;
	if(due_us < 0)
		return -1;
	return (int)MIN((due_us + 999) / 1000, 60000);
}

static void *work(void *data) {
	worker *self = data;
	pthread_setname_np(pthread_self(), self->name);
	while(!self->over) {
		struct pollfd fd = {.fd = gb_mailbox_fd(self->mailbox), .events = POLLIN};
		(void)poll(&fd, 1, milliseconds_to_wait(self));
		gb_mailbox_run(self->mailbox);
		if(self->timers)
			gb_timers_run(self->timers);
	}
	/* what was posted beside the last task */
	while(gb_mailbox_run(self->mailbox) > 0)
		continue;
	return NULL;
}

static void start(worker *self, const char *name, bool timers) {
	g_strlcpy(self->name, name, sizeof(self->name));
	self->mailbox = gb_mailbox_new(0);
	self->timers = timers ? gb_timers_new() : NULL;
	int failure = pthread_create(&self->thread, NULL, work, self);
	if(failure)
		g_error("The thread %s cannot be started: %s", name, g_strerror(failure));
	self->running = true;
}

static void finish(void *data) {
	worker *self = data;
	self->over = true;
}

static void stop(worker *self) {
	if(!self->running)
		return;
	self->running = false;
	/* a full mailbox is emptied by its thread sooner or later */
	while(!gb_mailbox_post(self->mailbox, finish, self, NULL))
		g_usleep(1000);
	gb_mailbox_close(self->mailbox);
	pthread_join(self->thread, NULL);
}

static void clear(worker *self) {
	gb_mailbox_free(self->mailbox);
	gb_timers_free(self->timers);
}

gb_glue_threads *gb_glue_threads_new(unsigned jsep) {
	gb_glue_threads *threads = g_new0(gb_glue_threads, 1);
	threads->jsep_count = CLAMP(jsep, 1, JSEP_MAX);
	start(&threads->api, "gb-api", true);
	for(unsigned i = 0; i < threads->jsep_count; i++) {
		char name[16];
		g_snprintf(name, sizeof(name), "gb-jsep-%u", i);
		start(&threads->jsep[i], name, false);
	}
	return threads;
}

void gb_glue_threads_stop(gb_glue_threads *threads) {
	for(unsigned i = 0; i < threads->jsep_count; i++)
		stop(&threads->jsep[i]);
	stop(&threads->api);
}

void gb_glue_threads_free(gb_glue_threads *threads) {
	if(!threads)
		return;
	gb_glue_threads_stop(threads);
	for(unsigned i = 0; i < threads->jsep_count; i++)
		clear(&threads->jsep[i]);
	clear(&threads->api);
	g_free(threads);
}

bool gb_glue_post(gb_glue_threads *threads, gb_task_fn run, void *data, GDestroyNotify drop) {
	return gb_mailbox_post(threads->api.mailbox, run, data, drop);
}

bool gb_glue_post_jsep(
	gb_glue_threads *threads, uint64_t key, gb_task_fn run, void *data, GDestroyNotify drop) {
	worker *chosen = &threads->jsep[key % threads->jsep_count];
	return gb_mailbox_post(chosen->mailbox, run, data, drop);
}

gb_timers *gb_glue_timers(gb_glue_threads *threads) {
	return threads->api.timers;
}
