/* gb_nonce.h - nonces for digest: issued without memory, remembered only once used.
 *
 * A nonce carries the time of its issue, random, and a keyed hash over both and the device's id
 * with a secret of this table: a flood of requests without credentials costs nothing and pushes
 * nobody out. Only nonces whose response was right take one of a fixed number of places; the
 * oldest place is overwritten.
 *
 * The order of use (architecture-notes 11): gb_nonce_check(), then gb_digest_verify(), and only
 * when both agree gb_nonce_commit(), so that a wrong password neither uses up nor binds a nonce.
 *
 * A nonce that was used may come again: with a higher `nc` from anywhere, else (a retransmission,
 * or a device that does not count) only from the address and transport of its first success.
 * Lives on one thread. Times are those of gb_clock_us(). */
#ifndef GB_NONCE_H
#define GB_NONCE_H

#include "gb28181/base/gb_addr.h"
#include "gb28181/base/gb_clock.h"
#include "gb28181/proto/gb_digest.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Size of a buffer that takes a nonce: 32 hex digits and NUL. */
#define GB_NONCE_SIZE 33
/** How long a nonce may be used for the first time after it was issued. */
#define GB_NONCE_LIFE_US (300 * GB_SECOND)
/** Places when the constructor is told 0. */
#define GB_NONCE_PLACES 16384u

typedef struct gb_nonce_table gb_nonce_table;

typedef enum {
	GB_NONCE_OK,
	GB_NONCE_STALE, /**< answer 401 with a fresh one and `stale=TRUE`, never 403 */
} gb_nonce_verdict;

/** `places`: how many used nonces are remembered; 0 = GB_NONCE_PLACES. */
gb_nonce_table *gb_nonce_table_new(size_t places);
void gb_nonce_table_free(gb_nonce_table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_nonce_table, gb_nonce_table_free)

/** Writes a fresh nonce for this device. */
void gb_nonce_issue(gb_nonce_table *table, const char *device, char ret_nonce[GB_NONCE_SIZE]);

/** Whether these credentials of the device may count, coming from `source` over TCP or UDP. Changes
 * nothing. */
gb_nonce_verdict gb_nonce_check(const gb_nonce_table *table, const char *device,
	const gb_digest *digest, const gb_addr *source, bool tcp);

/** After the response was found right: remembers the use; the nonce lives on at least until its
 * five minutes are over. Only for what gb_nonce_check() called OK. */
void gb_nonce_commit(gb_nonce_table *table, const char *device, const gb_digest *digest,
	const gb_addr *source, bool tcp);

/** A used nonce lives as long as the registration that it made: until `until_us`. Nothing happens
 * when it is not remembered any more. */
void gb_nonce_extend(gb_nonce_table *table, const char *nonce, int64_t until_us);

/** How many used nonces were overwritten while they could still have been used (the table is too
 * small); those devices are asked to authenticate once more. */
uint64_t gb_nonce_overwritten(const gb_nonce_table *table);

#endif
