/* gb_ports.h - which RTP port the next stream gets.
 *
 * Even ports of a range, taken in turn; a port that was given back rests for a while, because late
 * packets of the old stream would be taken for the new one (gb28181.md 7.11). Lives on one thread;
 * opens no socket. */
#ifndef GB_PORTS_H
#define GB_PORTS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct gb_ports gb_ports;

/** Even ports p with min <= p and p + 1 <= max. NULL when there is none. */
gb_ports *gb_ports_new(uint16_t min, uint16_t max, int64_t quarantine_us);
void gb_ports_free(gb_ports *ports);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_ports, gb_ports_free)

/** The next free even port, 0 when all are in use or resting. */
uint16_t gb_ports_take(gb_ports *ports, int64_t now_us);
/** Gives it back; it rests from now on. */
void gb_ports_release(gb_ports *ports, uint16_t port, int64_t now_us);
/** How many pairs there are, and how many are in use. */
unsigned gb_ports_total(const gb_ports *ports);
unsigned gb_ports_used(const gb_ports *ports);

#endif
