#include "gb28181/media/gb_frame_end.h"

/** While nothing else is known: muxers that split frames fill a PES to about 2^16. */
#define SPLIT_LEN_DEFAULT 60000
/** Smaller PES packets hold single NAL units; their sizes say nothing about where frames are split.
 */
#define SPLIT_LEN_MIN 512
#define EXTRA_MAX 100000

static bool proved(const gb_frame_sign *sign) {
	return sign->right >= GB_FRAME_END_PROOF + sign->extra;
}

bool gb_frame_end_packet(gb_frame_end *frame_end, bool marker) {
	if(!marker) {
		frame_end->absent = true;
		return false;
	}
	frame_end->marker.given = true;
	return frame_end->selective && proved(&frame_end->marker);
}

bool gb_frame_end_pes(gb_frame_end *frame_end, size_t len) {
	size_t split_len = frame_end->split_len ? frame_end->split_len : SPLIT_LEN_DEFAULT;
	if(len >= split_len) {
		return false;
	}
	frame_end->pes_len = len;
	frame_end->pes.given = true;
	return proved(&frame_end->pes);
}

static void was_wrong(gb_frame_sign *sign) {
	if(proved(sign) && sign->extra < EXTRA_MAX) {
		sign->extra = (sign->extra + GB_FRAME_END_PROOF) * 8;
	}
	sign->given = false;
	sign->right = 0;
}

void gb_frame_end_more(gb_frame_end *frame_end) {
	if(frame_end->pes.given) {
		if(frame_end->pes_len >= SPLIT_LEN_MIN) {
			frame_end->split_len = frame_end->pes_len;
		}
		was_wrong(&frame_end->pes);
	}
	if(frame_end->marker.given) {
		was_wrong(&frame_end->marker);
		frame_end->selective = false;
	}
}

static void settle(gb_frame_sign *sign) {
	sign->right = sign->given ? sign->right + 1 : 0;
	sign->given = false;
}

void gb_frame_end_next(gb_frame_end *frame_end) {
	if(frame_end->marker.given && frame_end->absent) {
		frame_end->selective = true;
	}
	frame_end->absent = false;
	settle(&frame_end->marker);
	settle(&frame_end->pes);
}

void gb_frame_end_gap(gb_frame_end *frame_end) {
	frame_end->absent = false;
	frame_end->marker.given = false;
	frame_end->pes.given = false;
}

bool gb_frame_end_likely(const gb_frame_end *frame_end) {
	return (frame_end->marker.given && frame_end->marker.right > 0) ||
		(frame_end->pes.given && frame_end->pes.right > 0);
}
