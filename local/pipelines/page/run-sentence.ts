import { counted } from '../../../src/counted';
import { approvalsGiven } from '../record/approval-progress';
import type { CheckRunRecord, StageRecord } from '../record/run-record';
import { isImplicitStage, titleOf } from '../record/titles';
import { jobsOf, type RunView, stageState } from './run-view';
import { type Shown, shownState } from './states';

/** A check that holds a stage back. */
export interface Waiting {
  readonly stage: StageRecord;
  readonly check: CheckRunRecord;
}

/** Every check of a newest attempt that has no answer yet. */
export function waitingChecks({ stages }: RunView): Waiting[] {
  return stages
    .map(({ newest }) => newest)
    .filter((stage) => stageState(stage) === 'waiting')
    .flatMap((stage) =>
      (stage.checkpoint?.checks ?? []).filter(({ status }) => status === 'pending').map((check) => ({ stage, check })),
    );
}

/** State of the run; one with a check that nobody answered waits. */
export function runState(view: RunView): Shown {
  return waitingChecks(view).length > 0 ? 'waiting' : shownState(view.record.state, view.record.result);
}

/** The first sentence of the page: how the run stands and where. */
export function runSentence(view: RunView): string {
  const waiting = waitingChecks(view)[0];
  if (waiting !== undefined) {
    return `Waiting: stage ${titleOf(waiting.stage)} needs ${whatIsNeeded(waiting.check)}.`;
  }
  const { record } = view;
  switch (shownState(record.state, record.result)) {
    case 'failed':
      return failureSentence(view);
    case 'running':
      return runningSentence(view);
    case 'pending':
      return 'Not started yet.';
    case 'issues':
      return `Succeeded with issues: ${stageCounts(view)}.`;
    case 'succeeded':
      return `Succeeded: ${stageCounts(view)}.`;
    case 'skipped':
      return 'Skipped: no stage of the run was to run.';
    default:
      return 'Canceled before it was done.';
  }
}

function failureSentence(view: RunView): string {
  const failure = view.failures[0];
  if (failure !== undefined) {
    const job = jobsOf(failure.stage).length > 1 ? `job ${titleOf(failure.job)}, ` : '';
    const stage = isImplicitStage(failure.stage) ? '' : `stage ${titleOf(failure.stage)}, `;
    return `Failed in ${stage}${job}step ${failure.step.displayName}.`;
  }
  const stage = view.stages.map(({ newest }) => newest).find(({ result }) => result === 'failed');
  return stage === undefined
    ? 'Failed.'
    : `Failed in stage ${titleOf(stage)}${stage.note === undefined ? '.' : `: ${stage.note}`}`;
}

function runningSentence(view: RunView): string {
  const running = view.stages.map(({ newest }) => newest).filter(({ state }) => state === 'inProgress');
  const job = running.flatMap(({ jobs }) => jobs).find(({ state }) => state === 'inProgress');
  const step = job?.steps.find(({ state }) => state === 'inProgress');
  const stages = running.map(titleOf).join(', ');
  if (stages === '') {
    return 'Running: the next stage is about to start.';
  }
  const percent = step?.progress === undefined ? '' : ` (${step.progress.percent} %)`;
  return `Running: stage${running.length > 1 ? 's' : ''} ${stages}${step === undefined ? '' : `, step ${step.displayName}${percent}`}.`;
}

function stageCounts({ stages }: RunView): string {
  const skipped = stages.filter(({ newest }) => newest.result === 'skipped').length;
  return `${counted(stages.length - skipped, 'stage')} ran${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

function whatIsNeeded({ kind, approval, resource }: CheckRunRecord): string {
  switch (kind) {
    case 'approval': {
      const given = approval === undefined ? '' : approvalsGiven(approval);
      return `an approval for ${resource.name}${given === '' ? '' : ` (${given} given)`}`;
    }
    case 'branchControl':
      return `the branch control of ${resource.name}`;
    case 'businessHours':
      return `the business hours of ${resource.name}`;
    case 'exclusiveLock':
      return `the exclusive lock of ${resource.name}`;
  }
}
