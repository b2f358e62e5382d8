/**
 * @file cam_digest.h
 * Digest access authentication (RFC 2617, MD5) as a camera does it: with qop=auth when the platform
 * offers it, in the short form otherwise; the last nonce is used again, with a rising count, until
 * the platform asks anew.
 */
#ifndef CAM_DIGEST_H
#define CAM_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "cam_re.h"

#include "cam_util.h"

/** The platform's last challenge; all zero when there was none. */
typedef struct cam_digest {
	bool known;
	bool qop;
	uint32_t count; /**< how often the nonce was used */
	char realm[128];
	char nonce[256];
	char opaque[128];
} cam_digest;

/**
 * Reads the challenge of a 401 or 407.
 * @param ret_stale  the platform only finds the nonce too old
 * @return false when there is no digest challenge with MD5 that fits in here
 */
bool cam_digest_challenge(cam_digest *digest, const struct sip_msg *msg, bool *ret_stale);

/** Appends an Authorization header line; nothing without a challenge. */
void cam_digest_header(cam_digest *digest, const char *user, const char *password,
	const char *method, const char *uri, cam_buf *out);

#endif
