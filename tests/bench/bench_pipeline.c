/* bench_pipeline.c - how fast the media path is: program stream in, finished packets out.
 *
 *   bench_pipeline FILE.ps [SECONDS [BYTES]]
 *
 * Feeds the file over and over in RTP packets of BYTES (1,400) for SECONDS (2) and prints one line.
 * A file like a camera's: ffmpeg -f lavfi -i testsrc2=s=1920x1080:r=25:d=20 -c:v libx264 -bf 0 -g
 * 50 -b:v 4M -f vob x.ps */
#include "gb28181/media/gb_pipeline.h"

#include "gb28181/media/gb_rtp.h"

#include <stdio.h>
#include <string.h>

#define PACKET_MAX 65000

typedef struct {
	uint64_t packets;
	uint64_t bytes;
} tally;

static void on_packet(void *user, const gb_media_packet *packet) {
	tally *out = user;
	out->packets++;
	out->bytes += packet->len;
}

static void on_event(void *user, gb_pipeline_event event, const gb_media_format *format) {
	(void)user;
	(void)event;
	(void)format;
}

static uint64_t feed_file(gb_pipeline *pipeline, const uint8_t *data, size_t len, size_t cut,
	uint16_t *seq, int64_t now_us) {
	static uint8_t packet[GB_RTP_HEADER_LEN + PACKET_MAX];
	uint64_t count = 0;
	for(size_t at = 0; at < len; at += cut, count++) {
		size_t take = MIN(cut, len - at);
		gb_rtp_write(packet, GB_RTP_PT_PS, false, (*seq)++, (uint32_t)now_us);
		memcpy(packet + GB_RTP_HEADER_LEN, data + at, take);
		gb_pipeline_feed(pipeline, packet, GB_RTP_HEADER_LEN + take, false, now_us);
	}
	return count;
}

static void run(const uint8_t *data, size_t len, int64_t seconds, size_t cut) {
	static const gb_pipeline_ops ops = {on_packet, on_event};
	tally out = {0, 0};
	gb_pipeline_config config;
	gb_pipeline_config_default(&config);
	g_autoptr(gb_pipeline) pipeline = gb_pipeline_new(&config, &ops, &out);
	int64_t start_us = g_get_monotonic_time();
	int64_t passed_us = 0;
	uint64_t packets = 0;
	uint64_t rounds = 0;
	uint16_t seq = 0;
	while(passed_us < seconds * G_USEC_PER_SEC) {
		packets += feed_file(pipeline, data, len, cut, &seq, start_us + passed_us);
		rounds++;
		passed_us = g_get_monotonic_time() - start_us;
	}
	double bytes = (double)rounds * (double)len;
	printf("%.2f GB/s, %.0f ns per packet of %zu bytes, %" G_GUINT64_FORMAT
		   " packets out, %.0f ns each\n",
		bytes / (double)passed_us / 1e3, (double)passed_us * 1e3 / (double)packets, cut,
		out.packets, (double)passed_us * 1e3 / (double)MAX(out.packets, 1));
}

int main(int argc, char **argv) {
	g_autofree char *data = NULL;
	size_t len = 0;
	if(argc < 2 || !g_file_get_contents(argv[1], &data, &len, NULL) || len == 0) {
		fprintf(stderr, "usage: bench_pipeline FILE.ps [SECONDS [BYTES]]\n");
		return 2;
	}
	int64_t seconds = argc > 2 ? g_ascii_strtoll(argv[2], NULL, 10) : 2;
	int64_t cut = argc > 3 ? g_ascii_strtoll(argv[3], NULL, 10) : 1400;
	run((const uint8_t *)data, len, CLAMP(seconds, 1, 60), (size_t)CLAMP(cut, 1, PACKET_MAX));
	return 0;
}
