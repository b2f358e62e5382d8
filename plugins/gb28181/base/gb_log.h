/* gb_log.h - log lines of the core, without knowing who prints them.
 *
 * The core calls gb_log(); a sink set once at start prints the line (the glue hands it to
 * JANUS_LOG, tests capture it, the command-line tools write to stderr). A scoped context, set at a
 * thread's entry point, prefixes each line of that thread. Any thread. Never log secrets, never
 * log raw network bytes: pass them through gb_log_escape(). */
#ifndef GB_LOG_H
#define GB_LOG_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
	GB_LOG_ERROR,
	GB_LOG_WARNING,
	GB_LOG_INFO,
	GB_LOG_VERBOSE,
	GB_LOG_DEBUG,
} gb_log_level;

/** Prints one line (no line end). Called on any thread, also on several at once. */
typedef void (*gb_log_sink)(gb_log_level level, const char *line);

/** Sets the sink and the most verbose level that reaches it. Call before threads start; NULL =
 * stderr. */
void gb_log_set_sink(gb_log_sink sink, gb_log_level max);
/** Whether a line of this level would be printed (to spare the work of composing it). */
bool gb_log_enabled(gb_log_level level);
/** Writes one line, cut at 1,023 bytes. */
void gb_log(gb_log_level level, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** The calling thread's context prefix, `[text] `, up to 95 bytes; NULL or "" clears it. */
void gb_log_set_context(const char *format, ...) G_GNUC_PRINTF(1, 2);

/** Copies bytes with everything but printable ASCII as `\xNN`, cut to fit; returns `buf`. */
const char *gb_log_escape(char *buf, size_t size, const void *bytes, size_t len);

/** A limiter for a line that could repeat without end: one per `interval_us`, and how many were
 * swallowed. */
typedef struct {
	int64_t next_us;	/**< when the next line may pass; start with 0 */
	uint32_t swallowed; /**< lines held back since the last one that passed */
} gb_log_limit;
/** True when the line may be printed now; `ret_swallowed` then says how many were held back before
 * it. */
bool gb_log_limit_pass(gb_log_limit *limit, int64_t interval_us, uint32_t *ret_swallowed);

#endif
