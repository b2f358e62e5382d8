#include "cam_source.h"

#include <stdlib.h>
#include <string.h>

#include "cam_re.h"

#include "cam_util.h"

enum {
	LATE_US = 500000,	/* later than this: a new start instead of hurrying */
	TONE_SAMPLES = 320, /* 40 ms */
	TONE_RATE = 8000,
};

typedef struct source {
	struct le le;
	cam_sources *owner;
	char *key; /* what it shows; empty when it is not shared */
	cam_feed *feed;
	struct list taps;
	struct tmr timer;
	uint64_t start_us; /* monotonic time of the feed's 0 */
	uint64_t pts_base; /* 90 kHz */
	uint64_t samples;  /* of sound, since the start */
	bool want_key;
	bool ended;
} source;

struct cam_tap {
	struct le le;
	source *source;
	cam_frame_h *handler;
	void *arg;
	bool started;
};

struct cam_sources {
	cam_source_config config;
	cam_clip *clip;
	struct list list;
};

cam_sources *cam_sources_new(const cam_source_config *config) {
	cam_sources *s = cam_alloc(sizeof(*s));
	s->config = *config;
	if(config->file != NULL && !cam_clip_load(config->file, &s->clip)) {
		free(s);
		return NULL;
	}
	return s;
}

void cam_sources_free(cam_sources *sources) {
	if(sources == NULL)
		return;
	cam_clip_free(sources->clip);
	free(sources);
}

static void deliver(source *s, const cam_frame *frame) {
	struct le *le;
	LIST_FOREACH(&s->taps, le) {
		cam_tap *tap = le->data;
		tap->started |= !frame->audio && frame->key;
		if(tap->started)
			tap->handler(frame, tap->arg);
	}
}

/** One period of 400 Hz at 8 kHz in A-law. */
static const uint8_t tone[20] = {0xD5, 0x96, 0x87, 0x8C, 0x88, 0x8A, 0x88, 0x8C, 0x87, 0x96, 0xD5,
	0x16, 0x07, 0x0C, 0x08, 0x0A, 0x08, 0x0C, 0x07, 0x16};

static void send_tone(source *s, uint64_t elapsed_us) {
	while(s->samples * 1000000u / TONE_RATE <= elapsed_us) {
		uint8_t samples[TONE_SAMPLES];
		for(size_t i = 0; i < TONE_SAMPLES; i++)
			samples[i] = tone[(s->samples + i) % sizeof(tone)];
		uint64_t pts = s->pts_base + s->samples * 90000u / TONE_RATE;
		cam_frame frame = {true, true, pts, pts, samples, TONE_SAMPLES};
		deliver(s, &frame);
		s->samples += TONE_SAMPLES;
	}
}

static void send_picture(source *s) {
	cam_picture picture;
	bool key = s->want_key;
	s->want_key = false;
	if(!s->feed->next(s->feed, key, &picture)) {
		s->ended = true;
		return;
	}
	cam_frame frame = {false, picture.key, s->pts_base + picture.pts, s->pts_base + picture.dts,
		picture.data, picture.len};
	deliver(s, &frame);
}

static void tick(void *arg) {
	source *s = arg;
	uint64_t dts;
	if(s->ended || !s->feed->due(s->feed, &dts))
		return;
	uint64_t due_us = s->start_us + dts * 100 / 9, now = cam_now_us();
	if(now > due_us + LATE_US) {
		s->start_us += now - due_us;
		due_us = now;
	}
	if(now >= due_us) {
		send_picture(s);
		if(s->owner->config.tone)
			send_tone(s, dts * 100 / 9);
		if(!s->feed->due(s->feed, &dts))
			return;
		due_us = s->start_us + dts * 100 / 9;
		now = cam_now_us();
	}
	tmr_start(&s->timer, now < due_us ? (due_us - now + 999) / 1000 : 0, tick, s);
}

static cam_feed *open_feed(const cam_sources *sources, const char *channel) {
	const cam_source_config *c = &sources->config;
	if(sources->clip != NULL)
		return cam_feed_clip(sources->clip);
	if(c->file != NULL)
		return cam_feed_transcode(&c->video, c->file);
	return cam_feed_pattern(&c->video, c->shared ? c->shared_id : channel);
}

/** What streams have in common when they share a source; "" when each one has its own. */
static const char *key_of(const cam_sources *sources, const char *channel) {
	if(sources->clip != NULL)
		return ""; /* each one begins with the key frame, which costs nothing */
	return sources->config.file != NULL || sources->config.shared ? "*" : channel;
}

static source *find_source(const cam_sources *sources, const char *key) {
	struct le *le;
	LIST_FOREACH(&sources->list, le) {
		source *s = le->data;
		if(*key != '\0' && strcmp(s->key, key) == 0)
			return s;
	}
	return NULL;
}

static source *open_source(cam_sources *sources, const char *channel) {
	cam_feed *feed = open_feed(sources, channel);
	if(feed == NULL)
		return NULL;
	source *s = cam_alloc(sizeof(*s));
	s->owner = sources;
	s->key = cam_strdup(key_of(sources, channel));
	s->feed = feed;
	s->start_us = cam_now_us();
	s->pts_base = 90000u + cam_entropy_u32() % 0x01000000u;
	list_append(&sources->list, &s->le, s);
	tmr_start(&s->timer, 0, tick, s);
	return s;
}

static void close_source(source *s) {
	tmr_cancel(&s->timer);
	list_unlink(&s->le);
	s->feed->free(s->feed);
	free(s->key);
	free(s);
}

cam_tap *cam_tap_open(cam_sources *sources, const char *channel, cam_frame_h *handler, void *arg) {
	source *s = find_source(sources, key_of(sources, channel));
	if(s == NULL)
		s = open_source(sources, channel);
	if(s == NULL)
		return NULL;
	cam_tap *tap = cam_alloc(sizeof(*tap));
	tap->source = s;
	tap->handler = handler;
	tap->arg = arg;
	list_append(&s->taps, &tap->le, tap);
	s->want_key = true;
	return tap;
}

void cam_tap_close(cam_tap *tap) {
	if(tap == NULL)
		return;
	source *s = tap->source;
	list_unlink(&tap->le);
	free(tap);
	if(list_isempty(&s->taps))
		close_source(s);
}

void cam_tap_key(cam_tap *tap) {
	if(tap != NULL)
		tap->source->want_key = true;
}
