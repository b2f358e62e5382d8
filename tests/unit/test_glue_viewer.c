/* test_glue_viewer.c - sequence numbers and timestamps that go on rising, and the packets that
 * leave. */
#include "glue/gb_glue_viewer.h"

#include "gb28181/base/gb_clock.h"
#include "stubs/glue_fixture.h"

#include <string.h>

/* ---- lines ---------------------------------------------------------------------------------- */

typedef struct {
	int64_t after_us;
	bool jump;
	uint64_t seq;
	uint32_t ts;
	uint16_t out_seq;
	uint32_t out_ts;
} line_row;

static void run_line(const line_row *rows, size_t count, uint16_t seq, uint32_t ts) {
	gb_line line;
	int64_t now_us = GB_SECOND;
	gb_line_init(&line, 90000, seq, ts);
	for(size_t i = 0; i < count; i++) {
		uint16_t out_seq;
		uint32_t out_ts;
		now_us += rows[i].after_us;
		line.jump = rows[i].jump;
		gb_line_next(&line, rows[i].seq, rows[i].ts, now_us, &out_seq, &out_ts);
		g_test_message("row %zu: %u %u", i, out_seq, out_ts);
		g_assert_cmpuint(out_seq, ==, rows[i].out_seq);
		g_assert_cmpuint(out_ts, ==, rows[i].out_ts);
	}
}

static void test_line(void) {
	static const line_row rows[] = {
		{0, false, 1000, 5000, 65534, 4294967000u}, {0, false, 1001, 5000, 65535, 4294967000u},
		{40000, false, 1002, 8600, 0, 3304},  /* both wrap */
		{40000, false, 1005, 12200, 3, 6904}, /* the camera's loss stays a hole */
		{500000, false, 900, 9000, 4, 51904}, /* a replay: continues half a second later */
		{0, false, 901, 9000, 5, 51904}, {0, false, 902, 12600, 6, 55504},
		{1000, false, 2000, 12600, 7, 55594},			/* too far for loss */
		{40000, true, 2100, 16200, 8, 59194},			/* said to be another beginning */
		{0, false, 2101, 16200 + 20 * 90000, 9, 59284}, /* a jump in time: a millisecond at least */
	};
	run_line(rows, G_N_ELEMENTS(rows), 65534, 4294967000u);
}

/* Whatever comes, sequence numbers rise by 1 and timestamps never fall where the line is broken. */
static void test_line_rises(void) {
	gb_line line;
	uint16_t last_seq = 0, seq;
	uint32_t last_ts = 0, ts;
	gb_line_init(&line, 8000, 1, 1);
	for(int i = 0; i < 1000; i++) {
		line.jump = true;
		gb_line_next(&line, (uint64_t)g_test_rand_int_range(0, 1000000),
			(uint32_t)g_test_rand_int(), (int64_t)i * 20 * GB_MS, &seq, &ts);
		if(i > 0) {
			g_assert_cmpuint((uint16_t)(seq - last_seq), ==, 1);
			g_assert_cmpint((int32_t)(ts - last_ts), >, 0);
		}
		last_seq = seq;
		last_ts = ts;
	}
}

/* ---- packets -------------------------------------------------------------------------------- */

static void give(gb_viewer *viewer, gb_codec codec, uint64_t seq, bool marker) {
	uint8_t data[16] = {0x80, 0xff, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 0x65, 1, 2, 3};
	gb_media_packet packet = {
		.data = data,
		.len = sizeof(data),
		.kind = codec == GB_CODEC_PCMA || codec == GB_CODEC_PCMU ? GB_AUDIO : GB_VIDEO,
		.codec = codec,
		.marker = marker,
		.seq = seq,
		.timestamp = 3600,
	};
	viewer->sink.ops->packet(&viewer->sink, &packet);
}

static const stub_relayed *relayed(guint index) {
	g_assert_cmpuint(index, <, stub_janus.relayed->len);
	return &g_array_index(stub_janus.relayed, stub_relayed, index);
}

static void test_relay(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	gb_viewer *viewer = gb_viewer_new(f.session, true);
	give(viewer, GB_CODEC_H264, 1, false);
	give(viewer, GB_CODEC_H264, 2, true);
	give(viewer, GB_CODEC_PCMA, 1, false);
	give(viewer, GB_CODEC_PCMU, 2, false);
	g_assert_cmpuint(stub_janus.relayed->len, ==, 4);
	g_assert_cmpuint(relayed(0)->data[1], ==, 96);
	g_assert_cmpuint(relayed(1)->data[1], ==, 0x80 | 96);
	g_assert_cmpint(relayed(0)->mindex, ==, 0);
	g_assert_true(relayed(0)->video);
	g_assert_cmpint(relayed(0)->min_delay, ==, 0);
	g_assert_cmpint(relayed(0)->max_delay, ==, 0);
	g_assert_cmpuint(relayed(0)->data[12], ==, 0x65); /* the payload is as it was */
	g_assert_cmpuint(relayed(2)->data[1], ==, 8);
	g_assert_cmpuint(relayed(3)->data[1], ==, 0);
	g_assert_cmpint(relayed(2)->mindex, ==, 1);
	g_assert_false(relayed(2)->video);
	g_assert_cmpint(relayed(2)->min_delay, ==, -1);
	uint16_t first = (uint16_t)(relayed(0)->data[2] << 8 | relayed(0)->data[3]);
	uint16_t second = (uint16_t)(relayed(1)->data[2] << 8 | relayed(1)->data[3]);
	g_assert_cmpuint((uint16_t)(second - first), ==, 1);
	g_assert_cmpuint(atomic_load(&viewer->counters.video), ==, 2);
	g_assert_cmpuint(atomic_load(&viewer->counters.audio), ==, 2);
	g_assert_cmpuint(atomic_load(&viewer->counters.bytes), ==, 64);
	/* shut: nothing leaves any more */
	gb_viewer_shut(viewer);
	give(viewer, GB_CODEC_H264, 3, false);
	g_assert_cmpuint(stub_janus.relayed->len, ==, 4);
	gb_viewer_unref(viewer);
	glue_fixture_end(&f);
}

static void test_resumed(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	gb_viewer *viewer = gb_viewer_new(f.session, true);
	give(viewer, GB_CODEC_H264, 10, false);
	atomic_store(&viewer->anew, true);
	give(viewer, GB_CODEC_H264, 90, false); /* 79 packets passed meanwhile: not a hole */
	uint16_t first = (uint16_t)(relayed(0)->data[2] << 8 | relayed(0)->data[3]);
	uint16_t second = (uint16_t)(relayed(1)->data[2] << 8 | relayed(1)->data[3]);
	g_assert_cmpuint((uint16_t)(second - first), ==, 1);
	gb_viewer_unref(viewer);
	glue_fixture_end(&f);
}

static void test_refused(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	gb_viewer *viewer = gb_viewer_new(f.session, false);
	give(viewer, GB_CODEC_H265, 1, false);
	give(viewer, GB_CODEC_AAC, 1, false);
	give(viewer, GB_CODEC_PCMA, 1, false); /* no audio m-line */
	g_assert_cmpuint(stub_janus.relayed->len, ==, 0);
	g_assert_cmpuint(atomic_load(&viewer->counters.dropped), ==, 3);
	gb_viewer_unref(viewer);
	glue_fixture_end(&f);
}

static void test_ladder(void) {
	glue_fixture f;
	glue_fixture_start(&f);
	gb_viewer *viewer = gb_viewer_new(f.session, true);
	viewer->offer_sent_us = viewer->requested_us + 3 * GB_MS;
	viewer->connected_us = viewer->requested_us + 80 * GB_MS;
	gb_clock_fake_advance(120 * GB_MS);
	give(viewer, GB_CODEC_H264, 1, false);
	json_t *ladder = gb_viewer_ladder(viewer);
	g_autofree char *text = json_dumps(ladder, JSON_COMPACT | JSON_SORT_KEYS);
	g_assert_cmpstr(text, ==,
		"[{\"ms\":0,\"step\":\"requested\"},{\"ms\":3,\"step\":\"offer_sent\"},"
		"{\"ms\":80,\"step\":\"connected\"},{\"ms\":120,\"step\":\"first_relay\"}]");
	json_decref(ladder);
	gb_viewer_unref(viewer);
	glue_fixture_end(&f);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/glue/viewer/line", test_line);
	g_test_add_func("/glue/viewer/line-rises", test_line_rises);
	g_test_add_func("/glue/viewer/relay", test_relay);
	g_test_add_func("/glue/viewer/resumed", test_resumed);
	g_test_add_func("/glue/viewer/refused", test_refused);
	g_test_add_func("/glue/viewer/ladder", test_ladder);
	return g_test_run();
}
