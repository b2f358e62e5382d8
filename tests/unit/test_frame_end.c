/* When the signs of a frame's end are believed: a script of frames against what was believed. */
#include "gb28181/media/gb_frame_end.h"

#include "lib/media_tools.h"

/** A frame is a word of packets: '.' without marker, 'm' with it, 'p' where a PES of 2,000 bytes
 * ends, 'b' both, 'L' a PES of 65,000 bytes ends; each but the last is followed by more of the
 * frame. "*N" in front repeats it. Returns how often a sign was believed. */
static unsigned play(gb_frame_end *frame_end, const char *script) {
	unsigned believed = 0;
	g_auto(GStrv) words = g_strsplit(script, " ", -1);
	for(char **word = words; *word; word++) {
		char *frame = *word;
		int64_t times = 1;
		if(*frame == '*') {
			times = g_ascii_strtoll(frame + 1, &frame, 10);
		}
		for(; times > 0; times--) {
			for(const char *packet = frame; *packet; packet++) {
				bool over = gb_frame_end_packet(frame_end, *packet == 'm' || *packet == 'b');
				if(*packet == 'p' || *packet == 'b' || *packet == 'L') {
					over |= gb_frame_end_pes(frame_end, *packet == 'L' ? 65000 : 2000);
				}
				believed += over;
				if(packet[1] && gb_frame_end_given(frame_end)) {
					gb_frame_end_more(frame_end);
				}
			}
			gb_frame_end_next(frame_end);
		}
	}
	return believed;
}

static void test_scripts(void) {
	static const struct {
		const char *script;
		unsigned believed;
	} rows[] = {
		{"*8..m", 0},		   /* proof */
		{"*8..m *5..m", 5},	   /* believed from the ninth on */
		{"*100m", 0},		   /* each packet has it, as far as one can tell */
		{"..m *7m *5m", 5},	   /* one frame shows that it is chosen */
		{"*7m ..m *5m", 5},	   /* at any time before */
		{"*8m mm *20m", 0},	   /* set on each packet: never */
		{"*8..m .. *8..m", 0}, /* missing once: anew */
		{"*8..m .. *8..m ..m", 1},
		{"*9..m .m. *20..m", 2}, /* wrong when believed: the next proof is long */
		{"*9..m .m. *71..m ..m", 2},
		{"*9..m .m. *72..m ..m", 3},
		{"*8p *3p", 3},		/* a PES that ends needs no other proof */
		{"*8p Lp *3p", 4},	/* a full one says nothing, either way */
		{"*8p L *3p", 0},	/* the last one of a frame was full: no sign, so anew */
		{"*8p pp *20p", 1}, /* wrong when believed; then such sizes say nothing */
		{"pp *20p", 0},		/* split at 2,000: PES of that size say nothing any more */
		{"*8.b *4.b", 4},
		{"", 0},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		gb_frame_end frame_end = {0};
		g_test_message("%s", rows[i].script);
		g_assert_cmpuint(play(&frame_end, rows[i].script), ==, rows[i].believed);
	}
}

static void test_gap(void) {
	gb_frame_end frame_end = {0};
	play(&frame_end, "*8..m");
	g_assert_true(gb_frame_end_packet(&frame_end, true));
	gb_frame_end_gap(&frame_end); /* a loss says nothing against the sign */
	g_assert_false(gb_frame_end_given(&frame_end));
	g_assert_true(gb_frame_end_packet(&frame_end, true));
}

static void test_likely(void) {
	gb_frame_end frame_end = {0};
	g_assert_false(gb_frame_end_packet(&frame_end, true));
	g_assert_true(gb_frame_end_given(&frame_end));
	g_assert_false(gb_frame_end_likely(&frame_end));
	gb_frame_end_next(&frame_end);
	g_assert_false(gb_frame_end_packet(&frame_end, true));
	g_assert_true(gb_frame_end_likely(&frame_end));
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/frame_end/scripts", test_scripts);
	g_test_add_func("/frame_end/gap", test_gap);
	g_test_add_func("/frame_end/likely", test_likely);
	return g_test_run();
}
