// The registry requests, refresh and listen over the real Janus: api.md, sections 1 to 5.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {Camera, cameraId} from './lib/camera.mjs';
import {Session} from './lib/janus.mjs';
import {Peer} from './lib/sip.mjs';
import {adminKey, password, serverId, Stack} from './lib/stack.mjs';
import {until} from './lib/wait.mjs';

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const recorder = '34020000001110000001', twin = '34020000001110000002', short = '340200000132000001';
const firstChannel = '34020000001310000101';

let stack, session, handle;
const cameras = [];

/** A camera that ends with the file. */
function camera(args, options) {
	const one = new Camera(args, options);
	cameras.push(one);
	return one;
}

/** Registered, and its catalog read as far as it comes. */
async function ready(id, channels) {
	return until(`${id} with ${channels} channels`, async () => {
		const device = await stack.device(id);
		return device?.online && device.channels === channels && device.catalog_received >= channels ? device : null;
	}, 15000);
}

const error = (answer) => [answer.error_code, answer.gb28181];
const channels = async (device, more = {}) => (await stack.ask({request: 'list_channels', device, ...more})).channels;

before(async () => {
	stack = await new Stack().start();
	session = await Session.create(stack.api);
	handle = await session.attach();
	camera();
	camera(['--channels', '12', '--channel-id', firstChannel, '--name', '东门摄像机', '--catalog-shuffle', '--catalog-repeat'], {id: recorder});
	camera(['--channels', '3', '--channel-id', firstChannel], {id: twin});
	camera([], {id: short});
	await ready(recorder, 12);
	await ready(twin, 3);
	await ready(cameraId, 1);
	await ready(short, 1);
});

after(async () => {
	await Promise.all(cameras.map((one) => one.stop()));
	await session?.destroy();
	await stack?.stop();
});

describe('info and lists', () => {
	test('info: the server, its listeners and its counts', async () => {
		const answer = await handle.request({request: 'info'});
		assert.equal(answer.gb28181, 'info');
		assert.equal(answer.server_id, serverId);
		assert.equal(answer.realm, serverId.slice(0, 10));
		assert.ok(answer.listeners.some((one) => /udp/i.test(one) && one.includes(':5060')), answer.listeners.join());
		assert.ok(answer.listeners.some((one) => /tcp/i.test(one) && one.includes(':5060')), answer.listeners.join());
		assert.deepEqual({...answer.counts}, {devices: 4, online: 4, channels: 17, streams: 0, viewers: 0});
		assert.ok(answer.uptime_s >= 0 && answer.uptime_s < 60);
		assert.match(answer.version, /^\d+\.\d+\.\d+$/);
	});

	test('list_devices: sorted by id, with everything a list needs and no password', async () => {
		const {total, devices} = await handle.request({request: 'list_devices'});
		assert.equal(total, 4);
		assert.deepEqual(devices.map((one) => one.id), [short, recorder, twin, cameraId].sort());
		const one = devices.find((device) => device.id === cameraId);
		assert.equal(one.kind, 'device');
		assert.equal(one.online, true);
		assert.equal(one.enabled, true);
		assert.equal(one.transport, 'udp');
		assert.match(one.address, /^127\.0\.0\.1:\d+$/);
		assert.equal(one.expires_s, 3600);
		assert.match(one.registered_at, rfc3339);
		assert.ok(Math.abs(Date.parse(one.last_seen) - Date.now()) < 60000);
		assert.equal(one.version, '2016');
		assert.ok(!JSON.stringify(devices).includes(password));
	});

	test('list_devices: online, search, offset, limit', async () => {
		const ask = async (more) => (await stack.ask({request: 'list_devices', ...more}));
		assert.equal((await ask({online: false})).total, 0);
		assert.equal((await ask({online: true})).total, 4);
		assert.deepEqual((await ask({search: '0000111'})).devices.map((one) => one.id), [recorder, twin]);
		const second = await ask({offset: 1, limit: 2});
		assert.equal(second.total, 4);
		assert.deepEqual(second.devices.map((one) => one.id), [recorder, twin, short, cameraId].sort().slice(1, 3));
		assert.deepEqual((await ask({offset: 4})).devices, []);
	});

	test('list_channels: of one device, of all; search by a part of a Chinese name; pages', async () => {
		const all = await stack.ask({request: 'list_channels'});
		assert.equal(all.total, 17);
		const mine = await stack.ask({request: 'list_channels', device: recorder});
		assert.equal(mine.total, 12);
		assert.deepEqual(mine.channels.map((one) => one.id), mine.channels.map((one) => one.id).sort());
		assert.equal(mine.channels[0].id, firstChannel);
		assert.ok(mine.channels.every((one) => one.name.startsWith('东门摄像机')), mine.channels[0].name);
		assert.equal((await stack.ask({request: 'list_channels', search: '门摄'})).total, 12);
		assert.equal((await channels(recorder, {offset: 10, limit: 5})).length, 2);
		assert.deepEqual(error(await stack.ask({request: 'list_channels', device: '999'})), [455, 'event']);
	});

	test('an id of 18 digits is an id', async () => {
		assert.equal((await stack.device(short)).id, short);
		assert.equal((await channels(short))[0].device, short);
	});

	test('the same channel id under two devices is two channels', async () => {
		const one = await stack.ask({request: 'get_channel', device: recorder, channel: firstChannel});
		const other = await stack.ask({request: 'get_channel', device: twin, channel: firstChannel});
		assert.equal(one.channel.device, recorder);
		assert.equal(other.channel.device, twin);
		assert.notEqual(one.channel.name, other.channel.name);
	});

	test('get_channel: the only one may be left out, one of several not', async () => {
		const only = await stack.ask({request: 'get_channel', device: cameraId});
		assert.equal(only.channel.device, cameraId);
		assert.equal(only.channel.playable, true);
		assert.equal((await stack.ask({request: 'get_channel', device: twin})).error_code, 453);
		assert.equal((await stack.ask({request: 'get_channel', device: twin, channel: '1'})).error_code, 455);
		assert.equal((await stack.ask({request: 'get_device', device: '34020000001320009999'})).error_code, 455);
	});
});

describe('create, edit, destroy', () => {
	const id = '34020000001320000777';

	test('on a handle they need the admin_key', async () => {
		for(const key of [undefined, '', 'wrong', `${adminKey}x`]) {
			const answer = await handle.request({request: 'create_device', device: id, admin_key: key});
			assert.deepEqual(error(answer), [457, 'event'], `${key}`);
		}
		assert.equal(await stack.device(id), null);
	});

	test('create, exists, edit, destroy', async () => {
		const created = await handle.request({request: 'create_device', admin_key: adminKey, device: id, name: '仓库', password: 'own'});
		assert.equal(created.gb28181, 'create_device');
		assert.equal(created.device.name, '仓库');
		assert.equal(created.device.online, false);
		assert.equal(created.device.has_password, true);
		assert.ok(!('password' in created.device));
		assert.equal((await handle.request({request: 'create_device', admin_key: adminKey, device: id})).error_code, 456);
		const edited = await handle.request({request: 'edit_device', admin_key: adminKey, device: id, name: 'Store', enabled: false});
		assert.deepEqual([edited.device.name, edited.device.enabled], ['Store', false]);
		assert.equal((await handle.request({request: 'destroy_device', device: id})).error_code, 457);
		assert.equal((await handle.request({request: 'destroy_device', admin_key: adminKey, device: id})).gb28181, 'destroy_device');
		assert.equal(await stack.device(id), null);
		assert.equal((await handle.request({request: 'destroy_device', admin_key: adminKey, device: id})).error_code, 455);
		assert.equal((await handle.request({request: 'edit_device', admin_key: adminKey, device: id, name: 'x'})).error_code, 455);
	});

	test('by the Admin API without admin_key', async () => {
		assert.equal((await stack.ask({request: 'create_device', device: id})).device.id, id);
		assert.equal((await stack.ask({request: 'destroy_device', device: id})).error_code, undefined);
	});

	test('a destroyed device that is online is gone, and may register anew', async () => {
		const own = '34020000001320000778';
		const one = camera([], {id: own});
		await ready(own, 1);
		await stack.ask({request: 'destroy_device', device: own});
		assert.equal(await stack.device(own), null);
		assert.deepEqual((await stack.ask({request: 'list_channels', search: own})).total, 0);
		await one.stop();
		const again = camera([], {id: own});
		await ready(own, 1);
		await again.stop();
		await stack.ask({request: 'destroy_device', device: own});
	});
});

describe('refused requests', () => {
	const cases = [
		['unknown request', {request: 'fly'}, 452],
		['no request', {}, 453],
		['request is a number', {request: 7}, 454],
		['missing device', {request: 'get_device'}, 453],
		['a device id that is a number', {request: 'get_device', device: 340200}, 454],
		['an empty device id', {request: 'get_device', device: ''}, 454],
		['a device id of 129 letters', {request: 'get_device', device: 'a'.repeat(129)}, 454],
		['limit 0', {request: 'list_devices', limit: 0}, 454],
		['limit 1001', {request: 'list_devices', limit: 1001}, 454],
		['limit as a text', {request: 'list_devices', limit: '10'}, 454],
		['negative offset', {request: 'list_devices', offset: -1}, 454],
		['online as a text', {request: 'list_devices', online: 'yes'}, 454],
		['a parameter that is not built yet', {request: 'edit_device', admin_key: adminKey, device: cameraId, charset: 'utf-8'}, 454],
		['watch without device', {request: 'watch'}, 453],
		['watch with an unknown codec', {request: 'watch', device: cameraId, codecs: ['mpeg1']}, 454],
		['watch without a codec that is sent', {request: 'watch', device: cameraId, codecs: ['h265']}, 484],
		['watch of an unknown device', {request: 'watch', device: '34020000001329999999'}, 455],
		['watch of an unknown channel', {request: 'watch', device: recorder, channel: '999'}, 455],
		['watch of several channels at once', {request: 'watch', device: recorder}, 453],
		['refresh of an unknown device', {request: 'refresh', device: '34020000001329999999'}, 455],
		['refresh of an unknown thing', {request: 'refresh', device: cameraId, what: 'soul'}, 454],
		['listen without topics', {request: 'listen'}, 453],
		['listen to an unknown topic', {request: 'listen', topics: ['news']}, 454],
		['start with nothing to start', {request: 'start'}, 460],
		['pause with nothing to pause', {request: 'pause'}, 460],
	];
	for(const [name, body, code] of cases) {
		test(`${name}: ${code}`, async () => {
			const answer = await handle.request(body);
			assert.deepEqual(error(answer), [code, 'event'], JSON.stringify(answer));
			assert.ok(answer.error.length > 5);
		});
	}

	test('a body that is no object', async () => {
		await assert.rejects(session.send(handle, {janus: 'message', body: 'text'}), /janus: .*JSON|janus: .*object/i);
	});

	test('an asynchronous request by the Admin API: 452 that says why', async () => {
		const answer = await stack.ask({request: 'watch', device: cameraId});
		assert.equal(answer.error_code, 452);
		assert.match(answer.error, /handle/);
	});
});

describe('refresh', () => {
	test('catalog: expected, received, complete', async () => {
		const {result} = await handle.request({request: 'refresh', device: recorder, what: ['catalog']});
		assert.deepEqual([result.status, result.expected, result.received, result.complete], ['ok', 12, 12, true]);
	});

	test('info and status', async () => {
		const {result} = await handle.request({request: 'refresh', device: cameraId, what: ['info', 'status']});
		assert.equal(result.info.id, cameraId);
		assert.ok(result.info.manufacturer.length > 0);
		assert.ok(result.info.model.length > 0);
		assert.equal(result.device_status.online, 'ONLINE');
	});

	test('a device that is offline: 480', async () => {
		const id = '34020000001320000779';
		await stack.ask({request: 'create_device', device: id});
		assert.equal((await handle.request({request: 'refresh', device: id})).error_code, 480);
		assert.equal((await handle.request({request: 'watch', device: id, channel: id})).error_code, 480);
		await stack.ask({request: 'destroy_device', device: id});
	});

	test('two requests on one handle both get their own answer', async () => {
		const answers = await Promise.all([
			handle.request({request: 'refresh', device: recorder, what: 'catalog'}),
			handle.request({request: 'refresh', device: twin, what: 'catalog'}),
		]);
		assert.deepEqual(answers.map((one) => one.result.device), [recorder, twin]);
		assert.deepEqual(answers.map((one) => one.result.received), [12, 3]);
	});
});

describe('listen', () => {
	test('the present state first, then what changes, merged, with a rising seq', async () => {
		const ear = await session.attach();
		const answer = await ear.request({request: 'listen', topics: ['devices', 'channels', 'streams']});
		assert.equal(answer.result.status, 'listening');
		const told = (topic) => ear.events.map((one) => one.data).filter((data) => data?.notify === topic);
		await until('the state of each topic', () => ['devices', 'channels', 'streams'].every((topic) => told(topic).length > 0));
		assert.deepEqual(told('devices')[0].items.map((one) => one.event), ['state', 'state', 'state', 'state']);
		assert.deepEqual(told('channels')[0].items.length, 17);
		assert.deepEqual(told('streams')[0].items, []);
		const before = told('devices').length;
		const many = camera(['--count', '40', '--register-rate', '200'], {id: '34020000001320002001'});
		const added = () => told('devices').flatMap((data) => data.items).filter((item) => item.id?.startsWith('340200000013200020'));
		await until('all forty were told online', () =>
			new Set(added().filter((item) => item.online).map((item) => item.id)).size === 40);
		for(const topic of ['devices', 'channels']) {
			const seqs = told(topic).map((data) => data.seq);
			assert.deepEqual(seqs, seqs.map((_, index) => seqs[0] + index), topic);
		}
		assert.ok(told('devices').length - before < 40, 'forty devices are told together');
		await many.stop();
		await until('all forty were told offline', () => added().filter((item) => item.event === 'offline').length === 40);
		for(const id of new Set(added().map((item) => item.id))) {
			await stack.ask({request: 'destroy_device', device: id});
		}
		await until('all forty were told removed', () => added().filter((item) => item.event === 'removed').length === 40);
		const quiet = await ear.request({request: 'listen', topics: []});
		assert.deepEqual(quiet.result.topics, []);
		await ear.detach();
	});

	test('handle_info of the Admin API shows what a handle does', async () => {
		const ear = await session.attach();
		assert.equal((await stack.handleInfo(session, ear)).state, 'idle');
		await ear.request({request: 'listen', topics: ['devices']});
		await until('it listens', async () => (await stack.handleInfo(session, ear)).listens?.includes('devices'));
		const eye = await session.attach();
		await eye.request({request: 'watch', device: twin, channel: firstChannel});
		const shown = await stack.handleInfo(session, eye);
		assert.deepEqual([shown.state, shown.device, shown.channel], ['preparing', twin, firstChannel]);
		const streams = await until('the stream plays', async () => {
			const list = await stack.streams();
			return list.find((one) => one.device === twin && one.state === 'playing');
		});
		assert.equal(shown.stream, streams.stream);
		assert.deepEqual([streams.channel, streams.kind, streams.transport, streams.viewers], [firstChannel, 'live', 'udp', 1]);
		assert.ok(streams.packets > 0 && streams.lost === 0);
		assert.ok(streams.ladder.some((rung) => rung.step === 'answered' && rung.sip_status === 200), JSON.stringify(streams.ladder));
		await eye.request({request: 'stop'});
		await eye.detach();
		await ear.detach();
	});
});

describe('catalogs and character sets', () => {
	const name = '北门停车场枪机';
	let number = 0;

	async function listed(args, count) {
		const id = `3402000000132000${3000 + ++number}`;
		const one = camera(args, {id});
		await ready(id, count);
		return {id, one, items: await channels(id)};
	}

	for(const [charset, declared] of [['gb18030', 'GB2312'], ['gbk', 'GB2312'], ['gb2312', 'GB2312'], ['utf-8', 'GB2312'], ['utf-8', 'UTF-8']]) {
		test(`a name in ${charset}, declared as ${declared}`, async () => {
			const {items, one} = await listed(['--name', name, '--charset', charset, '--xml-encoding', declared], 1);
			assert.equal(items[0].name, name);
			await one.stop();
		});
	}

	test('characters outside of GB2312 in gb18030', async () => {
		const {items, one} = await listed(['--name', '镕喆堃㐂', '--charset', 'gb18030'], 1);
		assert.equal(items[0].name, '镕喆堃㐂');
		await one.stop();
	});

	test('several channels in a message', async () => {
		const {id} = await listed(['--channels', '30', '--catalog-batch', '4'], 30);
		assert.equal((await stack.device(id)).catalog_complete, true);
	});

	test('a SumNum that is too high, and a last message that never comes: what came is there', async () => {
		const [wrong, dropped] = await Promise.all([
			listed(['--channels', '5', '--catalog-wrong-sum'], 5), listed(['--channels', '5', '--catalog-drop-last'], 4)]);
		for(const [one, count] of [[wrong, 5], [dropped, 4]]) {
			assert.equal(one.items.length, count);
			const device = await stack.device(one.id);
			assert.deepEqual([device.catalog_complete, device.catalog_received], [false, count]);
		}
	});

	test('channels that are listed as OFF are off, and play', async () => {
		const {id, items} = await listed(['--status-off', '--channels', '2'], 2);
		assert.equal(items[0].status, 'off');
		assert.equal((await stack.device(id)).channels_online, 0);
		const eye = await session.attach();
		const answer = await eye.request({request: 'watch', device: id, channel: items[0].id});
		assert.equal(answer.result.status, 'preparing');
		await until('it plays', async () => (await stack.streams()).some((one) => one.device === id && one.state === 'playing'));
		await eye.detach();
	});

	test('a device without catalog has one channel with its own id', async () => {
		const id = '34020000001320003900';
		camera(['--channels', '0'], {id});
		await stack.online(id);
		const items = await until('its one channel', async () => {
			const list = await channels(id);
			return list?.length ? list : null;
		});
		assert.deepEqual(items.map((one) => [one.device, one.id, one.playable]), [[id, id, true]]);
	});
});

describe('softphone', () => {
	test('a user that is not all digits is a device of kind user', async () => {
		const phone = await new Peer('alice').open();
		assert.equal((await phone.register()).status, 200);
		const device = await stack.online('alice');
		assert.equal(device.kind, 'user');
		assert.equal((await phone.register(0)).status, 200);
		await stack.online('alice', false);
		phone.close();
	});
});
