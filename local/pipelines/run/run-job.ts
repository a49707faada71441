import { join } from 'node:path';
import { TaskError } from '../../../src/errors';
import type { JobOutcome, Variable } from '../agent/job-request';
import type { JobPlan, StagePlan } from '../plan/pipeline-plan';
import type { JobRecord, Result, StageRecord } from '../record/run-record';
import type { JobInstance } from './job-instances';
import { idFor } from './run-ids';
import { begin, end, isCanceled, type Run } from './run-state';
import { environmentVariables, jobVariables, type Position } from './variables/job-level-variables';
import { type VariableScope, withVariables } from './variables/variable-scope';

/** What a job was made from, and what was decided for it. */
export interface JobToRun {
  readonly stagePlan: StagePlan;
  readonly stage: StageRecord;
  readonly plan: JobPlan;
  readonly instance: JobInstance;
  readonly place: Position;
  readonly attempt: number;
  /** Of the run, the stage and the job; macros unexpanded. */
  readonly variables: VariableScope;
  /** Name of the environment of a deployment job. */
  readonly environment: string | undefined;
  readonly continueOnError: boolean;
  readonly timeoutMinutes: number;
  readonly cancelTimeoutMinutes: number;
}

export interface JobEnding {
  readonly instance: JobInstance;
  readonly result: Result;
  readonly outputs: ReadonlyMap<string, Variable>;
}

/** A record of a job that has not begun. */
export function newJobRecord(
  run: Run,
  stage: StageRecord,
  plan: JobPlan,
  instance: Pick<JobInstance, 'name' | 'displayName' | 'hook'>,
  attempt: number,
  environment: string | undefined,
): JobRecord {
  const record: JobRecord = {
    id: idFor(run.record.planId, 'job', stage.name, stage.attempt, plan.name, instance.name, attempt),
    phase: plan.name,
    name: instance.name,
    displayName: instance.displayName,
    attempt,
    dependsOn: plan.dependsOn,
    environment,
    hook: instance.hook,
    note: undefined,
    steps: [],
    outputs: {},
    state: 'pending',
    result: undefined,
    startedAt: undefined,
    finishedAt: undefined,
  };
  stage.jobs.push(record);
  return record;
}

/**
 * Waits for an agent (a job on the server needs none), runs the job and records how it ended. A job that begins although the run is cancelled
 * already, because its condition held, is not cancelled once more.
 */
export async function runJob(run: Run, job: JobToRun, record: JobRecord): Promise<JobEnding> {
  const signal = isCanceled(run) ? new AbortController().signal : run.request.signal;
  let release = () => {};
  if (job.instance.pool.kind === 'agent') {
    const free = await freeAgent(run, signal);
    if (free === undefined) {
      return finish(
        run,
        job,
        record,
        { result: 'canceled', outputs: new Map() },
        'The run was cancelled before an agent was free.',
      );
    }
    release = free;
  }
  try {
    begin(run, record);
    run.request.events.changed();
    const outcome = await run.request.runJob(requestOf(run, job, record, signal), run.request.events);
    return finish(run, job, record, outcome, undefined);
  } catch (error) {
    const sentences = error instanceof TaskError ? error.sentences : String(error);
    const ending = finish(run, job, record, { result: 'failed', outputs: new Map() }, sentences);
    if (!(error instanceof TaskError)) {
      throw error;
    }
    return ending;
  } finally {
    release();
  }
}

async function freeAgent(run: Run, signal: AbortSignal): Promise<(() => void) | undefined> {
  try {
    return await run.agents.take(signal);
  } catch (error) {
    if (signal.aborted) {
      return undefined;
    }
    throw error;
  }
}

function requestOf(
  run: Run,
  job: JobToRun,
  record: JobRecord,
  signal: AbortSignal,
): Parameters<Run['request']['runJob']>[0] {
  const { request } = run;
  const environment =
    job.environment === undefined
      ? []
      : environmentVariables(
          job.environment,
          request.environment(job.environment).id,
          job.plan.kind === 'deployment' ? job.plan.resource : undefined,
        );
  const variables = withVariables(job.variables, [
    ...job.instance.variables,
    ...jobVariables(
      { record: run.record, stage: job.stage },
      { stage: job.stagePlan, job: job.plan },
      record,
      job.instance,
      job.place,
    ),
    ...environment,
  ]);
  return {
    record,
    steps: job.instance.steps,
    on: job.instance.pool.kind,
    deployment: job.plan.kind === 'deployment',
    variables,
    repositories: request.repositories,
    connection: (nameOrId) => request.connection(nameOrId),
    withholdsConnections: run.record.fork,
    jobAccessToken: request.jobAccessToken,
    collectionUrl: request.collectionUrl,
    folder: join(request.workFolder, record.id),
    timeoutMinutes: job.timeoutMinutes,
    cancelTimeoutMinutes: job.cancelTimeoutMinutes,
    signal,
  };
}

/** Outputs that are secret go to other jobs, but not into the record. */
function finish(run: Run, job: JobToRun, record: JobRecord, outcome: JobOutcome, note: string | undefined): JobEnding {
  const result = job.continueOnError && outcome.result === 'failed' ? 'succeededWithIssues' : outcome.result;
  record.note = note ?? record.note;
  record.outputs = Object.fromEntries(
    [...outcome.outputs].filter(([, { secret }]) => !secret).map(([name, { value }]) => [name, value]),
  );
  end(run, record, result);
  run.request.events.changed();
  return { instance: job.instance, result, outputs: outcome.outputs };
}
