import type { Variable } from '../agent/job-request';
import { ExpandError } from '../expand/expand-error';
import type { JobPlan, StagePlan } from '../plan/pipeline-plan';
import type { JobRecord, StageRecord } from '../record/run-record';
import { carriedEnding, carriedPhase } from './attempts';
import { holdsAtRuntime } from './expressions/evaluate-at-runtime';
import { statusFunctions } from './expressions/status-functions';
import { type Knowledge, worldOf } from './expressions/world';
import { deploymentInstances, type JobInstance } from './job-instances';
import { readLegs } from './job-legs';
import { readCount, readFlag } from './late-texts';
import type { PhaseOutcome } from './outcomes';
import { isSuccess, worst } from './results';
import { type JobEnding, newJobRecord, runJob } from './run-job';
import { end, isCanceled, type Run } from './run-state';
import { Slots } from './slots';
import { withAllVariables, withStaticVariables } from './variables/evaluate-variables';
import { expandText, type VariableScope } from './variables/variable-scope';

/** A stage while its jobs run. */
export interface StageInProgress {
  readonly run: Run;
  readonly plan: StagePlan;
  readonly record: StageRecord;
  /** Of the run and the stage. */
  readonly variables: VariableScope;
  /** Jobs of former attempts that succeeded and are not run again. */
  readonly carried: readonly JobRecord[];
  /** Jobs of all former attempts, for the number of the next one. */
  readonly former: readonly JobRecord[];
  /** Jobs of the attempt before. */
  readonly before: readonly JobRecord[];
  /** `stageDependencies`. */
  readonly stageDependencies: Knowledge['dependencies'];
  /** Secret outputs that jobs can reach. */
  readonly secrets: () => readonly string[];
}

/** What a job depends on: directly, and by way of others. */
export interface Before {
  readonly direct: readonly PhaseOutcome[];
  readonly all: readonly PhaseOutcome[];
}

/** Runs what the file calls a job: evaluates its condition and variables, then all of its legs, slices or hooks. */
export async function runPhase(
  stage: StageInProgress,
  job: JobPlan,
  before: Before,
  dependencies: Knowledge['dependencies'],
): Promise<PhaseOutcome> {
  const kept = carriedPhase(job, stage.carried, stage.before);
  if (kept !== undefined) {
    stage.record.jobs.push(...stage.carried.filter(({ phase }) => phase === job.name));
    return kept;
  }
  try {
    if (!conditionHolds(stage, job, before, dependencies)) {
      return withoutRunning(
        stage,
        job,
        'skipped',
        `Its condition does not hold${isCanceled(stage.run) ? ', as the run was cancelled' : ''}.`,
      );
    }
    const knowledge = { request: stage.run.request, dependencies, at: job.at };
    const secrets = [...stage.secrets(), ...before.direct.flatMap(({ outputs }) => secretsOf(outputs))];
    const variables = withAllVariables(stage.variables, job.variables, knowledge, secrets);
    return outcomeOf(job, await runInstances(stage, job, { ...knowledge, variables }));
  } catch (error) {
    if (error instanceof ExpandError) {
      return withoutRunning(stage, job, 'failed', error.sentences);
    }
    throw error;
  }
}

export function secretsOf(outputs: ReadonlyMap<string, Variable>): readonly string[] {
  return [...outputs.values()].filter(({ secret }) => secret).map(({ value }) => value);
}

function conditionHolds(
  stage: StageInProgress,
  job: JobPlan,
  before: Before,
  dependencies: Knowledge['dependencies'],
): boolean {
  const world = worldOf({
    request: stage.run.request,
    variables: withStaticVariables(stage.variables, job.variables, stage.run.request),
    dependencies,
    functions: statusFunctions({ dependencies: before.all, canceled: isCanceled(stage.run) }),
    at: job.at,
  });
  return holdsAtRuntime(job.condition ?? 'succeeded()', 'condition', world, job.at);
}

/** One record, so that it is seen; nothing else happens. */
function withoutRunning(
  stage: StageInProgress,
  job: JobPlan,
  result: 'skipped' | 'failed',
  note: string,
): PhaseOutcome {
  const environment = job.kind === 'deployment' ? job.environment : undefined;
  const instance = { name: job.name, displayName: job.displayName, hook: undefined };
  const record = newJobRecord(stage.run, stage.record, job, instance, attemptOf(stage, job, instance), environment);
  record.note = note;
  end(stage.run, record, result);
  stage.run.request.events.changed();
  return { name: job.name, result, outputs: new Map() };
}

async function runInstances(
  stage: StageInProgress,
  job: JobPlan,
  knowledge: Omit<Knowledge, 'functions'>,
): Promise<readonly JobEnding[]> {
  if (job.container) {
    throw new ExpandError(
      'PIPELINE_RUN',
      `Job '${job.name}' wants a container, and this machine runs none.`,
      job.at,
      "Leave 'container' out for a run on this machine.",
    );
  }
  const environment = job.kind === 'deployment' ? expandText(job.environment, knowledge.variables) : undefined;
  const decided = {
    continueOnError: readFlag('continueOnError', job.continueOnError, knowledge),
    timeoutMinutes: readCount('timeoutInMinutes', job.timeoutInMinutes, knowledge),
    cancelTimeoutMinutes: readCount('cancelTimeoutInMinutes', job.cancelTimeoutInMinutes, knowledge),
  };
  const start = (instance: JobInstance, position: number, total: number) => {
    const attempt = attemptOf(stage, job, instance);
    const record = newJobRecord(stage.run, stage.record, job, instance, attempt, environment);
    return runJob(
      stage.run,
      {
        stagePlan: stage.plan,
        stage: stage.record,
        plan: job,
        instance,
        place: { position, total },
        attempt,
        variables: knowledge.variables,
        environment,
        ...decided,
      },
      record,
    );
  };
  const cancel = (instance: JobInstance, part: string): JobEnding => {
    const record = newJobRecord(stage.run, stage.record, job, instance, attemptOf(stage, job, instance), environment);
    record.note = `The run was cancelled before this ${part} began.`;
    end(stage.run, record, 'canceled');
    return { instance, result: 'canceled', outputs: new Map() };
  };
  if (job.kind === 'deployment') {
    return runHooks(
      stage.run,
      deploymentInstances(job),
      (instance) => start(instance, 1, 1),
      (instance) => cancel(instance, 'hook'),
    );
  }
  const { instances, maxParallel } = readLegs(job, knowledge);
  const slots = new Slots(maxParallel === 0 ? Number.POSITIVE_INFINITY : maxParallel);
  // A job whose condition held although the run was cancelled already runs whole.
  const beganCanceled = isCanceled(stage.run);
  return Promise.all(
    instances.map(async (instance, index) => {
      const carried = stage.carried.find((record) => record.phase === job.name && record.name === instance.name);
      if (carried !== undefined) {
        stage.record.jobs.push(carried);
        return carriedEnding(carried, instance);
      }
      const release = await slots.take(new AbortController().signal);
      try {
        return !beganCanceled && isCanceled(stage.run)
          ? cancel(instance, 'leg')
          : await start(instance, index + 1, instances.length);
      } finally {
        release();
      }
    }),
  );
}

/**
 * Hook after hook until one does not succeed or the run is cancelled; then that of success or failure. A deployment that began although the run was
 * cancelled already runs whole. [U]: a cancelled deployment has neither of the last two.
 */
async function runHooks(
  run: Run,
  { main, success, failure }: ReturnType<typeof deploymentInstances>,
  start: (instance: JobInstance) => Promise<JobEnding>,
  cancel: (instance: JobInstance) => JobEnding,
): Promise<readonly JobEnding[]> {
  const beganCanceled = isCanceled(run);
  const endings: JobEnding[] = [];
  const next = async (instance: JobInstance) => {
    endings.push(!beganCanceled && isCanceled(run) ? cancel(instance) : await start(instance));
  };
  for (const instance of main) {
    if (endings.every(({ result }) => isSuccess(result))) {
      await next(instance);
    }
  }
  const results = endings.map(({ result }) => result);
  const last = results.every(isSuccess) ? success : results.includes('failed') ? failure : undefined;
  if (last !== undefined) {
    await next(last);
  }
  return endings;
}

function outcomeOf(job: JobPlan, endings: readonly JobEnding[]): PhaseOutcome {
  return {
    name: job.name,
    result: worst(
      endings.map(({ result }) => result),
      'succeeded',
    ),
    outputs: new Map(
      endings.flatMap(({ instance, outputs }) =>
        [...outputs].map(([name, variable]) => [`${instance.prefix}${name}`, variable] as const),
      ),
    ),
  };
}

function attemptOf(stage: StageInProgress, job: JobPlan, { name }: Pick<JobInstance, 'name'>): number {
  const former = stage.former.filter((record) => record.phase === job.name);
  const same = former.filter((record) => record.name === name);
  return Math.max(0, ...(same.length > 0 ? same : former).map(({ attempt }) => attempt)) + 1;
}
