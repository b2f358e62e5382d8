/* gb_ssrc.h - hands out the SSRCs that we put into `y=` (gb28181.md 7.5).
 *
 * Ten decimal digits: 0 live or 1 history, digits 4 to 8 of the server's id, a stream number of
 * four digits. No number is handed out twice at a time; a number given back is handed out again
 * after all others, and the first one is random, so that what devices still send from before hits
 * nobody. Lives on one thread. */
#ifndef GB_SSRC_H
#define GB_SSRC_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/** Size of a buffer that takes the ten digits and NUL. */
#define GB_SSRC_TEXT 11
/** Numbers of each kind: 1 to 9999; 0 is left out, because a `y=` of 0 means "unknown". */
#define GB_SSRC_COUNT 9999

typedef struct gb_ssrc_pool gb_ssrc_pool;

/** A server id of fewer than eight digits is filled up with zeros. */
gb_ssrc_pool *gb_ssrc_pool_new(const char *server_id);
void gb_ssrc_pool_free(gb_ssrc_pool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_ssrc_pool, gb_ssrc_pool_free)

/** False when all of this kind are in use. */
bool gb_ssrc_take(gb_ssrc_pool *pool, bool history, uint32_t *ret_ssrc);
/** Gives back what gb_ssrc_take() gave; anything else is ignored. */
void gb_ssrc_give_back(gb_ssrc_pool *pool, uint32_t ssrc);

/** Ten digits with leading zeros; returns `buf`. */
const char *gb_ssrc_format(char buf[GB_SSRC_TEXT], uint32_t ssrc);

#endif
