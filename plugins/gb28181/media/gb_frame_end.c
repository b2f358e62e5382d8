#include "gb28181/media/gb_frame_end.h"

/** While nothing else is known: muxers that split frames fill a PES to about 2^16. */
#define SPLIT_LEN_DEFAULT 60000
/** Smaller PES packets hold single NAL units; their sizes say nothing about where frames are split.
 */
#define SPLIT_LEN_MIN 4096

static bool give(gb_frame_sign *sign) {
	sign->given = true;
	return sign->right >= GB_FRAME_END_PROOF;
}

bool gb_frame_end_marker(gb_frame_end *frame_end) {
	return give(&frame_end->marker);
}

bool gb_frame_end_pes(gb_frame_end *frame_end, size_t len) {
	size_t split_len = frame_end->split_len ? frame_end->split_len : SPLIT_LEN_DEFAULT;
	if(len >= split_len) {
		return false;
	}
	frame_end->pes_len = len;
	return give(&frame_end->pes);
}

static void was_wrong(gb_frame_sign *sign) {
	if(sign->given) {
		sign->given = false;
		sign->right = 0;
	}
}

void gb_frame_end_more(gb_frame_end *frame_end) {
	if(frame_end->pes.given && frame_end->pes_len >= SPLIT_LEN_MIN) {
		frame_end->split_len = frame_end->pes_len;
	}
	was_wrong(&frame_end->marker);
	was_wrong(&frame_end->pes);
}

static void settle(gb_frame_sign *sign) {
	if(!sign->given) {
		sign->right = 0;
	} else if(sign->right < GB_FRAME_END_PROOF) {
		sign->right++;
	}
	sign->given = false;
}

void gb_frame_end_next(gb_frame_end *frame_end) {
	settle(&frame_end->marker);
	settle(&frame_end->pes);
}

void gb_frame_end_gap(gb_frame_end *frame_end) {
	frame_end->marker.given = false;
	frame_end->pes.given = false;
}
