/* gb_glue_viewer.h - one viewer of one stream: a sink that renumbers packets and relays them to a
 * browser.
 *
 * Made by the API thread for each `watch`, shared with the SIP thread (which owns the gb_watch) and
 * the media thread (which hands over packets); each uses its own fields. The sink's references keep
 * it alive; it keeps its handle alive, so that a late packet finds memory. */
#ifndef GB_GLUE_VIEWER_H
#define GB_GLUE_VIEWER_H

#include "gb28181/domain/gb_server.h"
#include "glue/gb_glue_session.h"

#include <stdatomic.h>

/** A line of sequence numbers and timestamps that goes on rising, whatever comes in (pauses,
 * bursts, other streams). */
typedef struct {
	uint32_t clock; /**< Hz */
	bool started;
	bool jump; /**< the next packet does not continue the last one: no hole, whatever its number */
	uint64_t last_in;
	uint32_t last_in_ts;
	uint16_t out_seq;
	uint32_t out_ts, highest_ts;
	int64_t last_us; /**< gb_clock_us() of the last packet */
} gb_line;

/** Starts it at the given values (random ones in real life). */
void gb_line_init(gb_line *line, uint32_t clock, uint16_t seq, uint32_t ts);
/** The numbers under which the packet leaves. A hole of the camera's stays a hole; a jump does not.
 */
void gb_line_next(
	gb_line *line, uint64_t seq, uint32_t ts, int64_t now_us, uint16_t *ret_seq, uint32_t *ret_ts);

/** Counters; any thread. */
typedef struct {
	atomic_uint_fast64_t video, audio; /**< packets relayed */
	atomic_uint_fast64_t bytes;		   /**< of them */
	atomic_uint_fast64_t
		dropped; /**< packets of a codec that the viewer cannot play, or without an m-line */
	atomic_uint_fast64_t keyframe_requests; /**< PLIs and FIRs */
} gb_viewer_counters;

typedef struct gb_viewer {
	gb_sink sink;
	gb_session *session; /**< a reference */
	bool audio;			 /**< our offer has an audio m-line; fixed */
	gb_viewer_counters counters;
	atomic_bool anew; /**< the stream was taken up again: a hole in the numbers is none */
	atomic_bool open; /**< packets may be relayed */
	atomic_int_fast64_t first_relay_us; /**< 0 = none yet */
	/* media thread */
	gb_line lines[GB_MEDIA_KINDS];
	gb_codec refused; /**< video codec that was told to be unplayable; GB_CODEC_NONE = none */
	/* SIP thread */
	gb_watch *watch; /**< NULL before and after */
	/* written once: by the API thread before it asks to open, `stream` by the SIP thread when it
	 * does */
	char device[GB_ID_SIZE], channel[GB_ID_SIZE], stream[24];
	/* API thread */
	int64_t requested_us, offer_sent_us, answer_us, connected_us; /**< gb_clock_us(), 0 = not yet */
} gb_viewer;

/** Told once when the stream's video cannot be played by this viewer. Media thread. */
typedef void (*gb_viewer_unplayable_fn)(gb_viewer *viewer, gb_codec codec);

/** One reference for the caller; takes one on the session. */
gb_viewer *gb_viewer_new(gb_session *session, bool audio);
gb_viewer *gb_viewer_ref(gb_viewer *viewer);
/** Any thread; NULL is fine. */
void gb_viewer_unref(gb_viewer *viewer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_viewer, gb_viewer_unref)
/** Any thread: no packet is relayed from now on. */
void gb_viewer_shut(gb_viewer *viewer);
/** api.md 6, `viewer_ladder`: a new array. API thread. */
json_t *gb_viewer_ladder(const gb_viewer *viewer);

#endif
