// A camera registers, a browser watches it: the whole path, in Chromium.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {launch, open} from './lib/browser.mjs';
import {Camera, cameraId} from './lib/camera.mjs';
import {picture, play, player, statistics} from './lib/page.mjs';
import {Stack} from './lib/stack.mjs';
import {until} from './lib/wait.mjs';

let stack, camera, browser, page;

before(async () => {
	stack = await new Stack({media: {linger_s: 1}}).start();
	camera = new Camera(['--audio', 'pcma']);
	browser = await launch();
	page = await open(browser, stack.page);
});

after(async () => {
	await browser?.close();
	await camera?.stop();
	await stack?.stop();
});

test('the device appears in the page by itself', async () => {
	await page.waitForSelector(`[data-testid=device][data-device="${cameraId}"][data-state=online]`, {timeout: 15000});
});

test('the picture plays: frames grow, the size is right, the burnt-in clock moves', async () => {
	await play(page, cameraId);
	const {width, height} = await player(page);
	assert.deepEqual([width, height], [640, 360]);
	const first = await picture(page);
	await until("ten more pictures, and the clock with them", async () => {
		const now = await picture(page);
		return (now.frame - first.frame & 0xffff) >= 10 && now.drawnMs > first.drawnMs;
	});
	const stats = await statistics(page);
	await until('decoded frames grow', async () => (await statistics(page)).framesDecoded > stats.framesDecoded + 20);
});

test('sound arrives', async () => {
	await until('audio energy', async () => (await statistics(page)).audioBytes > 4000);
});

test('a second viewer causes no second INVITE', async () => {
	const second = await open(browser, stack.page);
	await play(second, cameraId);
	assert.equal(camera.count('invite'), 1);
	assert.equal((await stack.streams())[0].viewers, 2);
	await second.context().close();
	await until('the second viewer is gone', async () => (await stack.streams())[0].viewers === 1);
});

test('stop brings BYE after linger_s', async () => {
	await page.click('[data-testid=stop]');
	await camera.happened('bye');
	await until('no stream is left', async () => (await stack.streams()).length === 0);
});

test('a browser that vanishes brings BYE too', async () => {
	const other = await open(browser, stack.page);
	await play(other, cameraId);
	const byes = camera.count('bye');
	await other.context().close();
	await camera.happened('bye', byes + 1, 20000);
});

test('the page had no errors', () => {
	assert.deepEqual(page.errors, []);
});
