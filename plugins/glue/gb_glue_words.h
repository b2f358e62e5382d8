/* gb_glue_words.h - NULL-terminated lists of texts that stay const. Pure; any thread. */
#ifndef GB_GLUE_WORDS_H
#define GB_GLUE_WORDS_H

#include <stddef.h>

size_t gb_words_count(const char *const *words);
/** A copy for g_strfreev(). */
char **gb_words_copy(const char *const *words);
/** All of them with `between` between (transfer full). */
char *gb_words_join(const char *const *words, const char *between);

#endif
