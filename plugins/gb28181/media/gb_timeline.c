#include "gb28181/media/gb_timeline.h"

#include <glib.h>
#include <string.h>

#define CLOCK 90000
/** 25 frames a second, until something is measured. */
#define NOMINAL_DEFAULT 3600
/** Less than a millisecond is no distance of frames. */
#define NOMINAL_MIN 90
/** A step of less needs no second opinion; one of more has to agree with the clock. */
#define STEP_PLAIN CLOCK
#define STEP_MAX (10 * CLOCK)
/** By how much it may differ from the clock. */
#define STEP_TOLERANCE (CLOCK / 2)
/** Steps back in a row after which the camera's time is believed to have been set back. */
#define BACK_RUN_MAX 16
/** How long the RTP clock is measured before its rate is believed. */
#define MEASURE_US 2000000
/** Ticks of RTP in 100,000 ticks of 90 kHz: of the clock it should be, and of milliseconds. */
#define RATE_90K 100000
#define RATE_MS 1111
/** RTP steps of fewer ticks than this (5 ms) are milliseconds, while no rate is measured. */
#define RTP_STEP_MIN 450

void gb_timeline_init(gb_timeline *timeline) {
	memset(timeline, 0, sizeof(*timeline));
	timeline->nominal = NOMINAL_DEFAULT;
}

static int64_t to_clock(int64_t us) {
	return us * 9 / 100;
}

/** Time that has passed since the last frame, at least a frame's usual distance. */
static int64_t elapsed(const gb_timeline *timeline, int64_t now_us) {
	return MAX(to_clock(now_us - timeline->out_us), timeline->nominal);
}

static bool plausible(const gb_timeline *timeline, int64_t step, int64_t now_us) {
	if(step <= STEP_PLAIN) {
		return step > 0;
	}
	int64_t passed = to_clock(now_us - timeline->out_us);
	return step <= STEP_MAX && ABS(step - passed) <= STEP_TOLERANCE + passed / 4;
}

/** The 33 bits of `pts` nearest to the last one. */
static int64_t unwrap_pts(const gb_timeline *timeline, int64_t pts) {
	const int64_t range = INT64_C(1) << 33;
	int64_t step = (pts - timeline->pts) & (range - 1);
	return timeline->pts + (step >= range / 2 ? step - range : step);
}

/** The clock says how much time goes by while the camera's stands still; bursts are spread out. */
static int64_t standstill_step(const gb_timeline *timeline, int64_t now_us) {
	int64_t passed = to_clock(now_us - timeline->out_us);
	return CLAMP(passed, timeline->nominal / 4, timeline->nominal * 4);
}

/** Frames without a PTS of their own share the distance: the second fields of pictures, or all but
 * the first frame of a pack. */
static void learn_nominal(gb_timeline *timeline, int64_t moved) {
	int64_t distance = moved / ((int64_t)timeline->unstamped + 1);
	timeline->unstamped = 0;
	if(distance >= NOMINAL_MIN && distance <= STEP_PLAIN) {
		timeline->nominal += (distance - timeline->nominal) / 4;
	}
}

static int64_t step_by_pts(gb_timeline *timeline, int64_t pts, int64_t now_us) {
	if(!timeline->anchored) {
		int64_t first = timeline->started ? elapsed(timeline, now_us) : 0;
		timeline->anchored = true;
		timeline->unstamped = 0;
		timeline->pts = pts;
		timeline->offset = timeline->out + first - pts;
		return first;
	}
	int64_t unwrapped = unwrap_pts(timeline, pts);
	int64_t moved = unwrapped - timeline->pts;
	int64_t step = unwrapped + timeline->offset - timeline->out;
	timeline->pts = unwrapped;
	learn_nominal(timeline, moved);
	if(moved != 0 && plausible(timeline, step, now_us)) {
		timeline->back_run = 0;
		return step;
	}
	if(moved == 0) {
		step = standstill_step(timeline, now_us);
	} else if(step > -STEP_PLAIN && step <= 0 && timeline->back_run < BACK_RUN_MAX) {
		timeline->back_run++;
		return 1;
	} else {
		step = elapsed(timeline, now_us);
		timeline->jumps++;
	}
	timeline->back_run = 0;
	timeline->offset = timeline->out + step - unwrapped;
	return step;
}

/** RTP ticks to ours. */
static int64_t scale_rtp(const gb_timeline *timeline, int64_t ticks) {
	int64_t rate = timeline->rtp_rate;
	if(rate == 0) {
		rate = ticks < RTP_STEP_MIN ? RATE_MS : RATE_90K;
	}
	return ticks * RATE_90K / rate;
}

static int64_t step_by_rtp(gb_timeline *timeline, int64_t ticks, int64_t now_us) {
	timeline->unstamped++;
	if(!timeline->started) {
		return 0;
	}
	if(!timeline->have_rtp || ticks == 0) {
		return timeline->anchored ? timeline->nominal : standstill_step(timeline, now_us);
	}
	int64_t step = ticks > 0 ? scale_rtp(timeline, ticks) : 0;
	if(plausible(timeline, step, now_us)) {
		return step;
	}
	timeline->jumps++;
	return elapsed(timeline, now_us);
}

/** A measured rate near one that has a name is that one. */
static int64_t named_rate(int64_t rate) {
	if(rate > RATE_90K * 7 / 10 && rate < RATE_90K * 14 / 10) {
		return RATE_90K;
	}
	if(rate > RATE_MS * 7 / 10 && rate < RATE_MS * 14 / 10) {
		return RATE_MS;
	}
	return MAX(rate, 1);
}

/** Measures the RTP clock: against the PTS where there are any, else against our clock. */
static void measure(gb_timeline *timeline, int64_t ticks, int64_t now_us) {
	if(!timeline->measuring || ticks < 0 || ticks > INT32_MAX / 4) {
		timeline->measuring = true;
		timeline->rtp_sum = 0;
		timeline->from_out = timeline->out;
		timeline->from_us = now_us;
		return;
	}
	timeline->rtp_sum += ticks;
	int64_t passed_us = now_us - timeline->from_us;
	if(passed_us < MEASURE_US) {
		return;
	}
	int64_t passed = timeline->anchored ? timeline->out - timeline->from_out : to_clock(passed_us);
	if(timeline->rtp_sum > 0 && passed > 0) {
		timeline->rtp_rate = named_rate(timeline->rtp_sum * RATE_90K / passed);
	}
	timeline->measuring = false;
}

int64_t gb_timeline_next(gb_timeline *timeline, int64_t pts, uint32_t rtp, int64_t now_us) {
	int64_t ticks = timeline->have_rtp ? (int32_t)(rtp - timeline->rtp) : 0;
	int64_t step = pts != GB_PTS_NONE ? step_by_pts(timeline, pts, now_us)
									  : step_by_rtp(timeline, ticks, now_us);
	if(timeline->started) {
		step = MAX(step, 1);
	}
	timeline->out += step;
	measure(timeline, ticks, now_us);
	timeline->started = true;
	timeline->out_us = now_us;
	timeline->have_rtp = true;
	timeline->rtp = rtp;
	return timeline->out;
}

void gb_timeline_restart(gb_timeline *timeline) {
	timeline->anchored = false;
	timeline->have_rtp = false;
	timeline->measuring = false;
	timeline->rtp_rate = 0;
	timeline->back_run = 0;
	timeline->unstamped = 0;
}
