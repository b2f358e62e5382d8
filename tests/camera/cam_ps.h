/**
 * @file cam_ps.h
 * MPEG program stream as GB/T 28181 cameras write it (Annex C): one pack for each video frame;
 * system header and program stream map in the packs of key frames; video in PES E0, audio in PES
 * C0. A frame above 64 kB is cut into several PES packets of which only the first carries a time.
 */
#ifndef CAM_PS_H
#define CAM_PS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cam_util.h"

/** Stream types of the program stream map. */
enum {
	CAM_PS_NONE = 0,
	CAM_PS_H264 = 0x1B,
	CAM_PS_H265 = 0x24,
	CAM_PS_PCMA = 0x90,
	CAM_PS_PCMU = 0x91,
	CAM_PS_AAC = 0x0F,
};

/** What the stream consists of; CAM_PS_NONE for a part that is missing. */
typedef struct cam_ps_config {
	uint8_t video_type;
	uint8_t audio_type;
	bool no_psm; /**< never write a program stream map (a misbehaving camera) */
} cam_ps_config;

/**
 * Appends the pack of a video frame to out.
 * @param pts, dts 90 kHz, only the low 33 bits count; DTS is written when it differs from PTS
 * @param key      with system header and program stream map
 */
void cam_ps_video(const cam_ps_config *config, const uint8_t *frame, size_t len, uint64_t pts,
	uint64_t dts, bool key, cam_buf *out);

/** Appends the pack of an audio frame to out. */
void cam_ps_audio(const uint8_t *frame, size_t len, uint64_t pts, cam_buf *out);

/** The parts, for tests. */
void cam_ps_pack_header(uint64_t scr, cam_buf *out);
void cam_ps_system_header(const cam_ps_config *config, cam_buf *out);
void cam_ps_map(const cam_ps_config *config, cam_buf *out);

#endif
