/* The media plane: threads, ports and what the streams share. */
#include "gb28181/engine/gb_stream_internal.h"

#include "gb28181/base/gb_error.h"
#include "gb28181/base/gb_log.h"

void gb_media_config_default(gb_media_config *ret_config) {
	*ret_config = (gb_media_config){
		.threads = 2,
		.port_min = 30000,
		.port_max = 31999,
		.receive_buffer_bytes = 4 * 1024 * 1024,
		.port_quarantine_us = 10 * G_USEC_PER_SEC,
	};
	gb_pipeline_config_default(&ret_config->pipeline);
}

static bool start_lanes(gb_media *media, GError **error) {
	media->lanes = g_new0(gb_media_lane, media->config.threads);
	for(unsigned i = 0; i < media->config.threads; i++) {
		media->lanes[i].loop = gb_media_loop_new(i, error);
		if(!media->lanes[i].loop) {
			return false;
		}
		media->lanes[i].batch = gb_udp_batch_new();
		media->lane_count++;
	}
	return true;
}

gb_media *gb_media_new(const gb_media_config *config, gb_mailbox *owner, GError **error) {
	g_autoptr(gb_media) media = g_new0(gb_media, 1);
	media->config = *config;
	media->owner = owner;
	media->ports = gb_ports_new(config->port_min, config->port_max, config->port_quarantine_us);
	if(!media->ports || config->threads < 1 || config->threads > 16) {
		g_set_error(error, GB_ERROR, GB_ERROR_INVALID,
			"media.rtp_port_range holds no even port followed by an odd one, or media.threads is "
			"not 1..16");
		return NULL;
	}
	if(!start_lanes(media, error)) {
		return NULL;
	}
	return g_steal_pointer(&media);
}

void gb_media_free(gb_media *media) {
	if(!media) {
		return;
	}
	for(unsigned i = 0; i < media->lane_count; i++) {
		gb_media_loop_free(media->lanes[i].loop);
		gb_udp_batch_free(media->lanes[i].batch);
	}
	g_free(media->lanes);
	gb_ports_free(media->ports);
	g_free(media);
}

int gb_media_receive_buffer(const gb_media *media) {
	return media->receive_buffer;
}
