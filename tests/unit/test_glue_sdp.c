/* test_glue_sdp.c - the offer's text, and what is read from answers. */
#include "glue/gb_glue_sdp.h"

#include <string.h>

static void test_offer(void) {
	g_autofree char *sdp = gb_offer_new(12, "34020000001310000001", true);
	static const char expected[] =
		"v=0\r\n"
		"o=- 12 1 IN IP4 127.0.0.1\r\n"
		"s=GB28181 34020000001310000001\r\n"
		"t=0 0\r\n"
		"m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"
		"c=IN IP4 0.0.0.0\r\n"
		"a=sendonly\r\n"
		"a=mid:v\r\n"
		"a=rtpmap:96 H264/90000\r\n"
		"a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1\r\n"
		"a=rtcp-fb:96 ccm fir\r\n"
		"a=rtcp-fb:96 nack\r\n"
		"a=rtcp-fb:96 nack pli\r\n"
		"a=rtcp-fb:96 goog-remb\r\n"
		"a=rtcp-fb:96 transport-cc\r\n"
		"a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
		"a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n"
		"a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\n"
		"m=audio 9 UDP/TLS/RTP/SAVPF 8 0\r\n"
		"c=IN IP4 0.0.0.0\r\n"
		"a=sendonly\r\n"
		"a=mid:a\r\n"
		"a=rtpmap:8 PCMA/8000\r\n"
		"a=rtpmap:0 PCMU/8000\r\n"
		"a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n";
	g_assert_cmpstr(sdp, ==, expected);
}

static void test_offer_without_audio(void) {
	g_autofree char *sdp = gb_offer_new(1, "x", false);
	g_assert_nonnull(strstr(sdp, "m=video"));
	g_assert_null(strstr(sdp, "m=audio"));
}

static void test_answers(void) {
	static const struct {
		const char *sdp;
		bool fine, video, audio;
	} rows[] = {
		{"v=0\r\nm=video 9 X 96\r\nm=audio 9 X 8\r\n", true, true, true},
		{"v=0\nm=video 9 X 96\nm=audio 0 X 8\n", true, true, false},
		{"v=0\r\nm=video 0 X 96\r\nm=audio 0 X 8\r\n", true, false, false},
		{"v=0\r\nm=audio 50000 X 8", true, false, true},
		{"v=0\r\n", false, false, false},
		{"m=video", false, false, false},
		{"", false, false, false},
		{NULL, false, false, false},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		gb_answer answer = {false, false};
		g_assert_true(gb_answer_parse(rows[i].sdp, &answer) == rows[i].fine);
		g_assert_true(answer.video == rows[i].video);
		g_assert_true(answer.audio == rows[i].audio);
	}
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/glue/sdp/offer", test_offer);
	g_test_add_func("/glue/sdp/offer-without-audio", test_offer_without_audio);
	g_test_add_func("/glue/sdp/answers", test_answers);
	return g_test_run();
}
