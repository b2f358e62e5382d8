/* gb_charset.h - text from devices to UTF-8 (gb28181.md 2.6). Pure; any thread. */
#ifndef GB_CHARSET_H
#define GB_CHARSET_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum {
	GB_CHARSET_AUTO, /**< UTF-8 where strictly valid, else GB18030 */
	GB_CHARSET_UTF8,
	GB_CHARSET_GB18030, /**< superset of GBK and GB2312 */
} gb_charset;

/** Names `auto`, `utf-8`, `gb18030` (also `gbk`, `gb2312`), any case; false for others. */
bool gb_charset_from_name(const char *name, gb_charset *ret_charset);
const char *gb_charset_name(gb_charset charset);
/** Returns valid UTF-8, NUL-terminated (transfer full): control bytes but TAB, CR, LF are dropped,
 * bytes that cannot be decoded become U+FFFD. Never fails. `ret_len` may be NULL. */
char *gb_charset_to_utf8(const char *bytes, size_t len, gb_charset charset, size_t *ret_len);
/** UTF-8 to GB18030 for a body that we send (transfer full). `ret_len` may be NULL. */
char *gb_charset_from_utf8(const char *text, gb_charset charset, size_t *ret_len);

#endif
