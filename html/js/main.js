// Starts the page and joins its parts: the list of devices (list.js over model.js), the pictures (grid.js, player.js),
// the pane of details (about.js), the language (i18n.js) and the connection to the plugin (api.js).
//
// Hooks for tests; they stay as they are:
//   [data-testid=link][data-state=connecting|up|down]         connection to the server; its banner: [data-testid=link-banner]
//   [data-testid=language]                                    switches zh/en; <html lang>
//   [data-testid=layout][data-count=1|4|9]                    number of pictures, aria-pressed
//   [data-testid=search], [data-testid=filter][data-filter=all|online|offline|playing]
//   [data-testid=count][data-count=online|streams|viewers]    figures in the head, data-value
//   [data-testid=device][data-device=ID][data-state=online|offline]
//   [data-testid=channel][data-device=ID][data-channel=ID][data-state=online|offline|playing]
//   [data-testid=group][data-device=ID][data-channel=ID]      folder of a catalog
//      A click on a device opens it, and plays it when it has one channel only; a click on a channel plays it; a click on
//      `.chevron` opens and closes. Up to 12 devices are opened by themselves.
//   [data-testid=player][data-slot=0..8][data-device][data-channel]
//                      [data-state=idle|preparing|playing|interrupted|failed|paused]
//      inside it: [data-testid=pause|mute|details|maximise|stop|retry], [data-testid=player-state],
//      [data-testid=banner][data-reason=bye|offline|no_media|sip_error|link|network|no_picture],
//      [data-testid=stats] [data-stat=codec|size|fps|bitrate|loss|first] with the bare number in data-value,
//      [data-testid=ladder][data-kind=failure|play][data-code][data-missing][data-sip] with
//      [data-step=answered...][data-state=reached|missing|skipped|waiting][data-ms], [data-testid=cause|checks]
//   [data-testid=about], [data-testid=refresh], [data-testid=refresh-result]
//   [data-testid=register-hint]                               what to enter in a camera, while nothing plays
//
// Parameters of the URL: lang=zh|en, layout=1|4|9, play=DEVICE/CHANNEL (as often as wanted), token= (handed to the
// plugin with each request) and janus_token= (for the core).

import { Api } from './api.js';
import { About, inner } from './about.js';
import { el, setData, setText } from './dom.js';
import { Grid, LAYOUTS } from './grid.js';
import { language, onLanguage, setLanguage, startLanguage, t, translate } from './i18n.js';
import { List } from './list.js';
import { Model } from './model.js';

const OPEN_BY_ITSELF = 12;	// up to so many devices their channels are shown without a click
const INFO_EVERY_MS = 15000;
const SEARCH_AFTER_MS = 250;

const $ = id => document.getElementById(id);
const query = new URLSearchParams(location.search);

const api = new Api({ token: query.get('token') ?? undefined, janusToken: query.get('janus_token') ?? undefined });
const model = new Model();
let info = null;
let loaded = false;
const arrived = new Set();	// devices that spoke up while the list was being read
const loading = new Map();	// device -> promise of its channels
const decided = new Set();	// devices that were opened or closed already, by hand or by themselves

/* ---- list ---- */

const list = new List($('tree'), model, {
	activate: row => activate(row),
	toggle: (row, open) => toggle(row, open),
	select: row => about.show(row),
	drawn: rows => showEmpty(rows),
});

const about = new About($('about'), api, model, device => loadChannels(device));

function toggle(row, open) {
	if(row.type === 'device') {
		decided.add(row.device.id);
		list.view.expanded[open ? 'add' : 'delete'](row.key);
		if(open)
			loadChannels(row.device.id);
	} else {
		list.view.expanded[open ? 'delete' : 'add'](`closed:${row.key}`);
	}
	list.schedule();
}

async function activate(row) {
	if(row.type === 'group')
		toggle(row, !row.open);
	else if(row.type === 'channel')
		play(row.device.id, row.channel);
	else if(row.type === 'device')
		await activateDevice(row);
}

async function activateDevice(row) {
	const { device } = row;
	const single = (device.channels ?? 0) <= 1;
	toggle(row, true);
	if(!model.channels.has(device.id))
		await loadChannels(device.id);
	list.reveal(row.key);
	if(!single)
		return;
	const channels = [...(model.channels.get(device.id)?.values() ?? [])].filter(channel => channel.playable !== false);
	if(channels.length === 1)
		play(device.id, channels[0]);
	else if(channels.length === 0)
		play(device.id, { name: device.name });
}

/** A camera is known by its device's name, a channel of a recorder by its own, with the recorder's beside it. */
function namesOf(device, channel) {
	const owner = model.devices.get(device);
	const single = (owner?.channels ?? 0) <= 1;
	const name = single ? owner?.name || channel.name : channel.name || owner?.name;
	return { name, place: single || name === owner?.name ? '' : owner?.name };
}

function play(device, channel) {
	grid.play({ device, channel: channel.id, ...namesOf(device, channel) });
}

/** Names for what was asked for by the page's address, before the lists were there. */
function nameTargets() {
	for(const { target } of grid.players) {
		if(target && !target.name)
			Object.assign(target, namesOf(target.device, model.channels.get(target.device)?.get(target.channel) ?? {}));
	}
	grid.players.forEach(player => player.show());
}

function loadChannels(device) {
	if(!loading.has(device))
		loading.set(device, readChannels(device).finally(() => loading.delete(device)));
	return loading.get(device);
}

async function readChannels(device) {
	const all = [];
	try {
		await api.pages('list_channels', 'channels', { device }, items => all.push(...items), 500);
		model.setChannels(device, all);
	} catch(error) {
		if(error.details?.error_code === 455)
			model.setChannels(device, []);
	}
	list.schedule();
}

/** In a small installation the channels are in sight at once. */
function openFew() {
	if(model.devices.size > OPEN_BY_ITSELF)
		return;
	for(const [id, device] of model.devices) {
		if(!device.online || decided.has(id))
			continue;
		decided.add(id);
		list.view.expanded.add(`d:${id}`);
		loadChannels(id);
	}
}

async function loadDevices() {
	const seen = new Set();
	arrived.clear();
	try {
		await api.pages('list_devices', 'devices', {}, items => {
			for(const device of items) {
				seen.add(device.id);
				model.putDevice(device);
			}
			list.schedule();
		});
		model.keepDevices(new Set([...seen, ...arrived]));
		loaded = true;
		openFew();
		nameTargets();
	} catch(error) {
		if(error.details?.error_code !== 'link')
			setText($('empty'), t('list.load_failed', { error: error.message }));
	}
	for(const device of model.channels.keys())
		loadChannels(device);
	list.schedule();
	showCounts();
}

async function loadStreams() {
	try {
		model.setStreams((await api.request('list_streams')).streams ?? []);
		list.schedule();
		showCounts();
	} catch{
		// shown by the connection banner, or asked again at the next notification
	}
}

function onNotify({ topic, items, state, gap }) {
	if(topic === 'streams' && (state || gap)) {
		if(state)
			model.setStreams(items);
		else
			loadStreams();
	} else if(gap) {
		loadDevices();
	} else {
		onChanges(topic, items);
	}
	list.schedule();
	about.draw();
	showCounts();
}

function onChanges(topic, items) {
	const before = topic === 'devices' ? channelCounts(items) : null;
	for(const id of model.apply(topic, items))
		completeDevice(id);
	if(before) {
		for(const [id, count] of before) {
			if(model.channels.has(id) && model.devices.get(id)?.channels !== count)
				loadChannels(id);
		}
		before.forEach((count, id) => arrived.add(id));
		if(loaded)
			openFew();
	}
}

const channelCounts = items => new Map(items.map(item => item.id ?? item.device).filter(id => typeof id === 'string')
	.map(id => [id, model.devices.get(id)?.channels]));

async function completeDevice(id) {
	try {
		model.putDevice(inner(await api.request('get_device', { device: id }), 'device'));
		list.schedule();
	} catch{
		// gone again meanwhile
	}
}

function showEmpty(rows) {
	const empty = $('empty');
	empty.hidden = rows.length > 0;
	if(rows.length > 0)
		return;
	const none = loaded && model.devices.size === 0;
	const waiting = link.state === 'down' ? 'link.down' : 'app.loading';
	empty.replaceChildren(el('strong', {}, t(none ? 'list.empty' : loaded ? 'list.nothing_found' : waiting)),
		none ? el('span', {}, t('list.empty_hint')) : '');
}

/* ---- search and filter ---- */

let searchTimer = 0;

function onSearch(text) {
	list.view.search = text;
	list.view.hits = new Map();
	list.schedule();
	clearTimeout(searchTimer);
	if(text.trim().length >= 2)
		searchTimer = setTimeout(() => searchChannels(text), SEARCH_AFTER_MS);
}

/** Channels that are not loaded are searched by the server. */
async function searchChannels(text) {
	try {
		const { channels = [] } = await api.request('list_channels', { search: text.trim(), limit: 500 });
		if(list.view.search !== text)
			return;
		const hits = new Map();
		for(const channel of channels)
			hits.set(channel.device, [...(hits.get(channel.device) ?? []), channel]);
		list.view.hits = hits;
		list.schedule();
	} catch{
		// what is loaded is searched all the same
	}
}

/* ---- pictures ---- */

let grid = null;	// its first layout already reports a change
grid = new Grid($('grid'), api, { changed: () => onGrid(), welcome: () => welcome() });

function onGrid() {
	const first = grid?.players[0];
	if(first?.state === 'idle')
		first.show();
	showLayout();
}

/** What to enter in a camera: the first thing that a new operator needs. */
function welcome() {
	const facts = info ? [
		['welcome.server_id', info.server_id], ['welcome.realm', info.realm],
		['welcome.listeners', listenerText(info.listeners)], ['welcome.password', t('welcome.password_hint')],
	].filter(([, value]) => value) : [];
	return el('div.welcome', {},
		el('h2', {}, t('welcome.title')),
		el('p', {}, t('welcome.text')),
		facts.length ? el('div.register', { dataset: { testid: 'register-hint' } },
			el('p', {}, t('welcome.register')),
			el('dl.facts', {}, ...facts.map(([key, value]) => el('div', {}, el('dt', {}, t(key)), el('dd', {}, value)))))
			: null);
}

/** Addresses in short, those of this machine to itself left out: 'udp 10.0.0.1:5060, tcp 10.0.0.1:5060' -> '10.0.0.1:5060 (UDP, TCP)' */
function listenerText(listeners = []) {
	const addresses = new Map();
	for(const listener of listeners) {
		const [transport, address] = typeof listener === 'string' ? splitListener(listener) :
			[listener.transport, listener.address ?? `${listener.ip}:${listener.port}`];
		addresses.set(address, [...(addresses.get(address) ?? []), transport?.toUpperCase()].filter(Boolean));
	}
	const outer = [...addresses].filter(([address]) => !/^(127\.|\[?::1)/.test(address));
	return (outer.length ? outer : [...addresses]).map(([address, transports]) =>
		transports.length ? `${address} (${transports.join(', ')})` : address).join(' · ');
}

function splitListener(text) {
	const found = /^(udp|tcp)[ :/]*(.+)$/i.exec(text);
	return found ? [found[1], found[2]] : [undefined, text];
}

/* ---- head ---- */

function showCounts() {
	const totals = model.totals();
	const show = (name, value, text) => {
		const node = document.querySelector(`[data-testid=count][data-count=${name}]`);
		setData(node, { value });
		setText(node, text);
	};
	show('online', totals.online, t('count.online', totals));
	show('streams', totals.streams, t('count.streams', { n: totals.streams }));
	show('viewers', totals.viewers, t('count.viewers', { n: totals.viewers }));
}

function showLayout() {
	for(const button of document.querySelectorAll('[data-testid=layout]')) {
		const count = Number(button.dataset.count);
		button.setAttribute('aria-pressed', String(grid?.layout === count));
		button.setAttribute('aria-label', t('app.layout_n', { n: count }));
		button.title = t('app.layout_n', { n: count });
	}
}

let link = { state: 'connecting', reason: null };

function showLink(state, reason = null) {
	link = { state, reason };
	const node = $('link');
	setData(node, { state });
	setText(node.lastElementChild, t(`link.${state}`));
	$('link-banner').hidden = !reason;
	setText($('link-banner'), reason ? t(reason) : '');
	if(!loaded)
		list.schedule();
}

async function readInfo() {
	if(link.state !== 'up')
		return;
	try {
		info = await api.request('info');
		if(grid.quiet)
			onGrid();
	} catch{
		// the hint for new cameras is missing then, nothing else
	}
}

/* ---- start ---- */

function relabel() {
	document.documentElement.lang = language() === 'zh' ? 'zh-CN' : 'en';
	document.title = t('app.title');
	translate(document);
	showLink(link.state, link.reason);
	showCounts();
	showLayout();
	list.relabel();
	about.draw();
	for(const player of grid.players)
		player.relabel();
}

function startPlays() {
	for(const wish of query.getAll('play')) {
		const [device, channel] = wish.split('/');
		if(device)
			grid.play({ device, channel });
	}
	query.delete('play');
}

api.addEventListener('up', async () => {
	showLink('up');
	readInfo();
	for(const player of grid.players)
		player.serverUp();
	startPlays();
	loadDevices();
	try {
		await api.command('listen', { topics: ['devices', 'channels', 'streams'] });
	} catch(error) {
		console.warn('listen', error.message);
	}
});
api.addEventListener('down', ({ detail }) => {
	showLink('down', detail);
	for(const player of grid.players)
		player.serverDown();
});
api.addEventListener('notify', ({ detail }) => onNotify(detail));

for(const button of document.querySelectorAll('[data-testid=layout]'))
	button.onclick = () => grid.setLayout(Number(button.dataset.count));
for(const button of document.querySelectorAll('[data-testid=filter]')) {
	button.onclick = () => {
		list.view.filter = button.dataset.filter;
		for(const other of document.querySelectorAll('[data-testid=filter]'))
			other.setAttribute('aria-pressed', String(other === button));
		list.root.scrollTop = 0;
		list.schedule();
	};
}
$('search').oninput = event => onSearch(event.target.value);
$('language').onclick = () => setLanguage(language() === 'zh' ? 'en' : 'zh');

startLanguage();
onLanguage(relabel);
relabel();
const wanted = Number(query.get('layout'));
if(LAYOUTS.includes(wanted))
	grid.setLayout(wanted);
setInterval(readInfo, INFO_EVERY_MS);
api.start();
