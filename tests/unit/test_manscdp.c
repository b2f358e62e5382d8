/* test_manscdp.c - MANSCDP messages: fixtures of each command, broken ones, charsets, caps,
 * builders.
 *
 * Fixtures are in tests/data/manscdp; see the README there. */
#include "gb28181/proto/gb_manscdp.h"

#include <math.h>
#include <string.h>
#include <time.h>

/** 2026-03-01T14:05:10 at UTC+8, in microseconds. */
#define TIME_US (1772345110LL * 1000000)

#define DEVICE "34020000001180000001"
#define CAMERA "34020000001310000001"
#define NAME_ZH "\xe5\xa4\xa7\xe9\x97\xa8\xe6\x91\x84\xe5\x83\x8f\xe6\x9c\xba"
#define ADDRESS_ZH "\xe4\xb8\x80\xe5\x8f\xb7\xe9\x97\xa8"

/** A fixture, from the top of the tree, a folder below it, or `srcdir` of automake. */
static char *fixture_path(const char *name) {
	const char *source = g_getenv("srcdir");
	const char *const roots[] = {source ? source : ".", ".", "..", "../.."};
	for(size_t i = 0; i < G_N_ELEMENTS(roots); i++) {
		g_autofree char *path = g_build_filename(roots[i], "tests/data/manscdp", name, NULL);
		if(g_file_test(path, G_FILE_TEST_EXISTS))
			return g_steal_pointer(&path);
	}
	g_error("%s: no such fixture from here; set srcdir to the top of the source", name);
}

static gb_manscdp *parse_file(const char *name, gb_charset charset) {
	g_autofree char *path = fixture_path(name);
	g_autofree char *bytes = NULL;
	gsize len = 0;
	gb_manscdp *message = NULL;
	g_assert_true(g_file_get_contents(path, &bytes, &len, NULL));
	g_test_message("%s", name);
	g_assert_cmpint(gb_manscdp_parse(bytes, len, charset, 480, &message), ==, GB_OK);
	return message;
}

static gb_result parse_text(const char *text, gb_manscdp **ret_message) {
	return gb_manscdp_parse(text, strlen(text), GB_CHARSET_AUTO, 480, ret_message);
}

static void check_head(
	const gb_manscdp *m, gb_manscdp_root root, gb_cmd cmd, int64_t sn, const char *id) {
	g_assert_cmpint(m->root, ==, root);
	g_assert_cmpint(m->cmd, ==, cmd);
	g_assert_cmpint(m->sn, ==, sn);
	g_assert_cmpstr(m->device_id, ==, id);
}

static const gb_catalog_item *item_at(const gb_manscdp *m, guint index) {
	g_assert_cmpuint(index, <, m->catalog.items->len);
	return (const gb_catalog_item *)g_ptr_array_index(m->catalog.items, index);
}

static void test_keepalive(void) {
	g_autoptr(gb_manscdp) m = parse_file("keepalive.xml", GB_CHARSET_AUTO);
	check_head(m, GB_ROOT_NOTIFY, GB_CMD_KEEPALIVE, 3634, "34020000001320000001");
	g_assert_true(m->has_body);
	g_assert_false(m->repaired);
	g_assert_true(m->keepalive.status_ok);
	g_assert_cmpuint(m->keepalive.faulty->len, ==, 2);
	g_assert_cmpstr((const char *)m->keepalive.faulty->pdata[0], ==, "34020000001340000001");
	g_assert_cmpstr((const char *)m->keepalive.faulty->pdata[1], ==, "34020000001310000002");
	g_autoptr(gb_manscdp) blank = parse_file("keepalive_blank_info.xml", GB_CHARSET_AUTO);
	check_head(blank, GB_ROOT_NOTIFY, GB_CMD_KEEPALIVE, 1700000000123, "34020000001320000001");
	g_assert_cmpuint(blank->keepalive.faulty->len, ==, 0);
	g_assert_false(blank->repaired);
	g_autoptr(gb_manscdp) early = parse_file("keepalive_early_end.xml", GB_CHARSET_AUTO);
	check_head(early, GB_ROOT_NOTIFY, GB_CMD_KEEPALIVE, 12, "34020000001320000001");
	g_assert_true(early->keepalive.status_ok);
	g_assert_true(early->repaired);
}

static void test_keepalive_status(void) {
	static const struct {
		const char *status;
		bool ok;
	} rows[] = {{"<Status>OK</Status>", true}, {"<Status>ok </Status>", true}, {"", true},
		{"<Status/>", true}, {"<Status>ERROR</Status>", false}, {"<Status>error</Status>", false},
		{"<Status>Normal</Status>", true}};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(gb_manscdp) m = NULL;
		g_autofree char *body =
			g_strdup_printf("<Notify><CmdType>keepalive</CmdType>%s</Notify>", rows[i].status);
		g_assert_cmpint(parse_text(body, &m), ==, GB_OK);
		check_head(m, GB_ROOT_NOTIFY, GB_CMD_KEEPALIVE, -1, "");
		g_assert_cmpint(m->keepalive.status_ok, ==, rows[i].ok);
	}
}

static void test_device_info(void) {
	g_autoptr(gb_manscdp) m = parse_file("device_info.xml", GB_CHARSET_AUTO);
	check_head(m, GB_ROOT_RESPONSE, GB_CMD_DEVICE_INFO, 1001, DEVICE);
	g_assert_cmpint(m->result, ==, GB_RESULT_OK);
	g_assert_cmpstr(m->info.name, ==, "NVR-1");
	g_assert_cmpstr(m->info.manufacturer, ==, "Acme");
	g_assert_cmpstr(m->info.model, ==, "NVR-16");
	g_assert_cmpstr(m->info.firmware, ==, "V4.30.005");
	g_assert_cmpint(m->info.channels, ==, 16);
	g_autoptr(gb_manscdp) old = parse_file("device_info_2011.xml", GB_CHARSET_AUTO);
	g_assert_cmpint(old->result, ==, GB_RESULT_ABSENT);
	g_assert_null(old->info.name);
	g_assert_null(old->info.manufacturer);
	g_assert_null(old->info.model);
	g_assert_cmpint(old->info.channels, ==, 8);
}

static void test_device_status(void) {
	g_autoptr(gb_manscdp) m = parse_file("device_status.xml", GB_CHARSET_AUTO);
	const gb_duty duties[] = {GB_DUTY_ON, GB_DUTY_OFF, GB_DUTY_ALARM};
	check_head(m, GB_ROOT_RESPONSE, GB_CMD_DEVICE_STATUS, 1002, DEVICE);
	g_assert_cmpint(m->status.online, ==, GB_FLAG_ON);
	g_assert_cmpint(m->status.status, ==, GB_FLAG_ON);
	g_assert_cmpint(m->status.encode, ==, GB_FLAG_ON);
	g_assert_cmpint(m->status.record, ==, GB_FLAG_OFF);
	g_assert_true(m->status.device_time.present);
	g_assert_cmpint(m->status.device_time.us, ==, TIME_US);
	g_assert_cmpuint(m->status.inputs->len, ==, 3);
	for(guint i = 0; i < 3; i++)
		g_assert_cmpint(g_array_index(m->status.inputs, gb_alarm_input, i).duty, ==, duties[i]);
	g_autoptr(gb_manscdp) off = parse_file("device_status_offline.xml", GB_CHARSET_AUTO);
	g_assert_cmpint(off->status.online, ==, GB_FLAG_OFF);
	g_assert_cmpint(off->status.status, ==, GB_FLAG_OFF);
	g_assert_cmpint(off->status.encode, ==, GB_FLAG_UNKNOWN);
	g_assert_cmpint(off->status.device_time.us, ==, TIME_US);
	g_assert_cmpuint(off->status.inputs->len, ==, 0);
	g_assert_cmpstr(off->reason, ==, "no signal");
}

static void test_catalog(void) {
	g_autoptr(gb_manscdp) m = parse_file("catalog.xml", GB_CHARSET_AUTO);
	check_head(m, GB_ROOT_RESPONSE, GB_CMD_CATALOG, 1003, DEVICE);
	g_assert_cmpint(m->catalog.sum_num, ==, 17);
	g_assert_cmpuint(m->catalog.items->len, ==, 2);
	const gb_catalog_item *camera = item_at(m, 0);
	g_assert_cmpstr(camera->id, ==, CAMERA);
	g_assert_cmpstr(camera->name, ==, "Gate");
	g_assert_cmpstr(camera->manufacturer, ==, "Acme");
	g_assert_cmpstr(camera->model, ==, "IPC-2M");
	g_assert_cmpstr(camera->owner, ==, "Owner");
	g_assert_cmpstr(camera->civil_code, ==, "340200");
	g_assert_cmpstr(camera->block, ==, "7");
	g_assert_cmpstr(camera->address, ==, "Gate 1");
	g_assert_cmpstr(camera->stream_numbers, ==, "0/1");
	g_assert_cmpint(camera->parental, ==, 0);
	g_assert_cmpint(camera->register_way, ==, 1);
	g_assert_cmpint(camera->secrecy, ==, 0);
	g_assert_cmpint(camera->ptz_type, ==, 1);
	g_assert_cmpint(camera->status, ==, GB_ITEM_ON);
	g_assert_cmpint(camera->event, ==, GB_EVENT_NONE);
	g_assert_cmpuint(camera->parent_count, ==, 1);
	g_assert_cmpstr(camera->parents[0], ==, DEVICE);
	g_assert_true(camera->position.present);
	g_assert_cmpfloat(camera->position.longitude, ==, 118.376451);
	g_assert_cmpfloat(camera->position.latitude, ==, 31.326319);
	const gb_catalog_item *contact = item_at(m, 1);
	g_assert_cmpint(contact->status, ==, GB_ITEM_OFF);
	g_assert_false(contact->position.present);
	g_assert_cmpint(contact->ptz_type, ==, -1);
	g_assert_null(contact->block);
	g_assert_cmpint(gb_manscdp_node_kind(contact), ==, GB_NODE_ALARM);
	g_assert_false(gb_manscdp_playable(contact));
}

static void test_catalog_steal(void) {
	g_autoptr(gb_manscdp) m = parse_file("catalog.xml", GB_CHARSET_AUTO);
	g_autoptr(gb_catalog_item) item =
		(gb_catalog_item *)g_ptr_array_steal_index(m->catalog.items, 0);
	g_clear_pointer(&m, gb_manscdp_free);
	g_assert_cmpstr(item->name, ==, "Gate");
	gb_catalog_item_free(NULL);
	gb_record_item_free(NULL);
	gb_preset_free(NULL);
	gb_device_setting_free(NULL);
	gb_manscdp_free(NULL);
}

static void test_charsets(void) {
	static const struct {
		const char *file;
		gb_charset charset;
	} rows[] = {
		{"catalog_gbk.xml", GB_CHARSET_AUTO},
		{"catalog_gbk.xml", GB_CHARSET_GB18030},
		{"catalog_gbk_says_utf8.xml", GB_CHARSET_AUTO},
		{"catalog_gbk_says_utf8.xml", GB_CHARSET_GB18030},
		{"catalog_gbk_no_declaration.xml", GB_CHARSET_AUTO},
		{"catalog_utf8.xml", GB_CHARSET_AUTO},
		{"catalog_utf8.xml", GB_CHARSET_UTF8},
		{"catalog_utf8_says_gb2312.xml", GB_CHARSET_AUTO},
		{"catalog_utf8_says_gb2312.xml", GB_CHARSET_UTF8},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(gb_manscdp) m = parse_file(rows[i].file, rows[i].charset);
		g_assert_cmpuint(m->catalog.items->len, ==, 2);
		g_assert_cmpstr(item_at(m, 0)->name, ==, NAME_ZH);
		g_assert_cmpstr(item_at(m, 0)->address, ==, ADDRESS_ZH);
		g_assert_false(m->repaired);
	}
	g_autoptr(gb_manscdp) rare = parse_file("catalog_gb18030.xml", GB_CHARSET_AUTO);
	g_assert_cmpstr(
		item_at(rare, 0)->name, ==, "\xe5\xa4\xa7\xe9\x97\xa8\xe3\x90\x80\xf0\xa0\x80\x80");
	/* The wrong setting spoils the name, not the message. */
	g_autoptr(gb_manscdp) wrong = parse_file("catalog_gbk.xml", GB_CHARSET_UTF8);
	g_assert_cmpuint(wrong->catalog.items->len, ==, 2);
	g_assert_true(g_utf8_validate(item_at(wrong, 0)->name, -1, NULL));
	g_assert_cmpstr(item_at(wrong, 0)->name, !=, NAME_ZH);
}

static void test_catalog_notify(void) {
	static const gb_item_event events[] = {GB_EVENT_ON, GB_EVENT_OFF, GB_EVENT_VLOST,
		GB_EVENT_DEFECT, GB_EVENT_DEL, GB_EVENT_UPDATE, GB_EVENT_NONE, GB_EVENT_ADD};
	g_autoptr(gb_manscdp) m = parse_file("catalog_notify.xml", GB_CHARSET_AUTO);
	check_head(m, GB_ROOT_NOTIFY, GB_CMD_CATALOG, 162, DEVICE);
	g_assert_cmpuint(m->catalog.items->len, ==, G_N_ELEMENTS(events));
	for(guint i = 0; i < G_N_ELEMENTS(events); i++)
		g_assert_cmpint(item_at(m, i)->event, ==, events[i]);
	g_assert_cmpint(item_at(m, 0)->status, ==, GB_ITEM_UNKNOWN);
	g_assert_null(item_at(m, 0)->name);
	g_assert_cmpstr(item_at(m, 7)->name, ==, "Yard");
	g_autoptr(gb_manscdp) platform = parse_file("catalog_notify_platform.xml", GB_CHARSET_AUTO);
	check_head(platform, GB_ROOT_NOTIFY, GB_CMD_CATALOG, 7, "130909115229300990");
	g_assert_cmpint(item_at(platform, 0)->event, ==, GB_EVENT_NONE);
	g_assert_cmpstr(item_at(platform, 0)->parents[0], ==, "130909115229300990");
}

static void test_catalog_nodes(void) {
	static const gb_node_kind rule_b[] = {
		GB_NODE_REGION, GB_NODE_ORGANISATION, GB_NODE_CAMERA, GB_NODE_ORGANISATION, GB_NODE_CAMERA};
	static const gb_node_kind tree[] = {GB_NODE_PLATFORM, GB_NODE_REGION, GB_NODE_GROUP,
		GB_NODE_ORGANISATION, GB_NODE_CAMERA, GB_NODE_CAMERA};
	g_autoptr(gb_manscdp) b = parse_file("catalog_rule_b.xml", GB_CHARSET_AUTO);
	g_assert_cmpuint(b->catalog.items->len, ==, G_N_ELEMENTS(rule_b));
	for(guint i = 0; i < G_N_ELEMENTS(rule_b); i++) {
		g_assert_cmpint(gb_manscdp_node_kind(item_at(b, i)), ==, rule_b[i]);
		g_assert_cmpint(gb_manscdp_playable(item_at(b, i)), ==, rule_b[i] == GB_NODE_CAMERA);
	}
	const gb_catalog_item *region = item_at(b, 0);
	g_assert_null(region->manufacturer);
	g_assert_null(region->model);
	g_assert_null(region->owner);
	g_assert_null(region->civil_code);
	g_assert_null(region->address);
	g_autoptr(gb_manscdp) t = parse_file("catalog_tree.xml", GB_CHARSET_AUTO);
	g_assert_cmpuint(t->catalog.items->len, ==, G_N_ELEMENTS(tree));
	for(guint i = 0; i < G_N_ELEMENTS(tree); i++)
		g_assert_cmpint(gb_manscdp_node_kind(item_at(t, i)), ==, tree[i]);
	g_assert_cmpstr(item_at(t, 3)->business_group_id, ==, "34020000002150000001");
	const gb_catalog_item *camera = item_at(t, 4);
	g_assert_cmpstr(camera->business_group_id, ==, "34020000002150000001");
	g_assert_cmpint(camera->ptz_type, ==, 3);
	g_assert_cmpuint(camera->parent_count, ==, 2);
	g_assert_cmpstr(camera->parents[0], ==, "34020000001180000001");
	g_assert_cmpstr(camera->parents[1], ==, "34020000002160000002");
	const gb_catalog_item *many = item_at(t, 5);
	g_assert_cmpuint(many->parent_count, ==, GB_MANSCDP_PARENTS_MAX);
	g_assert_cmpstr(many->parents[0], ==, "1");
	g_assert_cmpstr(many->parents[7], ==, "8");
	g_assert_cmpuint(t->dropped, ==, 1);
}

static void test_catalog_empty(void) {
	g_autoptr(gb_manscdp) m = parse_file("catalog_empty.xml", GB_CHARSET_AUTO);
	g_assert_cmpint(m->catalog.sum_num, ==, 0);
	g_assert_cmpuint(m->catalog.items->len, ==, 0);
}

/** Each broken list and what comes of it; name and address are those of the first item. */
static void test_broken(void) {
	static const struct {
		const char *file;
		guint items;
		int64_t sum_num;
		const char *name;
		const char *address;
		bool repaired;
		size_t dropped;
	} rows[] = {
		{"broken_ampersand.xml", 3, 3, "R&D", "Street", true, 0},
		{"broken_address.xml", 3, 3, "Gate", NULL, true, 0},
		{"broken_nul.xml", 3, 3, "Gate", "Street", false, 0},
		{"broken_extra_item_end.xml", 3, 3, "Gate", "Street", true, 0},
		{"broken_trailing.xml", 3, 3, "Gate", "Street", true, 0},
		{"broken_truncated.xml", 2, 3, "Gate", "Street", true, 0},
		{"broken_early_end.xml", 3, 3, "Gate", "Street", true, 0},
		{"broken_num_unquoted.xml", 3, 3, "Gate", "Street", false, 0},
		{"broken_no_sumnum.xml", 3, -1, "Gate", "Street", false, 0},
		{"broken_leading.xml", 3, 3, "Gate", "Street", false, 0},
		{"broken_case.xml", 3, 3, "Gate", "Street", false, 0},
		{"broken_missing_ends.xml", 3, 3, "Gate", NULL, true, 0},
		{"broken_ids.xml", 2, 3, "Gate", "Street", false, 3},
		{"broken_extra_elements.xml", 3, -1, "Gate", "Street", false, 0},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(gb_manscdp) m = parse_file(rows[i].file, GB_CHARSET_AUTO);
		check_head(m, GB_ROOT_RESPONSE, GB_CMD_CATALOG, 20, DEVICE);
		g_assert_cmpuint(m->catalog.items->len, ==, rows[i].items);
		g_assert_cmpint(m->catalog.sum_num, ==, rows[i].sum_num);
		g_assert_cmpint(m->repaired, ==, rows[i].repaired);
		g_assert_cmpuint(m->dropped, ==, rows[i].dropped);
		g_assert_cmpstr(item_at(m, 0)->name, ==, rows[i].name);
		g_assert_cmpstr(item_at(m, 0)->address, ==, rows[i].address);
		const gb_catalog_item *last = item_at(m, rows[i].items - 1);
		g_assert_cmpint(last->id[19] - '0', ==, (int)rows[i].items);
		g_assert_cmpint(last->status, ==, GB_ITEM_ON);
	}
}

/** Garbage in one element costs that element only. */
static void test_broken_neighbours(void) {
	g_autoptr(gb_manscdp) m = parse_file("broken_address.xml", GB_CHARSET_AUTO);
	for(guint i = 0; i < 3; i++) {
		g_assert_null(item_at(m, i)->address);
		g_assert_cmpstr(item_at(m, i)->name, ==, "Gate");
		g_assert_cmpint(item_at(m, i)->status, ==, GB_ITEM_ON);
	}
	g_autoptr(gb_manscdp) amp = parse_file("broken_ampersand.xml", GB_CHARSET_AUTO);
	g_assert_cmpstr(item_at(amp, 1)->name, ==, "A & B");
	g_assert_cmpstr(item_at(amp, 1)->address, ==, "C&D;");
	g_autoptr(gb_manscdp) extra = parse_file("broken_extra_elements.xml", GB_CHARSET_AUTO);
	g_assert_false(item_at(extra, 0)->position.present);
	g_assert_cmpint(item_at(extra, 0)->secrecy, ==, -1);
}

static void test_media_status(void) {
	g_autoptr(gb_manscdp) m = parse_file("media_status.xml", GB_CHARSET_AUTO);
	check_head(m, GB_ROOT_NOTIFY, GB_CMD_MEDIA_STATUS, 8, CAMERA);
	g_assert_cmpint(m->media.notify_type, ==, 121);
}

static void test_alarm(void) {
	g_autoptr(gb_manscdp) m = parse_file("alarm.xml", GB_CHARSET_AUTO);
	check_head(m, GB_ROOT_NOTIFY, GB_CMD_ALARM, 51, CAMERA);
	g_assert_cmpint(m->alarm.priority, ==, 4);
	g_assert_cmpint(m->alarm.method, ==, 5);
	g_assert_cmpint(m->alarm.type, ==, 6);
	g_assert_cmpint(m->alarm.event_type, ==, 1);
	g_assert_cmpint(m->alarm.time.us, ==, TIME_US);
	g_assert_cmpstr(m->alarm.description, ==, "intrusion");
	g_assert_true(m->alarm.position.present);
	g_autoptr(gb_manscdp) bare = parse_file("alarm_bare.xml", GB_CHARSET_AUTO);
	check_head(bare, GB_ROOT_NOTIFY, GB_CMD_ALARM, 52, "3402000000");
	g_assert_cmpint(bare->alarm.method, ==, 0);
	g_assert_cmpint(bare->alarm.type, ==, 2);
	g_assert_cmpint(bare->alarm.event_type, ==, -1);
	g_assert_cmpint(bare->alarm.time.us, ==, TIME_US + 250000);
	g_assert_null(bare->alarm.description);
	g_assert_false(bare->alarm.position.present);
}

static void test_positions(void) {
	g_autoptr(gb_manscdp) flat = parse_file("position_2016.xml", GB_CHARSET_AUTO);
	g_assert_cmpuint(flat->positions->len, ==, 1);
	const gb_mobile_position *p = &g_array_index(flat->positions, gb_mobile_position, 0);
	g_assert_cmpstr(p->id, ==, "34020000001380000001");
	g_assert_cmpint(p->time.us, ==, TIME_US);
	g_assert_cmpfloat(p->position.longitude, ==, 118.376451);
	g_assert_cmpfloat(p->speed_kmh, ==, 36.5);
	g_assert_cmpfloat(p->direction_deg, ==, 90);
	g_assert_cmpfloat(p->altitude_m, ==, 12.3);
	g_autoptr(gb_manscdp) list = parse_file("position_2022.xml", GB_CHARSET_AUTO);
	g_assert_cmpuint(list->positions->len, ==, 2);
	g_assert_cmpuint(list->dropped, ==, 1);
	p = &g_array_index(list->positions, gb_mobile_position, 0);
	g_assert_cmpstr(p->id, ==, "34020000001380000001");
	g_assert_cmpint(p->time.us, ==, TIME_US - 1000000);
	p = &g_array_index(list->positions, gb_mobile_position, 1);
	g_assert_cmpstr(p->id, ==, "34020000001380000003");
	g_assert_cmpint(p->time.us, ==, TIME_US);
	g_assert_cmpfloat(p->position.longitude, ==, -0.5);
	g_assert_true(isnan(p->speed_kmh));
	g_assert_true(isnan(p->altitude_m));
}

static void test_position_values(void) {
	static const struct {
		const char *longitude;
		const char *latitude;
		bool present;
	} rows[] = {{"118.5", "31.5", true}, {"-180", "-90", true}, {"180.1", "31", false},
		{"118", "90.5", false}, {"0", "0", false}, {"0.0", "0.000000", false}, {"0", "31", true},
		{"NaN", "31", false}, {"inf", "31", false}, {"", "31", false}, {"118", " ", false},
		{"118,5", "31", false}, {"1e400", "31", false}, {"null", "null", false}};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(gb_manscdp) m = NULL;
		g_autofree char *body =
			g_strdup_printf("<Notify><CmdType>Alarm</CmdType><SN>1</SN><Longitude>%s</Longitude>"
							"<Latitude>%s</Latitude></Notify>",
				rows[i].longitude, rows[i].latitude);
		g_assert_cmpint(parse_text(body, &m), ==, GB_OK);
		g_assert_cmpint(m->alarm.position.present, ==, rows[i].present);
	}
}

static void test_records(void) {
	g_autoptr(gb_manscdp) m = parse_file("record_info.xml", GB_CHARSET_AUTO);
	check_head(m, GB_ROOT_RESPONSE, GB_CMD_RECORD_INFO, 1004, CAMERA);
	g_assert_cmpint(m->records.sum_num, ==, 3);
	g_assert_cmpstr(m->records.name, ==, "Gate");
	g_assert_cmpuint(m->records.items->len, ==, 1);
	const gb_record_item *r = (const gb_record_item *)m->records.items->pdata[0];
	g_assert_cmpstr(r->id, ==, CAMERA);
	g_assert_cmpstr(r->path, ==, CAMERA);
	g_assert_cmpstr(r->address, ==, "Gate 1");
	g_assert_cmpstr(r->type, ==, "time");
	g_assert_cmpstr(r->recorder_id, ==, DEVICE);
	g_assert_cmpint(r->end.us - r->start.us, ==, 1800LL * 1000000);
	g_assert_cmpint(r->secrecy, ==, 0);
	g_assert_cmpint(r->size_bytes, ==, 471859200);
}

static void test_presets(void) {
	g_autoptr(gb_manscdp) m = parse_file("presets.xml", GB_CHARSET_AUTO);
	check_head(m, GB_ROOT_RESPONSE, GB_CMD_PRESET_QUERY, 1006, CAMERA);
	g_assert_cmpint(m->presets.sum_num, ==, 2);
	g_assert_cmpuint(m->presets.items->len, ==, 2);
	g_assert_cmpuint(m->dropped, ==, 2);
	const gb_preset *first = (const gb_preset *)m->presets.items->pdata[0];
	const gb_preset *last = (const gb_preset *)m->presets.items->pdata[1];
	g_assert_cmpint(first->number, ==, 1);
	g_assert_cmpstr(first->name, ==, "Gate");
	g_assert_cmpint(last->number, ==, 255);
	g_assert_null(last->name);
}

static void check_setting(
	const gb_manscdp *m, guint index, const char *type, const char *name, const char *value) {
	g_assert_cmpuint(index, <, m->config.values->len);
	const gb_device_setting *s = (const gb_device_setting *)m->config.values->pdata[index];
	g_assert_cmpstr(s->type, ==, type);
	g_assert_cmpstr(s->name, ==, name);
	g_assert_cmpstr(s->value, ==, value);
}

static void test_config(void) {
	g_autoptr(gb_manscdp) basic = parse_file("config_basic.xml", GB_CHARSET_AUTO);
	check_head(basic, GB_ROOT_RESPONSE, GB_CMD_CONFIG_DOWNLOAD, 1005, "34020000001320000001");
	g_assert_cmpint(basic->config.expiration_s, ==, 3600);
	g_assert_cmpint(basic->config.heartbeat_interval_s, ==, 60);
	g_assert_cmpint(basic->config.heartbeat_count, ==, 3);
	g_assert_cmpuint(basic->config.values->len, ==, 6);
	check_setting(basic, 0, "BasicParam", "Name", "Gate");
	check_setting(basic, 5, "BasicParam", "HeartBeatCount", "3");
	for(guint i = 0; i < basic->config.values->len; i++) {
		const gb_device_setting *s = (const gb_device_setting *)basic->config.values->pdata[i];
		g_assert_cmpstr(s->name, !=, "Password");
		g_assert_cmpstr(s->value, !=, "verysecret");
	}
	g_autoptr(gb_manscdp) osd = parse_file("config_osd.xml", GB_CHARSET_AUTO);
	g_assert_cmpint(osd->config.expiration_s, ==, -1);
	check_setting(osd, 0, "OSDConfig", "Length", "1920");
	check_setting(osd, 1, "OSDConfig", "SumNum", "1");
	check_setting(osd, 2, "OSDConfig", "Item/Text", "Gate");
	check_setting(osd, 3, "OSDConfig", "Item/X", "10");
	check_setting(osd, 4, "FrameMirror", "FrameMirror", "1");
}

static void test_head_only(void) {
	g_autoptr(gb_manscdp) error = parse_file("result_error.xml", GB_CHARSET_AUTO);
	check_head(error, GB_ROOT_RESPONSE, GB_CMD_UNKNOWN, 77, CAMERA);
	g_assert_cmpstr(error->cmd_text, ==, "HomePositionQuery");
	g_assert_cmpint(error->result, ==, GB_RESULT_ERROR);
	g_assert_cmpstr(error->reason, ==, "not supported");
	g_assert_false(error->has_body);
	g_autoptr(gb_manscdp) broadcast = parse_file("broadcast_response.xml", GB_CHARSET_AUTO);
	check_head(broadcast, GB_ROOT_RESPONSE, GB_CMD_BROADCAST, 3001, "34020000001370000001");
	g_assert_cmpint(broadcast->result, ==, GB_RESULT_OK);
	/* A command under a root that it does not have is a head only. */
	g_autoptr(gb_manscdp) query = NULL;
	g_assert_cmpint(
		parse_text("<Query><CmdType>Catalog</CmdType><SN>1</SN></Query>", &query), ==, GB_OK);
	g_assert_cmpint(query->root, ==, GB_ROOT_QUERY);
	g_assert_cmpint(query->cmd, ==, GB_CMD_CATALOG);
	g_assert_false(query->has_body);
}

static void test_head_values(void) {
	static const struct {
		const char *head;
		int64_t sn;
		const char *id;
	} rows[] = {
		{"<SN>1</SN><DeviceID>1</DeviceID>", 1, "1"},
		{"<SN> 7 </SN><DeviceID> 34 </DeviceID>", 7, "34"},
		{"<SN>-7</SN><DeviceID></DeviceID>", -1, ""},
		{"<SN>x</SN><DeviceID>a b</DeviceID>", -1, ""},
		{"<SN>9223372036854775807</SN><DeviceID>softphone.1</DeviceID>", G_MAXINT64, "softphone.1"},
		{"<SN>9223372036854775808</SN><DeviceID>null</DeviceID>", -1, ""},
		{"<deviceid>12</deviceid><sn>3</sn>", 3, "12"},
		{"<DeviceID>123456789012345678901234567890123</DeviceID>", -1, ""},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(gb_manscdp) m = NULL;
		g_autofree char *body =
			g_strdup_printf("<Notify>%s<CmdType>Other</CmdType></Notify>", rows[i].head);
		g_assert_cmpint(parse_text(body, &m), ==, GB_OK);
		check_head(m, GB_ROOT_NOTIFY, GB_CMD_UNKNOWN, rows[i].sn, rows[i].id);
	}
}

static void test_refused(void) {
	static const char *const bad[] = {"", " ", "hello", "<Foo><CmdType>Catalog</CmdType></Foo>",
		"<Notify></Notify>", "<Notify><CmdType></CmdType></Notify>",
		"<Notify><CmdType>null</CmdType></Notify>", "<Notify><CmdType>Keepali",
		"<!DOCTYPE Notify [<!ENTITY a \"b\">]><Notify><CmdType>Keepalive</CmdType></Notify>",
		"v=0\r\no=- 0 0 IN IP4 192.0.2.1\r\n"};
	for(size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		gb_manscdp *m = NULL;
		g_assert_cmpint(parse_text(bad[i], &m), ==, GB_BAD);
		g_assert_null(m);
	}
}

/** `before`, then `count` items with their number in 20 digits, then `after`. */
static char *compose(const char *before, const char *format_head, const char *format_tail,
	size_t count, const char *after) {
	GString *out = g_string_new(before);
	for(size_t i = 0; i < count; i++) {
		g_string_append(out, format_head);
		g_string_append_printf(out, "34020000001310%06" G_GSIZE_FORMAT, i);
		g_string_append(out, format_tail);
	}
	g_string_append(out, after);
	return g_string_free(out, FALSE);
}

static void test_caps(void) {
	g_autoptr(gb_manscdp) catalog = NULL;
	g_autofree char *items =
		compose("<Response><CmdType>Catalog</CmdType><DeviceList>", "<Item><DeviceID>",
			"</DeviceID></Item>", GB_MANSCDP_ITEMS_MAX + 5, "</DeviceList></Response>");
	g_assert_cmpint(parse_text(items, &catalog), ==, GB_OK);
	g_assert_cmpuint(catalog->catalog.items->len, ==, GB_MANSCDP_ITEMS_MAX);
	g_assert_cmpuint(catalog->dropped, ==, 5);
	g_autoptr(gb_manscdp) keepalive = NULL;
	g_autofree char *ids = compose("<Notify><CmdType>Keepalive</CmdType><Info>", "<DeviceID>",
		"</DeviceID>", GB_MANSCDP_IDS_MAX + 3, "</Info></Notify>");
	g_assert_cmpint(parse_text(ids, &keepalive), ==, GB_OK);
	g_assert_cmpuint(keepalive->keepalive.faulty->len, ==, GB_MANSCDP_IDS_MAX);
	g_assert_cmpuint(keepalive->dropped, ==, 3);
	g_autoptr(gb_manscdp) status = NULL;
	g_autofree char *inputs =
		compose("<Response><CmdType>DeviceStatus</CmdType><Alarmstatus>", "<Item><DeviceID>",
			"</DeviceID></Item>", GB_MANSCDP_IDS_MAX + 2, "</Alarmstatus></Response>");
	g_assert_cmpint(parse_text(inputs, &status), ==, GB_OK);
	g_assert_cmpuint(status->status.inputs->len, ==, GB_MANSCDP_IDS_MAX);
	g_assert_cmpuint(status->dropped, ==, 2);
	g_autoptr(gb_manscdp) records = NULL;
	g_autofree char *files =
		compose("<Response><CmdType>RecordInfo</CmdType><RecordList>", "<Item><FilePath>",
			"</FilePath></Item>", GB_MANSCDP_ITEMS_MAX + 1, "</RecordList></Response>");
	g_assert_cmpint(parse_text(files, &records), ==, GB_OK);
	g_assert_cmpuint(records->records.items->len, ==, GB_MANSCDP_ITEMS_MAX);
	g_assert_cmpuint(records->dropped, ==, 1);
}

static void test_limits(void) {
	gb_manscdp *m = NULL;
	g_autofree char *big = g_malloc(GB_MANSCDP_BODY_MAX + 1);
	memset(big, ' ', GB_MANSCDP_BODY_MAX + 1);
	g_assert_cmpint(
		gb_manscdp_parse(big, GB_MANSCDP_BODY_MAX + 1, GB_CHARSET_AUTO, 480, &m), ==, GB_LIMIT);
	g_assert_cmpint(
		gb_manscdp_parse(big, GB_MANSCDP_BODY_MAX, GB_CHARSET_AUTO, 480, &m), ==, GB_BAD);
	/* Bytes that are no text grow threefold on the way to UTF-8 and still are within the cap. */
	static const char head[] = "<Notify><CmdType>Keepalive</CmdType><X>";
	memset(big, 0xff, GB_MANSCDP_BODY_MAX);
	memcpy(big, head, sizeof(head) - 1);
	g_assert_cmpint(
		gb_manscdp_parse(big, GB_MANSCDP_BODY_MAX, GB_CHARSET_UTF8, 480, &m), ==, GB_OK);
	g_clear_pointer(&m, gb_manscdp_free);
	GString *deep = g_string_new("<Notify><CmdType>Keepalive</CmdType>");
	for(int i = 0; i < 20; i++)
		g_string_append(deep, "<a>");
	g_assert_cmpint(parse_text(deep->str, &m), ==, GB_LIMIT);
	g_string_free(deep, TRUE);
	g_assert_null(m);
}

static void test_text_cap(void) {
	g_autofree char *name = g_strnfill(GB_MANSCDP_TEXT_MAX + 100, 'n');
	g_autofree char *body = g_strdup_printf(
		"<Response><CmdType>DeviceInfo</CmdType><DeviceName>%s</DeviceName></Response>", name);
	g_autoptr(gb_manscdp) m = NULL;
	g_assert_cmpint(parse_text(body, &m), ==, GB_OK);
	g_assert_cmpuint(strlen(m->info.name), ==, GB_MANSCDP_TEXT_MAX);
}

/** A full catalog of 10,000 items, as large as they come, is read in under a second of processor
 * time. */
static void test_speed(void) {
	static const char tail[] =
		"</DeviceID><Name>\xb4\xf3\xc3\xc5\xc9\xe3\xcf\xf1\xbb\xfa</Name>"
		"<Manufacturer>Acme</Manufacturer><Model>IPC-2M</Model><Owner>Owner</Owner>"
		"<CivilCode>340200</CivilCode><Address>Gate 1</Address><Parental>0</Parental>"
		"<ParentID>34020000001180000001</ParentID><SafetyWay>0</SafetyWay>"
		"<RegisterWay>1</RegisterWay><Secrecy>0</Secrecy><Status>ON</Status>"
		"<Longitude>118.376451</Longitude><Latitude>31.326319</Latitude><Info>"
		"<PTZType>1</PTZType><DownloadSpeed>1/2/4</DownloadSpeed></Info></Item>\r\n";
	g_autofree char *body = compose("<Response><CmdType>Catalog</CmdType><SN>1</SN><DeviceList>",
		"<Item><DeviceID>", tail, GB_MANSCDP_ITEMS_MAX, "</DeviceList></Response>");
	clock_t before = clock();
	g_autoptr(gb_manscdp) m = NULL;
	g_assert_cmpint(parse_text(body, &m), ==, GB_OK);
	double seconds = (double)(clock() - before) / CLOCKS_PER_SEC;
	g_test_message("%.3f s for %" G_GSIZE_FORMAT " bytes", seconds, strlen(body));
	g_assert_cmpuint(m->catalog.items->len, ==, GB_MANSCDP_ITEMS_MAX);
	g_assert_cmpstr(item_at(m, 9999)->name, ==, NAME_ZH);
	/* Under valgrind it takes far longer; whoever runs that says so. */
	if(!g_getenv("GB_TEST_SLOW"))
		g_assert_cmpfloat(seconds, <, 1.0);
}

static void check_body(char *body, const char *expected) {
	g_autofree char *owned = body;
	g_assert_cmpstr(owned, ==, expected);
}

static void test_build(void) {
	check_body(gb_manscdp_build_query(GB_VERSION_2016, GB_CMD_DEVICE_INFO, 1001, DEVICE),
		"<?xml version=\"1.0\" encoding=\"GB2312\"?>\r\n<Query><CmdType>DeviceInfo</CmdType>"
		"<SN>1001</SN><DeviceID>" DEVICE "</DeviceID></Query>\r\n");
	check_body(gb_manscdp_build_query(GB_VERSION_2022, GB_CMD_CATALOG, 2147483647, DEVICE),
		"<?xml version=\"1.0\" encoding=\"GB18030\"?>\r\n<Query><CmdType>Catalog</CmdType>"
		"<SN>2147483647</SN><DeviceID>" DEVICE "</DeviceID></Query>\r\n");
	check_body(gb_manscdp_build_key_frame(GB_VERSION_2016, 2, CAMERA),
		"<?xml version=\"1.0\" encoding=\"GB2312\"?>\r\n<Control><CmdType>DeviceControl</CmdType>"
		"<SN>2</SN><DeviceID>" CAMERA "</DeviceID><IFameCmd>Send</IFameCmd></Control>\r\n");
	check_body(gb_manscdp_build_key_frame(GB_VERSION_2022, 2, CAMERA),
		"<?xml version=\"1.0\" encoding=\"GB18030\"?>\r\n<Control><CmdType>DeviceControl</CmdType>"
		"<SN>2</SN><DeviceID>" CAMERA "</DeviceID><IFrameCmd>Send</IFrameCmd></Control>\r\n");
	check_body(gb_manscdp_build_alarm_response(GB_VERSION_2016, 51, CAMERA, true),
		"<?xml version=\"1.0\" encoding=\"GB2312\"?>\r\n<Response><CmdType>Alarm</CmdType>"
		"<SN>51</SN><DeviceID>" CAMERA "</DeviceID><Result>OK</Result></Response>\r\n");
	check_body(gb_manscdp_build_alarm_response(GB_VERSION_2016, 51, CAMERA, false),
		"<?xml version=\"1.0\" encoding=\"GB2312\"?>\r\n<Response><CmdType>Alarm</CmdType>"
		"<SN>51</SN><DeviceID>" CAMERA "</DeviceID><Result>ERROR</Result></Response>\r\n");
}

static void test_build_fields(void) {
	const gb_manscdp_field fields[] = {{"AlarmCmd", "ResetAlarm"}, {"Absent", NULL},
		{"Info/AlarmMethod", "2"}, {"Info/AlarmType", "<1&"}, {"Other/X", "1"}, {"Name", "\"x\""}};
	check_body(gb_manscdp_build(GB_VERSION_2016, GB_ROOT_CONTROL, GB_CMD_DEVICE_CONTROL, 9, CAMERA,
				   fields, G_N_ELEMENTS(fields)),
		"<?xml version=\"1.0\" encoding=\"GB2312\"?>\r\n<Control><CmdType>DeviceControl</CmdType>"
		"<SN>9</SN><DeviceID>" CAMERA "</DeviceID><AlarmCmd>ResetAlarm</AlarmCmd>"
		"<Info><AlarmMethod>2</AlarmMethod><AlarmType>&lt;1&amp;</AlarmType></Info>"
		"<Other><X>1</X></Other><Name>&quot;x&quot;</Name></Control>\r\n");
	const gb_manscdp_field broadcast[] = {{"SourceID", "1"}, {"TargetID", "2"}};
	check_body(gb_manscdp_build(GB_VERSION_2016, GB_ROOT_NOTIFY, GB_CMD_BROADCAST, 9, NULL,
				   broadcast, G_N_ELEMENTS(broadcast)),
		"<?xml version=\"1.0\" encoding=\"GB2312\"?>\r\n<Notify><CmdType>Broadcast</CmdType>"
		"<SN>9</SN><SourceID>1</SourceID><TargetID>2</TargetID></Notify>\r\n");
	/* A body ends well with an outer element, too, and what we build we can read. */
	const gb_manscdp_field nested[] = {{"Info/X", "a&b"}};
	g_autofree char *body =
		gb_manscdp_build(GB_VERSION_2022, GB_ROOT_QUERY, GB_CMD_RECORD_INFO, 7, "12", nested, 1);
	g_autoptr(gb_manscdp) m = NULL;
	g_assert_cmpint(parse_text(body, &m), ==, GB_OK);
	check_head(m, GB_ROOT_QUERY, GB_CMD_RECORD_INFO, 7, "12");
	g_assert_false(m->repaired);
}

static void test_cmd_names(void) {
	g_assert_cmpstr(gb_cmd_name(GB_CMD_UNKNOWN), ==, "");
	for(int cmd = GB_CMD_UNKNOWN + 1; cmd <= GB_CMD_BROADCAST; cmd++) {
		g_autoptr(gb_manscdp) m = NULL;
		g_autofree char *body =
			g_strdup_printf("<Control><CmdType>%s</CmdType></Control>", gb_cmd_name((gb_cmd)cmd));
		g_assert_cmpint(parse_text(body, &m), ==, GB_OK);
		g_assert_cmpint(m->cmd, ==, cmd);
	}
}

static void add_parse_tests(void) {
	g_test_add_func("/manscdp/keepalive", test_keepalive);
	g_test_add_func("/manscdp/keepalive-status", test_keepalive_status);
	g_test_add_func("/manscdp/device-info", test_device_info);
	g_test_add_func("/manscdp/device-status", test_device_status);
	g_test_add_func("/manscdp/catalog", test_catalog);
	g_test_add_func("/manscdp/catalog-steal", test_catalog_steal);
	g_test_add_func("/manscdp/charsets", test_charsets);
	g_test_add_func("/manscdp/catalog-notify", test_catalog_notify);
	g_test_add_func("/manscdp/catalog-nodes", test_catalog_nodes);
	g_test_add_func("/manscdp/catalog-empty", test_catalog_empty);
	g_test_add_func("/manscdp/broken", test_broken);
	g_test_add_func("/manscdp/broken-neighbours", test_broken_neighbours);
	g_test_add_func("/manscdp/media-status", test_media_status);
	g_test_add_func("/manscdp/alarm", test_alarm);
	g_test_add_func("/manscdp/positions", test_positions);
	g_test_add_func("/manscdp/position-values", test_position_values);
	g_test_add_func("/manscdp/records", test_records);
	g_test_add_func("/manscdp/presets", test_presets);
	g_test_add_func("/manscdp/config", test_config);
	g_test_add_func("/manscdp/head-only", test_head_only);
	g_test_add_func("/manscdp/head-values", test_head_values);
	g_test_add_func("/manscdp/refused", test_refused);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	add_parse_tests();
	g_test_add_func("/manscdp/caps", test_caps);
	g_test_add_func("/manscdp/limits", test_limits);
	g_test_add_func("/manscdp/text-cap", test_text_cap);
	g_test_add_func("/manscdp/speed", test_speed);
	g_test_add_func("/manscdp/build", test_build);
	g_test_add_func("/manscdp/build-fields", test_build_fields);
	g_test_add_func("/manscdp/cmd-names", test_cmd_names);
	return g_test_run();
}
