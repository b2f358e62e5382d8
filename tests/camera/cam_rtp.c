#include "cam_rtp.h"

#include <stdlib.h>
#include <string.h>

#include "cam_util.h"

enum { HEADER = 12 };

struct cam_rtp {
	cam_rtp_config config;
	cam_link *link;
	cam_random random;
	uint16_t seq;
	uint32_t ts_offset;
	uint64_t dropped;
	/* the packet that waits to be sent out of order */
	unsigned held_for;
	size_t held_len;
	uint8_t held[CAM_PACKET_MAX];
};

cam_rtp *cam_rtp_new(const cam_rtp_config *config, cam_link *link) {
	cam_rtp *rtp = cam_alloc(sizeof(*rtp));
	rtp->config = *config;
	rtp->link = link;
	cam_random_seed(&rtp->random, config->seed);
	rtp->seq = (uint16_t)cam_entropy_u32();
	rtp->ts_offset = cam_entropy_u32();
	return rtp;
}

void cam_rtp_free(cam_rtp *rtp) {
	free(rtp);
}

static void write_passing_held(cam_rtp *rtp, const uint8_t *packet, size_t len) {
	cam_link_write(rtp->link, packet, len);
	if(rtp->held_for > 0 && --rtp->held_for == 0)
		cam_link_write(rtp->link, rtp->held, rtp->held_len);
}

static void impair(cam_rtp *rtp, const uint8_t *packet, size_t len) {
	const cam_rtp_config *c = &rtp->config;
	if(cam_random_percent(&rtp->random, c->loss_percent)) {
		rtp->dropped++;
		return;
	}
	if(rtp->held_for == 0 && cam_random_percent(&rtp->random, c->reorder_percent)) {
		memcpy(rtp->held, packet, len);
		rtp->held_len = len;
		rtp->held_for = 1 + cam_random_u32(&rtp->random) % 3;
		return;
	}
	write_passing_held(rtp, packet, len);
	if(cam_random_percent(&rtp->random, c->dup_percent))
		write_passing_held(rtp, packet, len);
}

static void put_header(cam_rtp *rtp, uint8_t *packet, uint32_t ts, bool last) {
	bool marker = last && !rtp->config.no_marker;
	uint32_t ssrc = rtp->config.ssrc;
	packet[0] = 0x80;
	packet[1] = (uint8_t)(rtp->config.payload_type | (marker ? 0x80 : 0));
	packet[2] = (uint8_t)(rtp->seq >> 8);
	packet[3] = (uint8_t)rtp->seq;
	for(int i = 0; i < 4; i++) {
		packet[4 + i] = (uint8_t)(ts >> (24 - 8 * i));
		packet[8 + i] = (uint8_t)(ssrc >> (24 - 8 * i));
	}
	rtp->seq++;
}

void cam_rtp_send(cam_rtp *rtp, const uint8_t *pack, size_t len, uint64_t pts) {
	uint32_t ts = (uint32_t)pts + rtp->ts_offset;
	while(len > 0) {
		uint8_t packet[HEADER + CAM_RTP_PAYLOAD_MAX];
		size_t n = len > CAM_RTP_PAYLOAD_MAX ? CAM_RTP_PAYLOAD_MAX : len;
		put_header(rtp, packet, ts, n == len);
		memcpy(packet + HEADER, pack, n);
		impair(rtp, packet, HEADER + n);
		pack += n;
		len -= n;
	}
	cam_link_flush(rtp->link);
}

uint64_t cam_rtp_dropped(const cam_rtp *rtp) {
	return rtp->dropped;
}
