#include "gb28181/domain/gb_rhythm.h"

#include "gb28181/base/gb_clock.h"

#include <string.h>

void gb_rhythm_beat(gb_rhythm *rhythm, int64_t now_us) {
	int64_t gap = (now_us - rhythm->last_us + GB_SECOND / 2) / GB_SECOND;
	bool first = rhythm->last_us == 0;
	if(!first && gap == 0) /* a repeat of the last one */
		return;
	rhythm->last_us = now_us;
	if(first)
		return;
	if(gap > (int64_t)GB_RHYTHM_MAX_S) { /* it was away */
		memset(rhythm->gaps, 0, sizeof(rhythm->gaps));
		return;
	}
	memmove(rhythm->gaps + 1, rhythm->gaps, sizeof(rhythm->gaps) - sizeof(rhythm->gaps[0]));
	rhythm->gaps[0] = (uint16_t)gap;
}

int gb_rhythm_interval(const gb_rhythm *rhythm, int configured_s) {
	int shortest = GB_RHYTHM_MAX_S, longest = 0;
	for(unsigned i = 0; i < GB_RHYTHM_GAPS; i++) {
		if(!rhythm->gaps[i])
			return configured_s;
		shortest = rhythm->gaps[i] < shortest ? rhythm->gaps[i] : shortest;
		longest = rhythm->gaps[i] > longest ? rhythm->gaps[i] : longest;
	}
	bool regular = longest - shortest <= longest / 5 + 2;
	return regular && longest > configured_s ? longest : configured_s;
}
