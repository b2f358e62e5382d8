// Every text of the page exists in both languages, with the same placeholders, and every key that is used exists.
// Run: node --test tests/unit/page-*.test.mjs

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';

import { languages, pickLanguage, setLanguage, t } from '../../html/js/i18n.js';
import { explain, STREAM_STEPS, VIEWER_STEPS } from '../../html/js/ladder.js';

const html = new URL('../../html/', import.meta.url);
const { en, zh } = languages;
const placeholders = text => [...text.matchAll(/\{(\w+)\}/g)].map(match => match[1]).sort();

test('both languages have the same keys', () => {
	assert.deepEqual(Object.keys(zh).filter(key => !(key in en)), [], 'only in Chinese');
	assert.deepEqual(Object.keys(en).filter(key => !(key in zh)), [], 'only in English');
});

test('no key stands twice in a language module', () => {
	for(const name of ['lang-en.js', 'lang-zh.js']) {
		const keys = [...readFileSync(new URL(`js/${name}`, html), 'utf8').matchAll(/^\t'([^']+)':/gm)].map(m => m[1]);
		assert.deepEqual(keys.filter((key, at) => keys.indexOf(key) !== at), [], name);
	}
});

test('placeholders are the same, and no text but the gap between sentences is empty', () => {
	for(const key of Object.keys(en)) {
		assert.deepEqual(placeholders(zh[key]), placeholders(en[key]), key);
		assert.ok(key === 'app.gap' || en[key].trim() && zh[key].trim(), key);
	}
});

test('Chinese texts are Chinese', () => {
	const same = new Set(['app.gap', 'list.channels', 'app.language', 'ladder.ms', 'ladder.sip']);
	for(const key of Object.keys(en))
		assert.ok(same.has(key) || zh[key] !== en[key], `${key} is not translated`);
});

test('checks have as many steps in both languages', () => {
	for(const key of Object.keys(en).filter(name => name.startsWith('check.'))) {
		assert.equal(zh[key].split('\n').length, en[key].split('\n').length, key);
		assert.ok(key.replace('check.', 'cause.') in en, `${key} has no cause`);
	}
});

test('every key used in the page exists', () => {
	const used = new Set();
	const markup = readFileSync(new URL('index.html', html), 'utf8');
	for(const [, key] of markup.matchAll(/data-i18n(?:-\w+)?="([^"]+)"/g))
		used.add(key);
	for(const name of readdirSync(new URL('js/', html)).filter(file => !file.startsWith('lang-'))) {
		const source = readFileSync(new URL(`js/${name}`, html), 'utf8');
		for(const [, key] of source.matchAll(/'((?:app|link|count|list|filter|state|kind|about|stage|welcome|player|stat|ladder|interrupted)\.\w+)'/g))
			used.add(key);
	}
	assert.ok(used.size > 80, `only ${used.size} keys found: has the way of writing them changed?`);
	assert.deepEqual([...used].filter(key => !(key in en)), []);
});

test('keys put together at run time exist', () => {
	const states = ['idle', 'preparing', 'playing', 'interrupted', 'failed', 'paused'].map(name => `player.${name}`);
	const rows = ['online', 'offline', 'playing'].map(name => `state.${name}`);
	const stats = ['codec', 'size', 'fps', 'bitrate', 'loss', 'first'].map(name => `stat.${name}`);
	const reasons = ['bye', 'offline', 'no_media', 'sip_error', 'link', 'other'].map(name => `interrupted.${name}`);
	const rungs = ['reached', 'missing', 'waiting', 'skipped'].map(name => `ladder.${name}`);
	const steps = [...STREAM_STEPS, ...VIEWER_STEPS].map(name => `step.${name}`);
	const links = ['connecting', 'up', 'down'].map(name => `link.${name}`);
	for(const key of [...states, ...rows, ...stats, ...reasons, ...rungs, ...steps, ...links, 'kind.platform', 'kind.user'])
		assert.ok(key in en, key);
});

test('every possible failure has title, cause and checks', () => {
	const codes = [450, 451, 452, 453, 454, 455, 456, 457, 460, 461, 463, 480, 481, 482, 483, 484, 485, 486, 499, 500,
		'link', 'ice', 'pc_lost', 'local'];
	const statuses = [undefined, 302, 400, 401, 403, 404, 408, 415, 480, 481, 486, 487, 488, 500, 503, 603];
	const steps = [undefined, 'odd', ...STREAM_STEPS, ...VIEWER_STEPS];
	const limits = [undefined, 'streams', 'transcode', 'device_streams', 'odd'];
	for(const error_code of codes) {
		for(const sip_status of statuses) {
			for(const step of steps) {
				for(const limit of limits) {
					const found = explain({ error_code, sip_status, step, limit });
					for(const key of [found.title, found.cause, found.check])
						assert.ok(key in en, `${key} for ${error_code} ${sip_status} ${step} ${limit}`);
				}
			}
		}
	}
});

test('the language is picked by address, choice, browser, in this order', () => {
	assert.equal(pickLanguage({ query: 'zh', stored: 'en', browser: ['en'] }), 'zh');
	assert.equal(pickLanguage({ query: 'fr', stored: 'zh', browser: ['en'] }), 'zh');
	assert.equal(pickLanguage({ query: null, stored: null, browser: ['fr-FR', 'zh-CN', 'en'] }), 'zh');
	assert.equal(pickLanguage({ query: null, stored: null, browser: ['de'] }), 'en');
	assert.equal(pickLanguage({ query: 'ZH-hans', stored: null }), 'zh');
});

test('texts are filled in', () => {
	setLanguage('en', { keep: false });
	assert.equal(t('count.online', { online: 3, devices: 4 }), '3 of 4 online');
	assert.equal(t('no.such.key'), 'no.such.key');
	setLanguage('zh', { keep: false });
	assert.equal(t('count.online', { online: 3, devices: 4 }), '在线 3 / 4');
	setLanguage('xx', { keep: false });
	assert.equal(t('state.online'), '在线');
});
