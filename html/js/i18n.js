// Language of the page: picks it, keeps it, and turns keys into text.
// All text lives in lang-en.js and lang-zh.js, one flat module each; a unit test compares their keys.
// Works without a DOM too, so that pure modules can be tested in node.

import en from './lang-en.js';
import zh from './lang-zh.js';

export const languages = { en, zh };
const STORE = 'gb28181.lang';
const listeners = new Set();
let current = 'en';

/** The first of: `?lang=`, what was chosen before, the browser's languages; English otherwise. */
export function pickLanguage({ query, stored, browser = [] }) {
	for(const tag of [query, stored, ...browser]) {
		const code = String(tag ?? '').toLowerCase().split('-')[0];
		if(code in languages)
			return code;
	}
	return 'en';
}

/** Text of `key`, with `{name}` replaced from `params`. An unknown key shows itself. */
export function t(key, params = {}) {
	const text = languages[current][key];
	if(typeof text !== 'string')
		return key;
	return text.replace(/\{(\w+)\}/g, (whole, name) => String(params[name] ?? whole));
}

/** True if `key` exists in the present language. */
export const has = key => typeof languages[current][key] === 'string';

export const language = () => current;

export function setLanguage(code, { keep = true } = {}) {
	if(!(code in languages))
		return;
	current = code;
	if(keep) {
		try {
			localStorage.setItem(STORE, code);
		} catch{
			// private windows refuse storage; the choice then lasts as long as the page
		}
	}
	for(const listener of listeners)
		listener(code);
}

/** Calls `listener` after each change of language. */
export function onLanguage(listener) {
	listeners.add(listener);
}

/** Chooses the language at start; `?lang=` counts for this visit and is not kept. */
export function startLanguage() {
	let stored = null;
	try {
		stored = localStorage.getItem(STORE);
	} catch{
		// as above
	}
	const query = new URLSearchParams(location.search).get('lang');
	setLanguage(pickLanguage({ query, stored, browser: navigator.languages }), { keep: false });
}

const ATTRIBUTES = { i18n: null, i18nTitle: 'title', i18nLabel: 'aria-label', i18nPlaceholder: 'placeholder' };

/** Fills every element below `root` that carries data-i18n, -title, -label or -placeholder. */
export function translate(root) {
	for(const [name, attribute] of Object.entries(ATTRIBUTES)) {
		const selector = `[data-${name.replace(/[A-Z]/g, c => '-' + c.toLowerCase())}]`;
		for(const node of root.querySelectorAll(selector)) {
			if(attribute)
				node.setAttribute(attribute, t(node.dataset[name]));
			else
				node.textContent = t(node.dataset[name]);
		}
	}
}
