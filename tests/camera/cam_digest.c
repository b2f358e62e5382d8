#include "cam_digest.h"

#include <stdio.h>
#include <string.h>

static bool copy(const struct pl *from, char *to, size_t size) {
	if(from->l >= size)
		return false;
	memcpy(to, from->p != NULL ? from->p : "", from->l);
	to[from->l] = '\0';
	return true;
}

/** qop is a list; auth must be in it. */
static bool offers_auth(const struct pl *qop) {
	for(size_t i = 0; qop->p != NULL && i + 4 <= qop->l; i++) {
		char before = i > 0 ? qop->p[i - 1] : ',', behind = i + 4 < qop->l ? qop->p[i + 4] : ',';
		if(memcmp(qop->p + i, "auth", 4) == 0 && strchr(", ", before) && strchr(", ", behind))
			return true;
	}
	return false;
}

bool cam_digest_challenge(cam_digest *digest, const struct sip_msg *msg, bool *ret_stale) {
	const struct sip_hdr *header =
		sip_msg_hdr(msg, msg->scode == 407 ? SIP_HDR_PROXY_AUTHENTICATE : SIP_HDR_WWW_AUTHENTICATE);
	struct httpauth_digest_chall c;
	cam_digest d = {.known = true};
	if(header == NULL || httpauth_digest_challenge_decode(&c, &header->val) != 0)
		return false;
	if(pl_isset(&c.algorithm) && pl_strcasecmp(&c.algorithm, "MD5") != 0)
		return false;
	if(!copy(&c.realm, d.realm, sizeof(d.realm)) || !copy(&c.nonce, d.nonce, sizeof(d.nonce)) ||
		!copy(&c.opaque, d.opaque, sizeof(d.opaque)))
		return false;
	d.qop = offers_auth(&c.qop);
	*digest = d;
	*ret_stale = pl_strcasecmp(&c.stale, "true") == 0;
	return true;
}

static void md5_text(const char *text, char ret_hex[33]) {
	uint8_t sum[16];
	md5((const uint8_t *)text, strlen(text), sum);
	for(size_t i = 0; i < sizeof(sum); i++)
		snprintf(ret_hex + 2 * i, 3, "%02x", sum[i]);
}

void cam_digest_header(cam_digest *d, const char *user, const char *password, const char *method,
	const char *uri, cam_buf *out) {
	char ha1[33], ha2[33], response[33], cnonce[9], text[1024];
	if(!d->known)
		return;
	d->count++;
	snprintf(cnonce, sizeof(cnonce), "%08x", cam_entropy_u32());
	snprintf(text, sizeof(text), "%s:%s:%s", user, d->realm, password);
	md5_text(text, ha1);
	snprintf(text, sizeof(text), "%s:%s", method, uri);
	md5_text(text, ha2);
	if(d->qop)
		snprintf(text, sizeof(text), "%s:%s:%08x:%s:auth:%s", ha1, d->nonce, d->count, cnonce, ha2);
	else
		snprintf(text, sizeof(text), "%s:%s:%s", ha1, d->nonce, ha2);
	md5_text(text, response);
	cam_buf_printf(out,
		"Authorization: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", "
		"response=\"%s\", algorithm=MD5",
		user, d->realm, d->nonce, uri, response);
	if(d->opaque[0] != '\0')
		cam_buf_printf(out, ", opaque=\"%s\"", d->opaque);
	if(d->qop)
		cam_buf_printf(out, ", cnonce=\"%s\", qop=auth, nc=%08x", cnonce, d->count);
	cam_buf_text(out, "\r\n");
}
