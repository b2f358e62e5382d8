// viewer.mjs - one plugin handle in a browser, through janus.js as it is, without the page's own client around it.
import {until} from './wait.mjs';

/** Attaches a handle of a session of its own in the page; steered by its number. */
export class Viewer {
	constructor(page, number) {
		Object.assign(this, {page, number});
	}

	/** `answering`: whether offers are answered. */
	static async attach(page, {answering = true} = {}) {
		await page.waitForSelector('[data-testid=link][data-state=up]');
		const number = await page.evaluate((answers) => new Promise((resolve, reject) => {
			const {Janus} = window;
			const viewers = window.gbViewers ??= [];
			const one = {events: []};
			viewers.push(one);
			one.session = new Janus({
				server: `ws://${location.host}/janus-ws`, iceServers: [], error: reject,
				success: () => one.session.attach({
					plugin: 'janus.plugin.gb28181', error: reject,
					success: (handle) => {
						one.handle = handle;
						resolve(viewers.length - 1);
					},
					onmessage: (message, jsep) => {
						one.events.push(message.result?.status ?? message.error_code);
						one.last = message;
						if(jsep && answers) {
							one.handle.createAnswer({
								jsep, tracks: [],
								success: (answer) => one.handle.send({message: {request: 'start'}, jsep: answer}),
								error: (reason) => one.events.push(`createAnswer: ${reason}`),
							});
						}
					},
					oncleanup: () => one.events.push('cleanup'),
				}),
			});
		}), answering);
		return new Viewer(page, number);
	}

	/** Sends requests, each as soon as the last was acknowledged. */
	async send(...requests) {
		await this.page.evaluate(async ([number, bodies]) => {
			for(const message of bodies) {
				await new Promise((success, error) => window.gbViewers[number].handle.send({message, success, error}));
			}
		}, [this.number, requests]);
	}

	events() {
		return this.page.evaluate((number) => window.gbViewers[number].events, this.number);
	}

	last() {
		return this.page.evaluate((number) => window.gbViewers[number].last, this.number);
	}

	/** Janus's number of the handle and of its session. */
	ids() {
		return this.page.evaluate((number) => {
			const {handle, session} = window.gbViewers[number];
			return {handle: {id: handle.getId()}, session: {id: session.getSessionId()}};
		}, this.number);
	}

	/** Waits until an event or error code came `times` times. */
	async seen(event, times = 1, timeoutMs = 15000) {
		let events;
		await until(`${times} times ${event}`, async () => {
			events = await this.events();
			return events.filter((one) => one === event).length >= times;
		}, timeoutMs).catch((error) => {
			throw new Error(`${error.message}; there were ${events}`);
		});
	}

	/** Waits until an event came after the last `mark`. */
	async seenSince(event, mark) {
		let events;
		await until(`${event} after ${mark}`, async () => {
			events = await this.events();
			return events.lastIndexOf(event) > events.lastIndexOf(mark);
		}, 15000).catch((error) => {
			throw new Error(`${error.message}; there were ${events}`);
		});
	}
}
