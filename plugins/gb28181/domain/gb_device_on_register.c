#include "gb28181/domain/gb_device_on.h"

#include "gb28181/base/gb_clock.h"
#include "gb28181/domain/gb_catalog.h"
#include "gb28181/domain/gb_interview.h"
#include "gb28181/domain/gb_online.h"
#include "gb28181/domain/gb_persist.h"
#include "gb28181/domain/gb_play.h"

#include <string.h>

/** The edition that we speak (gb28181.md 2.5). */
#define OUR_VERSION "X-GB-Ver: 3.0"

#define MARK_BYTES 16u

/** Longest text of a header that is kept, in bytes; what follows is cut off. */
#define HEADER_MAX_BYTES 256u

/* ---- answers ------------------------------------------------------------------------------- */

static void challenge(gb_server *server, const gb_sip_request *request, bool stale) {
	char nonce[GB_NONCE_SIZE], value[GB_DIGEST_CHALLENGE];
	gb_nonce_issue(server->nonces, request->from_user, nonce);
	if(!gb_digest_challenge(value, sizeof(value), server->config.sip.realm, nonce, stale)) {
		gb_sip_reply(request, 500, "Realm Cannot Be Sent", NULL);
		return;
	}
	g_autofree char *line = g_strdup_printf("WWW-Authenticate: %s", value);
	const char *headers[] = {line, OUR_VERSION, NULL};
	gb_sip_reply(request, 401, "Unauthorized", headers);
}

static void refuse(gb_server *server, const gb_sip_request *request, const char *why) {
	const char *headers[] = {OUR_VERSION, NULL};
	server->counters.registers_refused++;
	uint32_t swallowed = 0;
	if(gb_log_limit_pass(&server->log_limit, GB_SECOND, &swallowed)) {
		char from[GB_ADDR_TEXT];
		gb_log(GB_LOG_WARNING, "REGISTER of %s from %s refused: %s (%u more lines held back)",
			request->from_user, gb_addr_format(from, &request->peer.remote), why, swallowed);
	}
	gb_sip_reply(request, 403, "Forbidden", headers);
}

/** An answer that is neither a challenge nor a refusal; X-GB-Ver stands in every one (2.5). */
static void fail_request(const gb_sip_request *request, int status, const char *phrase) {
	const char *headers[] = {OUR_VERSION, NULL};
	gb_sip_reply(request, status, phrase, headers);
}

static void accept_request(gb_server *server, const gb_sip_request *request, int64_t expires) {
	char date[GB_TIME_TEXT];
	(void)gb_time_local(date, gb_clock_wall_us(), server->config.utc_offset_minutes);
	g_autofree char *expires_line = g_strdup_printf("Expires: %d", (int)expires);
	g_autofree char *date_line = g_strdup_printf("Date: %s", date);
	g_autofree char *contact_line = g_strdup_printf("Contact: %s", request->contact);
	bool echo = *request->contact && !strpbrk(request->contact, "\r\n");
	const char *headers[] = {
		expires_line, date_line, OUR_VERSION, echo ? contact_line : NULL, NULL};
	gb_sip_reply(request, 200, "OK", headers);
}

/* ---- the same REGISTER again --------------------------------------------------------------- */

/** A stateless server sees retransmissions; their nonce is used up already (architecture-notes 6).
 */
static void make_mark(const gb_sip_request *request, uint8_t ret_mark[MARK_BYTES]) {
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	char from[GB_ADDR_TEXT];
	(void)gb_addr_format(from, &request->peer.remote);
	g_autofree char *text =
		g_strdup_printf("%s\n%u\n%s\n%" G_GINT64_FORMAT "\n%d %s", request->call_id, request->cseq,
			request->authorization, request->expires, (int)request->peer.transport, from);
	guint8 digest[32];
	gsize len = sizeof(digest);
	g_checksum_update(sum, (const guchar *)text, -1);
	g_checksum_get_digest(sum, digest, &len);
	memcpy(ret_mark, digest, MARK_BYTES);
}

static bool is_repeat(const gb_device *device, const uint8_t mark[MARK_BYTES]) {
	return device && device->register_mark_us &&
		gb_clock_us() - device->register_mark_us < GB_REGISTER_REPEAT_US &&
		!memcmp(device->register_mark, mark, MARK_BYTES);
}

/* ---- who it is ----------------------------------------------------------------------------- */

/** Checks the credentials and answers when they do not do. */
static bool authenticate(
	gb_server *server, const gb_device *device, const gb_sip_request *request, int64_t expires) {
	const char *password =
		device && device->password ? device->password : server->config.sip_password;
	if(!*password)
		return true;
	if(!*request->authorization) {
		challenge(server, request, false);
		return false;
	}
	gb_digest digest;
	if(gb_digest_parse(request->authorization, &digest) != GB_OK) {
		challenge(server, request, false);
		return false;
	}
	bool tcp = request->peer.transport == GB_SIP_TCP;
	const gb_addr *source = &request->peer.remote;
	if(gb_nonce_check(server->nonces, request->from_user, &digest, source, tcp) != GB_NONCE_OK) {
		challenge(server, request, true);
		return false;
	}
	if(!gb_digest_verify(&digest, password, "REGISTER")) {
		refuse(server, request, "wrong password");
		return false;
	}
	gb_nonce_commit(server->nonces, request->from_user, &digest, source, tcp);
	gb_nonce_extend(server->nonces, digest.nonce, gb_clock_us() + expires * GB_SECOND);
	return true;
}

static const char *why_not_allowed(const gb_server *server, const gb_device *device) {
	if(!device && !server->config.allow_unknown)
		return "nobody has created this device, and allow_unknown is false";
	if(device && !device->enabled)
		return "the device is disabled";
	return NULL;
}

/* ---- what follows -------------------------------------------------------------------------- */

static bool same_place(const gb_sip_peer *a, const gb_sip_peer *b) {
	return a->transport == b->transport && gb_addr_equal(&a->remote, &b->remote) &&
		a->flow == b->flow;
}

/** Keeps a header in UTF-8, whatever its length and charset; true when it is another text now. */
static bool keep_header(char **field, const char *text) {
	size_t len = strnlen(text, HEADER_MAX_BYTES);
	g_autofree char *kept = gb_charset_to_utf8(text, len, GB_CHARSET_AUTO, NULL);
	return gb_text_set(field, kept);
}

/** Notes what the headers say of the device; true when something is new. */
static bool take_headers(gb_device *device, const gb_sip_request *request) {
	bool changed = keep_header(&device->user_agent, request->user_agent);
	gb_edition edition = gb_edition_from_header(request->gb_version, device->edition);
	changed = changed || edition != device->edition;
	device->edition = edition;
	(void)keep_header(&device->contact, request->contact);
	return changed;
}

static void bind_device(
	gb_device *device, const gb_sip_request *request, int64_t expires, bool added) {
	gb_sip_peer old = device->peer;
	bool was_registered = device->registered;
	bool changed = take_headers(device, request);
	bool new_call = keep_header(&device->call_id, request->call_id);
	device->expires_s = (int)expires;
	if(added) {
		gb_registry_set_peer(device->server->registry, device, &request->peer);
		gb_core_tell_device(device, GB_CHANGE_ADDED);
		gb_catalog_settle(device);
	}
	gb_online_registered(device, &request->peer);
	bool moved = was_registered && !same_place(&old, &request->peer);
	if(moved)
		device->address_moves++;
	if(moved && new_call) /* it may be another unit, or a new configuration (3.4) */
		gb_interview_want(device);
	if(moved)
		gb_plays_device_moved(device, GB_MOVE_REGISTERED_ELSEWHERE);
	else if(was_registered && new_call)
		gb_plays_device_moved(device, GB_MOVE_REGISTERED_AGAIN);
	if(added || changed)
		gb_persist_device(device);
	gb_persist_registration(device);
	if(!added && (changed || moved))
		gb_core_tell_device(device, GB_CHANGE_UPDATED);
}

static void register_device(gb_server *server, gb_device *device, const gb_sip_request *request,
	int64_t expires, const uint8_t mark[MARK_BYTES]) {
	bool added = !device;
	if(added && expires == 0) { /* un-registers what was never there */
		accept_request(server, request, 0);
		return;
	}
	if(added)
		device = gb_registry_add(server->registry, server, request->from_user);
	if(!device) {
		fail_request(request, 503, "Too Many Devices");
		return;
	}
	accept_request(server, request, expires);
	memcpy(device->register_mark, mark, MARK_BYTES);
	device->register_mark_us = gb_clock_us();
	if(expires > 0)
		bind_device(device, request, expires, added);
	else
		gb_online_unregistered(device);
}

void gb_device_on_register(gb_server *server, const gb_sip_request *request) {
	if(!gb_id_valid_user(request->from_user)) {
		fail_request(request, 400, "Bad Device ID");
		return;
	}
	bool star_refused = request->contact_star && request->expires != 0;
	if(request->expires < 0 || star_refused) {
		fail_request(request, 400, "Expires Missing");
		return;
	}
	int64_t expires = MIN(request->expires, (int64_t)GB_EXPIRES_MAX_S);
	gb_device *device = gb_registry_find(server->registry, request->from_user);
	const char *why = why_not_allowed(server, device);
	if(why) {
		refuse(server, request, why);
		return;
	}
	uint8_t mark[MARK_BYTES];
	make_mark(request, mark);
	if(is_repeat(device, mark)) {
		accept_request(server, request, expires);
		return;
	}
	if(authenticate(server, device, request, expires))
		register_device(server, device, request, expires, mark);
}
