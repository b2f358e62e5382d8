// The list's model: merging of lists and notifications, search, filter, the tree of a platform.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Model } from '../../html/js/model.js';

const DEVICE = { id: '01', kind: 'device', name: 'Gate', online: true, address: '10.0.0.1:5060', channels: 2, channels_online: 2 };

function filled() {
	const model = new Model();
	model.putDevice({ ...DEVICE, id: '02', name: 'Lobby', online: false });
	model.putDevice(DEVICE);
	model.setChannels('01', [{ id: 'b', name: 'Ramp', playable: true, online: true },
		{ id: 'a', name: 'Door', playable: true, online: false }]);
	return model;
}

const shape = rows => rows.map(row => `${row.level} ${row.type} ${row.channel?.id ?? row.device.id}`);

test('devices are sorted by id, channels appear when opened', () => {
	const model = filled();
	assert.deepEqual(shape(model.rows()), ['1 device 01', '1 device 02']);
	assert.deepEqual(shape(model.rows({ expanded: new Set(['d:01']) })),
		['1 device 01', '2 channel a', '2 channel b', '1 device 02']);
});

test('an open device without channels says why', () => {
	const model = filled();
	assert.equal(model.rows({ expanded: new Set(['d:02']) })[2].note, 'list.loading');
	model.setChannels('02', []);
	assert.equal(model.rows({ expanded: new Set(['d:02']) })[2].note, 'list.no_channels');
});

test('states of channels', () => {
	const model = filled();
	const state = id => model.channelState(model.channels.get('01').get(id));
	assert.equal(state('b'), 'online');
	assert.equal(state('a'), 'offline');
	model.putStream({ stream: 's1', device: '01', channel: 'b', state: 'playing', viewers: 2 });
	assert.equal(state('b'), 'playing');
	model.putStream({ stream: 's1', device: '01', channel: 'b', state: 'lingering' });
	assert.equal(state('b'), 'online');
	model.apply('channels', [{ event: 'updated', device: '01', id: 'b', status: 'off' }]);
	assert.equal(state('b'), 'offline');
	model.apply('channels', [{ event: 'updated', device: '01', id: 'b', status: 'on' }]);
	model.apply('devices', [{ event: 'offline', id: '01' }]);
	assert.equal(state('b'), 'offline');
});

test('the same channel id under two devices is two channels', () => {
	const model = filled();
	model.setChannels('02', [{ id: 'b', playable: true }]);
	model.putStream({ stream: 's1', device: '01', channel: 'b', state: 'playing', viewers: 1 });
	assert.equal(model.streamOf('02', 'b'), undefined);
	assert.equal(model.streamOf('01', 'b').viewers, 1);
});

test('filters', () => {
	const model = filled();
	assert.deepEqual(shape(model.rows({ filter: 'online' })), ['1 device 01']);
	assert.deepEqual(shape(model.rows({ filter: 'offline' })), ['1 device 02']);
	assert.deepEqual(shape(model.rows({ filter: 'playing' })), []);
	model.putStream({ stream: 's1', device: '01', channel: 'b', state: 'playing' });
	assert.deepEqual(shape(model.rows({ filter: 'playing' })), ['1 device 01']);
});

test('search: every word, in devices and in channels', () => {
	const model = filled();
	assert.deepEqual(shape(model.rows({ search: 'LOB' })), ['1 device 02']);
	assert.deepEqual(shape(model.rows({ search: 'gate 10.0.0.1' })), ['1 device 01']);
	assert.deepEqual(shape(model.rows({ search: 'ramp' })), ['1 device 01', '2 channel b']);
	assert.deepEqual(shape(model.rows({ search: 'nothing' })), []);
});

test('search: channels that the server found are shown without being loaded', () => {
	const model = filled();
	const hits = new Map([['02', [{ id: 'z', name: 'Roof', playable: true }]]]);
	assert.deepEqual(shape(model.rows({ search: 'roof', hits })), ['1 device 02', '2 channel z']);
});

test('notifications add, change and remove', () => {
	const model = filled();
	assert.deepEqual([...model.apply('devices', [{ event: 'added', id: '03', kind: 'device', name: 'New', online: true }])], []);
	assert.deepEqual(shape(model.rows()), ['1 device 01', '1 device 02', '1 device 03']);
	model.apply('devices', [{ event: 'updated', device: { id: '03', name: 'Newer' } }]);
	assert.equal(model.devices.get('03').name, 'Newer');
	assert.equal(model.devices.get('03').online, true);
	model.apply('devices', [{ event: 'removed', id: '03' }]);
	assert.equal(model.devices.has('03'), false);
	assert.deepEqual([...model.apply('devices', [{ event: 'online', device: '04' }])], ['04'], 'to be asked for');
});

test('notifications of channels touch only what is loaded', () => {
	const model = filled();
	model.apply('channels', [{ event: 'added', device: '01', id: 'c', name: 'Yard' }, { event: 'added', device: '02', id: 'c' },
		{ event: 'removed', device: '01', id: 'a' }, { event: 'offline', device: '01', channel: 'b' }]);
	assert.deepEqual([...model.channels.get('01').keys()], ['b', 'c']);
	assert.equal(model.channels.get('01').get('b').online, false);
	assert.equal(model.channels.has('02'), false);
});

test('notifications of streams', () => {
	const model = filled();
	model.apply('streams', [{ event: 'started', stream: 's1', device: '01', channel: 'b', state: 'playing', viewers: 1 }]);
	model.apply('streams', [{ event: 'updated', stream: 's1', device: '01', channel: 'b', viewers: 3 }]);
	assert.deepEqual(model.totals(), { devices: 2, online: 1, streams: 1, viewers: 3 });
	model.apply('streams', [{ event: 'ended', stream: 's1', device: '01', channel: 'b' }]);
	assert.equal(model.totals().streams, 0);
});

test('a complete list drops what it no longer names', () => {
	const model = filled();
	model.keepDevices(new Set(['02']));
	assert.deepEqual(shape(model.rows()), ['1 device 02']);
});

test('a tree of groups, closed by hand', () => {
	const model = filled();
	model.setChannels('01', [
		{ id: '215', type: 'group', playable: false, parents: ['01'] },
		{ id: '216', type: 'group', playable: false, parents: ['215'] },
		{ id: '131', playable: true, parents: ['216'] },
		{ id: '132', playable: true, parents: ['unknown'] },
	]);
	const open = new Set(['d:01']);
	assert.deepEqual(shape(model.rows({ expanded: open })).slice(0, 5),
		['1 device 01', '2 channel 132', '2 group 215', '3 group 216', '4 channel 131']);
	open.add('closed:c:01/215');
	assert.deepEqual(shape(model.rows({ expanded: open })).slice(0, 3), ['1 device 01', '2 channel 132', '2 group 215']);
});

test('rings in a catalog neither hang nor hide anything', () => {
	const model = filled();
	model.setChannels('01', [
		{ id: 'x', playable: true, parents: ['y'] }, { id: 'y', playable: true, parents: ['z'] },
		{ id: 'z', playable: true, parents: ['y'] }, { id: 'self', playable: true, parents: ['self'] },
	]);
	const ids = model.rows({ expanded: new Set(['d:01']) }).filter(row => row.channel).map(row => row.channel.id);
	assert.deepEqual(ids.sort(), ['self', 'x', 'y', 'z']);
});

test('a thousand devices are counted quickly', () => {
	const model = new Model();
	for(let i = 0; i < 1000; i++)
		model.putDevice({ ...DEVICE, id: String(i).padStart(20, '0') });
	model.rows();
	const begin = performance.now();
	for(let i = 0; i < 10; i++)
		model.rows({ search: 'gate' });
	assert.ok((performance.now() - begin) / 10 < 50);
});
