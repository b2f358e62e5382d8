// page.mjs - the page, as a test drives it by its data attributes.
import {until} from './wait.mjs';

const state = (page) => page.getAttribute('[data-testid=player]', 'data-state');

/** Clicks the channel (by default the device's only one) and waits for a moving picture. */
export async function play(page, device, channel = device) {
	await choose(page, device, channel);
	await until('the player plays', async () => await state(page) === 'playing', 20000);
	await until('a picture is shown', async () => (await player(page)).width > 0);
}

export async function choose(page, device, channel = device) {
	const row = `[data-testid=channel][data-device="${device}"][data-channel="${channel}"]`;
	const whole = `[data-testid=device][data-device="${device}"]`;
	await page.waitForSelector(whole, {timeout: 15000});
	await page.click(await page.$(row) ? row : whole);
}

export function player(page) {
	return page.$eval('[data-testid=player] video', (video) => ({width: video.videoWidth, height: video.videoHeight}));
}

/** What getStats says of the picture and the sound that arrive. */
export function statistics(page) {
	return page.evaluate(async () => {
		const found = {framesDecoded: 0, audioBytes: 0, packetsLost: 0};
		for(const connection of window.gbConnections()) {
			for(const entry of (await connection.getStats()).values()) {
				if(entry.type === 'inbound-rtp' && entry.kind === 'video') {
					found.framesDecoded += entry.framesDecoded;
					found.packetsLost += entry.packetsLost;
				} else if(entry.type === 'inbound-rtp' && entry.kind === 'audio') {
					found.audioBytes += entry.bytesReceived;
				}
			}
		}
		return found;
	});
}

/**
 * What the test picture of gb28181-camera says of itself (its --help): 64 blocks, black or white, read from the middle of each.
 * {drawnMs: time of drawing modulo 2^32, frame: counter modulo 2^16, id: CRC of the channel's id}
 */
export function picture(page, slot = 0) {
	return page.evaluate((index) => {
		const video = document.querySelectorAll('[data-testid=player] video')[index];
		const block = Math.max(16, 16 * Math.floor(video.videoWidth / 512));
		const canvas = document.createElement('canvas');
		canvas.width = block * 18;
		canvas.height = block * 6;
		const context = canvas.getContext('2d');
		context.drawImage(video, 0, 0);
		const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
		const row = (y) => {
			let value = 0;
			for(let x = 0; x < 16; x++) {
				const at = 4 * (canvas.width * (block * (y + 1) + block / 2) + block * (x + 1) + block / 2);
				value = value * 2 + (pixels[at] >= 128 ? 1 : 0);
			}
			return value;
		};
		return {drawnMs: row(0) * 65536 + row(1), frame: row(2), id: row(3)};
	}, slot);
}
