/* gb_sdp.h - the session descriptions of GB/T 28181 (gb28181.md 7.2, 7.4 to 7.8, 8.1, 9.2).
 *
 * Not RFC 4566: lines `y=` and `f=` beside the known ones, a fixed order that weak parsers in
 * cameras depend on, and answers with all kinds of faults. gb_sdp_build() makes what we send;
 * gb_sdp_parse() reads what a device sends, answer or offer. Pure; any thread. */
#ifndef GB_SDP_H
#define GB_SDP_H

#include "gb28181/base/gb_addr.h"
#include "gb28181/base/gb_error.h"
#include "gb28181/base/gb_str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Largest body that is read, in bytes; more is GB_LIMIT. */
#define GB_SDP_MAX 16384u
/** Payload types kept of one media line; further ones are counted only. */
#define GB_SDP_PAYLOADS_MAX 16
/** RTP payload types that the standard fixes (7.4). */
#define GB_SDP_PT_PS 96
#define GB_SDP_PT_PCMU 0
#define GB_SDP_PT_PCMA 8

/* ---- what we send -------------------------------------------------------------------------- */

typedef enum {
	GB_SDP_PLAY,	  /**< live video: we receive */
	GB_SDP_PLAYBACK,  /**< a recording at its speed: we receive */
	GB_SDP_DOWNLOAD,  /**< a recording, faster: we receive */
	GB_SDP_TALK,	  /**< two-way audio (9.4) */
	GB_SDP_BROADCAST, /**< our answer to a device that asked for our audio (9.2): we send */
} gb_sdp_kind;

/** How RTP travels, seen from us. */
typedef enum {
	GB_SDP_UDP,
	GB_SDP_TCP_PASSIVE, /**< we listen */
	GB_SDP_TCP_ACTIVE,	/**< we connect */
} gb_sdp_transport;

typedef struct {
	gb_sdp_kind kind;
	const char *user; /**< of `o=`: the channel's id; in a GB_SDP_BROADCAST ours */
	gb_addr media;	  /**< as the device reaches it; port 0 is sent as 9 */
	gb_sdp_transport transport;
	uint32_t ssrc;			 /**< for `y=` */
	const char *stream_line; /**< one attribute for main or sub (7.8), without `a=`; NULL = none */
	bool ps_only;			 /**< offer PS and nothing else */
	uint8_t audio_payload;	 /**< GB_SDP_PT_PCMA or GB_SDP_PT_PCMU, for the audio kinds */
	int64_t start_s, end_s;	 /**< Unix seconds, for PLAYBACK and DOWNLOAD */
	unsigned record_type;	 /**< of `u=`: 0 all, 1 manual, 2 alarm, 3 time (8.1) */
	unsigned download_speed; /**< 1 and more, for DOWNLOAD; 0 = not said */
} gb_sdp_offer;

/** The text (transfer full), each line with CRLF. NULL when `user`, `media` or `stream_line` cannot
 * stand in a description. */
char *gb_sdp_build(const gb_sdp_offer *offer);

/* ---- what a device sends ------------------------------------------------------------------- */

typedef enum {
	GB_SDP_SETUP_ABSENT, /**< or a word that is not one of these */
	GB_SDP_SETUP_ACTIVE,
	GB_SDP_SETUP_PASSIVE,
} gb_sdp_setup;

typedef enum {
	GB_SDP_DIRECTION_ABSENT,
	GB_SDP_SENDONLY,
	GB_SDP_RECVONLY,
	GB_SDP_SENDRECV,
	GB_SDP_INACTIVE,
} gb_sdp_direction;

typedef struct {
	uint8_t type;	/**< 0..127 */
	char name[24];	/**< of rtpmap: "PS", "H264"; "" when there was none */
	uint32_t clock; /**< of rtpmap; 0 when not said */
} gb_sdp_payload;

/** Plain value; nothing to free. `username`, `password` and the like are never kept. */
typedef struct {
	char user[GB_ID_SIZE]; /**< of `o=`; "" when absent or longer */
	char session[32];	   /**< `s=`, cut */
	bool has_media;		   /**< there is an `m=` line; the first of video, else the first */
	bool video;			   /**< it is of video, not audio */
	bool tcp;			   /**< TCP/RTP/AVP */
	gb_addr media;		/**< `c=` with the port of `m=`; family 0 when there is no usable address */
	gb_sdp_setup setup; /**< of the device */
	gb_sdp_direction direction;
	gb_sdp_payload payloads[GB_SDP_PAYLOADS_MAX];
	size_t payload_count;
	size_t payloads_dropped; /**< over the cap */
	bool has_ssrc;	  /**< `y=` gave a number; not one of 0 or of more than ten digits (7.5) */
	uint32_t ssrc;	  /**< compare numbers, not text */
	int64_t filesize; /**< bytes of a download; -1 when absent */
	char f[96];		  /**< the text of `f=`, cut; a hint only (7.7) */
} gb_sdp_answer;

/** Reads a body. CRLF, LF or CR end a line; unknown lines are ignored, known ones read as far as
 * they make sense. GB_BAD: there is no line `x=` at all; GB_LIMIT: over GB_SDP_MAX. */
gb_result gb_sdp_parse(const char *body, size_t len, gb_sdp_answer *ret_answer);

/** The payload of this type, NULL when it is not in the list. */
const gb_sdp_payload *gb_sdp_find_payload(const gb_sdp_answer *answer, uint8_t type);

#endif
