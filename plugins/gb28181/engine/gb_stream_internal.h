/* gb_stream_internal.h - what the files of the media engine share.
 *
 * A stream has two halves: gb_stream.c is the controlling thread's (ports, generations, closing),
 * gb_stream_loop.c the media thread's (receiving, pipeline, sinks). They meet only through tasks;
 * the fields say whose they are. */
#ifndef GB_STREAM_INTERNAL_H
#define GB_STREAM_INTERNAL_H

#include "gb28181/base/gb_lock.h"
#include "gb28181/engine/gb_latch.h"
#include "gb28181/engine/gb_media_loop.h"
#include "gb28181/engine/gb_ports.h"
#include "gb28181/engine/gb_stream.h"
#include "gb28181/engine/gb_udp.h"

/** A media thread and the buffers that its streams share. */
typedef struct {
	gb_media_loop *loop;
	gb_udp_batch *batch;
} gb_media_lane;

struct gb_media {
	gb_media_config config;
	gb_mailbox *owner;
	gb_ports *ports;
	gb_media_lane *lanes;
	unsigned lane_count;
	int receive_buffer; /**< what the kernel gave to the last socket */
	bool buffer_warned;
};

/** A sink and how far it has come. */
typedef struct {
	gb_sink *sink; /**< one reference */
	bool waiting;  /**< for a key frame */
	bool started;  /**< its SINK_STARTED was told */
} gb_stream_tap;

struct gb_stream {
	gint refs; /**< atomic: the caller's, and one for each task under way */
	gb_media *media;
	gb_media_lane *lane;
	gb_stream_event_fn event;
	void *user;

	/* controlling thread */
	bool closed;
	uint16_t port; /**< 0 = no socket */
	uint32_t generation;

	/* media thread */
	gb_udp_pair sockets;
	gb_loop_io rtp_io, rtcp_io;
	gb_latch latch;
	gb_pipeline *pipeline;
	GArray *taps; /**< gb_stream_tap */
	gb_timer tick_timer, silence_timer, second_timer;
	uint32_t loop_generation;
	int64_t silence_us; /**< 0 = not watched */
	int64_t silence_from_us;
	int64_t last_packet_us;
	bool any_packet;  /**< since the sockets were opened */
	bool told_packet; /**< FIRST_PACKET was told */
	uint64_t strangers, truncated, rtcp;
	uint64_t second_bytes, second_frames; /**< counters a second ago */
	int64_t second_at_us;
	float fps;
	uint32_t bitrate_bps;

	gb_lock lock; /**< leaf; guards `snapshot` */
	gb_stream_stats snapshot;
};

gb_stream *gb_stream_ref(gb_stream *stream);
/** GDestroyNotify. */
void gb_stream_unref(void *stream);

/** Media thread: sets up what belongs to it. */
void gb_stream_loop_init(gb_stream *stream);
/** Media thread: takes sockets over and starts receiving. */
void gb_stream_loop_start(
	gb_stream *stream, gb_udp_pair sockets, const gb_stream_source *source, uint32_t generation);
/** Media thread: closes the sockets; the sinks stay. */
void gb_stream_loop_shut(gb_stream *stream);
void gb_stream_loop_expect(gb_stream *stream, const gb_stream_source *source);
void gb_stream_loop_silence(gb_stream *stream, int64_t silence_us);
void gb_stream_loop_attach(gb_stream *stream, gb_sink *sink);
void gb_stream_loop_detach(gb_stream *stream, gb_sink *sink);
/** Media thread: the end; drops the sinks. */
void gb_stream_loop_end(gb_stream *stream);

#endif
