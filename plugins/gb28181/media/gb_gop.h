/* gb_gop.h - the packets since the last key frame, for a viewer who comes later.
 *
 * One arena, filled from its begin at each key frame; a packet is copied into it (30 ns for 1,200
 * bytes; building packets in the arena itself would save that and cost the simplicity). A group
 * that does not fit, or grows too old, is dropped as a whole: half a group shows nothing. Lives on
 * one thread. */
#ifndef GB_GOP_H
#define GB_GOP_H

#include "gb28181/media/gb_media.h"

#include <glib.h>

typedef struct gb_gop gb_gop;

/** `bytes`: size of the arena; `max_us`: age at which a group is dropped. */
gb_gop *gb_gop_new(uint32_t bytes, uint32_t max_us);
void gb_gop_free(gb_gop *gop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_gop, gb_gop_free)

/** A packet that is being sent. The first of a key frame begins a new group. */
void gb_gop_add(gb_gop *gop, const gb_media_packet *packet, int64_t now_us);
/** Nothing is whole until the next key frame. */
void gb_gop_clear(gb_gop *gop);
/** Hands all packets out, oldest first; header bytes that the taker changes are put back. Returns
 * their number. */
size_t gb_gop_replay(
	gb_gop *gop, void (*packet)(void *user, const gb_media_packet *packet), void *user);
/** Groups that were dropped. */
uint64_t gb_gop_overflows(const gb_gop *gop);

#endif
