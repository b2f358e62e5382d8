#include "gb28181/engine/gb_latch.h"

#include <string.h>

static bool is_allowed(const gb_latch *latch, const gb_addr *source) {
	for(unsigned i = 0; i < 2; i++) {
		if(latch->allowed[i].family && gb_addr_equal_ip(&latch->allowed[i], source)) {
			return true;
		}
	}
	return false;
}

static bool is_welcome(const gb_latch *latch, uint32_t ssrc, const gb_addr *source) {
	return ssrc == latch->agreed || is_allowed(latch, source);
}

void gb_latch_reset(gb_latch *latch, uint32_t agreed, const gb_addr allowed[2]) {
	memset(latch, 0, sizeof(*latch));
	latch->agreed = agreed;
	latch->allowed[0] = allowed[0];
	latch->allowed[1] = allowed[1];
}

void gb_latch_expect(gb_latch *latch, uint32_t agreed, const gb_addr allowed[2]) {
	latch->agreed = agreed;
	latch->allowed[0] = allowed[0];
	latch->allowed[1] = allowed[1];
	if(latch->held && !is_welcome(latch, latch->ssrc, &latch->source)) {
		latch->held = false;
	}
}

static gb_latch_result take(gb_latch *latch, uint32_t ssrc, const gb_addr *source, int64_t now_us) {
	bool same_sender = latch->held && latch->ssrc == ssrc;
	latch->held = true;
	latch->ssrc = ssrc;
	latch->source = *source;
	latch->last_us = now_us;
	return same_sender ? GB_LATCH_TAKEN : GB_LATCH_NEW;
}

gb_latch_result gb_latch_judge(
	gb_latch *latch, uint32_t ssrc, const gb_addr *source, int64_t now_us) {
	if(latch->held && latch->ssrc == ssrc && gb_addr_equal(&latch->source, source)) {
		latch->last_us = now_us;
		return GB_LATCH_TAKEN;
	}
	if(!is_welcome(latch, ssrc, source)) {
		return GB_LATCH_REFUSED;
	}
	bool silent = !latch->held || now_us - latch->last_us >= GB_LATCH_SILENCE_US;
	/* The agreed SSRC ousts a guess (a sender left over from an earlier play), and the same sender
	 * may come from another port of its address at any time (NAT). */
	bool better = latch->held && ssrc == latch->agreed && latch->ssrc != latch->agreed;
	bool moved = latch->held && ssrc == latch->ssrc && gb_addr_equal_ip(&latch->source, source);
	if(silent || better || moved) {
		return take(latch, ssrc, source, now_us);
	}
	return GB_LATCH_REFUSED;
}
