// ./quickstart.sh from the command to the picture, and what it leaves behind: nothing. Run by quickstart.sh of this folder.
import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {launch, open} from './lib/browser.mjs';
import {picture, play} from './lib/page.mjs';
import {Program} from './lib/process.mjs';
import {top} from './lib/stack.mjs';
import {until} from './lib/wait.mjs';

const machine = process.env.GB_E2E_MACHINE ?? '';
const script = join(top, 'quickstart.sh');
const device = '34020000001320000001';
let started, browser;

const sockets = () => execFileSync('ss', ['-Hlntu'], {encoding: 'utf8'}).trim();
const interfaces = () => execFileSync('ip', ['-o', 'link'], {encoding: 'utf8'}).trim().split('\n').length;

async function begin(args = []) {
	const program = new Program(script, args, {name: 'quickstart.sh'});
	await until('the quickstart says its page', () => {
		if(!program.alive()) {
			throw new Error(`ended with ${program.exit}\n${program.tail()}`);
		}
		return program.lines.some((line) => line.includes('Ctrl-C ends everything'));
	}, 240000);
	return program;
}

before(async () => {
	browser = await launch();
});

after(async () => {
	await browser?.close();
	await started?.stop();
});

test(`a picture plays after one command, on a machine ${machine}`, async () => {
	started = await begin();
	const url = started.lines.join('\n').match(/http:\/\/\S+/)[0];
	assert.equal(url, 'http://127.0.0.1:8080/');
	const page = await open(browser, url);
	await play(page, device);
	const first = await picture(page);
	await until('ten more pictures', async () => ((await picture(page)).frame - first.frame & 0xffff) >= 10);
});

test(`Ctrl-C ends everything it started, on a machine ${machine}`, async () => {
	await browser.close();
	assert.equal(await started.stop('SIGINT', 20000), 130);
	await until('no socket listens any more', () => sockets() === '');
	assert.equal(interfaces(), machine.includes('LAN') ? 3 : 1);
});

test(`a port in use is one clear line, on a machine ${machine}`, async () => {
	const server = createServer().listen(8080, '127.0.0.1');
	await until('the port is taken', () => server.listening);
	const {status, stdout, stderr} = spawnSync(script, [], {encoding: 'utf8'});
	server.close();
	assert.equal(status, 1);
	assert.equal(stdout, '');
	assert.match(stderr, /^quickstart: port 8080 is in use [^\n]*--listen\n$/);
	assert.equal(interfaces(), machine.includes('LAN') ? 3 : 1);
});

test(`a wrong option is one clear line, on a machine ${machine}`, () => {
	for(const args of [['--nonsense'], ['--sip-port', '0'], ['--cameras'], ['--listen', '1.2.3.4:x'], ['--rtp-ports', '5']]) {
		const {status, stderr} = spawnSync(script, args, {encoding: 'utf8'});
		assert.equal(status, 2);
		assert.match(stderr, /^quickstart: [^\n]+\n$/);
	}
});
