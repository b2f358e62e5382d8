#include "glue/gb_glue_ask.h"

#include <time.h>

void gb_ask_init(
	gb_ask *ask, void (*fn)(gb_server *server, gb_ask *ask), void (*free)(gb_ask *ask)) {
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	ask->refs = 1;
	ask->fn = fn;
	ask->free = free;
	ask->state = GB_ASK_WAITING;
	pthread_mutex_init(&ask->mutex, NULL);
	pthread_cond_init(&ask->cond, &attributes);
	pthread_condattr_destroy(&attributes);
}

void gb_ask_unref(gb_ask *ask) {
	if(!ask || !g_atomic_int_dec_and_test(&ask->refs))
		return;
	pthread_cond_destroy(&ask->cond);
	pthread_mutex_destroy(&ask->mutex);
	ask->free(ask);
}

static void become(gb_ask *ask, int state) {
	pthread_mutex_lock(&ask->mutex);
	ask->state = state;
	pthread_cond_signal(&ask->cond);
	pthread_mutex_unlock(&ask->mutex);
	gb_ask_unref(ask);
}

/* SIP thread */
static void run(gb_server *server, void *data) {
	gb_ask *ask = data;
	ask->fn(server, ask);
	become(ask, GB_ASK_ANSWERED);
}

static void drop(void *data) {
	become(data, GB_ASK_DROPPED);
}

static struct timespec deadline_in(int64_t us) {
	struct timespec at;
	clock_gettime(CLOCK_MONOTONIC, &at);
	int64_t nanoseconds = at.tv_nsec + (us % 1000000) * 1000;
	at.tv_sec += (time_t)(us / 1000000 + nanoseconds / 1000000000);
	at.tv_nsec = (long)(nanoseconds % 1000000000);
	return at;
}

bool gb_ask_wait(gb_ask *ask, gb_server *server, int64_t timeout_us, GError **error) {
	struct timespec deadline = deadline_in(timeout_us);
	g_atomic_int_inc(&ask->refs);
	(void)gb_server_post(server, run, ask, drop);
	pthread_mutex_lock(&ask->mutex);
	int late = 0;
	while(ask->state == GB_ASK_WAITING && !late)
		late = pthread_cond_timedwait(&ask->cond, &ask->mutex, &deadline);
	bool answered = ask->state == GB_ASK_ANSWERED;
	pthread_mutex_unlock(&ask->mutex);
	if(!answered)
		g_set_error(error, GB_ERROR, GB_ERROR_BUSY,
			"The plugin is busy: the owner of this did not answer within 2 s, try again");
	return answered;
}
