#include "gb28181/domain/gb_config.h"

#include <string.h>

void gb_server_config_default(gb_server_config *ret_config) {
	memset(ret_config, 0, sizeof(*ret_config));
	ret_config->sip.ips = g_strsplit("0.0.0.0", ",", -1);
	ret_config->sip.port = 5060;
	ret_config->sip.udp = true;
	ret_config->sip.tcp = true;
	ret_config->sip.server_id = g_strdup("34020000002000000001");
	ret_config->sip.realm = g_strdup("3402000000");
	ret_config->sip.user_agent = g_strdup("janus-gb28181");
	ret_config->sip_password = g_strdup("");
	ret_config->allow_unknown = true;
	ret_config->utc_offset_minutes = 480;
	ret_config->keepalive_interval_s = 60;
	ret_config->keepalive_misses = 3;
	gb_media_config_default(&ret_config->media);
	ret_config->media.port_min = 30000;
	ret_config->media.port_max = 31999;
	ret_config->media_ip = g_strdup("0.0.0.0");
	ret_config->linger_s = 10;
	ret_config->answer_timeout_s = 10;
	ret_config->first_packet_timeout_s = 10;
	ret_config->reconnect_s = 30;
	ret_config->media_timeout_s = 5;
	ret_config->store_path = g_strdup(":memory:");
	ret_config->node = g_strdup(g_get_host_name());
}

void gb_server_config_copy(gb_server_config *ret_copy, const gb_server_config *config) {
	*ret_copy = *config;
	ret_copy->sip.ips = g_strdupv(config->sip.ips);
	ret_copy->sip.server_id = g_strdup(config->sip.server_id);
	ret_copy->sip.realm = g_strdup(config->sip.realm);
	ret_copy->sip.user_agent = g_strdup(config->sip.user_agent);
	ret_copy->sip_password = g_strdup(config->sip_password);
	ret_copy->sip.advertised_ip = g_strdupv(config->sip.advertised_ip);
	ret_copy->media_ip = g_strdup(config->media_ip);
	ret_copy->media_advertised_ip = g_strdupv(config->media_advertised_ip);
	ret_copy->store_path = g_strdup(config->store_path);
	ret_copy->node = g_strdup(config->node);
}

void gb_server_config_clear(gb_server_config *config) {
	g_strfreev(config->sip.ips);
	g_free(config->sip.server_id);
	g_free(config->sip.realm);
	g_free(config->sip.user_agent);
	g_free(config->sip_password);
	g_strfreev(config->sip.advertised_ip);
	g_free(config->media_ip);
	g_strfreev(config->media_advertised_ip);
	g_free(config->store_path);
	g_free(config->node);
	memset(config, 0, sizeof(*config));
}
