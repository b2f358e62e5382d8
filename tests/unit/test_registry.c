/* Lists, pages, counts, sizes; ladders and the words of the JSON API. */
#include "stubs/domain_fixture.h"

#include "gb28181/domain/gb_play_reasons.h"

#include <string.h>

#define HOME "10.0.0.9:5060"

static const char *const both[] = {CHANNEL, CHANNEL2, NULL};

static unsigned devices(fixture *fx, gb_list_query query, GPtrArray **ret_items) {
	return gb_server_list_devices(fx->server, &query, ret_items);
}

static unsigned channels(fixture *fx, gb_list_query query, GPtrArray **ret_items) {
	return gb_server_list_channels(fx->server, &query, ret_items);
}

static const char *device_at(const GPtrArray *items, guint at) {
	return ((const gb_device_info *)items->pdata[at])->id;
}

static void many(fixture *fx, unsigned count) {
	fixture_up(fx);
	/* out of order */
	for(unsigned i = 0; i < count; i++) {
		g_autofree char *id = g_strdup_printf("3402000000132%07u", (i * 7) % count);
		g_assert_cmpint(fixture_register(fx, id, HOME, 3600), ==, 200);
	}
}

static void test_pages(void) {
	fixture fx;
	many(&fx, 25);
	g_autoptr(GPtrArray) first = NULL;
	g_autoptr(GPtrArray) last = NULL;
	g_autoptr(GPtrArray) beyond = NULL;
	g_assert_cmpuint(devices(&fx, (gb_list_query){.online = -1, .limit = 10}, &first), ==, 25);
	g_assert_cmpuint(first->len, ==, 10);
	g_assert_cmpstr(device_at(first, 0), ==, "34020000001320000000");
	g_assert_cmpstr(device_at(first, 9), ==, "34020000001320000009");
	g_assert_cmpuint(
		devices(&fx, (gb_list_query){.online = -1, .offset = 20, .limit = 10}, &last), ==, 25);
	g_assert_cmpuint(last->len, ==, 5);
	g_assert_cmpstr(device_at(last, 4), ==, "34020000001320000024");
	g_assert_cmpuint(
		devices(&fx, (gb_list_query){.online = -1, .offset = 30, .limit = 10}, &beyond), ==, 25);
	g_assert_cmpuint(beyond->len, ==, 0);
	fixture_down(&fx);
}

static void test_filters(void) {
	fixture fx;
	many(&fx, 5);
	gb_device_edit edit = {.name = "Südtor 大门", .enabled = -1};
	g_assert_true(gb_server_edit_device(fx.server, "34020000001320000003", &edit, NULL));
	g_assert_cmpint(fixture_register(&fx, "34020000001320000001", HOME, 0), ==, 200);
	static const struct {
		int online;
		const char *search;
		unsigned total;
	} cases[] = {{-1, NULL, 5}, {1, NULL, 4}, {0, NULL, 1}, {-1, "SÜDTOR", 1}, {-1, "大门", 1},
		{-1, "0003", 1}, {-1, "nothing", 0}, {0, "0003", 0}, {-1, "", 5}};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) items = NULL;
		gb_list_query query = {.online = cases[i].online, .search = cases[i].search, .limit = 100};
		g_assert_cmpuint(devices(&fx, query, &items), ==, cases[i].total);
		g_assert_cmpuint(items->len, ==, cases[i].total);
	}
	fixture_down(&fx);
}

static void test_channels(void) {
	fixture fx;
	fixture_up(&fx);
	fixture_device(&fx, NVR, both);
	fixture_device(&fx, "34020000001180000002", both); /* the same ids: other channels */
	g_autoptr(GPtrArray) all = NULL;
	g_assert_cmpuint(channels(&fx, (gb_list_query){.online = -1, .limit = 100}, &all), ==, 4);
	const gb_channel_info *third = all->pdata[2];
	g_assert_cmpstr(third->device, ==, "34020000001180000002");
	g_assert_cmpstr(third->id, ==, CHANNEL);
	g_assert_cmpstr(third->name, ==, "Node 01");
	g_autoptr(GPtrArray) some = NULL;
	gb_list_query one = {.device = NVR, .online = 1, .search = "node 02", .limit = 100};
	g_assert_cmpuint(channels(&fx, one, &some), ==, 1);
	g_autoptr(GPtrArray) none = NULL;
	g_assert_cmpuint(channels(&fx, (gb_list_query){.device = CAMERA, .limit = 1}, &none), ==, 0);
	g_assert_null(gb_server_get_channel(fx.server, NVR, CAMERA));
	g_assert_null(gb_server_get_device(fx.server, CAMERA));
	fixture_down(&fx);
}

static void test_counts(void) {
	gb_server_counts counts;
	fixture fx;
	fixture_up(&fx);
	fixture_device(&fx, NVR, both);
	g_assert_cmpint(fixture_register(&fx, CAMERA, HOME, 3600), ==, 200);
	g_assert_cmpint(fixture_register(&fx, CAMERA, HOME, 0), ==, 200);
	gb_server_get_counts(fx.server, &counts);
	g_assert_cmpuint(counts.devices, ==, 2);
	g_assert_cmpuint(counts.online, ==, 1);
	g_assert_cmpuint(counts.channels, ==, 3);
	g_assert_cmpint(counts.uptime_s, ==, 2);
	g_assert_true(gb_server_destroy_device(fx.server, NVR, NULL));
	g_assert_true(fixture_saw(&fx, "device removed " NVR));
	gb_server_get_counts(fx.server, &counts);
	g_assert_cmpuint(counts.devices, ==, 1);
	g_assert_cmpuint(counts.online, ==, 0);
	g_assert_cmpuint(counts.channels, ==, 1);
	fixture_down(&fx);
}

static void test_edit(void) {
	g_autoptr(GError) exists = NULL;
	g_autoptr(GError) unknown = NULL;
	g_autoptr(GError) invalid = NULL;
	g_autoptr(GError) name = NULL;
	gb_device_edit edit = {.name = "Gate", .password = "secret", .enabled = -1};
	fixture fx;
	fixture_up(&fx);
	g_assert_true(gb_server_create_device(fx.server, CAMERA, &edit, NULL));
	g_assert_false(gb_server_create_device(fx.server, CAMERA, &edit, &exists));
	g_assert_error(exists, GB_ERROR, GB_ERROR_EXISTS);
	g_assert_false(gb_server_edit_device(fx.server, NVR, &edit, &unknown));
	g_assert_error(unknown, GB_ERROR, GB_ERROR_NOT_FOUND);
	g_assert_false(gb_server_create_device(fx.server, "not an id", &edit, &invalid));
	g_assert_error(invalid, GB_ERROR, GB_ERROR_INVALID);
	edit.name = "\xff";
	g_assert_false(gb_server_edit_device(fx.server, CAMERA, &edit, &name));
	g_assert_error(name, GB_ERROR, GB_ERROR_INVALID);
	g_autoptr(gb_device_info) info = gb_server_get_device(fx.server, CAMERA);
	g_assert_cmpstr(info->name, ==, "Gate");
	g_assert_true(info->created);
	g_assert_true(info->has_password);
	g_assert_false(info->online);
	/* a restart keeps it */
	fixture_restart(&fx, GB_SECOND);
	g_autoptr(gb_device_info) after = gb_server_get_device(fx.server, CAMERA);
	g_assert_cmpstr(after->name, ==, "Gate");
	g_assert_true(after->created);
	g_assert_true(after->has_password);
	g_assert_true(gb_server_destroy_device(fx.server, CAMERA, NULL));
	g_assert_false(gb_server_destroy_device(fx.server, CAMERA, NULL));
	fixture_restart(&fx, GB_SECOND);
	g_assert_null(gb_server_get_device(fx.server, CAMERA));
	fixture_down(&fx);
}

static void test_too_many_devices(void) {
	gb_server nowhere = {0};
	gb_registry *registry = gb_registry_new();
	for(unsigned i = 0; i < GB_DEVICES_MAX; i++) {
		char id[GB_ID_SIZE];
		(void)g_snprintf(id, sizeof(id), "3402000000132%07u", i);
		g_assert_nonnull(gb_registry_add(registry, &nowhere, id));
	}
	g_assert_null(gb_registry_add(registry, &nowhere, NVR));
	g_assert_cmpuint(gb_registry_refused(registry), ==, 1);
	gb_registry_free(registry);
}

static void test_bad_options(void) {
	static const struct {
		const char *media_ip, *advertised, *store, *named;
	} cases[] = {
		{"here", NULL, ":memory:", "media.ip"},
		{"0.0.0.0", "10.0.0.0/99=1.2.3.4", ":memory:", "media.advertised_ip"},
		{"0.0.0.0", NULL, "/refused", "store.path"},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		gb_server_config config;
		gb_server_config_default(&config);
		g_free(config.media_ip);
		g_free(config.store_path);
		config.media_ip = g_strdup(cases[i].media_ip);
		config.store_path = g_strdup(cases[i].store);
		if(cases[i].advertised)
			config.media_advertised_ip = g_strsplit(cases[i].advertised, ";", -1);
		g_assert_null(gb_core_new(&config, NULL, NULL, &error));
		g_assert_nonnull(error);
		g_assert_true(g_str_has_prefix(error->message, cases[i].named));
		gb_server_config_clear(&config);
	}
	stub_store_forget();
}

/* ---- small ones ---------------------------------------------------------------------------- */

static void test_ladder(void) {
	static const char *const names[GB_STEPS] = {"invite_sent", "trying", "answered", "ack_sent",
		"first_packet", "first_pack", "codec", "first_keyframe", "first_relay"};
	gb_ladder ladder;
	gb_ladder_start(&ladder, 5);
	g_assert_cmpint(ladder.start_us, ==, 5);
	for(int step = 0; step < GB_STEPS; step++) {
		g_assert_cmpstr(gb_step_name((gb_step)step), ==, names[step]);
		if(step == GB_STEP_TRYING)
			continue; /* optional: never named as missing */
		g_assert_cmpint(gb_ladder_missing(&ladder), ==, step);
		gb_ladder_reach(&ladder, (gb_step)step, 10 + step);
		gb_ladder_reach(&ladder, (gb_step)step, 99); /* the first time counts */
		g_assert_cmpint(ladder.at_us[step], ==, 10 + step);
	}
	g_assert_cmpint(gb_ladder_missing(&ladder), ==, GB_STEPS);
	g_assert_cmpstr(gb_step_name(GB_STEPS), ==, "");
}

static void test_failures(void) {
	g_autoptr(gb_failure) failure = gb_play_reason_device_streams(2);
	g_autoptr(gb_failure) copy = gb_failure_copy(failure);
	g_assert_cmpstr(copy->message, ==, failure->message);
	g_assert_cmpstr(copy->limit, ==, "device_streams");
	g_assert_cmpint(copy->sip_status, ==, 486);
	g_assert_null(gb_failure_copy(NULL));
	/* with and without a provisional answer the advice differs */
	g_autoptr(gb_failure) deaf = gb_play_reason_sip(408, "Timeout", false);
	g_autoptr(gb_failure) slow = gb_play_reason_sip(408, "Timeout", true);
	g_assert_cmpstr(deaf->message, !=, slow->message);
	g_assert_cmpint(deaf->code, ==, GB_ERROR_TIMEOUT);
	g_assert_cmpint(slow->sip_status, ==, 0);
	g_autoptr(gb_failure) odd = gb_play_reason_sip(699, NULL, false);
	g_assert_cmpstr(odd->sip_reason, ==, "");
}

static void test_names(void) {
	static const char *const names[] = {
		"inviting", "waiting_media", "playing", "interrupted", "lingering", "closing"};
	for(size_t i = 0; i < G_N_ELEMENTS(names); i++)
		g_assert_cmpstr(gb_play_state_name((gb_play_state)i), ==, names[i]);
}

/** Measured, not only promised: less than 4 kB for a device without catalog. */
static void test_size(void) {
	g_assert_cmpuint(sizeof(gb_device), <=, GB_DEVICE_BYTES_MAX);
	/* struct, its own channel, the tree's nodes, texts of an ordinary length */
	size_t texts = 10 * 64 + 10 * 16;
	g_assert_cmpuint(sizeof(gb_device) + sizeof(gb_channel) + 2 * 64 + texts, <, 4096);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/registry/pages", test_pages);
	g_test_add_func("/registry/filters", test_filters);
	g_test_add_func("/registry/channels", test_channels);
	g_test_add_func("/registry/counts", test_counts);
	g_test_add_func("/registry/edit", test_edit);
	g_test_add_func("/registry/too_many_devices", test_too_many_devices);
	g_test_add_func("/registry/bad_options", test_bad_options);
	g_test_add_func("/registry/ladder", test_ladder);
	g_test_add_func("/registry/failures", test_failures);
	g_test_add_func("/registry/names", test_names);
	g_test_add_func("/registry/size", test_size);
	return g_test_run();
}
