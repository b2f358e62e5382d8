#include "glue/gb_glue_words.h"

#include <glib.h>

size_t gb_words_count(const char *const *words) {
	size_t count = 0;
	while(words[count])
		count++;
	return count;
}

char **gb_words_copy(const char *const *words) {
	size_t count = gb_words_count(words);
	char **copy = g_new0(char *, count + 1);
	for(size_t i = 0; i < count; i++)
		copy[i] = g_strdup(words[i]);
	return copy;
}

char *gb_words_join(const char *const *words, const char *between) {
	GString *text = g_string_new(NULL);
	for(size_t i = 0; words[i]; i++)
		g_string_append_printf(text, "%s%s", i > 0 ? between : "", words[i]);
	return g_string_free(text, FALSE);
}
