#include "cam_call.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cam_event.h"
#include "cam_sdp.h"
#include "cam_stream.h"

enum { ACK_WAIT_MS = 64 * SIP_T1, BYE_CSEQ = 1 };

enum call_state { RINGING, ANSWERED, CONFIRMED };

typedef struct call {
	struct le le; /* world->calls */
	cam_device *device;
	char channel[CAM_ID_SIZE];
	enum call_state state;
	struct sip_msg *invite;
	struct sip_strans *transaction;
	struct mbuf *ok; /* the 200, until the ACK has come */
	uint64_t answered_us;
	unsigned repeats; /* of the 200 */
	struct tmr timer; /* the answer's delay, then its repetition, then --bye-after */
	struct tmr vanish_timer;
	cam_sdp_offer offer;
	char answer_ssrc[24];
	cam_stream *stream;
} call;

static void event_ssrc(cam_event *e, const cam_sdp_offer *offer) {
	if(offer->ssrc_text[0] != '\0')
		cam_event_str(e, "ssrc", offer->ssrc_text);
}

static void event_call(cam_event *e, const char *name, const call *c) {
	char call_id[160];
	cam_sip_text(&c->invite->callid, call_id, sizeof(call_id));
	cam_event_begin(e, name, c->device->id);
	cam_event_str(e, "channel", c->channel);
	cam_event_str(e, "call_id", call_id);
}

static void event_simple(const char *name, const call *c) {
	cam_event e;
	event_call(&e, name, c);
	cam_event_end(&e);
}

static void event_ended(const call *c, const char *reason) {
	cam_stream_stats s = cam_stream_statistics(c->stream);
	cam_event e;
	event_call(&e, "stream_ended", c);
	cam_event_str(&e, "reason", reason);
	cam_event_int(&e, "frames", (int64_t)s.frames);
	cam_event_int(&e, "key_frames", (int64_t)s.key_frames);
	cam_event_int(&e, "packets", (int64_t)s.packets);
	cam_event_int(&e, "dropped", (int64_t)s.dropped);
	cam_event_int(&e, "refused", (int64_t)s.refused);
	cam_event_end(&e);
}

/** Ends a call for good; a transaction that is still open has been answered before. */
static void call_free(call *c, const char *reason) {
	if(c->stream != NULL)
		event_ended(c, reason);
	tmr_cancel(&c->timer);
	tmr_cancel(&c->vanish_timer);
	list_unlink(&c->le);
	mem_deref(c->ok);
	mem_deref(c->transaction);
	mem_deref(c->invite);
	cam_stream_free(c->stream);
	free(c);
}

/** URI for requests within the dialog: the Contact of the INVITE, or else its From. */
static void remote_uri(const call *c, char *ret_uri, size_t size) {
	const struct sip_hdr *contact = sip_msg_hdr(c->invite, SIP_HDR_CONTACT);
	struct sip_addr address;
	if(contact != NULL && sip_addr_decode(&address, &contact->val) == 0)
		cam_sip_text(&address.auri, ret_uri, size);
	else
		cam_sip_text(&c->invite->from.auri, ret_uri, size);
}

/** The address that answers the INVITE; its source, whatever Via or Contact say. */
static struct sa remote_address(const call *c) {
	return c->invite->src;
}

static void send_bye(const call *c) {
	char uri[256], to[512], from[512], call_id[160];
	const struct sip_msg *m = c->invite;
	struct sa address = remote_address(c);
	cam_buf b = {0};
	remote_uri(c, uri, sizeof(uri));
	cam_sip_text(&m->from.val, to, sizeof(to));
	cam_sip_text(&m->to.val, from, sizeof(from));
	cam_sip_text(&m->callid, call_id, sizeof(call_id));
	cam_buf_printf(&b, "To: %s\r\nFrom: %s;tag=%016llx\r\n", to, from, (unsigned long long)m->tag);
	cam_buf_printf(&b, "Call-ID: %s\r\nCSeq: %d BYE\r\nUser-Agent: %s\r\nContent-Length: 0\r\n\r\n",
		call_id, BYE_CSEQ, c->device->world->options->user_agent);
	(void)cam_sip_request(c->device->sip, NULL, &address, "BYE", uri, &b, NULL, NULL);
	cam_buf_free(&b);
}

static void hang_up(call *c, const char *reason) {
	cam_event e;
	event_call(&e, "bye", c);
	cam_event_str(&e, "by", "camera");
	cam_event_end(&e);
	send_bye(c);
	call_free(c, reason);
}

static void bye_tick(void *arg) {
	hang_up(arg, "bye-after");
}

static void vanish_tick(void *arg) {
	call *c = arg;
	cam_world_vanish(c->device->world);
}

static void start_media(call *c) {
	const cam_options *o = c->device->world->options;
	if(o->no_media)
		return;
	if(!cam_stream_start(c->stream)) {
		hang_up(c, "no source");
		return;
	}
	cam_event e;
	event_call(&e, "stream_started", c);
	cam_event_str(&e, "address", c->offer.address);
	cam_event_int(&e, "port", c->offer.port);
	cam_event_end(&e);
}

void cam_call_ack(cam_world *world, const struct sip_msg *msg) {
	struct le *le;
	LIST_FOREACH(&world->calls, le) {
		call *c = le->data;
		if(c->state != ANSWERED || pl_cmp(&c->invite->callid, &msg->callid) != 0)
			continue;
		const cam_options *o = world->options;
		c->state = CONFIRMED;
		c->ok = mem_deref(c->ok);
		tmr_cancel(&c->timer);
		event_simple("ack", c);
		if(o->bye_after_s > 0)
			tmr_start(&c->timer, (uint64_t)o->bye_after_s * 1000, bye_tick, c);
		if(o->vanish_after_s > 0)
			tmr_start(&c->vanish_timer, (uint64_t)o->vanish_after_s * 1000, vanish_tick, c);
		start_media(c);
		return;
	}
}

static call *find_call(const cam_world *world, const struct sip_msg *msg) {
	struct le *le;
	LIST_FOREACH(&world->calls, le) {
		call *c = le->data;
		if(pl_cmp(&c->invite->callid, &msg->callid) == 0)
			return c;
	}
	return NULL;
}

void cam_call_bye(cam_world *world, struct sip *stack, const struct sip_msg *msg) {
	call *c = find_call(world, msg);
	if(c == NULL || c->state == RINGING) {
		(void)sip_treply(NULL, stack, msg, 481, "Call/Transaction Does Not Exist");
		return;
	}
	(void)sip_treply(NULL, stack, msg, 200, "OK");
	cam_event e;
	event_call(&e, "bye", c);
	cam_event_str(&e, "by", "platform");
	cam_event_end(&e);
	call_free(c, "bye");
}

void cam_call_info(cam_world *world, struct sip *stack, const struct sip_msg *msg) {
	char body[256];
	struct pl text = {(const char *)mbuf_buf(msg->mb), mbuf_get_left(msg->mb)};
	const call *c = find_call(world, msg);
	(void)sip_treply(NULL, stack, msg, 200, "OK");
	cam_event e;
	if(c == NULL)
		cam_event_begin(&e, "info", NULL);
	else
		event_call(&e, "info", c);
	cam_sip_text(&text, body, sizeof(body));
	cam_event_str(&e, "body", body);
	cam_event_end(&e);
}

static void repeat_ok(void *arg) {
	call *c = arg;
	if(cam_now_us() - c->answered_us >= (uint64_t)ACK_WAIT_MS * 1000) {
		hang_up(c, "no ack");
		return;
	}
	if(c->invite->tp == SIP_TRANSP_UDP) {
		struct sa to;
		sip_reply_addr(&to, c->invite, true);
		(void)sip_send(cam_sip_stack(c->device->sip), c->invite->sock, c->invite->tp, &to, c->ok);
	}
	uint64_t wait = (uint64_t)SIP_T1 << (c->repeats < 3 ? ++c->repeats : 3);
	tmr_start(&c->timer, wait, repeat_ok, c);
}

/** SSRC of a camera that chooses by itself: digits 4 to 8 of the platform's id and a number. */
static uint32_t own_ssrc(const cam_world *world, char *ret_text, size_t size) {
	char part[6] = "00000";
	const char *id = world->options->server_id;
	if(strlen(id) >= 8)
		memcpy(part, id + 3, 5);
	snprintf(ret_text, size, "0%s%04u", part, cam_entropy_u32() % 10000);
	return (uint32_t)strtoul(ret_text, NULL, 10);
}

/** Decides about y= of the answer (NULL: none) and the SSRC of the stream. */
static const char *choose_ssrc(call *c, uint32_t *ret_ssrc) {
	const cam_options *o = c->device->world->options;
	uint32_t ssrc = c->offer.ssrc;
	const char *answer = c->offer.ssrc_text;
	if(!c->offer.has_ssrc || o->answer_ssrc == CAM_SSRC_OTHER) {
		do
			ssrc = own_ssrc(c->device->world, c->answer_ssrc, sizeof(c->answer_ssrc));
		while(c->offer.has_ssrc && ssrc == c->offer.ssrc);
		answer = c->answer_ssrc;
	}
	if(o->answer_ssrc == CAM_SSRC_NONE)
		answer = NULL;
	else if(o->answer_ssrc == CAM_SSRC_ZERO)
		answer = "0000000000";
	if(o->rtp_ssrc == CAM_SSRC_OTHER)
		ssrc = cam_entropy_u32();
	else if(o->rtp_ssrc == CAM_SSRC_ZERO)
		ssrc = 0;
	*ret_ssrc = ssrc;
	return answer;
}

static void event_answered(const call *c, const char *answer, uint32_t ssrc) {
	cam_event e;
	event_call(&e, "answered", c);
	cam_event_int(&e, "port", cam_stream_port(c->stream));
	if(answer != NULL)
		cam_event_str(&e, "answer_ssrc", answer);
	cam_event_int(&e, "rtp_ssrc", ssrc);
	cam_event_end(&e);
}

static int send_ok(call *c, const cam_buf *sdp) {
	const cam_options *o = c->device->world->options;
	char host[64];
	(void)re_snprintf(host, sizeof(host), "%J", cam_sip_local(c->device->sip));
	return sip_treplyf(&c->transaction, &c->ok, cam_sip_stack(c->device->sip), c->invite, true, 200,
		"OK",
		"Contact: <sip:%s@%s>\r\nContent-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%b",
		c->device->id, o->contact_lie ? "10.255.255.1:9" : host, sdp->len, sdp->data, sdp->len);
}

static void refuse(call *c, uint16_t status, const char *reason) {
	(void)sip_treply(&c->transaction, cam_sip_stack(c->device->sip), c->invite, status, reason);
	cam_event e;
	event_call(&e, "refused", c);
	cam_event_int(&e, "status", status);
	cam_event_end(&e);
	call_free(c, reason);
}

static void answer(void *arg) {
	call *c = arg;
	cam_world *w = c->device->world;
	uint32_t ssrc;
	cam_buf sdp = {0};
	const char *y = choose_ssrc(c, &ssrc);
	c->stream = cam_stream_new(w, c->channel, &c->offer, ssrc, ++w->calls_made);
	if(c->stream == NULL) {
		refuse(c, 500, "No Media Socket");
		return;
	}
	cam_sdp_answer a = {c->device->id, c->offer.session[0] ? c->offer.session : "Play",
		c->offer.media, w->local_text, cam_stream_port(c->stream), c->offer.ps_type, y};
	cam_sdp_write(&a, &sdp);
	int err = send_ok(c, &sdp);
	cam_buf_free(&sdp);
	if(err != 0) {
		call_free(c, strerror(err));
		return;
	}
	c->state = ANSWERED;
	c->answered_us = cam_now_us();
	event_answered(c, y, ssrc);
	tmr_start(&c->timer, SIP_T1, repeat_ok, c);
}

static void on_cancel(void *arg) {
	call *c = arg;
	event_simple("cancel", c);
	(void)sip_treply(
		&c->transaction, cam_sip_stack(c->device->sip), c->invite, 487, "Request Terminated");
	call_free(c, "cancel");
}

static void event_invite(const call *c) {
	char text[160];
	cam_event e;
	event_call(&e, "invite", c);
	cam_sip_text(&c->invite->from.uri.user, text, sizeof(text));
	cam_event_str(&e, "from", text);
	cam_event_str(&e, "session", c->offer.session);
	cam_event_str(&e, "address", c->offer.address);
	cam_event_int(&e, "port", c->offer.port);
	event_ssrc(&e, &c->offer);
	cam_event_int(&e, "invites", c->device->invites);
	cam_event_end(&e);
}

/** The status to refuse with, or 0. */
static uint16_t refusal(const call *c, bool sdp_ok, const char **ret_reason) {
	cam_world *w = c->device->world;
	const cam_options *o = w->options;
	if(o->invite_status != 0 &&
		(o->invite_refusals == 0 || w->invites <= (uint32_t)o->invite_refusals)) {
		*ret_reason = "As Configured";
		return (uint16_t)o->invite_status;
	}
	if(!sdp_ok || c->offer.tcp) {
		*ret_reason = "Not Acceptable Here";
		return 488;
	}
	/* this call is counted already */
	if(cam_call_count(w, c->device->id) > (unsigned)o->max_streams) {
		*ret_reason = "Busy Here";
		return 486;
	}
	return 0;
}

static call *new_call(cam_device *d, const char *channel, const struct sip_msg *msg) {
	call *c = cam_alloc(sizeof(*c));
	c->device = d;
	cam_id_add(channel, 0, c->channel);
	c->invite = cam_sip_keep(msg);
	list_append(&d->world->calls, &c->le, c);
	d->invites++;
	d->world->invites++;
	return c;
}

void cam_call_invite(cam_device *d, const char *channel, const struct sip_msg *msg) {
	struct sip *stack = cam_sip_stack(d->sip);
	const cam_options *o = d->world->options;
	if(pl_isset(&msg->to.tag) || find_call(d->world, msg) != NULL) {
		(void)sip_treply(NULL, stack, msg, 488, "Not Acceptable Here"); /* no re-INVITE */
		return;
	}
	call *c = new_call(d, channel, msg);
	bool sdp_ok = cam_sdp_parse((const char *)mbuf_buf(msg->mb), mbuf_get_left(msg->mb), &c->offer);
	event_invite(c);
	if(o->no_answer) {
		call_free(c, "no answer");
		return;
	}
	if(sip_strans_alloc(&c->transaction, stack, msg, on_cancel, c) != 0) {
		call_free(c, "no memory");
		return;
	}
	const char *reason = NULL;
	uint16_t status = refusal(c, sdp_ok, &reason);
	if(status != 0) {
		refuse(c, status, reason);
		return;
	}
	(void)sip_treply(&c->transaction, stack, msg, 100, "Trying");
	if(o->answer_delay_ms > 0)
		tmr_start(&c->timer, (uint64_t)o->answer_delay_ms, answer, c);
	else
		answer(c);
}

static bool meant(const call *c, const char *id) {
	return id == NULL || strcmp(id, c->device->id) == 0 || strcmp(id, c->channel) == 0;
}

unsigned cam_call_end(cam_world *world, const char *id) {
	unsigned n = 0;
	struct le *le = list_head(&world->calls);
	while(le != NULL) {
		call *c = le->data;
		le = le->next;
		if(!meant(c, id))
			continue;
		n++;
		if(c->state == RINGING)
			refuse(c, 480, "Temporarily Unavailable");
		else
			hang_up(c, "control");
	}
	return n;
}

unsigned cam_call_media(cam_world *world, const char *id, bool send) {
	unsigned n = 0;
	struct le *le;
	LIST_FOREACH(&world->calls, le) {
		call *c = le->data;
		if(c->state != CONFIRMED || !meant(c, id))
			continue;
		n++;
		if(send)
			(void)cam_stream_start(c->stream);
		else
			cam_stream_stop(c->stream);
	}
	return n;
}

unsigned cam_call_ask_key(cam_world *world, const char *id) {
	unsigned n = 0;
	struct le *le;
	LIST_FOREACH(&world->calls, le) {
		call *c = le->data;
		if(c->stream == NULL || !cam_stream_runs(c->stream) || !meant(c, id))
			continue;
		n++;
		cam_stream_key(c->stream);
	}
	return n;
}

unsigned cam_call_count(const cam_world *world, const char *id) {
	unsigned n = 0;
	struct le *le;
	LIST_FOREACH(&world->calls, le)
	n += meant(le->data, id);
	return n;
}

unsigned cam_call_key_frame(cam_device *device, const char *target) {
	unsigned n = 0;
	struct le *le;
	LIST_FOREACH(&device->world->calls, le) {
		call *c = le->data;
		if(c->device != device || c->stream == NULL || !meant(c, target))
			continue;
		n++;
		cam_stream_key(c->stream);
	}
	return n;
}

void cam_call_drop_all(cam_world *world) {
	while(!list_isempty(&world->calls))
		call_free(list_head(&world->calls)->data, "vanished");
}
