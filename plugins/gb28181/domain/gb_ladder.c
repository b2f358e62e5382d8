#include "gb28181/domain/gb_ladder.h"

#include <string.h>

const char *gb_step_name(gb_step step) {
	static const char *const names[GB_STEPS] = {
		[GB_STEP_INVITE_SENT] = "invite_sent",
		[GB_STEP_TRYING] = "trying",
		[GB_STEP_ANSWERED] = "answered",
		[GB_STEP_ACK_SENT] = "ack_sent",
		[GB_STEP_FIRST_PACKET] = "first_packet",
		[GB_STEP_FIRST_PACK] = "first_pack",
		[GB_STEP_CODEC] = "codec",
		[GB_STEP_FIRST_KEYFRAME] = "first_keyframe",
		[GB_STEP_FIRST_RELAY] = "first_relay",
	};
	return step < GB_STEPS ? names[step] : "";
}

void gb_ladder_start(gb_ladder *ladder, int64_t now_us) {
	memset(ladder, 0, sizeof(*ladder));
	ladder->start_us = now_us;
}

void gb_ladder_reach(gb_ladder *ladder, gb_step step, int64_t now_us) {
	if(!ladder->at_us[step])
		ladder->at_us[step] = now_us;
}

gb_step gb_ladder_missing(const gb_ladder *ladder) {
	for(int step = 0; step < GB_STEPS; step++) {
		if(step != GB_STEP_TRYING && !ladder->at_us[step])
			return (gb_step)step;
	}
	return GB_STEPS;
}

gb_failure *gb_failure_new(gb_error_code code, const char *format, ...) {
	gb_failure *failure = g_new0(gb_failure, 1);
	failure->code = code;
	va_list args;
	va_start(args, format);
	failure->message = g_strdup_vprintf(format, args);
	va_end(args);
	return failure;
}

gb_failure *gb_failure_copy(const gb_failure *failure) {
	if(!failure)
		return NULL;
	gb_failure *copy = g_new0(gb_failure, 1);
	copy->code = failure->code;
	copy->message = g_strdup(failure->message);
	copy->sip_status = failure->sip_status;
	copy->sip_reason = g_strdup(failure->sip_reason);
	copy->step = g_strdup(failure->step);
	copy->limit = g_strdup(failure->limit);
	return copy;
}

void gb_failure_free(gb_failure *failure) {
	if(!failure)
		return;
	g_free(failure->message);
	g_free(failure->sip_reason);
	g_free(failure->step);
	g_free(failure->limit);
	g_free(failure);
}
