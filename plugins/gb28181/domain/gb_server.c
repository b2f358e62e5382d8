/* The façade across threads: starting, posting, the order of the end. */
#include "gb28181/domain/gb_server.h"

#include "gb28181/base/gb_clock.h"
#include "gb28181/domain/gb_core.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

/** How long the devices have to answer our BYE when we stop. */
#define DRAIN_S 2

/** One thread waits until another has done its part. */
typedef struct {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool done; /**< under `lock` */
} gb_gate;

static void gate_init(gb_gate *gate) {
	pthread_condattr_t attr;
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_mutex_init(&gate->lock, NULL);
	(void)pthread_cond_init(&gate->cond, &attr);
	(void)pthread_condattr_destroy(&attr);
	gate->done = false;
}

static void gate_clear(gb_gate *gate) {
	(void)pthread_cond_destroy(&gate->cond);
	(void)pthread_mutex_destroy(&gate->lock);
}

static void gate_open(void *user) {
	gb_gate *gate = user;
	(void)pthread_mutex_lock(&gate->lock);
	gate->done = true;
	(void)pthread_cond_signal(&gate->cond);
	(void)pthread_mutex_unlock(&gate->lock);
}

/** Waits at most `seconds`, 0 = without end. */
static void gate_wait(gb_gate *gate, int seconds) {
	struct timespec until;
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	int result = 0;
	(void)pthread_mutex_lock(&gate->lock);
	while(!gate->done && result != ETIMEDOUT) {
		if(seconds)
			result = pthread_cond_timedwait(&gate->cond, &gate->lock, &until);
		else
			result = pthread_cond_wait(&gate->cond, &gate->lock);
	}
	(void)pthread_mutex_unlock(&gate->lock);
}

/* ---- steps on the SIP thread --------------------------------------------------------------- */

typedef struct {
	gb_server *server;
	gb_sip *sip;
	gb_media *media;
	gb_gate *gate;
} gb_life_step;

static void start_step(void *data) {
	gb_life_step *step = data;
	gb_core_start(step->server, step->sip, step->media);
	gate_open(step->gate);
}

static void drain_step(void *data) {
	gb_life_step *step = data;
	gb_core_drain(step->server, gate_open, step->gate);
}

static void stop_step(void *data) {
	gb_life_step *step = data;
	gb_core_stop(step->server);
	gate_open(step->gate);
}

/** Runs it on the SIP thread; the mailbox may be full of others' tasks for a moment. */
static void post_step(gb_sip *sip, gb_task_fn run, gb_life_step *step) {
	while(!gb_mailbox_post(gb_sip_mailbox(sip), run, step, NULL))
		g_usleep(1000);
}

/* ---- life ---------------------------------------------------------------------------------- */

gb_server *gb_server_new(
	const gb_server_config *config, const gb_server_events *events, void *user, GError **error) {
	gb_server *server = gb_core_new(config, events, user, error);
	if(!server)
		return NULL;
	gb_sip *sip = gb_sip_new(&server->config.sip, &gb_core_sip_ops, server, error);
	if(!sip) {
		gb_core_free(server);
		return NULL;
	}
	gb_media *media = gb_media_new(&server->config.media, gb_sip_mailbox(sip), error);
	if(!media) {
		gb_sip_free(sip);
		gb_core_free(server);
		return NULL;
	}
	gb_gate gate;
	gate_init(&gate);
	gb_life_step step = {server, sip, media, &gate};
	post_step(sip, start_step, &step);
	gate_wait(&gate, 0);
	gate_clear(&gate);
	return server;
}

void gb_server_free(gb_server *server) {
	if(!server)
		return;
	g_atomic_int_set(&server->closing, 1);
	gb_sip *sip = server->sip;
	gb_media *media = server->media;
	gb_gate drained, stopped;
	gate_init(&drained);
	gate_init(&stopped);
	gb_life_step drain = {server, sip, media, &drained};
	gb_life_step stop = {server, sip, media, &stopped};
	post_step(sip, drain_step, &drain);
	gate_wait(&drained, DRAIN_S);
	post_step(sip, stop_step, &stop);
	gate_wait(&stopped, 0);
	gb_media_free(media);
	gb_sip_free(sip);
	gate_clear(&drained);
	gate_clear(&stopped);
	gb_core_free(server);
}

/* ---- posting ------------------------------------------------------------------------------- */

typedef struct {
	gb_server *server;
	void (*fn)(gb_server *server, void *data);
	void *data;
	GDestroyNotify drop;
} gb_posted;

static void run_posted(void *data) {
	gb_posted *posted = data;
	posted->fn(posted->server, posted->data);
	g_free(posted);
}

static void drop_posted(void *data) {
	gb_posted *posted = data;
	if(posted->drop)
		posted->drop(posted->data);
	g_free(posted);
}

bool gb_server_post(
	gb_server *server, void (*fn)(gb_server *server, void *data), void *data, GDestroyNotify drop) {
	if(g_atomic_int_get(&server->closing)) {
		if(drop)
			drop(data);
		return false;
	}
	gb_posted *posted = g_new(gb_posted, 1);
	*posted = (gb_posted){server, fn, data, drop};
	return gb_mailbox_post(gb_sip_mailbox(server->sip), run_posted, posted, drop_posted);
}

char **gb_server_listeners(gb_server *server) {
	return gb_sip_listeners(server->sip);
}
