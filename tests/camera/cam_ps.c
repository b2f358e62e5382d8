#include "cam_ps.h"

enum {
	VIDEO_ID = 0xE0,
	AUDIO_ID = 0xC0,
	MUX_RATE = 25000,		 /* units of 50 bytes a second: 10 Mb/s */
	PES_PAYLOAD_MAX = 65000, /* leaves room for the header in the 16-bit length */
};

void cam_ps_pack_header(uint64_t scr, cam_buf *out) {
	cam_buf_be32(out, 0x000001BA);
	uint64_t a = scr >> 30 & 7, b = scr >> 15 & 0x7FFF, c = scr & 0x7FFF;
	/* 01 aaa 1 b(15) 1 c(15) 1 extension(9) 1 */
	uint64_t v = (uint64_t)1 << 46 | a << 43 | (uint64_t)1 << 42 | b << 27 | 1u << 26 | c << 11 |
		1u << 10 | 1;
	cam_buf_be16(out, (unsigned)(v >> 32));
	cam_buf_be32(out, (uint32_t)v);
	cam_buf_u8(out, MUX_RATE >> 14);
	cam_buf_u8(out, (MUX_RATE >> 6) & 0xFF);
	cam_buf_u8(out, ((MUX_RATE << 2) & 0xFC) | 3);
	cam_buf_u8(out, 0xF8); /* no stuffing */
}

void cam_ps_system_header(const cam_ps_config *config, cam_buf *out) {
	bool audio = config->audio_type != CAM_PS_NONE, video = config->video_type != CAM_PS_NONE;
	cam_buf_be32(out, 0x000001BB);
	cam_buf_be16(out, 6u + (audio ? 3 : 0) + (video ? 3 : 0));
	cam_buf_u8(out, 0x80 | MUX_RATE >> 15);
	cam_buf_u8(out, (MUX_RATE >> 7) & 0xFF);
	cam_buf_u8(out, ((MUX_RATE << 1) & 0xFE) | 1);
	cam_buf_u8(out, audio ? 1u << 2 : 0);
	cam_buf_u8(out, 0xE0 | (video ? 1 : 0));
	cam_buf_u8(out, 0x7F);
	if(video) {
		cam_buf_u8(out, VIDEO_ID);
		cam_buf_be16(out, 0xE000 | 400); /* buffer of 400 kB */
	}
	if(audio) {
		cam_buf_u8(out, AUDIO_ID);
		cam_buf_be16(out, 0xC000 | 32); /* buffer of 4 kB */
	}
}

static uint32_t crc32_mpeg(const uint8_t *data, size_t len) {
	uint32_t crc = 0xFFFFFFFF;
	for(size_t i = 0; i < len; i++) {
		crc ^= (uint32_t)data[i] << 24;
		for(int bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc & 0x80000000 ? 0x04C11DB7u : 0);
	}
	return crc;
}

static void map_entry(uint8_t type, unsigned id, cam_buf *out) {
	if(type == CAM_PS_NONE)
		return;
	cam_buf_u8(out, type);
	cam_buf_u8(out, id);
	cam_buf_be16(out, 0);
}

void cam_ps_map(const cam_ps_config *config, cam_buf *out) {
	unsigned entries =
		(config->video_type != CAM_PS_NONE ? 4u : 0) + (config->audio_type != CAM_PS_NONE ? 4u : 0);
	size_t start = out->len;
	cam_buf_be32(out, 0x000001BC);
	cam_buf_be16(out, 10 + entries);
	cam_buf_u8(out, 0xE0); /* current, version 0 */
	cam_buf_u8(out, 0xFF);
	cam_buf_be16(out, 0);
	cam_buf_be16(out, entries);
	map_entry(config->video_type, VIDEO_ID, out);
	map_entry(config->audio_type, AUDIO_ID, out);
	cam_buf_be32(out, crc32_mpeg(out->data + start, out->len - start));
}

static void put_time(unsigned prefix, uint64_t t, cam_buf *out) {
	cam_buf_u8(out, prefix << 4 | (unsigned)(t >> 29 & 0x0E) | 1);
	cam_buf_be16(out, (unsigned)(t >> 14 & 0xFFFE) | 1);
	cam_buf_be16(out, (unsigned)(t << 1 & 0xFFFE) | 1);
}

enum pes_times { PES_NO_TIME, PES_PTS, PES_PTS_DTS };

static void put_pes(unsigned id, const uint8_t *data, size_t len, enum pes_times times,
	uint64_t pts, uint64_t dts, cam_buf *out) {
	static const unsigned flags[] = {0x00, 0x80, 0xC0};
	unsigned header = (unsigned)times * 5;
	cam_buf_be32(out, 0x00000100 | id);
	cam_buf_be16(out, (unsigned)len + 3 + header);
	cam_buf_u8(out, times == PES_NO_TIME ? 0x80 : 0x84); /* aligned where a frame begins */
	cam_buf_u8(out, flags[times]);
	cam_buf_u8(out, header);
	if(times != PES_NO_TIME)
		put_time(times == PES_PTS_DTS ? 3 : 2, pts, out);
	if(times == PES_PTS_DTS)
		put_time(1, dts, out);
	cam_buf_put(out, data, len);
}

void cam_ps_video(const cam_ps_config *config, const uint8_t *frame, size_t len, uint64_t pts,
	uint64_t dts, bool key, cam_buf *out) {
	cam_ps_pack_header(dts, out);
	if(key) {
		cam_ps_system_header(config, out);
		if(!config->no_psm)
			cam_ps_map(config, out);
	}
	enum pes_times times = pts == dts ? PES_PTS : PES_PTS_DTS;
	do {
		size_t n = len > PES_PAYLOAD_MAX ? PES_PAYLOAD_MAX : len;
		put_pes(VIDEO_ID, frame, n, times, pts, dts, out);
		times = PES_NO_TIME;
		frame += n;
		len -= n;
	} while(len > 0);
}

void cam_ps_audio(const uint8_t *frame, size_t len, uint64_t pts, cam_buf *out) {
	cam_ps_pack_header(pts, out);
	put_pes(AUDIO_ID, frame, len, PES_PTS, pts, pts, out);
}
