/* gb_catalog.h - collecting catalogs and keeping a device's channels by them
 * (gb28181.md 5.5, 10.3).
 *
 * A collection belongs to one question, (device, SN); parts come in any order, repeated, one item
 * each, with wrong sums, or never to an end. Channels are removed only after a complete one. SIP
 * thread. */
#ifndef GB_CATALOG_H
#define GB_CATALOG_H

#include "gb28181/domain/gb_query.h"

/** A Catalog Response or Notify of the device. Takes the items' contents by copy. */
void gb_catalog_on_message(gb_device *device, const gb_manscdp *message);
/** The collection ends: publishes what there is and finishes the question. */
void gb_catalog_end(gb_query *query);
/** Gives the device its own id as channel when nothing else can be played, and takes it away when
 * something can. */
void gb_catalog_settle(gb_device *device);

#endif
