// janus.mjs - the Janus JSON API over HTTP, as a client of the plugin uses it.
import {until} from './wait.mjs';

let transactions = 0;

export class Session {
	constructor(api) {
		this.api = api;
		this.handles = new Map();
		this.open = true;
		this.polls = new AbortController();
	}

	static async create(api) {
		const session = new Session(api);
		const answer = await session.#post('', {janus: 'create'});
		session.id = answer.data.id;
		session.polling = session.#poll();
		return session;
	}

	async #post(path, body) {
		const transaction = `t${++transactions}`;
		const response = await fetch(`${this.api}${path}`, {method: 'POST', body: JSON.stringify({transaction, ...body})});
		const answer = await response.json();
		if(answer.janus === 'error') {
			throw new Error(`janus: ${JSON.stringify(answer.error)}`);
		}
		return answer;
	}

	async #poll() {
		while(this.open) {
			const events = await fetch(`${this.api}/${this.id}?maxev=10`, {signal: this.polls.signal})
				.then((response) => response.json()).catch(() => []); // Janus may end in the middle of an answer
			for(const event of [events].flat()) {
				this.handles.get(event.sender)?.take(event);
			}
		}
	}

	async attach() {
		const answer = await this.#post(`/${this.id}`, {janus: 'attach', plugin: 'janus.plugin.gb28181'});
		const handle = new Handle(this, answer.data.id);
		this.handles.set(handle.id, handle);
		return handle;
	}

	async send(handle, body) {
		return this.#post(`/${this.id}/${handle.id}`, body);
	}

	async destroy() {
		this.open = false;
		await this.#post(`/${this.id}`, {janus: 'destroy'}).catch(() => {});
		this.polls.abort();
		await this.polling;
	}
}

export class Handle {
	constructor(session, id) {
		this.session = session;
		this.id = id;
		/** Everything that came, oldest first: {janus, transaction, data, jsep}. */
		this.events = [];
	}

	take(event) {
		this.events.push({janus: event.janus, transaction: event.transaction, data: event.plugindata?.data, jsep: event.jsep});
	}

	/** Sends a request; resolves with the synchronous answer, or with the event that answers it. */
	async request(body, jsep) {
		const transaction = `t${++transactions}`;
		const answer = await this.session.send(this, {janus: 'message', transaction, body, ...(jsep ? {jsep} : {})});
		if(answer.janus !== 'ack') {
			return answer.plugindata.data;
		}
		return this.event(`answer to ${body.request}`, (event) => event.transaction === transaction && event.data);
	}

	/** The first event that `accept` takes, present or future: its data, with `jsep` beside it. */
	async event(what, accept, timeoutMs = 15000) {
		const event = await until(`${what}; there were ${JSON.stringify(this.events.map((one) => one.data ?? one.janus))}`,
			() => this.events.find(accept), timeoutMs);
		return {...event.data, jsep: event.jsep};
	}

	status(status, timeoutMs) {
		return this.event(status, (event) => event.data?.result?.status === status, timeoutMs);
	}

	async detach() {
		await this.session.send(this, {janus: 'detach'});
	}
}
