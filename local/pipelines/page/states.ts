import { Html, html } from '../../html';
import type { CheckStatus, Result, State } from '../record/run-record';

/** What a person sees of a state: a word, an icon of its own shape and a colour, never the colour alone. */
export type Shown = 'succeeded' | 'issues' | 'failed' | 'canceled' | 'skipped' | 'running' | 'waiting' | 'pending';

const WORDS: Readonly<Record<Shown, string>> = {
  succeeded: 'Succeeded',
  issues: 'Succeeded with issues',
  failed: 'Failed',
  canceled: 'Canceled',
  skipped: 'Skipped',
  running: 'Running',
  waiting: 'Waiting',
  pending: 'Not started',
};

/** Paths in a square of 16. */
const ICONS: Readonly<Record<Shown, string>> = {
  succeeded: 'M3 8.5l3.5 3.5L13 4.5',
  issues: 'M8 2.5v6.5M8 12.2v1.3',
  failed: 'M4 4l8 8M12 4l-8 8',
  canceled: 'M2.5 8a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0-11 0M4.2 11.8l7.6-7.6',
  skipped: 'M3 4l4.5 4L3 12M8.5 4l4.5 4l-4.5 4',
  running: 'M13.5 8A5.5 5.5 0 1 1 8 2.5',
  waiting: 'M2.5 8a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0-11 0M8 4.8V8l2.4 1.6',
  pending: 'M4 8h8',
};

/** The icons once, to be used by {@link icon}. */
export const ICON_SYMBOLS: Html = new Html(
  `<svg width="0" height="0" class="symbols" aria-hidden="true">${Object.entries(ICONS)
    .map(([name, path]) => `<symbol id="i-${name}" viewBox="0 0 16 16"><path d="${path}"/></symbol>`)
    .join('')}</svg>`,
);

const BY_RESULT: Readonly<Record<Result, Shown>> = {
  succeeded: 'succeeded',
  succeededWithIssues: 'issues',
  failed: 'failed',
  canceled: 'canceled',
  skipped: 'skipped',
};

/** A record that completed without a result is shown as canceled: it never counts as done. */
export function shownState(state: State, result: Result | undefined): Shown {
  if (state === 'completed') {
    return result === undefined ? 'canceled' : BY_RESULT[result];
  }
  return state === 'inProgress' ? 'running' : 'pending';
}

const BY_STATUS: Readonly<Record<CheckStatus | 'skipped', Shown>> = {
  pending: 'waiting',
  approved: 'succeeded',
  rejected: 'failed',
  timedOut: 'failed',
  bypassed: 'issues',
  canceled: 'canceled',
  failed: 'failed',
  skipped: 'skipped',
};

const STATUS_WORDS: Readonly<Record<CheckStatus | 'skipped', string>> = {
  pending: 'Waiting',
  approved: 'Approved',
  rejected: 'Rejected',
  timedOut: 'Timed out',
  bypassed: 'Bypassed',
  canceled: 'Canceled',
  failed: 'Failed',
  skipped: 'Not needed',
};

export function stateWord(shown: Shown): string {
  return WORDS[shown];
}

export function icon(shown: Shown): Html {
  return html`<svg class="icon" aria-hidden="true"><use href="#i-${shown}"/></svg>`;
}

/** Icon and word. */
export function stateBadge(shown: Shown): Html {
  return html`<span class="state s-${shown}">${icon(shown)}${WORDS[shown]}</span>`;
}

/** Icon for the eye, word for who listens. */
export function stateIcon(shown: Shown): Html {
  return html`<span class="state s-${shown}">${icon(shown)}<span class="unseen">${WORDS[shown]}: </span></span>`;
}

export function checkBadge(status: CheckStatus | 'skipped'): Html {
  const shown = BY_STATUS[status];
  return html`<span class="state s-${shown}">${icon(shown)}${STATUS_WORDS[status]}</span>`;
}
