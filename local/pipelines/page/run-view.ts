import type { JobRecord, RunRecord, StageRecord, StepRecord } from '../record/run-record';
import type { Caller } from '../record/way-on';
import { type Attempts, groupAttempts } from './attempts';
import { shareOf } from './log-budget';
import { costOf, splitLog } from './log-lines';
import { type Shown, shownState } from './states';

/** Characters that all logs of a page take together. */
const ALL_LOGS = 1_500_000;
const ONE_LOG = 250_000;

export interface Failure {
  readonly stage: StageRecord;
  readonly job: JobRecord;
  readonly step: StepRecord;
}

/** What the sections of a page are made from. */
export interface RunView {
  readonly record: RunRecord;
  /** Who is called to go on with the run. */
  readonly caller: Caller;
  /** Whether a process goes on with the run. */
  readonly goesOn: boolean;
  readonly stages: readonly Attempts<StageRecord>[];
  /** Text of a file below the folder of the run; `undefined` where there is none. */
  read(path: string): string | undefined;
  log(step: StepRecord): readonly string[] | undefined;
  /** Characters that the log of one step may take. */
  readonly logBudget: number;
  /** Id of an element on the page. */
  anchor(of: StageRecord | JobRecord | StepRecord): string;
  /** Steps that failed their jobs, of the newest attempts, in the order of the file. */
  readonly failures: readonly Failure[];
}

export function viewOf(
  record: RunRecord,
  read: (path: string) => string | undefined,
  { caller, goesOn }: Pick<RunView, 'caller' | 'goesOn'>,
): RunView {
  const stages = groupAttempts(record.stages, ({ name }) => name);
  const steps = record.stages.flatMap(({ jobs }) => jobs.flatMap((job) => job.steps));
  const logs = new Map<StepRecord, readonly string[]>();
  for (const step of steps) {
    const text = step.log === '' ? undefined : read(step.log);
    if (text !== undefined) {
      logs.set(step, splitLog(text));
    }
  }
  const anchors = anchorsOf(record);
  return {
    record,
    caller,
    goesOn,
    stages,
    read,
    log: (step) => logs.get(step),
    logBudget: Math.min(ONE_LOG, shareOf([...logs.values()].map(costOf), ALL_LOGS)),
    anchor: (of) => anchors.get(of) ?? '',
    failures: stages.flatMap(({ newest }) => failuresOf(newest)),
  };
}

/** Jobs of a stage by phase and name, each with its attempts. */
export function jobsOf(stage: StageRecord): Attempts<JobRecord>[] {
  return groupAttempts(stage.jobs, ({ phase, name }) => `${phase}\n${name}`);
}

/** A stage whose check has no answer yet waits, whatever its own state says. */
export function stageState(stage: StageRecord): Shown {
  const waits = stage.checkpoint?.checks.some(({ status }) => status === 'pending') === true;
  return waits && stage.state !== 'completed' ? 'waiting' : shownState(stage.state, stage.result);
}

/** Numbered by place: no text of the run becomes part of an id. */
function anchorsOf(record: RunRecord): ReadonlyMap<object, string> {
  const anchors = new Map<object, string>();
  record.stages.forEach((stage, s) => {
    anchors.set(stage, `s${s + 1}`);
    stage.jobs.forEach((job, j) => {
      anchors.set(job, `s${s + 1}-j${j + 1}`);
      job.steps.forEach((step, t) => {
        anchors.set(step, `s${s + 1}-j${j + 1}-t${t + 1}`);
      });
    });
  });
  return anchors;
}

function failuresOf(stage: StageRecord): Failure[] {
  return jobsOf(stage)
    .map(({ newest }) => newest)
    .filter(({ result }) => result === 'failed')
    .flatMap((job) => job.steps.filter(({ result }) => result === 'failed').map((step) => ({ stage, job, step })));
}
