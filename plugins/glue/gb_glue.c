#include "glue/gb_glue.h"

#include "gb28181/base/gb_log.h"
#include "glue/gb_glue_hub.h"
#include "glue/gb_glue_session.h"

/* Calls into Janus that may block, for all handles; each handle keeps to one of them. */
#define JSEP_THREADS 3

/* API thread: the hub has timers of that thread. */
static void make_hub(void *data) {
	gb_glue *glue = data;
	glue->listen = gb_hub_new(glue);
}

static void free_hub(void *data) {
	gb_glue *glue = data;
	g_clear_pointer(&glue->listen, gb_listen_free);
}

static bool start(gb_glue *glue, GError **error) {
	glue->sessions = gb_sessions_new();
	glue->threads = gb_glue_threads_new(JSEP_THREADS);
	/* before the core, whose first event may come while gb_server_new() still runs */
	(void)gb_glue_post(glue->threads, make_hub, glue, NULL);
	glue->server = gb_server_new(&glue->config.server, &gb_glue_server_events, glue, error);
	return glue->server != NULL;
}

gb_glue *gb_glue_new(
	janus_callbacks *core, janus_plugin *plugin, const char *config_path, GError **error) {
	gb_glue *glue = g_new0(gb_glue, 1);
	glue->core = core;
	glue->plugin = plugin;
	gb_glue_log_start();
	if(gb_glue_config_load(config_path, &glue->config, error) && start(glue, error))
		return glue;
	gb_glue_free(glue);
	return NULL;
}

void gb_glue_free(gb_glue *glue) {
	if(!glue)
		return;
	g_atomic_int_set(&glue->stopping, 1);
	if(glue->threads) {
		/* viewers leave, then the API thread; what the core still says finds a closed door */
		gb_sessions_destroy_all(glue);
		(void)gb_glue_post(glue->threads, free_hub, glue, NULL);
		gb_glue_threads_stop(glue->threads);
	}
	gb_server_free(glue->server);
	gb_glue_threads_free(glue->threads);
	gb_sessions_free(glue->sessions);
	gb_glue_config_clear(&glue->config);
	gb_glue_log_stop();
	g_free(glue);
}
