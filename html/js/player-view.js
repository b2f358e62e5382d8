// The elements of one picture and how each state looks. Knows no network; player.js tells it what is.

import { el, icon, iconButton, relabel, setData, setIcon, setText } from './dom.js';
import { language, t } from './i18n.js';
import { ladderOfFailure, ladderOfPlay } from './ladder-view.js';
import { bitrateText, percentText } from './stats.js';

const STATE_ICONS = { idle: 'camera', preparing: 'retry', playing: 'playing', interrupted: 'warning', failed: 'error',
	paused: 'pause' };
const STATS = ['codec', 'size', 'fps', 'bitrate', 'loss', 'first'];
const BUTTONS = ['pause', 'mute', 'details', 'maximise', 'stop'];

export class PlayerView {
	/** @param {object} actions pause, mute, details, maximise, stop, retry: called on click */
	constructor(slot, actions) {
		this.slot = slot;
		this.actions = actions;
		this.stateIcon = icon('camera');
		this.name = el('span.player-name');
		this.subtitle = el('span.player-sub');
		this.badge = el('span.player-state', { dataset: { testid: 'player-state' } });
		this.buttons = Object.fromEntries(BUTTONS.map(name =>
			[name, iconButton(buttonIcon(name), '', name, () => actions[name]())]));
		this.video = el('video', { autoplay: true, muted: true, playsInline: true, tabIndex: -1 });
		this.video.setAttribute('muted', '');
		this.overlay = el('div.overlay');
		this.banner = el('div.banner', { hidden: true, role: 'status', dataset: { testid: 'banner' } });
		this.panel = el('div.panel', { hidden: true });
		this.stats = el('dl.stats', { dataset: { testid: 'stats' } });
		this.values = {};
		for(const name of STATS) {
			this.values[name] = el('dd', { dataset: { stat: name } });
			this.stats.append(el('div.stat', {}, el('dt'), this.values[name]));
		}
		this.root = el('section.player', { tabIndex: 0, dataset: { testid: 'player', slot, state: 'idle' } },
			el('header.player-head', {},
				el('span.player-icon', {}, this.stateIcon),
				el('span.player-title', {}, this.name, this.subtitle), this.badge,
				el('span.player-buttons', {}, ...Object.values(this.buttons))),
			el('div.screen', {}, this.video, this.overlay, this.banner, this.panel),
			el('footer.player-foot', {}, this.stats));
	}

	/** Redraws all that hangs on state, target or language. */
	show(player) {
		const { state, target } = player;
		setData(this.root, { state, device: target?.device, channel: target?.channel });
		setIcon(this.stateIcon, STATE_ICONS[state]);
		const id = target?.channel || target?.device;
		setText(this.name, target ? target.name || id : t('player.slot', { n: this.slot + 1 }));
		setText(this.subtitle, target ? [target.place, target.name && id].filter(Boolean).join(' · ') : '');
		setText(this.badge, t(`player.${state}`));
		this.root.setAttribute('aria-label', `${this.name.textContent}, ${this.badge.textContent}`);
		this.showButtons(player);
		this.showOverlay(player);
		this.showPanel(player);
		STATS.forEach(name => {
			const label = t(`stat.${name}`);
			const cell = this.values[name].parentNode;
			cell.title = label;
			setText(cell.firstChild, label);
		});
	}

	showButtons({ state, muted, hasAudio, maximised, detailsOpen, maximisable }) {
		const { pause, mute, details, maximise, stop } = this.buttons;
		const running = state === 'playing' || state === 'paused';
		pause.disabled = !running;
		relabel(pause, t(state === 'paused' ? 'player.resume' : 'player.pause'), state === 'paused' ? 'resume' : 'pause');
		mute.disabled = !running || !hasAudio;
		relabel(mute, t(running && !hasAudio ? 'player.no_audio' : muted ? 'player.unmute' : 'player.mute'),
			muted ? 'muted' : 'sound');
		mute.setAttribute('aria-pressed', String(!muted));
		details.disabled = !running && state !== 'interrupted';
		relabel(details, t(detailsOpen ? 'player.close_details' : 'player.details'));
		details.setAttribute('aria-expanded', String(detailsOpen));
		maximise.hidden = !maximisable && !maximised;
		relabel(maximise, t(maximised ? 'player.restore' : 'player.maximise'), maximised ? 'restore' : 'maximise');
		stop.disabled = state === 'idle';
		relabel(stop, t('player.stop'));
	}

	/** Built anew only when it says something else: focus and scroll position in it stay. */
	showOverlay({ state, failure, waiting, welcome }) {
		const key = [language(), state, waiting, welcome?.textContent];
		if(this.overlayFailure === failure && key.join() === this.overlayKey)
			return;
		this.overlayKey = key.join();
		this.overlayFailure = failure;
		this.video.hidden = state === 'idle' || state === 'failed';
		if(state === 'failed')
			this.overlay.replaceChildren(ladderOfFailure(failure, () => this.actions.retry()));
		else if(state === 'preparing')
			this.overlay.replaceChildren(el('div.message', { role: 'status' }, el('span.spinner'), t(waiting)));
		else if(state === 'paused')
			this.overlay.replaceChildren(el('button.big', { type: 'button', title: t('player.resume'),
				'aria-label': t('player.resume'), onclick: () => this.actions.pause() }, icon('resume')));
		else if(state === 'idle')
			this.overlay.replaceChildren(welcome ?? el('div.message.quiet', {}, icon('camera'), t('player.empty')));
		else
			this.overlay.replaceChildren();
	}

	showPanel({ state, detailsOpen, ladder, viewerLadder, first }) {
		const open = detailsOpen && state !== 'failed' && state !== 'idle';
		this.panel.hidden = !open;
		if(open)
			this.panel.replaceChildren(ladderOfPlay({ ladder, viewerLadder, first }));
	}

	/** A line over the picture; `retry` adds a button. Empty text hides it. */
	showBanner(text, { retry = false, level = 'warning', reason } = {}) {
		this.banner.hidden = !text;
		setData(this.banner, { level: text ? level : undefined, reason });
		if(!text) {
			this.banner.replaceChildren();
			return;
		}
		const button = retry ? el('button', { type: 'button', dataset: { testid: 'retry' },
			onclick: () => this.actions.retry() }, t('player.retry')) : null;
		this.banner.replaceChildren(icon('warning'), el('span', {}, text), button ?? '');
	}

	/** `null` clears; otherwise what stats.js figured out. */
	showFigures(figures) {
		this.stat('codec', figures?.codec);
		this.stat('size', figures?.width ? `${figures.width}×${figures.height}` : null);
		this.stat('fps', figures?.fps === null || !figures ? null : t('stat.fps_value', { n: Math.round(figures.fps) }),
			figures?.fps);
		this.stat('bitrate', figures && figures.bitrate !== null ? bitrateText(figures.bitrate) : null, figures?.bitrate);
		this.stat('loss', figures && figures.loss !== null ?
			t('stat.loss_value', { n: percentText(figures.loss) }) : null, figures?.loss);
		this.values.loss.parentNode.classList.toggle('bad', (figures?.loss ?? 0) >= 1);
	}

	showFirst(ms) {
		this.stat('first', ms === undefined ? null : t('stat.first_value', { ms }), ms);
	}

	stat(name, text, value) {
		setText(this.values[name], text ?? '');
		setData(this.values[name], { value: text ? value ?? text : undefined });
	}
}

const buttonIcon = name => ({ mute: 'muted' })[name] ?? name;
