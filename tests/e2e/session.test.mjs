// What handles go through: stop and watch again, pause, several viewers, browsers that vanish, the end of Janus.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {launch, open} from './lib/browser.mjs';
import {Camera} from './lib/camera.mjs';
import {Session} from './lib/janus.mjs';
import {play, statistics} from './lib/page.mjs';
import {Peer} from './lib/sip.mjs';
import {Stack} from './lib/stack.mjs';
import {Viewer} from './lib/viewer.mjs';
import {until} from './lib/wait.mjs';

let stack, session, browser, page;
/** A viewer that never answers its offer, from the beginning of the file. */
let mute;
const cameras = [];
let number = 5000;

before(async () => {
	stack = await new Stack({media: {linger_s: 2}}).start();
	session = await Session.create(stack.api);
	browser = await launch();
	page = await open(browser, stack.page);
	mute = {camera: await camera(), handle: await session.attach()};
	await mute.handle.request(mute.camera.watch);
});

after(async () => {
	await browser?.close();
	await session?.destroy();
	await Promise.all(cameras.map((one) => one.stop()));
	await stack?.stop();
});

async function camera(args = [], {id = `3402000000132000${++number}`, server} = {}) {
	const one = new Camera(args, {id, ...(server ? {server} : {})});
	cameras.push(one);
	await until(`${id} is ready`, async () => {
		const device = await stack.device(id);
		return device?.online && device.catalog_complete;
	});
	one.watch = {request: 'watch', device: id};
	return one;
}

const stream = async (one) => (await stack.streams()).find((each) => each.device === one.id);
const gone = (one) => until(`no stream of ${one.id}`, async () => !await stream(one));

describe('in Chromium, through janus.js', () => {
	test('stop and at once watch, on one handle: 100 of 100 play', async () => {
		const one = await camera();
		const viewer = await Viewer.attach(page);
		await viewer.send(one.watch);
		let playing = 0;
		for(let round = 1; round <= 100; round++) {
			// Most are stopped while ICE and DTLS are still at work, every fourth in the middle of a picture.
			if(round % 4 === 0) {
				await viewer.seen('playing', ++playing);
			} else {
				await viewer.seen('started', round);
			}
			await viewer.send({request: 'stop'}, one.watch);
			playing = (await viewer.events()).filter((event) => event === 'playing').length;
		}
		await viewer.seen('playing', playing + 1);
		const events = await viewer.events();
		assert.deepEqual([...new Set(events)].sort(), ['cleanup', 'playing', 'preparing', 'started', 'stopped']);
		assert.equal(one.count('invite'), 1, 'the camera lingers meanwhile');
		const {framesDecoded} = await statistics(page);
		await until('the last one decodes', async () => (await statistics(page)).framesDecoded > framesDecoded + 10);
		await viewer.send({request: 'stop'});
		await gone(one);
	});

	test('pause stops the media and lets go of the camera, start brings both back', async () => {
		const one = await camera();
		const viewer = await Viewer.attach(page);
		await viewer.send(one.watch);
		await viewer.seen('playing');
		await until('pictures', async () => (await statistics(page)).framesDecoded > 10);
		await viewer.send({request: 'pause'});
		await viewer.seen('paused');
		assert.deepEqual([(await stream(one)).viewers, (await stream(one)).paused_viewers], [1, 1]);
		await one.happened('bye');
		const {framesDecoded} = await statistics(page);
		await viewer.send({request: 'start'});
		await one.happened('invite', 2);
		await until('pictures again', async () => (await statistics(page)).framesDecoded > framesDecoded + 25);
		await viewer.send({request: 'stop'});
		await viewer.seen('stopped');
		await gone(one);
	});

	test('two viewers, one INVITE; the camera goes when the last one goes', async () => {
		const one = await camera();
		const first = await Viewer.attach(page), second = await Viewer.attach(page);
		await Promise.all([first.send(one.watch), second.send(one.watch)]);
		await Promise.all([first.seen('playing'), second.seen('playing')]);
		assert.deepEqual([(await stream(one)).viewers, one.count('invite')], [2, 1]);
		await first.send({request: 'stop'});
		await until('one viewer', async () => (await stream(one)).viewers === 1);
		const before = (await stream(one)).frames;
		await until('it goes on', async () => (await stream(one)).frames > before + 75);
		assert.equal(one.count('bye'), 0);
		await second.send({request: 'stop'});
		await one.happened('bye');
		await gone(one);
	});

	test('a second watch on a handle that watches: 460, and the first goes on', async () => {
		const one = await camera();
		const viewer = await Viewer.attach(page);
		await viewer.send(one.watch);
		await viewer.seen('playing');
		await viewer.send(one.watch);
		await viewer.seen(460);
		const {framesDecoded} = await statistics(page);
		await until('the first goes on', async () => (await statistics(page)).framesDecoded > framesDecoded + 10);
		await viewer.send({request: 'stop'});
		await gone(one);
	});

	test('a browser that vanishes leaves nothing behind', async () => {
		const one = await camera();
		const other = await open(browser, stack.page);
		const viewer = await Viewer.attach(other);
		await viewer.send(one.watch);
		await viewer.seen('playing');
		await other.context().close();
		await one.happened('bye');
		await gone(one);
		await until('no viewer but the mute one', async () => (await stack.ask({request: 'info'})).counts.viewers <= 1);
	});

	test('a PeerConnection that the viewer hangs up ends the watch, and the handle watches again', async () => {
		const one = await camera();
		const viewer = await Viewer.attach(page);
		await viewer.send(one.watch);
		await viewer.seen('playing');
		await page.evaluate((index) => window.gbViewers[index].handle.hangup(), viewer.number);
		await viewer.seen('cleanup');
		await until('no viewer', async () => !(await stream(one))?.viewers);
		await viewer.send(one.watch);
		await viewer.seen('playing', 2);
		await viewer.send({request: 'stop'});
		await gone(one);
	});
});

describe('without a browser', () => {
	test('an offer with a video and an audio m-line, constrained baseline, packetization-mode 1', async () => {
		const one = await camera();
		const handle = await session.attach();
		const {result, jsep} = await handle.request(one.watch);
		assert.equal(result.status, 'preparing');
		assert.equal(jsep.type, 'offer');
		assert.deepEqual(jsep.sdp.match(/^m=(\w+)/gm), ['m=video', 'm=audio']);
		assert.match(jsep.sdp, /profile-level-id=42e01f/);
		assert.match(jsep.sdp, /packetization-mode=1/);
		const other = await session.attach();
		const silent = await other.request({...one.watch, audio: false});
		assert.deepEqual(silent.jsep.sdp.match(/^m=(\w+)/gm), ['m=video']);
		await Promise.all([handle.detach(), other.detach()]);
		await gone(one);
	});

	test('a handle, and a session, that is destroyed while it prepares leaves nothing behind', async () => {
		const one = await camera(['--answer-delay', '300']);
		const handle = await session.attach();
		await handle.request(one.watch);
		await handle.detach();
		await gone(one);
		const brief = await Session.create(stack.api);
		const doomed = await brief.attach();
		await doomed.request(one.watch);
		await brief.destroy();
		await gone(one);
		await until('no viewer but the mute one', async () => (await stack.ask({request: 'info'})).counts.viewers <= 1);
		assert.equal(one.count('stream_started'), one.count('stream_ended'));
	});

	test('a JSEP that is no answer: 461; start, pause, stop where there is nothing', async () => {
		const one = await camera();
		const handle = await session.attach();
		assert.equal((await handle.request({request: 'stop'})).result.status, 'stopped');
		await handle.request(one.watch);
		assert.equal((await handle.request({request: 'pause'})).error_code, 460);
		assert.equal((await handle.request({request: 'start'})).error_code, 461);
		assert.equal((await handle.request({request: 'stop'})).result.status, 'stopped');
		await handle.detach();
		await gone(one);
	});

	test('two addresses of ours: each camera is invited from the one that it registered at', async () => {
		for(const [index, ours] of ['10.77.0.1', '10.78.0.1'].entries()) {
			const one = await camera(['--local', ours, '--sip-trace'], {id: `3402000000132000600${index}`, server: `${ours}:5060`});
			const handle = await session.attach();
			await handle.request(one.watch);
			await one.happened('stream_started');
			assert.equal(one.events.find((event) => event.event === 'invite').address, ours);
			const trace = one.lines.join('\n');
			const invite = trace.slice(trace.indexOf('INVITE sip:'));
			assert.match(invite, new RegExp(`Via: SIP/2\\.0/UDP ${ours.replaceAll('.', '\\.')}[:;]`));
			assert.match(invite, new RegExp(`c=IN IP4 ${ours.replaceAll('.', '\\.')}`));
			await until('it plays', async () => (await stream(one))?.state === 'playing');
			await handle.detach();
			await one.happened('bye');
		}
	});

	test('a viewer that never answers the offer is told so, and the camera is let go', async () => {
		const error = await mute.handle.event('no answer', (event) => event.data?.error_code, 70000);
		assert.deepEqual([error.error_code, error.step], [460, 'answer']);
		await mute.camera.happened('bye');
		await until('the handle is free', async () => (await stack.handleInfo(session, mute.handle)).state === 'idle');
	});
});

describe('the end', () => {
	test('Janus that is told to end sends BYE for what plays', async () => {
		const one = await camera();
		await play(page, one.id);
		const exit = await stack.janus.stop('SIGTERM', 20000);
		assert.equal(exit, 0);
		await one.happened('bye');
		assert.equal(one.events.findLast((event) => event.event === 'bye').by, 'platform');
	});
});
