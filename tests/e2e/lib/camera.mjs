// camera.mjs - simulated cameras: started, listened to, steered.
import {join} from 'node:path';
import {Program} from './process.mjs';
import {build, password, serverId} from './stack.mjs';
import {until} from './wait.mjs';

export const cameraId = '34020000001320000001';

export class Camera extends Program {
	/** `args`: further options of gb28181-camera. */
	constructor(args = [], {id = cameraId, server = '127.0.0.1:5060', secret = password} = {}) {
		super(join(build, 'gb28181-camera'), [
			'--server', server, '--server-id', serverId, '--id', id, '--password', secret, '--size', '640x360', '--bitrate', '800000', ...args,
		], {name: 'gb28181-camera'});
		this.id = id;
		this.events = [];
		this.on('line', (line) => {
			if(line.startsWith('{')) {
				this.events.push(JSON.parse(line));
			}
		});
	}

	count(event) {
		return this.events.filter((one) => one.event === event).length;
	}

	/** Waits until there have been `times` events of this name; resolves with the last. */
	async happened(event, times = 1, timeoutMs = 10000) {
		await until(`camera: ${times} times ${event}; said: ${this.tail(5)}`, () => this.count(event) >= times || !this.alive(), timeoutMs);
		if(this.count(event) < times) {
			throw new Error(`camera ended with ${this.exit}\n${this.tail()}`);
		}
		return this.events.filter((one) => one.event === event)[times - 1];
	}
}
