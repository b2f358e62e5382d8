// client.mjs - what a viewer of the containers sees; one command a run, exit status 0 when it is as it should be.
//
//   client.mjs registered COUNT        so many devices are online
//   client.mjs play DEVICE             its picture plays in Chromium, and moves
//   client.mjs offered DEVICE ADDRESS  a viewer is offered this address as a candidate
import {launch, open} from '../e2e/lib/browser.mjs';
import {Session} from '../e2e/lib/janus.mjs';
import {picture, play} from '../e2e/lib/page.mjs';
import {until} from '../e2e/lib/wait.mjs';

const page = 'http://127.0.0.1:8080/';

async function withHandle(use) {
	const session = await Session.create(`${page}janus`);
	try {
		return await use(await session.attach());
	} finally {
		await session.destroy();
	}
}

const commands = {
	registered: (count) => withHandle((handle) => until(`${count} devices online`, async () => {
		const {devices} = await handle.request({request: 'list_devices', online: true});
		return devices.length === Number(count);
	}, 20000)),

	async play(device) {
		const browser = await launch();
		try {
			const view = await open(browser, page);
			await play(view, device);
			const first = await picture(view);
			await until('the picture moves', async () => ((await picture(view)).frame - first.frame & 0xffff) >= 10);
		} finally {
			await browser.close();
		}
	},

	offered: (device, address) => withHandle(async (handle) => {
		const candidates = [];
		const take = handle.take.bind(handle);
		handle.take = (event) => {
			candidates.push(event.candidate?.candidate ?? '');
			take(event);
		};
		await handle.request({request: 'watch', device});
		await until(`${address} among the candidates`, () => candidates.some((line) => line.includes(` ${address} `)))
			.catch((error) => Promise.reject(new Error(`${error.message}; there were ${candidates.join(', ')}`)));
	}),
};

const [command, ...args] = process.argv.slice(2);
await commands[command](...args);
process.exit(0);
