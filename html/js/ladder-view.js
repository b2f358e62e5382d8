// Draws what ladder.js found out: the failure of a play, or the steps of one that works.

import { el, icon } from './dom.js';
import { t } from './i18n.js';
import { explain, rungs, STREAM_STEPS, VIEWER_STEPS } from './ladder.js';

const RUNG_ICONS = { reached: 'check', missing: 'missing', skipped: 'skipped', waiting: 'skipped' };

function rungNode(rung) {
	const facts = [];
	if(rung.status)
		facts.push(t('ladder.sip', { status: rung.status }));
	if(rung.source)
		facts.push(t('ladder.from', { source: rung.source }));
	const time = rung.state === 'reached' && rung.ms !== undefined ? t('ladder.ms', { ms: Math.round(rung.ms) }) :
		t(`ladder.${rung.state}`);
	return el('li.rung', { dataset: { step: rung.step, state: rung.state, ms: rung.ms ?? '' } },
		icon(RUNG_ICONS[rung.state]),
		el('span.rung-label', {}, t(rung.label), facts.length ? el('small', {}, facts.join(' · ')) : null),
		el('span.rung-time', {}, time));
}

function steps(title, list) {
	if(list.length === 0)
		return null;
	return el('section.steps', {}, el('h4', {}, title), el('ol', {}, ...list.map(rungNode)));
}

/** Steps reached by a play that works; `first` is the page's own time to the first picture. */
export function ladderOfPlay({ ladder, viewerLadder, first }) {
	const viewer = [...(viewerLadder ?? [])];
	if(first !== undefined)
		viewer.push({ step: 'first_picture', ms: first });
	return el('div.ladder', { dataset: { testid: 'ladder', kind: 'play' } },
		steps(t('ladder.camera'), rungs(ladder, STREAM_STEPS)),
		steps(t('ladder.viewer'), rungs(viewer, VIEWER_STEPS)));
}

/** A failed play: headline, cause, what to check, the steps, and the server's own sentence. */
export function ladderOfFailure(failure, retry) {
	const found = explain(failure);
	const checks = t(found.check, found.params).split('\n');
	const says = [found.sentence, found.reason && `SIP ${found.status ?? ''} ${found.reason}`].filter(Boolean).join(' · ');
	const button = el('button.primary', { type: 'button', onclick: retry, dataset: { testid: 'retry' } },
		icon('retry'), t('player.retry'));
	return el('div.ladder', { role: 'alert',
		dataset: { testid: 'ladder', kind: 'failure', code: failure.error_code, missing: found.missing ?? '',
			sip: found.status ?? '' } },
	el('div.ladder-head', {}, icon('error'),
		el('h3', {}, t(found.title) + (found.status ? ` (SIP ${found.status})` : '')), button),
	el('div.ladder-body', {},
		el('div.advice', {},
			el('h4', {}, t('ladder.cause')),
			el('p', { dataset: { testid: 'cause' } }, t(found.cause, found.params)),
			el('h4', {}, t('ladder.check')),
			el('ul', { dataset: { testid: 'checks' } }, ...checks.map(line => el('li', {}, line))),
			found.holders.length ? el('p', {}, t('ladder.holders', { list: found.holders.join(', ') })) : null,
			says ? el('p.says', {}, t('ladder.server_says'), el('q', {}, says)) : null),
		steps(t('ladder.camera'), found.stream),
		steps(t('ladder.viewer'), found.viewer)));
}
