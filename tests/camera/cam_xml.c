#include "cam_xml.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

static void escape(cam_buf *b, const char *text) {
	for(; *text != '\0'; text++) {
		switch(*text) {
		case '&':
			cam_buf_text(b, "&amp;");
			break;
		case '<':
			cam_buf_text(b, "&lt;");
			break;
		case '>':
			cam_buf_text(b, "&gt;");
			break;
		default:
			cam_buf_put(b, text, 1);
		}
	}
}

void cam_xml_element(cam_buf *b, const char *name, const char *text) {
	cam_buf_printf(b, "<%s>", name);
	escape(b, text);
	cam_buf_printf(b, "</%s>\r\n", name);
}

void cam_xml_element_int(cam_buf *b, const char *name, long value) {
	cam_buf_printf(b, "<%s>%ld</%s>\r\n", name, value, name);
}

/** A start tag: [name, name_end) and the first byte behind its '>'. */
typedef struct start_tag {
	const char *name, *name_end, *content;
	bool empty; /**< `<name/>` */
} start_tag;

static const char *find(const char *p, const char *end, char c) {
	return p < end ? memchr(p, c, (size_t)(end - p)) : NULL;
}

/** The next start tag at or behind p; declarations, comments and end tags are passed over. */
static bool next_start(const char *p, const char *end, start_tag *ret_tag) {
	while((p = find(p, end, '<')) != NULL) {
		const char *close = find(p, end, '>');
		if(close == NULL)
			return false;
		p++;
		if(*p == '/' || *p == '?' || *p == '!') {
			p = close + 1;
			continue;
		}
		const char *name_end = p;
		while(name_end < close && strchr(" \t\r\n/", *name_end) == NULL)
			name_end++;
		*ret_tag = (start_tag){p, name_end, close + 1, close[-1] == '/'};
		return true;
	}
	return false;
}

bool cam_xml_root(const char *xml, size_t len, char *ret_name, size_t size) {
	start_tag tag;
	if(!next_start(xml, xml + len, &tag) || (size_t)(tag.name_end - tag.name) >= size)
		return false;
	size_t n = (size_t)(tag.name_end - tag.name);
	memcpy(ret_name, tag.name, n);
	ret_name[n] = '\0';
	return true;
}

/** Resolves the entity at p (which points at '&'); returns how many bytes it takes, 1 when it is
 * none. */
static size_t entity(const char *p, const char *end, char *ret_char) {
	static const struct {
		const char *name;
		char c;
	} known[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
	*ret_char = *p;
	for(size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t n = strlen(known[i].name);
		if((size_t)(end - p) >= n && memcmp(p, known[i].name, n) == 0) {
			*ret_char = known[i].c;
			return n;
		}
	}
	return 1;
}

static void copy_text(const char *p, const char *end, char *ret_text, size_t size) {
	while(p < end && strchr(" \t\r\n", *p) != NULL)
		p++;
	size_t n = 0;
	while(p < end && n + 1 < size) {
		char c = *p;
		p += c == '&' ? entity(p, end, &c) : 1;
		ret_text[n++] = c;
	}
	while(n > 0 && strchr(" \t\r\n", ret_text[n - 1]) != NULL)
		n--;
	ret_text[n] = '\0';
}

bool cam_xml_find(const char *xml, size_t len, const char *name, char *ret_text, size_t size) {
	const char *p = xml, *end = xml + len;
	size_t name_len = strlen(name);
	start_tag tag;
	while(next_start(p, end, &tag)) {
		p = tag.content;
		if((size_t)(tag.name_end - tag.name) != name_len ||
			strncasecmp(tag.name, name, name_len) != 0)
			continue;
		const char *stop = tag.empty ? p : find(p, end, '<');
		copy_text(p, stop != NULL ? stop : end, ret_text, size);
		return true;
	}
	return false;
}

static bool run_iconv(iconv_t cd, char *in, size_t in_left, cam_buf *out) {
	while(in_left > 0) {
		char chunk[512];
		char *o = chunk;
		size_t o_left = sizeof(chunk);
		size_t rc = iconv(cd, &in, &in_left, &o, &o_left);
		cam_buf_put(out, chunk, sizeof(chunk) - o_left);
		if(rc == (size_t)-1 && errno != E2BIG)
			return false;
	}
	return true;
}

bool cam_xml_encode(const char *utf8, size_t len, const char *charset, cam_buf *b) {
	if(strcasecmp(charset, "utf-8") == 0) {
		cam_buf_put(b, utf8, len);
		return true;
	}
	iconv_t cd = iconv_open(charset, "UTF-8");
	if(cd == (iconv_t)-1)
		return false;
	size_t before = b->len;
	cam_buf in = {0};
	cam_buf_put(&in, utf8, len);
	bool ok = run_iconv(cd, (char *)in.data, in.len, b);
	if(!ok)
		b->len = before;
	cam_buf_free(&in);
	iconv_close(cd);
	return ok;
}
