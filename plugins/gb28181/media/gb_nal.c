#include "gb28181/media/gb_nal.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/** H.264 nal_unit_type (H.264 table 7-1). */
enum {
	H264_SLICE = 1,
	H264_PARTITION_A = 2,
	H264_PARTITION_C = 4,
	H264_IDR = 5,
	H264_SEI = 6,
	H264_SPS = 7,
	H264_PPS = 8,
	H264_AUD = 9,
	H264_PREFIX = 14,
	H264_OPENS_LAST = 18,
};

/** H.265 nal_unit_type (H.265 table 7-1). */
enum {
	H265_TRAIL_R = 1,
	H265_BLA_W_LP = 16,
	H265_IDR_W_RADL = 19,
	H265_CRA = 21,
	H265_IRAP_LAST = 23,
	H265_VCL_LAST = 31,
	H265_VPS = 32,
	H265_SPS = 33,
	H265_PPS = 34,
	H265_AUD = 35,
	H265_PREFIX_SEI = 39,
	H265_SUFFIX_SEI = 40,
};

/** Each 01 may end a start code; memchr is fast and 01 is rare. */
static size_t find_start_plain(const uint8_t *data, size_t len) {
	size_t at = 2;
	while(at < len) {
		const uint8_t *one = memchr(data + at, 1, len - at);
		if(!one) {
			return len;
		}
		at = (size_t)(one - data);
		if(data[at - 1] == 0 && data[at - 2] == 0) {
			return at - 2;
		}
		at++;
	}
	return len;
}

#ifdef __SSE2__
/** Sixteen places at a time: byte 0, the one after and the one after that in one comparison. */
size_t gb_nal_find_start(const uint8_t *data, size_t len) {
	const __m128i zero = _mm_setzero_si128();
	const __m128i one = _mm_set1_epi8(1);
	size_t at = 0;
	while(len - at >= 18) {
		__m128i first = _mm_loadu_si128((const __m128i *)(const void *)(data + at));
		__m128i second = _mm_loadu_si128((const __m128i *)(const void *)(data + at + 1));
		__m128i third = _mm_loadu_si128((const __m128i *)(const void *)(data + at + 2));
		__m128i zeros = _mm_cmpeq_epi8(_mm_or_si128(first, second), zero);
		int hits = _mm_movemask_epi8(_mm_and_si128(zeros, _mm_cmpeq_epi8(third, one)));
		if(hits) {
			return at + (size_t)__builtin_ctz((unsigned)hits);
		}
		at += 16;
	}
	return at + find_start_plain(data + at, len - at);
}
#else
size_t gb_nal_find_start(const uint8_t *data, size_t len) {
	return find_start_plain(data, len);
}
#endif

/** slice_type behind a first_mb_in_slice of 0, which is the single bit 1 in front of it: ue(v), at
 * most 7 bits, so it never leaves this byte. I and SI are 2, 4, 7 and 9 (H.264 table 7-6). */
static bool is_intra_slice(uint8_t byte) {
	uint8_t code = (uint8_t)(byte << 1);
	unsigned type = 0;
	if(code & 0x80) {
		type = 0;
	} else if(code & 0x40) {
		type = (code >> 5) - 1u;
	} else if(code & 0x20) {
		type = (code >> 3) - 1u;
	} else if(code & 0x10) {
		type = (code >> 1) - 1u;
	}
	return type == 2 || type == 4 || type == 7 || type == 9;
}

static gb_nal_info classify_h264(const uint8_t *head, size_t len) {
	gb_nal_info info = {GB_NAL_OTHER, false, false, false, false};
	uint8_t type = head[0] & 0x1F;
	bool first = len > 1 && (head[1] & 0x80);
	if(head[0] & 0x80) {
		return info;
	}
	if(type >= H264_SLICE && type <= H264_IDR) {
		info.nal_class = GB_NAL_SLICE;
		info.first_slice = first && (type <= H264_PARTITION_A || type == H264_IDR);
		info.random_access = type == H264_IDR;
		info.intra = info.first_slice && is_intra_slice(head[1]);
		return info;
	}
	info.opens =
		(type >= H264_SEI && type <= H264_AUD) || (type >= H264_PREFIX && type <= H264_OPENS_LAST);
	if(type == H264_SPS) {
		info.nal_class = GB_NAL_SPS;
	} else if(type == H264_PPS) {
		info.nal_class = GB_NAL_PPS;
	}
	return info;
}

static gb_nal_info classify_h265(const uint8_t *head, size_t len) {
	gb_nal_info info = {GB_NAL_OTHER, false, false, false, false};
	uint8_t type = (head[0] >> 1) & 0x3F;
	if((head[0] & 0x80) || len < 2) {
		return info;
	}
	if(type <= H265_VCL_LAST) {
		info.nal_class = GB_NAL_SLICE;
		info.first_slice = len > 2 && (head[2] & 0x80);
		info.random_access = type >= H265_BLA_W_LP && type <= H265_IRAP_LAST;
		return info;
	}
	info.opens = (type >= H265_VPS && type <= H265_AUD) || type == H265_PREFIX_SEI ||
		(type >= 41 && type <= 44) || (type >= 48 && type <= 55);
	if(type <= H265_PPS) {
		info.nal_class = (gb_nal_class)(GB_NAL_VPS + (type - H265_VPS));
	}
	return info;
}

gb_nal_info gb_nal_classify(gb_codec codec, const uint8_t *head, size_t len) {
	return codec == GB_CODEC_H265 ? classify_h265(head, len) : classify_h264(head, len);
}

/** profile_idc values of H.264 7.3.2.1.1 and annex A: a second look at what claims to be an SPS. */
static bool is_h264_profile(uint8_t profile) {
	static const uint8_t profiles[] = {
		44, 66, 77, 83, 86, 88, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244};
	return memchr(profiles, profile, sizeof(profiles)) != NULL;
}

static gb_nal_weight vote_h264(uint8_t first, uint8_t second) {
	bool reference = (first & 0x60) != 0;
	switch(first & 0x1F) {
	case H264_SPS:
		return reference && is_h264_profile(second) ? GB_NAL_VOTE_STRONG : GB_NAL_VOTE_NONE;
	case H264_PPS:
	case H264_IDR:
		return reference ? GB_NAL_VOTE_WEAK : GB_NAL_VOTE_NONE;
	case H264_SLICE:
		return GB_NAL_VOTE_WEAK;
	default:
		return GB_NAL_VOTE_NONE;
	}
}

/** Layer 0 and temporal id 0, as the units that we look for have them. */
static gb_nal_weight vote_h265(uint8_t first, uint8_t second) {
	uint8_t type = first >> 1;
	if((first & 1) || second != 1) {
		return GB_NAL_VOTE_NONE;
	}
	if(type >= H265_VPS && type <= H265_PPS) {
		return GB_NAL_VOTE_STRONG;
	}
	bool slice = type <= H265_TRAIL_R || (type >= H265_IDR_W_RADL && type <= H265_CRA);
	return slice ? GB_NAL_VOTE_WEAK : GB_NAL_VOTE_NONE;
}

gb_nal_weight gb_nal_vote(const uint8_t *head, size_t len, gb_codec *ret_codec) {
	if(len < 2) {
		return GB_NAL_VOTE_NONE;
	}
	if(head[0] == 0xB0 || head[0] == 0xB6) { /* visual object sequence, VOP: MPEG-4 part 2 */
		*ret_codec = GB_CODEC_MPEG4;
		return GB_NAL_VOTE_WEAK;
	}
	if(head[0] & 0x80) {
		return GB_NAL_VOTE_NONE;
	}
	gb_nal_weight weight = vote_h265(head[0], head[1]);
	if(weight != GB_NAL_VOTE_NONE) {
		*ret_codec = GB_CODEC_H265;
		return weight;
	}
	weight = vote_h264(head[0], head[1]);
	if(weight != GB_NAL_VOTE_NONE) {
		*ret_codec = GB_CODEC_H264;
	}
	return weight;
}
