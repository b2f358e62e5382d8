/* gb_addr.c - addresses in one comparable form, and the advertised address for a peer. */
#include "gb28181/base/gb_addr.h"

#include "gb28181/base/gb_error.h"
#include "gb28181/base/gb_str.h"

#include <arpa/inet.h>
#include <string.h>

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static gb_addr from_v4(const void *ip, uint16_t port) {
	gb_addr address = {.family = AF_INET, .port = port};
	memcpy(address.ip, ip, 4);
	return address;
}

static gb_addr from_v6(const uint8_t ip[16], uint16_t port) {
	if(memcmp(ip, mapped_prefix, sizeof(mapped_prefix)) == 0)
		return from_v4(ip + 12, port);
	gb_addr address = {.family = AF_INET6, .port = port};
	memcpy(address.ip, ip, 16);
	return address;
}

gb_addr gb_addr_from_sockaddr(const struct sockaddr *address) {
	gb_addr none = {0};
	if(address && address->sa_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, address, sizeof(in));
		return from_v4(&in.sin_addr, ntohs(in.sin_port));
	}
	if(address && address->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;
		memcpy(&in6, address, sizeof(in6));
		return from_v6(in6.sin6_addr.s6_addr, ntohs(in6.sin6_port));
	}
	return none;
}

socklen_t gb_addr_to_sockaddr(const gb_addr *address, struct sockaddr_storage *ret_address) {
	memset(ret_address, 0, sizeof(*ret_address));
	if(address->family == AF_INET) {
		struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(address->port)};
		memcpy(&in.sin_addr, address->ip, 4);
		memcpy(ret_address, &in, sizeof(in));
		return sizeof(in);
	}
	if(address->family == AF_INET6) {
		struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(address->port)};
		memcpy(&in6.sin6_addr, address->ip, 16);
		memcpy(ret_address, &in6, sizeof(in6));
		return sizeof(in6);
	}
	return 0;
}

bool gb_addr_parse_ip(const char *text, uint16_t port, gb_addr *ret_address) {
	char ip[INET6_ADDRSTRLEN];
	uint8_t bytes[16];
	size_t len = strlen(text);
	bool bracketed = len >= 2 && text[0] == '[' && text[len - 1] == ']';
	if(bracketed) {
		text++;
		len -= 2;
	}
	if(len == 0 || !gb_str_copy_n(ip, sizeof(ip), text, len))
		return false;
	if(!bracketed && inet_pton(AF_INET, ip, bytes) == 1) {
		*ret_address = from_v4(bytes, port);
		return true;
	}
	if(inet_pton(AF_INET6, ip, bytes) != 1)
		return false;
	*ret_address = from_v6(bytes, port);
	return true;
}

bool gb_addr_parse(const char *text, gb_addr *ret_address) {
	char ip[GB_ADDR_TEXT];
	int64_t port;
	const char *colon = strrchr(text, ':');
	if(!colon || !g_ascii_isdigit(colon[1]) || !gb_str_parse_int(colon + 1, 0, 65535, &port))
		return false;
	if(!gb_str_copy_n(ip, sizeof(ip), text, (size_t)(colon - text)))
		return false;
	/* Without brackets nobody knows where an IPv6 address ends. */
	if(strchr(ip, ':') && ip[0] != '[')
		return false;
	return gb_addr_parse_ip(ip, (uint16_t)port, ret_address);
}

bool gb_addr_equal_ip(const gb_addr *a, const gb_addr *b) {
	return a->family == b->family && memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

bool gb_addr_equal(const gb_addr *a, const gb_addr *b) {
	return gb_addr_equal_ip(a, b) && a->port == b->port;
}

bool gb_addr_is_any(const gb_addr *address) {
	static const uint8_t zero[16];
	return address->family != 0 && memcmp(address->ip, zero, sizeof(zero)) == 0;
}

bool gb_addr_is_loopback(const gb_addr *address) {
	static const uint8_t one[16] = {[15] = 1};
	if(address->family == AF_INET)
		return address->ip[0] == 127;
	return address->family == AF_INET6 && memcmp(address->ip, one, sizeof(one)) == 0;
}

const char *gb_addr_format_ip(char buf[GB_ADDR_TEXT], const gb_addr *address) {
	buf[0] = '\0';
	if(address->family != 0)
		inet_ntop(address->family, address->ip, buf, GB_ADDR_TEXT);
	return buf;
}

const char *gb_addr_format(char buf[GB_ADDR_TEXT], const gb_addr *address) {
	char ip[GB_ADDR_TEXT];
	bool six = address->family == AF_INET6;
	gb_addr_format_ip(ip, address);
	g_snprintf(buf, GB_ADDR_TEXT, six ? "[%s]:%u" : "%s:%u", ip, address->port);
	return buf;
}

/* ---- advertised addresses ---- */

typedef struct {
	gb_addr network;
	unsigned prefix; /* bits of `network` that must fit */
	gb_addr advertised;
} map_entry;

struct gb_addr_map {
	map_entry *entries;
	size_t count;
};

/* One IP alone is for every peer of its family. */
static bool parse_entry(const char *text, map_entry *ret_entry) {
	char network[GB_ADDR_TEXT];
	int64_t prefix;
	map_entry entry = {0};
	const char *equals = strchr(text, '=');
	const char *slash = strchr(text, '/');
	if(!gb_addr_parse_ip(equals ? equals + 1 : text, 0, &entry.advertised) ||
		gb_addr_is_any(&entry.advertised))
		return false;
	if(equals) {
		if(!slash || slash > equals ||
			!gb_str_copy_n(network, sizeof(network), text, (size_t)(slash - text)) ||
			!gb_addr_parse_ip(network, 0, &entry.network) ||
			!gb_str_parse_int_n(slash + 1, (size_t)(equals - slash - 1), 0,
				entry.network.family == AF_INET ? 32 : 128, &prefix))
			return false;
		entry.prefix = (unsigned)prefix;
	} else {
		entry.network.family = entry.advertised.family;
	}
	if(entry.network.family != entry.advertised.family)
		return false;
	*ret_entry = entry;
	return true;
}

gb_addr_map *gb_addr_map_new(const char *const *entries, GError **error) {
	g_autoptr(gb_addr_map) map = g_new0(gb_addr_map, 1);
	size_t count = 0;
	while(entries && entries[count])
		count++;
	map->entries = g_new0(map_entry, count);
	for(; map->count < count; map->count++) {
		if(!parse_entry(entries[map->count], &map->entries[map->count])) {
			g_set_error(error, GB_ERROR, GB_ERROR_INVALID,
				"advertised_ip \"%s\" is neither an IP address nor network/prefix=address of one "
				"family",
				entries[map->count]);
			return NULL;
		}
	}
	return g_steal_pointer(&map);
}

void gb_addr_map_free(gb_addr_map *map) {
	if(!map)
		return;
	g_free(map->entries);
	g_free(map);
}

static bool fits(const map_entry *entry, const gb_addr *peer) {
	if(entry->network.family != peer->family)
		return false;
	unsigned bytes = entry->prefix / 8, bits = entry->prefix % 8;
	if(memcmp(entry->network.ip, peer->ip, bytes) != 0)
		return false;
	return bits == 0 || ((entry->network.ip[bytes] ^ peer->ip[bytes]) >> (8 - bits)) == 0;
}

gb_addr gb_addr_map_lookup(const gb_addr_map *map, const gb_addr *peer, const gb_addr *local) {
	gb_addr result = *local;
	for(size_t i = 0; map && i < map->count; i++) {
		if(fits(&map->entries[i], peer)) {
			result = map->entries[i].advertised;
			break;
		}
	}
	result.port = 0;
	return result;
}
