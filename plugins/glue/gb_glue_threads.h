/* gb_glue_threads.h - the glue's own threads: `gb-api`, and `gb-jsep-N` for calls into Janus that
 * may block.
 *
 * push_event() with an offer blocks its caller while candidates are gathered (architecture-notes
 * 2), so it runs on a small pool: all calls of one key on one thread, in their order. Everything
 * else is done by the API thread, which owns the timers. */
#ifndef GB_GLUE_THREADS_H
#define GB_GLUE_THREADS_H

#include "gb28181/base/gb_mailbox.h"
#include "gb28181/base/gb_timers.h"

typedef struct gb_glue_threads gb_glue_threads;

/** Starts the API thread and `jsep` (1..8) others. */
gb_glue_threads *gb_glue_threads_new(unsigned jsep);
/** Refuses further tasks, runs those that wait, joins. None of these threads may call it. */
void gb_glue_threads_stop(gb_glue_threads *threads);
/** Stops them if need be. Nobody may post any more. */
void gb_glue_threads_free(gb_glue_threads *threads);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_glue_threads, gb_glue_threads_free)

/** Any thread: like gb_mailbox_post(), to the API thread. */
bool gb_glue_post(gb_glue_threads *threads, gb_task_fn run, void *data, GDestroyNotify drop);
/** Any thread: the same to the thread of the pool that serves `key`. */
bool gb_glue_post_jsep(
	gb_glue_threads *threads, uint64_t key, gb_task_fn run, void *data, GDestroyNotify drop);
/** API thread: its timers. */
gb_timers *gb_glue_timers(gb_glue_threads *threads);

#endif
