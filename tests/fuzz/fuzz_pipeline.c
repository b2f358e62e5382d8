/* fuzz_pipeline.c - the whole media path: RTP packets in, packets for viewers out.
 *
 * Input: records of a flag byte, two bytes of length (big endian) and that many bytes. Flags: 01 in
 * order (TCP), 02 the bytes are a payload and get a good header with the next sequence number, 04
 * with the marker, 08 audio (payload type 8 instead of 96), 10 a number is left out before, 20 a
 * second goes by and the clock ticks, 40 the cached group is replayed, 80 the camera starts anew.
 * What comes out must be well-formed whatever goes in. */
#include "gb28181/media/gb_pipeline.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	FLAG_ORDERED = 0x01,
	FLAG_PAYLOAD = 0x02,
	FLAG_MARKER = 0x04,
	FLAG_AUDIO = 0x08,
	FLAG_LOSS = 0x10,
	FLAG_SECOND = 0x20,
	FLAG_REPLAY = 0x40,
	FLAG_RESTART = 0x80,
};

#define MAX_PACKET 600

typedef struct {
	uint64_t seq[GB_MEDIA_KINDS];
} sink;

static void require(bool good) {
	if(!good) {
		abort();
	}
}

static void check_packet(const gb_media_packet *packet) {
	require(packet->len > 12 && packet->len <= MAX_PACKET);
	require(packet->data[0] == 0x80);
	require((packet->data[1] >> 7) == packet->marker);
	require(((packet->data[2] << 8) | packet->data[3]) == (uint16_t)packet->seq);
	require(packet->kind == GB_VIDEO || !packet->keyframe);
}

static void on_packet(void *user, const gb_media_packet *packet) {
	sink *to = user;
	check_packet(packet);
	require(packet->seq > to->seq[packet->kind]);
	to->seq[packet->kind] = packet->seq;
}

static void on_replayed(void *user, const gb_media_packet *packet) {
	(void)user;
	check_packet(packet);
	memset(packet->data, 0xFF, 12);
}

static void on_event(void *user, gb_pipeline_event event, const gb_media_format *format) {
	(void)user;
	(void)event;
	require(format != NULL);
	require(*gb_codec_name(format->video) != 'x');
}

/** Feeds one record in an allocation of its exact size. */
static void feed(gb_pipeline *pipeline, uint8_t flags, const uint8_t *bytes, size_t len,
	uint16_t *seq, int64_t now_us) {
	size_t head = flags & FLAG_PAYLOAD ? 12 : 0;
	uint8_t *packet = malloc(head + len + (head + len == 0));
	require(packet != NULL);
	memset(packet, 0, head);
	if(head) {
		*seq = (uint16_t)(*seq + (flags & FLAG_LOSS ? 2 : 1));
		packet[0] = 0x80;
		packet[1] = (uint8_t)((flags & FLAG_MARKER ? 0x80 : 0) | (flags & FLAG_AUDIO ? 8 : 96));
		packet[2] = (uint8_t)(*seq >> 8);
		packet[3] = (uint8_t)*seq;
	}
	if(len > 0) {
		memcpy(packet + head, bytes, len);
	}
	gb_pipeline_feed(pipeline, packet, head + len, flags & FLAG_ORDERED, now_us);
	free(packet);
}

static void run(gb_pipeline *pipeline, const uint8_t *data, size_t size) {
	int64_t now_us = 1000000;
	uint16_t seq = 65530;
	while(size >= 3) {
		uint8_t flags = data[0];
		size_t len = ((size_t)data[1] << 8) | data[2];
		data += 3;
		size -= 3;
		len = MIN(len, size);
		now_us += flags & FLAG_SECOND ? 1000000 : 1000;
		if(flags & FLAG_RESTART) {
			gb_pipeline_restart(pipeline, now_us);
		}
		feed(pipeline, flags, data, len, &seq, now_us);
		if(flags & FLAG_SECOND) {
			gb_pipeline_tick(pipeline, now_us);
		}
		if(flags & FLAG_REPLAY) {
			gb_pipeline_replay(pipeline, on_replayed, NULL);
		}
		data += len;
		size -= len;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static const gb_pipeline_ops ops = {on_packet, on_event};
	sink to = {{0, 0}};
	gb_pipeline_config config;
	gb_pipeline_stats stats;
	gb_pipeline_config_default(&config);
	config.max_packet_bytes = MAX_PACKET;
	config.gop_bytes = 8192;
	config.frame_bytes = 16384;
	config.reorder_packets = 16;
	gb_pipeline *pipeline = gb_pipeline_new(&config, &ops, &to);
	run(pipeline, data, size);
	gb_pipeline_get_stats(pipeline, &stats);
	require(stats.key_frames <= stats.video_frames);
	gb_pipeline_free(pipeline);
	return 0;
}
