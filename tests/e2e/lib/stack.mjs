// stack.mjs - Janus with the plugin under test, and nginx with the page, in the namespace that the test runs in.
//
// GB_BUILD names the build folder; a build with AddressSanitizer is recognised and gets what it needs to load into Debian's Janus.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Program} from './process.mjs';
import {until} from './wait.mjs';

export const top = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
export const build = resolve(process.env.GB_BUILD ?? join(top, 'build'));
export const serverId = '34020000002000000001';
export const password = 'e2e-secret';
export const adminKey = 'e2e-admin-key';
/** The namespace's address: Janus offers browsers no candidate on loopback. */
export const address = process.env.GB_E2E_IP ?? '10.77.0.1';

const plugin = join(build, '.libs/libjanus_gb28181.so');

// Sanitizers of a module must be in the process before it is.
function sanitizer() {
	const needed = execFileSync('ldd', [plugin], {encoding: 'utf8'});
	if(!needed.includes('libasan')) {
		return '';
	}
	const library = execFileSync('gcc', ['-print-file-name=libasan.so'], {encoding: 'utf8'}).trim();
	return `LD_PRELOAD=${library} ASAN_OPTIONS=detect_leaks=0:abort_on_error=1 UBSAN_OPTIONS=print_stacktrace=1`;
}

function indent(options) {
	return Object.entries(options).map(([key, value]) =>
		`\t${key} = ${typeof value === 'string' ? JSON.stringify(value) : value}`).join('\n');
}

export class Stack {
	/** `sip`, `media`: further options of the plugin's jcfg. `files`: further files of the configuration, by name. `run`: an earlier stack's folder, to come back with its store. */
	constructor({sip = {}, media = {}, general = {}, files = {}, run, env = {}} = {}) {
		this.files = files;
		this.ownsRun = !run;
		this.run = run ?? mkdtempSync(join(tmpdir(), 'gb28181-e2e-'));
		this.env = {
			GB_RUN: this.run, GB_PLUGIN: plugin, GB_PAGE: `${address}:8080`, GB_ICE_IP: address, GB_PASSWORD: password,
			GB_SERVER_ID: serverId, GB_ADMIN_KEY: adminKey, GB_ADMIN_SECRET: 'e2e', GB_DEBUG_LEVEL: '5',
			GB_SIP_MORE: indent(sip), GB_MEDIA_MORE: indent(media), GB_GENERAL_MORE: indent(general), ...env,
			GB_JANUS_ENV: `${sanitizer()} ${env.GB_JANUS_ENV ?? ''}`,
		};
		this.page = `http://${address}:8080/`;
		this.admin = 'http://127.0.0.1:17088/admin';
		this.api = 'http://127.0.0.1:18088/janus';
	}

	async start() {
		const script = join(top, 'conf/stack.sh');
		execFileSync(script, ['config'], {env: {...process.env, ...this.env}, stdio: ['ignore', 'pipe', 'pipe']});
		for(const [name, text] of Object.entries(this.files)) {
			writeFileSync(join(this.run, 'conf', name), text);
		}
		this.janus = new Program(script, ['janus'], {env: this.env, name: 'janus'});
		await this.#answers(this.janus, `${this.api}/info`);
		this.nginx = new Program(script, ['nginx'], {env: this.env, name: 'nginx'});
		await this.#answers(this.nginx, `${this.page}janus/info`);
		return this;
	}

	async #answers(program, url) {
		await until(`${program.name} at ${url}`, async () => {
			if(!program.alive()) {
				throw new Error(`${program.name} ended: ${program.exit}\n${program.tail()}`);
			}
			const answer = await fetch(url).then((response) => response.text(), () => '');
			return answer.includes('janus.plugin.gb28181');
		}, 30000);
	}

	/** A synchronous request by the Admin API; the plugin's answer. */
	async ask(request) {
		const response = await fetch(this.admin, {
			method: 'POST',
			body: JSON.stringify({
				janus: 'message_plugin', transaction: 't', admin_secret: 'e2e', plugin: 'janus.plugin.gb28181', request,
			}),
		});
		const answer = await response.json();
		if(answer.janus === 'error') {
			throw new Error(`admin: ${JSON.stringify(answer.error)}`);
		}
		return answer.response;
	}

	/** The device as the registry has it; null where there is none. */
	async device(id) {
		const answer = await this.ask({request: 'get_device', device: id});
		return answer.error_code ? null : answer.device ?? answer;
	}

	async online(id, wanted = true, timeoutMs = 15000) {
		return until(`device ${id} ${wanted ? 'online' : 'offline'}`, async () => {
			const device = await this.device(id);
			return device && device.online === wanted ? device : null;
		}, timeoutMs);
	}

	async streams() {
		return (await this.ask({request: 'list_streams'})).streams;
	}

	/** What the Admin API's handle_info says of the plugin's state on a handle. */
	async handleInfo(session, handle) {
		const response = await fetch(`${this.admin}/${session.id}/${handle.id}`, {
			method: 'POST', body: JSON.stringify({janus: 'handle_info', transaction: 't', admin_secret: 'e2e'}),
		});
		return (await response.json()).info.plugin_specific;
	}

	/** All that Janus printed. */
	log() {
		return this.janus.lines.join('\n');
	}

	/** Ends both; throws when Janus did not end in order or a sanitizer spoke. */
	async stop() {
		await this.nginx?.stop('SIGTERM');
		const exit = await this.janus?.stop('SIGTERM', 20000);
		if(this.ownsRun) {
			rmSync(this.run, {recursive: true, force: true});
		}
		const spoke = this.janus?.lines.filter((line) => /ERROR: AddressSanitizer|runtime error:/.test(line)) ?? [];
		if(spoke.length > 0) {
			throw new Error(`sanitizer: ${spoke[0]}\n${this.janus.tail(60)}`);
		}
		if(exit !== 0) {
			throw new Error(`janus ended with ${exit}\n${this.janus.tail(40)}`);
		}
	}

	config(name) {
		return readFileSync(join(this.run, 'conf', name), 'utf8');
	}
}
