/* gb_params.h - the parameter sets that are in force, to repeat them before each key frame.
 *
 * A small cache by class and id (gb28181.md 13.6 rule 7). Fixed memory; lives on one thread. */
#ifndef GB_PARAMS_H
#define GB_PARAMS_H

#include "gb28181/media/gb_nal.h"

#include <glib.h>

/** Sets that are kept, of all classes together, and bytes of one. More, or larger, are not kept. */
#define GB_PARAMS_MAX 16
#define GB_PARAMS_BYTES 1024

typedef struct {
	gb_nal_class nal_class;
	uint8_t id;
	bool fresh; /**< not sent yet in this form */
	uint16_t len;
	uint8_t nal[GB_PARAMS_BYTES]; /**< with its NAL header, without start code */
} gb_param_set;

/** In the order in which they are sent: VPS, SPS, PPS, each by id. */
typedef struct {
	size_t count;
	gb_param_set sets[GB_PARAMS_MAX];
} gb_params;

/** Forgets all. */
void gb_params_clear(gb_params *params);

typedef enum { GB_PARAMS_SAME, GB_PARAMS_CHANGED, GB_PARAMS_REFUSED } gb_params_result;

/** Keeps a set, over the one of the same class and id. REFUSED when it is too large, unreadable or
 * one too many. */
gb_params_result gb_params_put(
	gb_params *params, gb_codec codec, gb_nal_class nal_class, const uint8_t *nal, size_t len);

/** True when decoding can start: an SPS and a PPS, for H.265 a VPS too. */
bool gb_params_complete(const gb_params *params, gb_codec codec);

#endif
