#include "gb28181/media/gb_sps.h"

#include "gb28181/media/gb_bits.h"

/** A picture is not larger than this in either direction. */
#define SIDE_MAX 16384

/** Profiles whose SPS has chroma format and scaling lists (H.264 7.3.2.1.1). */
static bool has_chroma_info(uint8_t profile) {
	switch(profile) {
	case 44:
	case 83:
	case 86:
	case 100:
	case 110:
	case 118:
	case 122:
	case 128:
	case 134:
	case 135:
	case 138:
	case 139:
	case 244:
		return true;
	default:
		return false;
	}
}

/** H.264 7.3.2.1.1.1. */
static void skip_scaling_list(gb_bits *bits, unsigned size) {
	int last = 8;
	int next = 8;
	for(unsigned i = 0; i < size && !bits->bad; i++) {
		if(next != 0) {
			next = (last + gb_bits_se(bits)) & 0xFF;
		}
		last = next == 0 ? last : next;
	}
}

/** Returns chroma_format_idc, 0 also for separate colour planes: both crop in single samples. */
static unsigned read_chroma_info(gb_bits *bits) {
	unsigned chroma = gb_bits_ue(bits);
	unsigned lists = chroma == 3 ? 12 : 8;
	if(chroma == 3 && gb_bits_1(bits)) {
		chroma = 0;
	}
	(void)gb_bits_ue(bits); /* bit_depth_luma_minus8 */
	(void)gb_bits_ue(bits);
	gb_bits_skip(bits, 1);
	if(gb_bits_1(bits)) {
		for(unsigned i = 0; i < lists && !bits->bad; i++) {
			if(gb_bits_1(bits)) {
				skip_scaling_list(bits, i < 6 ? 16 : 64);
			}
		}
	}
	bits->bad = bits->bad || chroma > 3;
	return chroma;
}

static void skip_poc_type(gb_bits *bits) {
	uint32_t type = gb_bits_ue(bits);
	if(type == 0) {
		(void)gb_bits_ue(bits);
	} else if(type == 1) {
		gb_bits_skip(bits, 1);
		(void)gb_bits_se(bits);
		(void)gb_bits_se(bits);
		uint32_t cycle = gb_bits_ue(bits);
		bits->bad = bits->bad || cycle > 255;
		for(uint32_t i = 0; i < cycle && !bits->bad; i++) {
			(void)gb_bits_se(bits);
		}
	}
}

/** Takes the cropping off one side; false when nothing sensible is left. */
static bool crop(uint64_t size, uint64_t unit, const uint32_t edges[2], uint16_t *ret_size) {
	uint64_t cut = unit * ((uint64_t)edges[0] + edges[1]);
	if(size > SIDE_MAX || cut >= size) {
		return false;
	}
	*ret_size = (uint16_t)(size - cut);
	return true;
}

/** left, right, top, bottom; zeros when the flag is not set. */
static void read_edges(gb_bits *bits, uint32_t edges[4]) {
	if(gb_bits_1(bits)) {
		for(int i = 0; i < 4; i++) {
			edges[i] = gb_bits_ue(bits);
		}
	}
}

static bool parse_h264(gb_bits *bits, gb_sps *sps) {
	uint32_t edges[4] = {0, 0, 0, 0};
	gb_bits_skip(bits, 8);
	sps->profile = (uint8_t)gb_bits_u(bits, 8);
	gb_bits_skip(bits, 8);
	sps->level = (uint8_t)gb_bits_u(bits, 8);
	(void)gb_bits_ue(bits);
	unsigned chroma = has_chroma_info(sps->profile) ? read_chroma_info(bits) : 1;
	(void)gb_bits_ue(bits); /* log2_max_frame_num_minus4 */
	skip_poc_type(bits);
	(void)gb_bits_ue(bits); /* max_num_ref_frames */
	gb_bits_skip(bits, 1);
	uint64_t width = ((uint64_t)gb_bits_ue(bits) + 1) * 16;
	uint64_t map_units = (uint64_t)gb_bits_ue(bits) + 1;
	unsigned frame_only = gb_bits_1(bits);
	uint64_t fields = 2 - frame_only;
	if(!frame_only) {
		gb_bits_skip(bits, 1);
	}
	gb_bits_skip(bits, 1);
	read_edges(bits, edges);
	unsigned unit_x = chroma == 1 || chroma == 2 ? 2 : 1;
	uint64_t unit_y = (chroma == 1 ? 2 : 1) * fields;
	return !bits->bad && crop(width, unit_x, edges, &sps->width) &&
		crop(map_units * 16 * fields, unit_y, edges + 2, &sps->height);
}

/** profile_tier_level() of H.265 7.3.3. */
static void read_profile_tier_level(gb_bits *bits, unsigned sub_layers, gb_sps *sps) {
	uint32_t present[8] = {0};
	sps->profile = gb_bits_u(bits, 8) & 0x1F;
	gb_bits_skip(bits, 80);
	sps->level = (uint8_t)gb_bits_u(bits, 8);
	for(unsigned i = 0; i < sub_layers; i++) {
		present[i] = gb_bits_u(bits, 2);
	}
	if(sub_layers > 0) {
		gb_bits_skip(bits, 2 * (8 - sub_layers));
	}
	for(unsigned i = 0; i < sub_layers; i++) {
		gb_bits_skip(bits, (present[i] & 2 ? 88 : 0) + (present[i] & 1 ? 8 : 0));
	}
}

static bool parse_h265(gb_bits *bits, gb_sps *sps) {
	uint32_t edges[4] = {0, 0, 0, 0};
	gb_bits_skip(bits, 16 + 4);
	unsigned sub_layers = gb_bits_u(bits, 3);
	gb_bits_skip(bits, 1);
	if(sub_layers > 6) {
		return false;
	}
	read_profile_tier_level(bits, sub_layers, sps);
	(void)gb_bits_ue(bits);
	unsigned chroma = gb_bits_ue(bits);
	if(chroma > 3) {
		return false;
	}
	if(chroma == 3 && gb_bits_1(bits)) {
		chroma = 0;
	}
	uint64_t width = gb_bits_ue(bits);
	uint64_t height = gb_bits_ue(bits);
	read_edges(bits, edges);
	unsigned unit_x = chroma == 1 || chroma == 2 ? 2 : 1;
	unsigned unit_y = chroma == 1 ? 2 : 1;
	return !bits->bad && crop(width, unit_x, edges, &sps->width) &&
		crop(height, unit_y, edges + 2, &sps->height);
}

bool gb_sps_parse(gb_codec codec, const uint8_t *nal, size_t len, gb_sps *ret_sps) {
	gb_bits bits = gb_bits_of(nal, len);
	gb_sps sps = {0, 0, 0, 0};
	bool good = codec == GB_CODEC_H265 ? parse_h265(&bits, &sps) : parse_h264(&bits, &sps);
	if(good) {
		*ret_sps = sps;
	}
	return good;
}

/** Goes to the id of an H.265 SPS, which lies behind the profile. */
static void skip_to_h265_sps_id(gb_bits *bits) {
	gb_sps unused;
	gb_bits_skip(bits, 4);
	unsigned sub_layers = gb_bits_u(bits, 3);
	gb_bits_skip(bits, 1);
	bits->bad = bits->bad || sub_layers > 6;
	if(!bits->bad) {
		read_profile_tier_level(bits, sub_layers, &unused);
	}
}

bool gb_sps_set_id(
	gb_codec codec, gb_nal_class nal_class, const uint8_t *nal, size_t len, uint8_t *ret_id) {
	bool h265 = codec == GB_CODEC_H265;
	gb_bits bits = gb_bits_of(nal, len);
	uint32_t id = 0;
	uint32_t max = 0;
	gb_bits_skip(&bits, h265 ? 16 : 8);
	switch(nal_class) {
	case GB_NAL_VPS:
		id = gb_bits_u(&bits, 4);
		max = 15;
		break;
	case GB_NAL_SPS:
		if(h265) {
			skip_to_h265_sps_id(&bits);
		} else {
			gb_bits_skip(&bits, 24);
		}
		id = gb_bits_ue(&bits);
		max = h265 ? 15 : 31;
		break;
	case GB_NAL_PPS:
		id = gb_bits_ue(&bits);
		max = h265 ? 63 : 255;
		break;
	default:
		return false;
	}
	if(bits.bad || id > max) {
		return false;
	}
	*ret_id = (uint8_t)id;
	return true;
}
