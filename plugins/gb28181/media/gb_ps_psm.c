#include "gb28181/media/gb_ps_psm.h"

#include "gb28181/base/gb_cursor.h"

#include <glib.h>

/** Bytes of the CRC at the end. */
#define PSM_CRC 4

static const struct {
	uint8_t type;
	gb_codec codec;
} stream_types[] = {
	{0x0F, GB_CODEC_AAC},
	{0x10, GB_CODEC_MPEG4},
	{0x11, GB_CODEC_AAC},
	{0x1B, GB_CODEC_H264},
	{0x24, GB_CODEC_H265},
	{0x80, GB_CODEC_SVAC},
	{0x90, GB_CODEC_PCMA},
	{0x91, GB_CODEC_PCMU},
	{0x92, GB_CODEC_G722_1},
	{0x93, GB_CODEC_G723_1},
	{0x99, GB_CODEC_G729},
	{0x9C, GB_CODEC_OPUS},
};

gb_codec gb_psm_codec(uint8_t stream_type) {
	for(size_t i = 0; i < G_N_ELEMENTS(stream_types); i++) {
		if(stream_types[i].type == stream_type) {
			return stream_types[i].codec;
		}
	}
	return GB_CODEC_UNKNOWN;
}

uint32_t gb_psm_audio_rate(gb_codec codec) {
	switch(codec) {
	case GB_CODEC_PCMA:
	case GB_CODEC_PCMU:
	case GB_CODEC_G723_1:
	case GB_CODEC_G726:
	case GB_CODEC_G729:
		return 8000;
	case GB_CODEC_G722:
	case GB_CODEC_G722_1:
		return 16000;
	case GB_CODEC_OPUS:
		return 48000;
	default:
		return 0;
	}
}

/** Descriptors of `len` bytes; a length that cannot be is taken for none (13.3). */
static void skip_descriptors(gb_cursor *cursor, size_t len) {
	if(len <= cursor->left) {
		gb_cursor_skip(cursor, len);
	}
}

static void add_entry(gb_psm *psm, uint8_t type, uint8_t id) {
	if(id >= 0xE0 && id <= 0xEF && psm->video == GB_CODEC_NONE) {
		psm->video = gb_psm_codec(type);
		psm->video_id = id;
	} else if(id >= 0xC0 && id <= 0xDF && psm->audio == GB_CODEC_NONE) {
		psm->audio = gb_psm_codec(type);
		psm->audio_id = id;
	}
}

bool gb_psm_parse(const uint8_t *body, size_t len, gb_psm *ret_psm) {
	gb_psm psm = {GB_CODEC_NONE, GB_CODEC_NONE, 0, 0};
	if(len < PSM_CRC) {
		return false;
	}
	gb_cursor cursor = gb_cursor_of(body, len - PSM_CRC);
	gb_cursor_skip(&cursor, 2); /* current_next, version: may change at every key frame */
	skip_descriptors(&cursor, gb_cursor_u16(&cursor));
	gb_cursor_skip(&cursor, 2); /* elementary_stream_map_length: wrong in the field */
	if(cursor.bad || cursor.left < 4) {
		return false;
	}
	while(cursor.left >= 4) {
		uint8_t type = gb_cursor_u8(&cursor);
		uint8_t id = gb_cursor_u8(&cursor);
		add_entry(&psm, type, id);
		skip_descriptors(&cursor, gb_cursor_u16(&cursor));
	}
	*ret_psm = psm;
	return true;
}
