/* gb_xml.h - reader for the XML that devices send: hardened against hostile documents, tolerant of
 * broken ones (gb28181.md 2.7).
 *
 * A first pass (gb_xml_clean.h) makes a well-formed document of what arrived and applies the caps;
 * libxml2 then reads that, without network, entities or DTD, and without a word on stderr. A node
 * has either text or child elements: text between elements is noise here and is dropped.
 *
 * Nodes belong to their document. Pure; any thread, one thread at a time for a document. */
#ifndef GB_XML_H
#define GB_XML_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "gb28181/base/gb_error.h"

/** Caps and habits of a document. A cap of 0 means its default. */
typedef struct {
	size_t max_bytes;	 /**< of the text, default 8 MiB */
	size_t max_depth;	 /**< levels of elements, default and at most 16 */
	size_t max_elements; /**< default 1,000,000 */
	/** Name of the elements that count only when they are whole (`Item`): one that the end of the
	 * text cuts is left out, one that begins inside another ends that. NULL for none. */
	const char *whole;
} gb_xml_options;

/** Longest text kept of one element, in bytes. */
#define GB_XML_TEXT_MAX 65536u
/** Longest element or attribute name; what is longer is no tag. */
#define GB_XML_NAME_MAX 64u

typedef struct gb_xml gb_xml;			/**< a document */
typedef struct gb_xml_node gb_xml_node; /**< an element in it */

/** Reads `len` bytes of UTF-8. GB_BAD: no element at all, a doctype, or not UTF-8; GB_LIMIT: over a
 * cap. `options` may be NULL. `ret_xml` (transfer full) is set on GB_OK. */
gb_result gb_xml_parse(const char *text, size_t len, const gb_xml_options *options,
	gb_xml **ret_xml) G_GNUC_WARN_UNUSED_RESULT;
void gb_xml_free(gb_xml *xml);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_xml, gb_xml_free)

/** Whether the text was broken in any way, so that something may be missing. */
bool gb_xml_repaired(const gb_xml *xml);
/** The root element; never NULL. */
const gb_xml_node *gb_xml_root(const gb_xml *xml);
/** Name of the element, without namespace prefix. */
const char *gb_xml_name(const gb_xml_node *node);
/** Whether the element has this name, without regard to case. */
bool gb_xml_is(const gb_xml_node *node, const char *name);
/** First child element, NULL when there is none. */
const gb_xml_node *gb_xml_first(const gb_xml_node *node);
/** Next element under the same parent, NULL at the end. */
const gb_xml_node *gb_xml_next(const gb_xml_node *node);
/** First child element of that name, else the first that differs in case only, else NULL. `node`
 * may be NULL. */
const gb_xml_node *gb_xml_child(const gb_xml_node *node, const char *name);
/** The element's text without white space around it (transfer full), cut to `max` bytes between
 * characters; NULL when it is blank, when there are child elements, or when `node` is NULL. */
char *gb_xml_text(const gb_xml_node *node, size_t max);
/** The value of an attribute likewise, its name without regard to case; NULL when absent or blank.
 */
char *gb_xml_attribute(const gb_xml_node *node, const char *name);

#endif
