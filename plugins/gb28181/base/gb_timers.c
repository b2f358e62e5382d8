/* gb_timers.c - binary heap of pointers to timers, the earliest at the root. */
#include "gb28181/base/gb_timers.h"

#include "gb28181/base/gb_clock.h"

struct gb_timers {
	gb_timer **heap;
	size_t used, size;
	int64_t run_us; /* time of the run in progress; INT64_MIN = none */
};

gb_timers *gb_timers_new(void) {
	gb_timers *timers = g_new0(gb_timers, 1);
	timers->run_us = INT64_MIN;
	return timers;
}

void gb_timers_free(gb_timers *timers) {
	if(!timers)
		return;
	for(size_t i = 0; i < timers->used; i++)
		timers->heap[i]->slot = 0;
	g_free(timers->heap);
	g_free(timers);
}

void gb_timer_init(gb_timer *timer, gb_timer_fn fn, void *user) {
	timer->fn = fn;
	timer->user = user;
	timer->due_us = 0;
	timer->slot = 0;
}

bool gb_timer_running(const gb_timer *timer) {
	return timer->slot != 0;
}

static void place(gb_timers *timers, gb_timer *timer, size_t at) {
	timers->heap[at] = timer;
	timer->slot = at + 1;
}

static void sift_up(gb_timers *timers, gb_timer *timer, size_t at) {
	while(at > 0) {
		size_t parent = (at - 1) / 2;
		if(timers->heap[parent]->due_us <= timer->due_us)
			break;
		place(timers, timers->heap[parent], at);
		at = parent;
	}
	place(timers, timer, at);
}

static void sift_down(gb_timers *timers, gb_timer *timer, size_t at) {
	for(;;) {
		size_t child = 2 * at + 1;
		if(child >= timers->used)
			break;
		if(child + 1 < timers->used &&
			timers->heap[child + 1]->due_us < timers->heap[child]->due_us)
			child++;
		if(timer->due_us <= timers->heap[child]->due_us)
			break;
		place(timers, timers->heap[child], at);
		at = child;
	}
	place(timers, timer, at);
}

/* Finds the place of a timer whose time changed, or that replaces another at `at`. */
static void settle(gb_timers *timers, gb_timer *timer, size_t at) {
	if(at > 0 && timer->due_us < timers->heap[(at - 1) / 2]->due_us)
		sift_up(timers, timer, at);
	else
		sift_down(timers, timer, at);
}

static int64_t due_time(const gb_timers *timers, int64_t delay_us) {
	int64_t now = gb_clock_us();
	int64_t delay = CLAMP(delay_us, 0, INT64_MAX - MAX(now, 0));
	/* A timer that starts itself again without delay waits for the next run: no endless loop. */
	return MAX(now + delay, timers->run_us == INT64_MIN ? INT64_MIN : timers->run_us + 1);
}

void gb_timers_start(gb_timers *timers, gb_timer *timer, int64_t delay_us) {
	timer->due_us = due_time(timers, delay_us);
	if(timer->slot) {
		settle(timers, timer, timer->slot - 1);
		return;
	}
	if(timers->used == timers->size) {
		timers->size = timers->size > 0 ? timers->size * 2 : 64;
		timers->heap = g_renew(gb_timer *, timers->heap, timers->size);
	}
	sift_up(timers, timer, timers->used++);
}

void gb_timers_stop(gb_timers *timers, gb_timer *timer) {
	if(!timer->slot)
		return;
	size_t at = timer->slot - 1;
	gb_timer *last = timers->heap[--timers->used];
	timer->slot = 0;
	if(last != timer)
		settle(timers, last, at);
}

int64_t gb_timers_next_us(const gb_timers *timers) {
	if(timers->used == 0)
		return -1;
	return MAX(timers->heap[0]->due_us - gb_clock_us(), 0);
}

size_t gb_timers_run(gb_timers *timers) {
	size_t count = 0;
	int64_t now = gb_clock_us();
	timers->run_us = now;
	while(timers->used > 0 && timers->heap[0]->due_us <= now) {
		gb_timer *timer = timers->heap[0];
		gb_timers_stop(timers, timer);
		timer->fn(timer->user);
		count++;
	}
	timers->run_us = INT64_MIN;
	return count;
}
