// Cameras that refuse, keep silent, lie, lose or vanish; and noise from outside: in the API and in the page.
import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {after, before, describe, test} from 'node:test';
import {launch, open} from './lib/browser.mjs';
import {Camera} from './lib/camera.mjs';
import {Session} from './lib/janus.mjs';
import {choose, play, statistics} from './lib/page.mjs';
import {throwAt} from './lib/sip.mjs';
import {Stack} from './lib/stack.mjs';
import {until} from './lib/wait.mjs';

let stack, session, browser;
const cameras = [];
let number = 4000;

before(async () => {
	stack = await new Stack({media: {linger_s: 1, answer_timeout_s: 2, first_packet_timeout_s: 2, media_timeout_s: 1, reconnect_s: 8}}).start();
	session = await Session.create(stack.api);
	browser = await launch();
});

after(async () => {
	await browser?.close();
	await session?.destroy();
	await Promise.all(cameras.map((one) => one.stop()));
	await stack?.stop();
});

/** A camera of its own id that is online, its catalog read. */
async function camera(args, {channels = 1, id = `3402000000132000${++number}`} = {}) {
	const one = new Camera(['--channels', `${channels}`, ...args], {id});
	cameras.push(one);
	await until(`${id} is ready`, async () => {
		const device = await stack.device(id);
		return device?.online && device.channels === channels && device.catalog_complete;
	});
	one.channels = (await stack.ask({request: 'list_channels', device: id})).channels.map((channel) => channel.id);
	return one;
}

/** Watches without ever answering the offer: {handle, answer}. */
async function watch(one, channel = one.channels[0]) {
	const handle = await session.attach();
	return {handle, answer: await handle.request({request: 'watch', device: one.id, channel})};
}

/** What came of a watch that fails after `preparing`. */
async function failure(one, channel) {
	const {handle, answer} = await watch(one, channel);
	assert.equal(answer.result?.status, 'preparing', JSON.stringify(answer));
	const error = await handle.event('an error', (event) => event.data?.error_code);
	assert.equal(error.stream, answer.result.stream);
	await until('nothing is left of it', async () => (await stack.handleInfo(session, handle)).state === 'idle');
	await handle.detach();
	return error;
}

const stream = async (one, channel = one.channels[0]) =>
	(await stack.streams()).find((each) => each.device === one.id && each.channel === channel);

/** Waits until pictures of it are there. */
async function plays(one, channel) {
	const first = await until(`${one.id} plays`, async () => {
		const found = await stream(one, channel);
		return found?.state === 'playing' && found.key_frames > 0 ? found : null;
	});
	return until(`more pictures of ${one.id}`, async () => {
		const now = await stream(one, channel);
		return now?.frames > first.frames + 5 ? now : null;
	});
}

const steps = (ladder) => ladder.map((rung) => rung.step);
const state = (page, wanted, timeout = 15000) => page.waitForSelector(`[data-testid=player][data-state=${wanted}]`, {timeout});

describe('refusals', {concurrency: 3}, () => {
	for(const status of [403, 486]) {
		test(`an INVITE refused with ${status}: 481, and the page names the step`, async () => {
			const one = await camera(['--invite-status', `${status}`]);
			const error = await failure(one);
			assert.deepEqual([error.error_code, error.sip_status, error.step], [481, status, 'answered']);
			assert.ok(steps(error.ladder).includes('invite_sent'), JSON.stringify(error.ladder));
			const page = await open(browser, stack.page);
			await choose(page, one.id);
			const ladder = await page.waitForSelector('[data-testid=ladder][data-kind=failure]', {timeout: 15000});
			assert.equal(await ladder.getAttribute('data-code'), '481');
			assert.equal(await ladder.getAttribute('data-sip'), `${status}`);
			assert.equal(await ladder.getAttribute('data-missing'), 'answered');
			assert.equal(await (await ladder.$('[data-step=invite_sent]')).getAttribute('data-state'), 'reached');
			assert.equal(await (await ladder.$('[data-step=answered]')).getAttribute('data-state'), 'missing');
			assert.ok((await page.textContent('[data-testid=cause]')).length > 10);
			assert.equal(await page.getAttribute('[data-testid=player]', 'data-state'), 'failed');
			await page.context().close();
		});
	}

	test('too many streams of a device that we hold: 486 device_streams with holders', async () => {
		const one = await camera(['--max-streams', '1'], {channels: 2});
		const first = await watch(one);
		await plays(one);
		const error = await failure(one, one.channels[1]);
		assert.deepEqual([error.error_code, error.limit], [486, 'device_streams']);
		assert.ok(JSON.stringify(error.holders).includes(one.channels[0]), JSON.stringify(error.holders));
		await first.handle.detach();
	});

	test('too many streams while one of ours lingers: it makes room', async () => {
		const one = await camera(['--max-streams', '1'], {channels: 2});
		const first = await watch(one);
		await plays(one);
		await first.handle.request({request: 'stop'});
		const second = await watch(one, one.channels[1]);
		assert.equal(second.answer.result?.status, 'preparing');
		await plays(one, one.channels[1]);
		assert.equal(one.count('bye'), 1);
		await second.handle.detach();
		await first.handle.detach();
	});

	test('offline: 480 at once', async () => {
		const one = await camera([]);
		await one.stop();
		await stack.online(one.id, false);
		const {answer, handle} = await watch(one);
		assert.equal(answer.error_code, 480);
		await handle.detach();
	});
});

describe('silence', {concurrency: 2}, () => {
	test('no answer to the INVITE: 482, and CANCEL', async () => {
		const error = await failure(await camera(['--no-answer']));
		assert.deepEqual([error.error_code, error.step], [482, 'answered']);
		assert.ok(!steps(error.ladder).includes('answered'));
	});

	test('an answer and no media: 483 at first_packet, and BYE', async () => {
		const one = await camera(['--no-media']);
		const error = await failure(one);
		assert.deepEqual([error.error_code, error.step], [483, 'first_packet']);
		assert.ok(steps(error.ladder).includes('ack_sent'), JSON.stringify(error.ladder));
		await one.happened('bye');
	});
});

describe('odd cameras play all the same', {concurrency: 4}, () => {
	const cases = [
		['a Contact that leads nowhere', ['--contact-lie']],
		['an SSRC of its own, told in the answer', ['--answer-ssrc', 'other']],
		['no y= in the answer', ['--answer-ssrc', 'none']],
		['y=0 in the answer', ['--answer-ssrc', 'zero']],
		['another SSRC than it was told', ['--rtp-ssrc', 'other']],
		['SSRC 0', ['--rtp-ssrc', 'zero']],
		['no RTP marker', ['--no-marker']],
		['no program stream map', ['--no-psm']],
	];
	for(const [name, args] of cases) {
		test(name, async () => {
			const one = await camera(args);
			const {handle} = await watch(one);
			await plays(one);
			await one.happened('ack');
			await handle.detach();
			assert.equal((await one.happened('bye')).by, 'platform');
		});
	}

	test('packets lost, late and doubled: it goes on, and all are counted', async () => {
		const one = await camera(['--loss', '1', '--reorder', '3', '--dup', '3']);
		const page = await open(browser, stack.page);
		await play(page, one.id);
		const {framesDecoded} = await statistics(page);
		await until('loss, disorder and doubles were seen', async () => {
			const now = await stream(one);
			return now.lost > 0 && now.reordered > 0 && now.duplicates > 0;
		});
		await until('the picture goes on', async () => (await statistics(page)).framesDecoded > framesDecoded + 25);
		await page.context().close();
	});
});

describe('noise', () => {
	test('on the SIP port: UDP and TCP', async () => {
		const one = await camera([]);
		const junk = [randomBytes(1), randomBytes(1400), Buffer.from('\r\n\r\n'), Buffer.from('REGISTER\r\n\r\n'), Buffer.alloc(1200),
			Buffer.from('REGISTER sip:x SIP/2.0\r\nContent-Length: 99999999999\r\n\r\n'), Buffer.from('INVITE sip:\xff SIP/2.0\r\nVia: x\r\nCSeq: 1\r\n\r\n', 'latin1'),
			Buffer.from(`SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 1.2.3.4;branch=z9hG4bKx\r\nCSeq: 1 INVITE\r\nCall-ID: x\r\nFrom: <sip:1@1>;tag=1\r\nTo: <sip:2@2>;tag=2\r\nContent-Length: 0\r\n\r\n`)];
		for(const bytes of junk) {
			await throwAt(5060, bytes);
			await throwAt(5060, bytes, {tcp: true});
		}
		const {handle} = await watch(one);
		await plays(one);
		await handle.detach();
	});

	test('on the port of a stream that plays: strangers are counted, the picture goes on', async () => {
		const one = await camera([]);
		const {handle} = await watch(one);
		const {port, strangers} = await plays(one);
		const rtp = Buffer.alloc(200, 0);
		rtp.set([0x80, 0x60, 0x12, 0x34, 0, 0, 0, 1, 0xde, 0xad, 0xbe, 0xef]);
		for(const bytes of [Buffer.alloc(0), randomBytes(3), randomBytes(1400), rtp, rtp]) {
			await throwAt(port, bytes, {server: '127.0.0.1'});
		}
		await until('strangers', async () => (await stream(one)).strangers >= strangers + 3);
		const {lost, resyncs} = await plays(one);
		assert.deepEqual([lost, resyncs], [0, 0]);
		await handle.detach();
	});
});

describe('streams that break off', {concurrency: 3}, () => {
	test('a camera that vanishes and comes back: interrupted, then playing, on the same page', async () => {
		const one = await camera(['--vanish-after', '2']);
		const page = await open(browser, stack.page);
		await play(page, one.id);
		await state(page, 'interrupted');
		const reason = await page.getAttribute('[data-testid=banner]', 'data-reason');
		assert.ok(['no_media', 'offline'].includes(reason), reason);
		await one.stop('SIGKILL');
		const {framesDecoded} = await statistics(page);
		const again = await camera([], {id: one.id});
		await state(page, 'playing', 20000);
		await until('new pictures', async () => (await statistics(page)).framesDecoded > framesDecoded + 25);
		assert.equal(again.count('invite'), 1);
		await page.context().close();
	});

	test('a camera that ends each stream with BYE: interrupted "bye", then playing', async () => {
		const one = await camera(['--bye-after', '2']);
		const page = await open(browser, stack.page);
		await play(page, one.id);
		await state(page, 'interrupted');
		assert.equal(await page.getAttribute('[data-testid=banner]', 'data-reason'), 'bye');
		await state(page, 'playing');
		assert.ok(one.count('invite') >= 2);
		await page.context().close();
	});

	test('nobody comes back within reconnect_s: the error of the last attempt', async () => {
		const brief = await camera([]);
		const page = await open(browser, stack.page);
		await play(page, brief.id);
		await brief.stop();
		await state(page, 'interrupted');
		assert.equal(await page.getAttribute('[data-testid=banner]', 'data-reason'), 'bye');
		const ladder = await page.waitForSelector('[data-testid=ladder][data-kind=failure]', {timeout: 30000});
		assert.equal(await ladder.getAttribute('data-code'), '480');
		await page.context().close();
	});
});
