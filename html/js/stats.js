// Numbers of one running play, worked out of the browser's getStats(). Pure: two samples in, figures out.

import { codecName } from './ladder.js';

/** Keeps from a stats report what the figures need; `null` when nothing is received. */
export function sample(report) {
	const entries = [...report.values()];
	const inbound = entries.filter(entry => entry.type === 'inbound-rtp');
	const video = inbound.find(entry => (entry.kind ?? entry.mediaType) === 'video');
	const audio = inbound.find(entry => (entry.kind ?? entry.mediaType) === 'audio');
	const first = video ?? audio;
	if(!first)
		return null;
	const sum = name => inbound.reduce((total, entry) => total + (entry[name] ?? 0), 0);
	return {
		at: first.timestamp,
		bytes: sum('bytesReceived'),
		received: sum('packetsReceived'),
		lost: sum('packetsLost'),
		codec: report.get(first.codecId)?.mimeType,
		audioCodec: audio && report.get(audio.codecId)?.mimeType,
		audioPackets: audio?.packetsReceived ?? 0,
		width: video?.frameWidth,
		height: video?.frameHeight,
		frames: video?.framesDecoded ?? 0,
		freezes: video?.freezeCount ?? 0,
	};
}

/** Figures of the span between two samples; an unknown one is `null`. */
export function figures(before, now) {
	const seconds = before ? (now.at - before.at) / 1000 : 0;
	const span = name => Math.max(0, now[name] - before[name]);
	const known = seconds > 0;
	const packets = known ? span('received') + span('lost') : 0;
	return {
		codec: now.codec ? codecName(now.codec) : null,
		width: now.width ?? null,
		height: now.height ?? null,
		fps: known ? span('frames') / seconds : null,
		bitrate: known ? Math.round(span('bytes') * 8 / seconds) : null,
		loss: known ? (packets > 0 ? 100 * span('lost') / packets : 0) : null,
	};
}

/** 2134000 -> '2.1 Mb/s' */
export function bitrateText(bps) {
	if(bps >= 1e6)
		return `${(bps / 1e6).toFixed(1)} Mb/s`;
	return `${Math.round(bps / 1e3)} kb/s`;
}

/** 0, '0.4', '12': one decimal only where it says something. */
export const percentText = percent => percent > 0 && percent < 10 ? percent.toFixed(1) : String(Math.round(percent));
