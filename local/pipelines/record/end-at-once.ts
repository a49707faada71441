import type { CheckpointRecord, Result, RunRecord, StageRecord } from './run-record';

const NOTE = 'The run was ended at once.';

/**
 * Closes a record whose process is about to end in the middle of the run: what is under way is canceled, what has not begun is skipped. Without it
 * the run would look as if it still went on, for ever.
 * @param at time of the end, ISO 8601
 */
export function endAtOnce(record: RunRecord, at: string): void {
  if (record.state === 'completed') {
    return;
  }
  for (const stage of record.stages.filter(({ state }) => state !== 'completed')) {
    endStage(stage, at);
  }
  end(record, 'canceled', at);
}

function endStage(stage: StageRecord, at: string): void {
  for (const job of stage.jobs.filter(({ state }) => state !== 'completed')) {
    for (const step of job.steps.filter(({ state }) => state !== 'completed')) {
      end(step, resultOf(step), at);
    }
    job.note ??= NOTE;
    end(job, resultOf(job), at);
  }
  const waited = stage.checkpoint?.state === 'inProgress';
  if (stage.checkpoint !== undefined && waited) {
    endChecks(stage.checkpoint, at);
  }
  stage.note = NOTE;
  end(stage, waited ? 'canceled' : resultOf(stage), at);
}

function endChecks(checkpoint: CheckpointRecord, at: string): void {
  for (const check of checkpoint.checks.filter(({ status }) => status === 'pending')) {
    check.status = 'canceled';
    check.completedAt = at;
    for (const step of check.approval?.steps.filter(({ status }) => status === 'pending') ?? []) {
      step.status = 'canceled';
      step.modifiedAt = at;
    }
  }
  end(checkpoint, 'canceled', at);
}

function resultOf({ state }: Pick<StageRecord, 'state'>): Result {
  return state === 'inProgress' ? 'canceled' : 'skipped';
}

function end(timed: Pick<RunRecord, 'state' | 'result' | 'finishedAt'>, result: Result, at: string): void {
  timed.state = 'completed';
  timed.result = result;
  timed.finishedAt = at;
}
