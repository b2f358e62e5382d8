/* fuzz_sdp.c - any bytes as a session description. */
#include "gb28181/proto/gb_sdp.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text, size_t size) {
	if(!memchr(text, '\0', size))
		abort();
	for(; *text; text++) {
		if(*text < 0x20 || *text >= 0x7f)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	gb_sdp_answer answer;
	char *body = malloc(size > 0 ? size : 1);
	if(!body)
		abort();
	if(size > 0)
		memcpy(body, data, size);
	if(gb_sdp_parse(body, size, &answer) == GB_OK) {
		check_text(answer.user, sizeof(answer.user));
		check_text(answer.session, sizeof(answer.session));
		check_text(answer.f, sizeof(answer.f));
		if(answer.payload_count > GB_SDP_PAYLOADS_MAX || (answer.has_ssrc && answer.ssrc == 0))
			abort();
		for(size_t i = 0; i < answer.payload_count; i++)
			check_text(answer.payloads[i].name, sizeof(answer.payloads[i].name));
	}
	free(body);
	return 0;
}
