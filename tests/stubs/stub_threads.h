/* stub_threads.h - runs what was posted to the glue's threads; each returns how many tasks ran. */
#ifndef STUB_THREADS_H
#define STUB_THREADS_H

#include <stddef.h>

/** The API thread: its tasks, and its timers that are due. */
size_t stub_threads_run_api(void);
/** The pool for calls that may block. */
size_t stub_threads_run_jsep(void);

#endif
