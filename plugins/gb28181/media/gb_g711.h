/* gb_g711.h - G.711 in pieces of any size to RTP packets of 20 ms.
 *
 * The audio line counts samples; the camera's timestamps only show where sound is missing, because
 * they drift, or run in the wrong clock (gb28181.md 13.7). Lives on one thread. */
#ifndef GB_G711_H
#define GB_G711_H

#include "gb28181/media/gb_media.h"

#include <glib.h>

/** Samples, and bytes, of a packet. */
#define GB_G711_SAMPLES 160

typedef struct gb_g711 gb_g711;

typedef void (*gb_g711_cb)(void *user, const gb_media_packet *packet);

gb_g711 *gb_g711_new(gb_g711_cb cb, void *user);
void gb_g711_free(gb_g711 *g711);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_g711, gb_g711_free)

/** The camera's time of the next byte: in units of 1/`clock` s, `bits` wide (32 or 33). */
void gb_g711_time(gb_g711 *g711, int64_t time, unsigned bits, uint32_t clock);
/** `codec`: PCMA or PCMU. */
void gb_g711_feed(gb_g711 *g711, gb_codec codec, const uint8_t *data, size_t len, int64_t now_us);
/** Packets were lost, perhaps with sound in them: the next time shows. A hole then is jumped over,
 * with a gap in the sequence numbers. */
void gb_g711_gap(gb_g711 *g711);
/** The camera starts anew: the line goes on after the pause. */
void gb_g711_restart(gb_g711 *g711, int64_t now_us);
/** Jumps over sound that was missing. */
uint64_t gb_g711_jumps(const gb_g711 *g711);

#endif
