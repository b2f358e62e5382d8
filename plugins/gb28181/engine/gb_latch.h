/* gb_latch.h - whose packets a stream takes.
 *
 * Media with the agreed SSRC is taken from anywhere, because NAT hides where a camera sends from;
 * another SSRC only from the addresses that the device is known by. What was taken first holds,
 * until it is silent for 3 s (architecture notes 11; gb28181.md 7.5). Pure; lives on one thread. */
#ifndef GB_LATCH_H
#define GB_LATCH_H

#include "gb28181/base/gb_addr.h"

#include <stdbool.h>
#include <stdint.h>

/** Silence after which another sender may take over. */
#define GB_LATCH_SILENCE_US 3000000LL

typedef struct {
	uint32_t agreed;	/**< SSRC of the answer's y=, else ours */
	gb_addr allowed[2]; /**< IPs that may use another SSRC; family 0 = none */
	bool held;
	uint32_t ssrc;	 /**< of the holder */
	gb_addr source;	 /**< of the holder */
	int64_t last_us; /**< its last packet */
} gb_latch;

typedef enum {
	GB_LATCH_REFUSED, /**< a stranger's packet */
	GB_LATCH_TAKEN,	  /**< the holder's */
	GB_LATCH_NEW,	  /**< taken, and it is a new sender: forget the old one's state */
} gb_latch_result;

/** Forgets the holder; the next sender is judged anew. */
void gb_latch_reset(gb_latch *latch, uint32_t agreed, const gb_addr allowed[2]);
/** Other expectations; the holder stays if it is the one that is now agreed or came from an allowed
 * IP. */
void gb_latch_expect(gb_latch *latch, uint32_t agreed, const gb_addr allowed[2]);
gb_latch_result gb_latch_judge(
	gb_latch *latch, uint32_t ssrc, const gb_addr *source, int64_t now_us);

#endif
