/* gb_charset.c - GB18030 by iconv, UTF-8 by GLib's strict check. */
#include "gb28181/base/gb_charset.h"

#include "gb28181/base/gb_str.h"

#include <errno.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
/* The common characters of GB 2312 have lead bytes up to this one (in UTF-8: of two bytes). */
#define GB2312_COMMON_LAST 0xd7
#define GB2312_TRAIL_FIRST 0xa1
/* An XML declaration stands within so many bytes. */
#define DECLARATION 100u

bool gb_charset_from_name(const char *name, gb_charset *ret_charset) {
	static const struct {
		const char *name;
		gb_charset charset;
	} names[] = {
		{"auto", GB_CHARSET_AUTO},
		{"utf-8", GB_CHARSET_UTF8},
		{"utf8", GB_CHARSET_UTF8},
		{"gb18030", GB_CHARSET_GB18030},
		{"gbk", GB_CHARSET_GB18030},
		{"gb2312", GB_CHARSET_GB18030},
	};
	for(size_t i = 0; name && i < G_N_ELEMENTS(names); i++) {
		if(gb_str_equal_nocase(name, names[i].name)) {
			*ret_charset = names[i].charset;
			return true;
		}
	}
	return false;
}

const char *gb_charset_name(gb_charset charset) {
	switch(charset) {
	case GB_CHARSET_UTF8:
		return "utf-8";
	case GB_CHARSET_GB18030:
		return "gb18030";
	default:
		return "auto";
	}
}

/* No byte below 0x30 and no 0x7f is ever part of a longer character in either charset, so that the
 * control bytes can go before it is known which one it is. */
static char *copy_without_controls(const char *bytes, size_t len, size_t *ret_len) {
	char *copy = g_malloc(len + 1);
	size_t used = 0;
	for(size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];
		if((c >= 0x20 && c != 0x7f) || c == '\t' || c == '\r' || c == '\n')
			copy[used++] = bytes[i];
	}
	copy[used] = '\0';
	*ret_len = used;
	return copy;
}

/* Converts all of `text`; `replacement` stands in for each byte that does not convert. */
static GString *convert(GIConv cd, char *text, size_t len, const char *replacement) {
	GString *out = g_string_sized_new(len + len / 2);
	char *in = text;
	while(len > 0) {
		char chunk[1024];
		char *at = chunk;
		size_t room = sizeof(chunk);
		size_t result = g_iconv(cd, &in, &len, &at, &room);
		int reason = errno;
		g_string_append_len(out, chunk, at - chunk);
		if(result != (size_t)-1 || reason == E2BIG)
			continue;
		g_string_append(out, replacement);
		in++;
		len--;
	}
	return out;
}

static GString *convert_named(
	const char *to, const char *from, char *text, size_t len, const char *replacement) {
	GIConv cd = g_iconv_open(to, from);
	if(cd == (GIConv)-1)
		return NULL;
	GString *out = convert(cd, text, len, replacement);
	g_iconv_close(cd);
	return out;
}

static char *finish(GString *string, size_t *ret_len) {
	if(ret_len)
		*ret_len = string->len;
	return g_string_free(string, FALSE);
}

static bool declares_utf8(const char *text, size_t len) {
	g_autofree char *head = g_ascii_strdown(text, (gssize)MIN(len, DECLARATION));
	const char *encoding = strstr(head, "encoding=");
	return encoding && strstr(encoding, "utf-8");
}

/* Some words of common characters are valid in both: the GBK bytes of U+56F4 U+5899 (a wall) also
 * read as Greek and Latin letters. From a device that does not declare UTF-8 they are Chinese. */
static bool means_gb(const char *text, size_t len) {
	bool found = false;
	for(size_t i = 0; i < len; i++) {
		unsigned char lead = (unsigned char)text[i];
		if(lead < 0x80)
			continue;
		i++;
		if(lead > GB2312_COMMON_LAST || i >= len || (unsigned char)text[i] < GB2312_TRAIL_FIRST)
			return false;
		found = true;
	}
	return found && !declares_utf8(text, len);
}

char *gb_charset_to_utf8(const char *bytes, size_t len, gb_charset charset, size_t *ret_len) {
	size_t clean_len;
	g_autofree char *clean = copy_without_controls(bytes, len, &clean_len);
	GString *out = NULL;
	bool valid = g_utf8_validate_len(clean, clean_len, NULL) && !means_gb(clean, clean_len);
	if(charset == GB_CHARSET_GB18030 || (charset == GB_CHARSET_AUTO && !valid))
		out = convert_named("UTF-8", "GB18030", clean, clean_len, REPLACEMENT);
	if(out)
		return finish(out, ret_len);
	char *text = g_utf8_make_valid(clean, (gssize)clean_len);
	if(ret_len)
		*ret_len = strlen(text);
	return text;
}

char *gb_charset_from_utf8(const char *text, gb_charset charset, size_t *ret_len) {
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	GString *out = NULL;
	if(charset != GB_CHARSET_UTF8)
		out = convert_named("GB18030", "UTF-8", valid, strlen(valid), "?");
	return finish(out ? out : g_string_new(valid), ret_len);
}
