#include "cam_sdp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LINE_MAX_BYTES = 256 };

/** Copies the next line without its end into line (cut to the size); returns where the one behind
 * begins. */
static const char *next_line(const char *p, const char *end, char *line, size_t size) {
	size_t n = 0;
	while(p < end && *p != '\n' && *p != '\r') {
		if(n + 1 < size && *p != '\0')
			line[n++] = *p;
		p++;
	}
	line[n] = '\0';
	while(p < end && (*p == '\n' || *p == '\r'))
		p++;
	return p;
}

/** The blank-separated word number index of text. */
static bool word(const char *text, int index, char *ret_word, size_t size) {
	for(;;) {
		text += strspn(text, " \t");
		size_t n = strcspn(text, " \t");
		if(n == 0)
			return false;
		if(index-- == 0) {
			if(n >= size)
				return false;
			memcpy(ret_word, text, n);
			ret_word[n] = '\0';
			return true;
		}
		text += n;
	}
}

static bool number(const char *text, unsigned long long max, unsigned long long *ret_value) {
	char *end;
	if(*text < '0' || *text > '9')
		return false;
	unsigned long long v = strtoull(text, &end, 10);
	if(end == text || v > max)
		return false;
	*ret_value = v;
	return true;
}

static void read_media(const char *value, cam_sdp_offer *offer) {
	char text[32];
	unsigned long long port;
	if(!word(value, 0, offer->media, sizeof(offer->media)) || !word(value, 1, text, sizeof(text)) ||
		!number(text, 65535, &port))
		return;
	offer->port = (uint16_t)port;
	if(word(value, 2, text, sizeof(text)))
		offer->tcp = strcasecmp(text, "TCP/RTP/AVP") == 0;
}

static void read_ssrc(const char *value, cam_sdp_offer *offer) {
	unsigned long long ssrc;
	value += strspn(value, " ");
	snprintf(offer->ssrc_text, sizeof(offer->ssrc_text), "%.20s", value);
	if(!number(value, UINT32_MAX, &ssrc))
		return;
	offer->ssrc = (uint32_t)ssrc;
	offer->has_ssrc = true;
}

static void read_attribute(const char *value, cam_sdp_offer *offer) {
	char text[32];
	unsigned long long type;
	if(strncasecmp(value, "setup:", 6) == 0) {
		(void)word(value + 6, 0, offer->setup, sizeof(offer->setup));
	} else if(strncasecmp(value, "rtpmap:", 7) == 0 && word(value + 7, 1, text, sizeof(text)) &&
		strncasecmp(text, "PS/", 3) == 0 && number(value + 7, 127, &type)) {
		offer->ps_type = (uint8_t)type;
	}
}

static void read_line(const char *line, cam_sdp_offer *offer) {
	const char *value = line + 2;
	switch(line[0]) {
	case 's':
		(void)word(value, 0, offer->session, sizeof(offer->session));
		break;
	case 'c':
		(void)word(value, 2, offer->address, sizeof(offer->address));
		break;
	case 'm':
		if(offer->media[0] == '\0')
			read_media(value, offer);
		break;
	case 'y':
		read_ssrc(value, offer);
		break;
	case 'a':
		read_attribute(value, offer);
		break;
	default:
		break;
	}
}

bool cam_sdp_parse(const char *sdp, size_t len, cam_sdp_offer *ret_offer) {
	cam_sdp_offer offer = {.ps_type = 96};
	char line[LINE_MAX_BYTES];
	for(const char *p = sdp, *end = sdp + len; p < end;) {
		p = next_line(p, end, line, sizeof(line));
		if(line[0] != '\0' && line[1] == '=')
			read_line(line, &offer);
	}
	if(offer.media[0] == '\0' || offer.address[0] == '\0' || offer.port == 0)
		return false;
	*ret_offer = offer;
	return true;
}

void cam_sdp_write(const cam_sdp_answer *answer, cam_buf *out) {
	cam_buf_printf(out, "v=0\r\no=%s 0 0 IN IP4 %s\r\ns=%s\r\nc=IN IP4 %s\r\nt=0 0\r\n",
		answer->user, answer->address, answer->session, answer->address);
	cam_buf_printf(out, "m=%s %u RTP/AVP %u\r\na=sendonly\r\na=rtpmap:%u PS/90000\r\n",
		answer->media, answer->port, answer->ps_type, answer->ps_type);
	if(answer->ssrc != NULL)
		cam_buf_printf(out, "y=%s\r\n", answer->ssrc);
	cam_buf_text(out, "f=\r\n");
}
