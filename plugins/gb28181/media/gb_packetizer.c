#include "gb28181/media/gb_packetizer.h"

#include "gb28181/media/gb_rtp.h"

#include <string.h>

/** Packet types of the two payload formats. */
enum {
	H264_STAP_A = 24,
	H264_FU_A = 28,
	H265_AP = 48,
	H265_FU = 49,
};
enum { FU_START = 0x80, FU_END = 0x40 };
/** The payload type in our packets; the takers write their own. */
#define VIDEO_PT GB_RTP_PT_PS
/** Length field in front of each unit of an aggregation packet. */
#define AGGREGATE_LEN 2

/* The packet under construction. A fragment needs one byte more in front of the payload than a
 * whole NAL unit, and which of the two it will be is not known when the payload is written. So the
 * payload lies where the fragment wants it, and the headers of a whole unit begin one byte later:
 *
 *   fragment    | RTP header 12 | payload header 1 or 2 | FU header 1 | payload ...
 *   whole unit    | RTP header 12 | NAL header 1 or 2                 | payload ...
 */
struct gb_packetizer {
	gb_packetizer_cb cb;
	void *user;
	uint16_t max_bytes;
	gb_codec codec;
	size_t header_len; /**< of a NAL unit */
	uint32_t timestamp;
	bool keyframe;
	bool frame_start; /**< nothing of this access unit has left */
	uint64_t seq;	  /**< of the next packet */

	uint8_t *buffer;
	uint8_t nal_header[2];
	size_t head_left; /**< bytes of the NAL header that are still to come */
	size_t payload;	  /**< bytes of payload in the buffer */
	bool in_nal;
	bool fragmented;   /**< a fragment of this unit has left */
	bool ready;		   /**< a finished packet is held back */
	size_t ready_from; /**< where it begins in the buffer */
	size_t ready_len;
};

gb_packetizer *gb_packetizer_new(uint16_t max_bytes, gb_packetizer_cb cb, void *user) {
	gb_packetizer *packetizer = g_new0(gb_packetizer, 1);
	packetizer->cb = cb;
	packetizer->user = user;
	packetizer->max_bytes = CLAMP(max_bytes, 500, 1400);
	packetizer->buffer = g_malloc(packetizer->max_bytes);
	packetizer->seq = 1;
	packetizer->codec = GB_CODEC_H264;
	packetizer->header_len = 1;
	return packetizer;
}

void gb_packetizer_free(gb_packetizer *packetizer) {
	if(!packetizer) {
		return;
	}
	g_free(packetizer->buffer);
	g_free(packetizer);
}

static void send(gb_packetizer *packetizer, size_t from, size_t len, bool marker) {
	uint8_t *data = packetizer->buffer + from;
	gb_media_packet packet = {
		.data = data,
		.len = (uint16_t)len,
		.kind = GB_VIDEO,
		.codec = packetizer->codec,
		.marker = marker,
		.frame_start = packetizer->frame_start,
		.keyframe = packetizer->keyframe,
		.seq = packetizer->seq,
		.timestamp = packetizer->timestamp,
	};
	gb_rtp_write(data, VIDEO_PT, marker, (uint16_t)packetizer->seq, packetizer->timestamp);
	packetizer->seq++;
	packetizer->frame_start = false;
	packetizer->cb(packetizer->user, &packet);
}

static void send_ready(gb_packetizer *packetizer, bool marker) {
	if(packetizer->ready) {
		packetizer->ready = false;
		send(packetizer, packetizer->ready_from, packetizer->ready_len, marker);
	}
}

static void hold(gb_packetizer *packetizer, size_t from, size_t len) {
	packetizer->ready = true;
	packetizer->ready_from = from;
	packetizer->ready_len = len;
}

/** Offset of the payload in the buffer. */
static size_t payload_at(const gb_packetizer *packetizer) {
	return GB_RTP_HEADER_LEN + packetizer->header_len + 1;
}

static size_t payload_max(const gb_packetizer *packetizer) {
	return packetizer->max_bytes - payload_at(packetizer);
}

/** FU-A of RFC 6184 5.8, FU of RFC 7798 4.4.3. */
static void write_fragment_headers(gb_packetizer *packetizer, bool last) {
	uint8_t *at = packetizer->buffer + GB_RTP_HEADER_LEN;
	const uint8_t *nal = packetizer->nal_header;
	uint8_t type;
	if(packetizer->codec == GB_CODEC_H265) {
		type = (nal[0] >> 1) & 0x3F;
		*at++ = (uint8_t)((nal[0] & 0x81) | (H265_FU << 1));
		*at++ = nal[1];
	} else {
		type = nal[0] & 0x1F;
		*at++ = (uint8_t)((nal[0] & 0xE0) | H264_FU_A);
	}
	*at = (uint8_t)((packetizer->fragmented ? 0 : FU_START) | (last ? FU_END : 0) | type);
}

static void send_fragment(gb_packetizer *packetizer) {
	write_fragment_headers(packetizer, false);
	send(packetizer, 0, payload_at(packetizer) + packetizer->payload, false);
	packetizer->fragmented = true;
	packetizer->payload = 0;
}

void gb_packetizer_begin(
	gb_packetizer *packetizer, gb_codec codec, uint32_t timestamp, bool keyframe) {
	gb_packetizer_end(packetizer);
	packetizer->codec = codec;
	packetizer->header_len = gb_nal_header_len(codec);
	packetizer->timestamp = timestamp;
	packetizer->keyframe = keyframe;
	packetizer->frame_start = true;
}

void gb_packetizer_nal(gb_packetizer *packetizer, const uint8_t *head, size_t len) {
	send_ready(packetizer, false);
	packetizer->in_nal = true;
	packetizer->fragmented = false;
	packetizer->payload = 0;
	packetizer->head_left = packetizer->header_len;
	gb_packetizer_data(packetizer, head, len);
}

void gb_packetizer_data(gb_packetizer *packetizer, const uint8_t *data, size_t len) {
	for(; packetizer->head_left > 0 && len > 0; len--) {
		packetizer->nal_header[packetizer->header_len - packetizer->head_left] = *data++;
		packetizer->head_left--;
	}
	while(len > 0 && packetizer->in_nal) {
		size_t room = payload_max(packetizer) - packetizer->payload;
		if(room == 0) {
			send_fragment(packetizer);
			continue;
		}
		size_t take = MIN(room, len);
		memcpy(packetizer->buffer + payload_at(packetizer) + packetizer->payload, data, take);
		packetizer->payload += take;
		data += take;
		len -= take;
	}
}

void gb_packetizer_nal_end(gb_packetizer *packetizer) {
	if(!packetizer->in_nal) {
		return;
	}
	packetizer->in_nal = false;
	if(packetizer->head_left > 0) {
		return;
	}
	if(packetizer->fragmented) {
		write_fragment_headers(packetizer, true);
		hold(packetizer, 0, payload_at(packetizer) + packetizer->payload);
		return;
	}
	memcpy(
		packetizer->buffer + 1 + GB_RTP_HEADER_LEN, packetizer->nal_header, packetizer->header_len);
	hold(packetizer, 1, payload_at(packetizer) - 1 + packetizer->payload);
}

/* ---- parameter sets ---- */

static bool is_wanted(const gb_param_set *set, bool all) {
	return all || set->fresh;
}

/** How many wanted sets from `from` on fit into one packet; `ret_end` is the one after the last. */
static size_t count_fitting(const gb_packetizer *packetizer, const gb_params *params, size_t from,
	bool all, size_t *ret_end) {
	size_t room = packetizer->max_bytes - GB_RTP_HEADER_LEN - packetizer->header_len;
	size_t count = 0;
	size_t at = from;
	for(; at < params->count; at++) {
		const gb_param_set *set = &params->sets[at];
		if(!is_wanted(set, all)) {
			continue;
		}
		if(set->len + (size_t)AGGREGATE_LEN > room) {
			break;
		}
		room -= set->len + (size_t)AGGREGATE_LEN;
		count++;
	}
	*ret_end = at;
	return count;
}

/** STAP-A carries the highest NRI of its units (RFC 6184 5.7.1), AP the lowest layer and temporal
 * id (RFC 7798 4.4.2), which parameter sets have as 0 and 1. */
static void write_aggregate(
	gb_packetizer *packetizer, const gb_params *params, size_t from, size_t end, bool all) {
	uint8_t *payload = packetizer->buffer + GB_RTP_HEADER_LEN;
	uint8_t *at = payload + packetizer->header_len;
	uint8_t nri = 0;
	for(size_t i = from; i < end; i++) {
		const gb_param_set *set = &params->sets[i];
		if(!is_wanted(set, all)) {
			continue;
		}
		nri = MAX(nri, set->nal[0] & 0x60);
		*at++ = (uint8_t)(set->len >> 8);
		*at++ = (uint8_t)set->len;
		memcpy(at, set->nal, set->len);
		at += set->len;
	}
	if(packetizer->codec == GB_CODEC_H265) {
		payload[0] = H265_AP << 1;
		payload[1] = 1;
	} else {
		payload[0] = nri | H264_STAP_A;
	}
	hold(packetizer, 0, (size_t)(at - packetizer->buffer));
}

static void send_single(gb_packetizer *packetizer, const gb_param_set *set) {
	gb_packetizer_nal(packetizer, set->nal, set->len);
	gb_packetizer_nal_end(packetizer);
}

void gb_packetizer_params(gb_packetizer *packetizer, const gb_params *params, bool all) {
	size_t at = 0;
	while(at < params->count) {
		size_t end;
		if(!is_wanted(&params->sets[at], all)) {
			at++;
			continue;
		}
		if(count_fitting(packetizer, params, at, all, &end) > 1) {
			send_ready(packetizer, false);
			write_aggregate(packetizer, params, at, end, all);
			at = end;
		} else {
			send_single(packetizer, &params->sets[at++]);
		}
	}
}

void gb_packetizer_end(gb_packetizer *packetizer) {
	gb_packetizer_nal_end(packetizer);
	send_ready(packetizer, true);
}

void gb_packetizer_gap(gb_packetizer *packetizer) {
	packetizer->in_nal = false;
	packetizer->ready = false;
	packetizer->seq++;
}
