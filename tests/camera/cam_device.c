#include "cam_device.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cam_event.h"
#include "cam_query.h"
#include "cam_xml.h"

enum {
	CHALLENGES_MAX = 3,					 /* a right password needs one, a stale nonce one more */
	MISSES_MAX = 3,						 /* keepalives without an answer */
	RECONNECT_MS = 1000,				 /* after a broken connection */
	SEND_QUEUE_BYTES = 32 * 1024 * 1024, /* a catalog of 10000 channels in one message */
	/* libre's CRLF pings are not wanted, only its notice of the connection's end */
	FLOW_INTERVAL_S = 86400,
};

static void send_register(cam_device *d);
static void keepalive_tick(void *arg);

static const char *contact_host(const cam_device *d, char *text, size_t size) {
	if(d->world->options->contact_lie)
		return "10.255.255.1:9";
	(void)re_snprintf(text, size, "%J", cam_sip_local(d->sip));
	return text;
}

static void random_hex(char *ret_text, size_t digits) {
	static const char hex[] = "0123456789abcdef";
	for(size_t i = 0; i < digits; i++)
		ret_text[i] = hex[cam_entropy_u32() & 15];
	ret_text[digits] = '\0';
}

static void new_identity(cam_device *d) {
	random_hex(d->call_id, 32);
	random_hex(d->tag, 16);
	d->cseq = 0;
	d->challenges = 0;
	d->digest = (cam_digest){0};
}

static bool leaving(const cam_device *d) {
	return d->state == CAM_LEAVING;
}

static void stop_keepalive(cam_device *d) {
	tmr_cancel(&d->keepalive_timer);
	d->keepalive_request = mem_deref(d->keepalive_request);
	d->keepalive_waits = false;
	d->misses = 0;
}

static void start_keepalive(cam_device *d) {
	const cam_options *o = d->world->options;
	if(o->keepalive_s == 0 || tmr_isrunning(&d->keepalive_timer))
		return;
	uint64_t delay = (uint64_t)o->keepalive_s * 1000;
	if(o->count > 1) /* many devices do not all speak at the same moment */
		delay = cam_entropy_u32() % delay;
	tmr_start(&d->keepalive_timer, delay, keepalive_tick, d);
}

static void gone(cam_device *d) {
	d->state = CAM_GONE;
	cam_world_device_stopped(d->world);
}

static void register_tick(void *arg) {
	send_register(arg);
}

static void failed(cam_device *d, int status, const char *reason) {
	cam_event e;
	int retry_s = d->world->options->retry_s;
	cam_event_begin(&e, "register_failed", d->id);
	if(status > 0)
		cam_event_int(&e, "status", status);
	cam_event_str(&e, "reason", reason);
	cam_event_int(&e, "retry_s", leaving(d) ? 0 : retry_s);
	cam_event_end(&e);
	if(leaving(d)) {
		gone(d);
		return;
	}
	stop_keepalive(d);
	d->state = CAM_IDLE;
	new_identity(d);
	uint64_t ms = (uint64_t)retry_s * 1000;
	tmr_start(&d->register_timer, ms + cam_entropy_u32() % (ms / 10 + 1), register_tick, d);
}

/** The connection that the registration came over broke. */
static void flow_closed(int err, void *arg) {
	cam_device *d = arg;
	cam_event e;
	if(err == 0)
		return;
	d->flow = mem_deref(d->flow);
	if(d->state != CAM_REGISTERED)
		return;
	cam_event_begin(&e, "connection_lost", d->id);
	cam_event_end(&e);
	stop_keepalive(d);
	d->state = CAM_IDLE;
	new_identity(d);
	tmr_start(&d->register_timer, RECONNECT_MS, register_tick, d);
}

static void watch_flow(cam_device *d, const struct sip_msg *msg) {
	d->flow = mem_deref(d->flow);
	if(msg->tp != SIP_TRANSP_TCP)
		return;
	(void)sip_keepalive_start(
		&d->flow, cam_sip_stack(d->sip), msg, FLOW_INTERVAL_S, flow_closed, d);
	tcp_conn_txqsz_set(sip_msg_tcpconn(msg), SEND_QUEUE_BYTES);
}

static uint32_t granted(const cam_device *d, const struct sip_msg *msg) {
	const struct sip_hdr *contact = sip_msg_hdr(msg, SIP_HDR_CONTACT);
	struct pl value;
	if(pl_isset(&msg->expires))
		return pl_u32(&msg->expires);
	if(contact != NULL && msg_param_decode(&contact->val, "expires", &value) == 0)
		return pl_u32(&value);
	return (uint32_t)d->world->options->expires_s;
}

static void event_registered(const cam_device *d, const struct sip_msg *msg, uint32_t expires) {
	const struct sip_hdr *date = sip_msg_xhdr(msg, "Date");
	char text[64];
	cam_event e;
	cam_event_begin(&e, "registered", d->id);
	cam_event_int(&e, "expires_s", expires);
	if(date != NULL) {
		cam_sip_text(&date->val, text, sizeof(text));
		cam_event_str(&e, "date", text);
	}
	cam_event_end(&e);
}

static void registered(cam_device *d, const struct sip_msg *msg) {
	d->challenges = 0;
	if(leaving(d)) {
		cam_event e;
		cam_event_begin(&e, "unregistered", d->id);
		cam_event_end(&e);
		gone(d);
		return;
	}
	uint32_t expires = granted(d, msg);
	d->state = CAM_REGISTERED;
	event_registered(d, msg, expires);
	watch_flow(d, msg);
	start_keepalive(d);
	uint64_t refresh_ms = (uint64_t)(expires > 1 ? expires : 1) * 900;
	tmr_start(&d->register_timer, refresh_ms, register_tick, d);
}

static void challenged(cam_device *d, const struct sip_msg *msg) {
	bool had = d->digest.known && d->digest.count > 0, stale = false;
	bool first = d->challenges++ == 0;
	if(!cam_digest_challenge(&d->digest, msg, &stale)) {
		failed(d, msg->scode, "a challenge that this device cannot answer");
		return;
	}
	/* the first refusal of a nonce that served before is no wrong password either */
	if((had && !first && !stale) || d->challenges > CHALLENGES_MAX)
		failed(d, msg->scode, "the password was refused");
	else
		send_register(d);
}

static void on_register_answer(int err, const struct sip_msg *msg, void *arg) {
	cam_device *d = arg;
	char reason[128];
	if(err != 0 || msg == NULL) {
		failed(d, 0, err == ETIMEDOUT ? "no answer" : strerror(err));
		return;
	}
	if(msg->scode < 200)
		return;
	if(msg->scode == 401 || msg->scode == 407) {
		challenged(d, msg);
	} else if(msg->scode < 300) {
		registered(d, msg);
	} else {
		cam_sip_text(&msg->reason, reason, sizeof(reason));
		failed(d, msg->scode, reason);
	}
}

static void send_register(cam_device *d) {
	const cam_world *w = d->world;
	const cam_options *o = w->options;
	char uri[192], host[64];
	cam_buf b = {0};
	if(d->state == CAM_IDLE)
		d->state = CAM_REGISTERING;
	snprintf(uri, sizeof(uri), "sip:%s@%s", o->server_id, w->domain);
	cam_buf_printf(&b, "From: <sip:%s@%s>;tag=%s\r\nTo: <sip:%s@%s>\r\n", d->id, w->domain, d->tag,
		d->id, w->domain);
	cam_buf_printf(&b, "Call-ID: %s\r\nCSeq: %u REGISTER\r\nContact: <sip:%s@%s>\r\n", d->call_id,
		++d->cseq, d->id, contact_host(d, host, sizeof(host)));
	cam_digest_header(&d->digest, d->id, o->password, "REGISTER", uri, &b);
	cam_buf_printf(&b, "User-Agent: %s\r\nX-GB-Ver: %s\r\nExpires: %d\r\nContent-Length: 0\r\n\r\n",
		o->user_agent, o->gb_version, leaving(d) ? 0 : o->expires_s);
	d->register_request = mem_deref(d->register_request);
	int err = cam_sip_request(
		d->sip, &d->register_request, &w->server, "REGISTER", uri, &b, on_register_answer, d);
	cam_buf_free(&b);
	if(err != 0)
		failed(d, 0, strerror(err));
}

static void on_keepalive_answer(int err, const struct sip_msg *msg, void *arg) {
	cam_device *d = arg;
	if(err != 0 || msg == NULL || msg->scode < 200)
		return;
	d->keepalive_waits = false;
	cam_event e;
	cam_event_begin(&e, "keepalive", d->id);
	cam_event_int(&e, "sn", d->sn);
	cam_event_int(&e, "status", msg->scode);
	cam_event_end(&e);
}

static void send_keepalive(cam_device *d) {
	cam_buf xml = {0};
	cam_device_xml(d, &xml);
	cam_buf_text(&xml, "<Notify>\r\n");
	cam_xml_element(&xml, "CmdType", "Keepalive");
	cam_xml_element_int(&xml, "SN", ++d->sn);
	cam_xml_element(&xml, "DeviceID", d->id);
	cam_xml_element(&xml, "Status", "OK");
	cam_buf_text(&xml, "</Notify>\r\n");
	d->keepalive_waits = true;
	d->keepalive_request = mem_deref(d->keepalive_request);
	(void)cam_device_message(
		d, &d->keepalive_request, d->world->options->server_id, &xml, on_keepalive_answer, d);
	cam_buf_free(&xml);
}

static void keepalive_tick(void *arg) {
	cam_device *d = arg;
	d->misses = d->keepalive_waits ? d->misses + 1 : 0;
	if(d->misses >= MISSES_MAX) {
		cam_event e;
		cam_event_begin(&e, "keepalive_lost", d->id);
		cam_event_end(&e);
		cam_device_reregister(d);
		return;
	}
	send_keepalive(d);
	tmr_start(
		&d->keepalive_timer, (uint64_t)d->world->options->keepalive_s * 1000, keepalive_tick, d);
}

void cam_device_xml(const cam_device *device, cam_buf *xml) {
	const cam_options *o = device->world->options;
	bool utf8 = strcasecmp(o->charset, "utf-8") == 0;
	const char *encoding = o->xml_encoding ? o->xml_encoding : utf8 ? "UTF-8" : "GB2312";
	cam_buf_printf(xml, "<?xml version=\"1.0\" encoding=\"%s\"?>\r\n", encoding);
}

int cam_device_message(cam_device *d, struct sip_request **request, const char *to_user,
	const cam_buf *xml, sip_resp_h *handler, void *arg) {
	const cam_world *w = d->world;
	char uri[192], call_id[33], tag[17];
	cam_buf body = {0}, b = {0};
	if(!cam_xml_encode((const char *)xml->data, xml->len, w->options->charset, &body))
		cam_buf_put(&body, xml->data, xml->len);
	random_hex(call_id, 32);
	random_hex(tag, 16);
	snprintf(uri, sizeof(uri), "sip:%s@%s", to_user, w->domain);
	cam_buf_printf(&b, "From: <sip:%s@%s>;tag=%s\r\nTo: <%s>\r\n", d->id, w->domain, tag, uri);
	cam_buf_printf(&b, "Call-ID: %s\r\nCSeq: 20 MESSAGE\r\nUser-Agent: %s\r\n", call_id,
		w->options->user_agent);
	cam_buf_printf(
		&b, "Content-Type: Application/MANSCDP+xml\r\nContent-Length: %zu\r\n\r\n", body.len);
	cam_buf_put(&b, body.data, body.len);
	int err = cam_sip_request(d->sip, request, &w->server, "MESSAGE", uri, &b, handler, arg);
	cam_buf_free(&body);
	cam_buf_free(&b);
	return err;
}

void cam_device_start(cam_device *device, uint64_t delay_ms) {
	tmr_start(&device->register_timer, delay_ms, register_tick, device);
}

void cam_device_reregister(cam_device *d) {
	stop_keepalive(d);
	d->register_request = mem_deref(d->register_request);
	new_identity(d);
	d->state = CAM_IDLE;
	cam_device_start(d, 0);
}

void cam_device_stop(cam_device *d) {
	bool known = d->state == CAM_REGISTERED;
	stop_keepalive(d);
	tmr_cancel(&d->register_timer);
	d->register_request = mem_deref(d->register_request);
	if(!known) {
		gone(d);
		return;
	}
	d->state = CAM_LEAVING;
	send_register(d);
}

void cam_device_silence(cam_device *d) {
	stop_keepalive(d);
	cam_query_drop(d);
	tmr_cancel(&d->register_timer);
	d->register_request = mem_deref(d->register_request);
	d->flow = mem_deref(d->flow);
	if(d->sip != d->world->shared)
		cam_sip_free(d->sip);
	d->sip = NULL;
	d->state = CAM_GONE;
}

cam_device *cam_device_new(cam_world *world, uint32_t index) {
	cam_device *d = cam_alloc(sizeof(*d));
	d->world = world;
	d->index = index;
	cam_id_add(world->options->id, index, d->id);
	new_identity(d);
	return d;
}

void cam_device_free(cam_device *d) {
	if(d == NULL)
		return;
	cam_device_silence(d);
	free(d);
}
