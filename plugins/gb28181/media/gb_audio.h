/* gb_audio.h - the audio elementary stream: which codec it really is, and G.711 on to packets.
 *
 * The stream map may come late, never, or lie: AAC is recognised by its ADTS headers whatever the
 * map says, and without a map sound is taken for G.711 A-law (gb28181.md 13.4, 13.6 rule 9). Other
 * codecs are named, not passed on. Lives on one thread. */
#ifndef GB_AUDIO_H
#define GB_AUDIO_H

#include "gb28181/media/gb_g711.h"

typedef struct gb_audio gb_audio;

/** `cb` takes the finished packets. */
gb_audio *gb_audio_new(gb_g711_cb cb, void *user);
void gb_audio_free(gb_audio *audio);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_audio, gb_audio_free)

/** What the stream map declares; NONE when it has no audio. */
void gb_audio_set_hint(gb_audio *audio, gb_codec codec);
/** A PES begins; `pts` may be GB_PTS_NONE, `len` is 0 when not known. */
void gb_audio_pes(gb_audio *audio, int64_t pts, size_t len);
void gb_audio_feed(gb_audio *audio, const uint8_t *data, size_t len, int64_t now_us);
/** G.711 that came in RTP packets of its own; `timestamp` in samples. */
void gb_audio_raw(gb_audio *audio, gb_codec codec, uint32_t timestamp, const uint8_t *data,
	size_t len, int64_t now_us);
/** Packets were lost. */
void gb_audio_gap(gb_audio *audio);
/** The camera starts anew. */
void gb_audio_restart(gb_audio *audio, int64_t now_us);

/** What it is; NONE while it is not known. `ret_rate` in Hz, 0 = not known. */
gb_codec gb_audio_codec(const gb_audio *audio, uint32_t *ret_rate);
/** Jumps of the audio line over missing sound. */
uint64_t gb_audio_jumps(const gb_audio *audio);

#endif
