/* gb_sip_uac.c - the way to a peer, the common part of requests, and MESSAGE.
 *
 * A request goes to the network address that was learned, over the transport and from the local
 * address that it was learned at: Sofia gets a route for UDP and the very connection for TCP, and
 * never resolves a Request-URI. */
#include "gb28181/base/gb_log.h"
#include "gb28181/base/gb_str.h"
#include "gb28181/engine/gb_sip_internal.h"

#include <string.h>

/** A MESSAGE that nobody answered by then has failed. */
#define MESSAGE_TIMEOUT_US (8 * GB_SECOND)

/** A MESSAGE in flight, or one that could not be sent and whose end is not told yet. */
typedef struct {
	gb_sip *sip;
	gb_sip_agent *agent; /**< NULL when it was not sent */
	nta_outgoing_t *transaction;
	gb_sip_done done;
	void *user;
	const char *failure; /**< why it was not sent; static text */
	gb_timer timer;
} gb_sip_outgoing;

/* ---- the way to a peer ---- */

static bool way_over_flow(
	gb_sip *sip, const gb_sip_peer *peer, gb_sip_way *way, const char **ret_reason) {
	way->tport = peer->flow != 0 ? gb_sip_flow_tport(sip, peer->flow) : NULL;
	if(way->tport != NULL)
		return true;
	*ret_reason = "flow gone";
	return false;
}

bool gb_sip_way_to(
	gb_sip *sip, const gb_sip_peer *peer, gb_sip_way *ret_way, const char **ret_reason) {
	gb_sip_way way = {.agent = gb_sip_agent_at(sip, &peer->local)};
	if(way.agent == NULL || peer->remote.family == 0) {
		*ret_reason = "local address gone";
		return false;
	}
	gb_addr_format(way.host, &peer->remote);
	if(peer->transport == GB_SIP_TCP && !way_over_flow(sip, peer, &way, ret_reason))
		return false;
	if(peer->transport == GB_SIP_UDP && !sip->config.udp) {
		*ret_reason = "UDP is off";
		return false;
	}
	g_snprintf(way.route, sizeof way.route, "sip:%s;transport=%s", way.host,
		gb_sip_transport_name(peer->transport));
	*ret_way = way;
	return true;
}

/* ---- the common part of requests ---- */

static char *address_text(su_home_t *home, const char *user, const char *realm, const char *tag) {
	return su_sprintf(
		home, "<sip:%s@%s>%s%s", user, realm, tag != NULL ? ";tag=" : "", tag != NULL ? tag : "");
}

msg_t *gb_sip_request_new(gb_sip *sip, const gb_sip_way *way, const gb_sip_outline *outline) {
	msg_t *msg = nta_msg_create(way->agent->nta, 0);
	su_home_t *home = msg_home(msg);
	const gb_sip_config *config = &sip->config;
	char *uri = su_sprintf(home, "sip:%s@%s", outline->uri_user, way->host);
	sip_add_tl(msg, sip_object(msg),
		SIPTAG_REQUEST(sip_request_create(
			home, outline->method, outline->method_name, (url_string_t *)uri, NULL)),
		SIPTAG_MAX_FORWARDS_STR("70"),
		SIPTAG_FROM_STR(address_text(home, config->server_id, config->realm, outline->from_tag)),
		SIPTAG_TO_STR(address_text(home, outline->to_user, config->realm, outline->to_tag)),
		SIPTAG_CALL_ID_STR(outline->call_id),
		SIPTAG_CSEQ(sip_cseq_create(home, outline->cseq, outline->method, outline->method_name)),
		TAG_IF(config->user_agent != NULL, SIPTAG_USER_AGENT_STR(config->user_agent)), TAG_END());
	return msg;
}

nta_outgoing_t *gb_sip_send(
	const gb_sip_way *way, msg_t *msg, const char *branch, nta_response_f *callback, void *user) {
	nta_outgoing_t *sent = nta_outgoing_mcreate(way->agent->nta, callback, user,
		way->tport == NULL ? (const url_string_t *)way->route : NULL, msg,
		TAG_IF(way->tport != NULL, NTATAG_TPORT(way->tport)),
		TAG_IF(branch != NULL, NTATAG_BRANCH_KEY(branch)), TAG_END());
	if(sent == NULL)
		msg_destroy(msg);
	return sent;
}

void gb_sip_send_ack(const gb_sip_way *way, msg_t *msg, const char *branch) {
	const nta_outgoing_t *sent = nta_outgoing_mcreate(way->agent->nta, NULL, NULL,
		way->tport == NULL ? (const url_string_t *)way->route : NULL, msg, NTATAG_STATELESS(1),
		TAG_IF(way->tport != NULL, NTATAG_TPORT(way->tport)),
		TAG_IF(branch != NULL, NTATAG_BRANCH_KEY(branch)), TAG_END());
	if(sent == NULL)
		msg_destroy(msg);
}

/* ---- MESSAGE ---- */

void gb_sip_outgoing_free(void *data) {
	gb_sip_outgoing *out = data;
	gb_timers_stop(out->sip->timers, &out->timer);
	nta_outgoing_destroy(out->transaction);
	g_free(out);
}

/** The end of one: first out of the table, then the callback, which may send again. */
static void finish(gb_sip_outgoing *out, int status, const char *reason) {
	gb_sip_done done = out->done;
	void *user = out->user;
	g_hash_table_remove(out->sip->messages, out);
	if(done != NULL)
		done(user, status, reason);
}

static void on_message_timer(void *user) {
	gb_sip_outgoing *out = user;
	if(out->transaction == NULL)
		finish(out, 503, out->failure);
	else
		finish(out, 408, "timeout");
}

static int on_message_answer(void *user, nta_outgoing_t *transaction, const sip_t *sip) {
	gb_sip_outgoing *out = user;
	int status = nta_outgoing_status(transaction);
	if(status < 200)
		return 0;
	/* The text lies in the message, which goes with the transaction. */
	const char *phrase = sip && sip->sip_status ? sip->sip_status->st_phrase : NULL;
	g_autofree char *reason = g_strdup(phrase ? phrase : "");
	finish(out, status, reason);
	return 0;
}

static nta_outgoing_t *send_message(
	gb_sip_outgoing *out, const gb_sip_way *way, const char *to, const char *body, size_t len) {
	gb_sip *sip = out->sip;
	char tag[17], call_id[33];
	gb_str_random_hex(tag, 8);
	gb_str_random_hex(call_id, 16);
	msg_t *msg = gb_sip_request_new(
		sip, way, &(gb_sip_outline){SIP_METHOD_MESSAGE, to, to, tag, NULL, call_id, ++sip->cseq});
	sip_add_tl(msg, sip_object(msg), SIPTAG_CONTENT_TYPE_STR("Application/MANSCDP+xml"),
		SIPTAG_PAYLOAD(sip_payload_create(msg_home(msg), body, (isize_t)len)), TAG_END());
	return gb_sip_send(way, msg, NULL, on_message_answer, out);
}

void gb_sip_message(gb_sip *sip, const gb_sip_peer *peer, const char *to, const char *body,
	size_t body_len, gb_sip_done done, void *user) {
	gb_sip_outgoing *out = g_new0(gb_sip_outgoing, 1);
	gb_sip_way way;
	out->sip = sip;
	out->done = done;
	out->user = user;
	out->failure = "cannot be sent";
	gb_timer_init(&out->timer, on_message_timer, out);
	g_hash_table_add(sip->messages, out);
	if(gb_sip_way_to(sip, peer, &way, &out->failure)) {
		out->agent = way.agent;
		out->transaction = send_message(out, &way, to, body, body_len);
	}
	/* Also a failure at once is told from the loop, so that `done` never runs inside the call. */
	gb_timers_start(sip->timers, &out->timer, out->transaction ? MESSAGE_TIMEOUT_US : 0);
}

void gb_sip_messages_drop(gb_sip *sip, const gb_sip_agent *agent, bool tell) {
	g_autoptr(GList) all = g_hash_table_get_keys(sip->messages);
	for(GList *at = all; at != NULL; at = at->next) {
		gb_sip_outgoing *out = at->data;
		if(agent != NULL && out->agent != agent)
			continue;
		if(!tell) {
			g_hash_table_remove(sip->messages, out);
			continue;
		}
		/* Told from the loop: a callback here could change what is being walked. */
		nta_outgoing_destroy(out->transaction);
		out->transaction = NULL;
		out->agent = NULL;
		out->failure = "local address gone";
		gb_timers_start(sip->timers, &out->timer, 0);
	}
}
