/* REGISTER on the level of the domain: gb28181.md 3, checklist 18.3 (1) and (2). */
#include "stubs/domain_fixture.h"

#include "gb28181/domain/gb_device_on.h"

#include <string.h>

#define PASSWORD "12345678"
#define HOME "10.0.0.9:5060"

/* ---- the device's side of the digest ------------------------------------------------------- */

static char *md5(const char *format, ...) G_GNUC_PRINTF(1, 2);
static char *md5(const char *format, ...) {
	va_list args;
	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	return g_compute_checksum_for_string(G_CHECKSUM_MD5, text, -1);
}

static char *nonce_of(const char *headers) {
	const char *at = strstr(headers, "nonce=\"");
	g_assert_nonnull(at);
	at += strlen("nonce=\"");
	return g_strndup(at, strcspn(at, "\""));
}

typedef enum { NO_QOP, QOP, UNQUOTED } form;

static char *credentials(const char *user, const char *password, const char *nonce, form how) {
	const char *uri = "sip:34020000002000000001@3402000000";
	g_autofree char *ha1 = md5("%s:3402000000:%s", user, password);
	g_autofree char *ha2 = md5("REGISTER:%s", uri);
	if(how == NO_QOP) {
		g_autofree char *response = md5("%s:%s:%s", ha1, nonce, ha2);
		return g_strdup_printf("Digest username=\"%s\", realm=\"3402000000\", nonce=\"%s\", "
							   "uri=\"%s\", response=\"%s\", algorithm=MD5",
			user, nonce, uri, response);
	}
	g_autofree char *response = md5("%s:%s:00000001:0a4f113b:auth:%s", ha1, nonce, ha2);
	const char *quote = how == UNQUOTED ? "" : "\"";
	return g_strdup_printf("Digest username=\"%s\",realm=\"3402000000\",nonce=\"%s\",uri=\"%s\","
						   "response=\"%s\",algorithm=%sMD5%s,cnonce=\"0a4f113b\",qop=%sauth%s,"
						   "nc=%s00000001%s",
		user, nonce, uri, response, quote, quote, quote, quote, quote, quote);
}

static int send_register(fixture *fx, const char *from, const char *authorization) {
	gb_sip_request request = {
		.method = GB_SIP_REGISTER,
		.from_user = CAMERA,
		.expires = 3600,
		.contact = "<sip:" CAMERA "@192.168.1.64:5060>",
		.authorization = authorization,
		.gb_version = "2.0",
		.user_agent = "IP Camera",
		.peer = fixture_udp(from),
	};
	return fixture_request(fx, &request);
}

static void with_password(fixture *fx) {
	fixture_config(fx);
	g_free(fx->config.sip_password);
	fx->config.sip_password = g_strdup(PASSWORD);
	fixture_start(fx);
}

/** The whole exchange; returns the credentials that were accepted or refused. */
static char *exchange(fixture *fx, const char *password, form how, int expected) {
	g_assert_cmpint(send_register(fx, HOME, ""), ==, 401);
	g_autofree char *nonce = nonce_of(fixture_reply(fx)->headers);
	char *authorization = credentials(CAMERA, password, nonce, how);
	g_assert_cmpint(send_register(fx, HOME, authorization), ==, expected);
	return authorization;
}

/* ---- tests --------------------------------------------------------------------------------- */

static void test_challenge(void) {
	fixture fx;
	with_password(&fx);
	g_assert_cmpint(send_register(&fx, HOME, ""), ==, 401);
	const char *headers = fixture_reply(&fx)->headers;
	g_assert_nonnull(strstr(headers, "WWW-Authenticate: Digest realm=\"3402000000\",nonce=\""));
	g_assert_nonnull(strstr(headers, "algorithm=MD5"));
	g_assert_nonnull(strstr(headers, "X-GB-Ver: 3.0\n"));
	g_assert_null(strstr(headers, ", "));
	g_assert_null(fixture_find(&fx, CAMERA)); /* costs no memory */
	fixture_down(&fx);
}

static void test_accepted(void) {
	static const form forms[] = {NO_QOP, QOP, UNQUOTED};
	for(size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
		fixture fx;
		with_password(&fx);
		g_free(exchange(&fx, PASSWORD, forms[i], 200));
		const char *headers = fixture_reply(&fx)->headers;
		g_assert_nonnull(strstr(headers, "Contact: <sip:" CAMERA "@192.168.1.64:5060>\n"));
		g_assert_nonnull(strstr(headers, "Expires: 3600\n"));
		/* local time of the server's setting, UTC+8, without zone */
		g_assert_nonnull(strstr(headers, "Date: 2026-11-23T02:40:00.000\n"));
		g_assert_nonnull(strstr(headers, "X-GB-Ver: 3.0\n"));
		g_autoptr(gb_device_info) info = gb_server_get_device(fx.server, CAMERA);
		g_assert_true(info->online);
		g_assert_cmpstr(info->version, ==, "2016");
		g_assert_cmpstr(info->user_agent, ==, "IP Camera");
		g_assert_cmpint(info->kind, ==, GB_DEVICE_DEVICE);
		g_assert_cmpint(info->registered_at, ==, gb_clock_wall_us());
		g_assert_true(fixture_saw(&fx, "device online " CAMERA));
		fixture_down(&fx);
	}
}

static void test_wrong_password(void) {
	fixture fx;
	with_password(&fx);
	g_free(exchange(&fx, "wrong", QOP, 403));
	g_assert_null(fixture_find(&fx, CAMERA));
	g_assert_cmpuint(fx.server->counters.registers_refused, ==, 1);
	/* a wrong password does not use the nonce up, a right one after it is taken */
	g_free(exchange(&fx, PASSWORD, QOP, 200));
	fixture_down(&fx);
}

static void test_stale(void) {
	fixture fx;
	with_password(&fx);
	g_autofree char *invented = credentials(CAMERA, PASSWORD, "0123456789abcdef", QOP);
	g_assert_cmpint(send_register(&fx, HOME, invented), ==, 401);
	g_assert_nonnull(strstr(fixture_reply(&fx)->headers, "stale=TRUE"));
	g_assert_cmpint(send_register(&fx, HOME, ""), ==, 401);
	g_autofree char *nonce = nonce_of(fixture_reply(&fx)->headers);
	fixture_advance(&fx, 301 * GB_SECOND);
	g_autofree char *late = credentials(CAMERA, PASSWORD, nonce, QOP);
	g_assert_cmpint(send_register(&fx, HOME, late), ==, 401);
	g_assert_nonnull(strstr(fixture_reply(&fx)->headers, "stale=TRUE"));
	fixture_down(&fx);
}

static void test_refresh_with_old_nonce(void) {
	fixture fx;
	with_password(&fx);
	g_autofree char *authorization = exchange(&fx, PASSWORD, NO_QOP, 200);
	fixture_advance(&fx, 1000 * GB_SECOND);
	g_assert_cmpint(send_register(&fx, HOME, authorization), ==, 200);
	/* from elsewhere the same credentials are somebody's who listened */
	g_assert_cmpint(send_register(&fx, "10.0.0.66:5060", authorization), ==, 401);
	g_assert_nonnull(strstr(fixture_reply(&fx)->headers, "stale=TRUE"));
	fixture_down(&fx);
}

static void test_retransmission(void) {
	fixture fx;
	with_password(&fx);
	g_assert_cmpint(send_register(&fx, HOME, ""), ==, 401);
	g_autofree char *nonce = nonce_of(fixture_reply(&fx)->headers);
	g_autofree char *authorization = credentials(CAMERA, PASSWORD, nonce, QOP);
	unsigned cseq = fx.cseq + 1;
	g_assert_cmpint(send_register(&fx, HOME, authorization), ==, 200);
	unsigned writes = stub_store_counted()->writes;
	g_string_truncate(fx.events, 0);
	gb_sip_request again = {
		.method = GB_SIP_REGISTER,
		.from_user = CAMERA,
		.cseq = cseq,
		.expires = 3600,
		.contact = "<sip:" CAMERA "@192.168.1.64:5060>",
		.authorization = authorization,
		.peer = fixture_udp(HOME),
	};
	g_assert_cmpint(fixture_request(&fx, &again), ==, 200);
	g_assert_nonnull(strstr(fixture_reply(&fx)->headers, "Expires: 3600\n"));
	g_assert_cmpuint(stub_store_counted()->writes, ==, writes);
	g_assert_cmpstr(fx.events->str, ==, "");
	fixture_down(&fx);
}

static void test_other_user_name(void) {
	fixture fx;
	with_password(&fx);
	g_assert_cmpint(send_register(&fx, HOME, ""), ==, 401);
	g_autofree char *nonce = nonce_of(fixture_reply(&fx)->headers);
	g_autofree char *admin = credentials("admin", PASSWORD, nonce, QOP);
	g_assert_cmpint(send_register(&fx, HOME, admin), ==, 200);
	g_assert_true(fixture_find(&fx, CAMERA)->online);
	fixture_down(&fx);
}

static void test_own_password(void) {
	fixture fx;
	with_password(&fx);
	gb_device_edit edit = {.password = "its own", .enabled = -1};
	g_assert_true(gb_server_create_device(fx.server, CAMERA, &edit, NULL));
	g_free(exchange(&fx, PASSWORD, QOP, 403));
	g_free(exchange(&fx, "its own", QOP, 200));
	/* no digest for this device */
	edit.password = "";
	g_assert_true(gb_server_edit_device(fx.server, CAMERA, &edit, NULL));
	g_assert_cmpint(send_register(&fx, HOME, ""), ==, 200);
	fixture_down(&fx);
}

static void test_who_may(void) {
	fixture fx;
	fixture_config(&fx);
	fx.config.allow_unknown = false;
	fixture_start(&fx);
	g_assert_cmpint(fixture_register(&fx, CAMERA, HOME, 3600), ==, 403);
	gb_device_edit edit = {.enabled = -1};
	g_assert_true(gb_server_create_device(fx.server, CAMERA, &edit, NULL));
	g_assert_cmpint(fixture_register(&fx, CAMERA, HOME, 3600), ==, 200);
	edit.enabled = 0;
	g_assert_true(gb_server_edit_device(fx.server, CAMERA, &edit, NULL));
	g_assert_false(fixture_find(&fx, CAMERA)->online);
	g_assert_cmpint(fixture_register(&fx, CAMERA, HOME, 3600), ==, 403);
	g_assert_cmpint(fixture_keepalive(&fx, CAMERA, HOME), ==, 403);
	edit.enabled = 1;
	g_assert_true(gb_server_edit_device(fx.server, CAMERA, &edit, NULL));
	g_assert_cmpint(fixture_register(&fx, CAMERA, HOME, 3600), ==, 200);
	fixture_down(&fx);
}

static void test_expires(void) {
	fixture fx;
	fixture_up(&fx);
	g_assert_cmpint(fixture_register(&fx, CAMERA, HOME, -1), ==, 400);
	g_assert_null(fixture_find(&fx, CAMERA));
	gb_sip_request star = {.method = GB_SIP_REGISTER,
		.from_user = CAMERA,
		.expires = 60,
		.contact = "*",
		.contact_star = true,
		.peer = fixture_udp(HOME)};
	g_assert_cmpint(fixture_request(&fx, &star), ==, 400);
	gb_sip_request nobody = {
		.method = GB_SIP_REGISTER, .from_user = "a b", .expires = 60, .peer = fixture_udp(HOME)};
	g_assert_cmpint(fixture_request(&fx, &nobody), ==, 400);
	g_assert_cmpint(fixture_register(&fx, CAMERA, HOME, 2000000000), ==, 200);
	g_assert_nonnull(strstr(fixture_reply(&fx)->headers, "Expires: 2592000\n"));
	fixture_down(&fx);
}

static void test_unregister(void) {
	fixture fx;
	fixture_up(&fx);
	/* of what was never there: accepted, nothing remembered */
	g_assert_cmpint(fixture_register(&fx, CAMERA, HOME, 0), ==, 200);
	g_assert_null(fixture_find(&fx, CAMERA));
	g_assert_cmpint(fixture_register(&fx, CAMERA, HOME, 3600), ==, 200);
	g_assert_cmpuint(stub_store_registrations(), ==, 1);
	g_assert_cmpint(fixture_register(&fx, CAMERA, HOME, 0), ==, 200);
	g_assert_nonnull(strstr(fixture_reply(&fx)->headers, "Expires: 0\n"));
	g_assert_true(fixture_saw(&fx, "device offline " CAMERA));
	g_assert_cmpuint(stub_store_registrations(), ==, 0);
	/* its messages do not bring it back now */
	g_assert_cmpint(fixture_keepalive(&fx, CAMERA, HOME), ==, 403);
	g_assert_false(fixture_find(&fx, CAMERA)->online);
	fixture_down(&fx);
}

static void test_another_address(void) {
	fixture fx;
	fixture_up(&fx);
	g_assert_cmpint(fixture_register(&fx, CAMERA, HOME, 3600), ==, 200);
	g_assert_cmpint(fixture_register(&fx, CAMERA, "10.0.0.9:6060", 3600), ==, 200);
	gb_device *device = fixture_find(&fx, CAMERA);
	g_assert_cmpuint(device->peer.remote.port, ==, 6060);
	g_assert_cmpuint(device->address_moves, ==, 1);
	gb_sip_request tcp = {.method = GB_SIP_REGISTER,
		.from_user = CAMERA,
		.expires = 3600,
		.peer = fixture_tcp("10.0.0.9:7070", 5)};
	g_assert_cmpint(fixture_request(&fx, &tcp), ==, 200);
	g_assert_cmpint(device->peer.transport, ==, GB_SIP_TCP);
	g_assert_cmpuint(device->peer.flow, ==, 5);
	g_assert_true(gb_registry_by_flow(fx.server->registry, 5) == device);
	fixture_down(&fx);
}

/* Headers are kept in UTF-8 and cut off; asked again is who moved and has a new Call-ID. */
static void test_headers(void) {
	fixture fx;
	fixture_up(&fx);
	g_autofree char *many = g_strnfill(100000, 'a');
	gb_sip_request request = {.method = GB_SIP_REGISTER,
		.from_user = CAMERA,
		.expires = 3600,
		.user_agent = many,
		.contact = many,
		.call_id = many,
		.peer = fixture_udp(HOME)};
	g_assert_cmpint(fixture_request(&fx, &request), ==, 200);
	const gb_device *device = fixture_find(&fx, CAMERA);
	g_assert_cmpuint(strlen(device->user_agent), ==, 256);
	g_assert_cmpuint(strlen(device->contact), ==, 256);
	g_assert_cmpuint(strlen(device->call_id), ==, 256);
	fixture_advance(&fx, 60 * GB_SECOND);
	stub_sip_clear_messages(fx.sip);
	request.user_agent = "\xb4\xf3\xc3\xc5"; /* GBK */
	request.peer = fixture_udp("10.0.0.9:6060");
	g_assert_cmpint(fixture_request(&fx, &request), ==, 200);
	g_assert_cmpstr(device->user_agent, ==, "大门");
	fixture_advance(&fx, 10 * GB_SECOND);
	g_assert_cmpint(fixture_asked(&fx, CAMERA, "Catalog"), ==, 0);
	request.call_id = "another";
	request.peer = fixture_udp(HOME);
	g_assert_cmpint(fixture_request(&fx, &request), ==, 200);
	fixture_advance(&fx, 10 * GB_SECOND);
	g_assert_cmpint(fixture_asked(&fx, CAMERA, "Catalog"), !=, 0);
	fixture_down(&fx);
}

static void test_kinds(void) {
	static const struct {
		const char *id;
		gb_device_kind kind;
	} cases[] = {
		{CAMERA, GB_DEVICE_DEVICE},
		{NVR, GB_DEVICE_DEVICE},
		{"34020000002000000009", GB_DEVICE_PLATFORM},
		{"130909115229300920", GB_DEVICE_PLATFORM},
		{"softphone-1", GB_DEVICE_USER},
		{"1001", GB_DEVICE_DEVICE},
	};
	fixture fx;
	fixture_up(&fx);
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_assert_cmpint(fixture_register(&fx, cases[i].id, HOME, 3600), ==, 200);
		g_assert_cmpint(fixture_find(&fx, cases[i].id)->kind, ==, cases[i].kind);
	}
	fixture_down(&fx);
}

static void test_versions(void) {
	static const struct {
		const char *header, *name;
	} cases[] = {{"1.0", "2011"}, {"2.0", "2016"}, {"3.0", "2022"}, {"", "2022"}, {"9.9", "2022"}};
	fixture fx;
	fixture_up(&fx);
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		gb_sip_request request = {.method = GB_SIP_REGISTER,
			.from_user = CAMERA,
			.expires = 3600,
			.gb_version = cases[i].header,
			.peer = fixture_udp(HOME)};
		g_assert_cmpint(fixture_request(&fx, &request), ==, 200);
		g_autoptr(gb_device_info) info = gb_server_get_device(fx.server, CAMERA);
		g_assert_cmpstr(info->version, ==, cases[i].name);
	}
	fixture_down(&fx);
}

static void test_other_methods(void) {
	static const struct {
		gb_sip_method method;
		int status;
	} cases[] = {{GB_SIP_SUBSCRIBE, 489}, {GB_SIP_INVITE, 403}, {GB_SIP_OTHER, 405}};
	fixture fx;
	fixture_up(&fx);
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		gb_sip_request request = {.method = cases[i].method,
			.from_user = CAMERA,
			.expires = -1,
			.peer = fixture_udp(HOME)};
		g_assert_cmpint(fixture_request(&fx, &request), ==, cases[i].status);
	}
	fixture_down(&fx);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/register/challenge", test_challenge);
	g_test_add_func("/register/accepted", test_accepted);
	g_test_add_func("/register/wrong_password", test_wrong_password);
	g_test_add_func("/register/stale", test_stale);
	g_test_add_func("/register/refresh_with_old_nonce", test_refresh_with_old_nonce);
	g_test_add_func("/register/retransmission", test_retransmission);
	g_test_add_func("/register/other_user_name", test_other_user_name);
	g_test_add_func("/register/own_password", test_own_password);
	g_test_add_func("/register/who_may", test_who_may);
	g_test_add_func("/register/expires", test_expires);
	g_test_add_func("/register/unregister", test_unregister);
	g_test_add_func("/register/another_address", test_another_address);
	g_test_add_func("/register/headers", test_headers);
	g_test_add_func("/register/kinds", test_kinds);
	g_test_add_func("/register/versions", test_versions);
	g_test_add_func("/register/other_methods", test_other_methods);
	return g_test_run();
}
