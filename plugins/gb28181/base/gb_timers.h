/* gb_timers.h - thousands of timers on one thread, with one wake-up.
 *
 * An intrusive binary heap: a gb_timer stands inside the object that it serves and costs no
 * allocation. Lives on one thread. Times are those of gb_clock_us(). */
#ifndef GB_TIMERS_H
#define GB_TIMERS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct gb_timers gb_timers;

/** Called once when the timer is due; the timer is stopped then and may be started again. */
typedef void (*gb_timer_fn)(void *user);

/** One timer. Set up by gb_timer_init(); the fields belong to gb_timers.c. */
typedef struct {
	gb_timer_fn fn;
	void *user;
	int64_t due_us;
	size_t slot; /**< 1 + place in the heap; 0 = not running */
} gb_timer;

gb_timers *gb_timers_new(void);
/** Timers that still run are forgotten, not called. */
void gb_timers_free(gb_timers *timers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_timers, gb_timers_free)

void gb_timer_init(gb_timer *timer, gb_timer_fn fn, void *user);
bool gb_timer_running(const gb_timer *timer);
/** Starts the timer, or moves it when it runs already, `delay_us` (>= 0) from now. */
void gb_timers_start(gb_timers *timers, gb_timer *timer, int64_t delay_us);
/** Stops it; nothing happens when it does not run. Always stop a timer before its object is freed.
 */
void gb_timers_stop(gb_timers *timers, gb_timer *timer);
/** Microseconds until the first timer is due: 0 when one is, -1 when none runs. */
int64_t gb_timers_next_us(const gb_timers *timers);
/** Calls all that are due now, in order of their time; returns how many. */
size_t gb_timers_run(gb_timers *timers);

#endif
