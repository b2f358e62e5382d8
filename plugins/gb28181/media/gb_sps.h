/* gb_sps.h - what a sequence parameter set says: profile, level, size.
 *
 * H.264 7.3.2.1.1, H.265 7.3.2.2; also the ids by which parameter sets refer to each other.
 * Pure functions, any thread. Input is the whole NAL unit with its header and its emulation
 * prevention bytes. */
#ifndef GB_SPS_H
#define GB_SPS_H

#include "gb28181/media/gb_nal.h"

typedef struct {
	uint8_t profile; /**< profile_idc, general_profile_idc */
	uint8_t level;	 /**< level_idc, general_level_idc */
	uint16_t width;	 /**< pixels after cropping */
	uint16_t height;
} gb_sps;

/** False when it is cut short or says what cannot be; `ret_sps` is untouched then. */
bool gb_sps_parse(gb_codec codec, const uint8_t *nal, size_t len, gb_sps *ret_sps);

/** The id of a parameter set of class `nal_class`: VPS 0..15, SPS 0..31 (15 in H.265), PPS 0..255
 * (63). False when it cannot be read or is out of range. */
bool gb_sps_set_id(
	gb_codec codec, gb_nal_class nal_class, const uint8_t *nal, size_t len, uint8_t *ret_id);

#endif
