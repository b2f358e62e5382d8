// Registration, passwords, presence, and what survives a restart of Janus.
import assert from 'node:assert/strict';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';
import {launch, open} from './lib/browser.mjs';
import {Camera, cameraId} from './lib/camera.mjs';
import {Session} from './lib/janus.mjs';
import {play} from './lib/page.mjs';
import {Peer} from './lib/sip.mjs';
import {serverId, Stack} from './lib/stack.mjs';
import {until} from './lib/wait.mjs';

const id = (number) => `3402000000132000${number}`;
// A device is offline after five seconds of silence; cameras that shall stay online speak more often.
const options = {sip: {keepalive_interval_s: 5, keepalive_misses: 1}, media: {linger_s: 1}};
const often = ['--keepalive', '2'];

let stack;
const cameras = [];

function camera(args, more) {
	const one = new Camera([...often, ...args], more);
	cameras.push(one);
	return one;
}

describe('passwords and strangers', () => {
	before(async () => {
		stack = await new Stack({...options, sip: {...options.sip, allow_unknown: false}}).start();
	});
	after(async () => {
		await Promise.all(cameras.map((one) => one.stop()));
		await stack?.stop();
	});

	test('a device that nobody created: 403, and nothing is known of it', async () => {
		const refused = await camera([], {id: id(6001)}).happened('register_failed');
		assert.equal(refused.status, 403);
		assert.equal(await stack.device(id(6001)), null);
	});

	test('a created one registers with the common password', async () => {
		await stack.ask({request: 'create_device', device: id(6002)});
		assert.equal((await stack.device(id(6002))).online, false);
		await camera([], {id: id(6002)}).happened('registered');
		await stack.online(id(6002));
	});

	test('a wrong password: 403, offline', async () => {
		await stack.ask({request: 'create_device', device: id(6003)});
		const refused = await camera([], {id: id(6003), secret: 'wrong'}).happened('register_failed');
		assert.equal(refused.status, 403);
		assert.equal((await stack.device(id(6003))).online, false);
	});

	test('a password of its own, and no other', async () => {
		await stack.ask({request: 'create_device', device: id(6004), password: 'its-own'});
		const refused = await camera([], {id: id(6004)}).happened('register_failed');
		assert.equal(refused.status, 403);
		await camera([], {id: id(6004), secret: 'its-own'}).happened('registered');
		await stack.online(id(6004));
	});

	test('an empty password of its own: no digest', async () => {
		await stack.ask({request: 'create_device', device: id(6005), password: ''});
		const phone = await new Peer(id(6005)).open();
		assert.equal((await phone.request('REGISTER', ['Expires: 3600'])).status, 200);
		await stack.online(id(6005));
		phone.close();
	});

	test('a device that is not enabled may not register', async () => {
		await stack.ask({request: 'create_device', device: id(6006), enabled: false});
		assert.equal((await camera([], {id: id(6006)}).happened('register_failed')).status, 403);
		assert.equal((await stack.device(id(6006))).online, false);
	});

	test('the digest is asked for with 401; a nonce that is not ours is not taken', async () => {
		const phone = await new Peer(id(6002)).open();
		const asked = await phone.request('REGISTER', ['Expires: 3600']);
		assert.equal(asked.status, 401);
		assert.match(asked['www-authenticate'], new RegExp(`realm="${serverId.slice(0, 10)}"`));
		const wrong = await phone.request('REGISTER', ['Expires: 3600', `Authorization: Digest username="${id(6002)}", ` +
			`realm="${serverId.slice(0, 10)}", nonce="00", uri="sip:${serverId}@x", response="${'0'.repeat(32)}"`]);
		assert.ok([401, 403].includes(wrong.status), `${wrong.status}`);
		phone.close();
	});
});

describe('without a common password', () => {
	before(async () => {
		stack = await new Stack({env: {GB_PASSWORD: ''}}).start();
	});
	after(async () => {
		await stack?.stop();
	});

	test('no digest is asked for, and the log warns', async () => {
		const phone = await new Peer(cameraId).open();
		assert.equal((await phone.request('REGISTER', ['Expires: 3600'])).status, 200);
		await stack.online(cameraId);
		assert.match(stack.log(), /\[WARN\].*(password|digest)/i);
		phone.close();
	});
});

describe('presence', () => {
	before(async () => {
		stack = await new Stack({...options, env: {GB_JANUS_ENV: 'TZ=America/New_York'}}).start();
	});
	after(async () => {
		await stack?.stop();
	});

	test('un-registering makes it offline', async () => {
		const one = camera([]);
		await stack.online(cameraId);
		await one.stop();
		const device = await stack.online(cameraId, false);
		assert.equal(device.expires_s, 0);
		await stack.ask({request: 'destroy_device', device: cameraId});
	});

	test('the Date of the 200 is the time in Beijing, wherever the server thinks that it is', async () => {
		const phone = await new Peer(id(6010)).open();
		const {date} = await phone.register();
		const [, year, month, day, hour, minute, second] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/.exec(date) ?? assert.fail(`Date: ${date}`);
		const told = Date.UTC(year, month - 1, day, hour, minute, second) - 8 * 3600000;
		assert.ok(Math.abs(told - Date.now()) < 5000, date);
		assert.equal((await phone.register(0)).status, 200);
		phone.close();
	});

	test('a registration from another port, and from UDP to TCP, moves it', async () => {
		const first = camera([], {id: id(6011)});
		const {address} = await stack.online(id(6011));
		await first.stop('SIGKILL');
		const second = camera([], {id: id(6011)});
		await second.happened('registered');
		const moved = await stack.device(id(6011));
		assert.notEqual(moved.address, address);
		assert.equal(moved.online, true);
		await second.stop('SIGKILL');
		const third = camera(['--sip-transport', 'tcp'], {id: id(6011)});
		await third.happened('registered');
		assert.deepEqual([(await stack.device(id(6011))).transport, (await stack.device(id(6011))).online], ['tcp', true]);
		await third.stop();
		await stack.online(id(6011), false);
	});

	test('silence of keepalive_misses intervals, a lost TCP connection: offline; any message brings it back', async () => {
		const udp = camera([], {id: id(6012)}), tcp = camera(['--sip-transport', 'tcp'], {id: id(6013)});
		const phone = await new Peer(id(6014)).open();
		assert.equal((await phone.register()).status, 200);
		await Promise.all([stack.online(id(6012)), stack.online(id(6013)), stack.online(id(6014))]);
		await tcp.stop('SIGKILL');
		await Promise.all([stack.online(id(6013), false), stack.online(id(6014), false)]);
		assert.equal((await stack.device(id(6012))).online, true);
		const sign = `<?xml version="1.0"?>\r\n<Notify><CmdType>Keepalive</CmdType><SN>1</SN><DeviceID>${id(6014)}</DeviceID><Status>OK</Status></Notify>`;
		assert.equal((await phone.request('MESSAGE', ['Content-Type: Application/MANSCDP+xml'], sign)).status, 200);
		await stack.online(id(6014));
		phone.close();
		await udp.stop();
	});

	test('a message from one that is not registered does not make it online', async () => {
		const phone = await new Peer(id(6015)).open();
		const body = `<?xml version="1.0"?>\r\n<Notify><CmdType>Keepalive</CmdType><SN>1</SN><DeviceID>${id(6015)}</DeviceID><Status>OK</Status></Notify>`;
		const {status} = await phone.request('MESSAGE', ['Content-Type: Application/MANSCDP+xml'], body);
		assert.notEqual(status, 200);
		assert.ok(!(await stack.device(id(6015)))?.online);
		phone.close();
	});
});

describe('a restart of Janus', () => {
	const run = mkdtempSync(join(tmpdir(), 'gb28181-e2e-'));
	let one, browser;

	after(async () => {
		await browser?.close();
		await Promise.all(cameras.map((each) => each.stop()));
		await stack?.stop();
		rmSync(run, {recursive: true, force: true});
	});

	test('keeps devices, passwords, catalog and registrations; a watch works at once', async () => {
		const settings = {run, media: {linger_s: 1}};
		stack = await new Stack(settings).start();
		await stack.ask({request: 'create_device', device: id(6020), password: 'its-own', name: '码头'});
		// It says nothing by itself while Janus is away: only what was kept can bring it back.
		one = new Camera(['--keepalive', '0', '--channels', '3', '--channel-id', '34020000001310000201', '--name', '泊位'], {id: id(6020), secret: 'its-own'});
		cameras.push(one);
		await until('its catalog', async () => (await stack.device(id(6020))).channels === 3);
		const before = await stack.device(id(6020));
		await stack.stop();
		stack = await new Stack(settings).start();
		const device = await stack.device(id(6020));
		assert.deepEqual([device.name, device.has_password, device.channels, device.address], ['码头', true, 3, before.address]);
		assert.equal(device.registered_at, before.registered_at);
		const session = await Session.create(stack.api);
		const listed = await stack.ask({request: 'list_channels', device: id(6020)});
		assert.ok(listed.channels[0].name.startsWith('泊位'), listed.channels[0].name);
		const eye = await session.attach();
		const answer = await eye.request({request: 'watch', device: id(6020), channel: '34020000001310000202'});
		assert.equal(answer.result?.status, 'preparing', JSON.stringify(answer));
		await one.happened('stream_started');
		await session.destroy();
		await one.happened('bye');
		assert.equal(one.count('registered'), 1);
		browser = await launch();
		await play(await open(browser, stack.page), id(6020), '34020000001310000203');
		await one.stop();
		const stranger = new Camera([], {id: id(6020), secret: 'wrong'});
		cameras.push(stranger);
		assert.equal((await stranger.happened('register_failed')).status, 403);
	});
});
