#include "gb28181/media/gb_rtp.h"

#include "gb28181/base/gb_cursor.h"

enum { RTP_PADDING = 0x20, RTP_EXTENSION = 0x10, RTP_CSRC_COUNT = 0x0F, RTP_MARKER = 0x80 };

bool gb_rtp_is_rtcp(const uint8_t *data, size_t len) {
	if(len < 2 || (data[0] >> 6) != 2) {
		return false;
	}
	uint8_t pt = data[1] & 0x7F;
	return pt >= 72 && pt <= 76;
}

/** Takes the padding off the end (RFC 3550, 5.1); false when its count cannot be. */
static bool strip_padding(gb_cursor *cursor) {
	if(cursor->left == 0) {
		return false;
	}
	uint8_t count = cursor->pos[cursor->left - 1];
	if(count == 0 || count > cursor->left) {
		return false;
	}
	cursor->left -= count;
	return true;
}

bool gb_rtp_parse(const uint8_t *data, size_t len, gb_rtp_packet *ret_packet) {
	gb_cursor cursor = gb_cursor_of(data, len);
	gb_rtp_packet packet = {0};
	uint8_t first = gb_cursor_u8(&cursor);
	uint8_t second = gb_cursor_u8(&cursor);
	packet.marker = (second & RTP_MARKER) != 0;
	packet.pt = second & 0x7F;
	packet.seq = gb_cursor_u16(&cursor);
	packet.timestamp = gb_cursor_u32(&cursor);
	packet.ssrc = gb_cursor_u32(&cursor);
	gb_cursor_skip(&cursor, (size_t)(first & RTP_CSRC_COUNT) * 4);
	if(first & RTP_EXTENSION) {
		gb_cursor_skip(&cursor, 2);
		gb_cursor_skip(&cursor, (size_t)gb_cursor_u16(&cursor) * 4);
	}
	if(cursor.bad || (first >> 6) != 2) {
		return false;
	}
	if((first & RTP_PADDING) && !strip_padding(&cursor)) {
		return false;
	}
	packet.payload = cursor.pos;
	packet.len = cursor.left;
	*ret_packet = packet;
	return true;
}

static void put_u16(uint8_t *at, uint16_t value) {
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

void gb_rtp_write(uint8_t *header, uint8_t pt, bool marker, uint16_t seq, uint32_t timestamp) {
	header[0] = 0x80;
	header[1] = (uint8_t)((marker ? RTP_MARKER : 0) | (pt & 0x7F));
	put_u16(header + 2, seq);
	put_u16(header + 4, (uint16_t)(timestamp >> 16));
	put_u16(header + 6, (uint16_t)timestamp);
	put_u16(header + 8, 0);
	put_u16(header + 10, 0);
}
