/* gb_stream.h - one camera's media: sockets, pipeline, and the sinks that take its packets.
 *
 * A gb_media owns the media threads and the port range. A gb_stream is placed on the least loaded
 * thread when it is opened and never moves; it receives in batches (recvmmsg), runs the pipeline to
 * completion for each packet and hands the result to every sink, without a lock and without
 * allocating. Functions here may be called from one controlling thread (the SIP thread); they post
 * to the media thread where needed. What happens in the stream comes back as tasks in the
 * controlling thread's mailbox. */
#ifndef GB_STREAM_H
#define GB_STREAM_H

#include "gb28181/base/gb_addr.h"
#include "gb28181/base/gb_mailbox.h"
#include "gb28181/media/gb_pipeline.h"

#include <glib.h>

typedef struct gb_media gb_media;
typedef struct gb_stream gb_stream;
typedef struct gb_sink gb_sink;

/* ---- sinks: who takes packets ------------------------------------------------------------- */

/** What a taker of packets does; all calls come on the media thread of the stream it is attached
 * to. */
typedef struct {
	/** A packet, in order, starting at a key frame. Must not block. */
	void (*packet)(gb_sink *sink, const gb_media_packet *packet);
	/** The stream's format became known or changed. Also called right after attaching when it is
	 * known. */
	void (*format)(gb_sink *sink, const gb_media_format *format);
	/** Any thread: the last reference is gone; frees the object that the sink is part of. */
	void (*free)(gb_sink *sink);
} gb_sink_ops;

/** Embedded in the taker's object (a viewer, a recorder, a counter in a test). Reference counted.
 */
struct gb_sink {
	const gb_sink_ops *ops;
	gint refs; /**< atomic; gb_sink_ref/unref only */
};
/** One reference for the caller. */
void gb_sink_init(gb_sink *sink, const gb_sink_ops *ops);
gb_sink *gb_sink_ref(gb_sink *sink);
/** Any thread; NULL is fine. */
void gb_sink_unref(gb_sink *sink);

/* ---- the media plane ---------------------------------------------------------------------- */

typedef struct {
	unsigned threads;			 /**< media threads, 1..16, default 2 */
	uint16_t port_min, port_max; /**< RTP port range, both included; even ports are used, RTCP on
									the odd one after */
	int receive_buffer_bytes;	 /**< SO_RCVBUF asked for, default 4 MiB */
	int64_t port_quarantine_us;	 /**< a port is not used again for so long, default 10 s
									(gb28181.md 7.11) */
	gb_pipeline_config pipeline;
} gb_media_config;

void gb_media_config_default(gb_media_config *ret_config);
/** Starts the threads (`gb-media-N`). `owner`: where stream events are posted; must outlive the
 * media plane. */
gb_media *gb_media_new(const gb_media_config *config, gb_mailbox *owner, GError **error);
/** Closes what is open, stops and joins the threads. No lock held. */
void gb_media_free(gb_media *media);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_media, gb_media_free)

/** Bytes of receive buffer the kernel really gave to the last socket, 0 = none opened yet. */
int gb_media_receive_buffer(const gb_media *media);

/* ---- a stream ----------------------------------------------------------------------------- */

typedef enum {
	GB_STREAM_FIRST_PACKET, /**< `source` tells from where; again after NO_MEDIA */
	GB_STREAM_FIRST_PACK,
	GB_STREAM_FORMAT, /**< `format` */
	GB_STREAM_FIRST_KEYFRAME,
	GB_STREAM_SINK_STARTED, /**< the first packet was handed to `sink` since it was attached or the
							   camera started anew */
	GB_STREAM_NO_MEDIA,		/**< nothing came for the time given to gb_stream_watch_silence() */
	GB_STREAM_KEYFRAME_WANTED, /**< damage, or a sink that waits without a cached picture */
	GB_STREAM_UNKNOWN_MEDIA,   /**< what comes is neither PS nor anything else known */
} gb_stream_event_kind;

typedef struct {
	gb_stream_event_kind kind;
	uint32_t generation; /**< of gb_stream_open/reopen: stale events are told by it */
	int64_t at_us;		 /**< gb_clock_us() when it happened */
	gb_addr source;
	gb_media_format format;
	gb_sink *sink; /**< borrowed; compare only */
} gb_stream_event;

/** On the owner's thread. */
typedef void (*gb_stream_event_fn)(const gb_stream_event *event, void *user);

typedef struct {
	gb_addr local_ip;	/**< address to bind, port ignored; any = all */
	uint32_t ssrc;		/**< the one we ask for (y=) */
	gb_addr allowed[2]; /**< IPs from which another SSRC is taken as well: the SIP source, the SDP's
						   c= (architecture-notes 11); family 0 = none */
} gb_stream_source;

/** Opens sockets on a free port pair. NULL with GB_ERROR_NO_PORT or GB_ERROR_FAILED. One reference
 * for the caller. */
gb_stream *gb_stream_open(gb_media *media, const gb_stream_source *source, gb_stream_event_fn event,
	void *user, GError **error);
/** The RTP port, host byte order. */
uint16_t gb_stream_port(const gb_stream *stream);
uint32_t gb_stream_generation(const gb_stream *stream);
/** What the camera answered: another SSRC, its media address. In place, at once. */
void gb_stream_expect(gb_stream *stream, const gb_stream_source *source);
/** The camera is invited anew: new sockets and port, pipeline restarted, sinks stay attached and
 * their lines of sequence numbers and timestamps go on. False with an error: the stream then has no
 * socket. */
bool gb_stream_reopen(gb_stream *stream, const gb_stream_source *source, GError **error);
/** No socket from now on, the sinks stay: the pause between an interruption and the next INVITE. */
void gb_stream_shut(gb_stream *stream);
/** From now on silence of `silence_us` is told once as GB_STREAM_NO_MEDIA; 0 = not watched. */
void gb_stream_watch_silence(gb_stream *stream, int64_t silence_us);
/** Ends it: sockets closed, sinks dropped, no event any more after this call returns. Drops the
 * caller's reference. */
void gb_stream_close(gb_stream *stream);

/** Takes a reference on the sink until it is detached. It gets the format, then the cached group of
 * pictures, then what comes; without a cached picture it starts at the next key frame. Attaching
 * twice is ignored. */
void gb_stream_attach(gb_stream *stream, gb_sink *sink);
/** Any later packet will not reach the sink; `done(data)` (may be NULL) is posted to the owner's
 * mailbox once that is sure. */
void gb_stream_detach(gb_stream *stream, gb_sink *sink, gb_task_fn done, void *data);

typedef struct {
	gb_pipeline_stats pipeline;
	gb_media_format format;
	uint64_t strangers;	  /**< packets refused for their source or SSRC */
	uint64_t truncated;	  /**< datagrams larger than the buffer */
	uint64_t rtcp;		  /**< RTCP packets seen */
	gb_addr source;		  /**< latched source, family 0 = none yet */
	uint32_t ssrc;		  /**< the one in use */
	uint32_t bitrate_bps; /**< over the last second */
	float fps;			  /**< over the last seconds, 0 = not known */
	unsigned sinks;
	int64_t last_packet_us; /**< gb_clock_us(); 0 = none */
} gb_stream_stats;
/** Any thread: a snapshot, at most a second old. */
void gb_stream_get_stats(gb_stream *stream, gb_stream_stats *ret_stats);

#endif
