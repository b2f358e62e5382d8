/* gb_addr.h - IPv4 and IPv6 addresses with ports, and the table of advertised addresses. Pure; any
 * thread. */
#ifndef GB_ADDR_H
#define GB_ADDR_H

#include <glib.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/** An IP address and a port. `family` 0 means: none. IPv4-mapped IPv6 is stored as IPv4. */
typedef struct {
	sa_family_t family; /**< 0, AF_INET or AF_INET6 */
	uint16_t port;		/**< host byte order */
	uint8_t ip[16];		/**< network byte order; 4 bytes used for IPv4, the rest 0 */
} gb_addr;

/** Size of a buffer that takes `[ip6]:port`. */
#define GB_ADDR_TEXT 64

gb_addr gb_addr_from_sockaddr(const struct sockaddr *address);
/** Fills `ret_address`; returns the length to hand to the kernel, 0 when there is no address. */
socklen_t gb_addr_to_sockaddr(const gb_addr *address, struct sockaddr_storage *ret_address);
/** Reads an IP literal without port, or with brackets round IPv6. */
bool gb_addr_parse_ip(const char *text, uint16_t port, gb_addr *ret_address);
/** Reads `ip:port` or `[ip6]:port`. */
bool gb_addr_parse(const char *text, gb_addr *ret_address);
bool gb_addr_equal(const gb_addr *a, const gb_addr *b);
bool gb_addr_equal_ip(const gb_addr *a, const gb_addr *b);
/** 0.0.0.0 or ::. */
bool gb_addr_is_any(const gb_addr *address);
bool gb_addr_is_loopback(const gb_addr *address);
/** `ip:port`, IPv6 in brackets; returns `buf`. */
const char *gb_addr_format(char buf[GB_ADDR_TEXT], const gb_addr *address);
/** The IP alone, IPv6 without brackets; returns `buf`. */
const char *gb_addr_format_ip(char buf[GB_ADDR_TEXT], const gb_addr *address);

/** What cameras are told instead of our own address: `advertised_ip` of the configuration (api.md
 * 2). */
typedef struct gb_addr_map gb_addr_map;
/** `entries`: NULL-terminated; one IP alone, or any number of "network/prefix=address". NULL with
 * GB_ERROR_INVALID when one is malformed. */
gb_addr_map *gb_addr_map_new(const char *const *entries, GError **error);
void gb_addr_map_free(gb_addr_map *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_addr_map, gb_addr_map_free)
/** The address for a peer: the first that fits, else `local`. Only the IP is filled in. */
gb_addr gb_addr_map_lookup(const gb_addr_map *map, const gb_addr *peer, const gb_addr *local);

#endif
