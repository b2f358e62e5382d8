// What the page knows about devices, channels and streams, and the rows that the list shows of it.
// Pure: no DOM, no network. Lists and notifications go in, rows come out.

const CHANNEL_SEPARATOR = '/';

/** Key of a channel: the pair is what counts, one channel id may occur under two devices. */
export const channelKey = (device, channel) => device + CHANNEL_SEPARATOR + channel;

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const words = text => text.toLowerCase().split(/\s+/).filter(Boolean);

/** True if the stream brings pictures to somebody now. */
export const isPlaying = stream => stream?.state === 'playing';

/** True if the entry is something to look at, as opposed to a folder of the catalog. */
export const isPlayable = channel => channel.playable ?? !FOLDERS.has(channel.type);

const FOLDERS = new Set(['group', 'organisation', 'region', 'platform']);

export class Model {
	constructor() {
		this.devices = new Map();	// id -> device
		this.channels = new Map();	// device id -> Map(channel id -> channel), once asked for
		this.streams = new Map();	// channel key -> Map(stream id -> stream)
		this.order = [];
		this.unsorted = false;
	}

	putDevice(device) {
		const known = this.devices.get(device.id);
		if(!known)
			this.unsorted = true;
		const merged = { ...known, ...device };
		merged.haystack = [merged.id, merged.name, merged.address, merged.manufacturer, merged.model]
			.filter(Boolean).join(' ').toLowerCase();
		this.devices.set(device.id, merged);
		return merged;
	}

	removeDevice(id) {
		if(this.devices.delete(id))
			this.unsorted = true;
		this.channels.delete(id);
	}

	/** Drops the devices that a complete new list no longer names. */
	keepDevices(ids) {
		for(const id of [...this.devices.keys()]) {
			if(!ids.has(id))
				this.removeDevice(id);
		}
	}

	putChannel(device, channel) {
		const known = this.channels.get(device);
		if(known)
			known.set(channel.id, { ...known.get(channel.id), ...channel, device });
	}

	/** Replaces the channels of one device by a complete list. */
	setChannels(device, list) {
		this.channels.set(device, new Map(list.map(channel => [channel.id, { ...channel, device }])));
	}

	setStreams(list) {
		this.streams.clear();
		for(const stream of list)
			this.putStream(stream);
	}

	putStream(stream) {
		if(!stream.device || !stream.channel)
			return;
		const key = channelKey(stream.device, stream.channel);
		const streams = this.streams.get(key) ?? new Map();
		const id = stream.stream ?? stream.id ?? '';
		streams.set(id, { ...streams.get(id), ...stream });
		this.streams.set(key, streams);
	}

	dropStream(stream) {
		const key = channelKey(stream.device, stream.channel);
		const streams = this.streams.get(key);
		streams?.delete(stream.stream ?? stream.id ?? '');
		if(streams?.size === 0)
			this.streams.delete(key);
	}

	/** What one channel plays now, `undefined` if nothing; the stream with most viewers first. */
	streamOf(device, channel) {
		let best;
		for(const stream of this.streams.get(channelKey(device, channel))?.values() ?? []) {
			if(isPlaying(stream) && !(best?.viewers >= stream.viewers))
				best = stream;
		}
		return best;
	}

	/** 'playing', 'online' or 'offline'; the last also for what its device lists as off, though it may well play. */
	channelState(channel) {
		if(this.streamOf(channel.device, channel.id))
			return 'playing';
		const reachable = this.devices.get(channel.device)?.online && channel.online !== false;
		return reachable && channel.status !== 'off' && channel.status !== 'fault' ? 'online' : 'offline';
	}

	/** How many channels of each device play now. */
	playingByDevice() {
		const counts = new Map();
		for(const streams of this.streams.values()) {
			const stream = [...streams.values()].find(isPlaying);
			if(stream)
				counts.set(stream.device, (counts.get(stream.device) ?? 0) + 1);
		}
		return counts;
	}

	totals() {
		let online = 0;
		for(const device of this.devices.values())
			online += device.online ? 1 : 0;
		let streams = 0;
		let viewers = 0;
		for(const group of this.streams.values()) {
			for(const stream of group.values()) {
				streams += isPlaying(stream) ? 1 : 0;
				viewers += stream.viewers ?? 0;
			}
		}
		return { devices: this.devices.size, online, streams, viewers };
	}

	sorted() {
		if(this.unsorted) {
			this.order = [...this.devices.keys()].sort(compare);
			this.unsorted = false;
		}
		return this.order;
	}

	/**
	 * Takes the items of one notification. Returns ids of devices that need to be asked for again,
	 * because an item said only that something changed.
	 */
	apply(topic, items) {
		const stale = new Set();
		for(const raw of items) {
			if(topic === 'devices')
				this.applyDevice(raw, stale);
			else if(topic === 'channels')
				this.applyChannel(raw);
			else if(topic === 'streams')
				this.applyStream(raw);
		}
		return stale;
	}

	applyDevice(raw, stale) {
		const { event, device: nested, ...rest } = raw;
		const device = typeof nested === 'object' ? nested : rest;
		const id = device.id ?? nested;
		if(!id)
			return;
		if(event === 'removed') {
			this.removeDevice(id);
			return;
		}
		const known = this.devices.get(id);
		const change = { ...device, id };
		if(event === 'online' || event === 'offline')
			change.online = event === 'online';
		if(!known && change.kind === undefined)
			stale.add(id);
		this.putDevice(change);
	}

	applyChannel(raw) {
		const { event, channel: nested, ...rest } = raw;
		const channel = typeof nested === 'object' ? { device: rest.device, ...nested } : { ...rest };
		channel.id ??= nested;
		if(!channel.id || !channel.device)
			return;
		if(event === 'removed') {
			this.channels.get(channel.device)?.delete(channel.id);
			return;
		}
		if(event === 'online' || event === 'offline')
			channel.online = event === 'online';
		this.putChannel(channel.device, channel);
	}

	applyStream(raw) {
		const { event, ...stream } = raw;
		if(event === 'ended' || event === 'removed')
			this.dropStream(stream);
		else
			this.putStream(stream);
	}

	/**
	 * The rows to show, from top to bottom.
	 * @param {object} view
	 * @param {string} view.filter   'all', 'online', 'offline' or 'playing'
	 * @param {string} view.search   words that all must occur
	 * @param {Set}    view.expanded row keys that are open
	 * @param {Map}    view.hits     device id -> channels that the server found for the search
	 */
	rows({ filter = 'all', search = '', expanded = new Set(), hits = new Map() } = {}) {
		const wanted = words(search);
		const playing = this.playingByDevice();
		const rows = [];
		for(const id of this.sorted()) {
			const device = this.devices.get(id);
			if(!passes(filter, device, playing))
				continue;
			const own = wanted.every(word => device.haystack.includes(word));
			const found = own ? null : this.findChannels(id, wanted, hits.get(id));
			if(!own && found.length === 0)
				continue;
			this.deviceRows(rows, device, { expanded, found, playing: playing.get(id) ?? 0 });
		}
		return rows;
	}

	findChannels(device, wanted, hits = []) {
		const found = new Map(hits.map(channel => [channel.id, { ...channel, device }]));
		for(const channel of this.channels.get(device)?.values() ?? []) {
			const text = `${channel.id} ${channel.name ?? ''}`.toLowerCase();
			if(wanted.every(word => text.includes(word)))
				found.set(channel.id, channel);
		}
		return [...found.values()];
	}

	deviceRows(rows, device, { expanded, found, playing }) {
		const key = `d:${device.id}`;
		const open = found !== null || expanded.has(key);
		rows.push({ type: 'device', key, level: 1, device, open, playing, expandable: true });
		if(!open)
			return;
		const list = found ?? [...(this.channels.get(device.id)?.values() ?? [])];
		if(list.length > 0)
			this.treeRows(rows, device, list, { expanded, flat: found !== null });
		else
			rows.push({ type: 'note', key: `n:${device.id}`, level: 2, device,
				note: this.channels.has(device.id) ? 'list.no_channels' : 'list.loading' });
	}

	/** Channels below their groups; an entry whose parent is unknown or part of a ring stands at the top. */
	treeRows(rows, device, list, { expanded, flat }) {
		const byId = new Map(list.map(channel => [channel.id, channel]));
		const children = new Map();
		for(const channel of list) {
			const parent = flat ? null : parentOf(channel, byId);
			if(children.has(parent))
				children.get(parent).push(channel);
			else
				children.set(parent, [channel]);
		}
		const shown = new Set();
		const walk = (parent, level) => {
			for(const channel of (children.get(parent) ?? []).sort((a, b) => compare(a.id, b.id))) {
				if(shown.has(channel.id))
					continue;
				shown.add(channel.id);
				const key = `c:${channelKey(device.id, channel.id)}`;
				const expandable = children.has(channel.id);
				const group = !isPlayable(channel);
				const open = expandable && !expanded.has(`closed:${key}`);
				rows.push({ type: group ? 'group' : 'channel', key, level, device, channel, expandable, open,
					state: this.channelState(channel) });
				if(open)
					walk(channel.id, level + 1);
			}
		};
		walk(null, 2);
	}
}

/** The nearest known parent, or null. Rings are cut: an entry that is its own ancestor has no parent. */
function parentOf(channel, byId) {
	const parent = nearest(channel, byId);
	const seen = new Set([channel.id]);
	for(let at = parent; at !== null; at = nearest(byId.get(at), byId)) {
		if(seen.has(at))
			return null;
		seen.add(at);
	}
	return parent;
}

const nearest = (channel, byId) =>
	[...(channel.parents ?? [])].reverse().find(id => id !== channel.id && byId.has(id)) ?? null;

function passes(filter, device, playing) {
	switch(filter) {
	case 'online': return Boolean(device.online);
	case 'offline': return !device.online;
	case 'playing': return playing.has(device.id);
	default: return true;
	}
}
