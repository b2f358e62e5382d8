/* gb_nal.h - NAL units of H.264 and H.265: start codes, types, telling the two apart.
 *
 * Pure functions, any thread. ITU-T H.264 7.3.1 and annex B, H.265 7.3.1 and annex B. */
#ifndef GB_NAL_H
#define GB_NAL_H

#include "gb28181/media/gb_media.h"

/** Bytes at the front of a NAL unit that decide what it is: header, then the first byte of the
 * slice header. */
#define GB_NAL_HEAD_MAX 3

/** Offset of the first 00 00 01 in `data`, or `len` when there is none. */
size_t gb_nal_find_start(const uint8_t *data, size_t len);

typedef enum {
	GB_NAL_OTHER, /**< nothing a viewer needs: AUD, filler, SEI, reserved types */
	GB_NAL_VPS,
	GB_NAL_SPS,
	GB_NAL_PPS,
	GB_NAL_SLICE,
} gb_nal_class;

typedef struct {
	gb_nal_class nal_class;
	bool opens;		  /**< comes in front of a picture: after one it begins the next access unit */
	bool first_slice; /**< SLICE: the first of its picture */
	bool random_access; /**< SLICE: IDR, or any IRAP of H.265 */
	bool intra;			/**< SLICE of H.264: the first of its picture and of I type */
} gb_nal_info;

/** What the NAL unit is that begins with `head` (1..GB_NAL_HEAD_MAX bytes). `codec` is H264 or
 * H265. */
gb_nal_info gb_nal_classify(gb_codec codec, const uint8_t *head, size_t len);

/** Bytes of the NAL header: 1 or 2. */
static inline size_t gb_nal_header_len(gb_codec codec) {
	return codec == GB_CODEC_H265 ? 2 : 1;
}

typedef enum { GB_NAL_VOTE_NONE, GB_NAL_VOTE_WEAK, GB_NAL_VOTE_STRONG } gb_nal_weight;

/** Which codec a NAL unit speaks for when nothing is known (gb28181.md 13.6 rule 9). STRONG: a
 * parameter set, which looks like nothing else; WEAK: a slice, of which two have to agree. */
gb_nal_weight gb_nal_vote(const uint8_t *head, size_t len, gb_codec *ret_codec);

#endif
