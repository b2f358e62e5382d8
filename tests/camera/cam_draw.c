#include "cam_draw.h"

#include <stdio.h>
#include <string.h>

enum { GLYPH_W = 5, GLYPH_H = 7, CELL_W = 6, CLOCK_CHARS = 12 };

typedef struct colour {
	uint8_t y, u, v;
} colour;

static const colour black = {16, 128, 128}, white = {235, 128, 128};

/** One byte a row, the leftmost pixel in bit 4. */
static const struct {
	char c;
	uint8_t rows[GLYPH_H];
} font[] = {
	{'0', {0x0E, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0E}},
	{'1', {0x04, 0x0C, 0x04, 0x04, 0x04, 0x04, 0x0E}},
	{'2', {0x0E, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1F}},
	{'3', {0x1F, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0E}},
	{'4', {0x02, 0x06, 0x0A, 0x12, 0x1F, 0x02, 0x02}},
	{'5', {0x1F, 0x10, 0x1E, 0x01, 0x01, 0x11, 0x0E}},
	{'6', {0x06, 0x08, 0x10, 0x1E, 0x11, 0x11, 0x0E}},
	{'7', {0x1F, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08}},
	{'8', {0x0E, 0x11, 0x11, 0x0E, 0x11, 0x11, 0x0E}},
	{'9', {0x0E, 0x11, 0x11, 0x0F, 0x01, 0x02, 0x0C}},
	{':', {0x00, 0x04, 0x04, 0x00, 0x04, 0x04, 0x00}},
	{'.', {0x00, 0x00, 0x00, 0x00, 0x00, 0x0C, 0x0C}},
	{'-', {0x00, 0x00, 0x00, 0x0E, 0x00, 0x00, 0x00}},
	{'#', {0x0A, 0x0A, 0x1F, 0x0A, 0x1F, 0x0A, 0x0A}},
};

int cam_draw_block(int width) {
	int n = width / 512;
	return 16 * (n > 0 ? n : 1);
}

uint16_t cam_draw_crc16(const char *text) {
	uint16_t crc = 0xFFFF;
	for(; *text != '\0'; text++) {
		crc ^= (uint16_t)((uint8_t)*text << 8);
		for(int bit = 0; bit < 8; bit++)
			crc = (uint16_t)(crc << 1 ^ (crc & 0x8000 ? 0x1021 : 0));
	}
	return crc;
}

/** Fills a rectangle, cut at the canvas' edges; x, y, w and h are rounded to even numbers for the
 * colours. */
static void fill(cam_canvas *c, int x, int y, int w, int h, colour k) {
	if(x + w > c->width)
		w = c->width - x;
	if(y + h > c->height)
		h = c->height - y;
	if(x < 0 || y < 0 || w <= 0 || h <= 0)
		return;
	for(int row = y; row < y + h; row++)
		memset(c->plane[0] + (ptrdiff_t)row * c->stride[0] + x, k.y, (size_t)w);
	int cw = (x + w + 1) / 2 - x / 2;
	for(int row = y / 2; row < (y + h + 1) / 2; row++) {
		memset(c->plane[1] + (ptrdiff_t)row * c->stride[1] + x / 2, k.u, (size_t)cw);
		memset(c->plane[2] + (ptrdiff_t)row * c->stride[2] + x / 2, k.v, (size_t)cw);
	}
}

static const uint8_t *glyph(char c) {
	for(size_t i = 0; i < sizeof(font) / sizeof(font[0]); i++) {
		if(font[i].c == c)
			return font[i].rows;
	}
	return NULL;
}

/** White digits on a black plate. */
static void text(cam_canvas *c, int x, int y, int scale, const char *s) {
	fill(c, x - scale, y - scale, ((int)strlen(s) * CELL_W + 1) * scale, (GLYPH_H + 2) * scale,
		black);
	for(; *s != '\0'; s++, x += CELL_W * scale) {
		const uint8_t *rows = glyph(*s);
		for(int row = 0; rows != NULL && row < GLYPH_H; row++) {
			for(int column = 0; column < GLYPH_W; column++) {
				if(rows[row] >> (GLYPH_W - 1 - column) & 1)
					fill(c, x + column * scale, y + row * scale, scale, scale, white);
			}
		}
	}
}

static void bits(cam_canvas *c, int first, uint32_t value, int count) {
	int b = cam_draw_block(c->width);
	for(int i = 0; i < count; i++) {
		int x = b + (first + i) % CAM_CODE_COLUMNS * b;
		int y = b + (first + i) / CAM_CODE_COLUMNS * b;
		fill(c, x, y, b, b, value >> (count - 1 - i) & 1 ? white : black);
	}
}

static void code(cam_canvas *c, const cam_scene *scene) {
	bits(c, 0, (uint32_t)scene->wall_ms, 32);
	bits(c, 32, scene->frame & 0xFFFF, 16);
	bits(c, 48, cam_draw_crc16(scene->id), 16);
}

static void clock_face(cam_canvas *c, const cam_scene *scene) {
	const cam_time *t = &scene->local;
	int b = cam_draw_block(c->width);
	int scale = c->width / (CLOCK_CHARS * CELL_W + 8);
	int small = scale / 3 > 1 ? scale / 3 : 2;
	int x = (c->width - CLOCK_CHARS * CELL_W * scale) / 2, y = 6 * b;
	char line[48];
	snprintf(line, sizeof(line), "%02d:%02d:%02d.%03d", t->hour, t->minute, t->second, t->ms);
	text(c, x, y, scale, line);
	y += (GLYPH_H + 3) * scale;
	text(c, x, y, small, scene->id);
	y += (GLYPH_H + 3) * small;
	snprintf(line, sizeof(line), "%04d-%02d-%02d #%u", t->year, t->month, t->day, scene->frame);
	text(c, x, y, small, line);
}

/** A white box that runs from side to side along the lower edge, once in four seconds. */
static void runner(cam_canvas *c, const cam_scene *scene) {
	int side = c->height / 10 & ~1, way = c->width - side;
	int phase = (int)(scene->wall_ms % 4000);
	int x = (int)((int64_t)way * (phase < 2000 ? phase : 4000 - phase) / 2000) & ~1;
	fill(c, x, c->height - side - side / 2, side, side, white);
}

void cam_draw_background(cam_canvas *c) {
	static const colour bars[] = {{180, 128, 128}, {162, 44, 142}, {131, 156, 44}, {112, 72, 58},
		{84, 184, 198}, {65, 100, 212}, {35, 212, 114}, {16, 128, 128}};
	int count = (int)(sizeof(bars) / sizeof(bars[0]));
	for(int i = 0; i < count; i++) {
		int x = c->width * i / count & ~1, next = c->width * (i + 1) / count & ~1;
		fill(c, x, 0, next - x, c->height, bars[i]);
	}
	int ramp = c->height * 4 / 5;
	for(int row = ramp; row < c->height; row++) {
		for(int x = 0; x < c->width; x++)
			c->plane[0][(ptrdiff_t)row * c->stride[0] + x] = (uint8_t)(16 + 219 * x / c->width);
	}
}

void cam_draw_scene(cam_canvas *c, const cam_scene *scene) {
	int b = cam_draw_block(c->width);
	/* a dark frame around the code */
	fill(c, b / 2, b / 2, (CAM_CODE_COLUMNS + 1) * b, (CAM_CODE_ROWS + 1) * b, black);
	code(c, scene);
	clock_face(c, scene);
	runner(c, scene);
}
