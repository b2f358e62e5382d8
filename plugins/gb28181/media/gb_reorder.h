/* gb_reorder.h - puts RTP packets back into order, within a bounded window.
 *
 * A packet that is next goes through without a copy. One that is early is copied and waits until
 * the hole before it is filled, the window is full, or the hole is too old. Slots are allocated
 * when first needed and kept. Lives on one thread. */
#ifndef GB_REORDER_H
#define GB_REORDER_H

#include "gb28181/media/gb_rtp.h"

#include <glib.h>

typedef struct gb_reorder gb_reorder;

/** The next packet in order. `gap`: one or more packets before it never came. */
typedef void (*gb_reorder_cb)(void *user, const gb_rtp_packet *packet, bool gap);

typedef struct {
	uint64_t lost;		 /**< numbers that were given up */
	uint64_t reordered;	 /**< packets that filled a hole */
	uint64_t duplicates; /**< dropped: came twice */
	uint64_t late;		 /**< dropped: came after they had been given up */
	uint64_t jumps;		 /**< the sequence began anew somewhere else */
} gb_reorder_stats;

/** `packets`: size of the window, 0..512, 0 = nothing waits. `wait_us`: how long a hole is waited
 * for. */
gb_reorder *gb_reorder_new(uint16_t packets, uint32_t wait_us, gb_reorder_cb cb, void *user);
void gb_reorder_free(gb_reorder *reorder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_reorder, gb_reorder_free)

void gb_reorder_push(gb_reorder *reorder, const gb_rtp_packet *packet, int64_t now_us);
/** Gives up holes that are too old. Returns when it wants to be called again, 0 = nothing waits. */
int64_t gb_reorder_tick(gb_reorder *reorder, int64_t now_us);
/** Forgets what waits and where the sequence was; the counters stay. */
void gb_reorder_reset(gb_reorder *reorder);

/** The number that goes out next. */
uint16_t gb_reorder_next(const gb_reorder *reorder);

void gb_reorder_get_stats(const gb_reorder *reorder, gb_reorder_stats *ret_stats);

#endif
