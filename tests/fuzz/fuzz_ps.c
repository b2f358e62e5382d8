/* fuzz_ps.c - the program stream demuxer: the input once in pieces of one byte, once of three.
 *
 * Both must give the same calls: what comes out does not depend on how the stream was cut. (From
 * four bytes on a header may begin a packet by chance, which is a rule of its own.) */
#include "gb28181/media/gb_ps_demux.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** A running hash of the calls and of all payload. */
typedef struct {
	uint64_t hash;
	size_t payload;
} digest;

static void mix(digest *to, uint64_t value) {
	to->hash = (to->hash ^ value) * UINT64_C(0x100000001B3);
}

static void on_pack(void *user) {
	mix(user, 1);
}

static void on_psm(void *user, const gb_psm *psm) {
	mix(user, 2);
	mix(user, psm->video);
	mix(user, psm->audio);
}

static void on_pes(void *user, const gb_ps_pes *pes) {
	mix(user, 3);
	mix(user, pes->stream_id);
	mix(user, (uint64_t)pes->pts);
	mix(user, (uint64_t)pes->dts);
	mix(user, pes->len);
}

static void on_data(void *user, gb_media_kind kind, const uint8_t *data, size_t len) {
	digest *to = user;
	to->payload += len;
	for(size_t i = 0; i < len; i++) {
		mix(to, 0x100u | ((unsigned)kind << 9) | data[i]);
	}
}

static void on_pes_end(void *user, gb_media_kind kind) {
	mix(user, 4 + kind);
}

static void on_lost(void *user) {
	mix(user, 8);
}

static digest run(const uint8_t *data, size_t size, size_t cut) {
	static const gb_ps_demux_ops ops = {on_pack, on_psm, on_pes, on_data, on_pes_end, on_lost};
	digest out = {UINT64_C(0xCBF29CE484222325), 0};
	gb_ps_demux *demux = gb_ps_demux_new(&ops, &out);
	for(size_t at = 0; at < size; at += cut) {
		size_t len = MIN(cut, size - at);
		uint8_t *exact = malloc(len);
		if(!exact) {
			abort();
		}
		memcpy(exact, data + at, len);
		gb_ps_demux_feed(demux, exact, len);
		free(exact);
	}
	gb_ps_demux_free(demux);
	return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	digest one = run(data, size, 1);
	digest three = run(data, size, 3);
	(void)run(data, size, 1400);
	if(one.hash != three.hash || one.payload != three.payload || one.payload > size) {
		abort();
	}
	return 0;
}
