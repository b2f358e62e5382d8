// The tree of devices and channels. Only the rows in sight are in the document (all of them while they are few), each
// is redrawn only when something about it has changed, and at most once a frame: a thousand devices stay smooth.
// Keyboard: arrows, Home, End, Enter, as in any tree; the tree itself has the focus (aria-activedescendant).

import { el, icon, setData, setIcon, setText } from './dom.js';
import { t } from './i18n.js';

const ALL_UP_TO = 200;	// rows; below it nothing is left out, so that the browser's own search finds everything
const MARGIN = 12;	// rows drawn above and below what is in sight

export class List {
	/**
	 * @param {Element} root the scrolling element
	 * @param {Model} model
	 * @param {object} actions activate(row), toggle(row, open), select(row)
	 */
	constructor(root, model, actions) {
		this.root = root;
		this.model = model;
		this.actions = actions;
		this.view = { filter: 'all', search: '', expanded: new Set(), hits: new Map() };
		this.rows = [];
		this.nodes = new Map();
		this.selected = null;
		this.pending = false;
		this.canvas = el('div.rows', { role: 'presentation' });
		root.append(this.canvas);
		root.addEventListener('scroll', () => this.schedule(false), { passive: true });
		root.addEventListener('click', event => this.onClick(event));
		root.addEventListener('keydown', event => this.onKey(event));
		new ResizeObserver(() => {
			this.reveal(this.selected);
			this.schedule(false);
		}).observe(root);
	}

	/** Row height in pixels; the style sheet decides (larger for fingers). */
	get rowHeight() {
		return parseFloat(getComputedStyle(this.root).getPropertyValue('--row')) || 46;
	}

	/** Draws in the next frame; `recount` false when only the scrolling has changed. */
	schedule(recount = true) {
		this.recount ||= recount;
		if(this.pending)
			return;
		this.pending = true;
		requestAnimationFrame(() => {
			this.pending = false;
			this.draw();
		});
	}

	/** Forgets what is drawn, for a change of language. */
	relabel() {
		for(const node of this.nodes.values())
			node.signature = null;
		this.schedule();
	}

	count() {
		if(!this.recount)
			return;
		this.rows = this.model.rows(this.view);
		this.recount = false;
		countSiblings(this.rows);
		this.canvas.style.height = `${this.rows.length * this.rowHeight}px`;
	}

	draw() {
		this.count();
		const height = this.rowHeight;
		let from = 0;
		let to = this.rows.length;
		if(to > ALL_UP_TO) {
			from = Math.max(0, Math.floor(this.root.scrollTop / height) - MARGIN);
			to = Math.min(to, Math.ceil((this.root.scrollTop + this.root.clientHeight) / height) + MARGIN);
		}
		const keep = new Set();
		for(let i = from; i < to; i++) {
			keep.add(this.rows[i].key);
			this.place(this.rows[i], i * height);
		}
		for(const [key, node] of this.nodes) {
			if(!keep.has(key)) {
				node.root.remove();
				this.nodes.delete(key);
			}
		}
		this.root.setAttribute('aria-activedescendant', this.selected && keep.has(this.selected) ? rowId(this.selected) : '');
		this.actions.drawn?.(this.rows);
	}

	place(row, top) {
		let node = this.nodes.get(row.key);
		if(!node) {
			node = newRow(row);
			this.nodes.set(row.key, node);
			this.canvas.append(node.root);
		}
		if(node.top !== top) {
			node.top = top;
			node.root.style.transform = `translateY(${top}px)`;
		}
		const viewers = row.type === 'channel' ? this.model.streamOf(row.device.id, row.channel.id)?.viewers ?? 0 : 0;
		const words = wordsOf(row, viewers);
		const selected = row.key === this.selected;
		const signature = JSON.stringify([words, row.open, row.level, row.count, row.position, selected]);
		if(node.signature !== signature) {
			node.signature = signature;
			fill(node, row, words, selected);
		}
	}

	rowOf(event) {
		const node = event.target.closest('[data-key]');
		return node && this.rows.find(row => row.key === node.dataset.key);
	}

	onClick(event) {
		const row = this.rowOf(event);
		if(!row)
			return;
		this.select(row);
		if(event.target.closest('.chevron') && row.expandable)
			this.actions.toggle(row, !row.open);
		else
			this.actions.activate(row);
	}

	onKey(event) {
		this.count();
		const at = this.rows.findIndex(row => row.key === this.selected);
		const row = this.rows[at];
		const page = Math.max(1, Math.floor(this.root.clientHeight / this.rowHeight) - 1);
		const moves = { ArrowDown: at + 1, ArrowUp: Math.max(0, at - 1), Home: 0, End: this.rows.length - 1,
			PageDown: at + page, PageUp: Math.max(0, at - page) };
		if(event.key in moves)
			this.select(this.rows[Math.min(moves[event.key], this.rows.length - 1)], true);
		else if((event.key === 'Enter' || event.key === ' ') && row)
			this.actions.activate(row);
		else if(event.key === 'ArrowRight' && row?.expandable)
			row.open ? this.select(this.rows[at + 1], true) : this.actions.toggle(row, true);
		else if(event.key === 'ArrowLeft' && row)
			row.expandable && row.open ? this.actions.toggle(row, false) : this.select(this.parentOf(at), true);
		else
			return;
		event.preventDefault();
	}

	parentOf(at) {
		for(let i = at - 1; i >= 0; i--) {
			if(this.rows[i].level < this.rows[at].level)
				return this.rows[i];
		}
		return this.rows[at];
	}

	select(row, reveal = false) {
		if(!row)
			return;
		this.selected = row.key;
		if(reveal)
			this.scrollTo(row);
		this.actions.select(row);
		this.schedule(false);
	}

	/** Scrolls a row into sight, together with what hangs below it as far as there is room. */
	reveal(key) {
		this.count();
		const at = this.rows.findIndex(row => row.key === key);
		if(at < 0)
			return;
		let last = at;
		while(this.rows[last + 1]?.level > this.rows[at].level)
			last++;
		this.scrollTo(this.rows[last]);
		this.scrollTo(this.rows[at]);
	}

	scrollTo(row) {
		const height = this.rowHeight;
		const top = this.rows.indexOf(row) * height;
		if(top < this.root.scrollTop)
			this.root.scrollTop = top;
		else if(top + height > this.root.scrollTop + this.root.clientHeight)
			this.root.scrollTop = top + height - this.root.clientHeight;
	}
}

const rowId = key => `row-${key.replace(/[^\w-]/g, '_')}`;

/** Place and number among the brothers, for screen readers that see only part of the rows. */
function countSiblings(rows) {
	const open = [];
	for(const row of rows) {
		open.length = row.level;
		const brothers = open[row.level - 1] ??= { count: 0 };
		row.position = ++brothers.count;
		row.brothers = brothers;
	}
	for(const row of rows) {
		row.count = row.brothers.count;
		delete row.brothers;
	}
}

function newRow(row) {
	const parts = {
		chevron: el('span.chevron', {}, icon('chevron')),
		state: icon('online'),
		name: el('span.row-name'),
		sub: el('span.row-sub'),
		note: el('span.row-note'),
		count: el('span.row-count'),
	};
	const testid = row.type === 'note' ? 'note' : row.type;
	const root = el('div.row', { id: rowId(row.key), role: 'treeitem',
		dataset: { testid, key: row.key, device: row.device.id, channel: row.channel?.id } },
	parts.chevron, el('span.row-state', {}, parts.state),
	el('span.row-text', {}, el('span.row-line', {}, parts.name, parts.note, parts.count), parts.sub));
	if(!row.channel)
		delete root.dataset.channel;
	return { root, parts, top: null, signature: null };
}

/** Everything readable about a row, in the present language. */
function wordsOf(row, viewers) {
	if(row.type === 'note')
		return { icon: null, name: t(row.note), sub: '', note: '', count: '', state: '' };
	if(row.type === 'device')
		return deviceWords(row);
	const { channel, state } = row;
	const group = row.type === 'group';
	return {
		icon: group ? 'group' : state,
		state,
		name: channel.name || channel.id,
		sub: channel.name ? channel.id : '',
		note: group || state === 'online' ? '' : t(`state.${state}`),
		count: viewers > 0 ? t('list.viewers', { n: viewers }) : '',
		label: group ? '' : t(`state.${state}`),
	};
}

function deviceWords({ device, playing }) {
	const state = device.online ? 'online' : 'offline';
	const kind = device.kind && device.kind !== 'device' ? t(`kind.${device.kind}`) : '';
	const maker = [device.manufacturer, device.model].filter(Boolean).join(' ');
	const total = device.channels ?? 0;
	return {
		icon: state,
		state,
		name: device.name || device.id,
		sub: [device.name ? device.id : '', kind, maker || device.address].filter(Boolean).join(' · '),
		note: !device.online ? t('state.offline') : playing > 0 ? t('list.playing', { n: playing }) : '',
		noteKind: device.online && playing > 0 ? 'playing' : '',
		count: total > 0 ? t('list.channels', { online: device.channels_online ?? 0, total }) : '',
		countLabel: total > 0 ? t('list.channels_label', { online: device.channels_online ?? 0, total }) : '',
		label: t(`state.${state}`),
	};
}

function fill({ root, parts }, row, words, selected) {
	setData(root, { state: words.state || undefined });
	root.style.setProperty('--level', row.level);
	root.setAttribute('aria-level', row.level);
	root.setAttribute('aria-setsize', row.count);
	root.setAttribute('aria-posinset', row.position);
	root.setAttribute('aria-selected', String(selected));
	root.classList.toggle('selected', selected);
	if(row.expandable)
		root.setAttribute('aria-expanded', String(row.open));
	else
		root.removeAttribute('aria-expanded');
	root.setAttribute('aria-label', [words.name, words.label, words.note !== words.label ? words.note : '', words.countLabel ??
		words.count].filter(Boolean).join(', '));
	parts.chevron.classList.toggle('none', !row.expandable);
	parts.state.parentNode.hidden = !words.icon;
	if(words.icon)
		setIcon(parts.state, words.icon);
	setText(parts.name, words.name);
	setText(parts.sub, words.sub);
	root.title = [words.name, words.sub].filter(Boolean).join('\n');
	setText(parts.note, words.note);
	parts.note.dataset.kind = words.noteKind || words.state;
	setText(parts.count, words.count);
}
