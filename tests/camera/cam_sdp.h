/**
 * @file cam_sdp.h
 * Session descriptions with the lines of GB/T 28181 (y=, f=): reads the platform's offer, writes
 * the answer.
 */
#ifndef CAM_SDP_H
#define CAM_SDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cam_util.h"

/** What the platform asks for. */
typedef struct cam_sdp_offer {
	char session[16];	/**< s=: Play, Playback, Download, Talk */
	char media[16];		/**< video or audio */
	char address[64];	/**< where media is to be sent, c= */
	uint16_t port;		/**< its port, m= */
	bool tcp;			/**< TCP/RTP/AVP */
	char setup[16];		/**< a=setup:, empty without */
	uint8_t ps_type;	/**< payload type of PS, 96 when no rtpmap names it */
	bool has_ssrc;		/**< y= is there and a number */
	uint32_t ssrc;		/**< its value */
	char ssrc_text[24]; /**< y= as it was written */
} cam_sdp_offer;

/** False when there is no m= line, no address, or no port in it. */
bool cam_sdp_parse(const char *sdp, size_t len, cam_sdp_offer *ret_offer);

/** What the camera answers. */
typedef struct cam_sdp_answer {
	const char *user;	 /**< id in o= */
	const char *session; /**< s= */
	const char *media;
	const char *address; /**< local address */
	uint16_t port;		 /**< local media port */
	uint8_t ps_type;
	const char *ssrc; /**< y=, ten digits; NULL writes none */
} cam_sdp_answer;

void cam_sdp_write(const cam_sdp_answer *answer, cam_buf *out);

#endif
