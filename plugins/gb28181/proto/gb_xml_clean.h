/* gb_xml_clean.h - makes a well-formed document of the XML that devices send (gb28181.md 2.7).
 *
 * For gb_xml.c alone. One pass, linear in the input: stray `&` are escaped, what only looks like a
 * tag spoils the text that it stands in, end tags without a start are dropped, missing ones are
 * added, attributes get quotes, namespaces go away, all before and after the root is cut off. The
 * result has no declaration, comment, CDATA section, processing instruction or doctype. Pure; any
 * thread. */
#ifndef GB_XML_CLEAN_H
#define GB_XML_CLEAN_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "gb28181/base/gb_error.h"
#include "gb28181/proto/gb_xml.h"

/** Levels of elements that can be tracked at most; gb_xml_options.max_depth is held to it. */
#define GB_XML_DEPTH_MAX 16u

/** Cleans `len` bytes of valid UTF-8. Results as gb_xml_parse(). On GB_OK `ret_text` (transfer
 * full) is the document and `ret_repaired` says whether anything had to be mended. */
gb_result gb_xml_clean(const char *text, size_t len, const gb_xml_options *options,
	GString **ret_text, bool *ret_repaired) G_GNUC_WARN_UNUSED_RESULT;

#endif
