/* The pipeline by the rules of gb28181.md 13.6 and 13.7, one row or one test each, on streams made
 * to order. */
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

/* ---- ordinary ---- */

static void test_camera(void) {
	g_autoptr(GByteArray) stream = camera_stream(10, 3000);
	g_autoptr(GByteArray) expected = mt_key_frame(15000, 1);
	for(uint32_t i = 1; i < 10; i++) {
		mt_nal(expected, "41 9a", 3000, i + 1);
	}
	g_autoptr(mt_ear) ear = check_video(stream, expected, "camera");
	g_assert_cmpstr(ear->events->str, ==, "pack format key ");
	const gb_media_packet *first = mt_at(ear, 0);
	g_assert_true(first->keyframe && first->frame_start && !first->marker);
	g_assert_cmpuint(first->data[12] & 0x1F, ==, 24); /* SPS and PPS in one STAP-A */
	g_assert_cmpuint(first->timestamp, ==, 0);
	g_assert_cmpuint(mt_last(ear)->timestamp, ==, 9 * 3600);
	g_assert_cmpint(ear->format.video, ==, GB_CODEC_H264);
	g_assert_cmpuint(ear->format.width, ==, 320);
	for(size_t i = 0; i < ear->packets->len; i++) {
		const gb_media_packet *packet = mt_at(ear, i);
		g_assert_cmpuint(packet->len, <=, 1200);
		g_assert_cmpint(packet->keyframe, ==, packet->timestamp == 0);
	}
}

static void test_audio(void) {
	g_autoptr(mt_ear) ear = mt_ear_new(NULL);
	g_autoptr(GByteArray) sent = g_byte_array_new();
	for(int i = 0; i < 12; i++) {
		g_autoptr(GByteArray) out = g_byte_array_new();
		g_autoptr(GByteArray) sound = g_byte_array_new();
		for(int sample = 0; sample < 320; sample++) {
			uint8_t byte = (uint8_t)(i * 320 + sample);
			g_byte_array_append(sound, &byte, 1);
		}
		mt_camera_frame(out, i == 0, i * 3600, i == 0 ? mt_key_frame(900, 1) : mt_p_frame(300, 2));
		mt_pes(out, 0xC0, i * 3600, sound);
		mt_append(sent, sound);
		mt_feed_frame(ear, out, true);
	}
	g_autoptr(GByteArray) audio = mt_audio(ear);
	mt_assert_same(audio, sent);
	g_assert_cmpuint(mt_count(ear, GB_AUDIO), ==, 24);
	g_assert_cmpint(ear->format.audio, ==, GB_CODEC_PCMA);
	g_assert_cmpuint(ear->format.audio_rate, ==, 8000);
	uint64_t seq = 0;
	for(size_t i = 0; i < ear->packets->len; i++) {
		const gb_media_packet *packet = mt_at(ear, i);
		if(packet->kind == GB_AUDIO) {
			g_assert_cmpuint(packet->len, ==, 172);
			g_assert_cmpuint(packet->seq, ==, ++seq);
			g_assert_cmpuint(packet->timestamp, ==, (seq - 1) * 160);
		}
	}
}

/** What has arrived leaves at once: all but the packet that is not full. */
static void test_cut_through(void) {
	g_autoptr(mt_ear) ear = mt_ear_new(NULL);
	g_autoptr(GByteArray) stream = camera_stream(1, 10000);
	size_t fed = 0;
	while(fed + 1400 < stream->len) {
		mt_rtp(ear, 96, false, stream->data + fed, 1400);
		fed += 1400;
		size_t out = 0;
		for(size_t i = 0; i < ear->packets->len; i++) {
			out += mt_at(ear, i)->len - 12u;
		}
		g_assert_cmpuint(out + 1200 + 100, >=, fed);
	}
}

/* ---- the end of a frame ---- */

/** Frames until the marker is believed, and that no packet is held from then on. */
static void test_marker_proved(void) {
	g_autoptr(mt_ear) ear = mt_ear_new(NULL);
	send_key(ear, 5000, true);
	g_assert_false(mt_last(ear)->marker);
	for(uint32_t i = 0; i < 8; i++) {
		g_assert_false(mt_last(ear)->marker && mt_last(ear)->timestamp == ear->rtp_time - 3600);
		send_p(ear, 70000, i, true); /* a PES of its own never says the end: too long */
	}
	for(uint32_t i = 0; i < 5; i++) {
		send_p(ear, 70000, i, true);
		g_assert_true(mt_last(ear)->marker);
		g_assert_cmpuint(mt_last(ear)->timestamp, ==, ear->rtp_time - 3600);
	}
	g_assert_cmpuint(stats_of(ear).damaged_frames, ==, 0);
}

/** A camera that sets the marker on each packet is right as long as frames are small; it is never
 * believed. */
static void test_marker_on_each(void) {
	g_autoptr(mt_ear) ear = mt_ear_new(NULL);
	for(uint32_t round = 0; round < 4; round++) {
		g_autoptr(GByteArray) key = g_byte_array_new();
		mt_pack(key);
		g_autoptr(GByteArray) frame = mt_key_frame(5000, round);
		mt_pes_len(key, 0xE0, ear->rtp_time, frame->data, frame->len, 0); /* no length: no sign */
		for(size_t at = 0; at < key->len; at += 1400) {
			mt_rtp(ear, 96, true, key->data + at, MIN(1400, key->len - at));
		}
		ear->rtp_time += 3600;
		for(uint32_t i = 0; i < 30; i++) {
			g_autoptr(GByteArray) small = g_byte_array_new();
			g_autoptr(GByteArray) slice = mt_p_frame(300, i);
			mt_pack(small);
			mt_pes_len(small, 0xE0, ear->rtp_time, slice->data, slice->len, 0);
			mt_feed_frame(ear, small, true);
		}
	}
	g_assert_cmpuint(stats_of(ear).damaged_frames, ==, 0);
	g_autoptr(GByteArray) video = mt_video(ear);
	g_assert_cmpuint(video->len, >, 4 * (5000 + 29 * 300));
}

static void test_pes_end_proved(void) {
	g_autoptr(mt_ear) ear = mt_ear_new(NULL);
	send_key(ear, 5000, false);
	for(uint32_t i = 0; i < 8; i++) {
		send_p(ear, 2000, i, false);
	}
	for(uint32_t i = 0; i < 5; i++) {
		send_p(ear, 2000, i, false);
		g_assert_true(mt_last(ear)->marker);
		g_assert_cmpuint(mt_last(ear)->timestamp, ==, ear->rtp_time - 3600);
	}
	g_assert_cmpuint(stats_of(ear).damaged_frames, ==, 0);
}

/** Once proved, a sign that is wrong costs one frame, is reported, and is not believed again for
 * long. */
static void test_marker_lies_later(void) {
	g_autoptr(mt_ear) ear = mt_ear_new(NULL);
	send_key(ear, 5000, true);
	for(uint32_t i = 0; i < 10; i++) {
		send_p(ear, 3000, i, true);
	}
	g_autoptr(GByteArray) out = g_byte_array_new();
	mt_camera_frame(out, false, ear->rtp_time, mt_p_frame(5000, 7));
	for(int round = 0; round < 2; round++) {
		for(size_t at = 0; at < out->len; at += 1400) {
			mt_rtp(ear, 96, true, out->data + at, MIN(1400, out->len - at));
		}
		g_assert_cmpuint(stats_of(ear).damaged_frames, ==, 1);
		for(uint32_t i = 0; i < 9; i++) {
			ear->rtp_time += 3600;
			send_p(ear, 3000, i, true);
		}
	}
	g_assert_cmpstr(ear->events->str, ==, "pack format key damaged ");
	g_autoptr(GByteArray) video = mt_video(ear);
	g_assert_cmpuint(video->len, >, 5000 + 5000 + 27 * 3000);
}

/** A frame that looks complete is let go by the clock; one that does not, is not. */
static void test_hold(void) {
	g_autoptr(mt_ear) ear = mt_ear_new(NULL);
	send_key(ear, 500, false);
	g_assert_cmpint(gb_pipeline_tick(ear->pipeline, ear->now_us + 1000000), ==, 0);
	send_p(ear, 500, 1, false); /* the PES end was right once */
	size_t before = ear->packets->len;
	int64_t due_us = gb_pipeline_tick(ear->pipeline, ear->now_us - 30000);
	g_assert_cmpint(due_us, ==, ear->now_us - 40000 + 50000);
	g_assert_cmpuint(ear->packets->len, ==, before);
	g_assert_cmpint(gb_pipeline_tick(ear->pipeline, due_us), ==, 0);
	g_assert_cmpuint(ear->packets->len, ==, before + 1);
	g_assert_true(mt_last(ear)->marker);
	g_assert_cmpint(gb_pipeline_tick(ear->pipeline, due_us + 1000000), ==, 0);
}

/* ---- RTP ---- */

static void test_reordered(void) {
	g_autoptr(GByteArray) stream = camera_stream(8, 9000);
	g_autoptr(mt_ear) straight = mt_ear_new(NULL);
	g_autoptr(mt_ear) shuffled = mt_ear_new(NULL);
	uint16_t first = shuffled->seq;
	size_t count = stream->len / 1000;
	count -= (count - 1) % 4; /* the first, then whole groups of four */
	g_byte_array_set_size(stream, (guint)count * 1000);
	mt_feed(straight, stream, 1000);
	for(size_t i = 0; i < count; i++) {
		size_t index = i == 0 ? 0 : ((i - 1) ^ 3) + 1; /* each group backwards */
		shuffled->seq = (uint16_t)(first + index);
		mt_rtp(shuffled, 96, false, stream->data + index * 1000, 1000);
	}
	g_assert_cmpuint(shuffled->packets->len, ==, straight->packets->len);
	g_autoptr(GByteArray) one = mt_video(straight);
	g_autoptr(GByteArray) two = mt_video(shuffled);
	mt_assert_same(one, two);
	g_assert_cmpuint(stats_of(shuffled).lost, ==, 0);
	g_assert_cmpuint(stats_of(shuffled).reordered, >=, count / 2);
}

static void test_raw_audio_beside(void) {
	static const bool shares[] = {true, false};
	for(size_t row = 0; row < G_N_ELEMENTS(shares) * 2; row++) {
		g_autoptr(mt_ear) ear = mt_ear_new(NULL);
		uint16_t audio_seq = 20000;
		uint8_t sound[320];
		memset(sound, 0xD5, sizeof(sound));
		ear->ordered = row >= 2;
		for(uint32_t i = 0; i < 20; i++) {
			if(i == 0) {
				send_key(ear, 4000, true);
			} else {
				send_p(ear, 2000, i, true);
			}
			uint16_t video_seq = ear->seq;
			uint32_t video_time = ear->rtp_time;
			if(!shares[row % 2]) {
				ear->seq = audio_seq++;
			}
			ear->rtp_time = i * 320;
			mt_rtp(ear, 8, false, sound, sizeof(sound));
			ear->rtp_time = video_time;
			ear->seq = shares[row % 2] ? ear->seq : video_seq;
		}
		g_assert_cmpuint(mt_count(ear, GB_AUDIO), ==, 40);
		g_assert_cmpuint(stats_of(ear).damaged_frames + stats_of(ear).lost, ==, 0);
		g_assert_cmpuint(stats_of(ear).video_frames, ==, 20);
		g_assert_cmpint(ear->format.audio, ==, GB_CODEC_PCMA);
	}
}

static void test_not_rtp(void) {
	static const char *const rows[] = {"", "80", "80 60 00 01 00 00 00 00 00 00 00",
		"40 60 00 01 00 00 00 00 00 00 00 01 00", "A0 60 00 01 00 00 00 00 00 00 00 01 09"};
	g_autoptr(mt_ear) ear = mt_ear_new(NULL);
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GByteArray) bytes = mt_bytes(rows[i]);
		gb_pipeline_feed(ear->pipeline, bytes->data, bytes->len, false, 1);
	}
	g_assert_cmpuint(stats_of(ear).malformed, ==, G_N_ELEMENTS(rows));
	g_autoptr(GByteArray) rtcp = mt_bytes("80 C8 00 06 00 00 00 01 00 00 00 00 00 00 00 00");
	gb_pipeline_feed(ear->pipeline, rtcp->data, rtcp->len, false, 1);
	g_assert_cmpuint(stats_of(ear).malformed, ==, G_N_ELEMENTS(rows));
	g_assert_cmpuint(stats_of(ear).packets, ==, 0);
}

/** Over TCP a hole in numbers that were good is a frame that the camera dropped. */
static void test_ordered_hole(void) {
	g_autoptr(mt_ear) ear = mt_ear_new(NULL);
	ear->ordered = true;
	send_key(ear, 4000, true);
	for(uint32_t i = 0; i < 40; i++) {
		if(i == 5) {
			ear->seq = 7; /* not believed yet */
		}
		if(i == 39) {
			ear->seq = (uint16_t)(ear->seq + 3);
		}
		send_p(ear, 3000, i, true);
	}
	g_assert_cmpuint(stats_of(ear).lost, ==, 3);
	g_assert_cmpuint(stats_of(ear).damaged_frames, ==, 1);
}

/* ---- caps, cache, restart ---- */

static void test_oversize(void) {
	gb_pipeline_config config;
	gb_pipeline_config_default(&config);
	config.frame_bytes = 20000;
	g_autoptr(mt_ear) ear = mt_ear_new(&config);
	send_key(ear, 19000, true);
	send_p(ear, 50000, 1, true);
	send_p(ear, 3000, 2, true);
	send_p(ear, 3000, 3, true);
	g_assert_cmpuint(stats_of(ear).oversize, ==, 1);
	g_assert_cmpuint(stats_of(ear).damaged_frames, ==, 1);
	g_autoptr(GByteArray) video = mt_video(ear);
	g_assert_cmpuint(video->len, <, 19000 + 21000 + 6100);
	g_assert_cmpuint(stats_of(ear).video_frames, ==, 4);
}

static void on_replay(void *user, const gb_media_packet *packet) {
	GByteArray *out = user;
	g_byte_array_append(out, packet->data, packet->len);
	memset(packet->data, 0xEE, 12); /* the taker may write into the header */
}

static void test_replay(void) {
	g_autoptr(mt_ear) ear = mt_ear_new(NULL);
	g_autoptr(GByteArray) one = g_byte_array_new();
	g_autoptr(GByteArray) two = g_byte_array_new();
	g_autoptr(GByteArray) sent = g_byte_array_new();
	g_assert_cmpuint(gb_pipeline_replay(ear->pipeline, on_replay, one), ==, 0);
	send_key(ear, 9000, true);
	send_p(ear, 3000, 1, true);
	send_p(ear, 3000, 2, true);
	for(size_t i = 0; i < ear->packets->len; i++) {
		g_byte_array_append(sent, mt_at(ear, i)->data, mt_at(ear, i)->len);
	}
	g_assert_cmpuint(gb_pipeline_replay(ear->pipeline, on_replay, one), ==, ear->packets->len);
	g_assert_cmpuint(gb_pipeline_replay(ear->pipeline, on_replay, two), ==, ear->packets->len);
	mt_assert_same(one, sent);
	mt_assert_same(two, sent);
	ear->now_us += 3000000; /* too old */
	send_p(ear, 3000, 3, true);
	g_assert_cmpuint(gb_pipeline_replay(ear->pipeline, on_replay, one), ==, 0);
	g_assert_cmpuint(stats_of(ear).gop_overflows, ==, 1);
}

static void test_restart(void) {
	g_autoptr(mt_ear) ear = mt_ear_new(NULL);
	send_key(ear, 3000, true);
	send_p(ear, 3000, 1, true);
	uint64_t seq = mt_last(ear)->seq;
	uint32_t time = mt_last(ear)->timestamp;
	size_t before = ear->packets->len;
	ear->now_us += 5000000;
	gb_pipeline_restart(ear->pipeline, ear->now_us);
	ear->seq = 100;
	ear->rtp_time = 4000000000;
	send_p(ear, 3000, 2, true); /* not a start */
	g_assert_cmpuint(ear->packets->len, ==, before);
	send_key(ear, 3000, true);
	send_p(ear, 3000, 3, true);
	g_assert_cmpuint(mt_at(ear, before)->seq, >, seq);
	g_assert_cmpuint(mt_at(ear, before)->timestamp, >=, time + 5 * 90000);
	g_assert_cmpuint(mt_at(ear, before)->timestamp, <=, time + 6 * 90000);
	g_assert_cmpstr(ear->events->str, ==, "pack format key pack format key ");
	g_assert_cmpuint(stats_of(ear).damaged_frames, ==, 0);
	g_assert_cmpuint(stats_of(ear).time_jumps, ==, 0);
}

static void test_names(void) {
	g_assert_cmpstr(gb_codec_name(GB_CODEC_NONE), ==, "");
	g_assert_cmpstr(gb_codec_name(GB_CODEC_H265), ==, "h265");
	g_assert_cmpstr(gb_codec_name(GB_CODEC_UNKNOWN), ==, "unknown");
	g_assert_cmpstr(gb_codec_name((gb_codec)999), ==, "unknown");
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pipeline/camera", test_camera);
	g_test_add_func("/pipeline/audio", test_audio);
	g_test_add_func("/pipeline/cut_through", test_cut_through);
	g_test_add_func("/pipeline/marker_proved", test_marker_proved);
	g_test_add_func("/pipeline/marker_on_each", test_marker_on_each);
	g_test_add_func("/pipeline/pes_end_proved", test_pes_end_proved);
	g_test_add_func("/pipeline/marker_lies_later", test_marker_lies_later);
	g_test_add_func("/pipeline/hold", test_hold);
	g_test_add_func("/pipeline/reordered", test_reordered);
	g_test_add_func("/pipeline/raw_audio_beside", test_raw_audio_beside);
	g_test_add_func("/pipeline/not_rtp", test_not_rtp);
	g_test_add_func("/pipeline/ordered_hole", test_ordered_hole);
	g_test_add_func("/pipeline/oversize", test_oversize);
	g_test_add_func("/pipeline/replay", test_replay);
	g_test_add_func("/pipeline/restart", test_restart);
	g_test_add_func("/pipeline/names", test_names);
	return g_test_run();
}
