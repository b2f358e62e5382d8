/* fuzz_digest.c - any bytes as the value of an Authorization header. */
#include "gb28181/proto/gb_digest.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	gb_digest digest;
	char *header = malloc(size + 1);
	if(!header)
		abort();
	if(size > 0)
		memcpy(header, data, size);
	header[size] = '\0';
	if(gb_digest_parse(header, &digest) == GB_OK) {
		/* What was accepted has all that the computation needs, in form. */
		if(strlen(digest.response) != 32 || !digest.nonce[0])
			abort();
		gb_digest_verify(&digest, "12345678", "REGISTER");
	}
	free(header);
	return 0;
}
