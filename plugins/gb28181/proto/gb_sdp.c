/* gb_sdp.c - writes and reads session descriptions of GB/T 28181. */
#include "gb28181/proto/gb_sdp.h"

#include <glib.h>
#include <string.h>

/* ---- writing ---- */

static bool is_history(gb_sdp_kind kind) {
	return kind == GB_SDP_PLAYBACK || kind == GB_SDP_DOWNLOAD;
}

static bool is_audio(gb_sdp_kind kind) {
	return kind == GB_SDP_TALK || kind == GB_SDP_BROADCAST;
}

static bool is_attribute(const char *text) {
	for(const char *at = text; *at; at++) {
		if(*at < 0x20 || *at >= 0x7f)
			return false;
	}
	return *text != '\0';
}

static void put_session(GString *out, const gb_sdp_offer *offer) {
	static const char *const names[] = {"Play", "Playback", "Download", "Talk", "Play"};
	char ip[GB_ADDR_TEXT];
	const char *family = offer->media.family == AF_INET6 ? "IP6" : "IP4";
	gb_addr_format_ip(ip, &offer->media);
	g_string_append_printf(out, "v=0\r\no=%s 0 0 IN %s %s\r\n", offer->user, family, ip);
	g_string_append_printf(out, "s=%s\r\n", names[offer->kind]);
	if(is_history(offer->kind))
		g_string_append_printf(out, "u=%s:%u\r\n", offer->user, offer->record_type);
	g_string_append_printf(out, "c=IN %s %s\r\n", family, ip);
	g_string_append_printf(out, "t=%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\r\n",
		is_history(offer->kind) ? offer->start_s : 0, is_history(offer->kind) ? offer->end_s : 0);
}

static void put_media_line(GString *out, const gb_sdp_offer *offer, const char *what) {
	uint16_t port = offer->media.port > 0 ? offer->media.port : 9;
	g_string_append_printf(
		out, "m=%s %u %s", what, port, offer->transport == GB_SDP_UDP ? "RTP/AVP" : "TCP/RTP/AVP");
}

static void put_setup(GString *out, const gb_sdp_offer *offer) {
	if(offer->transport == GB_SDP_UDP)
		return;
	g_string_append_printf(out, "a=setup:%s\r\na=connection:new\r\n",
		offer->transport == GB_SDP_TCP_ACTIVE ? "active" : "passive");
}

/* The map of PS comes first: Dahua refuses the offer otherwise. */
static void put_video(GString *out, const gb_sdp_offer *offer) {
	put_media_line(out, offer, "video");
	g_string_append(out, offer->ps_only ? " 96\r\n" : " 96 97 98 99\r\n");
	g_string_append(out, "a=recvonly\r\na=rtpmap:96 PS/90000\r\n");
	if(!offer->ps_only)
		g_string_append(
			out, "a=rtpmap:97 MPEG4/90000\r\na=rtpmap:98 H264/90000\r\na=rtpmap:99 H265/90000\r\n");
	put_setup(out, offer);
	if(offer->stream_line)
		g_string_append_printf(out, "a=%s\r\n", offer->stream_line);
	if(offer->kind == GB_SDP_DOWNLOAD && offer->download_speed > 0)
		g_string_append_printf(out, "a=downloadspeed:%u\r\n", offer->download_speed);
}

static void put_audio(GString *out, const gb_sdp_offer *offer) {
	put_media_line(out, offer, "audio");
	g_string_append_printf(out, " %u\r\n", offer->audio_payload);
	put_setup(out, offer);
	g_string_append_printf(out, "a=%s\r\na=rtpmap:%u %s/8000\r\n",
		offer->kind == GB_SDP_TALK ? "sendrecv" : "sendonly", offer->audio_payload,
		offer->audio_payload == GB_SDP_PT_PCMU ? "PCMU" : "PCMA");
}

char *gb_sdp_build(const gb_sdp_offer *offer) {
	if(!gb_id_valid_user(offer->user) || offer->media.family == 0)
		return NULL;
	if(offer->stream_line && !is_attribute(offer->stream_line))
		return NULL;
	GString *out = g_string_sized_new(512);
	put_session(out, offer);
	(is_audio(offer->kind) ? put_audio : put_video)(out, offer);
	g_string_append_printf(out, "y=%010u\r\n", offer->ssrc);
	if(is_audio(offer->kind))
		g_string_append(out, "f=v/////a/1/8/1\r\n");
	return g_string_free(out, FALSE);
}

/* ---- reading: pieces of a line ---- */

typedef struct {
	const char *at, *end;
} span;

static size_t span_len(span text) {
	return (size_t)(text.end - text.at);
}

static span trimmed(span text) {
	while(text.at < text.end && g_ascii_isspace(*text.at))
		text.at++;
	while(text.at < text.end && g_ascii_isspace(text.end[-1]))
		text.end--;
	return text;
}

static bool span_is(span text, const char *word) {
	return span_len(text) == strlen(word) &&
		g_ascii_strncasecmp(text.at, word, span_len(text)) == 0;
}

static bool span_contains(span text, const char *upper_word) {
	size_t len = strlen(upper_word);
	for(; span_len(text) >= len; text.at++) {
		if(g_ascii_strncasecmp(text.at, upper_word, len) == 0)
			return true;
	}
	return false;
}

/* Takes a word off the front, up to any of `stops`; the blanks before it and the stop go, too. */
static span take_word(span *text, const char *stops) {
	span word;
	while(text->at < text->end && g_ascii_isspace(*text->at))
		text->at++;
	word.at = text->at;
	while(text->at < text->end && *text->at && !strchr(stops, *text->at))
		text->at++;
	word.end = text->at;
	if(text->at < text->end)
		text->at++;
	return trimmed(word);
}

static bool span_number(span text, int64_t max, int64_t *ret_value) {
	return gb_str_parse_int_n(text.at, span_len(text), 0, max, ret_value);
}

/* Keeps printable ASCII; nothing else belongs into these texts. */
static void keep_text(char *buf, size_t size, span text) {
	size_t used = 0;
	for(; text.at < text.end && used + 1 < size; text.at++) {
		if(*text.at >= 0x20 && *text.at < 0x7f)
			buf[used++] = *text.at;
	}
	buf[used] = '\0';
}

/* ---- reading: lines ---- */

typedef struct {
	gb_sdp_answer answer;
	bool in_media;	   /* behind an `m=` line */
	bool in_other;	   /* behind an `m=` line that is not the chosen one */
	gb_addr of_origin; /* addresses of `o=`, and of the session's and the media's `c=` */
	gb_addr of_session;
	gb_addr of_media;
} reader;

/* `IN IP4 192.0.2.1`, perhaps with `/ttl`. */
static void read_address(span text, gb_addr *ret_address) {
	char ip[GB_ADDR_TEXT];
	take_word(&text, " \t");
	take_word(&text, " \t");
	span word = take_word(&text, "/ \t");
	if(gb_str_copy_n(ip, sizeof(ip), word.at, span_len(word)))
		gb_addr_parse_ip(ip, 0, ret_address);
}

static void read_origin(reader *r, span text) {
	span user = take_word(&text, " \t");
	if(span_len(user) < sizeof(r->answer.user))
		keep_text(r->answer.user, sizeof(r->answer.user), user);
	take_word(&text, " \t");
	take_word(&text, " \t");
	read_address(text, &r->of_origin);
}

static void read_connection(reader *r, span text) {
	if(!r->in_other)
		read_address(text, r->in_media ? &r->of_media : &r->of_session);
}

static gb_sdp_payload *payload_of(gb_sdp_answer *answer, uint8_t type) {
	for(size_t i = 0; i < answer->payload_count; i++) {
		if(answer->payloads[i].type == type)
			return &answer->payloads[i];
	}
	if(answer->payload_count == GB_SDP_PAYLOADS_MAX) {
		answer->payloads_dropped++;
		return NULL;
	}
	gb_sdp_payload *payload = &answer->payloads[answer->payload_count++];
	memset(payload, 0, sizeof(*payload));
	payload->type = type;
	return payload;
}

static void forget_media(reader *r) {
	gb_sdp_answer *answer = &r->answer;
	answer->payload_count = 0;
	answer->payloads_dropped = 0;
	answer->setup = GB_SDP_SETUP_ABSENT;
	answer->direction = GB_SDP_DIRECTION_ABSENT;
	memset(&r->of_media, 0, sizeof(r->of_media));
}

static void read_payload_list(gb_sdp_answer *answer, span text) {
	int64_t type;
	while(text.at < text.end) {
		span word = take_word(&text, " \t");
		if(span_number(word, 127, &type))
			payload_of(answer, (uint8_t)type);
	}
}

/* `video 15060 TCP/RTP/AVP 96 98`; a port may have `/count` behind it. */
static void read_media(reader *r, span text) {
	int64_t port;
	bool video = span_is(take_word(&text, " \t"), "video");
	span port_word = take_word(&text, " \t");
	span protocol = take_word(&text, " \t");
	bool chosen = !r->answer.has_media || (video && !r->answer.video);
	r->in_other = !chosen;
	if(!chosen)
		return;
	if(r->answer.has_media)
		forget_media(r);
	r->in_media = true;
	r->answer.has_media = true;
	r->answer.video = video;
	r->answer.tcp = span_contains(protocol, "TCP");
	r->answer.media.port =
		span_number(take_word(&port_word, "/"), 65535, &port) ? (uint16_t)port : 0;
	read_payload_list(&r->answer, text);
}

/* `96 PS/90000`, perhaps with `/channels`. */
static void read_rtpmap(gb_sdp_answer *answer, span text) {
	int64_t type, clock;
	if(!span_number(take_word(&text, " \t"), 127, &type))
		return;
	gb_sdp_payload *payload = payload_of(answer, (uint8_t)type);
	if(!payload)
		return;
	keep_text(payload->name, sizeof(payload->name), take_word(&text, "/"));
	if(span_number(take_word(&text, "/"), UINT32_MAX, &clock))
		payload->clock = (uint32_t)clock;
}

static bool read_direction(gb_sdp_answer *answer, span name) {
	static const char *const words[] = {
		[GB_SDP_SENDONLY] = "sendonly",
		[GB_SDP_RECVONLY] = "recvonly",
		[GB_SDP_SENDRECV] = "sendrecv",
		[GB_SDP_INACTIVE] = "inactive",
	};
	for(size_t i = GB_SDP_SENDONLY; i < G_N_ELEMENTS(words); i++) {
		if(span_is(name, words[i])) {
			answer->direction = (gb_sdp_direction)i;
			return true;
		}
	}
	return false;
}

static void read_attribute(reader *r, span text) {
	int64_t size;
	gb_sdp_answer *answer = &r->answer;
	if(r->in_other)
		return;
	span name = take_word(&text, ":");
	span value = trimmed(text);
	if(read_direction(answer, name))
		return;
	if(span_is(name, "rtpmap"))
		read_rtpmap(answer, value);
	else if(span_is(name, "setup"))
		answer->setup = span_is(value, "active") ? GB_SDP_SETUP_ACTIVE
			: span_is(value, "passive")			 ? GB_SDP_SETUP_PASSIVE
												 : GB_SDP_SETUP_ABSENT;
	else if(span_is(name, "filesize") && span_number(value, INT64_MAX, &size))
		answer->filesize = size;
}

/* Digits, whatever stands behind them; of more than ten, which would be an id, and of 0 nothing is
 * kept. */
static void read_ssrc(gb_sdp_answer *answer, span text) {
	int64_t value;
	span digits = {text.at, text.at};
	while(digits.end < text.end && g_ascii_isdigit(*digits.end))
		digits.end++;
	if(span_len(digits) > 10 || !span_number(digits, UINT32_MAX, &value))
		return;
	answer->has_ssrc = value != 0;
	answer->ssrc = (uint32_t)value;
}

static bool read_line(reader *r, span line) {
	line = trimmed(line);
	if(span_len(line) < 2 || !g_ascii_isalpha(line.at[0]) || line.at[1] != '=')
		return false;
	span value = trimmed((span){line.at + 2, line.end});
	switch(line.at[0]) {
	case 'o':
		read_origin(r, value);
		break;
	case 's':
		keep_text(r->answer.session, sizeof(r->answer.session), value);
		break;
	case 'c':
		read_connection(r, value);
		break;
	case 'm':
		read_media(r, value);
		break;
	case 'a':
		read_attribute(r, value);
		break;
	case 'y':
		read_ssrc(&r->answer, value);
		break;
	case 'f':
		keep_text(r->answer.f, sizeof(r->answer.f), value);
		break;
	default:
		break;
	}
	return true;
}

static span take_line(span *text) {
	span line = {text->at, text->at};
	while(line.end < text->end && *line.end != '\r' && *line.end != '\n')
		line.end++;
	text->at = line.end < text->end ? line.end + 1 : line.end;
	return line;
}

static void choose_address(reader *r) {
	uint16_t port = r->answer.media.port;
	const gb_addr *by_rank[] = {&r->of_media, &r->of_session, &r->of_origin};
	for(size_t i = 0; i < G_N_ELEMENTS(by_rank); i++) {
		if(by_rank[i]->family != 0) {
			r->answer.media = *by_rank[i];
			r->answer.media.port = port;
			return;
		}
	}
}

gb_result gb_sdp_parse(const char *body, size_t len, gb_sdp_answer *ret_answer) {
	reader r = {.answer = {.filesize = -1}};
	bool any = false;
	if(len > GB_SDP_MAX)
		return GB_LIMIT;
	if(len == 0)
		return GB_BAD;
	span text = {body, body + len};
	while(text.at < text.end) {
		if(read_line(&r, take_line(&text)))
			any = true;
	}
	if(!any)
		return GB_BAD;
	choose_address(&r);
	*ret_answer = r.answer;
	return GB_OK;
}

const gb_sdp_payload *gb_sdp_find_payload(const gb_sdp_answer *answer, uint8_t type) {
	for(size_t i = 0; i < answer->payload_count; i++) {
		if(answer->payloads[i].type == type)
			return &answer->payloads[i];
	}
	return NULL;
}
