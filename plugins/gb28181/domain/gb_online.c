#include "gb28181/domain/gb_online.h"

#include "gb28181/base/gb_clock.h"
#include "gb28181/domain/gb_interview.h"
#include "gb28181/domain/gb_persist.h"
#include "gb28181/domain/gb_play.h"
#include "gb28181/domain/gb_query.h"

static bool same_peer(const gb_sip_peer *a, const gb_sip_peer *b) {
	if(a->transport != b->transport)
		return false;
	if(a->transport == GB_SIP_TCP)
		return a->flow && a->flow == b->flow;
	return gb_addr_equal(&a->remote, &b->remote);
}

gb_source gb_online_source(const gb_device *device, const gb_sip_peer *peer) {
	if(same_peer(&device->peer, peer))
		return GB_SOURCE_PEER;
	return gb_addr_equal_ip(&device->peer.remote, &peer->remote) ? GB_SOURCE_NEAR
																 : GB_SOURCE_STRANGER;
}

int gb_online_interval(const gb_device *device) {
	return gb_rhythm_interval(&device->rhythm, device->server->config.keepalive_interval_s);
}

/* ---- the end of being online --------------------------------------------------------------- */

static int64_t silence_end(const gb_device *device) {
	const gb_server_config *config = &device->server->config;
	int64_t misses = config->keepalive_misses;
	int64_t end = device->last_seen_us + misses * gb_online_interval(device) * GB_SECOND;
	if(device->flow_lost_us) {
		int64_t lost = device->flow_lost_us + misses * config->keepalive_interval_s * GB_SECOND;
		end = MIN(end, lost);
	}
	return end;
}

static void on_timer(void *user) {
	gb_device *device = user;
	int64_t now = gb_clock_us();
	if(device->registered && device->expires_us <= now) {
		device->registered = false;
		gb_persist_drop_registration(device);
		gb_online_set_offline(device, "its registration has expired");
		return;
	}
	if(device->online && silence_end(device) <= now)
		gb_online_set_offline(device, "nothing was heard of it");
	gb_online_arm(device);
}

void gb_online_arm(gb_device *device) {
	gb_server *server = device->server;
	if(!device->registered || !server->timers) {
		if(server->timers)
			gb_timers_stop(server->timers, &device->timer);
		return;
	}
	int64_t end = device->expires_us;
	if(device->online)
		end = MIN(end, silence_end(device));
	int64_t delay = end - gb_clock_us();
	device->timer.fn = on_timer;
	device->timer.user = device;
	gb_timers_start(server->timers, &device->timer, MAX(delay, 0));
}

void gb_online_set_offline(gb_device *device, const char *why) {
	if(!device->online)
		return;
	device->online = false;
	device->server->online--;
	gb_log(GB_LOG_INFO, "device %s is offline: %s", device->id, why);
	gb_interview_cancel(device);
	gb_query_cancel_device(device);
	gb_plays_device_offline(device);
	gb_core_tell_device(device, GB_CHANGE_OFFLINE);
}

/* ---- signs of life ------------------------------------------------------------------------- */

static void set_online(gb_device *device) {
	if(device->online)
		return;
	device->online = true;
	device->server->online++;
	gb_log(GB_LOG_INFO, "device %s is online", device->id);
	gb_core_tell_device(device, GB_CHANGE_ONLINE);
	gb_interview_want(device);
	gb_plays_device_online(device);
	gb_online_arm(device);
}

void gb_online_seen(gb_device *device, gb_source source) {
	int64_t now = gb_clock_us();
	device->last_seen_us = now;
	device->last_seen = gb_clock_wall_us();
	if(source == GB_SOURCE_PEER) {
		device->peer_seen_us = now;
		device->flow_lost_us = 0;
	}
	if(!device->registered)
		return;
	set_online(device);
	if(!device->asked)
		gb_interview_want(device);
}

void gb_online_answered(gb_device *device) {
	if(!device->online)
		return;
	device->last_seen_us = device->peer_seen_us = gb_clock_us();
	device->last_seen = gb_clock_wall_us();
}

void gb_online_registered(gb_device *device, const gb_sip_peer *peer) {
	int64_t now = gb_clock_us();
	if(!device->registered)
		device->registered_at = gb_clock_wall_us();
	device->registered = true;
	device->expires_us = now + device->expires_s * GB_SECOND;
	gb_registry_set_peer(device->server->registry, device, peer);
	gb_online_seen(device, GB_SOURCE_PEER);
	gb_online_arm(device);
}

void gb_online_unregistered(gb_device *device) {
	device->registered = false;
	gb_persist_drop_registration(device);
	gb_online_set_offline(device, "it has un-registered");
	gb_online_arm(device);
}

bool gb_online_roam(gb_device *device, const gb_sip_peer *peer) {
	if(!device->registered)
		return false;
	gb_server *server = device->server;
	bool lost = device->peer.transport == GB_SIP_TCP && !device->peer.flow &&
		gb_online_source(device, peer) == GB_SOURCE_NEAR;
	int64_t silent = gb_clock_us() - device->peer_seen_us;
	if(!lost && silent < gb_online_interval(device) * GB_SECOND * 3 / 4)
		return false;
	char text[GB_ADDR_TEXT];
	gb_log(
		GB_LOG_INFO, "device %s has moved to %s", device->id, gb_addr_format(text, &peer->remote));
	gb_registry_set_peer(server->registry, device, peer);
	device->address_moves++;
	gb_persist_registration(device);
	gb_plays_device_moved(device, GB_MOVE_ROAMED);
	return true;
}

void gb_online_flow_lost(gb_server *server, uint64_t flow) {
	gb_device *device;
	while((device = gb_registry_by_flow(server->registry, flow))) {
		gb_sip_peer gone = device->peer;
		gone.flow = 0;
		gb_registry_set_peer(server->registry, device, &gone);
		device->flow_lost_us = gb_clock_us();
		gb_online_arm(device);
	}
}
