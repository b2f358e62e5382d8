/* test_digest.c - digest credentials: the vectors of gb28181.md 3.3, and what devices make of the
 * header. */
#include "gb28181/proto/gb_digest.h"

#include <glib.h>
#include <string.h>

#define RESPONSE "f6a4d1abb11e2fc6d113fc040de0029d"
#define SHORT_RESPONSE "f58c9b4475e72f64309d73f8e0abe5af"
#define NONCE "5f3e0c8b7a6d49e1b2c3d4e5f6a7b8c9"
#define FIRST "username=\"34020000001320000001\", realm=\"3402000000\", nonce=\"" NONCE "\", "
#define URI "uri=\"sip:34020000002000000001@3402000000\""
#define SHORT_TAIL URI ", response=\"" SHORT_RESPONSE "\""
#define TAIL URI ", response=\"" RESPONSE "\", algorithm=MD5, cnonce=\"0a4f113b\", "

/* Each verifies with password 12345678 and method REGISTER, and with nothing else. */
static void test_good(void) {
	static const char *const headers[] = {
		/* 3.2 as it is printed there. */
		"Digest " FIRST TAIL "qop=auth, nc=00000001",
		"Digest " FIRST SHORT_TAIL,
		/* Quoted or not, with blanks or without, commas too many, any order, any case. */
		"Digest " FIRST TAIL "qop=\"auth\", nc=\"00000001\"",
		"DIGEST " FIRST TAIL "qop=auth,nc=00000001,",
		"digest\t" FIRST TAIL ", ,, qop = auth , NC = 00000001 , , ",
		"  Digest ,nc=00000001,qop=auth," TAIL FIRST,
		"Digest " FIRST URI ",response=" SHORT_RESPONSE ",algorithm=\"MD5\"",
		"Digest " FIRST URI ",response=" SHORT_RESPONSE " ,algorithm=md5,opaque=\"\"",
		"Digest " FIRST SHORT_TAIL ",qop=\"\",algorithm=,nc=,cnonce=",
		"Digest " FIRST SHORT_TAIL "\r\n",
		"Digest username=34020000001320000001,realm=3402000000,nonce=" NONCE
		",uri=sip:34020000002000000001@3402000000,response=" SHORT_RESPONSE,
		/* nc and cnonce without qop: still the short form. */
		"Digest " FIRST SHORT_TAIL ", nc=00000001, cnonce=\"0a4f113b\"",
		/* Blanks instead of commas between quoted values. */
		"Digest username=\"34020000001320000001\" realm=\"3402000000\" nonce=\"" NONCE
		"\" " SHORT_TAIL,
		/* A quoted pair, and an upper-case response. */
		"Digest " FIRST URI ", response=\"F58C9B4475E72F64309D73F8E0ABE5A\\F\"",
		"Digest " FIRST SHORT_TAIL ", stale=false, x=\"a,b=\\\"c\"",
	};
	for(size_t i = 0; i < G_N_ELEMENTS(headers); i++) {
		gb_digest digest;
		g_test_message("%s", headers[i]);
		g_assert_cmpint(gb_digest_parse(headers[i], &digest), ==, GB_OK);
		g_assert_cmpstr(digest.username, ==, "34020000001320000001");
		g_assert_cmpstr(digest.nonce, ==, NONCE);
		g_assert_true(gb_digest_verify(&digest, "12345678", "REGISTER"));
		g_assert_false(gb_digest_verify(&digest, "12345679", "REGISTER"));
		g_assert_false(gb_digest_verify(&digest, "", "REGISTER"));
		g_assert_false(gb_digest_verify(&digest, "12345678", "INVITE"));
	}
}

static void test_fields(void) {
	gb_digest digest;
	g_assert_cmpint(
		gb_digest_parse("Digest " FIRST TAIL "qop=auth, nc=0000a01F", &digest), ==, GB_OK);
	g_assert_cmpstr(digest.realm, ==, "3402000000");
	g_assert_cmpstr(digest.uri, ==, "sip:34020000002000000001@3402000000");
	g_assert_cmpstr(digest.response, ==, RESPONSE);
	g_assert_cmpstr(digest.cnonce, ==, "0a4f113b");
	g_assert_cmpstr(digest.nc_text, ==, "0000a01F");
	g_assert_cmphex(digest.nc, ==, 0xa01f);
	g_assert_cmpint(digest.qop, ==, GB_DIGEST_QOP_AUTH);
	/* nc is part of what is signed. */
	g_assert_false(gb_digest_verify(&digest, "12345678", "REGISTER"));
}

/* Captured from a camera ("IP Camera"); note the realm of eight digits (gb28181.md 3.3). */
static void test_camera(void) {
	gb_digest digest;
	const char *header =
		"Digest username=\"34020000001320000002\", realm=\"34020000\", "
		"nonce=\"1ba00522b15b098aa2c05150cdb0df31\", uri=\"sip:34020000001320000010@34020000\", "
		"response=\"ff34c4434d132ad9b956c729aa229194\", algorithm=MD5, cnonce=\"0a4f113b\", "
		"qop=auth, nc=00000001";
	g_assert_cmpint(gb_digest_parse(header, &digest), ==, GB_OK);
	g_assert_true(gb_digest_verify(&digest, "admin123", "REGISTER"));
	g_assert_false(gb_digest_verify(&digest, "admin124", "REGISTER"));
}

static void test_bad(void) {
	static const char *const headers[] = {
		"",
		" ",
		"Digest",
		"Digest ",
		"Digest ,,,",
		"Digestusername=\"x\"",
		"Basic YWxpY2U6c2VjcmV0",
		"Capability algorithm=\"H:MD5\"",
		/* One needed parameter missing at a time. */
		"Digest realm=\"r\",nonce=\"n\"," SHORT_TAIL,
		"Digest username=\"u\",nonce=\"n\"," SHORT_TAIL,
		"Digest username=\"u\",realm=\"r\"," SHORT_TAIL,
		"Digest " FIRST "response=\"" SHORT_RESPONSE "\"",
		"Digest " FIRST URI,
		/* qop without what belongs to it. */
		"Digest " FIRST TAIL "qop=auth",
		"Digest " FIRST SHORT_TAIL ",qop=auth,nc=00000001",
		/* Not offered. */
		"Digest " FIRST SHORT_TAIL ",algorithm=SHA-256",
		"Digest " FIRST SHORT_TAIL ",algorithm=MD5-sess",
		"Digest " FIRST TAIL "nc=00000001,qop=auth-int",
		/* Twice. */
		"Digest " FIRST SHORT_TAIL ",username=\"other\"",
		/* Broken. */
		"Digest " FIRST SHORT_TAIL ",nc=0000000g",
		"Digest " FIRST URI ",response=\"" SHORT_RESPONSE,
		"Digest " FIRST URI ",response=\"" SHORT_RESPONSE "\\",
		"Digest " FIRST URI ",response=\"abc\"",
		"Digest " FIRST URI ",response=\"x58c9b4475e72f64309d73f8e0abe5af\"",
		"Digest " FIRST SHORT_TAIL ",=x",
		"Digest " FIRST SHORT_TAIL ",word",
		"Digest " FIRST SHORT_TAIL ",word word",
		"Digest username=\"u\",realm=\"r\",nonce=\"\"," SHORT_TAIL,
	};
	for(size_t i = 0; i < G_N_ELEMENTS(headers); i++) {
		gb_digest digest = {.nc = 99};
		g_test_message("%s", headers[i]);
		g_assert_cmpint(gb_digest_parse(headers[i], &digest), ==, GB_BAD);
		g_assert_cmpuint(digest.nc, ==, 99);
	}
}

/* Each text field takes just what its cap says. */
static void test_caps(void) {
	static const struct {
		const char *name;
		size_t max;
	} cases[] = {{"username", 64}, {"realm", 128}, {"nonce", 64}, {"uri", 256}, {"cnonce", 128}};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		for(size_t over = 0; over < 2; over++) {
			g_autofree char *value = g_strnfill(cases[i].max + over, 'v');
			GString *header = g_string_new("Digest response=" RESPONSE);
			for(size_t j = 0; j < G_N_ELEMENTS(cases); j++)
				g_string_append_printf(header, ",%s=\"%s\"", cases[j].name, i == j ? value : "v");
			gb_digest digest;
			g_assert_cmpint(gb_digest_parse(header->str, &digest), ==, over ? GB_LIMIT : GB_OK);
			g_string_free(header, TRUE);
		}
	}
	gb_digest digest;
	g_assert_cmpint(
		gb_digest_parse("Digest " FIRST SHORT_TAIL ",nc=000000001", &digest), ==, GB_LIMIT);
	g_assert_cmpint(
		gb_digest_parse("Digest " FIRST URI ",response=\"" RESPONSE "0\"", &digest), ==, GB_LIMIT);
	for(size_t over = 0; over < 2; over++) {
		const char *start = "Digest " FIRST SHORT_TAIL ",x=";
		g_autofree char *filler = g_strnfill(GB_DIGEST_HEADER_MAX - strlen(start) + over, 'x');
		g_autofree char *header = g_strconcat(start, filler, NULL);
		g_assert_cmpint(gb_digest_parse(header, &digest), ==, over ? GB_LIMIT : GB_OK);
	}
}

static void test_challenge(void) {
	char buf[GB_DIGEST_CHALLENGE];
	g_assert_true(gb_digest_challenge(buf, sizeof(buf), "3402000000", NONCE, false));
	g_assert_cmpstr(
		buf, ==, "Digest realm=\"3402000000\",nonce=\"" NONCE "\",algorithm=MD5,qop=\"auth\"");
	g_assert_true(gb_digest_challenge(buf, sizeof(buf), "3402000000", NONCE, true));
	g_assert_cmpstr(buf, ==,
		"Digest realm=\"3402000000\",nonce=\"" NONCE "\",algorithm=MD5,qop=\"auth\",stale=TRUE");
	g_autofree char *realm = g_strnfill(128, 'r');
	g_autofree char *nonce = g_strnfill(64, 'n');
	g_assert_true(gb_digest_challenge(buf, sizeof(buf), realm, nonce, true));
	size_t len = strlen(buf);
	g_assert_true(gb_digest_challenge(buf, len + 1, realm, nonce, true));
	g_assert_false(gb_digest_challenge(buf, len, realm, nonce, true));
	g_assert_false(gb_digest_challenge(buf, sizeof(buf), "a\"b", NONCE, false));
	g_assert_false(gb_digest_challenge(buf, sizeof(buf), "a\\b", NONCE, false));
	g_assert_false(gb_digest_challenge(buf, sizeof(buf), "a\r\nX: b", NONCE, false));
	g_assert_false(gb_digest_challenge(buf, sizeof(buf), "a", "\x7f", false));
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/digest/good", test_good);
	g_test_add_func("/digest/fields", test_fields);
	g_test_add_func("/digest/camera", test_camera);
	g_test_add_func("/digest/bad", test_bad);
	g_test_add_func("/digest/caps", test_caps);
	g_test_add_func("/digest/challenge", test_challenge);
	return g_test_run();
}
