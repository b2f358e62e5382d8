/* gb_xml_clean.c - see gb_xml_clean.h. */
#include "gb28181/proto/gb_xml_clean.h"

#include <stdint.h>
#include <string.h>

#define DEFAULT_BYTES (8u * 1024u * 1024u)
#define DEFAULT_ELEMENTS 1000000u
/** Attributes kept of one tag; MANSCDP knows one (`Num`). */
#define ATTRIBUTES_MAX 8u
/** Longest attribute value kept, in bytes. */
#define VALUE_MAX 1024u

/** A piece of the input. */
typedef struct {
	const char *at;
	size_t len;
} span;

/** An element that is open. */
typedef struct {
	span name;
	size_t tag_at;	   /**< where its start tag begins in the output */
	size_t content_at; /**< where its content begins in the output */
	bool has_children;
	bool spoiled; /**< its text is not to be trusted */
} frame;

typedef struct {
	span name;
	span values[ATTRIBUTES_MAX];
	span names[ATTRIBUTES_MAX];
	size_t count;
	bool closed; /**< `<x/>` */
} tag;

typedef enum {
	TAG_OK,	   /**< a tag; the position is behind it */
	TAG_STRAY, /**< only looks like one */
	TAG_CUT,   /**< the input ends inside */
} tag_result;

typedef struct {
	const char *pos;
	const char *end;
	GString *out;
	frame stack[GB_XML_DEPTH_MAX];
	size_t depth;
	size_t max_depth;
	size_t elements;
	size_t max_elements;
	const char *whole;
	bool repaired;
	bool done; /**< the root is complete */
	gb_result result;
	/* Once a terminator was not found, it is nowhere in the rest: searching again for each opener
	 * would make hostile input quadratic. */
	bool no_comment_end;
	bool no_cdata_end;
	bool no_pi_end;
} cleaner;

static bool is_space(char c) {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_name_char(char c, bool first) {
	return g_ascii_isalpha(c) || c == '_' ||
		(!first && (g_ascii_isdigit(c) || c == '-' || c == '.' || c == ':'));
}

static bool span_equal(span a, span b) {
	return a.len == b.len && g_ascii_strncasecmp(a.at, b.at, a.len) == 0;
}

static bool span_is(span a, const char *text) {
	span b = {.at = text, .len = strlen(text)};
	return span_equal(a, b);
}

static bool span_blank(span s) {
	for(size_t i = 0; i < s.len; i++) {
		if(!is_space(s.at[i]))
			return false;
	}
	return true;
}

static const char *skip_space(const char *pos, const char *end) {
	while(pos < end && is_space(*pos))
		pos++;
	return pos;
}

static bool starts_with(const char *pos, const char *end, const char *word) {
	size_t len = strlen(word);
	return (size_t)(end - pos) >= len && g_ascii_strncasecmp(pos, word, len) == 0;
}

static frame *top(cleaner *c) {
	return c->depth ? &c->stack[c->depth - 1] : NULL;
}

/** Length of a reference at `pos` that XML knows (`&amp;`, `&#1234;`), 0 when it is none. */
static size_t reference_length(const char *pos, const char *end) {
	static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
	for(size_t i = 0; i < G_N_ELEMENTS(known); i++) {
		size_t len = strlen(known[i]);
		if((size_t)(end - pos) >= len && memcmp(pos, known[i], len) == 0)
			return len;
	}
	if(end - pos < 4 || pos[1] != '#')
		return 0;
	bool hex = pos[2] == 'x';
	const char *digit = pos + (hex ? 3 : 2);
	uint32_t code = 0;
	size_t digits = 0;
	for(; digit < end && digits < 7 && g_ascii_isxdigit(*digit); digit++, digits++) {
		if(!hex && !g_ascii_isdigit(*digit))
			return 0;
		code = code * (hex ? 16u : 10u) + (uint32_t)g_ascii_xdigit_value(*digit);
	}
	bool valid = code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code < 0xd800) ||
		(code >= 0xe000 && code < 0xfffe) || (code >= 0x10000 && code < 0x110000);
	return digits && valid && digit < end && *digit == ';' ? (size_t)(digit + 1 - pos) : 0;
}

/** Whether the byte can be copied together with its neighbours. 0xEF begins U+FFFE and U+FFFF. */
static bool is_plain(char c) {
	return (unsigned char)c >= 0x20 ? c != '&' && c != '<' && c != '>' && c != '"' && c != '\xef'
									: is_space(c);
}

/** Writes what stands at `pos` and is not plain; returns how many bytes it took. */
static size_t append_special(cleaner *c, const char *pos, const char *end, bool references) {
	size_t len = references && *pos == '&' ? reference_length(pos, end) : 0;
	if(len) {
		g_string_append_len(c->out, pos, (gssize)len);
		return len;
	}
	if(*pos == '&' || *pos == '<' || *pos == '>' || *pos == '"') {
		c->repaired = c->repaired || (references && *pos == '&');
		g_string_append(c->out,
			*pos == '&'		  ? "&amp;"
				: *pos == '<' ? "&lt;"
				: *pos == '>' ? "&gt;"
							  : "&quot;");
		return 1;
	}
	if(*pos != '\xef') {
		c->repaired = true;
		return 1;
	}
	len = (size_t)(end - pos) < 3 ? (size_t)(end - pos) : 3;
	if(len == 3 && pos[1] == '\xbf' && (pos[2] == '\xbe' || pos[2] == '\xbf'))
		c->repaired = true;
	else
		g_string_append_len(c->out, pos, (gssize)len);
	return len;
}

/** Writes text escaped, until the output is `limit` bytes long. `references`: `&amp;` stays one. */
static void append_text(cleaner *c, span text, size_t limit, bool references) {
	const char *pos = text.at;
	const char *end = text.at + text.len;
	while(pos < end && c->out->len < limit) {
		size_t plain = 0;
		while(pos + plain < end && is_plain(pos[plain]))
			plain++;
		size_t room = limit - c->out->len;
		bool cut = plain > room;
		if(cut) {
			plain = room;
			while(plain && ((unsigned char)pos[plain] & 0xc0) == 0x80)
				plain--;
		}
		g_string_append_len(c->out, pos, (gssize)plain);
		pos += plain;
		if(cut)
			break;
		if(pos < end)
			pos += append_special(c, pos, end, references);
	}
	c->repaired = c->repaired || pos < end;
}

/** Adds text to the element that is open. Beside child elements text is noise. */
static void add_text(cleaner *c, span text, bool references) {
	frame *f = top(c);
	if(span_blank(text))
		return;
	if(!f || f->has_children) {
		c->repaired = true;
		return;
	}
	append_text(c, text, f->content_at + GB_XML_TEXT_MAX, references);
}

/** Marks the text of the open element as garbage. */
static void spoil(cleaner *c) {
	c->repaired = true;
	if(c->depth)
		top(c)->spoiled = true;
}

static void close_top(cleaner *c) {
	frame *f = top(c);
	if(f->spoiled && !f->has_children)
		g_string_truncate(c->out, f->content_at);
	g_string_append(c->out, "</");
	g_string_append_len(c->out, f->name.at, (gssize)f->name.len);
	g_string_append_c(c->out, '>');
	c->depth--;
	c->done = c->depth == 0;
}

/** Closes open elements until `depth` remain; more than one at a time lacked their end tags. */
static void close_to(cleaner *c, size_t depth) {
	c->repaired = c->repaired || c->depth > depth + 1;
	while(c->depth > depth)
		close_top(c);
}

/** 1 + level of the innermost open element of that name, 0 when there is none. */
static size_t find_open(cleaner *c, span name) {
	for(size_t level = c->depth; level > 0; level--) {
		if(span_equal(c->stack[level - 1].name, name))
			return level;
	}
	return 0;
}

/** Reads a name at `*pos` and drops its namespace prefix; false when there is none. */
static bool read_name(const char **pos, const char *end, span *ret_name) {
	const char *at = *pos;
	const char *start = at;
	while(at < end && is_name_char(*at, at == start)) {
		if(*at == ':')
			start = at + 1;
		at++;
	}
	if(at == start || (size_t)(at - start) > GB_XML_NAME_MAX)
		return false;
	*ret_name = (span){.at = start, .len = (size_t)(at - start)};
	*pos = at;
	return true;
}

/** Reads the value of an attribute, with quotes or without. It cannot hold a `<`. */
static tag_result read_value(const char **pos, const char *end, span *ret_value) {
	const char *at = skip_space(*pos, end);
	if(at == end)
		return TAG_CUT;
	char quote = *at == '"' || *at == '\'' ? *at++ : '\0';
	const char *start = at;
	while(at < end && *at != '<' && (quote ? *at != quote : !is_space(*at) && *at != '>')) {
		if(!quote && *at == '/' && at + 1 < end && at[1] == '>')
			break;
		at++;
	}
	if(at == end)
		return TAG_CUT;
	if(*at == '<')
		return TAG_STRAY;
	*ret_value = (span){.at = start, .len = (size_t)(at - start)};
	*pos = quote ? at + 1 : at;
	return TAG_OK;
}

static void tag_add(tag *t, span name, span value) {
	for(size_t i = 0; i < t->count; i++) {
		if(span_equal(t->names[i], name))
			return;
	}
	if(t->count == ATTRIBUTES_MAX || span_is(name, "xmlns"))
		return;
	t->names[t->count] = name;
	t->values[t->count++] = value;
}

/** Reads one attribute at `*pos`. */
static tag_result read_attribute(const char **pos, const char *end, tag *t) {
	const char *at = *pos;
	span name;
	span value;
	if(!read_name(&at, end, &name))
		return TAG_STRAY;
	at = skip_space(at, end);
	if(at == end)
		return TAG_CUT;
	if(*at++ != '=')
		return TAG_STRAY;
	/* A prefix makes another attribute, and a declaration of a namespace none at all. */
	bool prefixed = *pos != name.at;
	tag_result result = read_value(&at, end, &value);
	if(result != TAG_OK)
		return result;
	if(!prefixed)
		tag_add(t, name, value);
	*pos = at;
	return TAG_OK;
}

/** Reads a start tag whose `<` stands at `*pos`. */
static tag_result read_start_tag(const char **pos, const char *end, tag *t) {
	const char *at = *pos + 1;
	if(at == end)
		return TAG_CUT;
	if(!read_name(&at, end, &t->name))
		return TAG_STRAY;
	for(;;) {
		const char *after_space = skip_space(at, end);
		bool space = after_space > at;
		at = after_space;
		if(at == end)
			return TAG_CUT;
		if(*at == '>')
			break;
		if(*at == '/') {
			t->closed = true;
			at++;
			if(at == end)
				return TAG_CUT;
			if(*at != '>')
				return TAG_STRAY;
			break;
		}
		if(!space && t->count == 0)
			return TAG_STRAY;
		tag_result result = read_attribute(&at, end, t);
		if(result != TAG_OK)
			return result;
	}
	*pos = at + 1;
	return TAG_OK;
}

static void append_attributes(cleaner *c, const tag *t) {
	for(size_t i = 0; i < t->count; i++) {
		g_string_append_c(c->out, ' ');
		g_string_append_len(c->out, t->names[i].at, (gssize)t->names[i].len);
		g_string_append(c->out, "=\"");
		append_text(c, t->values[i], c->out->len + VALUE_MAX, true);
		g_string_append_c(c->out, '"');
	}
}

/** Opens an element inside the one that is open. Text that it had until now was noise. */
static void open_element(cleaner *c, const tag *t) {
	if(c->whole && span_is(t->name, c->whole)) {
		size_t level = find_open(c, t->name);
		if(level) {
			c->repaired = true;
			close_to(c, level - 1);
		}
	}
	frame *parent = top(c);
	if(parent && !parent->has_children) {
		c->repaired = c->repaired || c->out->len > parent->content_at;
		g_string_truncate(c->out, parent->content_at);
		parent->has_children = true;
	}
	if(c->depth == c->max_depth || ++c->elements > c->max_elements) {
		c->result = GB_LIMIT;
		return;
	}
	frame *f = &c->stack[c->depth++];
	*f = (frame){.name = t->name, .tag_at = c->out->len};
	g_string_append_c(c->out, '<');
	g_string_append_len(c->out, t->name.at, (gssize)t->name.len);
	append_attributes(c, t);
	g_string_append_c(c->out, '>');
	f->content_at = c->out->len;
	if(t->closed)
		close_top(c);
}

/** The input ends inside an end tag at `pos`: it is taken as that of the element that is open. */
static void cut_end_tag(cleaner *c, span begun) {
	frame *f = top(c);
	if(f && begun.len <= f->name.len && g_ascii_strncasecmp(f->name.at, begun.at, begun.len) == 0)
		close_to(c, c->depth - 1);
	c->repaired = true;
	c->pos = c->end;
}

static void end_tag(cleaner *c) {
	const char *at = c->pos + 2;
	const char *start = at;
	span name = {0};
	if(at == c->end || !read_name(&at, c->end, &name)) {
		if(at == c->end) {
			cut_end_tag(c, (span){.at = at, .len = 0});
			return;
		}
		spoil(c);
		c->pos = start;
		return;
	}
	if(at == c->end) {
		cut_end_tag(c, name);
		return;
	}
	const char *name_end = at;
	while(at < c->end && *at != '>' && *at != '<')
		at++;
	bool clean = at < c->end && *at == '>' && skip_space(name_end, at) == at;
	c->pos = at < c->end && *at == '>' ? at + 1 : at;
	c->repaired = c->repaired || !clean;
	size_t level = find_open(c, name);
	if(level)
		close_to(c, level - 1);
	else
		spoil(c);
}

static void start_tag(cleaner *c) {
	tag t = {0};
	const char *at = c->pos;
	switch(read_start_tag(&at, c->end, &t)) {
	case TAG_OK:
		c->pos = at;
		open_element(c, &t);
		break;
	case TAG_STRAY:
		/* The sign is dropped; what follows is text, and goes with the rest of it. */
		c->pos++;
		spoil(c);
		break;
	case TAG_CUT:
		c->pos = c->end;
		c->repaired = true;
		break;
	}
}

/** Finds `terminator` from `pos` on; remembers in `missing` that there is none. */
static const char *find_end(cleaner *c, const char *pos, const char *terminator, bool *missing) {
	if(*missing)
		return NULL;
	const char *found = g_strstr_len(pos, c->end - pos, terminator);
	*missing = found == NULL;
	return found;
}

/** Comments, CDATA, processing instructions; false when it is none of them, or one without end. */
static bool special_markup(cleaner *c) {
	const char *end = NULL;
	if(starts_with(c->pos, c->end, "<!--")) {
		end = find_end(c, c->pos + 4, "-->", &c->no_comment_end);
		c->pos = end ? end + 3 : c->pos;
	} else if(starts_with(c->pos, c->end, "<![CDATA[")) {
		const char *start = c->pos + 9;
		end = find_end(c, start, "]]>", &c->no_cdata_end);
		if(end)
			add_text(c, (span){.at = start, .len = (size_t)(end - start)}, false);
		c->pos = end ? end + 3 : c->pos;
	} else if(starts_with(c->pos, c->end, "<?")) {
		end = find_end(c, c->pos + 2, "?>", &c->no_pi_end);
		c->pos = end ? end + 2 : c->pos;
	}
	return end != NULL;
}

static void markup(cleaner *c) {
	if(starts_with(c->pos, c->end, "<!DOCTYPE") || starts_with(c->pos, c->end, "<!ENTITY"))
		c->result = GB_BAD;
	else if(starts_with(c->pos, c->end, "</"))
		end_tag(c);
	else if(!special_markup(c))
		start_tag(c);
}

/** The text up to the next `<`. When there is none, the input was cut inside this text. */
static void text_run(cleaner *c) {
	const char *next = (const char *)memchr(c->pos, '<', (size_t)(c->end - c->pos));
	span text = {.at = c->pos, .len = (size_t)((next ? next : c->end) - c->pos)};
	c->pos += text.len;
	if(!next && !span_blank(text))
		spoil(c);
	add_text(c, text, true);
}

/** The input is over: leaves out the whole-only element that is cut and closes what is open. */
static void finish(cleaner *c) {
	if(c->depth == 0)
		return;
	c->repaired = true;
	for(size_t level = 0; c->whole && level < c->depth; level++) {
		if(!span_is(c->stack[level].name, c->whole))
			continue;
		g_string_truncate(c->out, c->stack[level].tag_at);
		c->depth = level;
		break;
	}
	close_to(c, 0);
}

static size_t cap_or(size_t value, size_t fallback) {
	return value ? value : fallback;
}

gb_result gb_xml_clean(const char *text, size_t len, const gb_xml_options *options,
	GString **ret_text, bool *ret_repaired) {
	static const gb_xml_options defaults = {0};
	const gb_xml_options *o = options ? options : &defaults;
	if(len > cap_or(o->max_bytes, DEFAULT_BYTES))
		return GB_LIMIT;
	if(starts_with(text, text + len, "\xef\xbb\xbf")) {
		text += 3;
		len -= 3;
	}
	cleaner c = {.pos = text,
		.end = text + len,
		.max_depth = MIN(cap_or(o->max_depth, GB_XML_DEPTH_MAX), GB_XML_DEPTH_MAX),
		.max_elements = cap_or(o->max_elements, DEFAULT_ELEMENTS),
		.whole = o->whole,
		.out = g_string_sized_new(len + 64)};
	while(c.pos < c.end && !c.done && c.result == GB_OK) {
		if(*c.pos == '<')
			markup(&c);
		else
			text_run(&c);
	}
	if(c.result == GB_OK)
		finish(&c);
	if(c.result == GB_OK && !c.done)
		c.result = GB_BAD;
	if(c.result != GB_OK) {
		g_string_free(c.out, TRUE);
		return c.result;
	}
	*ret_repaired = c.repaired || !span_blank((span){.at = c.pos, .len = (size_t)(c.end - c.pos)});
	*ret_text = c.out;
	return GB_OK;
}
