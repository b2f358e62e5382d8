/* gb_glue_sdp.h - our WebRTC offer, and what we need to know of the answer. Pure; any thread.
 *
 * Janus's core adds all that belongs to the transport (ICE, DTLS, BUNDLE, SSRCs). */
#ifndef GB_GLUE_SDP_H
#define GB_GLUE_SDP_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/** Payload types of the offer. Video first: m-line 0; audio, if there is one, is m-line 1. */
#define GB_OFFER_PT_H264 96
#define GB_OFFER_PT_PCMA 8
#define GB_OFFER_PT_PCMU 0
#define GB_OFFER_MLINE_VIDEO 0
#define GB_OFFER_MLINE_AUDIO 1

/** The offer of a viewer (transfer full). H.264 is always 42e01f, whatever the camera's profile:
 * browsers decode Main and High under it and refuse 6400xx (gb28181.md 13.10). */
char *gb_offer_new(uint64_t session, const char *name, bool audio);

/** What the browser accepted. */
typedef struct {
	bool video, audio; /**< its m-line was not refused (port 0) */
} gb_answer;

/** False when the text is no answer to an offer of ours: no m-line at all. */
bool gb_answer_parse(const char *sdp, gb_answer *ret_answer);

#endif
