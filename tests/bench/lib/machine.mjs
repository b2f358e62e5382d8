// machine.mjs - what a process and the machine use, read from /proc; numbers for tables.
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {cpus, loadavg} from 'node:os';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], {encoding: 'utf8'}));

/** Seconds of CPU that the process has used, all threads together. */
export function cpuSeconds(pid) {
	const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
	return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Resident memory in bytes. */
export function residentBytes(pid) {
	return 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}

/** One line on where and under what load the numbers were taken. */
export function machine() {
	return `${cpus().length} x ${cpus()[0].model.trim()}, load ${loadavg().map((one) => one.toFixed(2)).join(' ')}`;
}

/** The value below which `share` (0 to 1) of the values lie. */
export function percentile(values, share) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

export function print(rows) {
	const width = Math.max(...rows.map(([name]) => name.length));
	for(const [name, value] of rows) {
		console.log(`${name.padEnd(width)}  ${value}`);
	}
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
