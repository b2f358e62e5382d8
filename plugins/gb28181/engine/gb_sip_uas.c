/* gb_sip_uas.c - requests that come in: what the domain answers, what is answered here, what is
 * dropped.
 *
 * All answers are stateless: nothing is kept, and a request that is sent again is answered again
 * (architecture-notes 6). Route headers are not looked at: a `Route` that names us is common. */
#include "gb28181/base/gb_log.h"
#include "gb28181/base/gb_str.h"
#include "gb28181/engine/gb_sip_internal.h"

#include <string.h>

static const char ALLOW[] =
	"Allow: INVITE, ACK, INFO, CANCEL, BYE, OPTIONS, MESSAGE, REGISTER, SUBSCRIBE, NOTIFY";

/** A request while it is being answered. */
typedef struct {
	gb_sip_agent *agent;
	msg_t *msg;
	bool answered;
} exchange;

/* ---- reading ---- */

static const char *or_empty(const char *text) {
	return text != NULL ? text : "";
}

/** The value of a header as Sofia read it. (Its mode that keeps the bytes, MSG_DO_EXTRACT_COPY,
 * fails on a line end before the first line, which TCP keepalives put there.) */
static const char *value_of(msg_t *msg, const void *header) {
	return header != NULL ? or_empty(sip_header_as_string(msg_home(msg), header)) : "";
}

static int64_t read_expires(const sip_t *sip) {
	int64_t seconds;
	if(sip->sip_expires != NULL)
		return (int64_t)sip->sip_expires->ex_delta;
	if(sip->sip_contact != NULL && sip->sip_contact->m_expires != NULL &&
		gb_str_parse_int(sip->sip_contact->m_expires, 0, UINT32_MAX, &seconds))
		return seconds;
	return -1;
}

/** Sofia's own printing of a list drops the last parameter where the first buffer was too small. */
static const char *print_credentials(msg_t *msg, const sip_authorization_t *credentials) {
	g_autoptr(GString) text = g_string_new(credentials->au_scheme);
	const msg_param_t *params = credentials->au_params;
	for(size_t i = 0; params != NULL && params[i] != NULL; i++)
		g_string_append_printf(text, "%s%s", i > 0 ? "," : " ", params[i]);
	return or_empty(su_strdup(msg_home(msg), text->str));
}

static const char *read_authorization(msg_t *msg, const sip_t *sip) {
	for(const sip_authorization_t *at = sip->sip_authorization; at != NULL; at = at->au_next) {
		if(at->au_scheme != NULL && gb_str_equal_nocase(at->au_scheme, "Digest"))
			return print_credentials(msg, at);
	}
	return "";
}

static const char *read_gb_version(const sip_t *sip) {
	for(const sip_unknown_t *at = sip->sip_unknown; at != NULL; at = at->un_next) {
		if(at->un_name != NULL && gb_str_equal_nocase(at->un_name, "X-GB-Ver"))
			return or_empty(at->un_value);
	}
	return "";
}

static gb_sip_method read_method(const char *name) {
	static const struct {
		const char *name;
		gb_sip_method method;
	} METHODS[] = {
		{"REGISTER", GB_SIP_REGISTER},
		{"MESSAGE", GB_SIP_MESSAGE},
		{"NOTIFY", GB_SIP_NOTIFY},
		{"SUBSCRIBE", GB_SIP_SUBSCRIBE},
		{"INVITE", GB_SIP_INVITE},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(METHODS); i++) {
		if(gb_str_equal_nocase(name, METHODS[i].name))
			return METHODS[i].method;
	}
	return GB_SIP_OTHER;
}

gb_sip_peer gb_sip_source(gb_sip_agent *agent, msg_t *msg) {
	tport_t *tport = tport_delivered_by(nta_agent_tports(agent->nta), msg);
	const su_sockaddr_t *source = msg_addr(msg);
	gb_sip_peer peer = {
		.remote = gb_addr_from_sockaddr(&source->su_sa),
		.local = agent->local,
	};
	if(tport != NULL && tport_is_tcp(tport)) {
		peer.transport = GB_SIP_TCP;
		peer.flow = gb_sip_flow_of(agent, tport);
	}
	return peer;
}

static void read_request(gb_sip_request *request, msg_t *msg, const sip_t *sip) {
	request->method_name = sip->sip_request->rq_method_name;
	request->method = read_method(request->method_name);
	request->from_user = or_empty(sip->sip_from->a_url->url_user);
	request->to_user = or_empty(sip->sip_to->a_url->url_user);
	request->uri_user = or_empty(sip->sip_request->rq_url->url_user);
	request->call_id = sip->sip_call_id->i_id;
	request->cseq = sip->sip_cseq->cs_seq;
	request->contact = value_of(msg, sip->sip_contact);
	request->contact_star = strcmp(request->contact, "*") == 0;
	request->expires = read_expires(sip);
	request->authorization = read_authorization(msg, sip);
	request->user_agent = sip->sip_user_agent ? or_empty(sip->sip_user_agent->g_string) : "";
	request->gb_version = read_gb_version(sip);
	request->content_type = sip->sip_content_type ? or_empty(sip->sip_content_type->c_type) : "";
	request->body = sip->sip_payload ? or_empty(sip->sip_payload->pl_data) : "";
	request->body_len =
		sip->sip_payload && sip->sip_payload->pl_data ? sip->sip_payload->pl_len : 0;
}

/* ---- answering ---- */

void gb_sip_reply(
	const gb_sip_request *request, int status, const char *phrase, gb_sip_headers headers) {
	exchange *open = request->private_data;
	if(open->answered)
		return;
	open->answered = true;
	nta_agent_t *nta = open->agent->nta;
	msg_t *reply = nta_msg_create(nta, 0);
	sip_t *sip = sip_object(reply);
	const char *user_agent = open->agent->sip->config.user_agent;
	sip_add_tl(
		reply, sip, TAG_IF(user_agent != NULL, SIPTAG_USER_AGENT_STR(user_agent)), TAG_END());
	/* As unknown headers they come out as they are; Sofia would drop a GB Date (gb28181.md 2.8). */
	for(gb_sip_headers at = headers; at != NULL && *at != NULL; at++)
		sip_add_tl(reply, sip, SIPTAG_UNKNOWN_STR(*at), TAG_END());
	/* nta_msg_mreply takes a reference away, the caller of the callback keeps its own. */
	if(nta_msg_mreply(nta, reply, sip, status, phrase, msg_ref(open->msg), TAG_END()) < 0)
		gb_log(GB_LOG_DEBUG, "Cannot send the answer %d", status);
}

static void answer_options(const gb_sip_request *request) {
	const char *const headers[] = {ALLOW, NULL};
	gb_sip_reply(request, 200, "OK", headers);
}

static void answer_not_allowed(const gb_sip_request *request) {
	const char *const headers[] = {ALLOW, NULL};
	gb_sip_reply(request, 405, "Method Not Allowed", headers);
}

static void answer_bye(gb_sip *sip, const gb_sip_request *request) {
	bool known = gb_sip_call_known(sip, request->call_id);
	gb_sip_reply(request, known ? 200 : 481, NULL, NULL);
	if(known)
		gb_sip_call_on_bye(sip, request->call_id);
}

static void answer_other(gb_sip *sip, const gb_sip_request *request) {
	const char *name = request->method_name;
	if(gb_str_equal_nocase(name, "OPTIONS"))
		answer_options(request);
	else if(gb_str_equal_nocase(name, "BYE"))
		answer_bye(sip, request);
	else if(gb_str_equal_nocase(name, "INFO"))
		gb_sip_reply(request, gb_sip_call_known(sip, request->call_id) ? 200 : 481, NULL, NULL);
	else if(gb_str_equal_nocase(name, "CANCEL"))
		gb_sip_reply(request, 481, NULL, NULL);
	else
		answer_not_allowed(request);
}

static void answer(gb_sip *sip, const gb_sip_request *request) {
	if(request->method == GB_SIP_OTHER)
		answer_other(sip, request);
	else if(request->method == GB_SIP_INVITE && gb_sip_call_known(sip, request->call_id))
		gb_sip_reply(request, 488, NULL, NULL); /* a re-INVITE: what was agreed stays */
	else
		sip->ops.request(sip->user, request);
	gb_sip_reply(request, 500, NULL, NULL);
}

static void on_request(gb_sip_agent *agent, msg_t *msg, const sip_t *sip) {
	exchange open = {.agent = agent, .msg = msg};
	gb_sip_request request = {.peer = gb_sip_source(agent, msg), .private_data = &open};
	read_request(&request, msg, sip);
	if(request.peer.transport == GB_SIP_TCP && request.peer.flow == 0) {
		tport_t *tport = tport_delivered_by(nta_agent_tports(agent->nta), msg);
		gb_sip_reply(&request, 503, "Too Many Connections", NULL);
		tport_shutdown(tport, 2);
		return;
	}
	answer(agent->sip, &request);
}

int gb_sip_on_message(gb_sip_agent *agent, nta_agent_t *nta, msg_t *msg, sip_t *sip) {
	(void)nta;
	if(sip->sip_status != NULL)
		gb_sip_call_on_answer(agent, msg, sip);
	else if(sip->sip_request != NULL && sip->sip_request->rq_method != sip_method_ack)
		on_request(agent, msg, sip);
	msg_destroy(msg);
	return 0;
}
