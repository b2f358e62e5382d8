// process.mjs - a program that a test starts, reads and ends.
import {spawn} from 'node:child_process';
import {EventEmitter, once} from 'node:events';
import {createInterface} from 'node:readline';

const running = new Set();

// Whatever way the test ends, nothing that it started goes on.
process.on('exit', () => {
	for(const one of running) {
		one.child.kill('SIGKILL');
	}
});

export class Program extends EventEmitter {
	constructor(command, args, {env = {}, name = command} = {}) {
		super();
		this.name = name;
		this.lines = [];
		this.exit = null;
		this.child = spawn(command, args, {env: {...process.env, ...env}, stdio: ['pipe', 'pipe', 'pipe']});
		running.add(this);
		this.ended = once(this.child, 'exit').then(([code, signal]) => {
			running.delete(this);
			this.exit = signal ?? code;
			return this.exit;
		});
		for(const stream of [this.child.stdout, this.child.stderr]) {
			createInterface({input: stream}).on('line', (line) => {
				this.lines.push(line);
				this.emit('line', line);
			});
		}
		this.child.stdin.on('error', () => {});
	}

	alive() {
		return this.exit === null;
	}

	write(line) {
		this.child.stdin.write(`${line}\n`);
	}

	/** Ends it orderly, by force after `timeoutMs`; resolves with its exit code or signal. */
	async stop(signal = 'SIGTERM', timeoutMs = 10000) {
		if(this.alive()) {
			this.child.kill(signal);
			const timer = setTimeout(() => this.child.kill('SIGKILL'), timeoutMs);
			await this.ended;
			clearTimeout(timer);
		}
		return this.exit;
	}

	/** The last lines, for a failure's message. */
	tail(count = 15) {
		return this.lines.slice(-count).join('\n');
	}
}
