/* gb_digest.h - HTTP digest of REGISTER, server side (gb28181.md 3.2, 3.3).
 *
 * MD5 only: it is all that devices know. What counts is what the client sent: without `qop` in its
 * answer the short form is computed, whatever the challenge offered; `uri` is taken as it stands in
 * the header and not compared with anything. Pure; any thread. */
#ifndef GB_DIGEST_H
#define GB_DIGEST_H

#include "gb28181/base/gb_error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Longest Authorization value that is looked at, in bytes; more is GB_LIMIT. */
#define GB_DIGEST_HEADER_MAX 2048u
/** Size of a buffer that takes the challenge for any realm and nonce that fit into gb_digest. */
#define GB_DIGEST_CHALLENGE 320u

typedef enum {
	GB_DIGEST_QOP_NONE, /**< absent: the short form of RFC 2069 */
	GB_DIGEST_QOP_AUTH,
} gb_digest_qop;

/** Parsed credentials. Texts are unquoted and end in NUL; "" when absent. */
typedef struct gb_digest {
	char username[65]; /**< need not be the device's id */
	char realm[129];
	char nonce[65];
	char uri[257];
	char response[33]; /**< 32 hex digits, lower case */
	char cnonce[129];
	char nc_text[9]; /**< as sent: it goes into the digest */
	uint32_t nc;	 /**< its value; 0 when absent */
	gb_digest_qop qop;
} gb_digest;

/** Reads the value of an Authorization header. Tolerant: any order, quoted or not, blanks and
 * commas anywhere between, unknown parameters, names and scheme in any case. GB_BAD: not Digest, a
 * needed parameter is missing (username, realm, nonce, uri, response), an algorithm or qop that was
 * not offered, the same parameter twice. GB_LIMIT: a value is longer than its field. */
gb_result gb_digest_parse(const char *header, gb_digest *ret_digest);

/** Whether the response is that of `password` for a request of this method. Takes the same time
 * wherever they differ. */
bool gb_digest_verify(const gb_digest *digest, const char *password, const char *method);

/** Writes the value of WWW-Authenticate; no blank follows a comma, which some devices do not
 * survive (gb28181.md 3.2). `realm` and `nonce` may hold neither quotes nor backslashes nor control
 * bytes. False when they do, or when `size` is too small. */
bool gb_digest_challenge(char *buf, size_t size, const char *realm, const char *nonce, bool stale);

#endif
