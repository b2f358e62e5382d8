/* When a device counts as online, and where it is: gb28181.md 4.2, architecture-notes 11,
 * checklist 18.3 (2). */
#include "stubs/domain_fixture.h"

#include "gb28181/domain/gb_interview.h"
#include "gb28181/domain/gb_rhythm.h"

#include <string.h>

#define HOME "10.0.0.9:5060"
#define OTHER_PORT "10.0.0.9:6060"
#define OTHER_HOST "10.0.0.77:5060"

static bool online(fixture *fx) {
	return fixture_find(fx, CAMERA)->online;
}

static void up(fixture *fx) {
	fixture_up(fx);
	g_assert_cmpint(fixture_register(fx, CAMERA, HOME, 3600), ==, 200);
	g_string_truncate(fx->events, 0);
}

static void test_three_misses(void) {
	fixture fx;
	up(&fx);
	fixture_advance(&fx, 179 * GB_SECOND);
	g_assert_true(online(&fx));
	fixture_advance(&fx, 2 * GB_SECOND);
	g_assert_false(online(&fx));
	g_assert_true(fixture_saw(&fx, "device offline " CAMERA));
	g_assert_cmpuint(fx.server->online, ==, 0);
	/* any message brings it back while its registration lasts */
	g_assert_cmpint(
		fixture_message(&fx, CAMERA, HOME,
			"<Notify><CmdType>Alarm</CmdType><SN>1</SN><DeviceID>" CAMERA "</DeviceID></Notify>"),
		==, 200);
	g_assert_true(online(&fx));
	g_assert_true(fixture_saw(&fx, "device online " CAMERA));
	fixture_down(&fx);
}

/* gb28181.md 11.4: an answer of its own, and a reset for alarms of method 2. */
static void test_alarm(void) {
	static const struct {
		const char *method;
		unsigned messages;
	} rows[] = {{"5", 1}, {"2", 2}};
	for(unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		fixture fx;
		up(&fx);
		stub_sip_clear_messages(fx.server->sip);
		g_autofree char *body = g_strdup_printf(
			"<Notify><CmdType>Alarm</CmdType><SN>51</SN><DeviceID>34020000001340000001</DeviceID>"
			"<AlarmPriority>1</AlarmPriority><AlarmMethod>%s</AlarmMethod></Notify>",
			rows[i].method);
		g_assert_cmpint(fixture_message(&fx, CAMERA, HOME, body), ==, 200);
		const GPtrArray *sent = stub_sip_seen(fx.server->sip)->messages;
		g_assert_cmpuint(sent->len, ==, rows[i].messages);
		const stub_message *answer = sent->pdata[0];
		g_assert_cmpstr(answer->to, ==, CAMERA);
		g_assert_nonnull(strstr(answer->body, "<Response>"));
		g_assert_nonnull(strstr(answer->body, "<SN>51</SN>"));
		g_assert_nonnull(strstr(answer->body, "34020000001340000001"));
		if(sent->len > 1) {
			const stub_message *reset = sent->pdata[1];
			g_assert_nonnull(strstr(reset->body, "<AlarmCmd>ResetAlarm</AlarmCmd>"));
		}
		fixture_down(&fx);
	}
}

static void test_keepalives(void) {
	fixture fx;
	up(&fx);
	unsigned writes = stub_store_counted()->writes;
	for(int i = 0; i < 20; i++) {
		fixture_advance(&fx, 60 * GB_SECOND);
		g_assert_cmpint(fixture_keepalive(&fx, CAMERA, HOME), ==, 200);
		g_assert_true(online(&fx));
	}
	g_autoptr(gb_device_info) info = gb_server_get_device(fx.server, CAMERA);
	g_assert_cmpuint(info->keepalives, ==, 20);
	g_assert_cmpint(info->last_seen, ==, gb_clock_wall_us());
	g_assert_cmpuint(stub_store_counted()->writes, ==, writes); /* no disk */
	fixture_down(&fx);
}

static void test_expiry(void) {
	fixture fx;
	fixture_up(&fx);
	g_assert_cmpint(fixture_register(&fx, CAMERA, HOME, 100), ==, 200);
	fixture_advance(&fx, 99 * GB_SECOND);
	g_assert_cmpint(fixture_keepalive(&fx, CAMERA, HOME), ==, 200);
	g_assert_true(online(&fx));
	fixture_advance(&fx, 2 * GB_SECOND);
	g_assert_false(online(&fx));
	g_assert_cmpint(fixture_keepalive(&fx, CAMERA, HOME), ==, 403);
	g_assert_false(online(&fx));
	g_assert_cmpint(fixture_register(&fx, CAMERA, HOME, 100), ==, 200);
	g_assert_true(online(&fx));
	fixture_down(&fx);
}

static void test_refresh_moves_expiry(void) {
	fixture fx;
	fixture_up(&fx);
	g_assert_cmpint(fixture_register(&fx, CAMERA, HOME, 100), ==, 200);
	g_autoptr(gb_device_info) before = gb_server_get_device(fx.server, CAMERA);
	for(int i = 0; i < 10; i++) {
		fixture_advance(&fx, 60 * GB_SECOND);
		g_assert_cmpint(fixture_register(&fx, CAMERA, HOME, 100), ==, 200);
		g_assert_true(online(&fx));
	}
	g_autoptr(gb_device_info) after = gb_server_get_device(fx.server, CAMERA);
	g_assert_cmpint(after->registered_at, ==, before->registered_at);
	fixture_down(&fx);
}

static void test_unknown(void) {
	fixture fx;
	fixture_up(&fx);
	g_assert_cmpint(fixture_keepalive(&fx, CAMERA, HOME), ==, 404);
	g_assert_null(fixture_find(&fx, CAMERA));
	g_assert_cmpuint(fx.server->counters.unknown, ==, 1);
	fixture_down(&fx);
}

static void test_slow_rhythm(void) {
	fixture fx;
	fixture_up(&fx);
	g_assert_cmpint(fixture_register(&fx, CAMERA, HOME, 86400), ==, 200);
	for(int i = 0; i < 5; i++) {
		fixture_advance(&fx, 300 * GB_SECOND);
		g_assert_cmpint(fixture_keepalive(&fx, CAMERA, HOME), ==, 200);
	}
	g_string_truncate(fx.events, 0);
	/* its own beat is known now: no more false alarms */
	for(int i = 0; i < 5; i++) {
		fixture_advance(&fx, 300 * GB_SECOND);
		g_assert_true(online(&fx));
		g_assert_cmpint(fixture_keepalive(&fx, CAMERA, HOME), ==, 200);
	}
	g_assert_false(fixture_saw(&fx, "device offline " CAMERA));
	fixture_advance(&fx, 901 * GB_SECOND);
	g_assert_false(online(&fx));
	fixture_down(&fx);
}

static void test_rhythm(void) {
	static const struct {
		uint16_t gaps[GB_RHYTHM_GAPS];
		int interval;
	} cases[] = {
		{{0}, 60}, {{120, 120, 120}, 60},					 /* too few */
		{{120, 121, 120, 119}, 121}, {{30, 30, 30, 30}, 60}, /* faster: the setting stands */
		{{300, 20, 300, 100}, 60},							 /* not regular */
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		gb_rhythm rhythm = {0};
		memcpy(rhythm.gaps, cases[i].gaps, sizeof(rhythm.gaps));
		g_assert_cmpint(gb_rhythm_interval(&rhythm, 60), ==, cases[i].interval);
	}
	gb_rhythm rhythm = {0};
	gb_rhythm_beat(&rhythm, 10 * GB_SECOND);
	gb_rhythm_beat(&rhythm, 10 * GB_SECOND + 1000); /* a retransmission */
	gb_rhythm_beat(&rhythm, 70 * GB_SECOND);
	g_assert_cmpuint(rhythm.gaps[0], ==, 60);
	g_assert_cmpuint(rhythm.gaps[1], ==, 0);
	gb_rhythm_beat(&rhythm, 70 * GB_SECOND + 5000 * GB_SECOND);
	g_assert_cmpuint(rhythm.gaps[0], ==, 0);
}

/* ---- addresses ----------------------------------------------------------------------------- */

static void test_roaming(void) {
	fixture fx;
	up(&fx);
	gb_device *device = fixture_find(&fx, CAMERA);
	/* too early: somebody may only know the id */
	fixture_advance(&fx, 30 * GB_SECOND);
	g_assert_cmpint(fixture_keepalive(&fx, CAMERA, OTHER_HOST), ==, 200);
	g_assert_cmpuint(device->address_moves, ==, 0);
	g_assert_cmpuint(fx.server->counters.strangers, ==, 1);
	/* the old address has been silent for three quarters of an interval */
	fixture_advance(&fx, 16 * GB_SECOND);
	g_assert_cmpint(fixture_keepalive(&fx, CAMERA, OTHER_HOST), ==, 200);
	g_assert_cmpuint(device->address_moves, ==, 1);
	char text[GB_ADDR_TEXT];
	g_assert_cmpstr(gb_addr_format(text, &device->peer.remote), ==, OTHER_HOST);
	fixture_down(&fx);
}

static void test_port_of_a_router(void) {
	fixture fx;
	up(&fx);
	gb_device *device = fixture_find(&fx, CAMERA);
	fixture_advance(&fx, 20 * GB_SECOND);
	g_assert_cmpint(fixture_keepalive(&fx, CAMERA, OTHER_PORT), ==, 200);
	g_assert_cmpuint(device->peer.remote.port, ==, 5060); /* but a sign of life */
	g_assert_cmpint(device->last_seen_us, ==, gb_clock_us());
	fixture_advance(&fx, 60 * GB_SECOND);
	g_assert_cmpint(fixture_keepalive(&fx, CAMERA, OTHER_PORT), ==, 200);
	g_assert_cmpuint(device->peer.remote.port, ==, 6060);
	fixture_down(&fx);
}

static void test_no_roaming_after_expiry(void) {
	fixture fx;
	fixture_up(&fx);
	g_assert_cmpint(fixture_register(&fx, CAMERA, HOME, 60), ==, 200);
	fixture_advance(&fx, 61 * GB_SECOND);
	g_assert_cmpint(fixture_keepalive(&fx, CAMERA, OTHER_HOST), ==, 403);
	g_assert_cmpuint(fixture_find(&fx, CAMERA)->address_moves, ==, 0);
	fixture_down(&fx);
}

static void test_strangers_are_not_believed(void) {
	fixture fx;
	up(&fx);
	const char *body = "<Response><CmdType>DeviceInfo</CmdType><SN>1</SN><DeviceID>" CAMERA
					   "</DeviceID><Manufacturer>Evil</Manufacturer></Response>";
	g_assert_cmpint(fixture_message(&fx, CAMERA, OTHER_HOST, body), ==, 200);
	g_assert_cmpstr(fixture_find(&fx, CAMERA)->manufacturer, ==, "");
	g_assert_cmpint(fixture_message(&fx, CAMERA, OTHER_PORT, body), ==, 200);
	g_assert_cmpstr(fixture_find(&fx, CAMERA)->manufacturer, ==, "Evil");
	fixture_down(&fx);
}

/* ---- TCP ----------------------------------------------------------------------------------- */

static int over_tcp(fixture *fx, gb_sip_method method, uint64_t flow) {
	const char *body = "<Notify><CmdType>Keepalive</CmdType><SN>1</SN><DeviceID>" CAMERA
					   "</DeviceID><Status>OK</Status></Notify>";
	gb_sip_request request = {
		.method = method,
		.from_user = CAMERA,
		.expires = method == GB_SIP_REGISTER ? 3600 : -1,
		.body = body,
		.body_len = method == GB_SIP_REGISTER ? 0 : strlen(body),
		.peer = fixture_tcp("10.0.0.9:33333", flow),
	};
	return fixture_request(fx, &request);
}

static void test_lost_connection(void) {
	fixture fx;
	fixture_up(&fx);
	g_assert_cmpint(over_tcp(&fx, GB_SIP_REGISTER, 7), ==, 200);
	fixture_advance(&fx, 10 * GB_SECOND);
	stub_sip_lose_flow(fx.sip, 7);
	gb_device *device = fixture_find(&fx, CAMERA);
	g_assert_cmpuint(device->peer.flow, ==, 0);
	fixture_advance(&fx, 160 * GB_SECOND);
	g_assert_true(online(&fx));
	fixture_advance(&fx, 21 * GB_SECOND);
	g_assert_false(online(&fx));
	/* another connection of the same host is its own */
	g_assert_cmpint(over_tcp(&fx, GB_SIP_MESSAGE, 8), ==, 200);
	g_assert_true(online(&fx));
	g_assert_cmpuint(device->peer.flow, ==, 8);
	g_assert_cmpint(device->flow_lost_us, ==, 0);
	fixture_down(&fx);
}

static void test_second_connection(void) {
	fixture fx;
	fixture_up(&fx);
	g_assert_cmpint(over_tcp(&fx, GB_SIP_REGISTER, 7), ==, 200);
	stub_sip_lose_flow(fx.sip, 7);
	for(int i = 0; i < 10; i++) {
		fixture_advance(&fx, 60 * GB_SECOND);
		g_assert_cmpint(over_tcp(&fx, GB_SIP_MESSAGE, 8), ==, 200);
	}
	g_assert_false(fixture_saw(&fx, "device offline " CAMERA));
	fixture_down(&fx);
}

static void test_devices_on_one_connection(void) {
	static const char *const ids[] = {CAMERA, CHANNEL, NVR};
	fixture fx;
	fixture_up(&fx);
	for(size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
		gb_sip_request request = {.method = GB_SIP_REGISTER,
			.from_user = ids[i],
			.expires = 3600,
			.peer = fixture_tcp("10.0.0.9:33333", 7)};
		g_assert_cmpint(fixture_request(&fx, &request), ==, 200);
	}
	g_assert_true(gb_server_destroy_device(fx.server, CHANNEL, NULL));
	stub_sip_lose_flow(fx.sip, 7);
	g_assert_null(gb_registry_by_flow(fx.server->registry, 7));
	g_assert_cmpuint(fixture_find(&fx, CAMERA)->peer.flow, ==, 0);
	g_assert_cmpuint(fixture_find(&fx, NVR)->peer.flow, ==, 0);
	fixture_down(&fx);
}

/* ---- restart ------------------------------------------------------------------------------- */

static void test_restart(void) {
	fixture fx;
	up(&fx);
	fixture_restart(&fx, 100 * GB_SECOND);
	gb_device *device = fixture_find(&fx, CAMERA);
	g_assert_nonnull(device);
	g_assert_true(device->online);
	char text[GB_ADDR_TEXT];
	g_assert_cmpstr(gb_addr_format(text, &device->peer.remote), ==, HOME);
	g_assert_cmpuint(fx.server->online, ==, 1);
	/* until its silence says otherwise */
	fixture_advance(&fx, 181 * GB_SECOND);
	g_assert_false(online(&fx));
	g_assert_cmpint(fixture_keepalive(&fx, CAMERA, HOME), ==, 200);
	g_assert_true(online(&fx));
	fixture_down(&fx);
}

static void test_restart_after_expiry(void) {
	fixture fx;
	up(&fx);
	fixture_restart(&fx, 3601 * GB_SECOND);
	g_assert_false(online(&fx));
	g_assert_cmpint(fixture_keepalive(&fx, CAMERA, HOME), ==, 403);
	g_assert_cmpint(fixture_register(&fx, CAMERA, HOME, 3600), ==, 200);
	g_assert_true(online(&fx));
	fixture_down(&fx);
}

static void test_restart_over_tcp(void) {
	fixture fx;
	fixture_up(&fx);
	g_assert_cmpint(over_tcp(&fx, GB_SIP_REGISTER, 7), ==, 200);
	fixture_restart(&fx, GB_SECOND);
	g_assert_true(online(&fx));
	g_assert_cmpuint(fixture_find(&fx, CAMERA)->peer.flow, ==, 0);
	g_assert_cmpint(over_tcp(&fx, GB_SIP_MESSAGE, 1), ==, 200);
	g_assert_cmpuint(fixture_find(&fx, CAMERA)->peer.flow, ==, 1);
	fixture_down(&fx);
}

/* ---- being asked --------------------------------------------------------------------------- */

static void test_questions(void) {
	fixture fx;
	up(&fx);
	g_assert_cmpint(fixture_asked(&fx, CAMERA, "Catalog"), ==, 0);
	fixture_advance(&fx, GB_SECOND);
	g_assert_cmpint(fixture_asked(&fx, CAMERA, "Catalog"), >, 0);
	g_assert_cmpint(fixture_asked(&fx, CAMERA, "DeviceInfo"), >, 0);
	/* not at a refresh */
	stub_sip_clear_messages(fx.sip);
	g_assert_cmpint(fixture_register(&fx, CAMERA, HOME, 3600), ==, 200);
	fixture_advance(&fx, 60 * GB_SECOND);
	g_assert_cmpint(fixture_asked(&fx, CAMERA, "Catalog"), ==, 0);
	/* again when it was away */
	fixture_advance(&fx, 200 * GB_SECOND);
	g_assert_cmpint(fixture_keepalive(&fx, CAMERA, HOME), ==, 200);
	fixture_advance(&fx, GB_SECOND);
	g_assert_cmpint(fixture_asked(&fx, CAMERA, "Catalog"), >, 0);
	fixture_down(&fx);
}

static void test_storm(void) {
	fixture fx;
	fixture_up(&fx);
	for(int i = 0; i < 500; i++) {
		g_autofree char *id = g_strdup_printf("340200000013200%05d", i);
		g_assert_cmpint(fixture_register(&fx, id, HOME, 3600), ==, 200);
	}
	unsigned most = 0;
	for(int i = 0; i < 3000; i++) {
		fixture_advance(&fx, 50 * GB_MS);
		most = MAX(most, gb_interviews_running(fx.server->interviews));
	}
	g_assert_cmpuint(most, ==, GB_INTERVIEWS_AT_ONCE);
	/* all were asked in the end, though none of them has answered */
	unsigned asked = 0;
	const GPtrArray *messages = stub_sip_seen(fx.sip)->messages;
	for(guint i = 0; i < messages->len; i++) {
		const stub_message *message = messages->pdata[i];
		asked += strstr(message->body, ">Catalog<") ? 1 : 0;
	}
	g_assert_cmpuint(asked, ==, 500);
	fixture_down(&fx);
}

static void test_storm_then_gone(void) {
	fixture fx;
	fixture_up(&fx);
	for(int i = 0; i < 200; i++) {
		g_autofree char *id = g_strdup_printf("340200000013200%05d", i);
		g_assert_cmpint(fixture_register(&fx, id, HOME, 3600), ==, 200);
	}
	fixture_advance(&fx, GB_SECOND);
	for(int i = 0; i < 200; i += 2) {
		g_autofree char *id = g_strdup_printf("340200000013200%05d", i);
		g_assert_true(gb_server_destroy_device(fx.server, id, NULL));
	}
	fixture_advance(&fx, 100 * GB_SECOND);
	g_assert_cmpuint(gb_interviews_running(fx.server->interviews), ==, 0);
	fixture_down(&fx);
}

static void test_users_are_not_asked(void) {
	fixture fx;
	fixture_up(&fx);
	g_assert_cmpint(fixture_register(&fx, "softphone", HOME, 3600), ==, 200);
	fixture_advance(&fx, 10 * GB_SECOND);
	g_assert_cmpuint(stub_sip_seen(fx.sip)->messages->len, ==, 0);
	g_assert_cmpuint(gb_device_channel_count(fixture_find(&fx, "softphone")), ==, 0);
	fixture_down(&fx);
}

static void test_bodies(void) {
	static const struct {
		const char *type, *body;
		int status;
	} cases[] = {
		{"Application/MANSCDP+xml", "", 400},
		{"Application/MANSCDP+xml", "garbage", 400},
		{"text/plain", "hello", 415},
		{"", "  <Notify><CmdType>Keepalive</CmdType><SN>1</SN></Notify>", 200},
		{"", "\xef\xbb\xbf<Notify><CmdType>Unheard</CmdType><SN>1</SN></Notify>", 200},
		{"Application/MANSCDP+xml", "<broken", 200},
	};
	fixture fx;
	up(&fx);
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		gb_sip_request request = {.method = GB_SIP_MESSAGE,
			.from_user = CAMERA,
			.expires = -1,
			.content_type = cases[i].type,
			.body = cases[i].body,
			.body_len = strlen(cases[i].body),
			.peer = fixture_udp(HOME)};
		g_assert_cmpint(fixture_request(&fx, &request), ==, cases[i].status);
	}
	g_assert_cmpuint(fx.server->counters.malformed, ==, 4);
	fixture_down(&fx);
}

static void test_faulty_channels(void) {
	static const char *const ids[] = {CHANNEL, CHANNEL2, NULL};
	const char *body =
		"<Notify><CmdType>Keepalive</CmdType><SN>1</SN><DeviceID>" NVR
		"</DeviceID><Status>OK</Status><Info><DeviceID>" CHANNEL2 "</DeviceID></Info></Notify>";
	fixture fx;
	fixture_up(&fx);
	fixture_device(&fx, NVR, ids);
	g_assert_cmpint(fixture_message(&fx, NVR, HOME, body), ==, 200);
	g_assert_true(fixture_saw(&fx, "channel updated " NVR " " CHANNEL2));
	g_autoptr(gb_channel_info) faulty = gb_server_get_channel(fx.server, NVR, CHANNEL2);
	g_assert_cmpint(faulty->status, ==, GB_STATUS_FAULT);
	g_assert_cmpuint(fixture_find(&fx, NVR)->channels_on, ==, 1);
	g_assert_cmpint(fixture_keepalive(&fx, NVR, HOME), ==, 200);
	g_autoptr(gb_channel_info) mended = gb_server_get_channel(fx.server, NVR, CHANNEL2);
	g_assert_cmpint(mended->status, ==, GB_STATUS_ON);
	fixture_down(&fx);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/online/three_misses", test_three_misses);
	g_test_add_func("/online/alarm", test_alarm);
	g_test_add_func("/online/keepalives", test_keepalives);
	g_test_add_func("/online/expiry", test_expiry);
	g_test_add_func("/online/refresh_moves_expiry", test_refresh_moves_expiry);
	g_test_add_func("/online/unknown", test_unknown);
	g_test_add_func("/online/slow_rhythm", test_slow_rhythm);
	g_test_add_func("/online/rhythm", test_rhythm);
	g_test_add_func("/online/roaming", test_roaming);
	g_test_add_func("/online/port_of_a_router", test_port_of_a_router);
	g_test_add_func("/online/no_roaming_after_expiry", test_no_roaming_after_expiry);
	g_test_add_func("/online/strangers_are_not_believed", test_strangers_are_not_believed);
	g_test_add_func("/online/lost_connection", test_lost_connection);
	g_test_add_func("/online/second_connection", test_second_connection);
	g_test_add_func("/online/devices_on_one_connection", test_devices_on_one_connection);
	g_test_add_func("/online/restart", test_restart);
	g_test_add_func("/online/restart_after_expiry", test_restart_after_expiry);
	g_test_add_func("/online/restart_over_tcp", test_restart_over_tcp);
	g_test_add_func("/online/questions", test_questions);
	g_test_add_func("/online/storm", test_storm);
	g_test_add_func("/online/storm_then_gone", test_storm_then_gone);
	g_test_add_func("/online/users_are_not_asked", test_users_are_not_asked);
	g_test_add_func("/online/bodies", test_bodies);
	g_test_add_func("/online/faulty_channels", test_faulty_channels);
	return g_test_run();
}
