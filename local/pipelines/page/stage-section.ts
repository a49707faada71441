import { counted } from '../../../src/counted';
import { type Html, html } from '../../html';
import type { JobRecord, StageRecord } from '../record/run-record';
import { isImplicitStage, titleOf } from '../record/titles';
import type { Attempts } from './attempts';
import { checksSection } from './checks-section';
import { openMark } from './log-section';
import { jobsOf, type RunView, stageState } from './run-view';
import { shownState, stateBadge, stateIcon } from './states';
import { stepSection } from './step-section';
import { durationOf, moment } from './times';

/** A stage whose jobs are few shows them open. */
const FEW_JOBS = 3;

/** A stage: state, checks, jobs, and its former attempts, closed. */
export function stageSection(view: RunView, { newest, former }: Attempts<StageRecord>): Html {
  const id = view.anchor(newest);
  return html`<section class="stage" id="${id}" tabindex="-1" aria-labelledby="${id}-title">
<div class="row"><h2 id="${id}-title">${titleOf(newest)}</h2>${stateBadge(stageState(newest))}
${newest.attempt > 1 ? html`<span class="muted">attempt ${newest.attempt}</span>` : undefined}
<span class="took">${durationOf(newest.startedAt, newest.finishedAt)}</span></div>
${stageBody(view, newest)}
${former.map((stage) => formerStage(view, stage))}</section>`;
}

function formerStage(view: RunView, stage: StageRecord): Html {
  return html`<details class="job" id="${view.anchor(stage)}"><summary><span class="row"><span>${stateIcon(shownState(stage.state, stage.result))} Former attempt ${stage.attempt}</span>
<span class="took">${durationOf(stage.startedAt, stage.finishedAt)}</span></span></summary><div class="inside">${stageBody(view, stage)}</div></details>`;
}

function stageBody(view: RunView, stage: StageRecord): Html {
  const jobs = jobsOf(stage);
  const facts = [
    ...(stage.name === titleOf(stage) || isImplicitStage(stage) ? [] : [stage.name]),
    ...(stage.dependsOn.length === 0 ? [] : [`after ${stage.dependsOn.join(', ')}`]),
  ].join(' · ');
  const began =
    stage.startedAt === undefined ? undefined : html`${facts === '' ? '' : ' · '}began ${moment(stage.startedAt)}`;
  return html`<p class="muted">${facts}${began}</p>
${stage.note === undefined ? undefined : html`<p>${stage.note}</p>`}
${stage.checkpoint === undefined || stage.checkpoint.checks.length === 0 ? undefined : checksSection(stage.checkpoint)}
${jobs.map(({ newest, former }) => [jobSection(view, newest, { former: false, few: jobs.length <= FEW_JOBS }), ...former.map((job) => jobSection(view, job, { former: true, few: false }))])}`;
}

function jobSection(view: RunView, job: JobRecord, { former, few }: { former: boolean; few: boolean }): Html {
  const open = !former && (few || job.result === 'failed' || job.state === 'inProgress');
  const name = titleOf(job);
  return html`<details class="job" id="${view.anchor(job)}" data-name="${name}"${openMark(open)}><summary><span class="row">
<span>${stateIcon(shownState(job.state, job.result))} <b>${name}</b>${former ? ' (former attempt)' : ''}</span>
${job.attempt > 1 || former ? html`<span class="muted">attempt ${job.attempt}</span>` : undefined}
<span class="muted">${counted(job.steps.length, 'step')}</span><span class="took">${durationOf(job.startedAt, job.finishedAt)}</span></span></summary>
<div class="inside">${jobFacts(job)}
${job.note === undefined ? undefined : html`<p>${job.note}</p>`}
<ol class="steps">${job.steps.map((step) => stepSection(view, step))}</ol>${outputs(job)}</div></details>`;
}

function jobFacts(job: JobRecord): Html | undefined {
  const { name, environment, hook, dependsOn } = job;
  const facts = [
    ...(name === titleOf(job) ? [] : [name]),
    ...(environment === undefined ? [] : [`environment ${environment}`]),
    ...(hook === undefined ? [] : [`hook ${hook}`]),
    ...(dependsOn.length === 0 ? [] : [`after ${dependsOn.join(', ')}`]),
  ];
  return facts.length === 0 ? undefined : html`<p class="muted">${facts.join(' · ')}</p>`;
}

function outputs(job: JobRecord): Html | undefined {
  const entries = Object.entries(job.outputs);
  return entries.length === 0
    ? undefined
    : html`<details><summary>${counted(entries.length, 'output')}</summary><div class="scroll" tabindex="0" role="region" aria-label="Outputs of ${titleOf(job)}"><table><tbody>
${entries.map(([name, value]) => html`<tr><th scope="row"><code>${name}</code></th><td><code>${value}</code></td></tr>`)}</tbody></table></div></details>`;
}
