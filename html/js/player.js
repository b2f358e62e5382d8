// One picture: watches a channel and moves between idle, preparing, playing, interrupted, failed and paused.
// The elements are player-view.js's; the wire is api.js's.

import { decodableCodecs } from './api.js';
import { t } from './i18n.js';
import { PlayerView } from './player-view.js';
import { figures, sample } from './stats.js';

const STATS_EVERY_MS = 1000;
const ICE_PATIENCE_MS = 15000;
const PICTURE_PATIENCE_MS = 8000;
const CLOSE_GRACE_MS = 600;	// an error event may come just after the end of its PeerConnection
const REASONS = new Set(['bye', 'offline', 'no_media', 'sip_error', 'link']);

export class Player {
	/**
	 * @param {number} slot place in the grid
	 * @param {Api} api
	 * @param {{changed: function(Player), maximise: function(Player), welcome: function(Player): Element?}} host
	 */
	constructor(slot, api, host) {
		this.api = api;
		this.host = host;
		this.slot = slot;
		this.muted = true;
		this.maximised = false;
		this.maximisable = false;
		this.reset();
		this.view = new PlayerView(slot, {
			pause: () => this.pauseOrResume(),
			mute: () => this.setMuted(!this.muted),
			details: () => this.toggleDetails(),
			maximise: () => this.host.maximise(this),
			stop: () => this.stop(),
			retry: () => this.retry(),
		});
		this.root = this.view.root;
		this.show();
	}

	reset() {
		clearInterval(this.ticker);
		clearTimeout(this.patience);
		this.state = 'idle';
		this.target = null;
		this.watch = null;
		this.failure = null;
		this.ladder = null;
		this.viewerLadder = null;
		this.first = undefined;
		this.connected = false;
		this.hasAudio = false;
		this.hasVideo = true;
		this.detailsOpen = false;
		this.waiting = 'player.asking';
		this.before = null;
		this.wanted = false;	// to be taken up again when the server is back
	}

	/** Nothing of an earlier play stays on the screen. */
	clear() {
		this.view.showBanner('');
		this.view.showFigures(null);
		this.view.showFirst(undefined);
	}

	get welcome() {
		return this.host.welcome(this);
	}

	show() {
		this.view.show(this);
	}

	become(state) {
		this.state = state;
		this.show();
		this.host.changed(this);
	}

	/** @param {{device: string, channel?: string, name?: string}} target */
	async play(target) {
		this.leave();
		this.reset();
		this.target = target;
		this.clicked = performance.now();
		this.stream = new MediaStream();
		this.view.video.srcObject = null;
		this.clear();
		this.become('preparing');
		let watch;
		try {
			watch = await this.api.openWatch(this.sink());
		} catch(error) {
			if(this.target === target)
				this.fail(error.details ?? { error_code: 'local', error: error.message });
			return;
		}
		if(this.target !== target) {
			watch.close();
			return;
		}
		this.watch = watch;
		this.view.video.srcObject = this.stream;
		this.awaitPicture();
		watch.watch({ device: target.device, ...(target.channel ? { channel: target.channel } : {}),
			codecs: decodableCodecs() });
	}

	/** Callbacks of one play; they go silent as soon as another has begun. */
	sink() {
		const target = this.target;
		const only = fn => (...args) => {
			if(this.target === target && this.state !== 'failed')
				fn(...args);
		};
		return {
			onStatus: only(result => this.onStatus(result)),
			onError: only((error, harmless) => this.onError(error, harmless)),
			onTrack: only(track => this.onTrack(track)),
			onIce: only(state => this.onIce(state)),
			onClosed: only(() => this.onClosed()),
		};
	}

	onTrack(track) {
		if(!this.stream.getTracks().includes(track))
			this.stream.addTrack(track);
		this.view.video.play().catch(() => {});
	}

	onStatus(result) {
		switch(result.status) {
		case 'preparing':
			this.startPatience(ICE_PATIENCE_MS, () => this.connected || this.fail({ error_code: 'ice', step: 'connected',
				viewer_ladder: this.viewerLadder ?? [] }));
			break;
		case 'started':
			if(this.state === 'preparing' && this.waiting === 'player.asking') {
				this.waiting = 'player.waiting_media';
				this.show();
			} else if(this.state === 'paused') {
				this.become('preparing');
				this.awaitPicture();
				this.expectPicture();
			}
			break;
		case 'playing':
			this.onPlaying(result);
			break;
		case 'paused':
			this.become('paused');
			break;
		case 'interrupted':
			this.onInterrupted(result);
			break;
		case 'stopped':
			this.stop();
			break;
		}
	}

	onPlaying({ video, audio, ladder, viewer_ladder: viewerLadder }) {
		this.ladder = ladder ?? this.ladder;
		this.viewerLadder = viewerLadder ?? this.viewerLadder;
		this.hasVideo = Boolean(video?.codec) || !audio?.codec;
		this.hasAudio = this.hasAudio || Boolean(audio?.codec);
		this.view.showBanner(this.hasVideo ? '' : t('player.audio_only'), { level: 'info' });
		this.running();
	}

	/** Media flows: from the server's word or from the picture itself, whichever is first. */
	running() {
		if(this.state !== 'playing')
			this.become('playing');
		else
			this.show();
		clearInterval(this.ticker);
		this.ticker = setInterval(() => this.measure(), STATS_EVERY_MS);
		if(this.first === undefined && this.hasVideo)
			this.expectPicture();
		else
			clearTimeout(this.patience);
	}

	/** Says so when the picture does not come although the server sends it. */
	expectPicture() {
		this.startPatience(PICTURE_PATIENCE_MS, () => {
			if(!this.connected)
				this.fail({ error_code: 'ice', step: 'connected', viewer_ladder: this.viewerLadder ?? [] });
			else if(this.state === 'playing' || this.state === 'preparing')
				this.view.showBanner(t('player.no_picture'), { retry: true, reason: 'no_picture' });
		});
	}

	/** Watches for the next picture that is really shown. */
	awaitPicture() {
		const target = this.target;
		const { video } = this.view;
		const shown = () => {
			if(this.target !== target || this.state === 'idle' || this.state === 'failed')
				return;
			if(this.first === undefined) {
				this.first = Math.round(performance.now() - this.clicked);
				this.view.showFirst(this.first);
			}
			clearTimeout(this.patience);
			if(this.view.banner.dataset.reason === 'no_picture')
				this.view.showBanner('');
			if(this.state === 'preparing')
				this.running();
			else
				this.show();
		};
		if(video.requestVideoFrameCallback)
			video.requestVideoFrameCallback(shown);
		else
			video.addEventListener('timeupdate', shown, { once: true });
	}

	onInterrupted({ reason, retry_s: retry }) {
		const why = t(`interrupted.${REASONS.has(reason) ? reason : 'other'}`);
		const then = t(retry === 0 ? 'interrupted.no_retry' : 'interrupted.retry');
		this.interruption = { reason, retry_s: retry };
		this.become('interrupted');
		this.view.showBanner(why + t('app.gap') + then, { retry: true, reason });
	}

	onIce(state) {
		if(state === 'connected' || state === 'completed') {
			this.connected = true;
			if(this.view.banner.dataset.reason === 'network')
				this.view.showBanner('');
		} else if(state === 'disconnected' && this.state === 'playing') {
			this.view.showBanner(t('player.network'), { retry: true, reason: 'network' });
		} else if(state === 'failed') {
			this.fail(this.connected ? { error_code: 'pc_lost' } : { error_code: 'ice', step: 'connected' });
		}
	}

	onError(error, harmless) {
		if(harmless)
			this.view.showBanner(error.error, { reason: 'refused' });
		else
			this.fail(error);
	}

	/** The PeerConnection has ended. If the server has a reason, its event is here or on its way. */
	onClosed() {
		const target = this.target;
		setTimeout(() => {
			if(this.target === target && this.watch && this.state !== 'idle' && this.state !== 'failed')
				this.fail({ error_code: 'pc_lost' });
		}, CLOSE_GRACE_MS);
	}

	fail(failure) {
		this.failure = { ...failure };
		this.failure.ladder ??= this.ladder ?? undefined;
		this.leave();
		clearInterval(this.ticker);
		clearTimeout(this.patience);
		this.view.showBanner('');
		this.view.showFigures(null);
		this.become('failed');
	}

	leave() {
		this.watch?.close();
		this.watch = null;
		this.view.video.srcObject = null;
	}

	stop() {
		this.leave();
		this.reset();
		this.clear();
		this.become('idle');
	}

	retry() {
		if(this.target)
			this.play({ ...this.target });
	}

	pauseOrResume() {
		if(this.state === 'playing')
			this.watch?.pause();
		else if(this.state === 'paused')
			this.watch?.resume();
	}

	setMuted(muted) {
		this.muted = muted;
		this.view.video.muted = muted;
		if(!muted)
			this.view.video.play().catch(() => this.setMuted(true));
		this.show();
	}

	toggleDetails() {
		this.detailsOpen = !this.detailsOpen;
		this.show();
	}

	/** The server is gone: what plays now is taken up again by serverUp(). */
	serverDown() {
		if(this.state === 'idle' || this.state === 'failed' && this.failure.error_code !== 'link')
			return;
		const target = this.target;
		this.leave();
		this.reset();
		this.target = target;
		this.wanted = true;
		this.clear();
		this.become('interrupted');
		this.view.showBanner(t('interrupted.link'), { retry: true, reason: 'link' });
		this.interruption = { reason: 'link' };
	}

	serverUp() {
		if(this.wanted)
			this.retry();
	}

	/** All words again, after a change of language. */
	relabel() {
		this.show();
		this.view.showFirst(this.first);
		if(this.state !== 'interrupted')
			return;
		if(this.interruption.reason === 'link')
			this.view.showBanner(t('interrupted.link'), { retry: true, reason: 'link' });
		else
			this.onInterrupted(this.interruption);
	}

	startPatience(ms, over) {
		clearTimeout(this.patience);
		this.patience = setTimeout(over, ms);
	}

	async measure() {
		const { watch } = this;
		const report = await watch?.connection?.getStats().catch(() => null);
		const now = report && sample(report);
		if(!now || this.watch !== watch || this.state !== 'playing')
			return;
		if(!this.hasAudio && now.audioPackets > 0) {
			this.hasAudio = true;
			this.show();
		}
		this.view.showFigures(figures(this.before, now));
		this.before = now;
	}
}
