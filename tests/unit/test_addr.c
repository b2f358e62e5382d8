/* test_addr.c - addresses and the table of advertised ones. */
#include "gb28181/base/gb_addr.h"

#include "gb28181/base/gb_error.h"

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>

static gb_addr addr(const char *text) {
	gb_addr address = {0};
	g_assert_true(gb_addr_parse_ip(text, 0, &address));
	return address;
}

static void test_parse_ip(void) {
	static const struct {
		const char *text, *printed;
	} cases[] = {
		{"192.0.2.1", "192.0.2.1"},
		{"2001:DB8::1", "2001:db8::1"},
		{"[2001:db8::1]", "2001:db8::1"},
		{"::ffff:192.0.2.1", "192.0.2.1"},
		{"::", "::"},
		{"192.0.2", NULL},
		{"192.0.2.256", NULL},
		{"[192.0.2.1]", NULL},
		{"[2001:db8::1", NULL},
		{"[]", NULL},
		{"", NULL},
		{"host.example", NULL},
		{" 192.0.2.1", NULL},
		{"2001:db8::11111", NULL},
		{"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb", NULL},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		char buf[GB_ADDR_TEXT];
		gb_addr address = {0};
		bool good = gb_addr_parse_ip(cases[i].text, 5060, &address);
		g_assert_cmpint(good, ==, cases[i].printed != NULL);
		if(good) {
			g_assert_cmpstr(gb_addr_format_ip(buf, &address), ==, cases[i].printed);
			g_assert_cmpuint(address.port, ==, 5060);
		} else {
			g_assert_cmpint(address.family, ==, 0);
		}
	}
}

static void test_parse(void) {
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{"192.0.2.1:5060", true},
		{"[2001:db8::1]:5060", true},
		{"192.0.2.1:0", true},
		{"192.0.2.1:65535", true},
		{"192.0.2.1:65536", false},
		{"192.0.2.1:", false},
		{"192.0.2.1", false},
		{"192.0.2.1:-1", false},
		{"192.0.2.1: 5060", false},
		{"2001:db8::1:5060", false},
		{":5060", false},
		{"", false},
		{"[1111:2222:3333:4444:5555:6666:7777:8888:9999:1111:2222:3333:4444:5555]:1", false},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		char buf[GB_ADDR_TEXT];
		gb_addr address = {0};
		g_assert_cmpint(gb_addr_parse(cases[i].text, &address), ==, cases[i].good);
		if(cases[i].good)
			g_assert_cmpstr(gb_addr_format(buf, &address), ==, cases[i].text);
	}
}

static void test_sockaddr(void) {
	static const char *const texts[] = {"192.0.2.1:5060", "[2001:db8::1]:65535"};
	for(size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		struct sockaddr_storage storage;
		gb_addr address, back;
		g_assert_true(gb_addr_parse(texts[i], &address));
		socklen_t len = gb_addr_to_sockaddr(&address, &storage);
		g_assert_cmpuint(
			len, ==, i == 0 ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6));
		back = gb_addr_from_sockaddr((const struct sockaddr *)&storage);
		g_assert_true(gb_addr_equal(&address, &back));
	}
	gb_addr none = {0};
	struct sockaddr_storage storage;
	g_assert_cmpuint(gb_addr_to_sockaddr(&none, &storage), ==, 0);
	storage.ss_family = AF_UNIX;
	none = gb_addr_from_sockaddr((const struct sockaddr *)&storage);
	g_assert_cmpint(none.family, ==, 0);
	none = gb_addr_from_sockaddr(NULL);
	g_assert_cmpint(none.family, ==, 0);
}

/* A dual-stack socket shows IPv4 peers as mapped ones. */
static void test_mapped(void) {
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(7)};
	gb_addr expected;
	g_assert_cmpint(inet_pton(AF_INET6, "::ffff:192.0.2.1", &in6.sin6_addr), ==, 1);
	gb_addr address = gb_addr_from_sockaddr((const struct sockaddr *)&in6);
	g_assert_true(gb_addr_parse("192.0.2.1:7", &expected));
	g_assert_true(gb_addr_equal(&address, &expected));
}

static void test_compare(void) {
	gb_addr a, b, c, none = {0};
	char buf[GB_ADDR_TEXT];
	g_assert_true(gb_addr_parse("192.0.2.1:1", &a));
	g_assert_true(gb_addr_parse("192.0.2.1:2", &b));
	g_assert_true(gb_addr_parse("192.0.2.2:1", &c));
	g_assert_true(gb_addr_equal(&a, &a));
	g_assert_false(gb_addr_equal(&a, &b));
	g_assert_true(gb_addr_equal_ip(&a, &b));
	g_assert_false(gb_addr_equal_ip(&a, &c));
	g_assert_false(gb_addr_equal_ip(&a, &none));
	g_assert_cmpstr(gb_addr_format_ip(buf, &none), ==, "");
	static const struct {
		const char *text;
		bool any, loopback;
	} cases[] = {
		{"0.0.0.0", true, false},
		{"::", true, false},
		{"127.0.0.1", false, true},
		{"127.9.9.9", false, true},
		{"::1", false, true},
		{"192.0.2.1", false, false},
		{"2001:db8::1", false, false},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		a = addr(cases[i].text);
		g_assert_cmpint(gb_addr_is_any(&a), ==, cases[i].any);
		g_assert_cmpint(gb_addr_is_loopback(&a), ==, cases[i].loopback);
	}
	g_assert_false(gb_addr_is_any(&none));
	g_assert_false(gb_addr_is_loopback(&none));
}

static void assert_lookup(const gb_addr_map *map, const char *peer_text, const char *expected) {
	char buf[GB_ADDR_TEXT];
	gb_addr peer = addr(peer_text), local;
	g_assert_true(gb_addr_parse("10.0.0.1:5060", &local));
	gb_addr found = gb_addr_map_lookup(map, &peer, &local);
	g_assert_cmpstr(gb_addr_format_ip(buf, &found), ==, expected);
	g_assert_cmpuint(found.port, ==, 0);
}

static void test_map(void) {
	static const char *const entries[] = {"192.168.0.0/16=192.168.1.2", "10.1.2.128/25=10.1.2.200",
		"203.0.113.7/32=203.0.113.1", "2001:db8::/33=2001:db8::5", "0.0.0.0/0=198.51.100.1", NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(gb_addr_map) map = gb_addr_map_new(entries, &error);
	g_assert_no_error(error);
	assert_lookup(map, "192.168.77.1", "192.168.1.2");
	assert_lookup(map, "10.1.2.129", "10.1.2.200");
	assert_lookup(map, "10.1.2.127", "198.51.100.1");
	assert_lookup(map, "203.0.113.7", "203.0.113.1");
	assert_lookup(map, "203.0.113.8", "198.51.100.1");
	assert_lookup(map, "2001:db8:7fff::9", "2001:db8::5");
	assert_lookup(map, "2001:db8:8000::9", "10.0.0.1");
}

static void test_map_small(void) {
	static const char *const one[] = {"198.51.100.1", NULL};
	static const char *const none[] = {NULL};
	g_autoptr(gb_addr_map) map = gb_addr_map_new(one, NULL);
	assert_lookup(map, "192.0.2.9", "198.51.100.1");
	assert_lookup(map, "2001:db8::1", "10.0.0.1");
	g_autoptr(gb_addr_map) empty = gb_addr_map_new(none, NULL);
	assert_lookup(empty, "192.0.2.9", "10.0.0.1");
	g_autoptr(gb_addr_map) null = gb_addr_map_new(NULL, NULL);
	assert_lookup(null, "192.0.2.9", "10.0.0.1");
	assert_lookup(NULL, "192.0.2.9", "10.0.0.1");
	gb_addr_map_free(NULL);
}

static void test_map_errors(void) {
	static const char *const cases[] = {"", "host.example", "0.0.0.0", "192.168.0.0/33=192.0.2.1",
		"192.168.0.0=192.0.2.1", "192.168.0.0/16=", "192.168.0.0/=192.0.2.1", "/16=192.0.2.1",
		"192.168.0.0/-1=192.0.2.1", "192.168.0.0/16=2001:db8::1", "2001:db8::/129=2001:db8::1",
		"192.168.0.0/16", "192.168.0.0=192.0.2.1/16"};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *const entries[] = {"198.51.100.1", cases[i], NULL};
		g_autoptr(GError) error = NULL;
		g_assert_null(gb_addr_map_new(entries, &error));
		g_assert_error(error, GB_ERROR, GB_ERROR_INVALID);
		g_assert_nonnull(strstr(error->message, cases[i]));
	}
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/addr/parse-ip", test_parse_ip);
	g_test_add_func("/addr/parse", test_parse);
	g_test_add_func("/addr/sockaddr", test_sockaddr);
	g_test_add_func("/addr/mapped", test_mapped);
	g_test_add_func("/addr/compare", test_compare);
	g_test_add_func("/addr/map", test_map);
	g_test_add_func("/addr/map-small", test_map_small);
	g_test_add_func("/addr/map-errors", test_map_errors);
	return g_test_run();
}
