/* How a play sends its INVITE: addresses, stream, SSRC. */
#include "gb28181/domain/gb_leg.h"
#include "gb28181/domain/gb_play.h"
#include "gb28181/domain/gb_play_reasons.h"

#include "gb28181/base/gb_clock.h"

#include <string.h>

void gb_play_addresses(const gb_device *device, gb_addr *ret_bind, gb_addr *ret_told) {
	const gb_server *server = device->server;
	bool any = gb_addr_is_any(&server->media_ip);
	gb_addr local = any ? device->peer.local : server->media_ip;
	local.port = 0;
	*ret_told = gb_addr_map_lookup(server->media_map, &device->peer.remote, &local);
	/* behind a router that maps ports, media may arrive at any of our addresses */
	if(any && !gb_addr_equal_ip(ret_told, &local))
		(void)gb_addr_parse_ip(local.family == AF_INET6 ? "::" : "0.0.0.0", 0, &local);
	*ret_bind = local;
}

static gb_failure *stream_failure(const GError *error) {
	gb_error_code code = error->domain == GB_ERROR ? (gb_error_code)error->code : GB_ERROR_FAILED;
	return gb_failure_new(code, "%s", error->message);
}

static bool open_or_reopen(gb_play *play, GError **error) {
	if(play->stream)
		return gb_stream_reopen(play->stream, &play->source, error);
	play->stream =
		gb_stream_open(play->server->media, &play->source, gb_play_on_stream, play, error);
	return play->stream != NULL;
}

/** An address that a registration from the store remembers may be gone from this host: then any. */
static bool open_somehow(gb_play *play, GError **error) {
	g_autoptr(GError) first = NULL;
	if(open_or_reopen(play, &first))
		return true;
	bool any = gb_addr_is_any(&play->source.local_ip);
	if(any || !g_error_matches(first, GB_ERROR, GB_ERROR_FAILED)) {
		g_propagate_error(error, g_steal_pointer(&first));
		return false;
	}
	const char *text = play->source.local_ip.family == AF_INET6 ? "::" : "0.0.0.0";
	(void)gb_addr_parse_ip(text, 0, &play->source.local_ip);
	return open_or_reopen(play, error);
}

bool gb_play_open_stream(gb_play *play, const gb_device *device, gb_failure **ret_failure) {
	gb_server *server = play->server;
	gb_addr told;
	memset(&play->source, 0, sizeof(play->source));
	gb_play_addresses(device, &play->source.local_ip, &told);
	if(!play->spare_ssrc && !gb_ssrc_take(server->ssrcs, false, &play->spare_ssrc)) {
		*ret_failure = gb_failure_new(GB_ERROR_LIMIT, "All stream numbers are in use.");
		(*ret_failure)->limit = g_strdup("streams");
		return false;
	}
	play->source.ssrc = play->spare_ssrc;
	play->source.allowed[0] = device->peer.remote;
	g_autoptr(GError) error = NULL;
	if(!open_somehow(play, &error)) {
		*ret_failure = stream_failure(error);
		return false;
	}
	play->port = gb_stream_port(play->stream);
	return true;
}

bool gb_play_invite(gb_play *play, gb_failure **ret_failure) {
	gb_server *server = play->server;
	const gb_device *device = gb_registry_find(server->registry, play->device);
	if(!device || !device->online) {
		*ret_failure = gb_play_reason_offline(play->device);
		return false;
	}
	if(device->peer.transport == GB_SIP_TCP && !device->peer.flow) {
		*ret_failure = gb_play_reason_unreachable(play->device);
		return false;
	}
	/* what was opened for an earlier INVITE may still get its late packets */
	if(play->invites > 0 && !gb_play_open_stream(play, device, ret_failure))
		return false;
	gb_addr bind_ip, told;
	gb_play_addresses(device, &bind_ip, &told);
	told.port = play->port;
	if(!gb_leg_invite(play, device, &told)) {
		*ret_failure = gb_failure_new(GB_ERROR_FAILED, "The INVITE could not be sent.");
		return false;
	}
	play->invites++;
	gb_ladder_reach(&play->ladder, GB_STEP_INVITE_SENT, gb_clock_us());
	return true;
}
