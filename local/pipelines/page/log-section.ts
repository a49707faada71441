import { counted } from '../../../src/counted';
import { type Html, html } from '../../html';
import type { StepRecord } from '../record/run-record';
import { fileLink } from './file-link';
import { type LogLine, type LogPart, logParts } from './log-lines';
import type { RunView } from './run-view';

/** A step's log, to be opened: whole, or without its middle and with a sentence that says so. */
export function logSection(view: RunView, step: StepRecord, open: boolean): Html | undefined {
  const lines = view.log(step);
  if (lines === undefined) {
    return step.startedAt === undefined
      ? undefined
      : html`<p class="muted">The log is not there: ${step.log === '' ? 'the step left none' : step.log}.</p>`;
  }
  const parts = logParts(lines, view.logBudget);
  const label = `Log of ${step.displayName}`;
  return html`<details class="whole-log" id="${view.anchor(step)}-log"${openMark(open)}><summary>Log, ${counted(lines.length, 'line')}</summary>
<div class="log" tabindex="0" role="region" aria-label="${label}">${parts.map((part) => partOf(part, step))}</div>
<p>${fileLink(step.log, 'The whole log as a file')}</p></details>`;
}

/** `data-open` is for the script: how the page was made, whatever the reader opened since. */
export function openMark(open: boolean): Html | undefined {
  return open ? html` open data-open` : undefined;
}

function partOf(part: LogPart, step: StepRecord): Html {
  if ('leftOut' in part) {
    return html`<div class="cut">${counted(part.leftOut, 'line')} left out here, to keep the page small. All lines: ${fileLink(step.log, step.log)}</div>`;
  }
  return 'group' in part
    ? html`<details><summary>${part.group === '' ? 'Group' : part.group}</summary>${part.lines.map(lineOf)}</details>`
    : lineOf(part);
}

const SPOKEN: Readonly<Partial<Record<LogLine['kind'], string>>> = { error: 'Error: ', warning: 'Warning: ' };

function lineOf({ time, kind, text }: LogLine): Html {
  const stamp = time === '' ? undefined : html`<i>${time}</i>`;
  return kind === 'text'
    ? html`<div>${stamp}${text}</div>`
    : html`<div class="${kind}">${stamp}${SPOKEN[kind]}${text}</div>`;
}
