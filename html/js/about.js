// The pane below the list: what is known about the selected device or channel, and the button that reads the catalog.

import { el, setText } from './dom.js';
import { language, t } from './i18n.js';

const ASK_AFTER_MS = 150;	// the arrow keys may pass many rows

const time = text => text ? new Date(text).toLocaleString(language() === 'zh' ? 'zh-CN' : 'en-GB', { hour12: false }) : '';
const join = (...parts) => parts.filter(Boolean).join(' ');

function deviceFacts(device) {
	return {
		'about.id': device.id,
		'about.state': t(device.online ? 'state.online' : 'state.offline'),
		'about.address': device.address && join(device.address, device.transport?.toUpperCase()),
		'about.maker': join(device.manufacturer, device.model) || device.user_agent,
		'about.firmware': device.firmware,
		'about.version': device.version,
		'about.channels': device.channels !== undefined ? `${device.channels_online ?? 0} / ${device.channels}` : '',
		'about.registered': time(device.registered_at),
		'about.seen': time(device.last_seen),
	};
}

function channelFacts(channel, device, state) {
	return {
		'about.id': channel.id,
		'about.device': join(device?.name, channel.device),
		'about.state': t(`state.${state}`),
		'about.type': channel.type,
		'about.maker': join(channel.manufacturer, channel.model),
		'about.place': channel.address,
		'about.viewers': channel.viewers !== undefined ? String(channel.viewers) : '',
	};
}

export class About {
	/**
	 * @param {Element} root
	 * @param {Api} api
	 * @param {Model} model
	 * @param {function(string)} changed called with a device whose catalog was read
	 */
	constructor(root, api, model, changed) {
		this.api = api;
		this.model = model;
		this.changed = changed;
		this.row = null;
		this.open = !matchMedia('(max-width: 760px)').matches;	// on a phone the list needs the room
		this.busy = false;
		this.said = null;	// {key, params} of the last refresh
		this.title = el('span.about-title');
		this.toggle = el('button.about-toggle', { type: 'button', onclick: () => this.setOpen(!this.open) }, this.title);
		this.facts = el('dl.facts');
		this.refresh = el('button', { type: 'button', onclick: () => this.read(), dataset: { testid: 'refresh' } });
		this.result = el('p.about-result', { role: 'status', dataset: { testid: 'refresh-result' } });
		this.body = el('div.about-body', {}, this.facts, el('div.about-actions', {}, this.refresh, this.result));
		this.root = root;
		root.append(this.toggle, this.body);
		this.draw();
	}

	setOpen(open) {
		this.open = open;
		this.draw();
	}

	/** Shows a row of the list, and asks the server for all that is known about it. */
	show(row) {
		if(row.type === 'note')
			return;
		if(this.row?.key !== row.key)
			this.said = null;
		this.row = row;
		this.draw();
		clearTimeout(this.timer);
		this.timer = setTimeout(() => this.complete(row), ASK_AFTER_MS);
	}

	async complete(row) {
		try {
			if(row.channel) {
				const answer = await this.api.request('get_channel', { device: row.device.id, channel: row.channel.id });
				this.model.putChannel(row.device.id, inner(answer, 'channel'));
			} else {
				this.model.putDevice(inner(await this.api.request('get_device', { device: row.device.id }), 'device'));
			}
		} catch{
			// what the list said stays; a lost connection has its own banner
		}
		this.draw();
	}

	draw() {
		this.root.hidden = !this.row;
		if(!this.row)
			return;
		const device = this.model.devices.get(this.row.device.id) ?? this.row.device;
		const { channel: shown } = this.row;
		const channel = shown && (this.model.channels.get(device.id)?.get(shown.id) ?? shown);
		const facts = channel ? channelFacts(channel, device, this.model.channelState(channel)) : deviceFacts(device);
		setText(this.title, channel?.name || channel?.id || device.name || device.id);
		this.toggle.title = t(this.open ? 'about.hide' : 'about.show');
		this.toggle.setAttribute('aria-expanded', String(this.open));
		this.body.hidden = !this.open;
		this.facts.replaceChildren(...Object.entries(facts).filter(([, value]) => value).map(([key, value]) =>
			el('div', {}, el('dt', {}, t(key)), el('dd', { title: value }, value))));
		setText(this.refresh, t(this.busy ? 'about.refreshing' : 'about.refresh'));
		this.refresh.disabled = this.busy || !device.online;
		setText(this.result, this.said ? t(this.said.key, this.said.params) : '');
	}

	async read() {
		const { row } = this;
		this.busy = true;
		this.said = null;
		this.draw();
		let said;
		try {
			const result = await this.api.command('refresh', { device: row.device.id, what: ['catalog', 'info'] });
			const catalog = result.catalog ?? result;
			said = { key: 'about.refreshed', params: { received: catalog.received ?? '?', expected: catalog.expected ?? '?' } };
			this.changed(row.device.id);
		} catch(error) {
			said = { key: 'about.refresh_failed', params: { error: error.message } };
		}
		this.busy = false;
		if(this.row === row || this.row?.key === row.key)
			this.said = said;
		this.draw();
	}
}

/** The object itself, whether the answer is it or holds it under its name. */
export const inner = (answer, name) => typeof answer[name] === 'object' ? answer[name] : answer;
