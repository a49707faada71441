import { counted } from '../../../src/counted';
import { type Html, html } from '../../html';
import { localAdvice } from '../record/local-advice';
import type { AttachmentRecord, IssueRecord, StepRecord } from '../record/run-record';
import { ownMessage, saysOnly } from '../record/said';
import { fileLink } from './file-link';
import { SUMMARY_TYPE } from './head';
import { logSection, openMark } from './log-section';
import type { RunView } from './run-view';
import { shownState, stateIcon } from './states';
import { renderSummary } from './summary-markdown';
import { durationOf } from './times';

const MOST_ISSUES = 50;

/** A step: result and duration in its line; message, issues, summaries, files and log below. */
export function stepSection(view: RunView, step: StepRecord): Html {
  const failed = step.result === 'failed';
  const first = view.failures[0]?.step === step;
  const hasSummary = step.attachments.some(({ type }) => type === SUMMARY_TYPE);
  const message = ownMessage(step);
  const advice = failed ? localAdvice(step) : undefined;
  const open = failed || step.state === 'inProgress' || hasSummary || step.issues.length > 0;
  return html`<li><details class="step" id="${view.anchor(step)}"${openMark(open)}><summary><span class="row">
<span>${stateIcon(shownState(step.state, step.result))} ${step.displayName}</span>
${step.attempts > 1 ? html`<span class="muted">attempt ${step.attempts}</span>` : undefined}
<span class="took">${durationOf(step.startedAt, step.finishedAt)}</span></span></summary><div class="inside">
<p class="muted">${step.task}${step.name === '' ? '' : ` · ${step.name}`}</p>
${step.progress === undefined || step.state !== 'inProgress' ? undefined : progress(step.progress)}
${message === '' ? undefined : html`<p>${message}</p>`}
${issues(step.issues)}
${advice === undefined ? undefined : html`<p>${advice}</p>`}
${step.attachments.map((attachment) => attached(view, step, attachment))}
${logSection(view, step, first || step.state === 'inProgress')}
</div></details></li>`;
}

function progress({ percent, text }: { readonly percent: number; readonly text: string }): Html {
  return html`<p><label><progress max="100" value="${percent}"></progress> ${percent} % ${text}</label></p>`;
}

function issues(found: readonly IssueRecord[]): Html | undefined {
  const left = found.length - MOST_ISSUES;
  return html`${found.slice(0, MOST_ISSUES).map(issue)}
${left > 0 ? html`<p class="muted">${counted(left, 'more issue')}: see run.json.</p>` : undefined}`;
}

function issue({ type, message, code, file, line, column }: IssueRecord): Html {
  const place = [file, line, column].filter((part) => part !== undefined && part !== '').join(':');
  return html`<p class="issue ${type}"><b>${type === 'error' ? 'Error' : 'Warning'}${code === '' ? '' : ` ${code}`}</b> <span>${message}${place === '' ? '' : html` <code>${place}</code>`}</span></p>`;
}

function attached(view: RunView, step: StepRecord, { type, name, file }: AttachmentRecord): Html | undefined {
  if (type !== SUMMARY_TYPE) {
    return html`<p>Attachment ${fileLink(file, name)} <span class="muted">${type}</span></p>`;
  }
  const text = view.read(file);
  if (text === undefined) {
    return html`<p class="muted">The summary ${name} is not there: ${file}.</p>`;
  }
  if (saysOnly(text, step.message)) {
    return undefined;
  }
  const { content, cut } = renderSummary(text);
  return html`<div class="markdown">${content}</div>
${cut ? html`<p class="muted">The summary is longer: ${fileLink(file, file)}</p>` : undefined}`;
}
