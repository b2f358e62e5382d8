// The client of the plugin (api.md, sections 3 to 6) on top of janus.js.
// One Janus session, one handle for lists and notifications, and one fresh handle for each play. A lost connection is
// taken up again by itself with a new session. Nobody else in the page touches janus.js.

const PLUGIN = 'janus.plugin.gb28181';
const BACKOFF_MS = [500, 1000, 2000, 4000, 8000];
const COMMAND_TIMEOUT_MS = 60000;

/** An error object of the server (error_code, error, ...) or a word of ours as `error_code`: 'link', 'local'. */
export class ApiError extends Error {
	constructor(details) {
		super(details.error ?? String(details.error_code));
		this.details = details;
	}
}

const linkError = reason => new ApiError({ error_code: 'link', error: String(reason) });

/** What this browser decodes, in the words of the API; WebRTC browsers decode at least H.264. */
export function decodableCodecs() {
	const names = globalThis.RTCRtpReceiver?.getCapabilities?.('video')?.codecs
		.map(codec => codec.mimeType.split('/')[1].toLowerCase()) ?? [];
	const known = ['h264', 'h265'].filter(name => names.includes(name));
	return known.length ? known : ['h264'];
}

/**
 * One plugin handle. Sends one request at a time, because Janus may otherwise swap two of them; whether an answer
 * belongs to a request is known by order, since janus.js hands over events without their transaction.
 */
class Handle {
	constructor(janusHandle, token) {
		this.janus = janusHandle;
		this.token = token;
		this.last = Promise.resolve();
		this.waiting = null;
	}

	/** Resolves with the answer of a synchronous request, with null for one that is answered by an event. */
	send(body, jsep) {
		const message = this.token ? { ...body, token: this.token } : body;
		const run = () => new Promise((resolve, reject) => {
			this.janus.send({ message, jsep, error: reason => reject(linkError(reason)),
				success: data => data?.error_code ? reject(new ApiError(data)) : resolve(data ?? null) });
		});
		const sent = this.last.then(run);
		this.last = sent.catch(() => {});
		return sent;
	}

	/** Sends an asynchronous request and resolves with its `result`. One at a time. */
	async command(body) {
		while(this.waiting)
			await this.waiting.done.catch(() => {});
		const wait = {};
		wait.done = new Promise((resolve, reject) => Object.assign(wait, { resolve, reject }));
		this.waiting = wait;
		const timer = setTimeout(() => wait.reject(linkError('no answer')), COMMAND_TIMEOUT_MS);
		try {
			const direct = await Promise.race([this.send(body), wait.done.then(() => null)]);
			return direct ?? await wait.done;
		} finally {
			clearTimeout(timer);
			this.waiting = null;
		}
	}

	/** Gives an event to the command that waits for it; false if nobody does. */
	answer(message) {
		if(!this.waiting)
			return false;
		if(message.error_code)
			this.waiting.reject(new ApiError(message));
		else
			this.waiting.resolve(message.result ?? message);
		return true;
	}
}

/**
 * Events: 'up', 'down' (detail: reason key), 'notify' (detail: {topic, items, state, gap};
 * `state`: the items are all there is, not only what changed; `gap`: a message is missing before this one).
 */
export class Api extends EventTarget {
	/** @param {{token?: string, janusToken?: string}} options token for the plugin, and one for the core */
	constructor(options = {}) {
		super();
		this.options = options;
		this.attempt = 0;
		this.control = null;
		this.spare = null;
		this.sequence = new Map();
	}

	/** Connects, and stays connected. */
	start() {
		const { Janus } = globalThis;
		if(!Janus || !globalThis.adapter) {
			this.report('down', 'link.no_vendor');
			return;
		}
		if(!Janus.isWebrtcSupported()) {
			this.report('down', 'link.no_webrtc');
			return;
		}
		Janus.init({ debug: false, dependencies: Janus.useDefaultDependencies(), callback: () => this.connect() });
	}

	connect() {
		const { Janus } = globalThis;
		const base = location.host;
		const secure = location.protocol === 'https:' ? 's' : '';
		let over = false;
		const lost = reason => {
			if(over)
				return;
			over = true;
			this.lost(reason);
		};
		this.session = new Janus({
			server: [`ws${secure}://${base}/janus-ws`, `http${secure}://${base}/janus`],
			iceServers: [],
			token: this.options.janusToken,
			success: () => this.attachControl(lost),
			error: () => lost(this.control ? 'link.lost' : 'link.unreachable'),
			destroyed: () => lost('link.lost'),
		});
	}

	async attachControl(lost) {
		try {
			this.control = await this.attach({ onmessage: message => this.onControl(message) });
		} catch{
			this.session.destroy({ notifyDestroyed: false });
			lost('link.no_plugin');
			return;
		}
		this.attempt = 0;
		this.sequence.clear();
		this.warm();
		this.report('up');
	}

	lost(reason) {
		const wait = BACKOFF_MS[Math.min(this.attempt++, BACKOFF_MS.length - 1)];
		this.control?.waiting?.reject(linkError(reason));
		this.control = null;
		this.spare = null;
		this.report('down', reason);
		setTimeout(() => this.connect(), wait);
	}

	report(type, detail) {
		this.dispatchEvent(new CustomEvent(type, { detail }));
	}

	attach(callbacks) {
		return new Promise((resolve, reject) => {
			this.session.attach({ plugin: PLUGIN, ...callbacks, error: reason => reject(linkError(reason)),
				success: handle => resolve(new Handle(handle, this.options.token)) });
		});
	}

	onControl(message) {
		if(!message.notify) {
			this.control?.answer(message);
			return;
		}
		const { notify: topic, seq, items = [] } = message;
		const before = this.sequence.get(topic);
		this.sequence.set(topic, seq);
		const state = before === undefined || message.event === 'state';
		this.report('notify', { topic, items, state, gap: before !== undefined && seq !== before + 1 });
	}

	/** A synchronous request: resolves with its answer, rejects with ApiError. */
	async request(request, parameters = {}) {
		if(!this.control)
			throw linkError('not connected');
		return await this.control.send({ request, ...parameters });
	}

	/** An asynchronous request: resolves with the `result` of its event. */
	async command(request, parameters = {}) {
		if(!this.control)
			throw linkError('not connected');
		return await this.control.command({ request, ...parameters });
	}

	/** Asks page after page; `each` gets the items of every page as they come. */
	async pages(request, name, parameters, each, limit = 200) {
		for(let offset = 0, total = 1; offset < total; offset += limit) {
			const answer = await this.request(request, { ...parameters, offset, limit });
			const items = answer[name] ?? [];
			total = answer.total ?? items.length;
			each(items, total);
			if(items.length === 0)
				return;
		}
	}

	/** Attaches a handle ahead of time, so that the next click saves a round trip. */
	warm() {
		const watcher = new Watch();
		const spare = this.attach(watcher.callbacks()).then(handle => {
			watcher.handle = handle;
			return watcher;
		});
		spare.catch(() => {});
		this.spare = spare;
	}

	/** Takes the warm handle for one play, or attaches one. */
	async openWatch(sink) {
		if(!this.control)
			throw linkError('not connected');
		if(!this.spare)
			this.warm();
		const spare = this.spare;
		this.spare = null;
		let watch = await spare;
		if(watch.dead) {
			this.warm();
			watch = await this.spare;
			this.spare = null;
		}
		watch.sink = sink;
		setTimeout(() => this.control && !this.spare && this.warm(), 0);
		return watch;
	}
}

/**
 * One play: a handle of its own with one PeerConnection, thrown away afterwards.
 * `sink` gets onStatus(result), onError(error), onTrack(track), onIce(state), onClosed(reason).
 */
export class Watch {
	constructor() {
		this.sink = null;
		this.handle = null;
		this.pending = null;	// the request whose answer is awaited
		this.closed = false;	// we have left
		this.dead = false;	// Janus has detached the handle
	}

	callbacks() {
		return {
			onmessage: (message, jsep) => this.onMessage(message, jsep),
			onremotetrack: (track, mid, on) => on && !this.closed && this.sink?.onTrack(track),
			iceState: state => !this.closed && this.sink?.onIce(state),
			oncleanup: () => this.onEnd(),
			ondetached: () => {
				this.dead = true;
				this.onEnd();
			},
		};
	}

	get connection() {
		return this.handle?.janus.webrtcStuff?.pc ?? null;
	}

	watch(parameters) {
		return this.ask('watch', parameters);
	}

	pause() {
		return this.ask('pause');
	}

	resume() {
		return this.ask('start');
	}

	/** Leaves: says so, and gives the handle back. */
	close() {
		if(this.closed)
			return;
		this.closed = true;
		this.handle.send({ request: 'stop' }).catch(() => {}).finally(() => this.handle.janus.detach());
	}

	ask(request, parameters = {}, jsep = undefined) {
		this.pending = jsep ? 'answer' : request;
		this.handle.send({ request, ...parameters }, jsep).catch(error => {
			if(!this.closed)
				this.fail(error.details);
		});
	}

	onMessage(message, jsep) {
		if(this.closed)
			return;
		if(message.error_code) {
			this.fail(message);
			return;
		}
		this.pending = null;
		if(jsep)
			this.answerOffer(jsep);
		if(message.result)
			this.sink?.onStatus(message.result);
	}

	/** An error ends the play, unless it only refuses a pause or a resume of one that runs. */
	fail(error) {
		const harmless = (this.pending === 'pause' || this.pending === 'start') && error.error_code === 460;
		this.pending = null;
		this.sink?.onError(error, harmless);
	}

	answerOffer(jsep) {
		this.handle.janus.createAnswer({
			jsep,
			tracks: [],
			success: answer => !this.closed && this.ask('start', {}, answer),
			error: reason => this.sink?.onError({ error_code: 'local', error: String(reason?.message ?? reason) }, false),
		});
	}

	onEnd() {
		if(!this.closed)
			this.sink?.onClosed();
	}
}
