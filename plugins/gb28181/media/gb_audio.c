#include "gb28181/media/gb_audio.h"

#include "gb28181/media/gb_ps_psm.h"

#include <string.h>

/** Bytes of an ADTS header without CRC (ISO/IEC 13818-7, 6.2). */
#define ADTS_HEADER 7
/** PES packets for which a stream map is waited for: about two seconds. */
#define GUESS_AFTER 50
/** PES packets without ADTS after which AAC is over. */
#define ADTS_MEMORY 4

struct gb_audio {
	gb_g711 *g711;
	gb_codec hint;
	gb_codec codec;
	uint32_t rate;
	unsigned adts;	   /**< > 0: it is AAC; falls with each PES that has no ADTS header */
	unsigned unmapped; /**< PES packets without a map */
	int64_t pes_pts;
	size_t pes_len;
	bool deciding; /**< the head of this PES is being collected */
	size_t head_len;
	uint8_t head[ADTS_HEADER];
};

gb_audio *gb_audio_new(gb_g711_cb cb, void *user) {
	gb_audio *audio = g_new0(gb_audio, 1);
	audio->g711 = gb_g711_new(cb, user);
	return audio;
}

void gb_audio_free(gb_audio *audio) {
	if(!audio) {
		return;
	}
	gb_g711_free(audio->g711);
	g_free(audio);
}

void gb_audio_set_hint(gb_audio *audio, gb_codec codec) {
	audio->hint = codec;
}

void gb_audio_pes(gb_audio *audio, int64_t pts, size_t len) {
	audio->pes_pts = pts;
	audio->pes_len = len;
	audio->deciding = true;
	audio->head_len = 0;
}

/** Sampling rate if these bytes are an ADTS header whose frame lies in the PES, else 0: two samples
 * of A-law may look like a sync word, a whole header by chance they do not. */
static uint32_t adts_rate(const gb_audio *audio) {
	static const uint32_t rates[] = {
		96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350};
	const uint8_t *head = audio->head;
	if(audio->head_len < ADTS_HEADER || head[0] != 0xFF || (head[1] & 0xF6) != 0xF0) {
		return 0;
	}
	size_t rate = (head[2] >> 2) & 0x0F;
	size_t frame = ((size_t)(head[3] & 3) << 11) | ((size_t)head[4] << 3) | (head[5] >> 5);
	if(rate >= G_N_ELEMENTS(rates) || frame < ADTS_HEADER) {
		return 0;
	}
	if(audio->pes_len > 0 && frame > audio->pes_len) {
		return 0;
	}
	return rates[rate];
}

static bool is_g711(gb_codec codec) {
	return codec == GB_CODEC_PCMA || codec == GB_CODEC_PCMU;
}

/** The head of the PES is there, or all that there is of it. */
static void decide(gb_audio *audio) {
	uint32_t adts = adts_rate(audio);
	audio->deciding = false;
	if(adts > 0) {
		audio->adts = ADTS_MEMORY;
		audio->codec = GB_CODEC_AAC;
		audio->rate = adts;
		return;
	}
	if(audio->adts > 0 && --audio->adts > 0) {
		return;
	}
	if(audio->hint != GB_CODEC_NONE) {
		audio->codec = audio->hint;
		audio->rate = gb_psm_audio_rate(audio->hint);
	} else if(audio->codec == GB_CODEC_NONE && ++audio->unmapped > GUESS_AFTER) {
		audio->codec = GB_CODEC_PCMA;
		audio->rate = gb_psm_audio_rate(GB_CODEC_PCMA);
	}
}

static void begin_payload(gb_audio *audio, int64_t now_us) {
	decide(audio);
	if(!is_g711(audio->codec)) {
		return;
	}
	if(audio->pes_pts != GB_PTS_NONE) {
		gb_g711_time(audio->g711, audio->pes_pts, 33, 90000);
	}
	gb_g711_feed(audio->g711, audio->codec, audio->head, audio->head_len, now_us);
}

void gb_audio_feed(gb_audio *audio, const uint8_t *data, size_t len, int64_t now_us) {
	if(audio->deciding) {
		size_t want = ADTS_HEADER;
		if(audio->pes_len > 0) {
			want = MIN(want, audio->pes_len);
		}
		size_t take = MIN(len, want - audio->head_len);
		memcpy(audio->head + audio->head_len, data, take);
		audio->head_len += take;
		data += take;
		len -= take;
		if(audio->head_len < want) {
			return;
		}
		begin_payload(audio, now_us);
	}
	if(len > 0 && is_g711(audio->codec)) {
		gb_g711_feed(audio->g711, audio->codec, data, len, now_us);
	}
}

void gb_audio_raw(gb_audio *audio, gb_codec codec, uint32_t timestamp, const uint8_t *data,
	size_t len, int64_t now_us) {
	audio->codec = codec;
	audio->rate = gb_psm_audio_rate(codec);
	gb_g711_time(audio->g711, timestamp, 32, audio->rate);
	gb_g711_feed(audio->g711, codec, data, len, now_us);
}

void gb_audio_gap(gb_audio *audio) {
	gb_g711_gap(audio->g711);
}

void gb_audio_restart(gb_audio *audio, int64_t now_us) {
	gb_g711_restart(audio->g711, now_us);
	audio->hint = audio->codec = GB_CODEC_NONE;
	audio->rate = 0;
	audio->adts = audio->unmapped = 0;
	audio->deciding = false;
}

gb_codec gb_audio_codec(const gb_audio *audio, uint32_t *ret_rate) {
	*ret_rate = audio->rate;
	return audio->codec;
}

uint64_t gb_audio_jumps(const gb_audio *audio) {
	return gb_g711_jumps(audio->g711);
}
