/* sip_driver.c - gb_sip with a trivial domain, steered by lines on stdin; what happens is printed,
 * one line each.
 *
 *   sip_driver PORT IP...
 *
 *   invite NAME DEVICE MILLISECONDS   calls a device that registered; NAME is for the other
 * commands hangup NAME message DEVICE TEXT               sends a MESSAGE with this body listeners
 *   quit                              (or end of input)
 *
 * The run script compares these lines and lets SIPp play the devices. */
#include "gb28181/base/gb_clock.h"
#include "gb28181/base/gb_log.h"
#include "gb28181/engine/gb_sip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
	gb_sip *sip;
	GHashTable *peers; /* device → gb_sip_peer */
	GHashTable *calls; /* name → named_call; until closed */
} driver;

typedef struct {
	driver *owner;
	char *name;
	gb_sip_call *call;
} named_call;

typedef struct {
	driver *owner;
	char *line;
} command;

static const char SDP[] = "v=0\r\n"
						  "o=34020000001320000001 0 0 IN IP4 127.0.0.1\r\n"
						  "s=Play\r\n"
						  "c=IN IP4 127.0.0.1\r\n"
						  "t=0 0\r\n"
						  "m=video 30000 RTP/AVP 96\r\n"
						  "a=recvonly\r\n"
						  "a=rtpmap:96 PS/90000\r\n"
						  "y=0200000001\r\n";

static void G_GNUC_PRINTF(1, 2) event(const char *format, ...) {
	va_list args;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

/* ---- the domain ---- */

static void remember(driver *self, const gb_sip_request *request) {
	gb_sip_peer *copy = g_new(gb_sip_peer, 1);
	*copy = request->peer;
	g_hash_table_replace(self->peers, g_strdup(request->from_user), copy);
}

static void report(const char *what, const gb_sip_request *request) {
	char remote[GB_ADDR_TEXT], local[GB_ADDR_TEXT];
	event("%s %s %s %s at %s flow=%" G_GUINT64_FORMAT " expires=%" G_GINT64_FORMAT
		  " star=%d contact=%s agent=%s ver=%s auth=%s",
		what, request->from_user, gb_sip_transport_name(request->peer.transport),
		gb_addr_format(remote, &request->peer.remote), gb_addr_format(local, &request->peer.local),
		request->peer.flow, request->expires, request->contact_star, request->contact,
		request->user_agent, request->gb_version, request->authorization);
}

static void answer_register(driver *self, const gb_sip_request *request) {
	g_autofree char *contact = g_strdup_printf("Contact: %s", request->contact);
	const char *const headers[] = {
		contact, "Expires: 3600", "Date: 2026-01-02T03:04:05.678", "X-GB-Ver: 3.0", NULL};
	remember(self, request);
	report("register", request);
	gb_sip_reply(request, 200, "OK", headers);
}

static void answer_message(const gb_sip_request *request) {
	gb_sip_reply(request, 200, NULL, NULL);
	/* The load test would drown in lines. */
	if(strcmp(request->to_user, "quiet") != 0)
		event("message %s to=%s type=%s bytes=%zu", request->from_user, request->to_user,
			request->content_type, request->body_len);
}

static void on_request(void *user, const gb_sip_request *request) {
	driver *self = user;
	if(request->method == GB_SIP_REGISTER)
		answer_register(self, request);
	else if(request->method == GB_SIP_MESSAGE || request->method == GB_SIP_NOTIFY)
		answer_message(request);
	else if(request->method == GB_SIP_INVITE)
		gb_sip_reply(request, 403, NULL, NULL);
	/* SUBSCRIBE stays unanswered: the engine owes it a 500 */
}

static void on_flow_lost(void *user, uint64_t flow) {
	(void)user;
	event("flow_lost %" G_GUINT64_FORMAT, flow);
}

/* ---- calls ---- */

static void on_progress(void *user, int status, const char *reason) {
	const named_call *call = user;
	event("%s progress %d %s", call->name, status, reason);
}

static void on_answered(void *user, const gb_addr *source, const char *sdp, size_t len) {
	const named_call *call = user;
	char text[GB_ADDR_TEXT];
	event("%s answered from %s bytes=%zu:%zu", call->name, gb_addr_format(text, source), len,
		strlen(sdp));
}

static void on_ended(void *user, int status, const char *reason) {
	const named_call *call = user;
	event("%s ended %d %s", call->name, status, reason);
}

static void named_call_free(void *data) {
	named_call *call = data;
	g_free(call->name);
	g_free(call);
}

static void on_closed(void *user) {
	named_call *call = user;
	event("%s closed", call->name);
	g_hash_table_remove(call->owner->calls, call->name);
}

static void on_done(void *user, int status, const char *reason) {
	(void)user;
	event("done %d %s", status, reason);
}

/* ---- commands, on the SIP thread ---- */

static void run_invite(driver *self, char **words) {
	static const gb_sip_call_ops OPS = {on_progress, on_answered, on_ended, on_closed};
	const gb_sip_peer *peer = g_hash_table_lookup(self->peers, words[2]);
	named_call *call = g_new0(named_call, 1);
	call->owner = self;
	call->name = g_strdup(words[1]);
	g_hash_table_replace(self->calls, call->name, call);
	g_autofree char *subject = g_strdup_printf("%s:0200000001,34020000002000000001:0", words[2]);
	gb_sip_peer none = {0};
	call->call = gb_sip_invite(self->sip, peer ? peer : &none, words[2], subject, SDP,
		g_ascii_strtoll(words[3], NULL, 10) * GB_MS, &OPS, call);
	event("%s invited", call->name);
}

static void run_message(driver *self, char **words) {
	const gb_sip_peer *peer = g_hash_table_lookup(self->peers, words[1]);
	gb_sip_peer none = {0};
	gb_sip_message(
		self->sip, peer ? peer : &none, words[1], words[2], strlen(words[2]), on_done, NULL);
	event("sent");
}

static void run_hangup(driver *self, char **words) {
	const named_call *call = g_hash_table_lookup(self->calls, words[1]);
	if(call != NULL)
		gb_sip_call_hangup(call->call);
}

static void run_listeners(driver *self) {
	g_auto(GStrv) texts = gb_sip_listeners(self->sip);
	g_autofree char *line = g_strjoinv(", ", texts);
	event("listeners %s", line);
}

static void run_command(void *data) {
	command *self = data;
	g_auto(GStrv) words = g_strsplit(self->line, " ", 4);
	guint count = g_strv_length(words);
	if(count == 4 && strcmp(words[0], "invite") == 0)
		run_invite(self->owner, words);
	else if(count == 2 && strcmp(words[0], "hangup") == 0)
		run_hangup(self->owner, words);
	else if(count == 3 && strcmp(words[0], "message") == 0)
		run_message(self->owner, words);
	else if(count == 1 && strcmp(words[0], "listeners") == 0)
		run_listeners(self->owner);
	else
		event("what? %s", self->line);
	g_free(self->line);
	g_free(self);
}

static void drop_command(void *data) {
	command *self = data;
	g_free(self->line);
	g_free(self);
}

static void read_commands(driver *self) {
	char line[512];
	while(fgets(line, sizeof line, stdin) != NULL) {
		g_strchomp(line);
		if(strcmp(line, "quit") == 0)
			return;
		command *next = g_new(command, 1);
		next->owner = self;
		next->line = g_strdup(line);
		(void)gb_mailbox_post(gb_sip_mailbox(self->sip), run_command, next, drop_command);
	}
}

int main(int argc, char **argv) {
	static const gb_sip_ops OPS = {on_request, on_flow_lost};
	if(argc < 3)
		return 2;
	gb_log_set_sink(NULL, getenv("SIP_DRIVER_DEBUG") ? GB_LOG_DEBUG : GB_LOG_INFO);
	char server_id[] = "34020000002000000001", realm[] = "3402000000", agent[] = "sip-driver";
	gb_sip_config config = {
		.ips = argv + 2,
		.port = (uint16_t)g_ascii_strtoull(argv[1], NULL, 10),
		.udp = true,
		.tcp = true,
		.server_id = server_id,
		.realm = realm,
		.user_agent = agent,
	};
	driver self = {
		.peers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
		.calls = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, named_call_free),
	};
	g_autoptr(GError) error = NULL;
	self.sip = gb_sip_new(&config, &OPS, &self, &error);
	if(self.sip != NULL) {
		event("ready");
		read_commands(&self);
		gb_sip_free(self.sip);
		event("freed");
	} else {
		event("failed: %s", error->message);
	}
	g_hash_table_unref(self.calls);
	g_hash_table_unref(self.peers);
	return self.sip ? 0 : 1;
}
