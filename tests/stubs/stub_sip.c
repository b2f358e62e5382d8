#include "stubs/stub_sip.h"

#include <poll.h>
#include <pthread.h>
#include <string.h>

struct gb_sip {
	gb_sip_ops ops;
	void *user;
	gb_mailbox *mailbox;
	gb_timers *timers;
	stub_sip_record seen;
	pthread_t thread;
	gint stop; /**< atomic */
};

static void free_message(gpointer data) {
	stub_message *message = data;
	g_free(message->to);
	g_free(message->body);
	g_free(message);
}

static void free_call(gpointer data) {
	gb_sip_call *call = data;
	g_free(call->to);
	g_free(call->subject);
	g_free(call->sdp);
	g_free(call);
}

gb_sip *stub_sip_new(const gb_sip_ops *ops, void *user) {
	gb_sip *sip = g_new0(gb_sip, 1);
	sip->ops = *ops;
	sip->user = user;
	sip->mailbox = gb_mailbox_new(0);
	sip->timers = gb_timers_new();
	sip->seen.reply.headers = g_strdup("");
	sip->seen.messages = g_ptr_array_new_with_free_func(free_message);
	sip->seen.calls = g_ptr_array_new_with_free_func(free_call);
	return sip;
}

void stub_sip_free(gb_sip *sip) {
	g_ptr_array_free(sip->seen.messages, TRUE);
	g_ptr_array_free(sip->seen.calls, TRUE);
	g_free(sip->seen.reply.headers);
	gb_mailbox_free(sip->mailbox);
	gb_timers_free(sip->timers);
	g_free(sip);
}

stub_sip_record *stub_sip_seen(gb_sip *sip) {
	return &sip->seen;
}

/* ---- the test is the device ---------------------------------------------------------------- */

void stub_sip_request(gb_sip *sip, gb_sip_request *request) {
	request->private_data = sip;
	sip->seen.reply.count = 0;
	sip->seen.reply.status = 0;
	sip->ops.request(sip->user, request);
}

void stub_sip_lose_flow(gb_sip *sip, uint64_t flow) {
	sip->ops.flow_lost(sip->user, flow);
}

void stub_message_answer(stub_message *message, int status) {
	gb_sip_done done = message->done;
	message->done = NULL;
	if(done)
		done(message->user, status, "Answer");
}

void stub_sip_clear_messages(gb_sip *sip) {
	g_ptr_array_set_size(sip->seen.messages, 0);
}

void stub_call_progress(gb_sip_call *call, int status) {
	if(!call->hung_up && !call->ended)
		call->ops.progress(call->user, status, "Trying");
}

void stub_call_answer(gb_sip_call *call, const char *source, const char *sdp) {
	gb_addr from;
	g_assert_true(gb_addr_parse(source, &from));
	if(!call->hung_up && !call->ended)
		call->ops.answered(call->user, &from, sdp, strlen(sdp));
}

void stub_call_end(gb_sip_call *call, int status) {
	if(call->hung_up || call->ended)
		return;
	call->ended = true;
	call->ops.ended(call->user, status, status ? "Refused" : "bye");
	stub_call_close(call);
}

void stub_call_close(gb_sip_call *call) {
	if(call->closed)
		return;
	g_assert_true(call->hung_up || call->ended);
	call->closed = true;
	call->ops.closed(call->user);
}

/* ---- gb_sip.h ------------------------------------------------------------------------------ */

static void *run(void *data) {
	gb_sip *sip = data;
	while(!g_atomic_int_get(&sip->stop)) {
		struct pollfd fd = {.fd = gb_mailbox_fd(sip->mailbox), .events = POLLIN};
		(void)poll(&fd, 1, 5);
		(void)gb_mailbox_run(sip->mailbox);
		(void)gb_timers_run(sip->timers);
	}
	return NULL;
}

gb_sip *gb_sip_new(const gb_sip_config *config, const gb_sip_ops *ops, void *user, GError **error) {
	(void)config;
	(void)error;
	gb_sip *sip = stub_sip_new(ops, user);
	g_assert_cmpint(pthread_create(&sip->thread, NULL, run, sip), ==, 0);
	return sip;
}

void gb_sip_free(gb_sip *sip) {
	g_atomic_int_set(&sip->stop, 1);
	(void)pthread_join(sip->thread, NULL);
	stub_sip_free(sip);
}

gb_mailbox *gb_sip_mailbox(gb_sip *sip) {
	return sip->mailbox;
}

gb_timers *gb_sip_timers(gb_sip *sip) {
	return sip->timers;
}

char **gb_sip_listeners(gb_sip *sip) {
	(void)sip;
	return g_strsplit("udp 10.0.0.1:5060", ",", -1);
}

void gb_sip_reply(
	const gb_sip_request *request, int status, const char *phrase, gb_sip_headers headers) {
	gb_sip *sip = request->private_data;
	g_assert_nonnull(phrase);
	sip->seen.reply.count++;
	sip->seen.reply.status = status;
	GString *lines = g_string_new(NULL);
	for(size_t i = 0; headers && headers[i]; i++)
		g_string_append_printf(lines, "%s\n", headers[i]);
	g_free(sip->seen.reply.headers);
	sip->seen.reply.headers = g_string_free(lines, FALSE);
}

void gb_sip_message(gb_sip *sip, const gb_sip_peer *peer, const char *to, const char *body,
	size_t body_len, gb_sip_done done, void *user) {
	stub_message *message = g_new0(stub_message, 1);
	message->to = g_strdup(to);
	message->body = g_strndup(body, body_len);
	message->peer = *peer;
	message->done = done;
	message->user = user;
	g_ptr_array_add(sip->seen.messages, message);
}

gb_sip_call *gb_sip_invite(gb_sip *sip, const gb_sip_peer *peer, const char *to,
	const char *subject, const char *sdp, int64_t answer_timeout_us, const gb_sip_call_ops *ops,
	void *user) {
	gb_sip_call *call = g_new0(gb_sip_call, 1);
	call->to = g_strdup(to);
	call->subject = g_strdup(subject);
	call->sdp = g_strdup(sdp);
	call->peer = *peer;
	call->answer_timeout_us = answer_timeout_us;
	call->ops = *ops;
	call->user = user;
	g_ptr_array_add(sip->seen.calls, call);
	return call;
}

void gb_sip_call_hangup(gb_sip_call *call) {
	g_assert_false(call->hung_up);
	g_assert_false(call->ended);
	call->hung_up = true;
}

void gb_sip_call_move(gb_sip_call *call, const gb_sip_peer *peer) {
	g_assert_false(call->closed);
	call->peer = *peer;
	call->moves++;
}
