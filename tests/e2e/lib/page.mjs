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
		for(const connection of window.gbConnections?.() ?? []) {
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
