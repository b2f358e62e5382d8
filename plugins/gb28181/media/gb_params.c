#include "gb28181/media/gb_params.h"

#include "gb28181/media/gb_sps.h"

#include <string.h>

void gb_params_clear(gb_params *params) {
	params->count = 0;
}

static bool comes_before(const gb_param_set *set, gb_nal_class nal_class, uint8_t id) {
	return set->nal_class < nal_class || (set->nal_class == nal_class && set->id < id);
}

/** Makes room for a set at its place; NULL when all places are taken. */
static gb_param_set *insert(gb_params *params, size_t at, gb_nal_class nal_class, uint8_t id) {
	if(params->count == GB_PARAMS_MAX) {
		return NULL;
	}
	gb_param_set *set = &params->sets[at];
	memmove(set + 1, set, (params->count - at) * sizeof(*set));
	params->count++;
	set->nal_class = nal_class;
	set->id = id;
	set->len = 0;
	return set;
}

gb_params_result gb_params_put(
	gb_params *params, gb_codec codec, gb_nal_class nal_class, const uint8_t *nal, size_t len) {
	uint8_t id;
	if(len > GB_PARAMS_BYTES || !gb_sps_set_id(codec, nal_class, nal, len, &id)) {
		return GB_PARAMS_REFUSED;
	}
	size_t at = 0;
	while(at < params->count && comes_before(&params->sets[at], nal_class, id)) {
		at++;
	}
	gb_param_set *set = &params->sets[at];
	bool known = at < params->count && set->nal_class == nal_class && set->id == id;
	if(known && set->len == len && memcmp(set->nal, nal, len) == 0) {
		return GB_PARAMS_SAME;
	}
	if(!known) {
		set = insert(params, at, nal_class, id);
		if(!set) {
			return GB_PARAMS_REFUSED;
		}
	}
	memcpy(set->nal, nal, len);
	set->len = (uint16_t)len;
	set->fresh = true;
	return GB_PARAMS_CHANGED;
}

static bool has(const gb_params *params, gb_nal_class nal_class) {
	for(size_t i = 0; i < params->count; i++) {
		if(params->sets[i].nal_class == nal_class) {
			return true;
		}
	}
	return false;
}

bool gb_params_complete(const gb_params *params, gb_codec codec) {
	return has(params, GB_NAL_SPS) && has(params, GB_NAL_PPS) &&
		(codec != GB_CODEC_H265 || has(params, GB_NAL_VPS));
}
