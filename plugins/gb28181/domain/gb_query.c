#include "gb28181/domain/gb_query.h"

#include "gb28181/base/gb_clock.h"
#include "gb28181/domain/gb_catalog.h"
#include "gb28181/domain/gb_online.h"

#include <string.h>

struct gb_queries {
	GHashTable *by_sn; /**< SN -> gb_query, owned; stays until its MESSAGE is over, too */
	uint32_t next_sn;
	unsigned open;
};

static void free_query(gpointer data) {
	gb_query *query = data;
	if(query->channels)
		g_hash_table_destroy(query->channels);
	g_free(query);
}

gb_queries *gb_queries_new(void) {
	gb_queries *queries = g_new0(gb_queries, 1);
	queries->by_sn = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_query);
	queries->next_sn = 1 + gb_str_random_u32() % 1000000u;
	return queries;
}

void gb_queries_free(gb_queries *queries) {
	if(!queries)
		return;
	g_hash_table_destroy(queries->by_sn);
	g_free(queries);
}

uint32_t gb_query_next_sn(gb_server *server) {
	gb_queries *queries = server->queries;
	uint32_t sn = queries->next_sn;
	queries->next_sn = sn >= (uint32_t)G_MAXINT32 ? 1 : sn + 1;
	return sn;
}

unsigned gb_queries_open(const gb_queries *queries) {
	return queries->open;
}

static void drop_when_over(gb_query *query) {
	if(query->sip_over && !query->device)
		g_hash_table_remove(query->server->queries->by_sn, GUINT_TO_POINTER(query->sn));
}

void gb_query_finish(gb_query *query, const gb_query_result *result) {
	gb_device *device = query->device;
	if(!device)
		return;
	query->device = NULL;
	query->server->queries->open--;
	device->queries_open--;
	gb_timers_stop(query->server->timers, &query->timer);
	gb_query_done done = query->done;
	void *user = query->user;
	drop_when_over(query);
	if(done)
		done(device, result, user);
}

static void on_timer(void *user) {
	gb_query *query = user;
	if(query->cmd == GB_CMD_CATALOG && query->channels) {
		gb_catalog_end(query);
		return;
	}
	gb_query_result result = {.end = GB_QUERY_TIMEOUT};
	gb_query_finish(query, &result);
}

/** Our MESSAGE was answered. Some devices never do that and yet send what was asked for, so 408
 * says nothing. */
static void on_sip_done(void *user, int status, const char *reason) {
	gb_query *query = user;
	query->sip_over = true;
	if(!query->device) {
		drop_when_over(query);
		return;
	}
	if(status >= 200 && status != 408 && status != 503)
		gb_online_answered(query->device);
	if(status >= 300 && status != 408) {
		gb_query_result result = {
			.end = GB_QUERY_REFUSED, .sip_status = status, .sip_reason = reason};
		gb_query_finish(query, &result);
	}
}

void gb_query_send(gb_device *device, gb_cmd cmd, gb_query_done done, void *user) {
	gb_server *server = device->server;
	gb_query *query = g_new0(gb_query, 1);
	query->server = server;
	query->device = device;
	query->sn = gb_query_next_sn(server);
	query->cmd = cmd;
	query->done = done;
	query->user = user;
	query->expected = -1;
	gb_timer_init(&query->timer, on_timer, query);
	g_hash_table_replace(server->queries->by_sn, GUINT_TO_POINTER(query->sn), query);
	server->queries->open++;
	device->queries_open++;
	bool catalog = cmd == GB_CMD_CATALOG;
	gb_timers_start(server->timers, &query->timer, catalog ? GB_QUERY_CATALOG_US : GB_QUERY_US);
	g_autofree char *body =
		gb_manscdp_build_query(gb_device_version(device), cmd, query->sn, device->id);
	gb_sip_message(server->sip, &device->peer, device->id, body, strlen(body), on_sip_done, query);
}

gb_query *gb_query_find(const gb_device *device, gb_cmd cmd, int64_t sn) {
	if(sn < 1 || sn > G_MAXINT32)
		return NULL;
	gb_query *query =
		g_hash_table_lookup(device->server->queries->by_sn, GUINT_TO_POINTER((guint)sn));
	return query && query->device == device && query->cmd == cmd ? query : NULL;
}

void gb_query_cancel_device(gb_device *device) {
	g_autoptr(GPtrArray) open = g_ptr_array_new();
	GHashTableIter iter;
	gpointer value;
	if(!device->server->queries->open)
		return;
	g_hash_table_iter_init(&iter, device->server->queries->by_sn);
	while(g_hash_table_iter_next(&iter, NULL, &value)) {
		if(((gb_query *)value)->device == device)
			g_ptr_array_add(open, value);
	}
	for(guint i = 0; i < open->len; i++) {
		gb_query_result result = {.end = GB_QUERY_CANCELLED};
		gb_query_finish(open->pdata[i], &result);
	}
}
