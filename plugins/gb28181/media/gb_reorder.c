#include "gb28181/media/gb_reorder.h"

#include <string.h>

/** A packet that is larger does not wait: the hole before it is given up at once. */
#define SLOT_BYTES_MAX 8192
/** Slot buffers grow in these steps: an ordinary datagram fits the first. */
#define SLOT_BYTES_STEP 2048
/** Numbers of which we remember whether they came, to tell a duplicate from one too late. */
#define SEEN_BITS 1024
/** A step forward by more is a new start of the sequence, not a loss. */
#define DROPOUT_MAX 1024
/** Packets in a row that make a new start believable: far away (RFC 3550, A.1), and just behind,
 * where late packets come from too. */
#define RUN_FAR 2
#define RUN_BEHIND 16

typedef struct {
	bool used;
	gb_rtp_packet packet; /**< its payload lies in `data` */
	int64_t since_us;
	uint8_t *data;
	size_t capacity;
} reorder_slot;

struct gb_reorder {
	gb_reorder_cb cb;
	void *user;
	uint16_t window; /**< packets that may wait; 0 = none */
	uint16_t mask;	 /**< number of slots less one */
	uint32_t wait_us;
	reorder_slot *slots;
	bool started;
	uint16_t next;	   /**< number that goes out next */
	uint16_t top;	   /**< highest number that came */
	uint16_t held;	   /**< slots in use */
	bool gap;		   /**< numbers were given up since the last delivery */
	uint16_t run_next; /**< where a new start would go on */
	uint16_t run;
	uint64_t seen[SEEN_BITS / 64];
	gb_reorder_stats stats;
};

gb_reorder *gb_reorder_new(uint16_t packets, uint32_t wait_us, gb_reorder_cb cb, void *user) {
	gb_reorder *reorder = g_new0(gb_reorder, 1);
	reorder->cb = cb;
	reorder->user = user;
	reorder->window = MIN(packets, 512);
	reorder->wait_us = wait_us;
	uint16_t slots = 1;
	while(slots <= reorder->window) {
		slots = (uint16_t)(slots * 2);
	}
	reorder->mask = (uint16_t)(slots - 1);
	reorder->slots = g_new0(reorder_slot, slots);
	return reorder;
}

void gb_reorder_free(gb_reorder *reorder) {
	if(!reorder) {
		return;
	}
	for(size_t i = 0; i <= reorder->mask; i++) {
		g_free(reorder->slots[i].data);
	}
	g_free(reorder->slots);
	g_free(reorder);
}

static void mark_seen(gb_reorder *reorder, uint16_t seq, bool seen) {
	uint64_t bit = UINT64_C(1) << (seq % 64);
	uint64_t *word = &reorder->seen[(seq % SEEN_BITS) / 64];
	*word = seen ? *word | bit : *word & ~bit;
}

static bool was_seen(const gb_reorder *reorder, uint16_t seq) {
	return (reorder->seen[(seq % SEEN_BITS) / 64] >> (seq % 64)) & 1;
}

static reorder_slot *slot_of(gb_reorder *reorder, uint16_t seq) {
	return &reorder->slots[seq & reorder->mask];
}

static void deliver(gb_reorder *reorder, const gb_rtp_packet *packet) {
	bool gap = reorder->gap;
	reorder->gap = false;
	mark_seen(reorder, packet->seq, true);
	reorder->next = (uint16_t)(packet->seq + 1);
	reorder->cb(reorder->user, packet, gap);
}

static void deliver_slot(gb_reorder *reorder, reorder_slot *slot) {
	slot->used = false;
	reorder->held--;
	deliver(reorder, &slot->packet);
}

/** Delivers what now stands in line. */
static void drain(gb_reorder *reorder) {
	while(reorder->held > 0 && slot_of(reorder, reorder->next)->used) {
		deliver_slot(reorder, slot_of(reorder, reorder->next));
	}
}

static void give_up_next(gb_reorder *reorder) {
	mark_seen(reorder, reorder->next, false);
	reorder->stats.lost++;
	reorder->gap = true;
	reorder->next++;
}

/** Moves on to `seq`: delivers what waits before it, gives up what is missing. */
static void advance_to(gb_reorder *reorder, uint16_t seq) {
	while(reorder->next != seq) {
		reorder_slot *slot = slot_of(reorder, reorder->next);
		if(slot->used) {
			deliver_slot(reorder, slot);
		} else {
			give_up_next(reorder);
		}
	}
	drain(reorder);
}

/** First waiting packet after the hole; only while something is held. */
static reorder_slot *first_held(gb_reorder *reorder) {
	uint16_t seq = reorder->next;
	while(!slot_of(reorder, seq)->used) {
		seq++;
	}
	return slot_of(reorder, seq);
}

static void flush(gb_reorder *reorder) {
	while(reorder->held > 0) {
		advance_to(reorder, first_held(reorder)->packet.seq);
	}
}

/** Counts a packet that comes after one behind it. */
static void note_order(gb_reorder *reorder, uint16_t seq) {
	if(reorder->held > 0 && gb_rtp_seq_diff(seq, reorder->top) < 0) {
		reorder->stats.reordered++;
	} else {
		reorder->top = seq;
	}
}

static void keep(gb_reorder *reorder, const gb_rtp_packet *packet, int64_t now_us) {
	reorder_slot *slot = slot_of(reorder, packet->seq);
	if(slot->used) {
		reorder->stats.duplicates++;
		return;
	}
	if(packet->len > slot->capacity) {
		slot->capacity = (packet->len + SLOT_BYTES_STEP - 1) / SLOT_BYTES_STEP * SLOT_BYTES_STEP;
		g_free(slot->data);
		slot->data = g_malloc(slot->capacity);
	}
	if(packet->len > 0) {
		memcpy(slot->data, packet->payload, packet->len);
	}
	slot->packet = *packet;
	slot->packet.payload = slot->data;
	slot->since_us = now_us;
	slot->used = true;
	reorder->held++;
	note_order(reorder, packet->seq);
}

/** The number is far away or behind: dropped, until enough in a row show a new start. */
static void stray(gb_reorder *reorder, const gb_rtp_packet *packet, uint16_t run_needed) {
	reorder->run = packet->seq == reorder->run_next ? (uint16_t)(reorder->run + 1) : 1;
	reorder->run_next = (uint16_t)(packet->seq + 1);
	if(reorder->run < run_needed) {
		reorder->stats.late++;
		return;
	}
	flush(reorder);
	memset(reorder->seen, 0, sizeof(reorder->seen));
	reorder->stats.jumps++;
	reorder->run = 0;
	reorder->gap = true;
	deliver(reorder, packet);
}

static void behind(gb_reorder *reorder, const gb_rtp_packet *packet, int ahead) {
	if(ahead < -SEEN_BITS) {
		stray(reorder, packet, RUN_FAR);
	} else if(was_seen(reorder, packet->seq)) {
		reorder->stats.duplicates++;
	} else {
		stray(reorder, packet, RUN_BEHIND);
	}
}

static void early(gb_reorder *reorder, const gb_rtp_packet *packet, int ahead, int64_t now_us) {
	if(ahead > reorder->window) {
		advance_to(reorder, (uint16_t)(packet->seq - reorder->window));
	}
	if(packet->len > SLOT_BYTES_MAX) {
		advance_to(reorder, packet->seq);
	}
	if(packet->seq == reorder->next) {
		deliver(reorder, packet);
		drain(reorder);
	} else {
		keep(reorder, packet, now_us);
	}
}

void gb_reorder_push(gb_reorder *reorder, const gb_rtp_packet *packet, int64_t now_us) {
	if(!reorder->started) {
		reorder->started = true;
		deliver(reorder, packet);
		return;
	}
	int ahead = gb_rtp_seq_diff(packet->seq, reorder->next);
	if(ahead < 0) {
		behind(reorder, packet, ahead);
		return;
	}
	if(ahead > DROPOUT_MAX) {
		stray(reorder, packet, RUN_FAR);
		return;
	}
	if(ahead > 0) {
		early(reorder, packet, ahead, now_us);
		return;
	}
	reorder->run = 0;
	note_order(reorder, packet->seq);
	deliver(reorder, packet);
	drain(reorder);
}

int64_t gb_reorder_tick(gb_reorder *reorder, int64_t now_us) {
	while(reorder->held > 0) {
		const reorder_slot *slot = first_held(reorder);
		int64_t due_us = slot->since_us + reorder->wait_us;
		if(now_us < due_us) {
			return due_us;
		}
		advance_to(reorder, slot->packet.seq);
	}
	return 0;
}

void gb_reorder_reset(gb_reorder *reorder) {
	for(size_t i = 0; i <= reorder->mask; i++) {
		reorder->slots[i].used = false;
	}
	reorder->held = 0;
	reorder->started = false;
	reorder->gap = false;
	reorder->run = 0;
	memset(reorder->seen, 0, sizeof(reorder->seen));
}

uint16_t gb_reorder_next(const gb_reorder *reorder) {
	return reorder->next;
}

void gb_reorder_get_stats(const gb_reorder *reorder, gb_reorder_stats *ret_stats) {
	*ret_stats = reorder->stats;
}
