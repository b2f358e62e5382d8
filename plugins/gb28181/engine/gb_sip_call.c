/* gb_sip_call.c - calls that we make: INVITE, ACK, CANCEL, BYE (gb28181.md 7.2, 7.11).
 *
 * The user sees a call until `closed`. It stays in the table as a ghost for as long as an INVITE
 * may be answered after that, so that a late or repeated 200 is still acknowledged and ended: a
 * camera whose 200 nobody answers would stream for ever.
 *
 * Answers come by two ways into on_answer(): from the INVITE's transaction, and, where nta has none
 * any more (repeated 200, everything late over TCP), from gb_sip_call_on_answer(). */
#include "gb28181/base/gb_log.h"
#include "gb28181/base/gb_str.h"
#include "gb28181/engine/gb_sip_internal.h"

#include <string.h>

/** How long BYE, or the final answer after CANCEL, is awaited before the call is closed. */
#define CLOSE_US (4 * GB_SECOND)
/** How long a closed call is remembered: 64 * T1, as long as a 200 is repeated. */
#define GHOST_US (32 * GB_SECOND)

typedef enum {
	INVITING, /**< no final answer yet */
	STANDING, /**< 200 came */
	OVER,	  /**< refused, or ended by one side */
} call_state;

struct gb_sip_call {
	gb_sip *sip;
	gb_sip_peer peer;
	const gb_sip_agent *agent; /**< of the transactions in flight */
	gb_sip_call_ops ops;
	void *user;
	char *call_id;
	char *to; /**< channel */
	char *from_tag;
	char *to_tag;	   /**< NULL until a 200 brought one */
	char *target_user; /**< user of the Request-URI in the dialog */
	char *branch;	   /**< of the INVITE */
	nta_outgoing_t *invite;
	nta_outgoing_t *bye;
	call_state state;
	bool provisional; /**< a 1xx came: CANCEL is allowed */
	bool cancelled;	  /**< CANCEL is out */
	bool bye_sent;
	bool quiet;			 /**< hung up or `ended` told: nothing but `closed` is told any more */
	bool ghost;			 /**< `closed` is told */
	uint32_t cseq;		 /**< of the last request in the dialog */
	const char *failure; /**< why the INVITE was not sent; static text */
	gb_timer timer;
};

/* ---- the end ---- */

void gb_sip_call_free(void *data) {
	gb_sip_call *call = data;
	gb_timers_stop(call->sip->timers, &call->timer);
	nta_outgoing_destroy(call->invite);
	nta_outgoing_destroy(call->bye);
	g_free(call->call_id);
	g_free(call->to);
	g_free(call->from_tag);
	g_free(call->to_tag);
	g_free(call->target_user);
	g_free(call->branch);
	g_free(call);
}

static void close_call(gb_sip_call *call) {
	if(call->ghost)
		return;
	call->ghost = true;
	gb_timers_start(call->sip->timers, &call->timer, GHOST_US);
	if(call->ops.closed != NULL)
		call->ops.closed(call->user);
}

/** From the loop, never inside a call of the user's. */
static void close_soon(gb_sip_call *call) {
	if(!call->ghost)
		gb_timers_start(call->sip->timers, &call->timer, 0);
}

static void drop_invite(gb_sip_call *call) {
	nta_outgoing_t *invite = call->invite;
	call->invite = NULL;
	nta_outgoing_destroy(invite);
}

/* ---- requests in the dialog ---- */

static msg_t *outline(gb_sip_call *call, const gb_sip_way *way, sip_method_t method,
	const char *method_name, uint32_t cseq) {
	bool in_dialog = method == sip_method_bye || method == sip_method_ack;
	return gb_sip_request_new(call->sip, way,
		&(gb_sip_outline){
			.method = method,
			.method_name = method_name,
			.uri_user = in_dialog && call->target_user ? call->target_user : call->to,
			.to_user = call->to,
			.from_tag = call->from_tag,
			.to_tag = in_dialog ? call->to_tag : NULL,
			.call_id = call->call_id,
			.cseq = cseq,
		});
}

static void send_ack(gb_sip_call *call, const gb_sip_peer *to, const char *branch) {
	gb_sip_way way;
	const char *reason = NULL;
	if(gb_sip_way_to(call->sip, to, &way, &reason))
		gb_sip_send_ack(&way, outline(call, &way, SIP_METHOD_ACK, 1), branch);
	else
		gb_log(GB_LOG_DEBUG, "Cannot send ACK: %s", reason);
}

static void send_cancel(gb_sip_call *call) {
	gb_sip_way way;
	const char *reason = NULL;
	if(call->cancelled || call->branch == NULL)
		return;
	call->cancelled = true;
	/* The same branch names the INVITE that is meant; nta keeps the INVITE's transaction, which
	 * takes and acknowledges the 487. */
	if(gb_sip_way_to(call->sip, &call->peer, &way, &reason))
		(void)gb_sip_send(
			&way, outline(call, &way, SIP_METHOD_CANCEL, 1), call->branch, NULL, NULL);
}

static int on_bye_answer(void *user, nta_outgoing_t *transaction, const sip_t *sip) {
	(void)sip;
	gb_sip_call *call = user;
	if(nta_outgoing_status(transaction) < 200)
		return 0;
	call->bye = NULL;
	nta_outgoing_destroy(transaction);
	close_call(call);
	return 0;
}

/** Ends a dialog that stands; the call is closed by the answer or by the timer. */
static void send_bye(gb_sip_call *call) {
	gb_sip_way way;
	const char *reason = NULL;
	if(call->bye_sent)
		return;
	call->bye_sent = true;
	call->state = OVER;
	if(gb_sip_way_to(call->sip, &call->peer, &way, &reason)) {
		call->agent = way.agent;
		call->bye = gb_sip_send(
			&way, outline(call, &way, SIP_METHOD_BYE, ++call->cseq), NULL, on_bye_answer, call);
	}
	if(call->bye == NULL)
		close_soon(call);
}

/** From now on nothing is told but `closed`; what is open is brought to its end. */
static void wind_down(gb_sip_call *call) {
	call->quiet = true;
	gb_timers_start(call->sip->timers, &call->timer, CLOSE_US);
	if(call->state == STANDING)
		send_bye(call);
	else if(call->state == OVER)
		close_soon(call);
	else if(call->invite == NULL)
		close_soon(call); /* it never went out */
	else if(call->provisional)
		send_cancel(call);
}

static void end_call(gb_sip_call *call, int status, const char *reason) {
	if(call->quiet)
		return;
	wind_down(call);
	if(call->ops.ended != NULL)
		call->ops.ended(call->user, status, reason);
}

/* ---- answers to the INVITE ---- */

static void on_provisional(gb_sip_call *call, int status, const char *reason) {
	call->provisional = true;
	if(call->state != INVITING)
		return;
	if(call->quiet)
		send_cancel(call);
	else if(call->ops.progress != NULL)
		call->ops.progress(call->user, status, reason);
}

static void set_text(char **text, const char *value) {
	g_free(*text);
	*text = g_strdup(value);
}

/** The user of the answer's Contact, unless it is missing or names us (gb28181.md 7.2). */
static const char *target_of(const gb_sip_call *call, const sip_t *sip) {
	const char *user = sip->sip_contact ? sip->sip_contact->m_url->url_user : NULL;
	if(user == NULL || !gb_id_valid_user(user) || strcmp(user, call->sip->config.server_id) == 0)
		return call->to;
	return user;
}

static void establish(gb_sip_call *call, const gb_sip_peer *source, const sip_t *sip) {
	const sip_payload_t *payload = sip->sip_payload;
	g_autofree char *sdp =
		payload && payload->pl_data ? g_strndup(payload->pl_data, payload->pl_len) : g_strdup("");
	call->state = STANDING;
	call->peer = *source;
	set_text(&call->to_tag, sip->sip_to->a_tag);
	set_text(&call->target_user, target_of(call, sip));
	drop_invite(call);
	send_ack(call, source, NULL);
	if(call->quiet) {
		send_bye(call);
		return;
	}
	gb_timers_stop(call->sip->timers, &call->timer);
	if(call->ops.answered != NULL)
		call->ops.answered(call->user, &source->remote, sdp, strlen(sdp));
}

static void on_success(gb_sip_call *call, const gb_sip_peer *source, const sip_t *sip) {
	/* After a refusal, or when the answer was given up, a 200 still makes a dialog: it is ended
	 * then. */
	if(call->state == INVITING || (call->state == OVER && !call->bye_sent))
		establish(call, source, sip);
	else
		send_ack(call, source, NULL); /* repeated: the ACK was lost */
}

static void on_refusal(gb_sip_call *call, int status, const char *reason) {
	if(call->state != INVITING)
		return;
	call->state = OVER;
	drop_invite(call);
	if(call->quiet)
		close_soon(call);
	else
		end_call(call, status, reason);
}

static void on_answer(gb_sip_call *call, const gb_sip_peer *source, const sip_t *sip) {
	int status = sip->sip_status->st_status;
	/* The text lies in the message, which may go with the transaction. */
	g_autofree char *reason =
		g_strdup(sip->sip_status->st_phrase ? sip->sip_status->st_phrase : "");
	if(status < 200)
		on_provisional(call, status, reason);
	else if(status < 300)
		on_success(call, source, sip);
	else
		on_refusal(call, status, reason);
}

static int on_invite_answer(void *user, nta_outgoing_t *transaction, const sip_t *sip) {
	gb_sip_call *call = user;
	if(sip == NULL || sip->sip_status == NULL)
		return 0;
	/* A reference of ours: the message must outlive the transaction. */
	msg_t *msg = nta_outgoing_getresponse(transaction);
	gb_sip_peer source = call->peer;
	if(!nta_sip_is_internal(sip) && source.transport == GB_SIP_UDP)
		source.remote = gb_addr_from_sockaddr(&msg_addr(msg)->su_sa);
	on_answer(call, &source, sip);
	msg_destroy(msg);
	return 0;
}

static bool same_text(const char *a, const char *b) {
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/** With a transaction nta acknowledges refusals itself; here it has none. */
static void ack_refusal(gb_sip_call *call, const gb_sip_peer *source, const sip_t *sip) {
	if(call->state == STANDING || call->bye_sent)
		return;
	set_text(&call->to_tag, sip->sip_to->a_tag);
	send_ack(call, source, call->branch);
}

void gb_sip_call_on_answer(gb_sip_agent *agent, msg_t *msg, sip_t *sip) {
	gb_sip_call *call = g_hash_table_lookup(agent->sip->calls, sip->sip_call_id->i_id);
	if(call == NULL || sip->sip_cseq->cs_method != sip_method_invite ||
		!same_text(sip->sip_via->v_branch, call->branch))
		return;
	gb_sip_peer source = gb_sip_source(agent, msg);
	if(sip->sip_status->st_status >= 300)
		ack_refusal(call, &source, sip);
	on_answer(call, &source, sip);
}

/* ---- requests of the peer ---- */

bool gb_sip_call_known(gb_sip *sip, const char *call_id) {
	return g_hash_table_contains(sip->calls, call_id);
}

bool gb_sip_call_on_bye(gb_sip *sip, const char *call_id) {
	gb_sip_call *call = g_hash_table_lookup(sip->calls, call_id);
	if(call == NULL)
		return false;
	if(call->state == STANDING) {
		call->state = OVER;
		call->bye_sent = true; /* the peer's ended it: ours would be one too many */
	}
	end_call(call, 0, "bye");
	return true;
}

/* ---- the user's side ---- */

static void on_timer(void *user) {
	gb_sip_call *call = user;
	if(call->ghost)
		g_hash_table_remove(call->sip->calls, call->call_id);
	else if(call->quiet)
		close_call(call);
	else if(call->invite == NULL)
		end_call(call, 503, call->failure);
	else
		end_call(call, 408, "no answer");
}

static void send_invite(
	gb_sip_call *call, const gb_sip_way *way, const char *subject, const char *sdp) {
	char told[GB_ADDR_TEXT];
	gb_addr ours =
		gb_addr_map_lookup(call->sip->advertised, &call->peer.remote, &way->agent->local);
	ours.port = way->agent->local.port;
	msg_t *msg = outline(call, way, SIP_METHOD_INVITE, call->cseq);
	char *contact = su_sprintf(
		msg_home(msg), "<sip:%s@%s>", call->sip->config.server_id, gb_addr_format(told, &ours));
	sip_add_tl(msg, sip_object(msg), SIPTAG_CONTACT_STR(contact), SIPTAG_SUBJECT_STR(subject),
		SIPTAG_CONTENT_TYPE_STR("APPLICATION/SDP"), SIPTAG_PAYLOAD_STR(sdp), TAG_END());
	call->agent = way->agent;
	call->invite = gb_sip_send(way, msg, NULL, on_invite_answer, call);
	call->branch = g_strdup(nta_outgoing_branch(call->invite));
}

gb_sip_call *gb_sip_invite(gb_sip *sip, const gb_sip_peer *peer, const char *to,
	const char *subject, const char *sdp, int64_t answer_timeout_us, const gb_sip_call_ops *ops,
	void *user) {
	gb_sip_call *call = g_new0(gb_sip_call, 1);
	gb_sip_way way;
	char random[33];
	call->sip = sip;
	call->peer = *peer;
	call->ops = *ops;
	call->user = user;
	call->to = g_strdup(to);
	call->cseq = 1;
	call->failure = "cannot be sent";
	gb_str_random_hex(random, 16);
	call->call_id = g_strdup(random);
	gb_str_random_hex(random, 8);
	call->from_tag = g_strdup(random);
	gb_timer_init(&call->timer, on_timer, call);
	g_hash_table_insert(sip->calls, call->call_id, call);
	if(gb_sip_way_to(sip, peer, &way, &call->failure))
		send_invite(call, &way, subject, sdp);
	gb_timers_start(sip->timers, &call->timer, call->invite ? answer_timeout_us : 0);
	return call;
}

void gb_sip_call_hangup(gb_sip_call *call) {
	if(!call->quiet)
		wind_down(call);
}

void gb_sip_call_move(gb_sip_call *call, const gb_sip_peer *peer) {
	if(call->state == STANDING)
		call->peer = *peer;
}

void gb_sip_calls_drop(gb_sip *sip, const gb_sip_agent *agent) {
	GHashTableIter iter;
	void *value;
	if(agent == NULL) {
		g_hash_table_remove_all(sip->calls);
		return;
	}
	g_hash_table_iter_init(&iter, sip->calls);
	while(g_hash_table_iter_next(&iter, NULL, &value)) {
		gb_sip_call *call = value;
		if(call->agent != agent)
			continue;
		/* nta destroys the transactions with the agent and calls nobody back. */
		drop_invite(call);
		nta_outgoing_destroy(call->bye);
		call->bye = NULL;
		call->agent = NULL;
		call->failure = "local address gone";
		if(call->ghost)
			continue;
		if(call->state != STANDING)
			gb_timers_start(sip->timers, &call->timer, 0);
	}
}
