// The pictures side by side: 1, 4 or 9 of them, and which one the next camera goes to.

import { Player } from './player.js';

export const LAYOUTS = [1, 4, 9];

export class Grid {
	/**
	 * @param {Element} root
	 * @param {Api} api
	 * @param {{changed: function(), welcome: function(): Element}} host
	 */
	constructor(root, api, host) {
		this.root = root;
		this.api = api;
		this.host = host;
		this.players = [];
		this.selected = 0;
		this.maximised = null;
		this.setLayout(1);
		root.addEventListener('focusin', event => this.select(event.target));
	}

	setLayout(count) {
		this.layout = count;
		this.maximised = null;
		const keep = this.players.filter(player => player.state !== 'idle').slice(0, count);
		const spare = this.players.filter(player => !keep.includes(player));
		while(keep.length < count)
			keep.push(spare.shift() ?? this.newPlayer());
		spare.forEach(player => player.stop());
		this.players = keep;
		this.players.forEach((player, slot) => {
			player.slot = player.view.slot = slot;
			player.root.dataset.slot = slot;
		});
		this.selected = Math.min(this.selected, count - 1);
		this.arrange();
		this.host.changed();
	}

	newPlayer() {
		return new Player(this.players.length, this.api, {
			changed: () => this.host.changed(),
			maximise: player => this.maximise(player),
			welcome: player => player === this.players[0] && this.quiet ? this.host.welcome() : null,
		});
	}

	/** True while nothing at all is shown. */
	get quiet() {
		return this.players.every(player => player.state === 'idle');
	}

	arrange() {
		this.root.dataset.layout = this.layout;
		this.root.dataset.maximised = this.maximised !== null;
		for(const player of this.players) {
			player.maximised = player === this.maximised;
			player.maximisable = this.layout > 1;
			player.root.classList.toggle('maximised', player.maximised);
			player.show();
		}
		const wanted = this.players.map(player => player.root);
		if(wanted.length !== this.root.children.length || wanted.some((node, i) => this.root.children[i] !== node))
			this.root.replaceChildren(...wanted);
		this.mark();
	}

	maximise(player) {
		this.maximised = this.maximised === player ? null : player;
		this.arrange();
	}

	select(node) {
		const at = this.players.findIndex(player => player.root.contains(node));
		if(at >= 0) {
			this.selected = at;
			this.mark();
		}
	}

	mark() {
		this.players.forEach((player, at) =>
			player.root.classList.toggle('selected', this.layout > 1 && at === this.selected));
	}

	playerOf(device, channel) {
		return this.players.find(({ target }) => target?.device === device && (target.channel ?? '') === (channel ?? ''));
	}

	/** Plays in the picture that shows it already, else in a free one, else in the selected one. */
	play(target) {
		const same = this.playerOf(target.device, target.channel);
		if(same) {
			this.reveal(same);
			if(same.state === 'failed')
				same.retry();
			else if(same.state === 'paused')
				same.pauseOrResume();
			return;
		}
		const chosen = this.players[this.selected];
		const free = chosen.state === 'idle' ? chosen : this.players.find(player => player.state === 'idle');
		const player = free ?? chosen;
		this.reveal(player);
		player.play(target);
	}

	reveal(player) {
		this.selected = this.players.indexOf(player);
		if(this.maximised && this.maximised !== player)
			this.maximised = player;
		this.arrange();
	}
}
