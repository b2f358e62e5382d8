/* gb_digest.c - reads Authorization, computes and compares the response. */
#include "gb28181/proto/gb_digest.h"

#include "gb28181/base/gb_str.h"

#include <glib.h>
#include <string.h>

/* ---- parameters: name [=] value, with quotes or without ---- */

typedef struct {
	const char *at;
	const char *end;
} span;

static size_t span_len(span text) {
	return (size_t)(text.end - text.at);
}

static bool span_is(span text, const char *word) {
	return span_len(text) == strlen(word) &&
		g_ascii_strncasecmp(text.at, word, span_len(text)) == 0;
}

static const char *skip_blanks(const char *at) {
	while(g_ascii_isspace(*at))
		at++;
	return at;
}

static bool is_separator(char c) {
	return c == ',' || g_ascii_isspace(c);
}

/* Takes `"..."`, which must end. */
static const char *take_quoted(const char *at, span *ret_value) {
	const char *end = at + 1;
	while(*end && *end != '"')
		end += *end == '\\' && end[1] ? 2 : 1;
	ret_value->at = at + 1;
	ret_value->end = end;
	return *end ? end + 1 : NULL;
}

/* A value without quotes ends at the comma; the blanks before that do not belong to it. */
static const char *take_bare(const char *at, span *ret_value) {
	const char *end = at;
	while(*end && *end != ',')
		end++;
	ret_value->at = at;
	ret_value->end = end;
	while(ret_value->end > at && g_ascii_isspace(ret_value->end[-1]))
		ret_value->end--;
	return end;
}

static const char *take_parameter(const char *at, span *ret_name, span *ret_value) {
	ret_name->at = at;
	while(*at && *at != '=' && !is_separator(*at))
		at++;
	ret_name->end = at;
	at = skip_blanks(at);
	if(*at != '=' || span_len(*ret_name) == 0)
		return NULL;
	at = skip_blanks(at + 1);
	return *at == '"' ? take_quoted(at, ret_value) : take_bare(at, ret_value);
}

/* ---- fields ---- */

/* Takes the backslashes of quoted pairs out. */
static gb_result copy_value(char *field, size_t size, span value) {
	size_t used = 0;
	for(const char *at = value.at; at < value.end; at++) {
		if(*at == '\\' && at + 1 < value.end)
			at++;
		if(used + 1 >= size)
			return GB_LIMIT;
		field[used++] = *at;
	}
	field[used] = '\0';
	return GB_OK;
}

enum {
	SEEN_USERNAME = 1,
	SEEN_REALM = 2,
	SEEN_NONCE = 4,
	SEEN_URI = 8,
	SEEN_RESPONSE = 16,
	SEEN_NEEDED = 31,
	SEEN_CNONCE = 32,
	SEEN_NC = 64,
	SEEN_QOP = 128,
	SEEN_ALGORITHM = 256,
};

typedef struct {
	const char *name;
	unsigned bit;
	size_t offset, size; /* of the text in gb_digest; size 0 = not kept as text */
} field_rule;

#define TEXT_FIELD(name, bit, member)                                                              \
	{ name, bit, offsetof(gb_digest, member), sizeof(((gb_digest *)NULL)->member) }

static const field_rule rules[] = {
	TEXT_FIELD("username", SEEN_USERNAME, username),
	TEXT_FIELD("realm", SEEN_REALM, realm),
	TEXT_FIELD("nonce", SEEN_NONCE, nonce),
	TEXT_FIELD("uri", SEEN_URI, uri),
	TEXT_FIELD("response", SEEN_RESPONSE, response),
	TEXT_FIELD("cnonce", SEEN_CNONCE, cnonce),
	TEXT_FIELD("nc", SEEN_NC, nc_text),
	{"qop", SEEN_QOP, 0, 0},
	{"algorithm", SEEN_ALGORITHM, 0, 0},
};

static const field_rule *find_rule(span name) {
	for(size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
		if(span_is(name, rules[i].name))
			return &rules[i];
	}
	return NULL;
}

/* An empty qop or algorithm counts as absent. */
static gb_result store_word(const field_rule *rule, span value, gb_digest *digest) {
	if(span_len(value) == 0)
		return GB_OK;
	if(rule->bit == SEEN_ALGORITHM)
		return span_is(value, "MD5") ? GB_OK : GB_BAD;
	if(!span_is(value, "auth"))
		return GB_BAD;
	digest->qop = GB_DIGEST_QOP_AUTH;
	return GB_OK;
}

static gb_result store_parameter(span name, span value, unsigned *seen, gb_digest *digest) {
	const field_rule *rule = find_rule(name);
	if(!rule)
		return GB_OK;
	if(*seen & rule->bit)
		return GB_BAD;
	*seen |= rule->bit;
	if(rule->size == 0)
		return store_word(rule, value, digest);
	return copy_value((char *)digest + rule->offset, rule->size, value);
}

static bool parse_hex_u32(const char *text, uint32_t *ret_value) {
	uint32_t value = 0;
	if(!*text || strlen(text) > 8)
		return false;
	for(; *text; text++) {
		int digit = g_ascii_xdigit_value(*text);
		if(digit < 0)
			return false;
		value = value << 4 | (uint32_t)digit;
	}
	*ret_value = value;
	return true;
}

/* The response is compared as lower-case text of fixed length. */
static bool normalise_response(char *response) {
	size_t len = 0;
	for(; response[len]; len++) {
		if(!g_ascii_isxdigit(response[len]))
			return false;
		response[len] = g_ascii_tolower(response[len]);
	}
	return len == 32;
}

static gb_result check_whole(unsigned seen, gb_digest *digest) {
	if((seen & SEEN_NEEDED) != SEEN_NEEDED || !digest->nonce[0])
		return GB_BAD;
	if(!normalise_response(digest->response))
		return GB_BAD;
	if(digest->nc_text[0] && !parse_hex_u32(digest->nc_text, &digest->nc))
		return GB_BAD;
	if(digest->qop == GB_DIGEST_QOP_AUTH && (!digest->nc_text[0] || !(seen & SEEN_CNONCE)))
		return GB_BAD;
	return GB_OK;
}

gb_result gb_digest_parse(const char *header, gb_digest *ret_digest) {
	gb_digest digest = {0};
	unsigned seen = 0;
	if(strnlen(header, GB_DIGEST_HEADER_MAX + 1) > GB_DIGEST_HEADER_MAX)
		return GB_LIMIT;
	const char *at = skip_blanks(header);
	if(!gb_str_has_prefix_nocase(at, "Digest") || !is_separator(at[6]))
		return GB_BAD;
	at += 6;
	for(;;) {
		span name, value;
		while(is_separator(*at))
			at++;
		if(!*at)
			break;
		at = take_parameter(at, &name, &value);
		if(!at)
			return GB_BAD;
		gb_result result = store_parameter(name, value, &seen, &digest);
		if(result != GB_OK)
			return result;
	}
	gb_result result = check_whole(seen, &digest);
	if(result == GB_OK)
		*ret_digest = digest;
	return result;
}

/* ---- computation ---- */

/* MD5 over the parts with colons between, as 32 lower-case hex digits. */
static void md5_joined(char ret_hex[33], const char *const *parts, size_t count) {
	GChecksum *md5 = g_checksum_new(G_CHECKSUM_MD5);
	for(size_t i = 0; i < count; i++) {
		if(i > 0)
			g_checksum_update(md5, (const guchar *)":", 1);
		g_checksum_update(md5, (const guchar *)parts[i], (gssize)strlen(parts[i]));
	}
	gb_str_copy(ret_hex, 33, g_checksum_get_string(md5));
	g_checksum_free(md5);
}

bool gb_digest_verify(const gb_digest *digest, const char *password, const char *method) {
	char ha1[33], ha2[33], expected[33];
	const char *const first[] = {digest->username, digest->realm, password};
	const char *const second[] = {method, digest->uri};
	md5_joined(ha1, first, G_N_ELEMENTS(first));
	md5_joined(ha2, second, G_N_ELEMENTS(second));
	if(digest->qop == GB_DIGEST_QOP_AUTH) {
		const char *const parts[] = {
			ha1, digest->nonce, digest->nc_text, digest->cnonce, "auth", ha2};
		md5_joined(expected, parts, G_N_ELEMENTS(parts));
	} else {
		const char *const parts[] = {ha1, digest->nonce, ha2};
		md5_joined(expected, parts, G_N_ELEMENTS(parts));
	}
	return gb_str_equal_secret(expected, digest->response, 32);
}

/* ---- challenge ---- */

static bool may_stand_in_quotes(const char *text) {
	for(; *text; text++) {
		if(*text == '"' || *text == '\\' || (unsigned char)*text < 0x20 || *text == 0x7f)
			return false;
	}
	return true;
}

bool gb_digest_challenge(char *buf, size_t size, const char *realm, const char *nonce, bool stale) {
	if(!may_stand_in_quotes(realm) || !may_stand_in_quotes(nonce))
		return false;
	int len = g_snprintf(buf, size, "Digest realm=\"%s\",nonce=\"%s\",algorithm=MD5,qop=\"auth\"%s",
		realm, nonce, stale ? ",stale=TRUE" : "");
	return len >= 0 && (size_t)len < size;
}
