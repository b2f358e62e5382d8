#include "gb28181/media/gb_gop.h"

#include "gb28181/media/gb_rtp.h"

#include <string.h>

/** Each entry: a gb_media_packet, then its bytes, then filling up to this alignment. */
#define ENTRY_ALIGN 16

struct gb_gop {
	uint8_t *arena;
	size_t size;
	size_t fill;
	uint32_t max_us;
	bool valid; /**< the arena holds all packets since a key frame */
	int64_t since_us;
	uint64_t overflows;
};

gb_gop *gb_gop_new(uint32_t bytes, uint32_t max_us) {
	gb_gop *gop = g_new0(gb_gop, 1);
	gop->arena = g_malloc(bytes);
	gop->size = bytes;
	gop->max_us = max_us;
	return gop;
}

void gb_gop_free(gb_gop *gop) {
	if(!gop) {
		return;
	}
	g_free(gop->arena);
	g_free(gop);
}

static size_t entry_size(uint16_t len) {
	size_t size = sizeof(gb_media_packet) + len;
	return (size + ENTRY_ALIGN - 1) / ENTRY_ALIGN * ENTRY_ALIGN;
}

void gb_gop_add(gb_gop *gop, const gb_media_packet *packet, int64_t now_us) {
	if(packet->kind == GB_VIDEO && packet->keyframe && packet->frame_start) {
		gop->valid = true;
		gop->fill = 0;
		gop->since_us = now_us;
	}
	if(!gop->valid) {
		return;
	}
	size_t size = entry_size(packet->len);
	if(size > gop->size - gop->fill || now_us - gop->since_us > gop->max_us) {
		gop->valid = false;
		gop->overflows++;
		return;
	}
	memcpy(gop->arena + gop->fill, packet, sizeof(*packet));
	memcpy(gop->arena + gop->fill + sizeof(*packet), packet->data, packet->len);
	gop->fill += size;
}

void gb_gop_clear(gb_gop *gop) {
	gop->valid = false;
	gop->fill = 0;
}

size_t gb_gop_replay(
	gb_gop *gop, void (*packet)(void *user, const gb_media_packet *packet), void *user) {
	size_t count = 0;
	size_t fill = gop->valid ? gop->fill : 0;
	for(size_t at = 0; at < fill;) {
		gb_media_packet entry;
		uint8_t header[GB_RTP_HEADER_LEN];
		memcpy(&entry, gop->arena + at, sizeof(entry));
		entry.data = gop->arena + at + sizeof(entry);
		memcpy(header, entry.data, sizeof(header));
		packet(user, &entry);
		memcpy(entry.data, header, sizeof(header));
		at += entry_size(entry.len);
		count++;
	}
	return count;
}

uint64_t gb_gop_overflows(const gb_gop *gop) {
	return gop->overflows;
}
