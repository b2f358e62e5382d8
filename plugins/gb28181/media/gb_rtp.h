/* gb_rtp.h - the fixed RTP header (RFC 3550, 5.1): reading, writing, sequence arithmetic.
 *
 * Pure functions, any thread. A parsed packet points into the datagram it came from. */
#ifndef GB_RTP_H
#define GB_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes of the header that we write; what comes may have CSRCs and an extension. */
#define GB_RTP_HEADER_LEN 12

/** Payload types with a fixed meaning (RFC 3551; gb28181.md 13.1). */
enum { GB_RTP_PT_PCMU = 0, GB_RTP_PT_PCMA = 8, GB_RTP_PT_PS = 96 };

typedef struct {
	const uint8_t *payload; /**< after CSRCs and extension; not owned */
	size_t len;				/**< payload bytes without padding, may be 0 */
	uint32_t timestamp;
	uint32_t ssrc;
	uint16_t seq;
	uint8_t pt;
	bool marker;
} gb_rtp_packet;

/** True when the datagram is RTCP that came to the RTP port: types 200 to 204, which read as
 * payload types 72 to 76. */
bool gb_rtp_is_rtcp(const uint8_t *data, size_t len);

/** False when it is not RTP version 2 or is cut short; `ret_packet` is untouched then. */
bool gb_rtp_parse(const uint8_t *data, size_t len, gb_rtp_packet *ret_packet);

/** Writes GB_RTP_HEADER_LEN bytes, SSRC 0. */
void gb_rtp_write(uint8_t *header, uint8_t pt, bool marker, uint16_t seq, uint32_t timestamp);

/** How far `a` is ahead of `b`, modulo 2^16: -32768..32767. */
static inline int gb_rtp_seq_diff(uint16_t a, uint16_t b) {
	return (int16_t)(uint16_t)(a - b);
}

#endif
