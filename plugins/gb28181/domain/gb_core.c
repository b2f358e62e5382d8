#include "gb28181/domain/gb_core.h"

#include "gb28181/base/gb_clock.h"
#include "gb28181/domain/gb_config.h"
#include "gb28181/domain/gb_device_on.h"
#include "gb28181/domain/gb_interview.h"
#include "gb28181/domain/gb_online.h"
#include "gb28181/domain/gb_persist.h"
#include "gb28181/domain/gb_play.h"
#include "gb28181/domain/gb_query.h"

#include <string.h>

/* ---- requests ------------------------------------------------------------------------------ */

static void refuse_method(const gb_sip_request *request) {
	static const char *const allow[] = {"Allow: REGISTER, MESSAGE, NOTIFY, OPTIONS", NULL};
	switch(request->method) {
	case GB_SIP_SUBSCRIBE:
		gb_sip_reply(request, 489, "Bad Event", NULL);
		break;
	case GB_SIP_INVITE:
		gb_sip_reply(request, 403, "Not Asked For", NULL);
		break;
	default:
		gb_sip_reply(request, 405, "Method Not Allowed", allow);
		break;
	}
}

static void on_request(void *user, const gb_sip_request *request) {
	gb_server *server = user;
	if(!server->running) {
		gb_sip_reply(request, 503, "Starting Or Stopping", NULL);
		return;
	}
	char from[GB_ID_SIZE * 4];
	gb_log_set_context(
		"%s", gb_log_escape(from, sizeof(from), request->from_user, strlen(request->from_user)));
	switch(request->method) {
	case GB_SIP_REGISTER:
		gb_device_on_register(server, request);
		break;
	case GB_SIP_MESSAGE:
	case GB_SIP_NOTIFY:
		gb_device_on_message(server, request);
		break;
	case GB_SIP_SUBSCRIBE:
	case GB_SIP_INVITE:
	case GB_SIP_OTHER:
		refuse_method(request);
		break;
	}
	gb_log_set_context(NULL);
}

static void on_flow_lost(void *user, uint64_t flow) {
	gb_server *server = user;
	if(server->running)
		gb_online_flow_lost(server, flow);
}

const gb_sip_ops gb_core_sip_ops = {on_request, on_flow_lost};

/* ---- life ---------------------------------------------------------------------------------- */

static bool read_addresses(gb_server *server, GError **error) {
	const gb_server_config *config = &server->config;
	if(!gb_addr_parse_ip(config->media_ip, 0, &server->media_ip)) {
		g_set_error(error, GB_ERROR, GB_ERROR_INVALID, "media.ip: '%s' is no IP address.",
			config->media_ip);
		return false;
	}
	if(!config->media_advertised_ip)
		return true;
	g_autoptr(GError) reason = NULL;
	server->media_map = gb_addr_map_new((const char *const *)config->media_advertised_ip, &reason);
	if(server->media_map)
		return true;
	g_set_error(error, GB_ERROR, GB_ERROR_INVALID, "media.advertised_ip: %s", reason->message);
	return false;
}

static bool open_store(gb_server *server, GError **error) {
	g_autoptr(GError) reason = NULL;
	server->store = gb_store_open(server->config.store_path, &reason);
	if(server->store && gb_persist_load(server, &reason))
		return true;
	g_set_error(error, GB_ERROR, GB_ERROR_FAILED, "store.path: %s", reason->message);
	return false;
}

gb_server *gb_core_new(
	const gb_server_config *config, const gb_server_events *events, void *user, GError **error) {
	gb_server *server = g_new0(gb_server, 1);
	gb_server_config_copy(&server->config, config);
	if(events)
		server->events = *events;
	server->user = user;
	server->started_us = gb_clock_us();
	server->registry = gb_registry_new();
	server->nonces = gb_nonce_table_new(0);
	server->ssrcs = gb_ssrc_pool_new(config->sip.server_id);
	server->queries = gb_queries_new();
	server->interviews = gb_interviews_new();
	server->plays = gb_plays_new();
	if(!read_addresses(server, error) || !open_store(server, error)) {
		gb_core_free(server);
		return NULL;
	}
	return server;
}

void gb_core_start(gb_server *server, gb_sip *sip, gb_media *media) {
	server->sip = sip;
	server->timers = gb_sip_timers(sip);
	server->media = media;
	server->running = true;
	for(GTreeNode *node = gb_registry_first(server->registry); node; node = g_tree_node_next(node))
		gb_online_arm(gb_registry_at(node));
}

void gb_core_drain(gb_server *server, void (*drained)(void *user), void *user) {
	gb_plays_drain(server);
	if(!gb_plays_busy(server)) {
		drained(user);
		return;
	}
	server->drained = drained;
	server->drained_user = user;
}

void gb_core_stop(gb_server *server) {
	server->drained = NULL;
	gb_plays_drain(server);
	server->running = false;
	for(GTreeNode *node = gb_registry_first(server->registry); node;
		node = g_tree_node_next(node)) {
		gb_device *device = gb_registry_at(node);
		gb_interview_cancel(device);
		gb_query_cancel_device(device);
		gb_timers_stop(server->timers, &device->timer);
	}
}

void gb_core_free(gb_server *server) {
	if(!server)
		return;
	gb_store_close(server->store);
	gb_plays_free(server->plays);
	gb_interviews_free(server->interviews);
	gb_queries_free(server->queries);
	gb_registry_free(server->registry);
	gb_ssrc_pool_free(server->ssrcs);
	gb_nonce_table_free(server->nonces);
	gb_addr_map_free(server->media_map);
	gb_server_config_clear(&server->config);
	g_free(server);
}
