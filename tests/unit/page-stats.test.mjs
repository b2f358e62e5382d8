// Figures of a running play out of two getStats() samples, and how they are written.

import assert from 'node:assert/strict';
import test from 'node:test';

import { bitrateText, figures, percentText, sample } from '../../html/js/stats.js';

const report = (at, video, audio) => new Map(Object.entries({
	c1: { type: 'codec', mimeType: 'video/H264' },
	c2: { type: 'codec', mimeType: 'audio/PCMA' },
	v: { type: 'inbound-rtp', kind: 'video', timestamp: at, codecId: 'c1', frameWidth: 1280, frameHeight: 720, ...video },
	a: { type: 'inbound-rtp', kind: 'audio', timestamp: at, codecId: 'c2', ...audio },
}));

test('figures of a span', () => {
	const before = sample(report(1000, { bytesReceived: 0, packetsReceived: 0, packetsLost: 0, framesDecoded: 0 },
		{ bytesReceived: 0, packetsReceived: 0 }));
	const now = sample(report(3000, { bytesReceived: 500000, packetsReceived: 450, packetsLost: 50, framesDecoded: 50 },
		{ bytesReceived: 16000, packetsReceived: 500 }));
	assert.deepEqual(figures(before, now), { codec: 'H.264', width: 1280, height: 720, fps: 25, bitrate: 2064000, loss: 5 });
	assert.equal(now.audioPackets, 500);
});

test('a first sample knows no rates', () => {
	const now = sample(report(1000, { bytesReceived: 1 }, {}));
	assert.deepEqual(figures(null, now), { codec: 'H.264', width: 1280, height: 720, fps: null, bitrate: null, loss: null });
});

test('counters that fall give no negative figures', () => {
	const before = sample(report(1000, { bytesReceived: 900, packetsReceived: 90, packetsLost: 3 }, {}));
	const now = sample(report(2000, { bytesReceived: 10, packetsReceived: 1, packetsLost: 1 }, {}));
	const found = figures(before, now);
	assert.equal(found.bitrate, 0);
	assert.equal(found.loss, 0);
});

test('nothing received', () => {
	assert.equal(sample(new Map()), null);
});

test('writing', () => {
	assert.equal(bitrateText(2134000), '2.1 Mb/s');
	assert.equal(bitrateText(64000), '64 kb/s');
	assert.equal(percentText(0), '0');
	assert.equal(percentText(0.44), '0.4');
	assert.equal(percentText(12.4), '12');
});
