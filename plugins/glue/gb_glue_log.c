/* gb_glue_log.c - lines of the core into Janus's log. */
#include "glue/gb_glue.h"

#include "gb28181/base/gb_log.h"

#include <debug.h>

static void print(gb_log_level level, const char *line) {
	switch(level) {
	case GB_LOG_ERROR:
		JANUS_LOG(LOG_ERR, "[gb28181] %s\n", line);
		break;
	case GB_LOG_WARNING:
		JANUS_LOG(LOG_WARN, "[gb28181] %s\n", line);
		break;
	case GB_LOG_INFO:
		JANUS_LOG(LOG_INFO, "[gb28181] %s\n", line);
		break;
	case GB_LOG_VERBOSE:
		JANUS_LOG(LOG_VERB, "[gb28181] %s\n", line);
		break;
	case GB_LOG_DEBUG:
		JANUS_LOG(LOG_HUGE, "[gb28181] %s\n", line);
		break;
	}
}

void gb_glue_log_start(void) {
	/* Janus's level can be raised while it runs, so verbose lines are composed all the same; only
	 * debug lines, of which there are many, have to be wanted at start. */
	gb_log_set_sink(print, janus_log_level >= LOG_HUGE ? GB_LOG_DEBUG : GB_LOG_VERBOSE);
}

void gb_glue_log_stop(void) {
	gb_log_set_sink(NULL, GB_LOG_WARNING);
}
