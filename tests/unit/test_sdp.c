/* test_sdp.c - session descriptions: what we send, byte for byte, and what devices answer. */
#include "gb28181/proto/gb_sdp.h"

#include <glib.h>
#include <string.h>

#define CAMERA "34020000001310000001"

static gb_addr addr(const char *text) {
	gb_addr address = {0};
	g_assert_true(gb_addr_parse(text, &address));
	return address;
}

static void assert_built(const gb_sdp_offer *offer, const char *expected) {
	g_autofree char *text = gb_sdp_build(offer);
	g_autofree char *with_lf = NULL;
	g_assert_nonnull(text);
	g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
	with_lf = g_strjoinv("\n", lines);
	g_assert_null(strchr(with_lf, '\r'));
	g_assert_cmpstr(with_lf, ==, expected);
}

#define MAPS                                                                                       \
	"a=recvonly\na=rtpmap:96 PS/90000\na=rtpmap:97 MPEG4/90000\na=rtpmap:98 H264/90000\n"          \
	"a=rtpmap:99 H265/90000\n"

/* gb28181.md 7.2. */
static void test_build_play(void) {
	gb_sdp_offer offer = {
		.kind = GB_SDP_PLAY, .user = CAMERA, .media = addr("192.0.2.10:30000"), .ssrc = 200000001};
	assert_built(&offer,
		"v=0\no=" CAMERA " 0 0 IN IP4 192.0.2.10\ns=Play\nc=IN IP4 192.0.2.10\n"
		"t=0 0\nm=video 30000 RTP/AVP 96 97 98 99\n" MAPS "y=0200000001\n");
	offer.ps_only = true;
	offer.stream_line = "streamnumber:1";
	assert_built(&offer,
		"v=0\no=" CAMERA " 0 0 IN IP4 192.0.2.10\ns=Play\nc=IN IP4 192.0.2.10\n"
		"t=0 0\nm=video 30000 RTP/AVP 96\na=recvonly\na=rtpmap:96 PS/90000\n"
		"a=streamnumber:1\ny=0200000001\n");
}

/* gb28181.md 7.6. */
static void test_build_tcp(void) {
	gb_sdp_offer offer = {.kind = GB_SDP_PLAY,
		.user = CAMERA,
		.media = addr("192.0.2.10:30002"),
		.transport = GB_SDP_TCP_PASSIVE,
		.ssrc = 200000002};
	assert_built(&offer,
		"v=0\no=" CAMERA " 0 0 IN IP4 192.0.2.10\ns=Play\nc=IN IP4 192.0.2.10\n"
		"t=0 0\nm=video 30002 TCP/RTP/AVP 96 97 98 99\n" MAPS
		"a=setup:passive\na=connection:new\ny=0200000002\n");
	offer.transport = GB_SDP_TCP_ACTIVE;
	offer.media = addr("[2001:db8::1]:0");
	offer.stream_line = "streamprofile:1";
	assert_built(&offer,
		"v=0\no=" CAMERA " 0 0 IN IP6 2001:db8::1\ns=Play\nc=IN IP6 2001:db8::1\n"
		"t=0 0\nm=video 9 TCP/RTP/AVP 96 97 98 99\n" MAPS
		"a=setup:active\na=connection:new\na=streamprofile:1\ny=0200000002\n");
}

/* gb28181.md 8.1 and 8.4. */
static void test_build_history(void) {
	gb_sdp_offer offer = {.kind = GB_SDP_PLAYBACK,
		.user = CAMERA,
		.media = addr("192.0.2.10:30004"),
		.transport = GB_SDP_TCP_PASSIVE,
		.ssrc = 1200000005,
		.start_s = 1772323200,
		.end_s = 1772326800,
		.download_speed = 4};
	assert_built(&offer,
		"v=0\no=" CAMERA " 0 0 IN IP4 192.0.2.10\ns=Playback\nu=" CAMERA
		":0\nc=IN IP4 192.0.2.10\nt=1772323200 1772326800\n"
		"m=video 30004 TCP/RTP/AVP 96 97 98 99\n" MAPS
		"a=setup:passive\na=connection:new\ny=1200000005\n");
	offer.kind = GB_SDP_DOWNLOAD;
	offer.record_type = 3;
	offer.transport = GB_SDP_UDP;
	assert_built(&offer,
		"v=0\no=" CAMERA " 0 0 IN IP4 192.0.2.10\ns=Download\nu=" CAMERA
		":3\nc=IN IP4 192.0.2.10\nt=1772323200 1772326800\n"
		"m=video 30004 RTP/AVP 96 97 98 99\n" MAPS "a=downloadspeed:4\ny=1200000005\n");
}

/* gb28181.md 9.2 and 9.4. */
static void test_build_audio(void) {
	gb_sdp_offer offer = {.kind = GB_SDP_BROADCAST,
		.user = "34020000002000000001",
		.media = addr("192.0.2.10:30010"),
		.ssrc = 200000009,
		.audio_payload = GB_SDP_PT_PCMA};
	assert_built(&offer,
		"v=0\no=34020000002000000001 0 0 IN IP4 192.0.2.10\ns=Play\nc=IN IP4 192.0.2.10\nt=0 0\n"
		"m=audio 30010 RTP/AVP 8\na=sendonly\na=rtpmap:8 PCMA/8000\ny=0200000009\n"
		"f=v/////a/1/8/1\n");
	offer.kind = GB_SDP_TALK;
	offer.user = "34020000001320000001";
	offer.media = addr("192.0.2.10:30012");
	offer.transport = GB_SDP_TCP_PASSIVE;
	offer.ssrc = 200000010;
	assert_built(&offer,
		"v=0\no=34020000001320000001 0 0 IN IP4 192.0.2.10\ns=Talk\nc=IN IP4 192.0.2.10\nt=0 0\n"
		"m=audio 30012 TCP/RTP/AVP 8\na=setup:passive\na=connection:new\na=sendrecv\n"
		"a=rtpmap:8 PCMA/8000\ny=0200000010\nf=v/////a/1/8/1\n");
	offer.audio_payload = GB_SDP_PT_PCMU;
	g_autofree char *text = gb_sdp_build(&offer);
	g_assert_nonnull(strstr(text, "TCP/RTP/AVP 0\r\n"));
	g_assert_nonnull(strstr(text, "a=rtpmap:0 PCMU/8000\r\n"));
}

static void test_build_refused(void) {
	gb_sdp_offer good = {.user = CAMERA, .media = addr("192.0.2.10:30000")};
	gb_sdp_offer offer = good;
	offer.user = "a b";
	g_assert_null(gb_sdp_build(&offer));
	offer = good;
	memset(&offer.media, 0, sizeof(offer.media));
	g_assert_null(gb_sdp_build(&offer));
	offer = good;
	offer.stream_line = "stream:0\r\na=x";
	g_assert_null(gb_sdp_build(&offer));
	offer.stream_line = "";
	g_assert_null(gb_sdp_build(&offer));
}

static gb_sdp_answer parse(const char *text) {
	gb_sdp_answer answer;
	/* Exact size: a read past the end is seen by the sanitizer. */
	size_t len = strlen(text);
	char *bytes = g_memdup2(text, len);
	g_assert_cmpint(gb_sdp_parse(bytes, len, &answer), ==, GB_OK);
	g_free(bytes);
	return answer;
}

static void assert_media(const gb_sdp_answer *answer, const char *expected) {
	char buf[GB_ADDR_TEXT];
	g_assert_cmpstr(gb_addr_format(buf, &answer->media), ==, expected);
}

/* The answer of an NVR in gb28181.md 7.2. */
static void test_parse_nvr(void) {
	static const char text[] =
		"v=0\r\no=34020000001180000001 1033 1033 IN IP4 198.51.100.8\r\ns=Play\r\n"
		"c=IN IP4 198.51.100.8\r\nt=0 0\r\nm=video 15060 RTP/AVP 96\r\na=setup:active\r\n"
		"a=sendonly\r\na=rtpmap:96 PS/90000\r\na=username:34020000001180000001\r\n"
		"a=password:12345678\r\na=filesize:0\r\ny=0200000001\r\nf=\r\n";
	gb_sdp_answer answer = parse(text);
	g_assert_cmpstr(answer.user, ==, "34020000001180000001");
	g_assert_cmpstr(answer.session, ==, "Play");
	g_assert_true(answer.has_media && answer.video && !answer.tcp);
	assert_media(&answer, "198.51.100.8:15060");
	g_assert_cmpint(answer.setup, ==, GB_SDP_SETUP_ACTIVE);
	g_assert_cmpint(answer.direction, ==, GB_SDP_SENDONLY);
	g_assert_cmpuint(answer.payload_count, ==, 1);
	g_assert_cmpuint(answer.payloads[0].type, ==, 96);
	g_assert_cmpstr(answer.payloads[0].name, ==, "PS");
	g_assert_cmpuint(answer.payloads[0].clock, ==, 90000);
	g_assert_true(answer.has_ssrc);
	g_assert_cmphex(answer.ssrc, ==, 0x0BEBC201);
	g_assert_cmpint(answer.filesize, ==, 0);
	g_assert_cmpstr(answer.f, ==, "");
	/* The password that such a device sends along is nowhere. */
	g_assert_null(g_strstr_len((const char *)&answer, sizeof(answer), "12345678"));
	g_assert_nonnull(gb_sdp_find_payload(&answer, 96));
	g_assert_null(gb_sdp_find_payload(&answer, 98));
}

/* LF only, CR only, blanks, an empty line at the end, lower-case protocol, wrong order. */
static void test_parse_forms(void) {
	static const char *const texts[] = {
		"v=0\no=1 0 0 IN IP4 192.0.2.1\nc=IN IP4 192.0.2.2\nm=video 5 TCP/RTP/AVP 96 98\n"
		"a=setup:passive\na=recvonly\na=rtpmap:98 H264/90000\ny=0200000002\n",
		"v=0\ro=1 0 0 IN IP4 192.0.2.1\rc=IN IP4 192.0.2.2\rm=video 5 TCP/RTP/AVP 96 98\r"
		"a=setup:passive\ra=recvonly\ra=rtpmap:98 H264/90000\ry=0200000002",
		"\r\n v=0\r\n\no= 1  0 0  IN IP4 192.0.2.1\r\r\n c= IN  IP4  192.0.2.2/127 \r\n"
		"m= Video  5/2 tcp/rtp/avp  96 98 \r\na= Setup : PASSIVE \r\na=RECVONLY\r\n"
		"a=rtpmap: 98  H264 / 90000 /1\r\ny= 200000002 \r\n\r\n",
		"y=0200000002\r\nx=1\r\n=\r\nzz\r\nb=AS:1\r\nm=video 5 TCP/RTP/AVP 96 98\r\n"
		"c=IN IP4 192.0.2.2\r\na=rtpmap:98 H264/90000\r\na=setup:passive\r\na=recvonly\r\n"
		"a=fmtp:98 x=y\r\na=\r\na=:\r\no=1 0 0 IN IP4 192.0.2.1",
	};
	for(size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		gb_sdp_answer answer = parse(texts[i]);
		g_assert_cmpstr(answer.user, ==, "1");
		g_assert_true(answer.video && answer.tcp);
		assert_media(&answer, "192.0.2.2:5");
		g_assert_cmpint(answer.setup, ==, GB_SDP_SETUP_PASSIVE);
		g_assert_cmpint(answer.direction, ==, GB_SDP_RECVONLY);
		g_assert_cmpuint(answer.payload_count, ==, 2);
		const gb_sdp_payload *h264 = gb_sdp_find_payload(&answer, 98);
		g_assert_cmpstr(h264->name, ==, "H264");
		g_assert_cmpuint(h264->clock, ==, 90000);
		g_assert_true(answer.has_ssrc);
		g_assert_cmpuint(answer.ssrc, ==, 200000002);
		g_assert_cmpint(answer.filesize, ==, -1);
	}
}

/* gb28181.md 7.5: what stands behind `y=`. */
static void test_ssrc(void) {
	static const struct {
		const char *line;
		bool has;
		uint32_t ssrc;
	} cases[] = {
		{"y=0200000001", true, 200000001},
		{"y=100000001", true, 100000001},
		{"y=1", true, 1},
		{"y= 0200000001 ", true, 200000001},
		{"y=0200000001;x", true, 200000001},
		{"y=4294967295", true, 4294967295},
		{"y=4294967296", false, 0},
		{"y=9999999999", false, 0},
		{"y=0000000000", false, 0},
		{"y=0", false, 0},
		{"y=", false, 0},
		{"y=abc", false, 0},
		{"y=-1", false, 0},
		{"y=34020000001320000001", false, 0},
		{"y=02000000011", false, 0},
		{"s=Play", false, 0},
		{"y=0200000001\r\ny=34020000001320000001", true, 200000001},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		gb_sdp_answer answer = parse(cases[i].line);
		g_assert_cmpint(answer.has_ssrc, ==, cases[i].has);
		g_assert_cmpuint(answer.ssrc, ==, cases[i].ssrc);
	}
}

static void test_address(void) {
	static const struct {
		const char *text, *media;
	} cases[] = {
		{"c=IN IP4 192.0.2.1\nm=video 7 RTP/AVP 96", "192.0.2.1:7"},
		{"c=IN IP4 192.0.2.1\nm=video 7 RTP/AVP 96\nc=IN IP4 192.0.2.2", "192.0.2.2:7"},
		{"o=1 0 0 IN IP4 192.0.2.3\nm=video 7 RTP/AVP 96", "192.0.2.3:7"},
		{"c=IN IP6 2001:db8::1\nm=video 7 RTP/AVP 96", "[2001:db8::1]:7"},
		{"c=IN IP4 camera.example\nm=video 7 RTP/AVP 96", ":7"},
		{"c=IN IP4\nm=video 7 RTP/AVP 96", ":7"},
		{"c=IN IP4 0.0.0.0\nm=video 0 RTP/AVP 96", "0.0.0.0:0"},
		{"c=IN IP4 192.0.2.1\nm=video 70000 RTP/AVP 96", "192.0.2.1:0"},
		{"c=IN IP4 192.0.2.1\nm=video -7 RTP/AVP 96", "192.0.2.1:0"},
		{"c=IN IP4 192.0.2.1\nm=video", "192.0.2.1:0"},
		{"c=IN IP4 1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd\nm=video 7",
			":7"},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		gb_sdp_answer answer = parse(cases[i].text);
		g_assert_true(answer.has_media);
		assert_media(&answer, cases[i].media);
	}
	gb_sdp_answer answer = parse("v=0\nc=IN IP4 192.0.2.1");
	g_assert_false(answer.has_media);
}

/* The video line leads wherever it stands; the attributes of the other do not reach over. */
static void test_two_media(void) {
	static const char *const texts[] = {
		"c=IN IP4 192.0.2.1\nm=audio 8 TCP/RTP/AVP 8\nc=IN IP4 "
		"192.0.2.8\na=sendrecv\na=setup:active\n"
		"a=rtpmap:8 PCMA/8000\nm=video 7 RTP/AVP 96\na=sendonly\ny=0200000001",
		"c=IN IP4 192.0.2.1\nm=video 7 RTP/AVP 96\na=sendonly\nm=audio 8 TCP/RTP/AVP 8\n"
		"c=IN IP4 192.0.2.8\na=sendrecv\na=setup:active\na=rtpmap:8 PCMA/8000\ny=0200000001",
	};
	for(size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		gb_sdp_answer answer = parse(texts[i]);
		g_assert_true(answer.video && !answer.tcp);
		assert_media(&answer, "192.0.2.1:7");
		g_assert_cmpint(answer.setup, ==, GB_SDP_SETUP_ABSENT);
		g_assert_cmpint(answer.direction, ==, GB_SDP_SENDONLY);
		g_assert_cmpuint(answer.payload_count, ==, 1);
		g_assert_cmpuint(answer.ssrc, ==, 200000001);
	}
}

/* A device's offer for a broadcast (9.2, and Dahua's list of 9.3). */
static void test_parse_audio_offer(void) {
	gb_sdp_answer answer =
		parse("v=0\r\no=34020000001320000001 0 0 IN IP4 192.168.1.64\r\ns=Play\r\n"
			  "c=IN IP4 192.168.1.64\r\nt=0 0\r\nm=audio 9732 TCP/RTP/AVP 8 96\r\na=recvonly\r\n"
			  "a=setup:active\r\na=rtpmap:8 PCMA/8000/1\r\na=rtpmap:96 PS/90000\r\ny=0200000009\r\n"
			  "f=v/////a/1/8/1\r\n");
	g_assert_true(answer.has_media && !answer.video && answer.tcp);
	assert_media(&answer, "192.168.1.64:9732");
	g_assert_cmpint(answer.direction, ==, GB_SDP_RECVONLY);
	g_assert_cmpint(answer.setup, ==, GB_SDP_SETUP_ACTIVE);
	const gb_sdp_payload *pcma = gb_sdp_find_payload(&answer, GB_SDP_PT_PCMA);
	g_assert_cmpstr(pcma->name, ==, "PCMA");
	g_assert_cmpuint(pcma->clock, ==, 8000);
	g_assert_cmpstr(answer.f, ==, "v/////a/1/8/1");
}

static void test_words(void) {
	static const struct {
		const char *text;
		gb_sdp_setup setup;
		gb_sdp_direction direction;
		int64_t filesize;
	} cases[] = {
		{"a=setup:active\na=sendonly", GB_SDP_SETUP_ACTIVE, GB_SDP_SENDONLY, -1},
		{"a=setup:passive\na=recvonly", GB_SDP_SETUP_PASSIVE, GB_SDP_RECVONLY, -1},
		{"a=setup:actpass\na=sendrecv", GB_SDP_SETUP_ABSENT, GB_SDP_SENDRECV, -1},
		{"a=setup:\na=inactive", GB_SDP_SETUP_ABSENT, GB_SDP_INACTIVE, -1},
		{"a=sendonlyx", GB_SDP_SETUP_ABSENT, GB_SDP_DIRECTION_ABSENT, -1},
		{"a=filesize:471859200", GB_SDP_SETUP_ABSENT, GB_SDP_DIRECTION_ABSENT, 471859200},
		{"a=filesize:-3", GB_SDP_SETUP_ABSENT, GB_SDP_DIRECTION_ABSENT, -1},
		{"a=filesize:", GB_SDP_SETUP_ABSENT, GB_SDP_DIRECTION_ABSENT, -1},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		gb_sdp_answer answer = parse(cases[i].text);
		g_assert_cmpint(answer.setup, ==, cases[i].setup);
		g_assert_cmpint(answer.direction, ==, cases[i].direction);
		g_assert_cmpint(answer.filesize, ==, cases[i].filesize);
	}
}

static void test_caps(void) {
	GString *text = g_string_new("m=video 7 RTP/AVP");
	for(int i = 0; i < 20; i++)
		g_string_append_printf(text, " %d", 96 + i);
	g_string_append(text,
		" 96 128 -1 x\na=rtpmap:96 PS/90000\na=rtpmap:127 X/1\na=rtpmap:300 X/1\n"
		"a=rtpmap:97 ABCDEFGHIJKLMNOPQRSTUVWXYZ/99999999999\n");
	gb_sdp_answer answer = parse(text->str);
	g_assert_cmpuint(answer.payload_count, ==, GB_SDP_PAYLOADS_MAX);
	g_assert_cmpuint(answer.payloads_dropped, ==, 4 + 1);
	g_assert_cmpstr(answer.payloads[0].name, ==, "PS");
	g_assert_cmpstr(answer.payloads[1].name, ==, "ABCDEFGHIJKLMNOPQRSTUVW");
	g_assert_cmpuint(answer.payloads[1].clock, ==, 0);
	g_string_free(text, TRUE);
	/* Texts over their size. */
	g_autofree char *filler = g_strnfill(500, 'x');
	g_autofree char *lines =
		g_strdup_printf("o=%s 0 0 IN IP4 192.0.2.1\ns=%s\nf=%s\nf=%s", filler, filler, "", filler);
	answer = parse(lines);
	g_assert_cmpstr(answer.user, ==, "");
	g_assert_cmpuint(strlen(answer.session), ==, sizeof(answer.session) - 1);
	g_assert_cmpuint(strlen(answer.f), ==, sizeof(answer.f) - 1);
	/* The whole body. */
	g_autofree char *body = g_strnfill(GB_SDP_MAX + 1, '\n');
	memcpy(body, "v=0", 3);
	g_assert_cmpint(gb_sdp_parse(body, GB_SDP_MAX, &answer), ==, GB_OK);
	g_assert_cmpint(gb_sdp_parse(body, GB_SDP_MAX + 1, &answer), ==, GB_LIMIT);
}

static void test_bad(void) {
	static const char *const texts[] = {"", "\r\n\r\n", "hello", "<xml/>", "=", "1=2", "v"};
	for(size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		gb_sdp_answer answer = {.ssrc = 99};
		g_assert_cmpint(gb_sdp_parse(texts[i], strlen(texts[i]), &answer), ==, GB_BAD);
		g_assert_cmpuint(answer.ssrc, ==, 99);
	}
	/* NUL and control bytes do not survive in texts. */
	gb_sdp_answer answer;
	static const char nul[] = "f=a\0b\x01\xff"
							  "c\r\nm=video\0 7 RTP/AVP 96\r\n";
	g_assert_cmpint(gb_sdp_parse(nul, sizeof(nul) - 1, &answer), ==, GB_OK);
	g_assert_cmpstr(answer.f, ==, "abc");
}

/* What we build we can read. */
static void test_round_trip(void) {
	for(int kind = GB_SDP_PLAY; kind <= GB_SDP_BROADCAST; kind++) {
		for(int transport = GB_SDP_UDP; transport <= GB_SDP_TCP_ACTIVE; transport++) {
			gb_sdp_offer offer = {.kind = (gb_sdp_kind)kind,
				.user = CAMERA,
				.media = addr("192.0.2.10:30000"),
				.transport = (gb_sdp_transport)transport,
				.ssrc = 1200000001,
				.audio_payload = GB_SDP_PT_PCMA};
			g_autofree char *text = gb_sdp_build(&offer);
			gb_sdp_answer answer = parse(text);
			g_assert_cmpstr(answer.user, ==, CAMERA);
			g_assert_true(gb_addr_equal(&answer.media, &offer.media));
			g_assert_cmpuint(answer.ssrc, ==, offer.ssrc);
			g_assert_cmpint(answer.tcp, ==, transport != GB_SDP_UDP);
			g_assert_cmpint(answer.setup, ==,
				transport == GB_SDP_TCP_PASSIVE		 ? GB_SDP_SETUP_PASSIVE
					: transport == GB_SDP_TCP_ACTIVE ? GB_SDP_SETUP_ACTIVE
													 : GB_SDP_SETUP_ABSENT);
			g_assert_cmpint(answer.video, ==, kind < GB_SDP_TALK);
		}
	}
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sdp/build-play", test_build_play);
	g_test_add_func("/sdp/build-tcp", test_build_tcp);
	g_test_add_func("/sdp/build-history", test_build_history);
	g_test_add_func("/sdp/build-audio", test_build_audio);
	g_test_add_func("/sdp/build-refused", test_build_refused);
	g_test_add_func("/sdp/parse-nvr", test_parse_nvr);
	g_test_add_func("/sdp/parse-forms", test_parse_forms);
	g_test_add_func("/sdp/ssrc", test_ssrc);
	g_test_add_func("/sdp/address", test_address);
	g_test_add_func("/sdp/two-media", test_two_media);
	g_test_add_func("/sdp/parse-audio-offer", test_parse_audio_offer);
	g_test_add_func("/sdp/words", test_words);
	g_test_add_func("/sdp/caps", test_caps);
	g_test_add_func("/sdp/bad", test_bad);
	g_test_add_func("/sdp/round-trip", test_round_trip);
	return g_test_run();
}
