#include "gb28181/media/gb_ps_demux.h"

#include "gb28181/media/gb_nal.h"

#include <string.h>

/** Stream ids (13818-1 table 2-22) and the start codes of the structure. */
enum {
	ID_END = 0xB9,
	ID_PACK = 0xBA,
	ID_SYSTEM = 0xBB,
	ID_MAP = 0xBC,
	ID_AUDIO_FIRST = 0xC0,
	ID_AUDIO_LAST = 0xDF,
	ID_VIDEO_FIRST = 0xE0,
	ID_VIDEO_LAST = 0xEF,
};

/** A map's length is at most 1018 (13818-1, 2.5.4.2); longer ones are skipped. */
#define MAP_MAX 1018
/** Largest header that may have to be put together. */
#define HEAD_MAX (6 + MAP_MAX)
/** What header_need() says of bytes that are no header. */
#define NEED_NOT_HEADER SIZE_MAX   /**< not even a start code: nothing of it is used */
#define NEED_BROKEN (SIZE_MAX - 1) /**< a start code, then nonsense: the start code is used up */
/** Stuffing in front of an MPEG-1 packet header (ISO/IEC 11172-1, 2.4.3.3). */
#define MPEG1_STUFFING_MAX 16

typedef enum {
	STATE_SEEK,	   /**< looking for a pack */
	STATE_HEADER,  /**< a start code comes next */
	STATE_PAYLOAD, /**< `left` bytes of a PES of ours */
	STATE_OPEN,	   /**< PES of ours without a length, or that went on behind it */
	STATE_SKIP,	   /**< `left` bytes of no interest */
} demux_state;

struct gb_ps_demux {
	gb_ps_demux_ops ops;
	void *user;
	demux_state state;
	size_t left;
	bool wanted;				 /**< STATE_OPEN: the PES is of a stream that we follow */
	gb_media_kind kind;			 /**< of the PES in progress or just ended */
	bool may_go_on;				 /**< a video PES just ended: what follows may belong to it still */
	uint8_t ids[GB_MEDIA_KINDS]; /**< stream that is followed, 0 = none yet */
	uint8_t carry; /**< bytes of a 00 00 01 at the end of what came, not passed on yet */
	uint8_t head[HEAD_MAX];
	size_t head_len;
	gb_ps_demux_stats stats;
};

gb_ps_demux *gb_ps_demux_new(const gb_ps_demux_ops *ops, void *user) {
	gb_ps_demux *demux = g_new0(gb_ps_demux, 1);
	demux->ops = *ops;
	demux->user = user;
	return demux;
}

void gb_ps_demux_free(gb_ps_demux *demux) {
	g_free(demux);
}

static bool is_media_id(uint8_t id) {
	return id >= ID_AUDIO_FIRST && id <= ID_VIDEO_LAST;
}

static gb_media_kind kind_of(uint8_t id) {
	return id >= ID_VIDEO_FIRST ? GB_VIDEO : GB_AUDIO;
}

static size_t length_field(const uint8_t *head) {
	return ((size_t)head[4] << 8) | head[5];
}

/* ---- how long is this header ---- */

static size_t need_pack(const uint8_t *head, size_t have) {
	if(have < 5) {
		return 5;
	}
	if((head[4] & 0xC0) == 0x40) {
		return have < 14 ? 14 : 14 + (size_t)(head[13] & 7);
	}
	if((head[4] & 0xF0) == 0x20) { /* MPEG-1 */
		return 12;
	}
	/* a pack without a body: the next start code follows at once (13.3) */
	static const uint8_t start[3] = {0, 0, 1};
	if(memcmp(head + 4, start, MIN(have - 4, sizeof(start))) != 0) {
		return NEED_BROKEN;
	}
	return have < 7 ? 7 : 4;
}

static size_t need_mpeg1_pes(const uint8_t *head, size_t have) {
	size_t at = 6;
	while(at < have && at < 6 + MPEG1_STUFFING_MAX && head[at] == 0xFF) {
		at++;
	}
	if(at < have && (head[at] & 0xC0) == 0x40) {
		at += 2;
	}
	if(at >= have) {
		return at + 1;
	}
	switch(head[at] >> 4) {
	case 2:
		return at + 5;
	case 3:
		return at + 10;
	default:
		return head[at] == 0x0F ? at + 1 : NEED_BROKEN;
	}
}

/** A PES that is shorter than its header is skipped: only its first 6 bytes are header then. */
static size_t need_pes(const uint8_t *head, size_t have) {
	if(have < 6) {
		return 6;
	}
	size_t len = length_field(head);
	if(len > 0 && len < 3) {
		return 6;
	}
	if(have < 7) {
		return 7;
	}
	size_t need;
	if((head[6] & 0xC0) == 0x80) {
		need = have < 9 ? 9 : 9 + (size_t)head[8];
	} else {
		need = need_mpeg1_pes(head, have);
	}
	if(len > 0 && need < NEED_BROKEN && need > 6 + len) {
		return 6;
	}
	return need;
}

/** Bytes of the header that begins at `head`, as far as `have` bytes tell: more than `have` when
 * more are needed to say. Depends on the front of the header only, never on how much came at once.
 */
static size_t header_need(const uint8_t *head, size_t have) {
	static const uint8_t start[3] = {0, 0, 1};
	if(memcmp(head, start, MIN(have, sizeof(start))) != 0) {
		return NEED_NOT_HEADER;
	}
	if(have < 4) {
		return 4;
	}
	uint8_t id = head[3];
	if(id < ID_END) {
		return NEED_NOT_HEADER;
	}
	if(id == ID_END) {
		return 4;
	}
	if(id == ID_PACK) {
		return need_pack(head, have);
	}
	if(is_media_id(id)) {
		return need_pes(head, have);
	}
	if(id == ID_MAP && have >= 6 && length_field(head) <= MAP_MAX) {
		return 6 + length_field(head);
	}
	return 6;
}

/* ---- what a header says ---- */

/** 33 bits in 5 bytes (13818-1, 2.4.3.6). */
static int64_t read_time(const uint8_t *at) {
	return ((int64_t)(at[0] & 0x0E) << 29) | ((int64_t)at[1] << 22) |
		((int64_t)(at[2] & 0xFE) << 14) | ((int64_t)at[3] << 7) | (at[4] >> 1);
}

static void read_mpeg2_times(const uint8_t *head, size_t size, gb_ps_pes *pes) {
	if((head[7] & 0x80) && size >= 14) {
		pes->pts = pes->dts = read_time(head + 9);
	}
	if((head[7] & 0xC0) == 0xC0 && size >= 19) {
		pes->dts = read_time(head + 14);
	}
}

static void read_mpeg1_times(const uint8_t *head, size_t size, gb_ps_pes *pes) {
	size_t at = 6;
	while(at < size && head[at] == 0xFF) {
		at++;
	}
	if(at < size && (head[at] & 0xC0) == 0x40) {
		at += 2;
	}
	if(at + 5 <= size && (head[at] & 0xE0) == 0x20) {
		pes->pts = pes->dts = read_time(head + at);
	}
	if(at + 10 <= size && (head[at] & 0xF0) == 0x30) {
		pes->dts = read_time(head + at + 5);
	}
}

/** The first stream of a kind is the one that is followed. */
static bool follow(gb_ps_demux *demux, uint8_t id) {
	uint8_t *followed = &demux->ids[kind_of(id)];
	if(*followed == 0) {
		*followed = id;
	}
	return *followed == id;
}

static void skip(gb_ps_demux *demux, size_t len) {
	demux->left = len;
	demux->state = len > 0 ? STATE_SKIP : STATE_HEADER;
}

static void end_pes(gb_ps_demux *demux) {
	demux->state = STATE_HEADER;
	demux->may_go_on = demux->kind == GB_VIDEO;
	demux->ops.pes_end(demux->user, demux->kind);
}

static void take_pes(gb_ps_demux *demux, const uint8_t *head, size_t size) {
	uint8_t id = head[3];
	size_t len = length_field(head);
	bool too_short = size == 6;
	demux->wanted = !too_short && follow(demux, id);
	if(len > 0 && !demux->wanted) {
		skip(demux, len - (size - 6));
		return;
	}
	gb_ps_pes pes = {kind_of(id), id, GB_PTS_NONE, GB_PTS_NONE, len > 0 ? len - (size - 6) : 0};
	demux->kind = pes.kind;
	demux->left = pes.len;
	demux->carry = 0;
	demux->state = len > 0 ? STATE_PAYLOAD : STATE_OPEN;
	if(!demux->wanted) {
		return;
	}
	if((head[6] & 0xC0) == 0x80) {
		read_mpeg2_times(head, size, &pes);
	} else {
		read_mpeg1_times(head, size, &pes);
	}
	demux->ops.pes(demux->user, &pes);
	if(demux->state == STATE_PAYLOAD && demux->left == 0) {
		end_pes(demux);
	}
}

static void take_map(gb_ps_demux *demux, const uint8_t *head, size_t size) {
	gb_psm psm;
	size_t len = length_field(head);
	if(len > MAP_MAX) {
		demux->stats.oversize++;
		skip(demux, len);
		return;
	}
	demux->state = STATE_HEADER;
	if(gb_psm_parse(head + 6, size - 6, &psm)) {
		demux->ops.psm(demux->user, &psm);
	}
}

static void take_header(gb_ps_demux *demux, const uint8_t *head, size_t size) {
	uint8_t id = head[3];
	demux->stats.synced = true;
	demux->may_go_on = false;
	if(id == ID_PACK) {
		demux->state = STATE_HEADER;
		demux->ops.pack(demux->user);
	} else if(id == ID_END) {
		demux->state = STATE_HEADER;
	} else if(is_media_id(id)) {
		take_pes(demux, head, size);
	} else if(id == ID_MAP) {
		take_map(demux, head, size);
	} else {
		skip(demux, length_field(head));
	}
}

/* ---- payload ---- */

static void pass(gb_ps_demux *demux, const uint8_t *data, size_t len) {
	if(len > 0 && demux->wanted && demux->state != STATE_SEEK) {
		demux->ops.data(demux->user, demux->kind, data, len);
	}
}

/** The first bytes of a start code that turned out to be none. */
static void pass_carry(gb_ps_demux *demux, size_t len) {
	static const uint8_t start[3] = {0, 0, 1};
	pass(demux, start, len);
}

/** Does this byte behind 00 00 01 end the payload in progress? No NAL unit has its high bit set. In
 * a bounded PES only a pack counts: then its length was wrong, or bytes are missing. */
static bool ends_payload(const gb_ps_demux *demux, uint8_t id) {
	return demux->state == STATE_OPEN ? id >= ID_END : id == ID_PACK;
}

static void found_header(gb_ps_demux *demux, uint8_t id) {
	bool broken = demux->state == STATE_PAYLOAD;
	static const uint8_t start[3] = {0, 0, 1};
	demux->carry = 0;
	demux->state = STATE_HEADER;
	demux->may_go_on = false;
	memcpy(demux->head, start, sizeof(start));
	demux->head[3] = id;
	demux->head_len = 4;
	if(broken) {
		demux->stats.resyncs++;
		demux->ops.lost(demux->user);
	}
}

/** Settles what the bytes kept from the last piece were. Returns the bytes used; a header was found
 * when the state has changed. */
static size_t settle_carry(gb_ps_demux *demux, const uint8_t *data, size_t len) {
	size_t used = 0;
	while(demux->carry > 0 && used < len) {
		uint8_t byte = data[used];
		if(demux->carry == 3 && ends_payload(demux, byte)) {
			found_header(demux, byte);
			return used + 1;
		}
		if(demux->carry < 3 && byte == (demux->carry == 2 ? 1 : 0)) {
			demux->carry++;
			used++;
		} else if(demux->carry == 2 && byte == 0) {
			pass_carry(demux, 1);
			used++;
		} else {
			pass_carry(demux, demux->carry);
			demux->carry = 0;
		}
	}
	return used;
}

/** Passes payload on up to the next header. Returns the bytes used; a header was found when the
 * state has changed. */
static size_t scan(gb_ps_demux *demux, const uint8_t *data, size_t len) {
	demux_state state = demux->state;
	size_t from = settle_carry(demux, data, len);
	size_t at = from;
	if(demux->state != state || demux->carry > 0) {
		return from;
	}
	for(;;) {
		at += gb_nal_find_start(data + at, len - at);
		if(at + 3 >= len) {
			break;
		}
		if(ends_payload(demux, data[at + 3])) {
			pass(demux, data + from, at - from);
			found_header(demux, data[at + 3]);
			return at + 4;
		}
		at += 3;
	}
	if(at < len) {
		demux->carry = 3;
	} else {
		while(demux->carry < 2 && demux->carry < len - from && data[len - 1 - demux->carry] == 0) {
			demux->carry++;
		}
	}
	pass(demux, data + from, len - from - demux->carry);
	return len;
}

/* ---- the states ---- */

static size_t step_payload(gb_ps_demux *demux, const uint8_t *data, size_t len) {
	size_t used = scan(demux, data, MIN(len, demux->left));
	if(demux->state != STATE_PAYLOAD) {
		return used;
	}
	demux->left -= used;
	if(demux->left == 0) {
		pass_carry(demux, demux->carry);
		demux->carry = 0;
		end_pes(demux);
	}
	return used;
}

static size_t step_skip(gb_ps_demux *demux, size_t len) {
	size_t used = MIN(len, demux->left);
	demux->left -= used;
	if(demux->left == 0) {
		demux->state = STATE_HEADER;
	}
	return used;
}

static size_t step_seek(gb_ps_demux *demux, const uint8_t *data, size_t len) {
	size_t used = scan(demux, data, len);
	if(!demux->stats.synced && demux->state == STATE_SEEK) {
		demux->stats.unsynced += used;
	}
	return used;
}

static void feed_all(gb_ps_demux *demux, const uint8_t *data, size_t len);

/** No header where one has to be. Returns how many bytes of `head` are used up. */
static size_t bad_header(gb_ps_demux *demux, size_t need) {
	demux->carry = 0;
	if(need == NEED_NOT_HEADER && demux->may_go_on) {
		demux->state = STATE_OPEN;
		return 0;
	}
	demux->state = STATE_SEEK;
	demux->stats.resyncs++;
	demux->ops.lost(demux->user);
	return need == NEED_BROKEN ? 4 : 0;
}

/** Uses the header that lies at `head`; returns the bytes used of it. */
static size_t use_header(gb_ps_demux *demux, const uint8_t *head, size_t need) {
	if(need >= NEED_BROKEN) {
		return bad_header(demux, need);
	}
	take_header(demux, head, need);
	return need;
}

/** The header was put together in `head`; what was too much of it is fed again. */
static void use_stash(gb_ps_demux *demux, size_t need) {
	uint8_t rest[HEAD_MAX];
	size_t have = demux->head_len;
	demux->head_len = 0;
	memcpy(rest, demux->head, have);
	size_t used = use_header(demux, rest, need);
	feed_all(demux, rest + used, have - used);
}

static size_t step_stash(gb_ps_demux *demux, const uint8_t *data, size_t len) {
	size_t used = 0;
	for(;;) {
		size_t need = header_need(demux->head, demux->head_len);
		if(need >= NEED_BROKEN || need <= demux->head_len) {
			use_stash(demux, need);
			return used;
		}
		if(used == len) {
			return used;
		}
		size_t take = MIN(need - demux->head_len, len - used);
		memcpy(demux->head + demux->head_len, data + used, take);
		demux->head_len += take;
		used += take;
	}
}

static size_t step_header(gb_ps_demux *demux, const uint8_t *data, size_t len) {
	if(demux->head_len > 0) {
		return step_stash(demux, data, len);
	}
	size_t need = header_need(data, len);
	if(need < NEED_BROKEN && need > len) {
		memcpy(demux->head, data, len);
		demux->head_len = len;
		return len;
	}
	return use_header(demux, data, need);
}

static size_t step(gb_ps_demux *demux, const uint8_t *data, size_t len) {
	switch(demux->state) {
	case STATE_HEADER:
		return step_header(demux, data, len);
	case STATE_PAYLOAD:
		return step_payload(demux, data, len);
	case STATE_OPEN:
		return scan(demux, data, len);
	case STATE_SKIP:
		return step_skip(demux, len);
	default:
		return step_seek(demux, data, len);
	}
}

static void feed_all(gb_ps_demux *demux, const uint8_t *data, size_t len) {
	while(len > 0) {
		size_t used = step(demux, data, len);
		data += used;
		len -= used;
	}
}

/** Looking for a pack, a packet of ours that begins an RTP payload will do as well (13.6 rule 1).
 */
static bool starts_here(const uint8_t *data, size_t len) {
	static const uint8_t start[3] = {0, 0, 1};
	return len >= 4 && memcmp(data, start, sizeof(start)) == 0 &&
		(is_media_id(data[3]) || data[3] == ID_MAP || data[3] == ID_SYSTEM);
}

void gb_ps_demux_feed(gb_ps_demux *demux, const uint8_t *data, size_t len) {
	if(demux->state == STATE_SEEK && starts_here(data, len)) {
		demux->carry = 0;
		demux->state = STATE_HEADER;
	}
	feed_all(demux, data, len);
}

void gb_ps_demux_gap(gb_ps_demux *demux) {
	demux->stats.resyncs += demux->state != STATE_SEEK;
	demux->state = STATE_SEEK;
	demux->carry = 0;
	demux->head_len = 0;
	demux->may_go_on = false;
}

void gb_ps_demux_restart(gb_ps_demux *demux) {
	demux->state = STATE_SEEK;
	demux->carry = 0;
	demux->head_len = 0;
	demux->may_go_on = false;
	memset(demux->ids, 0, sizeof(demux->ids));
	demux->stats.synced = false;
	demux->stats.unsynced = 0;
}

void gb_ps_demux_get_stats(const gb_ps_demux *demux, gb_ps_demux_stats *ret_stats) {
	*ret_stats = demux->stats;
}
