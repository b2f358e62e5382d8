// The words for a failed play: which step is missing, which advice fits.

import assert from 'node:assert/strict';
import test from 'node:test';

import { adviceKey, codecName, explain, missingStep, rungs, STREAM_STEPS, titleKey, VIEWER_STEPS }
	from '../../html/js/ladder.js';

const reached = (...steps) => steps.map((step, at) => ({ step, ms: at * 10 }));

test('the server names the missing step', () => {
	const found = explain({ error_code: 483, step: 'first_packet', ladder: reached('invite_sent', 'answered', 'ack_sent') });
	assert.equal(found.missing, 'first_packet');
	assert.equal(found.cause, 'cause.step.first_packet');
	assert.deepEqual(found.stream.map(rung => rung.state),
		['reached', 'skipped', 'reached', 'reached', 'missing', 'waiting', 'waiting', 'waiting', 'waiting']);
	assert.deepEqual(found.viewer, []);
});

test('without the server’s word it is the first one not reached, never the provisional answer', () => {
	assert.equal(missingStep({ ladder: reached('invite_sent') }), 'answered');
	assert.equal(missingStep({ ladder: reached('invite_sent', 'trying', 'answered') }), 'ack_sent');
	assert.equal(missingStep({}), null);
	assert.equal(missingStep({ ladder: reached(...STREAM_STEPS) }), null);
});

test('rungs carry time, status and source', () => {
	const [invite, , answered, , packet] = rungs([{ step: 'invite_sent', ms: 0 },
		{ step: 'answered', ms: 41, sip_status: 200 }, { step: 'first_packet', ms: 79, source: '10.0.0.2:15060' }], STREAM_STEPS);
	assert.equal(invite.ms, 0);
	assert.equal(answered.status, 200);
	assert.equal(packet.source, '10.0.0.2:15060');
});

test('first_relay is worded for the viewer on the viewer’s ladder', () => {
	const viewer = rungs(reached('requested', 'first_relay'), VIEWER_STEPS);
	assert.equal(viewer.find(rung => rung.step === 'first_relay').label, 'step.viewer_first_relay');
	assert.equal(rungs([], STREAM_STEPS).at(-1).label, 'step.first_relay');
});

const ADVICE = [
	[{ error_code: 480 }, '480'],
	[{ error_code: 480, sip_status: 480 }, '480'],
	[{ error_code: 481, sip_status: 404 }, 'sip.404'],
	[{ error_code: 481, sip_status: 486, step: 'answered' }, 'sip.486'],
	[{ error_code: 481, sip_status: 606 }, 'sip.other'],
	[{ error_code: 482, sip_status: 408 }, 'sip.408'],
	[{ error_code: 482, step: 'answered' }, 'step.answered'],
	[{ error_code: 482 }, '482'],
	[{ error_code: 483, step: 'codec', sip_status: 200 }, 'step.codec'],
	[{ error_code: 483, step: 'first_keyframe' }, 'step.first_keyframe'],
	[{ error_code: 483, ladder: reached('invite_sent', 'answered', 'ack_sent', 'first_packet') }, 'step.first_pack'],
	[{ error_code: 483, step: 'connected' }, 'step.connected'],
	[{ error_code: 484, codec: 'h265' }, '484'],
	[{ error_code: 486, limit: 'device_streams' }, '486.device_streams'],
	[{ error_code: 486, limit: 'something_new' }, '486'],
	[{ error_code: 452 }, '453'],
	[{ error_code: 490 }, '499'],
	[{ error_code: 'ice', step: 'connected' }, 'ice'],
];

test('which advice fits', () => {
	for(const [failure, key] of ADVICE)
		assert.equal(adviceKey(failure), key, JSON.stringify(failure));
});

test('titles', () => {
	assert.equal(titleKey({ error_code: 481 }), 'error.481');
	assert.equal(titleKey({ error_code: 454 }), 'error.453');
	assert.equal(titleKey({ error_code: 1 }), 'error.499');
	assert.equal(titleKey({ error_code: 'link' }), 'error.link');
});

test('a failure between server and browser shows that ladder', () => {
	const found = explain({ error_code: 'ice', step: 'connected', viewer_ladder: reached('requested', 'offer_sent', 'answer') });
	assert.equal(found.viewer.find(rung => rung.step === 'connected').state, 'missing');
	assert.deepEqual(found.stream, []);
});

test('holders and details', () => {
	const found = explain({ error_code: 486, limit: 'device_streams', holders: [{ channel: '3401' }, '3402'], error: 'full' });
	assert.deepEqual(found.holders, ['3401', '3402']);
	assert.equal(found.sentence, 'full');
	assert.equal(explain({ error_code: 484, codec: 'h265' }).params.codec, 'H.265');
});

test('names of codecs', () => {
	assert.equal(codecName('video/H264'), 'H.264');
	assert.equal(codecName('hevc'), 'H.265');
	assert.equal(codecName('pcma'), 'G.711A');
	assert.equal(codecName('xyz'), 'XYZ');
	assert.equal(codecName(undefined), '');
});

test('a failure does not speak of the picture, which the server cannot know', () => {
	const found = explain({ error_code: 482, step: 'answered', ladder: reached('invite_sent'),
		viewer_ladder: reached('requested', 'offer_sent', 'answer', 'connected', 'first_relay') });
	assert.deepEqual(found.viewer.map(rung => rung.state), Array(5).fill('reached'));
	assert.equal(found.viewer.at(-1).label, 'step.viewer_first_relay');
});
