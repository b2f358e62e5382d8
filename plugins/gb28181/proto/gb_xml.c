/* gb_xml.c - see gb_xml.h. The only file that includes libxml2. */
#include "gb28181/proto/gb_xml.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlversion.h>
#include <stdint.h>
#include <string.h>

#include "gb28181/proto/gb_xml_clean.h"

#if LIBXML_VERSION >= 21300
#define PARSE_NO_XXE XML_PARSE_NO_XXE
#else
#define PARSE_NO_XXE 0
#endif

/** No network, no entity substitution, no DTD, no complaint on stderr. */
#define PARSE_OPTIONS                                                                              \
	(XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |               \
		XML_PARSE_NOCDATA | XML_PARSE_COMPACT | PARSE_NO_XXE)

struct gb_xml {
	xmlDocPtr doc;
	bool repaired;
};

static void library_init(void) {
	static gsize ready = 0;
	if(g_once_init_enter(&ready)) {
		xmlInitParser();
		g_once_init_leave(&ready, 1);
	}
}

/** Callers know nodes as an opaque type; this file is where it is libxml2's. */
static const xmlNode *node_of(const gb_xml_node *node) {
	return (const xmlNode *)(const void *)node;
}

static const gb_xml_node *next_element(const xmlNode *at) {
	while(at && at->type != XML_ELEMENT_NODE)
		at = at->next;
	return (const gb_xml_node *)(const void *)at;
}

/** Reads the cleaned text; NULL when there is no root. */
static xmlDocPtr read_document(const GString *text, bool *ret_well_formed) {
	xmlParserCtxtPtr context = xmlNewParserCtxt();
	if(!context)
		return NULL;
	xmlDocPtr doc =
		xmlCtxtReadMemory(context, text->str, (int)text->len, NULL, "UTF-8", PARSE_OPTIONS);
	*ret_well_formed = context->wellFormed != 0;
	xmlFreeParserCtxt(context);
	if(doc && !xmlDocGetRootElement(doc)) {
		xmlFreeDoc(doc);
		return NULL;
	}
	return doc;
}

gb_result gb_xml_parse(
	const char *text, size_t len, const gb_xml_options *options, gb_xml **ret_xml) {
	GString *clean = NULL;
	bool repaired = false;
	bool well_formed = false;
	library_init();
	if(!g_utf8_validate_len(text, len, NULL))
		return GB_BAD;
	gb_result result = gb_xml_clean(text, len, options, &clean, &repaired);
	if(result != GB_OK)
		return result;
	xmlDocPtr doc = clean->len <= G_MAXINT ? read_document(clean, &well_formed) : NULL;
	g_string_free(clean, TRUE);
	if(!doc)
		return GB_BAD;
	gb_xml *xml = g_new0(gb_xml, 1);
	xml->doc = doc;
	xml->repaired = repaired || !well_formed;
	*ret_xml = xml;
	return GB_OK;
}

void gb_xml_free(gb_xml *xml) {
	if(!xml)
		return;
	xmlFreeDoc(xml->doc);
	g_free(xml);
}

bool gb_xml_repaired(const gb_xml *xml) {
	return xml->repaired;
}

const gb_xml_node *gb_xml_root(const gb_xml *xml) {
	return next_element(xmlDocGetRootElement(xml->doc));
}

const char *gb_xml_name(const gb_xml_node *node) {
	return (const char *)node_of(node)->name;
}

bool gb_xml_is(const gb_xml_node *node, const char *name) {
	return g_ascii_strcasecmp(gb_xml_name(node), name) == 0;
}

const gb_xml_node *gb_xml_first(const gb_xml_node *node) {
	return next_element(node_of(node)->children);
}

const gb_xml_node *gb_xml_next(const gb_xml_node *node) {
	return next_element(node_of(node)->next);
}

const gb_xml_node *gb_xml_child(const gb_xml_node *node, const char *name) {
	const gb_xml_node *similar = NULL;
	if(!node)
		return NULL;
	for(const gb_xml_node *child = gb_xml_first(node); child; child = gb_xml_next(child)) {
		if(strcmp(gb_xml_name(child), name) == 0)
			return child;
		if(!similar && gb_xml_is(child, name))
			similar = child;
	}
	return similar;
}

/** Trimmed copy of at most `max` bytes; NULL when blank. */
static char *trimmed(const char *text, size_t max) {
	while(g_ascii_isspace(*text))
		text++;
	size_t len = strlen(text);
	while(len && g_ascii_isspace(text[len - 1]))
		len--;
	if(len == 0)
		return NULL;
	if(len > max) {
		len = max;
		while(len && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;
	}
	return g_strndup(text, len);
}

/** The text of a list of nodes, trimmed; NULL when blank. */
static char *list_text(const xmlDoc *doc, const xmlNode *list, size_t max) {
	if(!list)
		return NULL;
	if(list->type == XML_TEXT_NODE && !list->next)
		return list->content ? trimmed((const char *)list->content, max) : NULL;
	/* Older libxml2 takes pointers that are not const but changes nothing. */
	xmlChar *joined = xmlNodeListGetString((xmlDoc *)(uintptr_t)doc, (const xmlNode *)list, 1);
	char *text = joined ? trimmed((const char *)joined, max) : NULL;
	xmlFree(joined);
	return text;
}

char *gb_xml_text(const gb_xml_node *node, size_t max) {
	if(!node || gb_xml_first(node))
		return NULL;
	return list_text(node_of(node)->doc, node_of(node)->children, max);
}

char *gb_xml_attribute(const gb_xml_node *node, const char *name) {
	if(!node)
		return NULL;
	for(const xmlAttr *a = node_of(node)->properties; a; a = a->next) {
		if(g_ascii_strcasecmp((const char *)a->name, name) == 0)
			return list_text(a->doc, a->children, GB_XML_TEXT_MAX);
	}
	return NULL;
}
