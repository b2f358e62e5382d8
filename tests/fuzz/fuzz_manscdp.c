/* fuzz_manscdp.c - MANSCDP bodies: charset, cleaning pass, libxml2, the parsers of all commands.
 *
 * Beyond not crashing, a message must keep its promises: valid UTF-8, valid ids, caps. */
#include "gb28181/proto/gb_manscdp.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Not g_assert: it must stop in every build. */
static void require(bool condition) {
	if(!condition)
		abort();
}

static void check_text(const char *text) {
	require(!text || (strlen(text) > 0 && strlen(text) <= GB_MANSCDP_TEXT_MAX));
	require(!text || g_utf8_validate(text, -1, NULL));
}

static void check_item(const gb_catalog_item *item) {
	require(gb_id_valid(item->id));
	require(item->parent_count <= GB_MANSCDP_PARENTS_MAX);
	for(size_t i = 0; i < item->parent_count; i++)
		require(gb_id_valid(item->parents[i]));
	check_text(item->name);
	check_text(item->manufacturer);
	check_text(item->model);
	check_text(item->owner);
	check_text(item->civil_code);
	check_text(item->block);
	check_text(item->address);
	check_text(item->stream_numbers);
	(void)gb_manscdp_playable(item);
}

static void check_message(const gb_manscdp *m) {
	require(m->cmd_text != NULL);
	check_text(m->cmd_text);
	check_text(m->reason);
	require(m->sn >= -1);
	if(!m->has_body)
		return;
	if(m->cmd == GB_CMD_CATALOG) {
		require(m->catalog.items->len <= GB_MANSCDP_ITEMS_MAX);
		for(guint i = 0; i < m->catalog.items->len; i++)
			check_item((const gb_catalog_item *)g_ptr_array_index(m->catalog.items, i));
	} else if(m->cmd == GB_CMD_KEEPALIVE) {
		require(m->keepalive.faulty->len <= GB_MANSCDP_IDS_MAX);
	} else if(m->cmd == GB_CMD_ALARM) {
		check_text(m->alarm.description);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static const gb_charset charsets[] = {GB_CHARSET_AUTO, GB_CHARSET_UTF8, GB_CHARSET_GB18030};
	if(size > 1024 * 1024)
		return 0;
	char *body = malloc(size ? size : 1);
	require(body != NULL);
	if(size)
		memcpy(body, data, size);
	for(size_t i = 0; i < G_N_ELEMENTS(charsets); i++) {
		g_autoptr(gb_manscdp) message = NULL;
		if(gb_manscdp_parse(body, size, charsets[i], 480, &message) == GB_OK)
			check_message(message);
	}
	free(body);
	return 0;
}
