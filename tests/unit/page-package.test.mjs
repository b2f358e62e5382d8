// What the page is made of: no script, style or font from elsewhere, and a lock file that names no host but npm's own.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';

const html = new URL('../../html/', import.meta.url);
const read = name => readFileSync(new URL(name, html), 'utf8');

test('the lock file names no private package host and pins every package', () => {
	const lock = JSON.parse(read('package-lock.json'));
	const packages = Object.entries(lock.packages).filter(([name]) => name !== '');
	assert.ok(packages.length >= 2);
	for(const [name, entry] of packages) {
		assert.match(entry.integrity ?? '', /^sha512-/, name);
		assert.match(entry.resolved ?? 'https://registry.npmjs.org/', /^https:\/\/registry\.npmjs\.org\//, name);
	}
});

test('nothing is loaded from another origin', () => {
	const files = ['index.html', 'style.css', ...readdirSync(new URL('js/', html)).map(name => `js/${name}`)];
	for(const name of files) {
		const urls = [...read(name).matchAll(/\b(?:https?|wss?):\/\/[\w.]+/g)].map(match => match[0])
			.filter(url => url !== 'http://www.w3.org' && url !== 'http://www.w3.org/2000/svg');
		assert.deepEqual(urls, [], name);
	}
});

test('every module that is imported exists', () => {
	const names = new Set(readdirSync(new URL('js/', html)));
	for(const name of names) {
		for(const [, wanted] of read(`js/${name}`).matchAll(/from '\.\/([^']+)'/g))
			assert.ok(names.has(wanted), `${name} imports ${wanted}`);
	}
});
