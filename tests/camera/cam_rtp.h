/**
 * @file cam_rtp.h
 * Cuts PS packs into RTP packets, and harms the stream on request: loss, repetition and wrong order
 * come from a seeded generator, so that a run can be repeated.
 */
#ifndef CAM_RTP_H
#define CAM_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cam_link.h"

typedef struct cam_rtp cam_rtp;

/** How a stream is to be sent. Percentages are of the packets, each packet for itself. */
typedef struct cam_rtp_config {
	uint32_t ssrc;
	uint8_t payload_type;
	bool no_marker;
	double loss_percent;
	double reorder_percent; /**< the packet is sent behind one to three of its successors */
	double dup_percent;
	uint64_t seed;
} cam_rtp_config;

/** Largest RTP payload, bytes. */
enum { CAM_RTP_PAYLOAD_MAX = 1400 };

/** The link stays the caller's and must live longer. Sequence number and timestamp begin anywhere.
 */
cam_rtp *cam_rtp_new(const cam_rtp_config *config, cam_link *link);
void cam_rtp_free(cam_rtp *rtp);

/** Sends one pack; all its packets carry the time pts (90 kHz), the last one the marker. */
void cam_rtp_send(cam_rtp *rtp, const uint8_t *pack, size_t len, uint64_t pts);

/** Packets dropped on purpose. */
uint64_t cam_rtp_dropped(const cam_rtp *rtp);

#endif
