import { ExpandError } from '../expand/expand-error';
import type { StagePlan } from '../plan/pipeline-plan';
import type { JobRecord, RunRecord, StageRecord } from '../record/run-record';
import { keptJobs, stageFromRecord } from './attempts';
import { dependenciesOf } from './run-graph';
import { idFor } from './run-ids';
import type { StageToRun } from './run-stage';
import { end, isDeselected, type Run } from './run-state';

/**
 * Which stages run now. A fresh run: all. A retry: the stage that it names with its jobs that did not succeed, then all that depends on it, as
 * further attempts; and what has not begun yet. What has ended otherwise stays as it was, what waits for another approval goes on waiting.
 */
export function prepareStages(run: Run): ReadonlyMap<string, StageToRun> {
  const { plan, record, request } = run;
  const again = request.retry === undefined ? undefined : stageNamed(plan.stages, request.retry);
  closeWhatWasLeftBehind(run);
  const stages = new Map<string, StageToRun>();
  for (const stage of plan.stages) {
    const newest = newestOf(record, stage.name);
    const isAgain = stage === again;
    const dependsOnIt = again !== undefined && dependenciesOf(stage, plan.stages).includes(again);
    if (newest === undefined) {
      stages.set(stage.name, fresh(stage, addStage(record, stage, 1), [], isAgain));
    } else if (newest.state === 'pending') {
      if (newest.checkpoint === undefined || isAgain || dependsOnIt) {
        stages.set(stage.name, fresh(stage, newest, newest.jobs, isAgain));
      }
    } else if (isAgain || dependsOnIt) {
      const next = addStage(record, stage, newest.attempt + 1);
      stages.set(stage.name, {
        ...fresh(stage, next, formerJobs(record, stage.name), isAgain),
        carried: isAgain ? keptJobs(newest, stage.jobs) : [],
        before: newest.jobs,
      });
    } else {
      run.ended.set(stage.name, stageFromRecord(stage.jobs, newest, isDeselected(run, stage)));
    }
  }
  return stages;
}

function fresh(plan: StagePlan, record: StageRecord, former: readonly JobRecord[], asked: boolean): StageToRun {
  return { plan, record, former, carried: [], before: [], asked };
}

function stageNamed(stages: readonly StagePlan[], name: string): StagePlan {
  const found = stages.find((stage) => stage.name.toUpperCase() === name.toUpperCase());
  if (found === undefined) {
    throw new ExpandError(
      'PIPELINE_RUN',
      `There is no stage '${name}' to run again.`,
      undefined,
      `There are: ${stages.map((stage) => stage.name).join(', ')}.`,
    );
  }
  return found;
}

/** What was in progress when the process of an earlier run ended came to no end of its own. */
function closeWhatWasLeftBehind(run: Run): void {
  for (const stage of run.record.stages) {
    if (stage.state === 'inProgress') {
      for (const job of stage.jobs.filter(({ state }) => state !== 'completed')) {
        job.note = 'The process that ran it ended before it did.';
        end(run, job, 'canceled');
      }
      stage.note = 'The process that ran it ended before it did.';
      end(run, stage, 'canceled');
    }
  }
}

function newestOf({ stages }: RunRecord, name: string): StageRecord | undefined {
  return stages.filter((stage) => stage.name === name).at(-1);
}

function formerJobs({ stages }: RunRecord, name: string): readonly JobRecord[] {
  return stages.filter((stage) => stage.name === name).flatMap(({ jobs }) => jobs);
}

/** Behind the former attempts of the same name. */
function addStage(record: RunRecord, plan: StagePlan, attempt: number): StageRecord {
  const stage: StageRecord = {
    id: idFor(record.planId, 'stage', plan.name, attempt),
    name: plan.name,
    displayName: plan.displayName,
    attempt,
    dependsOn: plan.dependsOn,
    note: undefined,
    checkpoint: undefined,
    jobs: [],
    state: 'pending',
    result: undefined,
    startedAt: undefined,
    finishedAt: undefined,
  };
  const former = record.stages.findLastIndex(({ name }) => name === plan.name);
  record.stages.splice(former < 0 ? record.stages.length : former + 1, 0, stage);
  return stage;
}
