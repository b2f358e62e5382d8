/* Catalogs: gb28181.md 5.5 and 10.3, checklist 18.3 (3). */
#include "stubs/domain_fixture.h"

#include "gb28181/domain/gb_interview.h"
#include "gb28181/domain/gb_query.h"

#include <string.h>

#define HOME "10.0.0.9:5060"
#define CHANNEL3 "34020000001310000003"
#define ALARM "34020000001340000001"
#define VOICE "34020000001370000001"

static const char *const none[] = {NULL};
static const char *const one[] = {CHANNEL, NULL};
static const char *const two[] = {CHANNEL2, NULL};
static const char *const three[] = {CHANNEL3, NULL};
static const char *const all[] = {CHANNEL, CHANNEL2, CHANNEL3, NULL};

/** Online and asked; returns the SN of the catalog query. */
static int64_t up(fixture *fx, const char *device) {
	fixture_up(fx);
	g_assert_cmpint(fixture_register(fx, device, HOME, 86400), ==, 200);
	fixture_advance(fx, GB_SECOND);
	return fixture_asked(fx, device, "Catalog");
}

static int part(fixture *fx, int64_t sn, int sum, const char *const *ids) {
	return fixture_catalog(fx, NVR, HOME, sn, sum, ids);
}

static unsigned channels(fixture *fx) {
	return gb_device_channel_count(fixture_find(fx, NVR));
}

static bool has(fixture *fx, const char *channel) {
	return gb_device_find_channel(fixture_find(fx, NVR), channel) != NULL;
}

static void refreshed(void *user, const gb_refresh_result *result, const gb_failure *failure) {
	g_assert_null(failure);
	*(gb_refresh_result *)user = *result;
}

static int64_t ask(fixture *fx, gb_refresh_result *ret_result) {
	memset(ret_result, 0, sizeof(*ret_result));
	stub_sip_clear_messages(fx->sip);
	gb_server_refresh(fx->server, NVR, GB_REFRESH_CATALOG, refreshed, ret_result);
	return fixture_asked(fx, NVR, "Catalog");
}

static void test_one_item_each(void) {
	fixture fx;
	int64_t sn = up(&fx, NVR);
	g_assert_cmpint(part(&fx, sn, 3, three), ==, 200);
	g_assert_cmpint(part(&fx, sn, 3, one), ==, 200);
	g_assert_cmpint(part(&fx, sn, 3, one), ==, 200); /* again */
	fixture_advance(&fx, GB_SECOND);
	g_assert_false(has(&fx, CHANNEL)); /* not complete yet */
	g_assert_cmpint(part(&fx, sn, 3, two), ==, 200);
	fixture_advance(&fx, GB_SECOND);
	g_assert_cmpuint(channels(&fx), ==, 3);
	g_autoptr(gb_device_info) info = gb_server_get_device(fx.server, NVR);
	g_assert_true(info->catalog_complete);
	g_assert_cmpuint(info->catalog_expected, ==, 3);
	g_assert_cmpuint(info->catalog_received, ==, 3);
	g_assert_cmpuint(info->channels_online, ==, 3);
	g_assert_cmpuint(fx.server->channels, ==, 3);
	g_assert_cmpuint(gb_queries_open(fx.server->queries), ==, 1); /* DeviceInfo */
	fixture_down(&fx);
}

static void test_place_is_free_at_once(void) {
	fixture fx;
	int64_t sn = up(&fx, NVR);
	g_assert_cmpuint(gb_interviews_running(fx.server->interviews), ==, 1);
	g_assert_cmpint(part(&fx, sn, 2, one), ==, 200);
	g_assert_cmpuint(gb_interviews_running(fx.server->interviews), ==, 1);
	g_assert_cmpint(part(&fx, sn, 2, two), ==, 200);
	g_assert_cmpuint(gb_interviews_running(fx.server->interviews), ==, 0);
	fixture_advance(&fx, 60 * GB_SECOND);
	g_assert_cmpuint(gb_interviews_running(fx.server->interviews), ==, 0);
	fixture_down(&fx);
}

static void test_never_complete(void) {
	fixture fx;
	int64_t sn = up(&fx, NVR);
	g_assert_cmpint(part(&fx, sn, 3, one), ==, 200);
	fixture_advance(&fx, 4 * GB_SECOND);
	g_assert_cmpint(part(&fx, sn, 3, two), ==, 200);
	fixture_advance(&fx, 6 * GB_SECOND);
	g_assert_false(has(&fx, CHANNEL));
	fixture_advance(&fx, 2 * GB_SECOND);
	g_assert_true(has(&fx, CHANNEL));
	g_assert_true(has(&fx, CHANNEL2));
	g_autoptr(gb_device_info) info = gb_server_get_device(fx.server, NVR);
	g_assert_false(info->catalog_complete);
	g_assert_cmpuint(info->catalog_expected, ==, 3);
	g_assert_cmpuint(info->catalog_received, ==, 2);
	/* what comes after that is an update */
	g_assert_cmpint(part(&fx, sn, 3, three), ==, 200);
	g_assert_true(has(&fx, CHANNEL3));
	fixture_down(&fx);
}

static void test_removed_only_when_complete(void) {
	gb_refresh_result result;
	fixture fx;
	fixture_up(&fx);
	fixture_device(&fx, NVR, all);
	int64_t sn = ask(&fx, &result);
	g_assert_cmpint(part(&fx, sn, 3, one), ==, 200);
	fixture_advance(&fx, 8 * GB_SECOND);
	g_assert_cmpuint(result.what, ==, GB_REFRESH_CATALOG);
	g_assert_false(result.catalog_complete);
	g_assert_cmpuint(channels(&fx), ==, 3);
	sn = ask(&fx, &result);
	g_assert_cmpint(part(&fx, sn, 1, one), ==, 200);
	fixture_advance(&fx, GB_SECOND);
	g_assert_true(result.catalog_complete);
	g_assert_cmpuint(channels(&fx), ==, 1);
	g_assert_true(fixture_saw(&fx, "channel removed " NVR " " CHANNEL3));
	fixture_down(&fx);
}

static void test_counts_too_low(void) {
	fixture fx;
	int64_t sn = up(&fx, NVR);
	/* SumNum is that of the part: the rest comes right behind */
	g_assert_cmpint(part(&fx, sn, 1, one), ==, 200);
	fixture_advance(&fx, 50 * GB_MS);
	g_assert_cmpint(part(&fx, sn, 1, two), ==, 200);
	fixture_advance(&fx, 50 * GB_MS);
	g_assert_cmpint(part(&fx, sn, 1, three), ==, 200);
	fixture_advance(&fx, GB_SECOND);
	g_assert_cmpuint(channels(&fx), ==, 3);
	fixture_down(&fx);
}

static void test_two_at_once(void) {
	gb_refresh_result first, second;
	fixture fx;
	fixture_up(&fx);
	fixture_device(&fx, NVR, all);
	int64_t sn1 = ask(&fx, &first);
	int64_t sn2 = ask(&fx, &second);
	g_assert_cmpint(sn1, !=, sn2);
	g_assert_cmpint(part(&fx, sn1, 2, one), ==, 200);
	g_assert_cmpint(part(&fx, sn2, 1, two), ==, 200);
	g_assert_cmpint(part(&fx, sn1, 2, two), ==, 200);
	fixture_advance(&fx, GB_SECOND);
	g_assert_cmpuint(first.catalog_received, ==, 2);
	g_assert_cmpuint(second.catalog_received, ==, 1);
	g_assert_true(first.catalog_complete && second.catalog_complete);
	fixture_down(&fx);
}

static void test_unsolicited(void) {
	fixture fx;
	fixture_up(&fx);
	fixture_device(&fx, NVR, all);
	/* one channel changes (Tiandy): the list must not shrink to it */
	const char *body =
		"<Response><CmdType>Catalog</CmdType><SN>1</SN><DeviceID>" NVR
		"</DeviceID><SumNum>1</SumNum><DeviceList Num=\"1\"><Item><DeviceID>" CHANNEL2
		"</DeviceID><Name>New &amp; better</Name><Status>OFF</Status></Item>"
		"</DeviceList></Response>";
	g_assert_cmpint(fixture_message(&fx, NVR, HOME, body), ==, 200);
	g_assert_cmpuint(channels(&fx), ==, 3);
	g_autoptr(gb_channel_info) info = gb_server_get_channel(fx.server, NVR, CHANNEL2);
	g_assert_cmpstr(info->name, ==, "New & better");
	g_assert_cmpint(info->status, ==, GB_STATUS_OFF);
	g_assert_true(fixture_saw(&fx, "channel updated " NVR " " CHANNEL2));
	fixture_down(&fx);
}

static void test_notify(void) {
	static const struct {
		const char *event;
		int status; /* -1 = gone */
	} cases[] = {
		{"OFF", GB_STATUS_OFF}, {"ON", GB_STATUS_ON}, {"VLOST", GB_STATUS_FAULT}, {"DEL", -1}};
	fixture fx;
	fixture_up(&fx);
	fixture_device(&fx, NVR, all);
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *body = g_strdup_printf(
			"<Notify><CmdType>Catalog</CmdType><SN>9</SN><DeviceID>" NVR
			"</DeviceID><SumNum>1</SumNum>"
			"<DeviceList Num=\"1\"><Item><DeviceID>" CHANNEL2 "</DeviceID><Event>%s</Event></Item>"
			"</DeviceList></Notify>",
			cases[i].event);
		g_assert_cmpint(fixture_message(&fx, NVR, HOME, body), ==, 200);
		g_autoptr(gb_channel_info) info = gb_server_get_channel(fx.server, NVR, CHANNEL2);
		if(cases[i].status < 0)
			g_assert_null(info);
		else
			g_assert_cmpint((int)info->status, ==, cases[i].status);
		if(info)
			g_assert_cmpstr(info->name, ==, "Node 02"); /* kept */
	}
	fixture_down(&fx);
}

/* ---- without a catalog --------------------------------------------------------------------- */

static void test_own_id(void) {
	fixture fx;
	(void)up(&fx, CAMERA);
	g_assert_cmpstr(gb_server_only_channel(fx.server, CAMERA, NULL), ==, CAMERA);
	fixture_advance(&fx, 60 * GB_SECOND); /* the query times out */
	g_autoptr(gb_channel_info) info = gb_server_get_channel(fx.server, CAMERA, CAMERA);
	g_assert_true(info->playable);
	g_assert_cmpstr(info->type, ==, "camera");
	fixture_down(&fx);
}

static void test_only_alarms(void) {
	static const char *const ids[] = {ALARM, VOICE, NULL};
	fixture fx;
	int64_t sn = up(&fx, CAMERA);
	g_assert_cmpint(fixture_catalog(&fx, CAMERA, HOME, sn, 2, ids), ==, 200);
	fixture_advance(&fx, GB_SECOND);
	g_assert_cmpuint(gb_device_channel_count(fixture_find(&fx, CAMERA)), ==, 3);
	g_assert_cmpstr(gb_server_only_channel(fx.server, CAMERA, NULL), ==, CAMERA);
	g_autoptr(gb_channel_info) alarm = gb_server_get_channel(fx.server, CAMERA, ALARM);
	g_assert_false(alarm->playable);
	fixture_down(&fx);
}

static void test_own_id_goes(void) {
	static const char *const ids[] = {CHANNEL, ALARM, NULL};
	fixture fx;
	int64_t sn = up(&fx, CAMERA);
	g_assert_cmpint(fixture_catalog(&fx, CAMERA, HOME, sn, 2, ids), ==, 200);
	fixture_advance(&fx, GB_SECOND);
	g_assert_null(gb_device_find_channel(fixture_find(&fx, CAMERA), CAMERA));
	g_assert_cmpstr(gb_server_only_channel(fx.server, CAMERA, NULL), ==, CHANNEL);
	fixture_down(&fx);
}

static void test_lists_itself(void) {
	static const char *const ids[] = {CAMERA, NULL};
	fixture fx;
	int64_t sn = up(&fx, CAMERA);
	g_assert_cmpint(fixture_catalog(&fx, CAMERA, HOME, sn, 1, ids), ==, 200);
	fixture_advance(&fx, GB_SECOND);
	g_assert_cmpuint(gb_device_channel_count(fixture_find(&fx, CAMERA)), ==, 1);
	g_autoptr(gb_channel_info) info = gb_server_get_channel(fx.server, CAMERA, CAMERA);
	g_assert_cmpstr(info->name, ==, "Node 01");
	fixture_down(&fx);
}

static void test_empty(void) {
	gb_refresh_result result;
	fixture fx;
	fixture_up(&fx);
	fixture_device(&fx, NVR, all);
	int64_t sn = ask(&fx, &result);
	g_assert_cmpint(part(&fx, sn, 0, none), ==, 200);
	fixture_advance(&fx, GB_SECOND);
	g_assert_true(result.catalog_complete);
	g_assert_cmpuint(channels(&fx), ==, 1); /* its own id */
	fixture_down(&fx);
}

static void test_only_channel(void) {
	g_autoptr(GError) unknown = NULL;
	g_autoptr(GError) several = NULL;
	fixture fx;
	fixture_up(&fx);
	fixture_device(&fx, NVR, all);
	g_assert_null(gb_server_only_channel(fx.server, CAMERA, &unknown));
	g_assert_error(unknown, GB_ERROR, GB_ERROR_NOT_FOUND);
	g_assert_null(gb_server_only_channel(fx.server, NVR, &several));
	g_assert_error(several, GB_ERROR, GB_ERROR_MISSING);
	fixture_down(&fx);
}

/* ---- size, restart, refusal ---------------------------------------------------------------- */

static void test_large(void) {
	fixture fx;
	int64_t sn = up(&fx, NVR);
	for(int i = 0; i < 2000; i++) {
		g_autofree char *id = g_strdup_printf("340200000013100%05d", i);
		const char *ids[] = {id, NULL};
		g_assert_cmpint(part(&fx, sn, 2000, ids), ==, 200);
	}
	fixture_advance(&fx, GB_SECOND);
	g_assert_cmpuint(channels(&fx), ==, 2000);
	fixture_down(&fx);
}

static void test_too_many(void) {
	gb_server nowhere = {0};
	gb_device *device = gb_device_new(&nowhere, NVR);
	for(unsigned i = 0; i <= GB_CHANNELS_MAX; i++) {
		g_autofree char *id = g_strdup_printf("34020000001310%06u", i);
		g_assert_cmpint(gb_device_put_channel(device, gb_channel_new(id)), ==, i < GB_CHANNELS_MAX);
	}
	g_assert_cmpuint(gb_device_channel_count(device), ==, GB_CHANNELS_MAX);
	g_assert_cmpuint(device->channels_refused, ==, 1);
	gb_device_free(device);
}

static void test_restart(void) {
	fixture fx;
	fixture_up(&fx);
	fixture_device(&fx, NVR, all);
	fixture_restart(&fx, GB_SECOND);
	g_assert_cmpuint(channels(&fx), ==, 3);
	g_assert_cmpuint(fx.server->channels, ==, 3);
	g_autoptr(gb_channel_info) info = gb_server_get_channel(fx.server, NVR, CHANNEL2);
	g_assert_cmpstr(info->name, ==, "Node 02");
	g_assert_true(info->playable);
	/* what changed meanwhile is asked for at its first sign of life */
	g_assert_cmpint(fixture_asked(&fx, NVR, "Catalog"), ==, 0);
	g_assert_cmpint(fixture_keepalive(&fx, NVR, HOME), ==, 200);
	fixture_advance(&fx, GB_SECOND);
	g_assert_cmpint(fixture_asked(&fx, NVR, "Catalog"), >, 0);
	fixture_down(&fx);
}

static void test_charset(void) {
	fixture fx;
	int64_t sn = up(&fx, NVR);
	/* GB18030 declared as GB2312, an ampersand, a control character */
	g_autofree char *body = g_strdup_printf(
		"<?xml version=\"1.0\" encoding=\"GB2312\"?><Response><CmdType>Catalog</CmdType><SN>%d</SN>"
		"<DeviceID>" NVR
		"</DeviceID><SumNum>1</SumNum><DeviceList Num=\"1\"><Item><DeviceID>" CHANNEL
		"</DeviceID><Name>\xb4\xf3\xc3\xc5 & \x01gate</Name></Item></DeviceList></Response>",
		(int)sn);
	g_assert_cmpint(fixture_message(&fx, NVR, HOME, body), ==, 200);
	fixture_advance(&fx, 10 * GB_SECOND);
	g_autoptr(gb_channel_info) info = gb_server_get_channel(fx.server, NVR, CHANNEL);
	g_assert_nonnull(info);
	g_assert_true(g_str_has_prefix(info->name, "大门 "));
	fixture_down(&fx);
}

static void failed(void *user, const gb_refresh_result *result, const gb_failure *failure) {
	g_assert_cmpuint(result->what, ==, 0);
	*(gb_error_code *)user = failure->code;
}

static void test_refused(void) {
	gb_error_code code = GB_ERROR_FAILED;
	fixture fx;
	fixture_up(&fx);
	fixture_device(&fx, NVR, all);
	gb_server_refresh(fx.server, "404", GB_REFRESH_INFO, failed, &code);
	g_assert_cmpint(code, ==, GB_ERROR_NOT_FOUND);
	stub_sip_clear_messages(fx.sip);
	gb_server_refresh(fx.server, NVR, GB_REFRESH_STATUS, failed, &code);
	GPtrArray *messages = stub_sip_seen(fx.sip)->messages;
	stub_message_answer(messages->pdata[messages->len - 1], 403);
	g_assert_cmpint(code, ==, GB_ERROR_REFUSED);
	gb_server_refresh(fx.server, NVR, GB_REFRESH_STATUS, failed, &code);
	fixture_advance(&fx, 11 * GB_SECOND);
	g_assert_cmpint(code, ==, GB_ERROR_TIMEOUT);
	for(unsigned i = 0; i <= GB_QUERIES_PER_DEVICE; i++) {
		gb_server_refresh(fx.server, NVR, GB_REFRESH_STATUS, failed, &code);
		g_assert_cmpint(code, ==, i < GB_QUERIES_PER_DEVICE ? GB_ERROR_TIMEOUT : GB_ERROR_LIMIT);
	}
	fixture_advance(&fx, 11 * GB_SECOND);
	g_assert_cmpint(code, ==, GB_ERROR_TIMEOUT);
	gb_server_refresh(fx.server, NVR, GB_REFRESH_INFO, failed, &code);
	g_assert_cmpint(fixture_register(&fx, NVR, HOME, 0), ==, 200);
	g_assert_cmpint(code, ==, GB_ERROR_OFFLINE);
	gb_server_refresh(fx.server, NVR, GB_REFRESH_INFO, failed, &code);
	g_assert_cmpint(code, ==, GB_ERROR_OFFLINE);
	fixture_down(&fx);
}

static void said(void *user, const gb_refresh_result *result, const gb_failure *failure) {
	g_assert_null(failure);
	g_assert_cmpuint(result->what, ==, GB_REFRESH_STATUS | GB_REFRESH_INFO);
	g_assert_cmpstr(result->status_online, ==, "OFFLINE");
	g_assert_cmpstr(result->status, ==, "OK");
	g_assert_cmpstr(result->device_time, ==, "2026-03-01T06:05:10Z");
	*(bool *)user = true;
}

static void test_info_and_status(void) {
	bool done = false;
	fixture fx;
	fixture_up(&fx);
	fixture_device(&fx, NVR, all);
	gb_server_refresh(fx.server, NVR, GB_REFRESH_STATUS | GB_REFRESH_INFO, said, &done);
	g_autofree char *status = g_strdup_printf(
		"<Response><CmdType>DeviceStatus</CmdType><SN>%d</SN><DeviceID>" NVR "</DeviceID>"
		"<Result>OK</Result><Online>OFFLINE</Online><Status>OK</Status>"
		"<DeviceTime>2026-03-01T14:05:10</DeviceTime></Response>",
		(int)fixture_asked(&fx, NVR, "DeviceStatus"));
	g_autofree char *info = g_strdup_printf(
		"<Response><CmdType>DeviceInfo</CmdType><SN>%d</SN><DeviceID>" NVR "</DeviceID>"
		"<DeviceName>NVR-1</DeviceName><Result>OK</Result><Manufacturer>Acme</Manufacturer>"
		"<Model>NVR-16</Model><Firmware>V4</Firmware></Response>",
		(int)fixture_asked(&fx, NVR, "DeviceInfo"));
	g_assert_cmpint(fixture_message(&fx, NVR, HOME, status), ==, 200);
	g_assert_false(done);
	g_assert_cmpint(fixture_message(&fx, NVR, HOME, info), ==, 200);
	g_assert_true(done);
	g_autoptr(gb_device_info) device = gb_server_get_device(fx.server, NVR);
	g_assert_cmpstr(device->manufacturer, ==, "Acme");
	g_assert_cmpstr(device->name, ==, "NVR-1");
	g_assert_true(device->online); /* its word OFFLINE is a hint only */
	fixture_down(&fx);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/catalog/one_item_each", test_one_item_each);
	g_test_add_func("/catalog/place_is_free_at_once", test_place_is_free_at_once);
	g_test_add_func("/catalog/never_complete", test_never_complete);
	g_test_add_func("/catalog/removed_only_when_complete", test_removed_only_when_complete);
	g_test_add_func("/catalog/counts_too_low", test_counts_too_low);
	g_test_add_func("/catalog/two_at_once", test_two_at_once);
	g_test_add_func("/catalog/unsolicited", test_unsolicited);
	g_test_add_func("/catalog/notify", test_notify);
	g_test_add_func("/catalog/own_id", test_own_id);
	g_test_add_func("/catalog/only_alarms", test_only_alarms);
	g_test_add_func("/catalog/own_id_goes", test_own_id_goes);
	g_test_add_func("/catalog/lists_itself", test_lists_itself);
	g_test_add_func("/catalog/empty", test_empty);
	g_test_add_func("/catalog/only_channel", test_only_channel);
	g_test_add_func("/catalog/large", test_large);
	g_test_add_func("/catalog/too_many", test_too_many);
	g_test_add_func("/catalog/restart", test_restart);
	g_test_add_func("/catalog/charset", test_charset);
	g_test_add_func("/catalog/refused", test_refused);
	g_test_add_func("/catalog/info_and_status", test_info_and_status);
	return g_test_run();
}
