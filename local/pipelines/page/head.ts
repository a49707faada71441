import { type Html, html } from '../../html';
import { approversToGoOn } from '../record/approval-progress';
import type { StepRecord } from '../record/run-record';
import { says } from '../record/said';
import { titleOf } from '../record/titles';
import { wayOn, wayToWorkspaces } from '../record/way-on';
import { runSentence, runState, type Waiting, waitingChecks } from './run-sentence';
import type { RunView } from './run-view';
import { icon } from './states';
import { renderFirstLine } from './summary-markdown';
import { durationOf, moment } from './times';

export const SUMMARY_TYPE = 'Distributedtask.Core.Summary';
/** First sentences of summaries in the head; all of them stand at their steps. */
const MOST_DECISIONS = 12;
const MOST_FAILURES = 10;

/** What to know first: how the run stands, what it waits for, what the steps decided, then who, when and what for. */
export function headSection(view: RunView): Html {
  const { record } = view;
  const state = runState(view);
  return html`<p class="muted">${record.pipeline.name} · run ${record.number}</p>
<div class="decision s-${state}"><h1><span class="s-${state}">${icon(state)}</span> ${runSentence(view)}</h1>
${failureLinks(view)}
</div>
${waitingChecks(view).map((waiting) => waitingNotice(view, waiting))}
${decisions(view)}
${workspacesNotice(view)}
${facts(view)}`;
}

function failureLinks(view: RunView): Html | undefined {
  const [first, ...others] = view.failures;
  if (first === undefined) {
    return undefined;
  }
  const shown = others.slice(0, MOST_FAILURES);
  return html`<p>${first.step.message}</p><p><a href="#${view.anchor(first.step)}">Go to the first failure</a></p>
${
  others.length === 0
    ? undefined
    : html`<p>Failed too: ${shown.map(({ stage, job, step }, index) => html`${index === 0 ? '' : ', '}<a href="#${view.anchor(step)}">${titleOf(stage)} › ${titleOf(job)} › ${step.displayName}</a>`)}${others.length > MOST_FAILURES ? ` and ${others.length - MOST_FAILURES} more` : ''}.</p>`
}`;
}

function waitingNotice(view: RunView, { stage, check }: Waiting): Html {
  const { approval } = check;
  return html`<section class="notice s-waiting"><h2>${titleOf(stage)} waits for ${check.resource.type} ${check.resource.name}</h2>
${check.message === undefined ? undefined : html`<p>${check.message}</p>`}
${approval === undefined || approval.instructions === '' ? undefined : html`<p>${approval.instructions}</p>`}
${check.kind === 'approval' ? howToAnswer(view, { stage, check }) : undefined}
<p><a href="#${view.anchor(stage)}">Who was asked, and when</a></p></section>`;
}

function howToAnswer({ record, caller, goesOn }: RunView, { stage, check }: Waiting): Html {
  if (goesOn) {
    return html`<p>Answer in the terminal where the run goes on.</p>`;
  }
  const asked = check.approval === undefined ? [] : approversToGoOn(check.approval, record.requestedFor);
  const names = asked.length === 0 ? ['WHO'] : asked;
  const command = wayOn(
    record,
    stage,
    names.map((name) => `${check.resource.name}=${name}`),
    caller,
  );
  return command === undefined
    ? html`<p>Run the stage again with an approval. The command is not shown, because a name in it holds signs that a terminal acts on.</p>`
    : html`<p>To approve and go on:</p><p class="command"><code data-copy="the command">${command}</code></p>`;
}

/** Tasks whose decision a reader came for: where there are too many, those of the others are left out first. */
const DECIDING = /^Databricks(?:EvaluateModel|PromoteModel|DeployEndpoint)@/;
/** A connection that works is no decision. */
const PREFLIGHT = /^DatabricksCheckConnection@/;

function decisions(view: RunView): Html | undefined {
  const all: Decision[] = view.stages.flatMap(({ newest }) =>
    newest.jobs.flatMap((job) =>
      job.steps
        .filter(({ task, result }) => !PREFLIGHT.test(task) || result !== 'succeeded')
        .flatMap((step) => decisionsOf(view, step)),
    ),
  );
  if (all.length === 0) {
    return undefined;
  }
  // Stages stand in the order of the file, which is not always that of time. The last environment of a release decides last.
  const newestFirst = all.sort((one, other) => startOf(other.step) - startOf(one.step));
  const [deciding, others] = [true, false].map((wanted) =>
    newestFirst.filter(({ step }) => DECIDING.test(step.task) === wanted),
  );
  const kept = new Set([...(deciding ?? []), ...(others ?? [])].slice(0, MOST_DECISIONS));
  const left = all.length - kept.size;
  return html`<section aria-labelledby="decisions"><h2 id="decisions">What the steps decided, newest first</h2><ul>
${newestFirst
  .filter((decision) => kept.has(decision))
  .map(({ line, step }) => html`<li>${line} <a href="#${view.anchor(step)}">${step.displayName}</a></li>`)}</ul>
${left > 0 ? html`<p class="muted">${left} more stand at their steps.</p>` : undefined}</section>`;
}

interface Decision {
  readonly line: Html;
  readonly step: StepRecord;
}

/** The first line of each summary of a step, but for why it failed, which stands above. */
function decisionsOf(view: RunView, step: StepRecord): readonly Decision[] {
  const isShown = view.failures[0]?.step === step;
  return step.attachments
    .filter(({ type }) => type === SUMMARY_TYPE)
    .map(({ file }) => view.read(file) ?? '')
    .filter((text) => !(isShown && says(text.split('\n', 1)[0] ?? '', step.message)))
    .flatMap((text) => {
      const line = renderFirstLine(text);
      return line === undefined ? [] : [{ line, step }];
    });
}

function startOf({ startedAt }: StepRecord): number {
  return startedAt === undefined ? 0 : Date.parse(startedAt);
}

/** Local workspaces end with their run: links to them lead nowhere until they are started again, at the same addresses where these are free. */
function workspacesNotice({ record, caller, goesOn }: RunView): Html | undefined {
  const command = goesOn ? undefined : wayToWorkspaces(record, caller);
  const places = (record.localWorkspaces ?? []).map(
    ({ name, url }, index) => html`${index === 0 ? '' : ', '}<b>${name}</b> <code>${url}</code>`,
  );
  return command === undefined
    ? undefined
    : html`<section class="notice"><p>The local workspaces ended with the run: ${places}. To look at them, to follow links to them, and to ask the endpoints that they serve:</p>
<p class="command"><code data-copy="the command">${command}</code></p></section>`;
}

function facts({ record }: RunView): Html {
  const commit = record.commit.slice(0, 12);
  const rows: readonly (readonly [string, Html | string])[] = [
    ['Run', `${record.number} (id ${record.id})`],
    ['Pipeline', `${record.pipeline.name}, ${record.pipeline.file}`],
    ['Project', record.project.name],
    ['Branch', `${record.branch}${record.fork ? ' (of a fork)' : ''}`],
    ['Commit', html`<code title="${record.commit}">${commit}</code>`],
    ['Reason', record.reason],
    ['Requested for', record.requestedFor.name],
    ['Queued', moment(record.queuedAt)],
    ['Duration', durationOf(record.queuedAt, record.finishedAt)],
  ];
  return html`<dl class="facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${record.tags.length === 0 ? undefined : html`<p>Tags: ${record.tags.map((tag) => html`<span class="tag">${tag}</span> `)}</p>`}`;
}
