/* test_nonce.c - life, binding and reuse of nonces (architecture-notes 11), with a clock that
 * stands still. */
#include "gb28181/proto/gb_nonce.h"

#include "gb28181/base/gb_clock.h"
#include "gb28181/base/gb_str.h"

#include <glib.h>
#include <string.h>

#define DEVICE "34020000001320000001"
#define OTHER "34020000001320000002"

static gb_addr home, away;

static void setup(void) {
	gb_clock_fake(1000 * GB_SECOND, 0);
	g_assert_true(gb_addr_parse("192.0.2.1:5060", &home));
	g_assert_true(gb_addr_parse("192.0.2.1:5061", &away));
}

/* Credentials with this nonce; nc 0 = without qop. */
static gb_digest with(const char *nonce, uint32_t nc) {
	gb_digest digest = {.nc = nc, .qop = nc > 0 ? GB_DIGEST_QOP_AUTH : GB_DIGEST_QOP_NONE};
	gb_str_copy(digest.nonce, sizeof(digest.nonce), nonce);
	return digest;
}

static void assert_check(gb_nonce_table *table, const char *nonce, uint32_t nc,
	const gb_addr *source, bool tcp, gb_nonce_verdict expected) {
	gb_digest digest = with(nonce, nc);
	g_assert_cmpint(gb_nonce_check(table, DEVICE, &digest, source, tcp), ==, expected);
}

static void use(gb_nonce_table *table, const char *nonce, uint32_t nc, const gb_addr *source) {
	gb_digest digest = with(nonce, nc);
	assert_check(table, nonce, nc, source, false, GB_NONCE_OK);
	gb_nonce_commit(table, DEVICE, &digest, source, false);
}

static void test_form(void) {
	g_autoptr(gb_nonce_table) table = gb_nonce_table_new(0);
	char a[GB_NONCE_SIZE], b[GB_NONCE_SIZE];
	setup();
	gb_nonce_issue(table, DEVICE, a);
	gb_nonce_issue(table, DEVICE, b);
	g_assert_cmpuint(strlen(a), ==, 32);
	g_assert_cmpuint(strspn(a, "0123456789abcdef"), ==, 32);
	g_assert_cmpstr(a, !=, b);
	gb_nonce_table_free(NULL);
}

/* Made up, changed in any place, of another device or another process: stale, not an error. */
static void test_foreign(void) {
	g_autoptr(gb_nonce_table) table = gb_nonce_table_new(0);
	g_autoptr(gb_nonce_table) restarted = gb_nonce_table_new(0);
	char nonce[GB_NONCE_SIZE];
	setup();
	gb_nonce_issue(table, DEVICE, nonce);
	assert_check(table, nonce, 1, &home, false, GB_NONCE_OK);
	assert_check(restarted, nonce, 1, &home, false, GB_NONCE_STALE);
	gb_digest digest = with(nonce, 1);
	g_assert_cmpint(gb_nonce_check(table, OTHER, &digest, &home, false), ==, GB_NONCE_STALE);
	for(size_t i = 0; i < 32; i++) {
		char changed[GB_NONCE_SIZE];
		gb_str_copy(changed, sizeof(changed), nonce);
		changed[i] = changed[i] == '0' ? '1' : '0';
		assert_check(table, changed, 1, &home, false, GB_NONCE_STALE);
	}
	assert_check(table, "", 1, &home, false, GB_NONCE_STALE);
	assert_check(table, "abc", 1, &home, false, GB_NONCE_STALE);
	g_autofree char *longer = g_strconcat(nonce, "0", NULL);
	assert_check(table, longer, 1, &home, false, GB_NONCE_STALE);
	/* Committing what was never checked remembers nothing. */
	digest = with("5f3e0c8b7a6d49e1b2c3d4e5f6a7b8c9", 1);
	gb_nonce_commit(table, DEVICE, &digest, &home, false);
	assert_check(table, digest.nonce, 2, &home, false, GB_NONCE_STALE);
}

static void test_life_unused(void) {
	g_autoptr(gb_nonce_table) table = gb_nonce_table_new(0);
	char nonce[GB_NONCE_SIZE];
	setup();
	gb_nonce_issue(table, DEVICE, nonce);
	gb_clock_fake_advance(GB_NONCE_LIFE_US);
	assert_check(table, nonce, 1, &home, false, GB_NONCE_OK);
	gb_clock_fake_advance(1);
	assert_check(table, nonce, 1, &home, false, GB_NONCE_STALE);
	/* Extending what was not used does nothing. */
	gb_nonce_extend(table, nonce, INT64_MAX);
	assert_check(table, nonce, 1, &home, false, GB_NONCE_STALE);
}

/* A wrong password comes to no commit: nothing is bound to the address of the wrong one. */
static void test_check_changes_nothing(void) {
	g_autoptr(gb_nonce_table) table = gb_nonce_table_new(0);
	char nonce[GB_NONCE_SIZE];
	setup();
	gb_nonce_issue(table, DEVICE, nonce);
	for(int i = 0; i < 10; i++)
		assert_check(table, nonce, 1, &away, true, GB_NONCE_OK);
	use(table, nonce, 1, &home);
	assert_check(table, nonce, 1, &home, false, GB_NONCE_OK);
}

static void test_reuse(void) {
	g_autoptr(gb_nonce_table) table = gb_nonce_table_new(0);
	static const struct {
		uint32_t nc;
		bool from_away, tcp;
		gb_nonce_verdict expected;
	} cases[] = {
		{5, false, false, GB_NONCE_OK}, /* the retransmission */
		{5, true, false, GB_NONCE_STALE},
		{5, false, true, GB_NONCE_STALE},
		{4, false, false, GB_NONCE_OK},
		{4, true, false, GB_NONCE_STALE},
		{6, false, false, GB_NONCE_OK},
		{6, true, false, GB_NONCE_OK},
		{6, false, true, GB_NONCE_OK},
		{0, false, false, GB_NONCE_OK},
		{0, true, false, GB_NONCE_STALE},
		{0, false, true, GB_NONCE_STALE},
	};
	char nonce[GB_NONCE_SIZE];
	setup();
	gb_nonce_issue(table, DEVICE, nonce);
	use(table, nonce, 5, &home);
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		assert_check(table, nonce, cases[i].nc, cases[i].from_away ? &away : &home, cases[i].tcp,
			cases[i].expected);
	/* The highest count moves on, the address of the first success stays. */
	use(table, nonce, 7, &away);
	assert_check(table, nonce, 7, &away, false, GB_NONCE_STALE);
	assert_check(table, nonce, 7, &home, false, GB_NONCE_OK);
	use(table, nonce, 3, &home);
	assert_check(table, nonce, 7, &away, false, GB_NONCE_STALE);
	assert_check(table, nonce, 8, &away, false, GB_NONCE_OK);
}

static void test_reuse_without_qop(void) {
	g_autoptr(gb_nonce_table) table = gb_nonce_table_new(0);
	char nonce[GB_NONCE_SIZE];
	setup();
	gb_nonce_issue(table, DEVICE, nonce);
	use(table, nonce, 0, &home);
	use(table, nonce, 0, &home);
	assert_check(table, nonce, 0, &away, false, GB_NONCE_STALE);
	assert_check(table, nonce, 0, &home, true, GB_NONCE_STALE);
}

static void test_life_used(void) {
	g_autoptr(gb_nonce_table) table = gb_nonce_table_new(0);
	char nonce[GB_NONCE_SIZE];
	setup();
	gb_nonce_issue(table, DEVICE, nonce);
	gb_clock_fake_advance(10 * GB_SECOND);
	use(table, nonce, 1, &home);
	int64_t until = gb_clock_us() + 3600 * GB_SECOND;
	gb_nonce_extend(table, nonce, until);
	/* A shorter registration later does not shorten it. */
	gb_nonce_extend(table, nonce, 5);
	gb_clock_fake_advance(3600 * GB_SECOND);
	assert_check(table, nonce, 1, &home, false, GB_NONCE_OK);
	assert_check(table, nonce, 2, &away, false, GB_NONCE_OK);
	gb_clock_fake_advance(1);
	assert_check(table, nonce, 1, &home, false, GB_NONCE_STALE);
	assert_check(table, nonce, 2, &home, false, GB_NONCE_STALE);
}

static void test_used_without_registration(void) {
	g_autoptr(gb_nonce_table) table = gb_nonce_table_new(0);
	char nonce[GB_NONCE_SIZE];
	setup();
	gb_nonce_issue(table, DEVICE, nonce);
	use(table, nonce, 1, &home);
	gb_clock_fake_advance(GB_NONCE_LIFE_US);
	assert_check(table, nonce, 1, &home, false, GB_NONCE_OK);
	gb_clock_fake_advance(1);
	assert_check(table, nonce, 2, &home, false, GB_NONCE_STALE);
}

/* Thousands of challenges that nobody answers push nobody out. */
static void test_flood(void) {
	g_autoptr(gb_nonce_table) table = gb_nonce_table_new(4);
	char honest[GB_NONCE_SIZE], nonce[GB_NONCE_SIZE];
	setup();
	gb_nonce_issue(table, DEVICE, honest);
	for(int i = 0; i < 20000; i++)
		gb_nonce_issue(table, OTHER, nonce);
	use(table, honest, 1, &home);
	for(int i = 0; i < 20000; i++) {
		gb_nonce_issue(table, DEVICE, nonce);
		assert_check(table, nonce, 1, &away, false, GB_NONCE_OK);
	}
	assert_check(table, honest, 1, &home, false, GB_NONCE_OK);
	g_assert_cmpuint(gb_nonce_overwritten(table), ==, 0);
}

/* A place that was overwritten too early: its nonce cannot be replayed from elsewhere, and those
 * of the same age ask for one more challenge. */
static void test_overwritten(void) {
	g_autoptr(gb_nonce_table) table = gb_nonce_table_new(2);
	char first[GB_NONCE_SIZE], same_age[GB_NONCE_SIZE], nonce[GB_NONCE_SIZE];
	setup();
	gb_nonce_issue(table, DEVICE, first);
	gb_nonce_issue(table, DEVICE, same_age);
	use(table, first, 1, &home);
	for(int i = 0; i < 2; i++) {
		gb_clock_fake_advance(GB_SECOND);
		gb_nonce_issue(table, DEVICE, nonce);
		use(table, nonce, 1, &home);
	}
	g_assert_cmpuint(gb_nonce_overwritten(table), ==, 1);
	assert_check(table, first, 1, &away, false, GB_NONCE_STALE);
	assert_check(table, first, 2, &home, false, GB_NONCE_STALE);
	assert_check(table, same_age, 1, &home, false, GB_NONCE_STALE);
	assert_check(table, nonce, 1, &home, false, GB_NONCE_OK);
	gb_nonce_issue(table, DEVICE, nonce);
	assert_check(table, nonce, 1, &home, false, GB_NONCE_OK);
}

/* One that is over anyway makes room without a trace. */
static void test_place_of_expired(void) {
	g_autoptr(gb_nonce_table) table = gb_nonce_table_new(1);
	char first[GB_NONCE_SIZE], second[GB_NONCE_SIZE];
	setup();
	gb_nonce_issue(table, DEVICE, first);
	use(table, first, 1, &home);
	gb_clock_fake_advance(GB_NONCE_LIFE_US + GB_SECOND);
	gb_nonce_issue(table, DEVICE, second);
	use(table, second, 1, &home);
	g_assert_cmpuint(gb_nonce_overwritten(table), ==, 0);
	assert_check(table, first, 1, &home, false, GB_NONCE_STALE);
	assert_check(table, second, 1, &home, false, GB_NONCE_OK);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/nonce/form", test_form);
	g_test_add_func("/nonce/foreign", test_foreign);
	g_test_add_func("/nonce/life-unused", test_life_unused);
	g_test_add_func("/nonce/check-changes-nothing", test_check_changes_nothing);
	g_test_add_func("/nonce/reuse", test_reuse);
	g_test_add_func("/nonce/reuse-without-qop", test_reuse_without_qop);
	g_test_add_func("/nonce/life-used", test_life_used);
	g_test_add_func("/nonce/used-without-registration", test_used_without_registration);
	g_test_add_func("/nonce/flood", test_flood);
	g_test_add_func("/nonce/overwritten", test_overwritten);
	g_test_add_func("/nonce/place-of-expired", test_place_of_expired);
	return g_test_run();
}
