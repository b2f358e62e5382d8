#include "stubs/domain_fixture.h"

#include "gb28181/domain/gb_online.h"

#include <string.h>

/* ---- events -------------------------------------------------------------------------------- */

static const char *change_name(gb_change change) {
	static const char *const names[] = {
		"added", "updated", "removed", "online", "offline", "started", "ended"};
	return names[change];
}

static void on_device(void *user, gb_change change, const gb_device_info *info) {
	fixture *fx = user;
	g_string_append_printf(fx->events, "device %s %s\n", change_name(change), info->id);
}

static void on_channel(void *user, gb_change change, const gb_channel_info *info) {
	fixture *fx = user;
	g_string_append_printf(
		fx->events, "channel %s %s %s\n", change_name(change), info->device, info->id);
}

static void on_stream(void *user, gb_change change, const gb_stream_info *info) {
	fixture *fx = user;
	g_string_append_printf(fx->events, "stream %s %s %s\n", change_name(change), info->channel,
		gb_play_state_name(info->state));
}

bool fixture_saw(fixture *fx, const char *event) {
	g_autofree char *line = g_strdup_printf("%s\n", event);
	bool saw = strstr(fx->events->str, line) != NULL;
	if(saw)
		g_string_truncate(fx->events, 0);
	return saw;
}

/* ---- life ---------------------------------------------------------------------------------- */

void fixture_config(fixture *fx) {
	memset(fx, 0, sizeof(*fx));
	gb_clock_fake(1000 * GB_SECOND, 1795372800 * GB_SECOND);
	gb_server_config_default(&fx->config);
	fx->events = g_string_new(NULL);
	stub_store_format();
}

void fixture_start(fixture *fx) {
	static const gb_server_events events = {on_device, on_channel, on_stream};
	g_autoptr(GError) error = NULL;
	fx->server = gb_core_new(&fx->config, &events, fx, &error);
	g_assert_no_error(error);
	fx->sip = stub_sip_new(&gb_core_sip_ops, fx->server);
	fx->media = stub_media_new();
	gb_core_start(fx->server, fx->sip, fx->media);
}

void fixture_up(fixture *fx) {
	fixture_config(fx);
	fixture_start(fx);
}

void fixture_stop(fixture *fx) {
	gb_core_stop(fx->server);
	stub_media_free(fx->media);
	stub_sip_free(fx->sip);
	gb_core_free(fx->server);
}

void fixture_down(fixture *fx) {
	fixture_stop(fx);
	gb_server_config_clear(&fx->config);
	g_string_free(fx->events, TRUE);
	stub_store_forget();
	gb_clock_real();
}

void fixture_restart(fixture *fx, int64_t away_us) {
	fixture_stop(fx);
	gb_clock_fake_advance(away_us);
	fixture_start(fx);
}

void fixture_advance(fixture *fx, int64_t us) {
	gb_timers *timers = gb_sip_timers(fx->sip);
	int64_t end = gb_clock_us() + us;
	(void)gb_timers_run(timers);
	for(;;) {
		int64_t next = gb_timers_next_us(timers);
		int64_t left = end - gb_clock_us();
		if(next < 0 || next > left) {
			gb_clock_fake_advance(left);
			break;
		}
		/* what a timer starts anew without delay is due one microsecond later */
		gb_clock_fake_advance(next);
		(void)gb_timers_run(timers);
	}
}

/* ---- requests ------------------------------------------------------------------------------ */

gb_sip_peer fixture_udp(const char *address) {
	gb_sip_peer peer = {.transport = GB_SIP_UDP};
	g_assert_true(gb_addr_parse(address, &peer.remote));
	g_assert_true(gb_addr_parse("10.0.0.1:5060", &peer.local));
	return peer;
}

gb_sip_peer fixture_tcp(const char *address, uint64_t flow) {
	gb_sip_peer peer = fixture_udp(address);
	peer.transport = GB_SIP_TCP;
	peer.flow = flow;
	return peer;
}

static void fill(const char **text, const char *value) {
	if(!*text)
		*text = value;
}

int fixture_request(fixture *fx, gb_sip_request *request) {
	if(!request->cseq)
		request->cseq = ++fx->cseq;
	fill(&request->method_name, "");
	fill(&request->to_user, request->from_user);
	fill(&request->uri_user, fx->config.sip.server_id);
	fill(&request->call_id, "call");
	fill(&request->contact, "");
	fill(&request->authorization, "");
	fill(&request->user_agent, "");
	fill(&request->gb_version, "");
	fill(&request->content_type, "");
	fill(&request->body, "");
	stub_sip_request(fx->sip, request);
	g_assert_cmpuint(fixture_reply(fx)->count, ==, 1);
	return fixture_reply(fx)->status;
}

int fixture_register(fixture *fx, const char *device, const char *address, int expires) {
	gb_sip_request request = {
		.method = GB_SIP_REGISTER,
		.from_user = device,
		.expires = expires,
		.contact = "<sip:device@192.168.1.64:5060>",
		.peer = fixture_udp(address),
	};
	return fixture_request(fx, &request);
}

int fixture_message(fixture *fx, const char *device, const char *address, const char *body) {
	gb_sip_request request = {
		.method = GB_SIP_MESSAGE,
		.from_user = device,
		.expires = -1,
		.content_type = "Application/MANSCDP+xml",
		.body = body,
		.body_len = strlen(body),
		.peer = fixture_udp(address),
	};
	return fixture_request(fx, &request);
}

int fixture_keepalive(fixture *fx, const char *device, const char *address) {
	g_autofree char *body =
		g_strdup_printf("<?xml version=\"1.0\"?><Notify><CmdType>Keepalive</CmdType><SN>1</SN>"
						"<DeviceID>%s</DeviceID><Status>OK</Status></Notify>",
			device);
	return fixture_message(fx, device, address, body);
}

int fixture_catalog(fixture *fx, const char *device, const char *address, int64_t sn, int sum,
	const char *const *ids) {
	g_autoptr(GString) items = g_string_new(NULL);
	for(size_t i = 0; ids[i]; i++)
		g_string_append_printf(items,
			"<Item><DeviceID>%s</DeviceID><Name>Node %s</Name><Status>ON</Status></Item>", ids[i],
			ids[i] + strlen(ids[i]) - 2);
	g_autofree char *body = g_strdup_printf(
		"<?xml version=\"1.0\"?><Response><CmdType>Catalog</CmdType><SN>%" G_GINT64_FORMAT
		"</SN><DeviceID>%s</DeviceID><SumNum>%d</SumNum><DeviceList Num=\"1\">%s</DeviceList>"
		"</Response>",
		sn, device, sum, items->str);
	return fixture_message(fx, device, address, body);
}

int64_t fixture_asked(fixture *fx, const char *device, const char *cmd) {
	const GPtrArray *messages = stub_sip_seen(fx->sip)->messages;
	g_autofree char *tag = g_strdup_printf("<CmdType>%s</CmdType>", cmd);
	for(guint i = messages->len; i > 0; i--) {
		const stub_message *message = messages->pdata[i - 1];
		const char *sn = strstr(message->body, "<SN>");
		if(!strcmp(message->to, device) && strstr(message->body, tag) && sn)
			return g_ascii_strtoll(sn + 4, NULL, 10);
	}
	return 0;
}

void fixture_device(fixture *fx, const char *device, const char *const *channels) {
	g_assert_cmpint(fixture_register(fx, device, "10.0.0.9:5060", 3600), ==, 200);
	fixture_advance(fx, GB_SECOND);
	int64_t sn = fixture_asked(fx, device, "Catalog");
	g_assert_cmpint(sn, >, 0);
	int sum = (int)g_strv_length((char **)(uintptr_t)channels);
	g_assert_cmpint(fixture_catalog(fx, device, "10.0.0.9:5060", sn, sum, channels), ==, 200);
	fixture_advance(fx, GB_SECOND);
	g_string_truncate(fx->events, 0);
}

/* ---- looking ------------------------------------------------------------------------------- */

stub_reply *fixture_reply(fixture *fx) {
	return &stub_sip_seen(fx->sip)->reply;
}

unsigned fixture_calls(fixture *fx) {
	return stub_sip_seen(fx->sip)->calls->len;
}

gb_sip_call *fixture_call(fixture *fx) {
	const GPtrArray *calls = stub_sip_seen(fx->sip)->calls;
	g_assert_cmpuint(calls->len, >, 0);
	return calls->pdata[calls->len - 1];
}

gb_stream *fixture_stream(fixture *fx) {
	const GPtrArray *streams = stub_media_streams(fx->media);
	g_assert_cmpuint(streams->len, >, 0);
	return streams->pdata[streams->len - 1];
}

gb_device *fixture_find(fixture *fx, const char *device) {
	return gb_registry_find(fx->server->registry, device);
}

/* ---- a viewer ---------------------------------------------------------------------------------
 */

const char *const play_both[] = {CHANNEL, CHANNEL2, NULL};

static void on_packet(gb_sink *sink, const gb_media_packet *packet) {
	(void)sink;
	(void)packet;
}

static void on_format(gb_sink *sink, const gb_media_format *format) {
	(void)sink;
	(void)format;
}

static void on_free(gb_sink *sink) {
	(void)sink;
}

static void on_event(gb_watch *watch, const gb_watch_event *event, void *user) {
	play_viewer *v = user;
	g_assert_true(watch == v->watch);
	g_assert_nonnull(event->stream);
	switch(event->kind) {
	case GB_WATCH_PLAYING:
		v->playing++;
		break;
	case GB_WATCH_INTERRUPTED:
		v->interrupted++;
		v->retry_s = event->retry_s;
		g_strlcpy(v->reason, event->reason, sizeof(v->reason));
		break;
	case GB_WATCH_ENDED:
		v->ended++;
		gb_failure_free(v->failure);
		v->failure = gb_failure_copy(event->failure);
		break;
	}
	v->ladder = event->stream->ladder;
	if(v->stop_too) {
		gb_watch *other = v->stop_too;
		v->stop_too = NULL;
		gb_watch_stop(other);
	}
	if(event->kind == GB_WATCH_ENDED)
		v->watch = NULL;
}

gb_failure *play_try_watch(fixture *fx, play_viewer *v, const char *device, const char *channel) {
	static const gb_sink_ops ops = {on_packet, on_format, on_free};
	gb_failure *failure = NULL;
	memset(v, 0, sizeof(*v));
	gb_sink_init(&v->sink, &ops);
	v->watch =
		gb_server_watch(fx->server, device, channel, &v->sink, on_event, v, v->stream, &failure);
	return failure;
}

void play_watch(fixture *fx, play_viewer *v, const char *channel) {
	gb_failure *failure = play_try_watch(fx, v, NVR, channel);
	g_assert_null(failure);
	g_assert_nonnull(v->watch);
	gb_watch_ready(v->watch);
	fixture_advance(fx, GB_MS);
}

void play_up(fixture *fx) {
	fixture_config(fx);
	fixture_start(fx);
	fixture_device(fx, NVR, play_both);
}

gb_play *play_find(fixture *fx, const char *channel) {
	return gb_plays_find(fx->server, NVR, channel);
}

gb_play_state play_state(fixture *fx) {
	return play_find(fx, CHANNEL)->state;
}

void play_media(fixture *fx) {
	gb_stream *stream = fixture_stream(fx);
	stub_stream_tell(stream, GB_STREAM_FIRST_PACKET);
	stub_stream_tell(stream, GB_STREAM_FIRST_PACK);
	stub_stream_tell_format(stream, GB_CODEC_H264, GB_CODEC_PCMA);
	stub_stream_tell(stream, GB_STREAM_FIRST_KEYFRAME);
	stub_stream_start_sinks(stream);
}

void play_playing(fixture *fx, play_viewer *v, const char *channel) {
	play_watch(fx, v, channel);
	stub_call_answer(fixture_call(fx), PLAY_HOME, PLAY_ANSWER);
	play_media(fx);
	g_assert_cmpuint(v->playing, ==, 1);
}

void play_check_failure(const play_viewer *v, gb_error_code code, const char *step) {
	g_assert_cmpuint(v->ended, ==, 1);
	g_assert_nonnull(v->failure);
	g_assert_cmpint(v->failure->code, ==, code);
	g_assert_cmpstr(v->failure->step, ==, step);
	g_assert_cmpuint(strlen(v->failure->message), >, 30);
}

void play_clear(play_viewer *v) {
	gb_failure_free(v->failure);
	v->failure = NULL;
}

void play_strike(fixture *fx, play_cause how) {
	switch(how) {
	case BY_BYE:
		stub_call_end(fixture_call(fx), 0);
		break;
	case BY_SILENCE:
		stub_stream_tell(fixture_stream(fx), GB_STREAM_NO_MEDIA);
		break;
	case BY_OFFLINE:
		g_assert_cmpint(fixture_register(fx, NVR, PLAY_HOME, 0), ==, 200);
		break;
	case BY_ERROR:
		stub_call_end(fixture_call(fx), 500);
		break;
	}
}
