// browser.mjs - Chromium, headless, with nothing of its own going on in the background.
import {chromium} from 'playwright-core';

const switches = [
	'--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
	'--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required',
];

export async function launch() {
	return chromium.launch({executablePath: process.env.GB_CHROMIUM ?? '/usr/bin/chromium', args: switches});
}

/** Opens the page in a fresh profile; what it logs as an error is kept in `page.errors`. */
export async function open(browser, url, {viewport = {width: 1280, height: 800}, language = 'en-US'} = {}) {
	const context = await browser.newContext({viewport, locale: language});
	const page = await context.newPage();
	page.errors = [];
	// Tests read the statistics of every connection that the page makes.
	await page.addInitScript(() => {
		const made = [];
		const Original = window.RTCPeerConnection;
		window.RTCPeerConnection = class extends Original {
			constructor(...args) {
				super(...args);
				made.push(this);
			}
		};
		window.gbConnections = () => made.filter((one) => one.connectionState !== 'closed');
	});
	page.on('pageerror', (error) => page.errors.push(String(error)));
	await page.goto(url);
	return page;
}
