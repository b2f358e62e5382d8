/* test_glue_config.c - every option: its default, its range, where it goes; unknown keys; parts
 * that are not built. */
#include "glue/gb_glue_config.h"

#include "gb28181/base/gb_log.h"
#include "stubs/stub_janus.h"

#include <string.h>

static void be_silent(gb_log_level level, const char *line) {
	(void)level;
	(void)line;
}

static janus_config *minimal(void) {
	janus_config *file = stub_config_new();
	stub_config_set(file, "sip", "server_id", "34020000002000000001");
	return file;
}

static void test_defaults(void) {
	g_autoptr(GError) error = NULL;
	gb_glue_config config;
	janus_config *file = minimal();
	g_assert_true(gb_glue_config_read(file, &config, &error));
	g_assert_no_error(error);
	const gb_server_config *server = &config.server;
	g_assert_null(config.admin_key);
	g_assert_true(config.events);
	g_assert_cmpstr(config.language, ==, "en");
	g_assert_cmpstr(server->node, ==, g_get_host_name());
	g_assert_cmpstr(server->sip.ips[0], ==, "0.0.0.0");
	g_assert_cmpuint(server->sip.port, ==, 5060);
	g_assert_true(server->sip.udp && server->sip.tcp && server->allow_unknown);
	g_assert_null(server->sip.advertised_ip);
	g_assert_cmpstr(server->sip.realm, ==, "3402000000");
	g_assert_cmpstr(server->sip_password, ==, "");
	g_assert_cmpint(server->utc_offset_minutes, ==, 480);
	g_assert_cmpint(server->keepalive_interval_s, ==, 60);
	g_assert_cmpint(server->keepalive_misses, ==, 3);
	g_assert_cmpstr(server->media_ip, ==, "0.0.0.0");
	g_assert_cmpuint(server->media.port_min, ==, 30000);
	g_assert_cmpuint(server->media.port_max, ==, 31999);
	g_assert_cmpuint(server->media.threads, ==, 2);
	g_assert_cmpint(server->linger_s, ==, 10);
	g_assert_cmpint(server->answer_timeout_s, ==, 10);
	g_assert_cmpint(server->first_packet_timeout_s, ==, 10);
	g_assert_cmpint(server->reconnect_s, ==, 30);
	g_assert_cmpint(server->media_timeout_s, ==, 5);
	g_assert_true(server->media.pipeline.gop_cache);
	g_assert_cmpint(server->media.receive_buffer_bytes, ==, 4194304);
	g_assert_cmpuint(server->media.pipeline.max_packet_bytes, ==, 1200);
	g_assert_cmpstr(server->store_path, ==, ":memory:");
	gb_glue_config_clear(&config);
	janus_config_destroy(file);
}

/* A value, and what is made of it: `error` NULL = it is taken, else a part of the line that refuses
 * it. */
typedef struct {
	const char *section, *name, *value, *error;
} value_row;

static const value_row values[] = {
	{"general", "admin_key", "", NULL},
	{"general", "admin_key", "sesame", NULL},
	{"general", "admin_key", "a\nb", "general.admin_key: the text contains a control character"},
	{"general", "events", "false", NULL},
	{"general", "events", "maybe", "general.events: 'maybe' is neither"},
	{"general", "language", "en", NULL},
	{"general", "language", "zh", "general.language: 'zh' is not possible"},
	{"general", "node", "a", NULL},
	{"general", "node", "", "general.node: the text has 0 bytes"},
	{"sip", "ip", "10.0.0.1", NULL},
	{"sip", "ip", "localhost", "sip.ip: 'localhost' is no IP address"},
	{"sip", "port", "1", NULL},
	{"sip", "port", "65535", NULL},
	{"sip", "port", "0", "sip.port: '0' is not a number from 1 to 65535"},
	{"sip", "port", "65536", "sip.port"},
	{"sip", "port", "5060x", "sip.port"},
	{"sip", "udp", "false", NULL},
	{"sip", "tcp", "no", NULL},
	{"sip", "advertised_ip", "", NULL},
	{"sip", "advertised_ip", "203.0.113.5", NULL},
	{"sip", "advertised_ip", "example.org", "sip.advertised_ip"},
	{"sip", "server_id", "3402", NULL},
	{"sip", "server_id", "", "sip.server_id"},
	{"sip", "server_id", "a b", "sip.server_id"},
	{"sip", "realm", "3402000000", NULL},
	{"sip", "realm", "", "sip.realm"},
	{"sip", "password", "", NULL},
	{"sip", "password", "12345678", NULL},
	{"sip", "utc_offset_minutes", "-720", NULL},
	{"sip", "utc_offset_minutes", "840", NULL},
	{"sip", "utc_offset_minutes", "841", "sip.utc_offset_minutes"},
	{"sip", "utc_offset_minutes", "-721", "sip.utc_offset_minutes"},
	{"sip", "allow_unknown", "false", NULL},
	{"sip", "keepalive_interval_s", "5", NULL},
	{"sip", "keepalive_interval_s", "4", "sip.keepalive_interval_s"},
	{"sip", "keepalive_interval_s", "3601", "sip.keepalive_interval_s"},
	{"sip", "keepalive_misses", "100", NULL},
	{"sip", "keepalive_misses", "0", "sip.keepalive_misses"},
	{"sip", "user_agent", "x", NULL},
	{"sip", "user_agent", "", "sip.user_agent"},
	{"sip", "prot", "5060", "sip.prot: there is no such option"},
	{"media", "ip", "192.0.2.1", NULL},
	{"media", "ip", "x", "media.ip"},
	{"media", "advertised_ip", "10.0.0.0/8=192.0.2.1", NULL},
	{"media", "rtp_port_range", "40000-40001", NULL},
	{"media", "rtp_port_range", "40001-40002", "media.rtp_port_range"},
	{"media", "rtp_port_range", "40000", "media.rtp_port_range"},
	{"media", "rtp_port_range", "31999-30000", "media.rtp_port_range"},
	{"media", "rtp_port_range", "80-1000", "media.rtp_port_range"},
	{"media", "rtp_port_range", "30000-70000", "media.rtp_port_range"},
	{"media", "transport", "udp", NULL},
	{"media", "transport", "tcp-passive",
		"media.transport: 'tcp-passive' is not possible: media over TCP is not built yet"},
	{"media", "transport", "sctp", "media.transport"},
	{"media", "single_port", "0", NULL},
	{"media", "single_port", "9000", "media.single_port: '9000' is not possible"},
	{"media", "threads", "16", NULL},
	{"media", "threads", "0", "media.threads"},
	{"media", "threads", "17", "media.threads"},
	{"media", "linger_s", "0", NULL},
	{"media", "linger_s", "3601", "media.linger_s"},
	{"media", "answer_timeout_s", "0", "media.answer_timeout_s"},
	{"media", "first_packet_timeout_s", "121", "media.first_packet_timeout_s"},
	{"media", "reconnect_s", "0", NULL},
	{"media", "reconnect_s", "-1", "media.reconnect_s"},
	{"media", "media_timeout_s", "0", "media.media_timeout_s"},
	{"media", "gop_cache", "false", NULL},
	{"media", "receive_buffer_bytes", "65535", "media.receive_buffer_bytes"},
	{"media", "max_packet_bytes", "500", NULL},
	{"media", "max_packet_bytes", "499", "media.max_packet_bytes"},
	{"media", "max_packet_bytes", "1401", "media.max_packet_bytes"},
	{"media", "transcode", "auto", NULL},
	{"media", "transcode", "never", NULL},
	{"media", "transcode", "always", "media.transcode: 'always' is none of"},
	{"media", "transcode_max", "0", NULL},
	{"media", "transcode_max", "65", "media.transcode_max"},
	{"store", "path", "/tmp/x.sqlite", NULL},
	{"store", "path", "", "store.path"},
	{"recordings", "path", "/tmp", "recordings.path: recording is not built yet"},
	{"recordings", "url", "/files/", NULL},
	{"recordings", "max_age_h", "24", "recordings.max_age_h"},
	{"recordings", "max_bytes", "1", "recordings.max_bytes"},
	{"recordings", "snapshot_keep_h", "1", "recordings.snapshot_keep_h"},
	{"outputs", "http", "false", NULL},
	{"outputs", "http", "true", "outputs.http: 'true' is not possible"},
	{"outputs", "http_ip", "127.0.0.1", NULL},
	{"outputs", "http_port", "8089", NULL},
	{"outputs", "http_port", "8090", "outputs.http_port"},
	{"outputs", "rtsp", "true", "outputs.rtsp"},
	{"outputs", "rtsp_port", "8554", NULL},
	{"outputs", "secret", "x", "outputs.secret"},
	{"faces", "enabled", "false", NULL},
	{"faces", "enabled", "true", "faces.enabled"},
	{"faces", "keep_days", "30", NULL},
	{"upload", "port", "0", NULL},
	{"upload", "port", "9999", "upload.port"},
	{"upload", "ip", "10.0.0.1", "upload.ip"},
	{"upload", "url", "http://x", "upload.url"},
	{"medai", "threads", "2", "medai: there is no such option"},
};

static void test_values(void) {
	for(size_t i = 0; i < G_N_ELEMENTS(values); i++) {
		g_autoptr(GError) error = NULL;
		gb_glue_config config;
		janus_config *file = g_strcmp0(values[i].name, "server_id") ? minimal() : stub_config_new();
		stub_config_set(file, values[i].section, values[i].name, values[i].value);
		bool fine = gb_glue_config_read(file, &config, &error);
		g_test_message("%s.%s = %s: %s", values[i].section, values[i].name, values[i].value,
			error ? error->message : "taken");
		g_assert_true(fine == (values[i].error == NULL));
		if(fine)
			gb_glue_config_clear(&config);
		else
			g_assert_nonnull(strstr(error->message, values[i].error));
		janus_config_destroy(file);
	}
}

static void test_places(void) {
	static const char *const ips[] = {"10.0.0.1", "10.0.0.2", NULL};
	static const char *const map[] = {"10.0.0.0/8=10.1.2.3", "0.0.0.0/0=203.0.113.5", NULL};
	g_autoptr(GError) error = NULL;
	gb_glue_config config;
	janus_config *file = minimal();
	stub_config_set_list(file, "sip", "ip", ips);
	stub_config_set_list(file, "media", "advertised_ip", map);
	stub_config_set(file, "media", "rtp_port_range", "32001-32100");
	stub_config_set(file, "general", "admin_key", "sesame");
	stub_config_set(file, "sip", "port", "15060");
	stub_config_set(file, "media", "threads", "4");
	g_assert_true(gb_glue_config_read(file, &config, &error));
	g_assert_cmpstr(config.server.sip.ips[1], ==, "10.0.0.2");
	g_assert_cmpstr(config.server.media_advertised_ip[1], ==, "0.0.0.0/0=203.0.113.5");
	g_assert_cmpuint(config.server.media.port_min, ==, 32001);
	g_assert_cmpuint(config.server.media.port_max, ==, 32100);
	g_assert_cmpstr(config.admin_key, ==, "sesame");
	g_assert_cmpuint(config.server.sip.port, ==, 15060);
	g_assert_cmpuint(config.server.media.threads, ==, 4);
	gb_glue_config_clear(&config);
	janus_config_destroy(file);
}

static void test_combinations(void) {
	g_autoptr(GError) error = NULL;
	gb_glue_config config;
	janus_config *file = stub_config_new();
	g_assert_false(gb_glue_config_read(file, &config, &error));
	g_assert_nonnull(strstr(error->message, "sip.server_id"));
	g_clear_error(&error);
	stub_config_set(file, "sip", "server_id", "34020000002000000001");
	stub_config_set(file, "sip", "udp", "false");
	stub_config_set(file, "sip", "tcp", "false");
	g_assert_false(gb_glue_config_read(file, &config, &error));
	g_assert_nonnull(strstr(error->message, "sip.udp and sip.tcp"));
	g_clear_error(&error);
	janus_config_destroy(file);
	/* a list where one value is wanted */
	static const char *const list[] = {"1", "2", NULL};
	file = minimal();
	stub_config_set_list(file, "sip", "port", list);
	g_assert_false(gb_glue_config_read(file, &config, &error));
	g_assert_nonnull(strstr(error->message, "sip.port: takes one value"));
	janus_config_destroy(file);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	gb_log_set_sink(be_silent, GB_LOG_ERROR);
	g_test_add_func("/glue/config/defaults", test_defaults);
	g_test_add_func("/glue/config/values", test_values);
	g_test_add_func("/glue/config/places", test_places);
	g_test_add_func("/glue/config/combinations", test_combinations);
	return g_test_run();
}
