/* stub_stream.h - stands in for engine/gb_stream: no socket, no thread; the test makes the events.
 */
#ifndef STUB_STREAM_H
#define STUB_STREAM_H

#include "gb28181/engine/gb_stream.h"

/** Closed streams stay readable until stub_media_free(). */
struct gb_stream {
	gb_stream_source source;
	gb_stream_event_fn event;
	void *user;
	uint32_t generation;
	uint16_t port;
	bool open; /**< has sockets */
	bool closed;
	int64_t silence_us;
	GPtrArray *sinks; /**< gb_sink, a reference each */
	gb_stream_stats stats;
};

gb_media *stub_media_new(void);
void stub_media_free(gb_media *media);
/** All that were ever opened. */
GPtrArray *stub_media_streams(gb_media *media);
/** From now on opening and reopening fail with this code; -1 = they work. */
void stub_media_fail(gb_media *media, int code);
/** Opening fails while it would bind another address than any. */
void stub_media_refuse_bind(gb_media *media, bool refuse);

void stub_stream_tell(gb_stream *stream, gb_stream_event_kind kind);
/** An event of an earlier generation. */
void stub_stream_tell_late(gb_stream *stream, gb_stream_event_kind kind);
void stub_stream_tell_format(gb_stream *stream, gb_codec video, gb_codec audio);
/** Each sink is told to have started. */
void stub_stream_start_sinks(gb_stream *stream);

#endif
