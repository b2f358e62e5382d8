/**
 * @file cam_draw.h
 * The test picture, drawn straight into a YUV 4:2:0 frame: colour bars, a moving box, a clock, the
 * channel's id, and a code that programs can read.
 *
 * The code is a grid of 16 columns and 4 rows of square blocks, black for 0 and white for 1, whose
 * upper left corner lies at (B, B). The side B of a block is 16 pixels for each full 512 pixels of
 * the picture's width, at least 16 (16 at 640x480, 32 at 1280x720, 48 at 1920x1080). Read from left
 * to right and from top to bottom, most significant bit first:
 *
 *     rows 1 and 2   32 bits  time of drawing, milliseconds since 1970 UTC modulo 2^32
 *     row 3          16 bits  frame counter modulo 2^16
 *     row 4          16 bits  CRC-16/CCITT-FALSE of the channel's id in ASCII
 *
 * Read the middle of each block and compare its brightness with 128. A picture that was scaled has
 * everything at the same share of its width and height.
 */
#ifndef CAM_DRAW_H
#define CAM_DRAW_H

#include <stddef.h>
#include <stdint.h>

#include "cam_util.h"

/** A picture in memory, YUV 4:2:0, even width and height. */
typedef struct cam_canvas {
	uint8_t *plane[3];
	int stride[3];
	int width, height;
} cam_canvas;

/** What is shown. */
typedef struct cam_scene {
	const char *id;	  /**< channel */
	uint64_t wall_ms; /**< ms since 1970 UTC */
	cam_time local;	  /**< the same as local time of the device */
	uint32_t frame;	  /**< counter */
} cam_scene;

enum { CAM_CODE_COLUMNS = 16, CAM_CODE_ROWS = 4 };

/** Side B of a block for a picture of that width. */
int cam_draw_block(int width);

/** CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF ("123456789" gives 0x29B1). */
uint16_t cam_draw_crc16(const char *text);

/** The parts of the picture that stand still. */
void cam_draw_background(cam_canvas *canvas);

/** Everything else, on top of the background. */
void cam_draw_scene(cam_canvas *canvas, const cam_scene *scene);

#endif
