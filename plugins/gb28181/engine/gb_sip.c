/* gb_sip.c - the SIP thread: root, mailbox, timers, start and end. */
#include "gb28181/engine/gb_sip.h"

#include "gb28181/base/gb_error.h"
#include "gb28181/base/gb_log.h"
#include "gb28181/engine/gb_sip_internal.h"

#include <sofia-sip/su.h>
#include <sofia-sip/su_log.h>
#include <stdlib.h>
#include <sys/prctl.h>

/** Longest sleep of the loop, in milliseconds. */
#define STEP_MAX_MS 500

/** What gb_sip_new and the new thread tell each other. */
typedef struct {
	gb_sip *sip;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool done;	   /**< under lock */
	GError *error; /**< under lock: set when the start failed */
} start_report;

static pthread_mutex_t sofia_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned sofia_users; /* under sofia_lock */

/* Declared in no public header of Sofia; the library exports them for this purpose. */
extern su_log_t nta_log[];
extern su_log_t tport_log[];

const char *gb_sip_transport_name(gb_sip_transport transport) {
	return transport == GB_SIP_TCP ? "tcp" : "udp";
}

static void G_GNUC_PRINTF(2, 0) sofia_line(void *stream, const char *format, va_list args) {
	(void)stream;
	char text[512], line[1024];
	int len = g_vsnprintf(text, sizeof text, format, args);
	if(len <= 0)
		return;
	size_t used = MIN((size_t)len, sizeof text - 1);
	while(used > 0 && (text[used - 1] == '\n' || text[used - 1] == '\r'))
		used--;
	gb_log(GB_LOG_DEBUG, "sofia: %s", gb_log_escape(line, sizeof line, text, used));
}

static void sofia_init(void) {
	pthread_mutex_lock(&sofia_lock);
	if(sofia_users++ == 0) {
		su_init();
		/* The log is one for the process. Whoever set TPORT_LOG (a developer, another plugin on
		 * Sofia) reads it already and keeps it. */
		if(getenv("TPORT_LOG") == NULL) {
			unsigned level = gb_log_enabled(GB_LOG_DEBUG) ? 3 : 0;
			su_log_redirect(NULL, sofia_line, NULL);
			su_log_set_level(NULL, level);
			su_log_set_level(nta_log, level);
			su_log_set_level(tport_log, level);
		}
	}
	pthread_mutex_unlock(&sofia_lock);
}

static void sofia_deinit(void) {
	pthread_mutex_lock(&sofia_lock);
	if(--sofia_users == 0)
		su_deinit();
	pthread_mutex_unlock(&sofia_lock);
}

static void config_copy(gb_sip_config *to, const gb_sip_config *from) {
	*to = *from;
	to->ips = g_strdupv(from->ips);
	to->server_id = g_strdup(from->server_id);
	to->realm = g_strdup(from->realm);
	to->user_agent = g_strdup(from->user_agent);
	to->advertised_ip = g_strdupv(from->advertised_ip);
}

static void config_clear(gb_sip_config *config) {
	g_strfreev(config->ips);
	g_free(config->server_id);
	g_free(config->realm);
	g_free(config->user_agent);
	g_strfreev(config->advertised_ip);
}

static int on_mailbox(su_root_magic_t *magic, su_wait_t *wait, struct gb_sip *sip) {
	(void)magic;
	(void)wait;
	(void)gb_mailbox_run(sip->mailbox);
	return 0;
}

static bool open_root(gb_sip *sip, GError **error) {
	sip->root = su_root_create(NULL);
	if(sip->root == NULL) {
		g_set_error(error, GB_ERROR, GB_ERROR_FAILED, "Cannot create Sofia's event loop");
		return false;
	}
	su_root_threading(sip->root, 0);
	if(su_wait_create(&sip->mailbox_wait, gb_mailbox_fd(sip->mailbox), SU_WAIT_IN) < 0 ||
		su_root_register(sip->root, &sip->mailbox_wait, on_mailbox, sip, 0) < 0) {
		g_set_error(error, GB_ERROR, GB_ERROR_FAILED, "Cannot watch the mailbox of the SIP thread");
		return false;
	}
	return true;
}

static void close_root(gb_sip *sip) {
	if(sip->root == NULL)
		return;
	su_root_unregister(sip->root, &sip->mailbox_wait, on_mailbox, sip);
	su_root_destroy(sip->root);
	sip->root = NULL;
}

static su_duration_t step_ms(const gb_sip *sip) {
	int64_t next_us = gb_timers_next_us(sip->timers);
	if(next_us < 0 || next_us > STEP_MAX_MS * GB_MS)
		return STEP_MAX_MS;
	return (su_duration_t)((next_us + GB_MS - 1) / GB_MS);
}

static bool read_advertised(gb_sip *sip, GError **error) {
	if(sip->config.advertised_ip == NULL)
		return true;
	sip->advertised = gb_addr_map_new((const char *const *)sip->config.advertised_ip, error);
	return sip->advertised != NULL;
}

static bool start(gb_sip *sip, GError **error) {
	return read_advertised(sip, error) && open_root(sip, error) && gb_sip_agents_open(sip, error);
}

static void *run(void *data) {
	start_report *report = data;
	gb_sip *sip = report->sip;
	prctl(PR_SET_NAME, "gb-sip");
	gb_log_set_context("sip");
	GError *error = NULL;
	bool started = start(sip, &error);
	pthread_mutex_lock(&report->lock);
	report->done = true;
	report->error = error;
	pthread_cond_signal(&report->changed);
	pthread_mutex_unlock(&report->lock);
	/* `report` is gone from here on */
	while(started && !g_atomic_int_get(&sip->stopping)) {
		su_root_step(sip->root, step_ms(sip));
		gb_timers_run(sip->timers);
	}
	gb_sip_agents_close(sip);
	close_root(sip);
	return NULL;
}

static void sip_destroy(gb_sip *sip) {
	gb_mailbox_free(sip->mailbox);
	g_hash_table_unref(sip->messages);
	g_hash_table_unref(sip->calls);
	g_hash_table_unref(sip->tports);
	g_hash_table_unref(sip->flows);
	g_ptr_array_unref(sip->agents);
	gb_timers_free(sip->timers);
	gb_addr_map_free(sip->advertised);
	config_clear(&sip->config);
	g_free(sip);
	sofia_deinit();
}

static gb_sip *sip_create(const gb_sip_config *config, const gb_sip_ops *ops, void *user) {
	sofia_init();
	gb_sip *sip = g_new0(gb_sip, 1);
	config_copy(&sip->config, config);
	sip->ops = *ops;
	sip->user = user;
	sip->netlink = -1;
	sip->mailbox = gb_mailbox_new(0);
	sip->timers = gb_timers_new();
	sip->agents = g_ptr_array_new();
	sip->flows = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, gb_sip_flow_free);
	sip->tports = g_hash_table_new(NULL, NULL);
	sip->calls = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, gb_sip_call_free);
	sip->messages = g_hash_table_new_full(NULL, NULL, gb_sip_outgoing_free, NULL);
	return sip;
}

/** Waits for the first word of the thread; NULL when it runs. */
static GError *await_start(gb_sip *sip) {
	start_report report = {.sip = sip};
	pthread_mutex_init(&report.lock, NULL);
	pthread_cond_init(&report.changed, NULL);
	int failed = pthread_create(&sip->thread, NULL, run, &report);
	if(failed != 0) {
		report.error = g_error_new(
			GB_ERROR, GB_ERROR_FAILED, "Cannot start the SIP thread: %s", g_strerror(failed));
	} else {
		pthread_mutex_lock(&report.lock);
		while(!report.done)
			pthread_cond_wait(&report.changed, &report.lock);
		pthread_mutex_unlock(&report.lock);
		if(report.error != NULL)
			pthread_join(sip->thread, NULL);
	}
	pthread_cond_destroy(&report.changed);
	pthread_mutex_destroy(&report.lock);
	return report.error;
}

gb_sip *gb_sip_new(const gb_sip_config *config, const gb_sip_ops *ops, void *user, GError **error) {
	if(config->ips == NULL || config->ips[0] == NULL || !(config->udp || config->tcp)) {
		g_set_error(error, GB_ERROR, GB_ERROR_INVALID,
			"SIP needs at least one local address and one of UDP and TCP");
		return NULL;
	}
	gb_sip *sip = sip_create(config, ops, user);
	GError *failure = await_start(sip);
	if(failure == NULL)
		return sip;
	g_propagate_error(error, failure);
	sip_destroy(sip);
	return NULL;
}

gb_mailbox *gb_sip_mailbox(gb_sip *sip) {
	return sip->mailbox;
}

gb_timers *gb_sip_timers(gb_sip *sip) {
	return sip->timers;
}

static void wake(void *data) {
	(void)data;
}

void gb_sip_free(gb_sip *sip) {
	if(sip == NULL)
		return;
	g_atomic_int_set(&sip->stopping, 1);
	(void)gb_mailbox_post(sip->mailbox, wake, NULL, NULL);
	pthread_join(sip->thread, NULL);
	sip_destroy(sip);
}
