/* gb_packetizer.h - access units to RTP packets: H.264 by RFC 6184, H.265 by RFC 7798.
 *
 * Cut-through: a NAL unit comes in pieces of unknown total length; as soon as a packet is full and
 * more of the unit follows, it leaves as a fragment. Only the last packet is held back, because the
 * marker must be on the last one of the access unit. One packet buffer, no allocation after
 * construction. Lives on one thread. */
#ifndef GB_PACKETIZER_H
#define GB_PACKETIZER_H

#include "gb28181/media/gb_params.h"

typedef struct gb_packetizer gb_packetizer;

typedef void (*gb_packetizer_cb)(void *user, const gb_media_packet *packet);

/** `max_bytes`: RTP header and payload of a packet, 500..1400. */
gb_packetizer *gb_packetizer_new(uint16_t max_bytes, gb_packetizer_cb cb, void *user);
void gb_packetizer_free(gb_packetizer *packetizer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_packetizer, gb_packetizer_free)

/** An access unit begins. `codec`: H264 or H265. */
void gb_packetizer_begin(
	gb_packetizer *packetizer, gb_codec codec, uint32_t timestamp, bool keyframe);
/** Parameter sets in front of its slices: all, or only the fresh ones. As many as fit share one
 * aggregation packet (STAP-A, AP). */
void gb_packetizer_params(gb_packetizer *packetizer, const gb_params *params, bool all);
/** A NAL unit begins with these bytes (its header at least); the rest follows by _data. */
void gb_packetizer_nal(gb_packetizer *packetizer, const uint8_t *head, size_t len);
void gb_packetizer_data(gb_packetizer *packetizer, const uint8_t *data, size_t len);
void gb_packetizer_nal_end(gb_packetizer *packetizer);
/** The access unit is over: the packet held back leaves, with the marker. */
void gb_packetizer_end(gb_packetizer *packetizer);
/** Something is missing here: drops what is held back and leaves a gap in the sequence numbers. */
void gb_packetizer_gap(gb_packetizer *packetizer);

#endif
