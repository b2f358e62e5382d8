/* gb_media_loop.h - one media thread: epoll, a mailbox, timers.
 *
 * Streams are placed on a loop when they are opened and stay there. Everything but _new, _free,
 * _post and the load counter is called on the loop's own thread. */
#ifndef GB_MEDIA_LOOP_H
#define GB_MEDIA_LOOP_H

#include "gb28181/base/gb_mailbox.h"
#include "gb28181/base/gb_timers.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct gb_media_loop gb_media_loop;

/** A file descriptor that the loop watches; embedded in the object that it serves. */
typedef struct gb_loop_io gb_loop_io;
struct gb_loop_io {
	int fd;
	/** There is something to read. Must not free the object: post a task for that. */
	void (*ready)(gb_loop_io *io);
};

/** Starts the thread `gb-media-INDEX`. */
gb_media_loop *gb_media_loop_new(unsigned index, GError **error);
/** Another thread: runs what is posted, ends the thread, joins it. */
void gb_media_loop_free(gb_media_loop *loop);

/** Any thread: see gb_mailbox_post(). */
bool gb_media_loop_post(gb_media_loop *loop, gb_task_fn run, void *data, GDestroyNotify drop);
/** Any thread: how many streams are on it. */
unsigned gb_media_loop_load(gb_media_loop *loop);
void gb_media_loop_add_load(gb_media_loop *loop, int change);

gb_timers *gb_media_loop_timers(gb_media_loop *loop);
/** False when the kernel refuses. */
bool gb_media_loop_add(gb_media_loop *loop, gb_loop_io *io);
void gb_media_loop_remove(gb_media_loop *loop, gb_loop_io *io);
/** Aborts in debug builds when called on another thread. */
void gb_media_loop_assert_own(const gb_media_loop *loop);

#endif
