#include "glue/gb_glue_sdp.h"

#include <string.h>

/* Numbers of header extensions in our offer; the core reads them from there. */
#define EXT_MID 1
#define EXT_ABS_SEND_TIME 2
#define EXT_PLAYOUT_DELAY 3

#define URI_MID "urn:ietf:params:rtp-hdrext:sdes:mid"
#define URI_ABS_SEND_TIME "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
#define URI_PLAYOUT_DELAY "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"

static void append_video(GString *sdp) {
	static const char *const feedback[] = {
		"ccm fir", "nack", "nack pli", "goog-remb", "transport-cc"};
	g_string_append_printf(sdp, "m=video 9 UDP/TLS/RTP/SAVPF %d\r\n", GB_OFFER_PT_H264);
	g_string_append(sdp, "c=IN IP4 0.0.0.0\r\na=sendonly\r\na=mid:v\r\n");
	g_string_append_printf(sdp, "a=rtpmap:%d H264/90000\r\n", GB_OFFER_PT_H264);
	g_string_append_printf(sdp,
		"a=fmtp:%d profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1\r\n",
		GB_OFFER_PT_H264);
	for(size_t i = 0; i < G_N_ELEMENTS(feedback); i++)
		g_string_append_printf(sdp, "a=rtcp-fb:%d %s\r\n", GB_OFFER_PT_H264, feedback[i]);
	g_string_append_printf(sdp, "a=extmap:%d %s\r\n", EXT_MID, URI_MID);
	g_string_append_printf(sdp, "a=extmap:%d %s\r\n", EXT_ABS_SEND_TIME, URI_ABS_SEND_TIME);
	g_string_append_printf(sdp, "a=extmap:%d %s\r\n", EXT_PLAYOUT_DELAY, URI_PLAYOUT_DELAY);
}

static void append_audio(GString *sdp) {
	g_string_append_printf(
		sdp, "m=audio 9 UDP/TLS/RTP/SAVPF %d %d\r\n", GB_OFFER_PT_PCMA, GB_OFFER_PT_PCMU);
	g_string_append(sdp, "c=IN IP4 0.0.0.0\r\na=sendonly\r\na=mid:a\r\n");
	g_string_append_printf(sdp, "a=rtpmap:%d PCMA/8000\r\n", GB_OFFER_PT_PCMA);
	g_string_append_printf(sdp, "a=rtpmap:%d PCMU/8000\r\n", GB_OFFER_PT_PCMU);
	g_string_append_printf(sdp, "a=extmap:%d %s\r\n", EXT_MID, URI_MID);
}

char *gb_offer_new(uint64_t session, const char *name, bool audio) {
	GString *sdp = g_string_new("v=0\r\n");
	g_string_append_printf(sdp, "o=- %" G_GUINT64_FORMAT " 1 IN IP4 127.0.0.1\r\n", session);
	g_string_append_printf(sdp, "s=GB28181 %s\r\nt=0 0\r\n", name);
	append_video(sdp);
	if(audio)
		append_audio(sdp);
	return g_string_free(sdp, FALSE);
}

/* Whether the port of `m=kind PORT ...` is anything but 0. */
static bool is_accepted(const char *port) {
	return port[0] >= '1' && port[0] <= '9';
}

bool gb_answer_parse(const char *sdp, gb_answer *ret_answer) {
	gb_answer answer = {false, false};
	bool found = false;
	for(const char *line = sdp; line && *line;) {
		if(g_str_has_prefix(line, "m=video ")) {
			found = true;
			answer.video = is_accepted(line + strlen("m=video "));
		} else if(g_str_has_prefix(line, "m=audio ")) {
			found = true;
			answer.audio = is_accepted(line + strlen("m=audio "));
		}
		line = strchr(line, '\n');
		if(line)
			line++;
	}
	if(found)
		*ret_answer = answer;
	return found;
}
