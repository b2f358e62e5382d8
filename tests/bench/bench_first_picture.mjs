// bench_first_picture.mjs - from sending `watch` to the first picture that Chromium shows, with the page as it is.
//
//   --runs N        of each kind (20)
//   --size WxH      of the camera's picture (1280x720)
//   --goal MS       status 1 when the 95th percentile of the cold runs is above it (500)
//
// Cold: the camera is not streaming; it is invited, and its first picture is a key frame. Warm: its stream goes on (linger_s), the
// first picture comes out of the server's cache. Each run has a handle and a PeerConnection of its own.
import {parseArgs} from 'node:util';
import {launch, open} from '../e2e/lib/browser.mjs';
import {Camera, cameraId} from '../e2e/lib/camera.mjs';
import {choose} from '../e2e/lib/page.mjs';
import {Stack} from '../e2e/lib/stack.mjs';
import {until} from '../e2e/lib/wait.mjs';
import {machine, percentile, print} from './lib/machine.mjs';

const {values: options} = parseArgs({options: {
	runs: {type: 'string', default: '20'}, size: {type: 'string', default: '1280x720'}, goal: {type: 'string', default: '500'},
}});
const runs = Number(options.runs);

/** Before the page's own scripts: notes in window.gbTimes when `watch` leaves and what comes of it. */
function spy() {
	window.gbTimes = {};
	const send = WebSocket.prototype.send;
	WebSocket.prototype.send = function(text) {
		if(typeof text === 'string' && text.includes('"request":"watch"')) {
			window.gbTimes = {watch: performance.now()};
		}
		return send.call(this, text);
	};
	const Original = window.WebSocket;
	window.WebSocket = class extends Original {
		constructor(...args) {
			super(...args);
			this.addEventListener('message', ({data}) => {
				const result = JSON.parse(data)?.plugindata?.data?.result;
				if(result?.status === 'preparing') {
					window.gbTimes.offer = performance.now();
				} else if(result?.status === 'playing') {
					Object.assign(window.gbTimes, {ladder: result.ladder, viewerLadder: result.viewer_ladder});
				}
			});
		}
	};
}

/** Milliseconds from `watch` to the first picture, and the steps in between. */
async function once(page) {
	await page.evaluate(() => {
		const video = document.querySelector('[data-testid=player] video');
		window.gbShown = new Promise((resolve) => video.requestVideoFrameCallback(() => resolve(performance.now())));
	});
	await choose(page, cameraId);
	const times = await page.evaluate(async () => {
		const shown = await Promise.race([window.gbShown, new Promise((resolve) => setTimeout(resolve, 20000, NaN))]);
		return {...window.gbTimes, shown};
	});
	const steps = await until('the word that it plays', () => page.evaluate(() => window.gbTimes.ladder && window.gbTimes));
	const step = (ladder, name) => ladder.find((one) => one.step === name)?.ms;
	return {
		picture: times.shown - times.watch, offer: times.offer - times.watch,
		firstKeyframe: step(steps.ladder, 'first_keyframe'), connected: step(steps.viewerLadder, 'connected'),
		firstRelay: step(steps.viewerLadder, 'first_relay'),
	};
}

async function stop(page) {
	await page.click('[data-testid=stop]');
	await until('no viewer is left', async () => (await stack.ask({request: 'info'})).counts.viewers === 0);
}

async function measure(kind, linger) {
	stack = await new Stack({media: {linger_s: linger}, env: {GB_DEBUG_LEVEL: '4'}}).start();
	const camera = new Camera(['--size', options.size, '--bitrate', '2000000']);
	const browser = await launch();
	try {
		const page = await open(browser, 'about:blank');
		await page.addInitScript(spy);
		await page.goto(stack.page);
		await stack.online(cameraId);
		await until('the catalog', async () => (await stack.device(cameraId)).catalog_complete !== false);
		const results = [];
		// The first run of each kind starts the browser's decoder and, where warm, the stream: it does not count.
		for(let run = 0; run <= runs; run++) {
			if(linger === 0) {
				await until('no stream is left', async () => (await stack.streams()).length === 0);
			}
			const result = await once(page);
			await stop(page);
			if(run === 0) {
				console.log(`${kind}, very first: ${JSON.stringify(result)}`);
			} else {
				results.push(result);
			}
		}
		if(page.errors.length > 0) {
			throw new Error(`page: ${page.errors[0]}`);
		}
		return {results, invites: camera.count('invite')};
	} finally {
		await browser.close();
		await camera.stop();
		await stack.stop();
	}
}

function row(kind, results, field) {
	const values = results.map((one) => one[field]).filter((one) => Number.isFinite(one));
	const ms = (share) => percentile(values, share).toFixed(0).padStart(5);
	return [`${kind}: ${field}`, values.length === 0 ? 'none' :
		`${ms(0)} ${ms(0.5)} ${ms(0.95)} ${ms(1)}   of ${values.length}`];
}

let stack;
const begun = machine();
const cold = await measure('cold', 0);
const warm = await measure('warm', 30);
const fields = ['picture', 'offer', 'connected', 'firstRelay', 'firstKeyframe'];
print([
	['machine at the start', begun],
	['machine at the end', machine()],
	['camera', `${options.size}, INVITEs: cold ${cold.invites}, warm ${warm.invites}`],
	['milliseconds', '  min   p50   p95   max'],
	...fields.map((field) => row('cold', cold.results, field)),
	...fields.slice(0, -1).map((field) => row('warm', warm.results, field)),
]);
const pictures = cold.results.map((one) => one.picture);
process.exit(pictures.every(Number.isFinite) && percentile(pictures, 0.95) <= Number(options.goal) ? 0 : 1);
