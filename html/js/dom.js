// Small helpers to build elements; text always goes in as text, never as markup.

const SVG = 'http://www.w3.org/2000/svg';

/** `el('button.icon', {onclick, dataset: {...}, 'aria-label': '...'}, child, 'text')` */
export function el(spec, props = {}, ...children) {
	const [tag, ...classes] = spec.split('.');
	const node = document.createElement(tag || 'div');
	if(classes.length)
		node.className = classes.join(' ');
	for(const [name, value] of Object.entries(props)) {
		if(value === undefined || value === null)
			continue;
		if(name === 'dataset')
			Object.assign(node.dataset, value);
		else if(name.startsWith('on') || name in node && !name.startsWith('aria'))
			node[name] = value;
		else
			node.setAttribute(name, value);
	}
	node.append(...children.filter(child => child !== null && child !== undefined));
	return node;
}

/** Sets text only when it differs: no needless layout. */
export function setText(node, text) {
	if(node.textContent !== text)
		node.textContent = text;
}

/** Sets or removes data attributes; `undefined` removes. */
export function setData(node, data) {
	for(const [name, value] of Object.entries(data)) {
		if(value === undefined || value === null)
			delete node.dataset[name];
		else if(node.dataset[name] !== String(value))
			node.dataset[name] = value;
	}
}

// Icons on a 16 by 16 grid, drawn with the text's colour. "f:" in front means filled.
const ICONS = {
	online: 'f:M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3z',
	offline: 'M8 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM4.8 11.2l6.4-6.4',
	playing: 'f:M4.5 3v10l8.5-5z',
	group: 'M2 12.5v-9h4l1.5 2H14v7z',
	chevron: 'M6 4l4 4-4 4',
	stop: 'f:M4 4h8v8H4z',
	close: 'M4 4l8 8M12 4l-8 8',
	pause: 'M5.5 3.5v9M10.5 3.5v9',
	resume: 'f:M5 3v10l8-5z',
	muted: 'M3 6.2v3.6h2.2L8.5 12.5V3.5L5.2 6.2zM11 6.3l3.4 3.4M14.4 6.3L11 9.7',
	sound: 'M3 6.2v3.6h2.2L8.5 12.5V3.5L5.2 6.2zM10.8 5.8a3 3 0 0 1 0 4.4M12.6 4a5.5 5.5 0 0 1 0 8',
	details: 'M2.5 4h2M2.5 8h2M2.5 12h2M7 4h6.5M7 8h6.5M7 12h6.5',
	maximise: 'M6.5 3H3v3.5M9.5 3H13v3.5M6.5 13H3V9.5M9.5 13H13V9.5',
	restore: 'M3 6.5h3.5V3M13 6.5H9.5V3M3 9.5h3.5V13M13 9.5H9.5V13',
	retry: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3',
	warning: 'M8 2.5l6 11H2zM8 6.5v3.2M8 11.4v.4',
	error: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM5.9 5.9l4.2 4.2M10.1 5.9l-4.2 4.2',
	camera: 'M2 4.5h8.5v7H2zM10.5 7l3.5-2v6l-3.5-2',
	check: 'M3 8.5l3.2 3L13 4.5',
	missing: 'M8 3v6M8 11.8v.6',
	skipped: 'M4 8h8',
	search: 'M7 2.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4zM10.2 10.2l3.3 3.3',
};

/** An icon of the table above; decorative, so hidden from screen readers. */
export function icon(name) {
	const svg = document.createElementNS(SVG, 'svg');
	svg.setAttribute('viewBox', '0 0 16 16');
	svg.setAttribute('aria-hidden', 'true');
	svg.setAttribute('class', 'icon');
	const path = document.createElementNS(SVG, 'path');
	svg.append(path);
	setIcon(svg, name);
	return svg;
}

/** Turns an existing icon into another. */
export function setIcon(svg, name) {
	if(svg.dataset.icon === name)
		return;
	svg.dataset.icon = name;
	const filled = ICONS[name].startsWith('f:');
	const path = svg.firstChild;
	path.setAttribute('d', filled ? ICONS[name].slice(2) : ICONS[name]);
	path.setAttribute('class', filled ? 'filled' : 'stroked');
}

/** A square button with an icon; its name is read out and shown as a hint. */
export function iconButton(name, label, testid, onclick) {
	return el('button.icon-button', { type: 'button', onclick, title: label, 'aria-label': label, dataset: { testid } },
		icon(name));
}

/** Renames an icon button and, when `name` is given, changes its icon. */
export function relabel(button, label, name) {
	button.title = label;
	button.setAttribute('aria-label', label);
	if(name)
		setIcon(button.firstChild, name);
}
