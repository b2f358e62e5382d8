/* gb_glue_ask.h - a question to the SIP thread whose answer a thread of Janus's waits for.
 *
 * Embedded as the first member of a struct that holds the question and the answer. Whoever is last,
 * the one who waits or an answer that comes too late, frees it. */
#ifndef GB_GLUE_ASK_H
#define GB_GLUE_ASK_H

#include "gb28181/domain/gb_server.h"

#include <pthread.h>

typedef struct gb_ask gb_ask;
struct gb_ask {
	gint refs;									/**< atomic */
	void (*fn)(gb_server *server, gb_ask *ask); /**< SIP thread: fills in the answer */
	void (*free)(gb_ask *ask);					/**< any thread */
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	enum { GB_ASK_WAITING, GB_ASK_ANSWERED, GB_ASK_DROPPED } state; /**< under `mutex` */
};

/** One reference for the caller. */
void gb_ask_init(
	gb_ask *ask, void (*fn)(gb_server *server, gb_ask *ask), void (*free)(gb_ask *ask));
void gb_ask_unref(gb_ask *ask);
/** Waits at most `timeout_us` (2 s: GB_ASK_PATIENCE_US). False with GB_ERROR_BUSY; the answer must
 * not be looked at then. */
bool gb_ask_wait(gb_ask *ask, gb_server *server, int64_t timeout_us, GError **error);
#define GB_ASK_PATIENCE_US (2 * 1000000LL)

#endif
