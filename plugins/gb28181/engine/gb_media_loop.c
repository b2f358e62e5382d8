#include "gb28181/engine/gb_media_loop.h"

#include "gb28181/base/gb_clock.h"
#include "gb28181/base/gb_error.h"
#include "gb28181/base/gb_log.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Events taken from the kernel at once. */
#define BATCH 64
/* The longest sleep without a timer. */
#define IDLE_MS 1000

struct gb_media_loop {
	pthread_t thread;
	unsigned index;
	int epoll;
	gb_mailbox *mailbox;
	gb_timers *timers;
	gint stop; /**< atomic */
	gint load; /**< atomic */
};

static int wait_ms(const gb_media_loop *loop) {
	int64_t next = gb_timers_next_us(loop->timers);
	if(next < 0 || next > IDLE_MS * GB_MS) {
		return IDLE_MS;
	}
	return (int)((next + GB_MS - 1) / GB_MS);
}

/* Tasks and timers run after all events of a batch, because they may free what an event points to.
 */
static void run_once(gb_media_loop *loop) {
	struct epoll_event events[BATCH];
	int n = epoll_wait(loop->epoll, events, BATCH, wait_ms(loop));
	for(int i = 0; i < n; i++) {
		gb_loop_io *io = (gb_loop_io *)events[i].data.ptr;
		if(io) {
			io->ready(io);
		}
	}
	gb_mailbox_run(loop->mailbox);
	gb_timers_run(loop->timers);
}

static void *thread_main(void *data) {
	gb_media_loop *loop = (gb_media_loop *)data;
	gb_log_set_context("media-%u", loop->index);
	while(!g_atomic_int_get(&loop->stop)) {
		run_once(loop);
	}
	gb_mailbox_run(loop->mailbox);
	return NULL;
}

/* Only there to wake the thread. */
static void wake_task(void *data) {
	(void)data;
}

static bool start_thread(gb_media_loop *loop, GError **error) {
	int failed = pthread_create(&loop->thread, NULL, thread_main, loop);
	if(failed) {
		g_set_error(error, GB_ERROR, GB_ERROR_FAILED, "cannot start a media thread: %s",
			g_strerror(failed));
		return false;
	}
	char name[16];
	g_snprintf(name, sizeof(name), "gb-media-%u", loop->index);
	pthread_setname_np(loop->thread, name);
	return true;
}

static void destroy(gb_media_loop *loop) {
	if(loop->epoll >= 0) {
		close(loop->epoll);
	}
	gb_mailbox_free(loop->mailbox);
	gb_timers_free(loop->timers);
	g_free(loop);
}

gb_media_loop *gb_media_loop_new(unsigned index, GError **error) {
	gb_media_loop *loop = g_new0(gb_media_loop, 1);
	loop->index = index;
	loop->mailbox = gb_mailbox_new(0);
	loop->timers = gb_timers_new();
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
	if(loop->epoll < 0 ||
		epoll_ctl(loop->epoll, EPOLL_CTL_ADD, gb_mailbox_fd(loop->mailbox), &event) < 0) {
		g_set_error(
			error, GB_ERROR, GB_ERROR_FAILED, "cannot create an epoll set: %s", g_strerror(errno));
		destroy(loop);
		return NULL;
	}
	if(!start_thread(loop, error)) {
		destroy(loop);
		return NULL;
	}
	return loop;
}

void gb_media_loop_free(gb_media_loop *loop) {
	if(!loop) {
		return;
	}
	g_atomic_int_set(&loop->stop, 1);
	(void)gb_mailbox_post(loop->mailbox, wake_task, NULL, NULL); /* full: it is awake anyway */
	pthread_join(loop->thread, NULL);
	destroy(loop);
}

bool gb_media_loop_post(gb_media_loop *loop, gb_task_fn run, void *data, GDestroyNotify drop) {
	return gb_mailbox_post(loop->mailbox, run, data, drop);
}

unsigned gb_media_loop_load(gb_media_loop *loop) {
	return (unsigned)g_atomic_int_get(&loop->load);
}

void gb_media_loop_add_load(gb_media_loop *loop, int change) {
	g_atomic_int_add(&loop->load, change);
}

gb_timers *gb_media_loop_timers(gb_media_loop *loop) {
	return loop->timers;
}

bool gb_media_loop_add(gb_media_loop *loop, gb_loop_io *io) {
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = io};
	return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, io->fd, &event) == 0;
}

void gb_media_loop_remove(gb_media_loop *loop, gb_loop_io *io) {
	epoll_ctl(loop->epoll, EPOLL_CTL_DEL, io->fd, NULL);
}

void gb_media_loop_assert_own(const gb_media_loop *loop) {
	g_assert(pthread_equal(loop->thread, pthread_self()));
}
