// bench_devices.mjs - many simulated devices at one Janus: is any of them taken for offline, and what do they cost?
//
//   --devices N     (1000)
//   --seconds N     time of measuring, after all have registered and were asked for their catalog (600)
//   --keepalive N   of the devices and of the server's expectation, in seconds (60)
//   --tcp           each device over a TCP connection of its own; otherwise UDP
//   --sockets       over UDP each device from a port of its own; otherwise all share one
//   --store PATH    SQLite file, `:memory:` or `file` for one in the run folder (file)
//
// Ends with status 1 when a device was offline while measuring.
import {parseArgs} from 'node:util';
import {Camera} from '../e2e/lib/camera.mjs';
import {Session} from '../e2e/lib/janus.mjs';
import {Stack} from '../e2e/lib/stack.mjs';
import {until} from '../e2e/lib/wait.mjs';
import {cpuSeconds, machine, print, residentBytes, sleep} from './lib/machine.mjs';

const {values: options} = parseArgs({options: {
	devices: {type: 'string', default: '1000'}, seconds: {type: 'string', default: '600'},
	keepalive: {type: 'string', default: '60'}, tcp: {type: 'boolean', default: false},
	sockets: {type: 'boolean', default: false}, store: {type: 'string', default: 'file'},
}});
const devices = Number(options.devices);
/** So many in one process: the simulated camera keeps its timers in one list. */
const perProcess = 1000;
const seconds = Number(options.seconds);

const memory = (bytes) => `${(bytes / 1024).toFixed(0)} kB`;

async function counts() {
	return (await stack.ask({request: 'info'})).counts;
}

/** Counts, as an API client hears of it, how often a device goes offline. */
async function listener() {
	const session = await Session.create(stack.api);
	const handle = await session.attach();
	const heard = {offline: 0, gaps: 0, session};
	let seq = null;
	const take = handle.take.bind(handle);
	handle.take = (event) => {
		const data = event.plugindata?.data;
		if(data?.notify !== 'devices') {
			take(event);
			return;
		}
		heard.gaps += seq !== null && data.seq !== seq + 1 ? 1 : 0;
		seq = data.seq;
		heard.offline += data.items.filter((item) => item.event === 'offline').length;
	};
	await handle.request({request: 'listen', topics: ['devices']});
	return heard;
}

async function register() {
	const begun = Date.now();
	const before = {rss: residentBytes(pid), cpu: cpuSeconds(pid)};
	for(let first = 0; first < devices; first += perProcess) {
		cameras.push(new Camera([
			'--count', Math.min(perProcess, devices - first), '--keepalive', options.keepalive, '--picture', 'shared',
			'--register-rate', Math.ceil(200 * perProcess / Math.max(devices, perProcess)),
			...(options.tcp ? ['--sip-transport', 'tcp'] : []), ...(options.sockets ? ['--own-sockets'] : []),
		].map(String), {id: `3402000000132${String(first + 1).padStart(7, '0')}`}));
	}
	const patience = 60000 + 60 * devices;
	await until(`${devices} devices online`, async () => (await counts()).online === devices, patience);
	const registered = Date.now();
	await until('the catalog of each', async () => (await counts()).channels === devices, patience);
	// Answers that are still on their way, transactions that linger for 32 s.
	await sleep(40000);
	return {
		registerS: (registered - begun) / 1000, catalogS: (Date.now() - 40000 - begun) / 1000,
		cpu: cpuSeconds(pid) - before.cpu, before: before.rss, after: residentBytes(pid),
	};
}

async function measure() {
	const heard = await listener();
	await sleep(2000);
	const listened = residentBytes(pid);
	const from = {cpu: cpuSeconds(pid), at: Date.now(), keepalives: count('keepalive')};
	const result = {lowest: devices, asked: 0, peak: 0, heard, listened};
	let last = {...from};
	while(Date.now() - from.at < seconds * 1000) {
		await sleep(Math.min(2000, seconds * 1000));
		result.lowest = Math.min(result.lowest, (await counts()).online);
		result.asked++;
		if(Date.now() - last.at >= 10000) {
			const now = {cpu: cpuSeconds(pid), at: Date.now()};
			result.peak = Math.max(result.peak, 100000 * (now.cpu - last.cpu) / (now.at - last.at));
			last = now;
		}
	}
	result.seconds = (Date.now() - from.at) / 1000;
	result.cpu = 100 * (cpuSeconds(pid) - from.cpu) / result.seconds;
	result.keepalives = count('keepalive') - from.keepalives;
	result.rss = residentBytes(pid);
	const offline = await stack.ask({request: 'list_devices', online: false});
	result.offline = offline.total;
	await heard.session.destroy();
	return result;
}

const cameras = [];
const count = (event) => cameras.reduce((sum, camera) => sum + camera.count(event), 0);
const stack = new Stack({
	sip: {keepalive_interval_s: Number(options.keepalive)},
	env: {GB_DEBUG_LEVEL: '4', ...(options.store === 'file' ? {} : {GB_STORE: options.store})},
});
let pid;
let failed = true;
try {
	await stack.start();
	pid = stack.janus.child.pid;
	const begun = machine();
	const start = await register();
	const run = await measure();
	const lost = ['keepalive_lost', 'connection_lost', 'register_failed'].map((event) => `${event} ${count(event)}`);
	failed = run.lowest < devices || run.heard.offline > 0 || run.offline > 0;
	print([
		['machine at the start', begun],
		['machine at the end', machine()],
		['devices', `${devices}, ${options.tcp ? 'TCP' : 'UDP'}, keepalive ${options.keepalive} s, store ${options.store}`],
		['all registered after', `${start.registerS.toFixed(1)} s`],
		['all catalogs after', `${start.catalogS.toFixed(1)} s`],
		['CPU up to there', `${start.cpu.toFixed(2)} s (${(1e6 * start.cpu / devices).toFixed(0)} us a device)`],
		['memory before, after', `${memory(start.before)}, ${memory(start.after)}`],
		['memory a device', `${((start.after - start.before) / devices).toFixed(0)} bytes`],
		['measured for', `${run.seconds.toFixed(0)} s, ${run.asked} looks`],
		['keepalives answered', `${run.keepalives} (${(run.keepalives / run.seconds).toFixed(1)}/s)`],
		['fewest devices online', run.lowest],
		['offline notifications', `${run.heard.offline} (gaps in seq: ${run.heard.gaps})`],
		['offline at the end', run.offline],
		['CPU of Janus', `${run.cpu.toFixed(2)} % of a core; worst 10 s ${run.peak.toFixed(2)} %`],
		['memory with a listener, at the end', `${memory(run.listened)}, ${memory(run.rss)}`],
		['at the devices', lost.join(', ')],
	]);
} finally {
	await Promise.all(cameras.map((camera) => camera.stop('SIGTERM', 20000)));
	await stack.stop();
}
process.exit(failed ? 1 : 0);
