/* gb_ps_psm.h - the program stream map: which codec is in which elementary stream.
 *
 * ISO/IEC 13818-1, 2.5.4; stream types of gb28181.md 13.4. A hint, not a truth: cameras lie
 * (13.4), so the video codec is verified by its NAL units and the audio codec by its bytes.
 * Pure functions, any thread. */
#ifndef GB_PS_PSM_H
#define GB_PS_PSM_H

#include "gb28181/media/gb_media.h"

/** What a map declares; GB_CODEC_NONE where it declares nothing. */
typedef struct {
	gb_codec video;
	gb_codec audio;
	uint8_t video_id; /**< stream id of the first video entry: 0xE0..0xEF */
	uint8_t audio_id; /**< stream id of the first audio entry: 0xC0..0xDF */
} gb_psm;

/** Codec of a stream type; GB_CODEC_UNKNOWN when it is none of ours. */
gb_codec gb_psm_codec(uint8_t stream_type);

/** Reads the map's body: the `len` bytes after its length field. The inner lengths may be wrong and
 * the CRC is never right everywhere: entries are read until the outer length less 4. False when it
 * holds no entry at all. */
bool gb_psm_parse(const uint8_t *body, size_t len, gb_psm *ret_psm);

/** Sampling rate in Hz that goes with a codec of a fixed rate, else 0. */
uint32_t gb_psm_audio_rate(gb_codec codec);

#endif
