/* The whole media path over program streams that FFmpeg's muxers made, against the elementary
 * streams that FFmpeg reads from them; and the split test: the same bytes, cut anywhere, give the
 * same packets. */
#include "lib/media_tools.h"

static const struct {
	const char *name;
	bool h265;
	size_t frames;
	size_t key_frames;
} fixtures[] = {
	{"h264-vob", false, 50, 2},
	{"h264-mpeg", false, 50, 2},
	{"h264-dvd", false, 50, 2},
	{"h264-bframes", false, 50, 2},
	{"h264-mp2", false, 50, 2},
	{"h265-vob", true, 50, 2},
};

static mt_ear *run(const GByteArray *stream, size_t cut, bool ordered) {
	gb_pipeline_config config;
	gb_pipeline_config_default(&config);
	config.hold_us = 0;
	mt_ear *ear = mt_ear_new(&config);
	ear->ordered = ordered;
	mt_feed(ear, stream, cut);
	return ear;
}

/** The last frame's end is not known: what follows the stream shows it. */
static GByteArray *with_end(const char *name, bool h265) {
	g_autofree char *file = g_strdup_printf("ps/%s.ps", name);
	g_autoptr(GByteArray) aud = mt_bytes(h265 ? "00 00 00 01 46 01 50" : "00 00 00 01 09 F0 00");
	GByteArray *stream = mt_file(file);
	uint8_t id = 0xE0;
	for(size_t i = 0; i + 4 < stream->len; i++) { /* the stream id that this muxer took */
		if(stream->data[i] == 0 && stream->data[i + 1] == 0 && stream->data[i + 2] == 1 &&
			stream->data[i + 3] >= 0xE0 && stream->data[i + 3] <= 0xEF) {
			id = stream->data[i + 3];
			break;
		}
	}
	if(memcmp(stream->data + stream->len - 4, "\0\0\1\xB9", 4) == 0) {
		g_byte_array_set_size(stream, stream->len - 4);
	}
	mt_pack(stream);
	mt_pes(stream, id, GB_PTS_NONE, aud);
	mt_pes(stream, id, GB_PTS_NONE, aud);
	return stream;
}

static void test_elementary_streams(void) {
	for(size_t i = 0; i < G_N_ELEMENTS(fixtures); i++) {
		bool h265 = fixtures[i].h265;
		g_autofree char *file = g_strdup_printf("ps/%s.%s", fixtures[i].name, h265 ? "265" : "264");
		g_autoptr(GByteArray) expected = mt_file(file);
		g_autoptr(GByteArray) stream = with_end(fixtures[i].name, h265);
		g_autoptr(mt_ear) ear = run(stream, 1400, false);
		g_autoptr(GByteArray) video = mt_video(ear);
		g_autoptr(GByteArray) is = mt_normal(video, h265, true);
		g_autoptr(GByteArray) ought = mt_normal(expected, h265, true);
		gb_pipeline_stats stats;
		gb_pipeline_get_stats(ear->pipeline, &stats);
		g_test_message("%s: %u bytes of slices", fixtures[i].name, ought->len);
		g_assert_cmpuint(ought->len, >, 10000);
		mt_assert_same(is, ought);
		g_assert_cmpuint(stats.video_frames, ==, fixtures[i].frames);
		g_assert_cmpuint(stats.key_frames, ==, fixtures[i].key_frames);
		g_assert_cmpuint(stats.damaged_frames + stats.resyncs + stats.oversize, ==, 0);
		g_assert_cmpint(ear->format.video, ==, h265 ? GB_CODEC_H265 : GB_CODEC_H264);
		g_assert_cmpuint(ear->format.width, ==, 320);
		g_assert_cmpuint(ear->format.height, ==, 240);
	}
}

static void test_timestamps_rise(void) {
	for(size_t i = 0; i < G_N_ELEMENTS(fixtures); i++) {
		g_autoptr(GByteArray) stream = with_end(fixtures[i].name, fixtures[i].h265);
		g_autoptr(mt_ear) ear = run(stream, 1400, false);
		uint32_t last = 0;
		for(size_t at = 1; at < ear->packets->len; at++) {
			const gb_media_packet *packet = mt_at(ear, at);
			g_assert_cmpuint(packet->timestamp, >=, last);
			g_assert_cmpint(packet->frame_start, ==, packet->timestamp > last);
			last = packet->timestamp;
		}
		g_assert_cmpuint(last, >, 49 * 3600 - 400);
		g_assert_cmpuint(last, <, 49 * 3600 + 400);
	}
}

static void assert_same_packets(const mt_ear *one, const mt_ear *other) {
	g_assert_cmpuint(one->packets->len, ==, other->packets->len);
	for(size_t i = 0; i < one->packets->len; i++) {
		const gb_media_packet *left = mt_at(one, i);
		const gb_media_packet *right = mt_at(other, i);
		g_assert_cmpmem(left->data, left->len, right->data, right->len);
		g_assert_cmpint(left->kind, ==, right->kind);
		g_assert_cmpint(left->frame_start, ==, right->frame_start);
		g_assert_cmpint(left->keyframe, ==, right->keyframe);
	}
	g_assert_cmpstr(one->events->str, ==, other->events->str);
}

static void test_split(void) {
	static const size_t cuts[] = {1, 2, 3, 5, 13, 188, 1399, 2048, 60000, 0, 0, 0};
	for(size_t i = 0; i < G_N_ELEMENTS(fixtures); i++) {
		g_autoptr(GByteArray) stream = with_end(fixtures[i].name, fixtures[i].h265);
		g_autoptr(mt_ear) whole = run(stream, 60000, true);
		for(size_t cut = 0; cut < G_N_ELEMENTS(cuts); cut++) {
			g_autoptr(mt_ear) ear = run(stream, cuts[cut], true);
			assert_same_packets(whole, ear);
		}
	}
}

/** Seeds for a stream that breaks every rule at once, cut anywhere. */
static GByteArray *broken_stream(uint32_t seed) {
	g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
	GByteArray *stream = with_end("h264-mp2", false);
	for(int i = 0; i < 12; i++) {
		guint at = (guint)g_rand_int_range(rand, 2000, (gint32)stream->len - 200);
		guint len = (guint)g_rand_int_range(rand, 1, 100);
		switch(g_rand_int_range(rand, 0, 3)) {
		case 0:
			stream->data[at] ^= (guint8)g_rand_int_range(rand, 1, 256);
			break;
		case 1:
			g_byte_array_remove_range(stream, at, len);
			break;
		default:
			memset(stream->data + at, g_rand_int_range(rand, 0, 2), len);
			break;
		}
	}
	return stream;
}

/** Broken streams too are cut-proof: what is lost is lost in the same place. The pack sought for
 * must not begin a packet by chance, which is a rule of its own (13.6 rule 1); ordered cuts below 4
 * bytes never do. */
static void test_split_broken(void) {
	for(uint32_t seed = 1; seed <= 60; seed++) {
		g_autoptr(GByteArray) stream = broken_stream(seed);
		g_autoptr(mt_ear) one = run(stream, 1, true);
		g_autoptr(mt_ear) two = run(stream, 2, true);
		g_autoptr(mt_ear) three = run(stream, 3, true);
		assert_same_packets(one, two);
		assert_same_packets(one, three);
	}
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/media_fixtures/elementary_streams", test_elementary_streams);
	g_test_add_func("/media_fixtures/timestamps_rise", test_timestamps_rise);
	g_test_add_func("/media_fixtures/split", test_split);
	g_test_add_func("/media_fixtures/split_broken", test_split_broken);
	return g_test_run();
}
