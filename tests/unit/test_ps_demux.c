/* The demuxer alone: a program stream against the row of its calls, cut anywhere. */
#include "gb28181/media/gb_ps_demux.h"

#include "lib/media_tools.h"

/** The calls as text; payload as hex, pieces that follow each other joined. */
typedef struct {
	GString *text;
	bool in_data;
} record;

static void note(record *out, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void note(record *out, const char *format, ...) {
	va_list args;
	if(out->in_data) {
		g_string_append_c(out->text, ' ');
	}
	out->in_data = false;
	va_start(args, format);
	g_string_append_vprintf(out->text, format, args);
	va_end(args);
	g_string_append_c(out->text, ' ');
}

static void on_pack(void *user) {
	note(user, "pack");
}

static void on_psm(void *user, const gb_psm *psm) {
	note(user, "map:%s+%s", gb_codec_name(psm->video), gb_codec_name(psm->audio));
}

static void on_pes(void *user, const gb_ps_pes *pes) {
	if(pes->pts == GB_PTS_NONE) {
		note(user, "pes:%02x,%zu", pes->stream_id, pes->len);
	} else {
		note(user, "pes:%02x,%zu,%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT, pes->stream_id, pes->len,
			pes->pts, pes->dts);
	}
}

static void on_data(void *user, gb_media_kind kind, const uint8_t *data, size_t len) {
	record *out = user;
	(void)kind;
	g_assert_cmpuint(len, >, 0);
	for(size_t i = 0; i < len; i++) {
		g_string_append_printf(out->text, "%02x", data[i]);
	}
	out->in_data = true;
}

static void on_pes_end(void *user, gb_media_kind kind) {
	note(user, "end:%c", kind == GB_VIDEO ? 'v' : 'a');
}

static void on_lost(void *user) {
	note(user, "lost");
}

static const gb_ps_demux_ops ops = {on_pack, on_psm, on_pes, on_data, on_pes_end, on_lost};

static char *run(const GByteArray *stream, size_t cut) {
	record out = {g_string_new(NULL), false};
	g_autoptr(gb_ps_demux) demux = gb_ps_demux_new(&ops, &out);
	for(size_t at = 0; at < stream->len;) {
		size_t size = cut ? cut : (size_t)g_test_rand_int_range(1, 4);
		size = MIN(size, stream->len - at);
		uint8_t *exact = g_memdup2(stream->data + at, size);
		gb_ps_demux_feed(demux, exact, size);
		g_free(exact);
		at += size;
	}
	g_strchomp(out.text->str);
	return g_string_free(out.text, FALSE);
}

#define PACK "00 00 01 BA 44 00 DD DD 04 01 01 86 A3 F8"
#define SYSTEM "00 00 01 BB 00 0C 80 C3 51 04 E1 7F E0 E1 90 C0 C0 20"
#define MAP "00 00 01 BC 00 12 E0 FF 00 00 00 08 1B E0 00 00 90 C0 00 00 FE DF B1 D7"

static const struct {
	const char *what;
	const char *stream;
	const char *calls;
} rows[] = {
	{"vectors of 13.3", PACK SYSTEM MAP "00 00 01 E0 00 0B 80 80 05 21 00 37 77 41 AA BB CC",
		"pack map:h264+pcma pes:e0,3,900000,900000 aabbcc end:v"},
	{"PTS and DTS", PACK "00 00 01 E0 00 0E 80 C0 0A 31 00 37 93 61 11 00 37 77 41 AA",
		"pack pes:e0,1,903600,900000 aa end:v"},
	{"no PTS, stuffing that is no FF", PACK "00 00 01 E0 00 06 8C 00 02 FF F8 AA",
		"pack pes:e0,1 aa end:v"},
	{"PTS flag without room", PACK "00 00 01 E0 00 05 80 80 01 21 AA", "pack pes:e0,1 aa end:v"},
	{"pack stuffing",
		"00 00 01 BA 44 00 DD DD 04 01 01 86 A3 FB 00 00 01 00 00 01 C0 00 04 80 00 00 55",
		"pack pes:c0,1 55 end:a"},
	{"MPEG-1 pack and PES",
		"00 00 01 BA 21 00 01 00 01 80 27 11 00 00 01 E0 00 0A FF FF 60 20 21 00 37 77 41 AA",
		"pack pes:e0,1,900000,900000 aa end:v"},
	{"MPEG-1 PES without times", PACK "00 00 01 E0 00 03 0F AA BB", "pack pes:e0,2 aabb end:v"},
	{"MPEG-1 PES with PTS and DTS", PACK "00 00 01 C0 00 0B 31 00 37 93 61 11 00 37 77 41 AA",
		"pack pes:c0,1,903600,900000 aa end:a"},
	{"pack without a body", "00 00 01 BA 00 00 01 E0 00 04 80 00 00 AA", "pack pes:e0,1 aa end:v"},
	{"length 0 up to a pack", PACK "00 00 01 E0 00 00 80 00 00 00 00 01 65 AA 00 00" PACK,
		"pack pes:e0,0 00000165aa0000 pack"},
	{"length 0, zeros in front of the next",
		PACK "00 00 01 E0 00 00 80 00 00 AA 00 00 00 01 B9" PACK, "pack pes:e0,0 aa00 pack"},
	{"length 0 up to audio", PACK "00 00 01 E0 00 00 80 00 00 AA BB 00 00 01 C0 00 04 80 00 00 55",
		"pack pes:e0,0 aabb pes:c0,1 55 end:a"},
	{"length too small: goes on", PACK "00 00 01 E0 00 04 80 00 00 AA BB CC 00 00 01 65 DD" PACK,
		"pack pes:e0,1 aa end:v bbcc00000165dd pack"},
	{"length ends in a start code", PACK "00 00 01 E0 00 05 80 00 00 AA 00 00 01 65 DD" PACK,
		"pack pes:e0,2 aa00 end:v 000165dd pack"},
	{"audio does not go on", PACK "00 00 01 C0 00 04 80 00 00 55 66 77" PACK,
		"pack pes:c0,1 55 end:a lost pack"},
	{"length below the flags", PACK "00 00 01 E0 00 02 80 00 00 00 01 C0 00 04 80 00 00 55",
		"pack pes:c0,1 55 end:a"},
	{"length below the header",
		PACK "00 00 01 E0 00 05 80 80 05 21 00 00 00 01 C0 00 04 80 00 00 55",
		"pack pes:c0,1 55 end:a"},
	{"empty PES", PACK "00 00 01 E0 00 03 80 00 00 00 00 01 E0 00 04 80 00 00 AA",
		"pack pes:e0,0 end:v pes:e0,1 aa end:v"},
	{"others are skipped by length",
		PACK "00 00 01 BD 00 04 00 00 01 BA 00 00 01 BF 00 01 E0 00 00 01 BE 00 00 00 00 01 E0 00 "
			 "04 80 00 00 AA",
		"pack pes:e0,1 aa end:v"},
	{"a second video and a second audio are ignored",
		PACK
		"00 00 01 E1 00 04 80 00 00 AA 00 00 01 E0 00 04 80 00 00 BB 00 00 01 C1 00 04 80 00 00 55 "
		"00 00 01 C0 00 04 80 00 00 66 00 00 01 E0 00 00 80 00 00 CC CC" PACK,
		"pack pes:e1,1 aa end:v pes:c1,1 55 end:a pack"},
	{"pack inside a PES",
		PACK "00 00 01 E0 00 40 80 00 00 AA BB" PACK "00 00 01 E0 00 04 80 00 00 CC",
		"pack pes:e0,61 aabb lost pack pes:e0,1 cc end:v"},
	{"start code inside a PES", PACK "00 00 01 E0 00 08 80 00 00 AA 00 00 01 BC 00 00 01 B9",
		"pack pes:e0,5 aa000001bc end:v"},
	{"pack header broken", PACK "00 00 01 BA FF 11 22" PACK, "pack lost pack"},
	{"PES header broken", PACK "00 00 01 E0 00 10 10 11 22" PACK, "pack lost pack"},
	{"map too long is skipped", "00 00 01 BA 00 00 01 BC 04 00", "pack"},
	{"map broken", PACK "00 00 01 BC 00 03 E0 FF 00" PACK, "pack pack"},
	{"junk in front", "12 00 00 01 E0 00 00 00 01 65 00 00" PACK, "pack"},
	{"end code", PACK "00 00 01 B9" PACK, "pack pack"},
	{"zeros at the very end are kept", PACK "00 00 01 E0 00 06 80 00 00 AA 00 00" PACK,
		"pack pes:e0,3 aa0000 end:v pack"},
	{"almost a start code", PACK "00 00 01 E0 00 0B 80 00 00 00 00 00 02 00 00 01 00" PACK,
		"pack pes:e0,8 0000000200000100 end:v pack"},
};

static void test_rows(void) {
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GByteArray) stream = mt_bytes(rows[i].stream);
		for(size_t cut = 0; cut <= 40; cut++) {
			/* cuts that let a header begin a packet are rule 1 of 13.6, not a matter of the row
			 * with junk */
			g_autofree char *calls = run(stream, cut == 40 ? 100000 : cut == 0 ? 0 : 1 + cut % 3);
			g_test_message("%s, cut %zu", rows[i].what, cut);
			g_assert_cmpstr(calls, ==, rows[i].calls);
		}
	}
}

static void test_gap(void) {
	record out = {g_string_new(NULL), false};
	g_autoptr(gb_ps_demux) demux = gb_ps_demux_new(&ops, &out);
	g_autoptr(GByteArray) begin = mt_bytes(PACK "00 00 01 E0 00 40 80 00 00 AA BB");
	g_autoptr(GByteArray) middle = mt_bytes("CC DD 00 00 01 E0 00 04 80 00 00 AA");
	g_autoptr(GByteArray) pes = mt_bytes("00 00 01 E0 00 04 80 00 00 EE");
	gb_ps_demux_stats stats;
	gb_ps_demux_feed(demux, begin->data, begin->len);
	gb_ps_demux_gap(demux);
	gb_ps_demux_feed(
		demux, middle->data, middle->len); /* not at the begin of a packet: not believed */
	gb_ps_demux_feed(demux, pes->data, pes->len);
	gb_ps_demux_get_stats(demux, &stats);
	g_assert_cmpstr(out.text->str, ==, "pack pes:e0,61 aabb pes:e0,1 ee end:v ");
	g_assert_cmpuint(stats.resyncs, ==, 1);
	g_assert_true(stats.synced);
	g_assert_cmpuint(stats.unsynced, ==, 0);
	g_string_free(out.text, TRUE);
}

static void test_caps(void) {
	record out = {g_string_new(NULL), false};
	g_autoptr(gb_ps_demux) demux = gb_ps_demux_new(&ops, &out);
	g_autoptr(GByteArray) stream = mt_bytes("11 22 33" PACK "00 00 01 BC 04 00");
	gb_ps_demux_stats stats;
	g_byte_array_set_size(stream, stream->len + 1024);
	memset(stream->data + stream->len - 1024, 0, 1024);
	mt_hex(stream, "00 00 01 E0 00 04 80 00 00 AA");
	gb_ps_demux_feed(demux, stream->data, 3);
	gb_ps_demux_feed(demux, stream->data + 3, stream->len - 3);
	gb_ps_demux_get_stats(demux, &stats);
	g_assert_cmpstr(out.text->str, ==, "pack pes:e0,1 aa end:v ");
	g_assert_cmpuint(stats.oversize, ==, 1);
	g_assert_cmpuint(stats.unsynced, ==, 3);
	g_string_free(out.text, TRUE);
}

static void test_restart(void) {
	record out = {g_string_new(NULL), false};
	g_autoptr(gb_ps_demux) demux = gb_ps_demux_new(&ops, &out);
	g_autoptr(GByteArray) one = mt_bytes(PACK "00 00 01 E0 00 04 80 00 00 AA");
	g_autoptr(GByteArray) two = mt_bytes(PACK "00 00 01 E1 00 04 80 00 00 BB");
	gb_ps_demux_feed(demux, one->data, one->len);
	gb_ps_demux_restart(demux);
	gb_ps_demux_feed(demux, two->data, two->len);
	g_assert_cmpstr(out.text->str, ==, "pack pes:e0,1 aa end:v pack pes:e1,1 bb end:v ");
	g_string_free(out.text, TRUE);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ps_demux/rows", test_rows);
	g_test_add_func("/ps_demux/gap", test_gap);
	g_test_add_func("/ps_demux/caps", test_caps);
	g_test_add_func("/ps_demux/restart", test_restart);
	return g_test_run();
}
