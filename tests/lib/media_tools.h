/* media_tools.h - what the tests of the media path share: bytes from hex, program streams to order,
 * a pipeline with an ear at its end, and a reassembly of its packets that knows nothing of the code
 * under test.
 *
 * Header only; static functions, each test uses what it needs. */
#ifndef MEDIA_TOOLS_H
#define MEDIA_TOOLS_H

#include "gb28181/media/gb_pipeline.h"

#include <glib.h>
#include <string.h>

#define MT_UNUSED G_GNUC_UNUSED

/* ---- bytes ---- */

/** Appends the bytes of a hex string; blanks are ignored. */
MT_UNUSED static void mt_hex(GByteArray *out, const char *hex) {
	int high = -1;
	for(; *hex; hex++) {
		int digit = g_ascii_xdigit_value(*hex);
		if(digit < 0) {
			continue;
		}
		if(high < 0) {
			high = digit;
			continue;
		}
		uint8_t byte = (uint8_t)(high << 4 | digit);
		g_byte_array_append(out, &byte, 1);
		high = -1;
	}
}

MT_UNUSED static GByteArray *mt_bytes(const char *hex) {
	GByteArray *out = g_byte_array_new();
	mt_hex(out, hex);
	return out;
}

MT_UNUSED static void mt_append(GByteArray *out, const GByteArray *more) {
	g_byte_array_append(out, more->data, more->len);
}

MT_UNUSED static GByteArray *mt_file(const char *name) {
	g_autofree char *path = g_build_filename(GB_TEST_DATA, name, NULL);
	char *data = NULL;
	size_t len = 0;
	g_autoptr(GError) error = NULL;
	g_file_get_contents(path, &data, &len, &error);
	g_assert_no_error(error);
	return g_byte_array_new_take((guint8 *)data, len);
}

/* ---- elementary streams ---- */

/** 320x240 and 1280x720. */
#define MT_SPS "67 64 00 0d ac b4 0a 0f d8 08 80 00 00 03 00 80 00 00 19 07 8a 15 50"
#define MT_SPS_720 "67 42 c0 1f da 01 40 16 ec 04 40 00 00 03 00 40 00 00 0c 83 c6 0c a8"
#define MT_PPS "68 ef 3c b0"
#define MT_AUD "09 f0"
#define MT_START "00 00 00 01"

/** A NAL unit: 4-byte start code, the bytes of `head`, then `len` bytes that hold no start code and
 * depend on `seed`. */
MT_UNUSED static void mt_nal(GByteArray *out, const char *head, size_t len, uint32_t seed) {
	mt_hex(out, MT_START);
	mt_hex(out, head);
	for(size_t i = 0; i < len; i++) {
		uint8_t byte = (uint8_t)(1 + (seed * 31 + i * 7 + (i >> 8)) % 255);
		g_byte_array_append(out, &byte, 1);
	}
}

/** SPS, PPS, IDR: first_mb_in_slice 0, slice type 7. */
MT_UNUSED static GByteArray *mt_key_frame(size_t len, uint32_t seed) {
	GByteArray *out = g_byte_array_new();
	mt_nal(out, MT_SPS, 0, 0);
	mt_nal(out, MT_PPS, 0, 0);
	mt_nal(out, "65 88", len, seed);
	return out;
}

/** A P slice: first_mb_in_slice 0, slice type 5. */
MT_UNUSED static GByteArray *mt_p_frame(size_t len, uint32_t seed) {
	GByteArray *out = g_byte_array_new();
	mt_nal(out, "41 9a", len, seed);
	return out;
}

/* ---- program streams ---- */

MT_UNUSED static void mt_pack(GByteArray *out) {
	mt_hex(out, "00 00 01 BA 44 00 DD DD 04 01 01 86 A3 F8");
}

MT_UNUSED static void mt_system_header(GByteArray *out) {
	mt_hex(out, "00 00 01 BB 00 0C 80 C3 51 04 E1 7F E0 E1 90 C0 C0 20");
}

/** A map with one video and one audio entry. */
MT_UNUSED static void mt_psm(GByteArray *out, uint8_t video, uint8_t audio) {
	size_t at = out->len;
	mt_hex(out, "00 00 01 BC 00 12 E0 FF 00 00 00 08 00 E0 00 00 00 C0 00 00 00 00 00 00");
	out->data[at + 12] = video;
	out->data[at + 16] = audio;
}

/** The 5 bytes of a time; `mark` is the nibble in front. */
MT_UNUSED static void mt_time(GByteArray *out, uint8_t mark, int64_t time) {
	uint8_t bytes[5] = {
		(uint8_t)(mark << 4 | ((time >> 29) & 0x0E) | 1),
		(uint8_t)(time >> 22),
		(uint8_t)(((time >> 14) & 0xFE) | 1),
		(uint8_t)(time >> 7),
		(uint8_t)(((time << 1) & 0xFE) | 1),
	};
	g_byte_array_append(out, bytes, sizeof(bytes));
}

/** A PES packet; `pts` may be GB_PTS_NONE; `field` is what stands in its length field, -1 = the
 * right one. */
MT_UNUSED static void mt_pes_len(
	GByteArray *out, uint8_t id, int64_t pts, const uint8_t *data, size_t len, int field) {
	size_t header = pts == GB_PTS_NONE ? 0 : 5;
	size_t length = field >= 0 ? (size_t)field : 3 + header + len;
	uint8_t head[9] = {0, 0, 1, id, (uint8_t)(length >> 8), (uint8_t)length, 0x80,
		(uint8_t)(header ? 0x80 : 0), (uint8_t)header};
	g_byte_array_append(out, head, sizeof(head));
	if(header > 0) {
		mt_time(out, 2, pts);
	}
	g_byte_array_append(out, data, (guint)len);
}

MT_UNUSED static void mt_pes(GByteArray *out, uint8_t id, int64_t pts, const GByteArray *payload) {
	mt_pes_len(out, id, pts, payload->data, payload->len, -1);
}

/** A pack with one frame, as a camera makes it: system header and map for a key frame. Consumes
 * `frame`. */
MT_UNUSED static void mt_camera_frame(GByteArray *out, bool key, int64_t pts, GByteArray *frame) {
	mt_pack(out);
	if(key) {
		mt_system_header(out);
		mt_psm(out, 0x1B, 0x90);
	}
	mt_pes(out, 0xE0, pts, frame);
	g_byte_array_unref(frame);
}

/* ---- a pipeline and what comes out of it ---- */

typedef struct {
	gb_pipeline *pipeline;
	GPtrArray *packets; /**< of mt_packet */
	GString *events;	/**< names, each with a blank behind it */
	gb_media_format format;
	uint16_t seq;
	uint32_t rtp_time;
	int64_t now_us;
	bool ordered;
} mt_ear;

typedef struct {
	gb_media_packet packet;
	uint8_t data[1500];
} mt_packet;

MT_UNUSED static void mt_on_packet(void *user, const gb_media_packet *packet) {
	mt_ear *ear = user;
	mt_packet *copy = g_new0(mt_packet, 1);
	g_assert_cmpuint(packet->len, <=, sizeof(copy->data));
	copy->packet = *packet;
	memcpy(copy->data, packet->data, packet->len);
	copy->packet.data = copy->data;
	g_ptr_array_add(ear->packets, copy);
}

MT_UNUSED static void mt_on_event(
	void *user, gb_pipeline_event event, const gb_media_format *format) {
	static const char *const names[] = {"pack ", "format ", "key ", "damaged ", "unknown "};
	mt_ear *ear = user;
	g_assert_nonnull(format);
	ear->format = *format;
	g_string_append(ear->events, names[event]);
}

MT_UNUSED static mt_ear *mt_ear_new(const gb_pipeline_config *config) {
	static const gb_pipeline_ops ops = {mt_on_packet, mt_on_event};
	gb_pipeline_config standard;
	mt_ear *ear = g_new0(mt_ear, 1);
	gb_pipeline_config_default(&standard);
	ear->packets = g_ptr_array_new_with_free_func(g_free);
	ear->events = g_string_new(NULL);
	ear->now_us = 1000000;
	ear->seq = 65500; /* so that every longer test sees it wrap */
	ear->pipeline = gb_pipeline_new(config ? config : &standard, &ops, ear);
	return ear;
}

MT_UNUSED static void mt_ear_free(mt_ear *ear) {
	gb_pipeline_free(ear->pipeline);
	g_ptr_array_unref(ear->packets);
	g_string_free(ear->events, TRUE);
	g_free(ear);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(mt_ear, mt_ear_free)

MT_UNUSED static const gb_media_packet *mt_at(const mt_ear *ear, size_t index) {
	g_assert_cmpuint(index, <, ear->packets->len);
	return &((const mt_packet *)g_ptr_array_index(ear->packets, index))->packet;
}

MT_UNUSED static const gb_media_packet *mt_last(const mt_ear *ear) {
	return mt_at(ear, ear->packets->len - 1);
}

/** The next RTP packet with this payload. */
MT_UNUSED static void mt_rtp(
	mt_ear *ear, uint8_t pt, bool marker, const uint8_t *payload, size_t len) {
	uint8_t *packet = g_malloc(12 + len);
	uint32_t time = ear->rtp_time;
	const uint8_t head[12] = {0x80, (uint8_t)((marker ? 0x80 : 0) | pt), (uint8_t)(ear->seq >> 8),
		(uint8_t)ear->seq, (uint8_t)(time >> 24), (uint8_t)(time >> 16), (uint8_t)(time >> 8),
		(uint8_t)time, 0, 0, 0, 1};
	memcpy(packet, head, sizeof(head));
	if(len > 0) {
		memcpy(packet + 12, payload, len);
	}
	ear->seq++;
	gb_pipeline_feed(ear->pipeline, packet, 12 + len, ear->ordered, ear->now_us);
	g_free(packet);
}

/** Cuts a stream into RTP packets of `cut` bytes, 0 = of random sizes. */
MT_UNUSED static void mt_feed(mt_ear *ear, const GByteArray *stream, size_t cut) {
	for(size_t at = 0; at < stream->len;) {
		size_t size = cut > 0 ? cut : (size_t)g_test_rand_int_range(1, 1500);
		size = MIN(size, stream->len - at);
		mt_rtp(ear, 96, false, stream->data + at, size);
		at += size;
	}
}

/** One frame in packets of 1,400 bytes, the marker on the last, 40 ms after the one before. */
MT_UNUSED static void mt_feed_frame(mt_ear *ear, const GByteArray *stream, bool marker) {
	for(size_t at = 0; at < stream->len;) {
		size_t size = MIN(1400, stream->len - at);
		mt_rtp(ear, 96, marker && at + size == stream->len, stream->data + at, size);
		at += size;
	}
	ear->rtp_time += 3600;
	ear->now_us += 40000;
}

/* ---- packets back to NAL units: written from the RFCs, not from the code under test ---- */

MT_UNUSED static void mt_put_nal(GByteArray *out, const uint8_t *data, size_t len) {
	static const uint8_t start[4] = {0, 0, 0, 1};
	g_byte_array_append(out, start, sizeof(start));
	g_byte_array_append(out, data, (guint)len);
}

/** RFC 6184 5.6 to 5.8. */
MT_UNUSED static void mt_unpack_h264(GByteArray *out, const uint8_t *data, size_t len) {
	uint8_t type = data[0] & 0x1F;
	if(type == 28) {
		if(data[1] & 0x80) {
			uint8_t nal = (uint8_t)((data[0] & 0xE0) | (data[1] & 0x1F));
			mt_put_nal(out, &nal, 1);
		}
		g_byte_array_append(out, data + 2, (guint)(len - 2));
	} else if(type == 24) {
		for(size_t at = 1; at < len;) {
			size_t size = (size_t)(data[at] << 8 | data[at + 1]);
			g_assert_cmpuint(at + 2 + size, <=, len);
			mt_put_nal(out, data + at + 2, size);
			at += 2 + size;
		}
	} else {
		g_assert_cmpuint(type, >=, 1);
		g_assert_cmpuint(type, <=, 23);
		mt_put_nal(out, data, len);
	}
}

/** RFC 7798 4.4. */
MT_UNUSED static void mt_unpack_h265(GByteArray *out, const uint8_t *data, size_t len) {
	uint8_t type = (data[0] >> 1) & 0x3F;
	if(type == 49) {
		if(data[2] & 0x80) {
			uint8_t nal[2] = {(uint8_t)((data[0] & 0x81) | (data[2] & 0x3F) << 1), data[1]};
			mt_put_nal(out, nal, 2);
		}
		g_byte_array_append(out, data + 3, (guint)(len - 3));
	} else if(type == 48) {
		for(size_t at = 2; at < len;) {
			size_t size = (size_t)(data[at] << 8 | data[at + 1]);
			g_assert_cmpuint(at + 2 + size, <=, len);
			mt_put_nal(out, data + at + 2, size);
			at += 2 + size;
		}
	} else {
		mt_put_nal(out, data, len);
	}
}

/** All video packets as an Annex B stream; checks what must hold of any row of packets. */
MT_UNUSED static GByteArray *mt_video(const mt_ear *ear) {
	GByteArray *out = g_byte_array_new();
	uint64_t seq = 0;
	bool frame_open = false;
	for(size_t i = 0; i < ear->packets->len; i++) {
		const gb_media_packet *packet = mt_at(ear, i);
		if(packet->kind != GB_VIDEO) {
			continue;
		}
		g_assert_cmpuint(packet->seq, >, seq);
		g_assert_cmpuint(packet->data[0], ==, 0x80);
		g_assert_cmpuint(packet->data[1] >> 7, ==, packet->marker);
		g_assert_cmpuint(packet->data[2] << 8 | packet->data[3], ==, (uint16_t)packet->seq);
		if(packet->seq == seq + 1 && seq > 0) {
			g_assert_cmpint(packet->frame_start, !=, frame_open);
		}
		frame_open = !packet->marker;
		seq = packet->seq;
		if(packet->codec == GB_CODEC_H265) {
			mt_unpack_h265(out, packet->data + 12, packet->len - 12u);
		} else {
			mt_unpack_h264(out, packet->data + 12, packet->len - 12u);
		}
	}
	return out;
}

/** All audio payload. */
MT_UNUSED static GByteArray *mt_audio(const mt_ear *ear) {
	GByteArray *out = g_byte_array_new();
	for(size_t i = 0; i < ear->packets->len; i++) {
		const gb_media_packet *packet = mt_at(ear, i);
		if(packet->kind == GB_AUDIO) {
			g_byte_array_append(out, packet->data + 12, packet->len - 12u);
		}
	}
	return out;
}

/** Packets of a kind. */
MT_UNUSED static size_t mt_count(const mt_ear *ear, gb_media_kind kind) {
	size_t count = 0;
	for(size_t i = 0; i < ear->packets->len; i++) {
		count += mt_at(ear, i)->kind == kind;
	}
	return count;
}

/** An Annex B stream with 4-byte start codes only and without the units that the pipeline strips or
 * moves; parameter sets too, when `slices` is set. Byte by byte, as slow as it is plain. */
MT_UNUSED static GByteArray *mt_normal(const GByteArray *stream, bool h265, bool slices) {
	GByteArray *out = g_byte_array_new();
	size_t at = 0;
	while(at + 3 <= stream->len) {
		if(stream->data[at] || stream->data[at + 1] || stream->data[at + 2] != 1) {
			at++;
			continue;
		}
		size_t begin = at + 3;
		size_t end = begin;
		while(end < stream->len &&
			!(end + 3 <= stream->len && stream->data[end] == 0 && stream->data[end + 1] == 0 &&
				stream->data[end + 2] <= 1)) {
			end++;
		}
		at = end;
		if(end == begin) {
			continue;
		}
		uint8_t head = stream->data[begin];
		uint8_t type = h265 ? head >> 1 & 0x3F : head & 0x1F;
		bool slice = h265 ? type < 32 : type >= 1 && type <= 5;
		bool params = h265 ? type >= 32 && type <= 34 : type == 7 || type == 8;
		if(slice || (params && !slices)) {
			mt_put_nal(out, stream->data + begin, end - begin);
		}
	}
	return out;
}

#define mt_assert_same(one, other)                                                                 \
	g_assert_cmpmem((one)->data, (one)->len, (other)->data, (other)->len)

#endif
