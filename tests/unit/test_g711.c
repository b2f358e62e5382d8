/* G.711 to packets of 20 ms, its time by samples and by the camera; which codec the sound really
 * is. */
#include "gb28181/media/gb_audio.h"
#include "gb28181/media/gb_g711.h"

#include "lib/media_tools.h"

static const uint8_t silence[4000] = {0};

typedef struct {
	mt_ear ear;
	gb_g711 *g711;
	gb_audio *audio;
} bench;

static void setup(bench *it) {
	memset(it, 0, sizeof(*it));
	it->ear.packets = g_ptr_array_new_with_free_func(g_free);
	it->g711 = gb_g711_new(mt_on_packet, &it->ear);
	it->audio = gb_audio_new(mt_on_packet, &it->ear);
}

static void teardown(bench *it) {
	gb_g711_free(it->g711);
	gb_audio_free(it->audio);
	g_ptr_array_unref(it->ear.packets);
}

/** Any pieces make packets of 160 samples with no sample lost. */
static void test_pieces(void) {
	for(size_t piece = 1; piece < 700; piece += 13) {
		bench it;
		setup(&it);
		uint8_t sound[3200];
		for(size_t i = 0; i < sizeof(sound); i++) {
			sound[i] = (uint8_t)(i * 7 + i / 256);
		}
		for(size_t at = 0; at < sizeof(sound); at += piece) {
			gb_g711_feed(it.g711, GB_CODEC_PCMU, sound + at, MIN(piece, sizeof(sound) - at), 0);
		}
		g_autoptr(GByteArray) out = mt_audio(&it.ear);
		g_assert_cmpmem(out->data, out->len, sound, sizeof(sound));
		g_assert_cmpuint(it.ear.packets->len, ==, 20);
		for(size_t i = 0; i < 20; i++) {
			const gb_media_packet *packet = mt_at(&it.ear, i);
			g_assert_cmpuint(packet->len, ==, 172);
			g_assert_cmpuint(packet->timestamp, ==, i * 160);
			g_assert_cmpuint(packet->seq, ==, i + 1);
			g_assert_cmpint(packet->marker, ==, i == 0);
			g_assert_cmpint(packet->codec, ==, GB_CODEC_PCMU);
			g_assert_cmpuint(packet->data[1] & 0x7F, ==, 0);
		}
		teardown(&it);
	}
}

typedef struct {
	const char *what;
	uint32_t clock;
	unsigned bits;
	int64_t times[8]; /* of pieces of 320 samples */
	size_t count;
	int64_t jumped; /* samples that the line ran ahead in all */
	uint64_t jumps;
} time_row;

static void test_times(void) {
	static const time_row rows[] = {
		{"as it should be", 90000, 33, {0, 3600, 7200, 10800, 14400}, 5, 0, 0},
		{"wraps", 90000, 33, {(INT64_C(1) << 33) - 3600, 0, 3600}, 3, 0, 0},
		{"jitter", 90000, 33, {0, 5000, 6000, 12000, 14000}, 5, 0, 0},
		{"a hole of a second", 90000, 33, {0, 3600, 97200, 100800}, 4, 8000, 1},
		{"a hole of 250 ms is none", 90000, 33, {0, 3600, 29700, 33300}, 4, 0, 0},
		{"a hole of an hour is a new clock", 90000, 33, {0, 3600, 324000000, 324003600}, 4, 0, 0},
		{"back", 90000, 33, {900000, 903600, 3600, 7200}, 4, 0, 0},
		{"PTS in 8 kHz", 90000, 33, {0, 320, 640, 960, 1280}, 5, 0, 0},
		{"drifts: 319 s of 353 s", 90000, 33, {0, 3250, 6500, 9750, 13000}, 5, 0, 0},
		{"RTP of 8 kHz", 8000, 32, {0, 320, 640, 960}, 4, 0, 0},
		{"RTP wraps", 8000, 32, {4294967296 - 320, 0, 320, 640}, 4, 0, 0},
		{"RTP of 90 kHz: distrusted", 8000, 32, {0, 3600, 7200, 10800, 14400, 18000, 21600, 25200},
			8, 3 * 3280, 3},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		bench it;
		setup(&it);
		for(size_t at = 0; at < rows[i].count; at++) {
			gb_g711_time(it.g711, rows[i].times[at], rows[i].bits, rows[i].clock);
			gb_g711_feed(it.g711, GB_CODEC_PCMA, silence, 320, 0);
		}
		g_test_message("%s", rows[i].what);
		g_assert_cmpuint(mt_last(&it.ear)->timestamp, ==,
			(rows[i].count * 2 - 1) * 160 + (size_t)rows[i].jumped);
		g_assert_cmpuint(gb_g711_jumps(it.g711), ==, rows[i].jumps);
		g_assert_cmpuint(mt_last(&it.ear)->seq, ==, rows[i].count * 2);
		teardown(&it);
	}
}

/** After a loss a hole of 40 ms counts, the packets have a gap, and what was unfinished is sent. */
static void test_loss(void) {
	bench it;
	setup(&it);
	gb_g711_time(it.g711, 0, 33, 90000);
	gb_g711_feed(it.g711, GB_CODEC_PCMA, silence, 200, 0);
	gb_g711_gap(it.g711);
	gb_g711_time(it.g711, 2250 + 3600, 33, 90000);
	gb_g711_feed(it.g711, GB_CODEC_PCMA, silence, 160, 0);
	g_assert_cmpuint(it.ear.packets->len, ==, 3);
	g_assert_cmpuint(mt_at(&it.ear, 1)->len, ==, 12 + 40);
	g_assert_cmpuint(mt_at(&it.ear, 1)->timestamp, ==, 160);
	g_assert_cmpuint(mt_at(&it.ear, 2)->timestamp, ==, 200 + 320);
	g_assert_cmpuint(mt_at(&it.ear, 2)->seq, ==, mt_at(&it.ear, 1)->seq + 2);
	g_assert_true(mt_at(&it.ear, 2)->marker);
	teardown(&it);
}

static void test_restart(void) {
	bench it;
	setup(&it);
	gb_g711_time(it.g711, 0, 33, 90000);
	gb_g711_feed(it.g711, GB_CODEC_PCMA, silence, 160, 1000000);
	gb_g711_restart(it.g711, 3000000);
	gb_g711_time(it.g711, 77777777, 33, 90000);
	gb_g711_feed(it.g711, GB_CODEC_PCMA, silence, 160, 3000000);
	g_assert_cmpuint(mt_last(&it.ear)->timestamp, ==, 160 + 16000);
	g_assert_cmpuint(mt_last(&it.ear)->seq, ==, 2);
	g_assert_cmpuint(gb_g711_jumps(it.g711), ==, 0);
	teardown(&it);
}

/* ---- which codec ---- */

static void feed_pes(bench *it, const GByteArray *payload, int count, size_t cut) {
	for(int i = 0; i < count; i++) {
		gb_audio_pes(it->audio, i * 3600, payload->len);
		for(size_t at = 0; at < payload->len; at += cut) {
			gb_audio_feed(it->audio, payload->data + at, MIN(cut, payload->len - at), 0);
		}
	}
}

#define ADTS "FF F1 6C 40 02 1F FC 11 22 33 44 55 66 77 88 99" /* 8 kHz, 16 bytes */

static void test_codecs(void) {
	static const struct {
		const char *what;
		gb_codec hint;
		const char *payload;
		int count;
		gb_codec codec;
		uint32_t rate;
	} rows[] = {
		{"map says A-law", GB_CODEC_PCMA, "D5 D5 D5 D5 D5 D5 D5 D5", 1, GB_CODEC_PCMA, 8000},
		{"map says u-law", GB_CODEC_PCMU, "FF FF FF FF FF FF FF FF", 1, GB_CODEC_PCMU, 8000},
		{"map says A-law, it is AAC", GB_CODEC_PCMA, ADTS, 1, GB_CODEC_AAC, 8000},
		{"map says AAC", GB_CODEC_AAC, "00 11 22 33 44 55 66 77", 1, GB_CODEC_AAC, 0},
		{"no map yet", GB_CODEC_NONE, "D5 D5 D5 D5 D5 D5 D5 D5", 50, GB_CODEC_NONE, 0},
		{"no map ever", GB_CODEC_NONE, "D5 D5 D5 D5 D5 D5 D5 D5", 51, GB_CODEC_PCMA, 8000},
		{"no map, AAC", GB_CODEC_NONE, ADTS, 1, GB_CODEC_AAC, 8000},
		{"looks like a sync word only", GB_CODEC_PCMA, "FF F1 D5 D5 D5 D5 D5 D5 D5", 1,
			GB_CODEC_PCMA, 8000},
		{"ADTS longer than the PES", GB_CODEC_PCMA, "FF F1 6C 40 02 3F FC 11 22", 1, GB_CODEC_PCMA,
			8000},
		{"short PES", GB_CODEC_PCMA, "D5 D5 D5", 1, GB_CODEC_PCMA, 8000},
		{"G.722.1", GB_CODEC_G722_1, "11 22 33 44 55 66 77 88", 1, GB_CODEC_G722_1, 16000},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		for(size_t cut = 1; cut < 20; cut++) {
			bench it;
			uint32_t rate = 1;
			setup(&it);
			g_autoptr(GByteArray) payload = mt_bytes(rows[i].payload);
			gb_audio_set_hint(it.audio, rows[i].hint);
			feed_pes(&it, payload, rows[i].count, cut);
			g_test_message("%s", rows[i].what);
			g_assert_cmpint(gb_audio_codec(it.audio, &rate), ==, rows[i].codec);
			g_assert_cmpuint(rate, ==, rows[i].rate);
			teardown(&it);
		}
	}
}

/** AAC is not passed on; G.711 is, whole, whatever the sizes. */
static void test_passed_on(void) {
	bench it;
	setup(&it);
	g_autoptr(GByteArray) aac = mt_bytes(ADTS);
	g_autoptr(GByteArray) law = mt_bytes("01 02 03 04 05");
	gb_audio_set_hint(it.audio, GB_CODEC_PCMA);
	feed_pes(&it, aac, 100, 3);
	g_assert_cmpuint(it.ear.packets->len, ==, 0);
	feed_pes(&it, law, 3 + 64, 2); /* AAC is believed to go on for three PES */
	g_assert_cmpuint(it.ear.packets->len, ==, 2);
	for(size_t i = 0; i < 160; i++) {
		g_assert_cmpuint(mt_at(&it.ear, 0)->data[12 + i], ==, 1 + i % 5);
	}
	gb_audio_restart(it.audio, 0);
	uint32_t rate;
	g_assert_cmpint(gb_audio_codec(it.audio, &rate), ==, GB_CODEC_NONE);
	teardown(&it);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/g711/pieces", test_pieces);
	g_test_add_func("/g711/times", test_times);
	g_test_add_func("/g711/loss", test_loss);
	g_test_add_func("/g711/restart", test_restart);
	g_test_add_func("/audio/codecs", test_codecs);
	g_test_add_func("/audio/passed_on", test_passed_on);
	return g_test_run();
}
