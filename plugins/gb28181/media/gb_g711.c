#include "gb28181/media/gb_g711.h"

#include "gb28181/media/gb_rtp.h"

#include <string.h>

#define RATE 8000
/** A hole of more is jumped over; less is jitter of the camera's clock. */
#define HOLE_MIN (RATE * 3 / 10)
/** After a loss a smaller hole is believed too. */
#define HOLE_MIN_AFTER_LOSS (RATE / 100)
/** A larger one is a clock that was set. */
#define HOLE_MAX (RATE * 10)
/** So many holes without one good step between: the clock is not what it says. */
#define DISTRUST_AFTER 3

struct gb_g711 {
	gb_g711_cb cb;
	void *user;
	gb_codec codec;
	uint64_t seq;
	uint32_t timestamp; /**< of the first sample in the buffer */
	bool marker;		/**< the next packet is the first after a pause */
	bool lost;			/**< something was lost since the last time */
	bool timed;			/**< `last_time` holds */
	int64_t last_time;
	int64_t samples; /**< since then */
	unsigned holes;	 /**< in a row */
	int64_t last_us; /**< when the last bytes came, 0 = never */
	uint64_t jumps;
	size_t fill;
	uint8_t buffer[GB_RTP_HEADER_LEN + GB_G711_SAMPLES];
};

gb_g711 *gb_g711_new(gb_g711_cb cb, void *user) {
	gb_g711 *g711 = g_new0(gb_g711, 1);
	g711->cb = cb;
	g711->user = user;
	g711->seq = 1;
	g711->marker = true;
	return g711;
}

void gb_g711_free(gb_g711 *g711) {
	g_free(g711);
}

static void send(gb_g711 *g711) {
	uint8_t pt = g711->codec == GB_CODEC_PCMU ? GB_RTP_PT_PCMU : GB_RTP_PT_PCMA;
	gb_media_packet packet = {
		.data = g711->buffer,
		.len = (uint16_t)(GB_RTP_HEADER_LEN + g711->fill),
		.kind = GB_AUDIO,
		.codec = g711->codec,
		.marker = g711->marker,
		.frame_start = true,
		.keyframe = false,
		.seq = g711->seq,
		.timestamp = g711->timestamp,
	};
	gb_rtp_write(g711->buffer, pt, g711->marker, (uint16_t)g711->seq, g711->timestamp);
	g711->seq++;
	g711->timestamp += (uint32_t)g711->fill;
	g711->fill = 0;
	g711->marker = false;
	g711->cb(g711->user, &packet);
}

/** Sends what there is, then moves the line on by `samples`. */
static void jump(gb_g711 *g711, uint32_t samples) {
	if(g711->fill > 0) {
		send(g711);
	}
	g711->timestamp += samples;
	g711->seq += g711->lost;
	g711->marker = true;
	g711->jumps++;
}

/** Difference of two times that wrap at 2^bits. */
static int64_t time_step(int64_t time, int64_t before, unsigned bits) {
	int64_t range = INT64_C(1) << bits;
	int64_t step = (time - before) & (range - 1);
	return step >= range / 2 ? step - range : step;
}

void gb_g711_time(gb_g711 *g711, int64_t time, unsigned bits, uint32_t clock) {
	int64_t hole = 0;
	if(g711->timed) {
		hole = time_step(time, g711->last_time, bits) * RATE / clock - g711->samples;
	}
	bool believed = g711->timed && g711->holes < DISTRUST_AFTER;
	int64_t hole_min = g711->lost ? HOLE_MIN_AFTER_LOSS : HOLE_MIN;
	g711->timed = true;
	g711->last_time = time;
	g711->samples = 0;
	if(hole < hole_min) {
		g711->holes = hole > -HOLE_MIN ? 0 : g711->holes;
	} else if(believed && hole <= HOLE_MAX) {
		g711->holes += !g711->lost;
		jump(g711, (uint32_t)hole);
	}
	g711->lost = false;
}

void gb_g711_feed(gb_g711 *g711, gb_codec codec, const uint8_t *data, size_t len, int64_t now_us) {
	if(codec != g711->codec) {
		g711->codec = codec;
		g711->fill = 0;
		g711->marker = true;
	}
	g711->last_us = now_us;
	g711->samples += (int64_t)len;
	while(len > 0) {
		size_t take = MIN(len, GB_G711_SAMPLES - g711->fill);
		memcpy(g711->buffer + GB_RTP_HEADER_LEN + g711->fill, data, take);
		g711->fill += take;
		data += take;
		len -= take;
		if(g711->fill == GB_G711_SAMPLES) {
			send(g711);
		}
	}
}

void gb_g711_gap(gb_g711 *g711) {
	g711->lost = g711->codec != GB_CODEC_NONE;
}

void gb_g711_restart(gb_g711 *g711, int64_t now_us) {
	if(g711->last_us > 0 && now_us > g711->last_us) {
		g711->timestamp += (uint32_t)((now_us - g711->last_us) * RATE / 1000000);
	}
	g711->timestamp += (uint32_t)g711->fill;
	g711->fill = 0;
	g711->marker = true;
	g711->timed = false;
	g711->lost = false;
	g711->holes = 0;
	g711->last_us = 0;
}

uint64_t gb_g711_jumps(const gb_g711 *g711) {
	return g711->jumps;
}
