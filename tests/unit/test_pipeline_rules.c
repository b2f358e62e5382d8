/* The pipeline by the rules of gb28181.md 13.6, one row or one test each, on streams made to order.
 */
#include "lib/media_tools.h"

/** Frames of a camera with one pack each: a key frame, then P frames. */
static GByteArray *camera_stream(size_t frames, size_t bytes) {
	GByteArray *out = g_byte_array_new();
	for(size_t i = 0; i < frames; i++) {
		int64_t pts = 900000 + (int64_t)i * 3600;
		mt_camera_frame(out, i == 0, pts,
			i == 0 ? mt_key_frame(bytes * 5, 1) : mt_p_frame(bytes, (uint32_t)i + 1));
	}
	return out;
}

static GByteArray *nal_of(const char *head, size_t len, uint32_t seed) {
	GByteArray *out = g_byte_array_new();
	mt_nal(out, head, len, seed);
	return out;
}

static gb_pipeline_stats stats_of(const mt_ear *ear) {
	gb_pipeline_stats stats;
	gb_pipeline_get_stats(ear->pipeline, &stats);
	return stats;
}

static void send_key(mt_ear *ear, size_t bytes, bool marker) {
	g_autoptr(GByteArray) out = g_byte_array_new();
	mt_camera_frame(out, true, ear->rtp_time, mt_key_frame(bytes, 1));
	mt_feed_frame(ear, out, marker);
}

static void send_p(mt_ear *ear, size_t bytes, uint32_t seed, bool marker) {
	g_autoptr(GByteArray) out = g_byte_array_new();
	mt_camera_frame(out, false, ear->rtp_time, mt_p_frame(bytes, seed));
	mt_feed_frame(ear, out, marker);
}

static mt_ear *check_video(GByteArray *stream, const GByteArray *expected, const char *what) {
	static const size_t cuts[] = {1400, 1, 0};
	mt_ear *last = NULL;
	mt_camera_frame(stream, false, GB_PTS_NONE, mt_p_frame(10, 99));
	mt_pack(stream);
	for(size_t i = 0; i < G_N_ELEMENTS(cuts); i++) {
		mt_ear *ear = mt_ear_new(NULL);
		mt_feed(ear, stream, cuts[i]);
		g_autoptr(GByteArray) video = mt_video(ear);
		g_test_message("%s, cut %zu", what, cuts[i]);
		if(video->len == expected->len + 16) { /* the further frame's end was believed */
			g_byte_array_set_size(video, expected->len);
		}
		mt_assert_same(video, expected);
		g_clear_pointer(&last, mt_ear_free);
		last = ear;
	}
	return last;
}

/** Rule 1: after a loss the rest of the frame is dropped, counted and told, and the numbers have a
 * gap. */
static void test_loss(void) {
	g_autoptr(mt_ear) ear = mt_ear_new(NULL);
	g_autoptr(GByteArray) stream = camera_stream(6, 9000);
	g_autoptr(GByteArray) tail = g_byte_array_new();
	size_t index = 0;
	for(size_t at = 0; at < stream->len; at += 1400, index++) {
		if(index == 40) { /* within the second frame */
			ear->seq++;
		} else {
			mt_rtp(ear, 96, false, stream->data + at, MIN(1400, stream->len - at));
		}
	}
	ear->now_us += 300000;
	gb_pipeline_tick(ear->pipeline, ear->now_us);
	mt_camera_frame(tail, false, GB_PTS_NONE, mt_p_frame(10, 9));
	mt_camera_frame(tail, false, GB_PTS_NONE, mt_p_frame(10, 9));
	mt_feed(ear, tail, 1400);
	gb_pipeline_stats stats = stats_of(ear);
	g_assert_cmpuint(stats.lost, ==, 1);
	g_assert_cmpuint(stats.damaged_frames, ==, 1);
	g_assert_cmpuint(stats.resyncs, ==, 1);
	g_assert_cmpstr(ear->events->str, ==, "pack format key damaged ");
	size_t gaps = 0;
	uint32_t damaged = 0;
	for(size_t i = 1; i < ear->packets->len; i++) {
		uint64_t step = mt_at(ear, i)->seq - mt_at(ear, i - 1)->seq;
		g_assert_cmpuint(step, >=, 1);
		if(step > 1) {
			gaps++;
			damaged = mt_at(ear, i - 1)->timestamp;
			g_assert_false(mt_at(ear, i - 1)->marker);
			g_assert_true(mt_at(ear, i)->frame_start);
		}
	}
	g_assert_cmpuint(gaps, ==, 1);
	g_assert_cmpuint(damaged, <, mt_last(ear)->timestamp);
	g_assert_cmpuint(stats.video_frames, >=, 5);
}

/** Rule 1: after a loss a video PES at the begin of an RTP payload is a place to go on, too. */
static void test_resync_at_pes(void) {
	g_autoptr(mt_ear) ear = mt_ear_new(NULL);
	send_key(ear, 3000, true);
	ear->seq++;
	ear->now_us += 300000;
	for(uint32_t i = 0; i < 3; i++) {
		g_autoptr(GByteArray) out = g_byte_array_new();
		g_autoptr(GByteArray) slice = mt_p_frame(500, i);
		mt_pes(out, 0xE0, ear->rtp_time, slice);
		mt_feed_frame(ear, out, true);
		ear->now_us += 300000;
		gb_pipeline_tick(ear->pipeline, ear->now_us);
	}
	g_assert_cmpuint(stats_of(ear).damaged_frames, ==, 1);
	g_assert_cmpuint(stats_of(ear).video_frames, ==, 4);
}

typedef struct {
	const char *what;
	void (*build)(GByteArray *stream, GByteArray *expected);
} rule_row;

static void build_several_pes(GByteArray *stream, GByteArray *expected) {
	g_autoptr(GByteArray) frame = mt_key_frame(150000, 3);
	mt_pack(stream);
	for(size_t at = 0; at < frame->len; at += 65000) {
		mt_pes_len(stream, 0xE0, at == 0 ? 900000 : GB_PTS_NONE, frame->data + at,
			MIN(65000, frame->len - at), -1);
	}
	mt_append(expected, frame);
}

static void build_length_zero(GByteArray *stream, GByteArray *expected) {
	g_autoptr(GByteArray) key = mt_key_frame(100000, 3);
	g_autoptr(GByteArray) slice = mt_p_frame(5000, 4);
	mt_pack(stream);
	mt_psm(stream, 0x1B, 0x90);
	mt_pes_len(stream, 0xE0, 900000, key->data, key->len, 0);
	mt_pack(stream);
	mt_pes_len(stream, 0xE0, 903600, slice->data, slice->len, 0);
	mt_pes_len(stream, 0xC0, 903600, slice->data, 160, -1);
	mt_append(expected, key);
	mt_append(expected, slice);
}

static void build_length_wrapped(GByteArray *stream, GByteArray *expected) {
	g_autoptr(GByteArray) key = mt_key_frame(150000, 3);
	mt_pack(stream);
	mt_pes_len(stream, 0xE0, 900000, key->data, key->len, (int)((key->len + 8) & 0xFFFF));
	mt_append(expected, key);
}

/** The same where the length ends in front of a byte that looks like the begin of a header. */
static void build_length_wrapped_at_zeros(GByteArray *stream, GByteArray *expected) {
	g_autoptr(GByteArray) key = mt_key_frame(70000, 3);
	size_t end = (key->len + 8 - 65536) - 8;
	key->data[end] = 0;
	key->data[end + 1] = 0;
	key->data[end + 2] = 2;
	mt_pack(stream);
	mt_pes_len(stream, 0xE0, 900000, key->data, key->len, (int)((key->len + 8) & 0xFFFF));
	mt_append(expected, key);
}

static void build_short_pes(GByteArray *stream, GByteArray *expected) {
	g_autoptr(GByteArray) key = mt_key_frame(900, 3);
	mt_pack(stream);
	mt_hex(stream, "00 00 01 E0 00 02 8C 80");		 /* shorter than the flags */
	mt_hex(stream, "00 00 01 E0 00 04 8C 80 07 21"); /* shorter than its header */
	mt_hex(stream, "00 00 01 E0 00 00 8C 00 00");	 /* empty and without a length */
	mt_pes(stream, 0xE0, 900000, key);
	mt_append(expected, key);
}

static void build_private(GByteArray *stream, GByteArray *expected) {
	static const char *const others[] = {"BD", "BE", "BF", "F0", "F2", "FF"};
	g_autoptr(GByteArray) key = mt_key_frame(900, 3);
	mt_pack(stream);
	mt_psm(stream, 0x1B, 0x90);
	for(size_t i = 0; i < G_N_ELEMENTS(others); i++) {
		mt_hex(stream, "00 00 01");
		mt_hex(stream, others[i]);
		mt_hex(stream, "00 0C 00 00 01 E0 00 00 01 65 88 80 00 00");
	}
	mt_pes(stream, 0xE0, 900000, key);
	mt_pes(stream, 0xE1, 900000, key); /* a second video is ignored */
	mt_hex(stream, "00 00 01 B9");
	mt_append(expected, key);
}

static void build_slices(GByteArray *stream, GByteArray *expected) {
	mt_nal(expected, MT_SPS, 0, 0);
	mt_nal(expected, MT_PPS, 0, 0);
	mt_nal(expected, "65 88", 2000, 1);
	mt_nal(expected, "65 20", 2000, 2);
	mt_nal(expected, "65 10", 20, 3);
	mt_nal(expected, "41 9a", 700, 4);
	mt_nal(expected, "41 40", 700, 5);
	mt_pack(stream);
	mt_pes(stream, 0xE0, 900000, expected); /* two frames of three and two slices in one pack */
}

static void build_frame_in_packs(GByteArray *stream, GByteArray *expected) {
	g_autoptr(GByteArray) key = mt_key_frame(9000, 3);
	for(size_t at = 0; at < key->len; at += 1000) {
		mt_pack(stream);
		mt_pes_len(stream, 0xE0, at == 0 ? 900000 : GB_PTS_NONE, key->data + at,
			MIN(1000, key->len - at), -1);
	}
	mt_append(expected, key);
}

static void build_start_codes(GByteArray *stream, GByteArray *expected) {
	g_autoptr(GByteArray) frame = mt_bytes("00 00 00 00 00 01 09 F0 00 00 01 " MT_SPS);
	mt_hex(frame, "00 00 00 01 " MT_PPS " 00 00 00 00 01 65 88 11 22 33 00 00 00 00 01 65 20 44");
	mt_hex(frame, "00 00 01 0C FF FF 80"); /* filler */
	mt_pack(stream);
	mt_pes(stream, 0xE0, 900000, frame);
	mt_hex(expected, "00 00 00 01 " MT_SPS " 00 00 00 01 " MT_PPS);
	mt_hex(expected, "00 00 00 01 65 88 11 22 33 00 00 00 01 65 20 44");
}

/** AUD, SEI and filler around the slices, and private types. */
static void build_stripped(GByteArray *stream, GByteArray *expected) {
	g_autoptr(GByteArray) frame = mt_bytes("00 00 00 01 09 10");
	mt_nal(frame, "06 e5", 1000, 1);
	mt_nal(frame, MT_SPS, 0, 0);
	mt_nal(frame, MT_PPS, 0, 0);
	mt_nal(frame, "06 05", 30, 2);
	mt_nal(frame, "65 88", 300, 3);
	mt_nal(frame, "0c ff", 40, 4);
	mt_nal(frame, "1e 01", 40, 5);
	mt_pack(stream);
	mt_pes(stream, 0xE0, 900000, frame);
	mt_append(expected, frame);
	g_byte_array_set_size(expected, 0);
	mt_nal(expected, MT_SPS, 0, 0);
	mt_nal(expected, MT_PPS, 0, 0);
	mt_nal(expected, "65 88", 300, 3);
}

/** Rule 7: parameter sets came once only; they are there again before each IDR. */
static void build_params_once(GByteArray *stream, GByteArray *expected) {
	mt_camera_frame(stream, true, 900000, mt_key_frame(500, 1));
	mt_camera_frame(stream, false, 903600, mt_p_frame(500, 2));
	mt_camera_frame(stream, false, 907200, nal_of("65 88", 500, 3));
	g_autoptr(GByteArray) first = mt_key_frame(500, 1);
	g_autoptr(GByteArray) second = mt_p_frame(500, 2);
	g_autoptr(GByteArray) third = mt_key_frame(500, 3);
	mt_append(expected, first);
	mt_append(expected, second);
	mt_append(expected, third);
}

/** A changed PPS in front of a P frame goes out at once. */
static void build_changed_pps(GByteArray *stream, GByteArray *expected) {
	g_autoptr(GByteArray) slice = mt_bytes("00 00 00 01 68 ee 3c 80 00 00 01 41 9a 55");
	mt_camera_frame(stream, true, 900000, mt_key_frame(500, 1));
	mt_camera_frame(stream, false, 903600, g_byte_array_ref(slice));
	g_autoptr(GByteArray) key = mt_key_frame(500, 1);
	mt_append(expected, key);
	mt_hex(expected, "00 00 00 01 68 ee 3c 80 00 00 00 01 41 9a 55");
}

/** What comes before the first IDR, or before its parameter sets, is of no use. */
static void build_starts_late(GByteArray *stream, GByteArray *expected) {
	mt_camera_frame(stream, false, 900000, mt_p_frame(500, 2));
	mt_camera_frame(stream, false, 903600, nal_of("65 88", 500, 3));
	mt_camera_frame(stream, false, 907200, mt_p_frame(500, 2));
	mt_camera_frame(stream, true, 910800, mt_key_frame(500, 4));
	g_autoptr(GByteArray) key = mt_key_frame(500, 4);
	mt_append(expected, key);
}

static void build_headless_pack(GByteArray *stream, GByteArray *expected) {
	g_autoptr(GByteArray) key = mt_key_frame(700, 1);
	mt_hex(stream, "00 00 01 BA");
	mt_pes(stream, 0xE0, 900000, key);
	mt_append(expected, key);
}

static void build_mpeg1(GByteArray *stream, GByteArray *expected) {
	g_autoptr(GByteArray) key = mt_key_frame(700, 1);
	g_autoptr(GByteArray) slice = mt_p_frame(300, 2);
	size_t len = key->len + 2 + 5;
	mt_hex(stream, "00 00 01 BA 21 00 01 00 01 80 27 11");
	const uint8_t head[] = {0, 0, 1, 0xE0, (uint8_t)(len >> 8), (uint8_t)len, 0xFF, 0xFF};
	g_byte_array_append(stream, head, sizeof(head));
	mt_time(stream, 2, 900000);
	mt_append(stream, key);
	len = slice->len + 2 + 10;
	const uint8_t next[] = {0, 0, 1, 0xE0, (uint8_t)(len >> 8), (uint8_t)len, 0x60, 0x20};
	g_byte_array_append(stream, next, sizeof(next));
	mt_time(stream, 3, 903600);
	mt_time(stream, 1, 903600);
	mt_append(stream, slice);
	mt_append(expected, key);
	mt_append(expected, slice);
}

/** The key frame of a Hikvision camera (13.2): stuffing that is not all FF in pack and PES headers,
 * private descriptors in the map, one NAL unit in each PES, PTS in the first only. */
static void build_hikvision(GByteArray *stream, GByteArray *expected) {
	g_autoptr(GByteArray) idr = nal_of("65 88", 90000, 7);
	mt_hex(stream, "00 00 01 BA 44 00 DD DD 04 01 01 86 A3 FE FF FF 00 00 00 01");
	mt_hex(stream, "00 00 01 BB 00 12 81 86 A1 04 E1 7F E0 E0 80 C0 C0 08 BD E0 80 BF E0 80");
	mt_hex(stream, "00 00 01 BC 00 4E E0 FF 00 24 40 0E 48 4B 01 00 11 30 58 91 F0 00 FF 00 00 00");
	mt_hex(stream, "41 12 48 4B 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 00 20");
	mt_hex(stream, "1B E0 00 10 42 0E 07 10 10 EA 05 00 02 D0 11 30 00 00 1C 21");
	mt_hex(stream, "90 C0 00 08 43 06 00 00 80 3E 00 00 AA BB CC DD");
	mt_hex(stream, "00 00 01 E0 00 25 8C 80 07 21 00 37 77 41 FF FC 00 00 00 01 " MT_SPS);
	mt_hex(stream, "00 00 01 E0 00 0E 8C 00 03 FF FF FC 00 00 00 01 " MT_PPS);
	mt_hex(stream, "00 00 01 E0 00 10 8C 00 02 FF F8 00 00 00 01 06 E5 01 02 03 80 80");
	for(size_t at = 0; at < idr->len; at += 65472) {
		size_t len = MIN(65472, idr->len - at);
		const uint8_t head[] = {0, 0, 1, 0xE0, (uint8_t)((len + 6) >> 8), (uint8_t)(len + 6), 0x8C,
			0, 3, 0xFF, 0xFF, 0xFA};
		g_byte_array_append(stream, head, sizeof(head));
		g_byte_array_append(stream, idr->data + at, (guint)len);
	}
	mt_hex(stream, "00 00 01 BD 00 08 8C 80 00 01 02 03 04 05");
	mt_hex(expected, "00 00 00 01 " MT_SPS " 00 00 00 01 " MT_PPS);
	mt_append(expected, idr);
}

/** A pack in the middle of a PES without a gap in the packets: the frame is broken, the next is
 * not. */
static void build_pack_in_pes(GByteArray *stream, GByteArray *expected) {
	g_autoptr(GByteArray) key = mt_key_frame(700, 1);
	mt_camera_frame(stream, true, 900000, g_byte_array_ref(key));
	mt_pack(stream);
	mt_pes_len(stream, 0xE0, 903600, (const uint8_t *)"\0\0\1\x41\x9a\x55", 6, 3000);
	mt_camera_frame(stream, false, 907200, mt_p_frame(600, 3));
	mt_append(expected, key);
	mt_nal(expected, "41 9a", 600, 3);
}

static void test_rules(void) {
	static const rule_row rows[] = {
		{"rule 2: several PES", build_several_pes},
		{"rule 2: length 0", build_length_zero},
		{"rule 2: length wrapped", build_length_wrapped},
		{"rule 2: length wrapped, zeros behind", build_length_wrapped_at_zeros},
		{"rule 3: PES shorter than its header", build_short_pes},
		{"13.5: private and other streams", build_private},
		{"rule 5: slices, two frames in a pack", build_slices},
		{"rule 5: a frame in many packs", build_frame_in_packs},
		{"rule 6: start codes", build_start_codes},
		{"rule 6: AUD, SEI, filler", build_stripped},
		{"rule 7: parameter sets once", build_params_once},
		{"rule 7: changed PPS", build_changed_pps},
		{"start at a key frame", build_starts_late},
		{"13.3: pack without a body", build_headless_pack},
		{"13.3: MPEG-1 headers", build_mpeg1},
		{"13.2: Hikvision key frame", build_hikvision},
		{"rule 1: pack in a PES", build_pack_in_pes},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GByteArray) stream = g_byte_array_new();
		g_autoptr(GByteArray) expected = g_byte_array_new();
		rows[i].build(stream, expected);
		g_autoptr(mt_ear) ear = check_video(stream, expected, rows[i].what);
		g_assert_cmpint(ear->format.video, ==, GB_CODEC_H264);
	}
}

/** Rule 8: an old recorder that never sends an IDR is accepted by its I pictures after 10 s. */
static void test_intra_start(void) {
	g_autoptr(mt_ear) ear = mt_ear_new(NULL);
	for(uint32_t i = 0; i < 300; i++) {
		g_autoptr(GByteArray) out = g_byte_array_new();
		g_autoptr(GByteArray) frame = g_byte_array_new();
		if(i % 25 == 0) {
			mt_hex(frame, MT_START MT_SPS MT_START MT_PPS);
			mt_nal(frame, "61 88", 400, i); /* slice type 7: I */
		} else {
			mt_nal(frame, "41 9a", 400, i);
		}
		mt_camera_frame(out, false, ear->rtp_time, g_byte_array_ref(frame));
		mt_feed_frame(ear, out, true);
	}
	g_assert_cmpuint(ear->packets->len, >, 30);
	g_assert_true(mt_at(ear, 0)->keyframe && mt_at(ear, 0)->frame_start);
	g_assert_cmpuint(stats_of(ear).key_frames, ==, 2);
	g_assert_cmpstr(ear->events->str, ==, "pack format key ");
}

/** Rule 9 and 13.4: what the map says against what the NAL units say. */
static void test_codec_by_nal(void) {
	static const uint8_t maps[] = {0x00, 0x1B, 0x24, 0x10, 0x01};
	static const char key265[] = "00 00 00 01 40010c01ffff01600000030090000003000003003c959409"
								 "00 00 00 01 420101016000000300900000030000030 "
								 "03ca00b080485965654a4c2f016808000000300800000 0c84"
								 "00 00 00 01 4401c073c189 00 00 00 01 26 01 ac 11 22";
	for(size_t i = 0; i < G_N_ELEMENTS(maps) * 2; i++) {
		bool h265 = i % 2;
		g_autoptr(mt_ear) ear = mt_ear_new(NULL);
		g_autoptr(GByteArray) out = g_byte_array_new();
		g_autoptr(GByteArray) key = h265 ? mt_bytes(key265) : mt_key_frame(300, 1);
		mt_pack(out);
		if(maps[i / 2] != 0) {
			mt_psm(out, maps[i / 2], 0x90);
		}
		mt_pes(out, 0xE0, 900000, key);
		mt_pack(out);
		mt_pes(out, 0xE0, 903600, key);
		mt_feed(ear, out, 1400);
		g_assert_cmpint(ear->format.video, ==, h265 ? GB_CODEC_H265 : GB_CODEC_H264);
		g_assert_cmpuint(ear->format.width, ==, h265 ? 352 : 320);
		g_assert_cmpuint(ear->packets->len, >=, 2);
		g_assert_cmpint(mt_at(ear, 0)->codec, ==, ear->format.video);
	}
}

/** A camera that is switched to the other codec, or to another size, while it plays. */
static void test_format_change(void) {
	g_autoptr(mt_ear) ear = mt_ear_new(NULL);
	send_key(ear, 500, true);
	send_p(ear, 500, 1, true);
	g_assert_cmpuint(ear->format.height, ==, 240);
	g_autoptr(GByteArray) out = g_byte_array_new();
	g_autoptr(GByteArray) frame =
		mt_bytes(MT_START MT_SPS_720 MT_START MT_PPS MT_START "65 88 80 11");
	mt_camera_frame(out, true, ear->rtp_time, g_byte_array_ref(frame));
	mt_feed_frame(ear, out, true);
	g_assert_cmpuint(ear->format.height, ==, 720);
	g_assert_cmpstr(ear->events->str, ==, "pack format key format ");
	g_autoptr(GByteArray) other = mt_file("ps/h265-vob.ps");
	mt_feed(ear, other, 1400);
	g_assert_cmpint(ear->format.video, ==, GB_CODEC_H265);
	g_assert_cmpuint(ear->format.height, ==, 240);
	g_assert_cmpint(mt_last(ear)->codec, ==, GB_CODEC_H265);
}

static void test_other_codecs(void) {
	static const struct {
		uint8_t map;
		const char *bytes;
		gb_codec codec;
	} rows[] = {
		{0x80, MT_START "67 42 00 0d 11 22 33", GB_CODEC_SVAC},
		{0x10, "00 00 01 B0 01 00 00 01 B6 10 11 12 13", GB_CODEC_MPEG4},
		{0x00, "00 00 01 B0 01 00 00 01 B6 10 11 12 13", GB_CODEC_MPEG4},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(mt_ear) ear = mt_ear_new(NULL);
		g_autoptr(GByteArray) out = g_byte_array_new();
		g_autoptr(GByteArray) es = mt_bytes(rows[i].bytes);
		for(int frame = 0; frame < 3; frame++) {
			mt_pack(out);
			if(rows[i].map) {
				mt_psm(out, rows[i].map, 0x90);
			}
			mt_pes(out, 0xE0, frame * 3600, es);
		}
		mt_feed(ear, out, 1400);
		g_assert_cmpint(ear->format.video, ==, rows[i].codec);
		g_assert_cmpuint(ear->packets->len, ==, 0);
	}
}

static void test_unknown_media(void) {
	g_autoptr(mt_ear) ear = mt_ear_new(NULL);
	uint8_t junk[1000];
	memset(junk, 0x55, sizeof(junk));
	for(int i = 0; i < 200; i++) {
		g_assert_cmpstr(ear->events->str, ==, i < 66 ? "" : "unknown ");
		mt_rtp(ear, 96, false, junk, sizeof(junk));
	}
	send_key(ear, 400, true);
	send_p(ear, 400, 1, true);
	g_assert_cmpstr(ear->events->str, ==, "unknown pack format key ");
}

/** A program stream whose video is nothing that is known. */
static void test_unknown_video(void) {
	g_autoptr(mt_ear) ear = mt_ear_new(NULL);
	g_autoptr(GByteArray) es = nal_of("3f 11", 5000, 1);
	for(int i = 0; i < 20; i++) {
		g_autoptr(GByteArray) out = g_byte_array_new();
		mt_pack(out);
		mt_pes(out, 0xE0, i * 3600, es);
		mt_feed(ear, out, 1400);
	}
	g_assert_cmpstr(ear->events->str, ==, "pack format unknown ");
	g_assert_cmpint(ear->format.video, ==, GB_CODEC_UNKNOWN);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pipeline_rules/loss", test_loss);
	g_test_add_func("/pipeline_rules/resync_at_pes", test_resync_at_pes);
	g_test_add_func("/pipeline_rules/rules", test_rules);
	g_test_add_func("/pipeline_rules/intra_start", test_intra_start);
	g_test_add_func("/pipeline_rules/codec_by_nal", test_codec_by_nal);
	g_test_add_func("/pipeline_rules/format_change", test_format_change);
	g_test_add_func("/pipeline_rules/other_codecs", test_other_codecs);
	g_test_add_func("/pipeline_rules/unknown_media", test_unknown_media);
	g_test_add_func("/pipeline_rules/unknown_video", test_unknown_video);
	return g_test_run();
}
