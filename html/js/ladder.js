// Turns a failure, or the steps of a play that works, into what a technician reads: each step with its time,
// the step that did not come, its usual causes and what to check. Pure: yields keys and values, no DOM.

/** Order of the steps between camera and server, and between server and this browser (api.md, section 6). */
export const STREAM_STEPS = ['invite_sent', 'trying', 'answered', 'ack_sent', 'first_packet', 'first_pack', 'codec',
	'first_keyframe', 'first_relay'];
export const VIEWER_STEPS = ['requested', 'offer_sent', 'answer', 'connected', 'first_relay', 'first_picture'];

const SERVER_VIEWER_STEPS = VIEWER_STEPS.slice(0, -1);	// the last one is known to the page only

const OPTIONAL = new Set(['trying', 'first_picture']);
const VIEWER_ONLY = new Set(['requested', 'offer_sent', 'answer', 'connected']);
const SIP_WITH_ADVICE = new Set([400, 403, 404, 408, 415, 480, 481, 486, 487, 488, 500, 503]);
const CODES_WITH_ADVICE = new Set([455, 457, 460, 461, 463, 480, 482, 484, 485, 486, 499]);
const LIMITS_WITH_ADVICE = new Set(['streams', 'transcode', 'device_streams']);
const LOCAL = new Set(['link', 'ice', 'pc_lost', 'local']);

/**
 * One entry for each known step: {step, state, ms, status, source, label}.
 * `state` is 'reached', 'missing' (the one that did not come), 'skipped' or 'waiting'.
 */
export function rungs(ladder, order, missing) {
	const reached = new Map((ladder ?? []).map(entry => [entry.step, entry]));
	const ofViewer = order.includes('requested');
	const last = order.findLastIndex(step => reached.has(step));
	return order.map((step, index) => {
		const entry = reached.get(step);
		const label = `step.${ofViewer && step === 'first_relay' ? 'viewer_first_relay' : step}`;
		if(entry)
			return { step, label, state: 'reached', ms: entry.ms, status: entry.sip_status, source: sourceOf(entry) };
		if(step === missing)
			return { step, label, state: 'missing' };
		return { step, label, state: index < last ? 'skipped' : 'waiting' };
	});
}

const sourceOf = entry => entry.source ?? entry.address ?? entry.from;

/** The step that did not come: the server's word, or else the first one after the last that was reached. */
export function missingStep(failure) {
	if(failure.step)
		return failure.step;
	if(!failure.ladder?.length)
		return null;
	const reached = new Set(failure.ladder.map(entry => entry.step));
	return STREAM_STEPS.find(step => !OPTIONAL.has(step) && !reached.has(step)) ?? null;
}

/** Which advice fits: the key behind `cause.` and `check.`. */
export function adviceKey(failure) {
	const { error_code: code, sip_status: status, limit } = failure;
	if(LOCAL.has(code))
		return code;
	if(status >= 300 && (code === 481 || code === 482))
		return SIP_WITH_ADVICE.has(status) ? `sip.${status}` : 'sip.other';
	if(code === 486 && LIMITS_WITH_ADVICE.has(limit))
		return `486.${limit}`;
	const step = missingStep(failure);
	if((code === 482 || code === 483) && step && !OPTIONAL.has(step) && isKnown(step))
		return `step.${step}`;
	if(code >= 450 && code <= 454)
		return '453';
	return CODES_WITH_ADVICE.has(code) ? String(code) : '499';
}

const isKnown = step => STREAM_STEPS.includes(step) || VIEWER_ONLY.has(step) && step !== 'requested';

/** Headline of a failure. */
export function titleKey({ error_code: code }) {
	if(LOCAL.has(code))
		return `error.${code}`;
	if(code >= 450 && code <= 454)
		return 'error.453';
	return CODES_WITH_ADVICE.has(code) || code === 456 || code === 481 || code === 483 ? `error.${code}` : 'error.499';
}

/**
 * Everything that is shown of a failure.
 * @param {object} failure the server's error object, or one made by the page with a word as `error_code`
 */
export function explain(failure) {
	const missing = missingStep(failure);
	const advice = adviceKey(failure);
	const hasLadder = Boolean(failure.ladder?.length || failure.step && STREAM_STEPS.includes(failure.step));
	const viewer = failure.viewer_ladder?.length || VIEWER_ONLY.has(missing);
	return {
		title: titleKey(failure),
		missing,
		status: failure.sip_status,
		sentence: failure.error ?? '',
		reason: failure.sip_reason ?? '',
		cause: `cause.${advice}`,
		check: `check.${advice}`,
		params: { codec: codecName(failure.codec) || '?', node: failure.node ?? '?', status: failure.sip_status ?? '?' },
		holders: (failure.holders ?? []).map(holderName),
		stream: hasLadder ? rungs(failure.ladder, STREAM_STEPS, missing) : [],
		viewer: viewer ? rungs(failure.viewer_ladder, SERVER_VIEWER_STEPS, VIEWER_ONLY.has(missing) ? missing : null) : [],
	};
}

const holderName = holder => typeof holder === 'string' ? holder :
	holder.channel ?? holder.stream ?? JSON.stringify(holder);

const CODEC_NAMES = { h264: 'H.264', h265: 'H.265', hevc: 'H.265', pcma: 'G.711A', pcmu: 'G.711U', aac: 'AAC',
	opus: 'Opus', vp8: 'VP8', vp9: 'VP9', av1: 'AV1', svac: 'SVAC' };

/** 'h264' or 'video/H264' -> 'H.264'. */
export function codecName(codec) {
	const short = String(codec ?? '').toLowerCase().replace(/^(video|audio)\//, '');
	return CODEC_NAMES[short] ?? short.toUpperCase();
}
