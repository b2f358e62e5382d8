/* gb_nal_split.h - an Annex B byte stream, in pieces cut anywhere, to NAL units.
 *
 * Nothing is buffered but the head of a unit (3 bytes) and the number of zeros at the end, which
 * may belong to the next start code. Start codes of 3 and 4 bytes and any number of zeros around
 * them. Lives on one thread. */
#ifndef GB_NAL_SPLIT_H
#define GB_NAL_SPLIT_H

#include "gb28181/media/gb_nal.h"

#include <glib.h>

typedef struct gb_nal_split gb_nal_split;

/** Each unit: one begin, any number of data, one end. */
typedef struct {
	/** `head`: the first bytes, GB_NAL_HEAD_MAX of them unless the whole unit is shorter. */
	void (*begin)(void *user, const uint8_t *head, size_t len);
	/** What follows the head. */
	void (*data)(void *user, const uint8_t *data, size_t len);
	void (*end)(void *user);
	/** Bytes that belong to no unit: before the first start code, or after an end. */
	void (*stray)(void *user, size_t len);
} gb_nal_split_ops;

gb_nal_split *gb_nal_split_new(const gb_nal_split_ops *ops, void *user);
void gb_nal_split_free(gb_nal_split *split);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_nal_split, gb_nal_split_free)

void gb_nal_split_feed(gb_nal_split *split, const uint8_t *data, size_t len);
/** The stream is known to end here, or to go on with a start code: ends the unit in progress. */
void gb_nal_split_end(gb_nal_split *split);
/** Drops the unit in progress without an end; goes on at the next start code. */
void gb_nal_split_reset(gb_nal_split *split);

#endif
