/* A stream with real sockets and threads: what comes in by UDP reaches the sinks, and the events
 * the owner. */
#include "gb28181/engine/gb_stream.h"

#include "gb28181/base/gb_clock.h"
#include "gb28181/base/gb_error.h"

#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SSRC 200000001u
#define PATIENCE_MS 5000

/* The controlling thread's side of a test. */
typedef struct {
	gb_mailbox *owner;
	gb_media *media;
	gb_stream *stream;
	unsigned events[GB_STREAM_UNKNOWN_MEDIA + 1];
	gb_stream_event last;
	int sender; /**< UDP socket of the camera */
	uint16_t seq;
} fixture;

/* A sink that counts; freed when the last reference goes. */
typedef struct {
	gb_sink sink;
	gint video, audio, formats, first_is_key; /**< atomic */
	gint *freed;
} counter;

static void counter_packet(gb_sink *sink, const gb_media_packet *packet) {
	counter *c = (counter *)sink;
	if(packet->kind == GB_AUDIO) {
		g_atomic_int_inc(&c->audio);
	} else if(g_atomic_int_add(&c->video, 1) == 0) {
		g_atomic_int_set(&c->first_is_key, packet->keyframe && packet->frame_start);
	}
}

static void counter_format(gb_sink *sink, const gb_media_format *format) {
	(void)format;
	g_atomic_int_inc(&((counter *)sink)->formats);
}

static void counter_free(gb_sink *sink) {
	counter *c = (counter *)sink;
	g_atomic_int_inc(c->freed);
	g_free(c);
}

static counter *counter_new(gint *freed) {
	static const gb_sink_ops ops = {counter_packet, counter_format, counter_free};
	counter *c = g_new0(counter, 1);
	gb_sink_init(&c->sink, &ops);
	c->freed = freed;
	return c;
}

static void on_event(const gb_stream_event *event, void *user) {
	fixture *f = (fixture *)user;
	f->events[event->kind]++;
	f->last = *event;
}

/* Runs the owner's tasks until *what >= wanted. */
static void await(fixture *f, const unsigned *what, unsigned wanted) {
	int64_t deadline = gb_clock_us() + PATIENCE_MS * GB_MS;
	while(*what < wanted) {
		g_assert_cmpint(gb_clock_us(), <, deadline);
		struct pollfd wait = {.fd = gb_mailbox_fd(f->owner), .events = POLLIN};
		poll(&wait, 1, 50);
		gb_mailbox_run(f->owner);
	}
}

static gb_stream_source source_of(uint32_t ssrc) {
	gb_stream_source source = {.ssrc = ssrc};
	g_assert_true(gb_addr_parse_ip("127.0.0.1", 0, &source.local_ip));
	return source;
}

static void set_up(fixture *f) {
	memset(f, 0, sizeof(*f));
	gb_media_config config;
	gb_media_config_default(&config);
	config.port_min = 39000;
	config.port_max = 39999;
	f->owner = gb_mailbox_new(0);
	g_autoptr(GError) error = NULL;
	f->media = gb_media_new(&config, f->owner, &error);
	g_assert_no_error(error);
	gb_stream_source source = source_of(SSRC);
	f->stream = gb_stream_open(f->media, &source, on_event, f, &error);
	g_assert_no_error(error);
	f->sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static void tear_down(fixture *f) {
	if(f->stream) {
		gb_stream_close(f->stream);
	}
	gb_media_free(f->media);
	gb_mailbox_free(f->owner);
	close(f->sender);
}

static void send_rtp(
	fixture *f, uint32_t ssrc, uint32_t timestamp, const uint8_t *data, size_t len) {
	uint8_t packet[1500] = {0x80, 96, (uint8_t)(f->seq >> 8), (uint8_t)f->seq};
	uint32_t words[2] = {htonl(timestamp), htonl(ssrc)};
	memcpy(packet + 4, words, 8);
	memcpy(packet + 12, data, len);
	f->seq++;
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(gb_stream_port(f->stream))};
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	g_assert_cmpint(
		sendto(f->sender, packet, len + 12, 0, (struct sockaddr *)&to, sizeof(to)), ==, len + 12);
}

/* Sends a whole file of PS, cut at arbitrary places. */
static void send_file(fixture *f, uint32_t ssrc) {
	g_autofree char *path = g_build_filename(GB_TEST_DATA, "ps", "h264-vob.ps", NULL);
	g_autofree char *data = NULL;
	gsize len = 0;
	g_assert_true(g_file_get_contents(path, &data, &len, NULL));
	for(gsize at = 0; at < len; at += 1000) {
		send_rtp(f, ssrc, (uint32_t)at, (const uint8_t *)data + at, MIN(1000, len - at));
	}
}

static void test_picture(void) {
	fixture f;
	set_up(&f);
	gint freed = 0;
	counter *sink = counter_new(&freed);
	gb_stream_attach(f.stream, &sink->sink);
	send_file(&f, SSRC);
	await(&f, &f.events[GB_STREAM_SINK_STARTED], 1);
	g_assert_cmpuint(f.events[GB_STREAM_FIRST_PACKET], ==, 1);
	g_assert_cmpuint(f.events[GB_STREAM_FIRST_PACK], ==, 1);
	g_assert_cmpuint(f.events[GB_STREAM_FIRST_KEYFRAME], ==, 1);
	g_assert_cmpuint(f.events[GB_STREAM_FORMAT], >=, 1);
	g_assert_cmpint(f.last.format.video, ==, GB_CODEC_H264);
	g_assert_true(g_atomic_int_get(&sink->first_is_key));
	g_assert_cmpint(g_atomic_int_get(&sink->formats), >=, 1);
	gb_stream_stats stats;
	gb_stream_get_stats(f.stream, &stats);
	g_assert_cmpuint(stats.ssrc, ==, SSRC);
	g_assert_cmpint(stats.format.video, ==, GB_CODEC_H264);
	gb_sink_unref(&sink->sink);
	tear_down(&f);
	g_assert_cmpint(freed, ==, 1);
}

static void test_strangers(void) {
	fixture f;
	set_up(&f);
	static const uint8_t garbage[20] = {0x80, 96};
	send_rtp(&f, SSRC + 1, 0, garbage, sizeof(garbage));
	send_file(&f, SSRC);
	await(&f, &f.events[GB_STREAM_FIRST_KEYFRAME], 1);
	gb_stream_stats stats = {0};
	int64_t deadline = gb_clock_us() + PATIENCE_MS * GB_MS;
	while(stats.strangers == 0 && gb_clock_us() < deadline) {
		gb_stream_get_stats(f.stream, &stats);
	}
	g_assert_cmpuint(stats.strangers, ==, 1);
	g_assert_cmpuint(stats.ssrc, ==, SSRC);
	tear_down(&f);
}

static void count_task(void *data) {
	(*(unsigned *)data)++;
}

static void test_detach(void) {
	fixture f;
	set_up(&f);
	gint freed = 0;
	counter *sink = counter_new(&freed);
	gb_stream_attach(f.stream, &sink->sink);
	unsigned done = 0;
	gb_stream_detach(f.stream, &sink->sink, count_task, &done);
	await(&f, &done, 1);
	send_file(&f, SSRC);
	await(&f, &f.events[GB_STREAM_FIRST_KEYFRAME], 1);
	g_assert_cmpint(g_atomic_int_get(&sink->video), ==, 0);
	gb_sink_unref(&sink->sink);
	g_assert_cmpint(freed, ==, 1);
	tear_down(&f);
}

/* A second INVITE: another port, the same sinks, and what the first one still sends is not taken.
 */
static void test_reopen(void) {
	fixture f;
	set_up(&f);
	gint freed = 0;
	counter *sink = counter_new(&freed);
	gb_stream_attach(f.stream, &sink->sink);
	send_file(&f, SSRC);
	await(&f, &f.events[GB_STREAM_SINK_STARTED], 1);
	uint16_t port = gb_stream_port(f.stream);
	gb_stream_source source = source_of(SSRC + 9);
	g_assert_true(gb_stream_reopen(f.stream, &source, NULL));
	g_assert_cmpuint(gb_stream_port(f.stream), !=, port);
	g_assert_cmpuint(gb_stream_generation(f.stream), ==, 2);
	send_file(&f, SSRC);
	send_file(&f, SSRC + 9);
	await(&f, &f.events[GB_STREAM_SINK_STARTED], 2);
	g_assert_cmpuint(f.events[GB_STREAM_FIRST_PACKET], ==, 2);
	gb_sink_unref(&sink->sink);
	tear_down(&f);
	g_assert_cmpint(freed, ==, 1);
}

/* A viewer that comes later sees the cached picture although nothing more arrives. */
static void test_late_viewer(void) {
	fixture f;
	set_up(&f);
	send_file(&f, SSRC);
	await(&f, &f.events[GB_STREAM_FIRST_KEYFRAME], 1);
	gint freed = 0;
	counter *sink = counter_new(&freed);
	gb_stream_attach(f.stream, &sink->sink);
	unsigned *outcome = &f.events[GB_STREAM_SINK_STARTED];
	await(&f, outcome, 1);
	g_assert_true(g_atomic_int_get(&sink->first_is_key));
	gb_sink_unref(&sink->sink);
	tear_down(&f);
}

static void test_silence(void) {
	fixture f;
	set_up(&f);
	gb_stream_watch_silence(f.stream, 20 * GB_MS);
	await(&f, &f.events[GB_STREAM_NO_MEDIA], 1);
	tear_down(&f);
	g_assert_cmpuint(f.events[GB_STREAM_NO_MEDIA], ==, 1);
}

static void test_no_port(void) {
	g_autoptr(gb_mailbox) owner = gb_mailbox_new(0);
	gb_media_config config;
	gb_media_config_default(&config);
	config.port_min = 39998;
	config.port_max = 39999;
	g_autoptr(gb_media) media = gb_media_new(&config, owner, NULL);
	gb_stream_source source = source_of(SSRC);
	fixture f = {.owner = owner};
	gb_stream *one = gb_stream_open(media, &source, on_event, &f, NULL);
	g_assert_nonnull(one);
	g_autoptr(GError) error = NULL;
	g_assert_null(gb_stream_open(media, &source, on_event, &f, &error));
	g_assert_error(error, GB_ERROR, GB_ERROR_NO_PORT);
	gb_stream_close(one);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/stream/picture", test_picture);
	g_test_add_func("/stream/strangers", test_strangers);
	g_test_add_func("/stream/detach", test_detach);
	g_test_add_func("/stream/reopen", test_reopen);
	g_test_add_func("/stream/late-viewer", test_late_viewer);
	g_test_add_func("/stream/silence", test_silence);
	g_test_add_func("/stream/no-port", test_no_port);
	return g_test_run();
}
