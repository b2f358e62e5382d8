/* gb_nonce.c - self-verifying nonces, and the ring of those that were used. */
#include "gb28181/proto/gb_nonce.h"

#include "gb28181/base/gb_str.h"

#include <string.h>

#define SECRET_HEX 64
#define STAMP_LEN 16 /* 8 hex digits of issue time in seconds, 8 of random */
#define MAC_LEN 16

typedef struct {
	char nonce[GB_NONCE_SIZE]; /* "" = free place */
	gb_addr source;			   /* of the first success */
	bool tcp;
	uint32_t nc;	   /* highest so far; 0 = used without qop */
	int64_t issued_us; /* to the second, rounded down */
	int64_t until_us;
} used_nonce;

struct gb_nonce_table {
	char secret[SECRET_HEX + 1];
	GHashTable *by_nonce; /* text in the place → place */
	used_nonce *places;
	size_t count, next;
	/* A nonce of this time or older that is not remembered may be one that was overwritten: it
	 * could be replayed from anywhere, and is refused. */
	int64_t floor_us;
	uint64_t overwritten;
};

gb_nonce_table *gb_nonce_table_new(size_t places) {
	gb_nonce_table *table = g_new0(gb_nonce_table, 1);
	gb_str_random_hex(table->secret, SECRET_HEX / 2);
	table->count = places > 0 ? places : GB_NONCE_PLACES;
	table->places = g_new0(used_nonce, table->count);
	table->by_nonce = g_hash_table_new(g_str_hash, g_str_equal);
	table->floor_us = INT64_MIN;
	return table;
}

void gb_nonce_table_free(gb_nonce_table *table) {
	if(!table)
		return;
	g_hash_table_destroy(table->by_nonce);
	g_free(table->places);
	g_free(table);
}

/* The first half of a nonce is what the second half vouches for, together with the device. */
static void compute_mac(
	const gb_nonce_table *table, const char *stamp, const char *device, char ret_mac[MAC_LEN + 1]) {
	GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, (const guchar *)table->secret, SECRET_HEX);
	g_hmac_update(hmac, (const guchar *)stamp, STAMP_LEN);
	g_hmac_update(hmac, (const guchar *)device, (gssize)strlen(device));
	gb_str_copy_n(ret_mac, MAC_LEN + 1, g_hmac_get_string(hmac), MAC_LEN);
	g_hmac_unref(hmac);
}

void gb_nonce_issue(gb_nonce_table *table, const char *device, char ret_nonce[GB_NONCE_SIZE]) {
	char mac[MAC_LEN + 1];
	uint32_t second = (uint32_t)(gb_clock_us() / GB_SECOND);
	g_snprintf(ret_nonce, GB_NONCE_SIZE, "%08x%08x", second, gb_str_random_u32());
	compute_mac(table, ret_nonce, device, mac);
	memcpy(ret_nonce + STAMP_LEN, mac, sizeof(mac));
}

static int64_t issue_time(const char *nonce) {
	uint32_t second = 0;
	for(size_t i = 0; i < 8; i++)
		second = second << 4 | (uint32_t)(g_ascii_xdigit_value(nonce[i]) & 15);
	return second * GB_SECOND;
}

static bool is_ours(const gb_nonce_table *table, const char *nonce, const char *device) {
	char mac[MAC_LEN + 1];
	if(strlen(nonce) != GB_NONCE_SIZE - 1)
		return false;
	compute_mac(table, nonce, device, mac);
	return gb_str_equal_secret(mac, nonce + STAMP_LEN, MAC_LEN);
}

static bool check_used(
	const used_nonce *used, const gb_digest *digest, const gb_addr *source, bool tcp) {
	if(gb_clock_us() > used->until_us)
		return false;
	if(digest->qop == GB_DIGEST_QOP_AUTH && digest->nc > used->nc)
		return true;
	return tcp == used->tcp && gb_addr_equal(source, &used->source);
}

static bool check_unused(const gb_nonce_table *table, const char *nonce) {
	int64_t issued = issue_time(nonce);
	return issued > table->floor_us && gb_clock_us() - issued <= GB_NONCE_LIFE_US;
}

gb_nonce_verdict gb_nonce_check(const gb_nonce_table *table, const char *device,
	const gb_digest *digest, const gb_addr *source, bool tcp) {
	if(!is_ours(table, digest->nonce, device))
		return GB_NONCE_STALE;
	const used_nonce *used = g_hash_table_lookup(table->by_nonce, digest->nonce);
	bool good = used ? check_used(used, digest, source, tcp) : check_unused(table, digest->nonce);
	return good ? GB_NONCE_OK : GB_NONCE_STALE;
}

static void clear_place(gb_nonce_table *table, used_nonce *place) {
	if(!place->nonce[0])
		return;
	int64_t now = gb_clock_us();
	if(now <= place->until_us)
		table->overwritten++;
	if(now - place->issued_us <= GB_NONCE_LIFE_US)
		table->floor_us = MAX(table->floor_us, place->issued_us);
	g_hash_table_remove(table->by_nonce, place->nonce);
	place->nonce[0] = '\0';
}

static used_nonce *take_place(gb_nonce_table *table) {
	used_nonce *place = &table->places[table->next];
	table->next = (table->next + 1) % table->count;
	clear_place(table, place);
	return place;
}

void gb_nonce_commit(gb_nonce_table *table, const char *device, const gb_digest *digest,
	const gb_addr *source, bool tcp) {
	used_nonce *used = g_hash_table_lookup(table->by_nonce, digest->nonce);
	uint32_t nc = digest->qop == GB_DIGEST_QOP_AUTH ? digest->nc : 0;
	if(used) {
		used->nc = MAX(used->nc, nc);
		return;
	}
	if(!is_ours(table, digest->nonce, device))
		return;
	used = take_place(table);
	gb_str_copy(used->nonce, sizeof(used->nonce), digest->nonce);
	used->source = *source;
	used->tcp = tcp;
	used->nc = nc;
	used->issued_us = issue_time(digest->nonce);
	used->until_us = used->issued_us + GB_NONCE_LIFE_US;
	g_hash_table_insert(table->by_nonce, used->nonce, used);
}

void gb_nonce_extend(gb_nonce_table *table, const char *nonce, int64_t until_us) {
	used_nonce *used = g_hash_table_lookup(table->by_nonce, nonce);
	if(used)
		used->until_us = MAX(used->until_us, until_us);
}

uint64_t gb_nonce_overwritten(const gb_nonce_table *table) {
	return table->overwritten;
}
