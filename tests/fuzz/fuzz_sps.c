/* fuzz_sps.c - parameter sets. The first byte chooses codec and class, the rest is the NAL unit. */
#include "gb28181/media/gb_params.h"
#include "gb28181/media/gb_sps.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static gb_params params;
	gb_sps sps = {0, 0, 0, 0};
	uint8_t id = 0;
	if(size < 1) {
		return 0;
	}
	gb_codec codec = data[0] & 1 ? GB_CODEC_H265 : GB_CODEC_H264;
	gb_nal_class nal_class = (gb_nal_class)(GB_NAL_VPS + ((data[0] >> 1) & 3) % 3);
	size_t len = size - 1;
	uint8_t *nal = malloc(len + (len == 0));
	if(!nal) {
		abort();
	}
	memcpy(nal, data + 1, len);
	if(gb_sps_parse(codec, nal, len, &sps) && (sps.width == 0 || sps.height == 0)) {
		abort();
	}
	bool known = gb_sps_set_id(codec, nal_class, nal, len, &id);
	gb_params_clear(&params);
	bool kept = gb_params_put(&params, codec, nal_class, nal, len) != GB_PARAMS_REFUSED;
	if(kept != (known && len <= GB_PARAMS_BYTES)) {
		abort();
	}
	free(nal);
	return 0;
}
