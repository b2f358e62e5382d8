/**
 * @file cam_xml.h
 * The little XML that MANSCDP needs: a writer that escapes, a reader that finds an element by its
 * name, and the conversion of a finished document into the character set of the device.
 */
#ifndef CAM_XML_H
#define CAM_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "cam_util.h"

/** Appends `<name>text</name>` with text escaped. */
void cam_xml_element(cam_buf *b, const char *name, const char *text);
void cam_xml_element_int(cam_buf *b, const char *name, long value);

/** Name of the root element. False when there is none or it does not fit. */
bool cam_xml_root(const char *xml, size_t len, char *ret_name, size_t size);

/**
 * Text of the first element called name, blanks around it cut off, entities resolved, cut to size -
 * 1 bytes. Elements inside it are left out. False when no such element is there; ret_text is then
 * untouched.
 */
bool cam_xml_find(const char *xml, size_t len, const char *name, char *ret_text, size_t size);

/**
 * Appends utf8 converted to charset ("utf-8", "gb18030", "gbk", "gb2312") to b. False when the
 * conversion is not possible on this system or for this text; b is then unchanged.
 */
bool cam_xml_encode(const char *utf8, size_t len, const char *charset, cam_buf *b);

#endif
