// Janus's event handlers hear of devices, streams and watches.
import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {after, before, test} from 'node:test';
import {launch, open} from './lib/browser.mjs';
import {Camera, cameraId} from './lib/camera.mjs';
import {play} from './lib/page.mjs';
import {Stack} from './lib/stack.mjs';
import {until} from './lib/wait.mjs';

const heard = [];
let listener, stack, camera, browser;

/** What the plugin told, in order: the bodies of its events (type 64 of Janus's). */
const told = (accept) => heard.filter((one) => one.type === 64).map((one) => one.event).filter((one) =>
	one.plugin === 'janus.plugin.gb28181' && accept(one.data));

before(async () => {
	listener = createServer((request, response) => {
		let body = '';
		request.on('data', (part) => body += part);
		request.on('end', () => {
			heard.push(...[JSON.parse(body)].flat());
			response.end();
		});
	}).listen(9099, '127.0.0.1');
	const handler = 'general: {\n\tenabled = true\n\tevents = "plugins"\n\tgrouping = true\n\tjson = "compact"\n\tbackend = "http://127.0.0.1:9099/"\n}\n';
	stack = await new Stack({media: {linger_s: 1}, env: {GB_EVENTS: 'true'}, files: {'janus.eventhandler.sampleevh.jcfg': handler}}).start();
	camera = new Camera();
	browser = await launch();
});

after(async () => {
	await browser?.close();
	await camera?.stop();
	await stack?.stop();
	listener?.close();
});

test('a device that registers', async () => {
	await until('the device', () => told((data) => data.event === 'device' && data.change === 'online').length > 0);
});

test('a stream that begins and ends, and who watches it', async () => {
	const page = await open(browser, stack.page);
	await play(page, cameraId);
	await until('the stream began', () => told((data) => data.event === 'stream' && data.change === 'started').length === 1);
	await until('the watch plays', () => told((data) => data.event === 'watch' && data.status === 'playing').length === 1);
	await page.click('[data-testid=stop]');
	await until('the stream ended', () => told((data) => data.event === 'stream' && data.change === 'ended').length === 1);
	assert.equal(told((data) => JSON.stringify(data).includes('e2e-secret')).length, 0);
});
