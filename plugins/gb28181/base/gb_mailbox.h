/* gb_mailbox.h - how threads talk: a queue of tasks that one owner thread runs.
 *
 * Any thread posts; the owner waits for the file descriptor to become readable and calls
 * gb_mailbox_run(). Built on a pthread mutex and an eventfd, so that ThreadSanitizer sees the
 * hand-over. Tasks of one poster run in the order of their posting. */
#ifndef GB_MAILBOX_H
#define GB_MAILBOX_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct gb_mailbox gb_mailbox;

/** Runs on the owner's thread; takes `data` over. */
typedef void (*gb_task_fn)(void *data);

/** A mailbox that holds at most `capacity` tasks (0 = 65,536); an owned object. */
gb_mailbox *gb_mailbox_new(size_t capacity);
/** Frees it and drops what was not run. No thread may post any more. */
void gb_mailbox_free(gb_mailbox *mailbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_mailbox, gb_mailbox_free)

/** Any thread: queues `run(data)`. When the mailbox is closed or full, or is freed before the task
 * ran, `drop(data)` is called instead (may be NULL), here or later. Returns whether it was queued.
 */
bool gb_mailbox_post(gb_mailbox *mailbox, gb_task_fn run, void *data, GDestroyNotify drop);
/** Readable while tasks wait. Poll it; never read it. */
int gb_mailbox_fd(const gb_mailbox *mailbox);
/** Owner: runs what is queued now (not what these tasks post); returns how many ran. */
size_t gb_mailbox_run(gb_mailbox *mailbox);
/** Any thread: refuses posts from now on; what is queued can still be run. */
void gb_mailbox_close(gb_mailbox *mailbox);
/** How many posts were refused because it was full. */
uint64_t gb_mailbox_refused(gb_mailbox *mailbox);

#endif
