import { jsonOrUndefined } from '../../json-or-undefined';
import { ApiError, type Workspace } from '../api';
import { writeResolved } from './attempt-folder';
import type { Attendance, ExecutionEnd, ExecutionOrder } from './execution-order';
import { jobRun } from './new-run';
import { jobIdentity } from './run-identity';
import type { JobStore, RunStore } from './run-store';
import { TaskStartError } from './task-files';
import { jobParameters } from './task-launch';
import type { Job, Run, TaskSpec } from './types';

interface Stores {
  readonly workspace: Workspace;
  readonly runs: RunStore;
  readonly jobs: JobStore;
}

const MOST_ITERATIONS = 5000;

/**
 * A `run_job_task`: a run of another job, whose end is that of the task. The parameters of the parent's job are pushed down to those
 * of the same names, before the ones that the task names.
 * @throws TaskStartError when there is no such job or it cannot start
 */
export function runOtherJob(
  stores: Stores,
  order: ExecutionOrder,
  declared: NonNullable<TaskSpec['run_job_task']>,
  resolve: (text: string) => string,
  attendance: Attendance,
): Promise<ExecutionEnd> {
  const { workspace, runs } = stores;
  const job = otherJob(stores, order, declared.job_id);
  const { job_id: _id, job_parameters: named = {}, ...overriding } = declared;
  const known = new Set((job.settings.parameters ?? []).map(({ name }) => name));
  const pushed = Object.entries(jobParameters(order.run)).filter(([name]) => known.has(name));
  const parameters = Object.fromEntries(
    [...Object.entries(named), ...pushed].map(([name, value]) => [name, resolve(value)]),
  );
  writeResolved(workspace, order.attempt.runId, { run_job_task: { job_parameters: parameters, parameters } });
  const child = startable(job, () =>
    workspace.store.transaction(() =>
      jobRun(runs, job, workspace.clock.now(), {
        creator: order.run.creator,
        runAs: jobIdentity(workspace, job),
        parameters,
        overriding,
        parent: { runId: order.run.runId, attempt: order.attempt.runId },
      }),
    ),
  );
  return follow(order, child, attendance, (ended) => `Run ${child.runId} of job ${job.jobId} ended with ${ended}.`);
}

/**
 * A `for_each_task`: one iteration per element of its inputs, in a hidden run of their own. All are run, whatever becomes of one;
 * the task fails when one failed. That the service goes on after a failure is [U].
 * @throws TaskStartError when the inputs are no JSON array
 */
export function runIterations(
  { workspace, runs }: Stores,
  order: ExecutionOrder,
  declared: NonNullable<TaskSpec['for_each_task']>,
  resolve: (text: string) => string,
  attendance: Attendance,
): Promise<ExecutionEnd> {
  const inputs = inputList(order.task.spec.task_key, resolve(declared.inputs));
  const { timeout_seconds: _timeout, tasks: _tasks, ...settings } = order.run.settings;
  const { depends_on: _dependencies, run_if: _runIf, ...spec } = declared.task;
  const now = workspace.clock.now();
  // One transaction for the many ids: each of its own would wait for the disk.
  const child: Run = workspace.store.transaction(() => ({
    runId: runs.newId(),
    jobId: order.run.jobId,
    type: order.run.type,
    parent: { runId: order.run.runId, attempt: order.attempt.runId },
    iterations: { concurrency: declared.concurrency ?? 1 },
    name: order.task.spec.task_key,
    creator: order.run.creator,
    ...(order.run.runAs === undefined ? {} : { runAs: order.run.runAs }),
    settings,
    jobParameters: order.run.jobParameters,
    overriding: order.run.overriding,
    phase: 'QUEUED',
    startTime: now,
    tasks: inputs.map((input) => ({
      spec,
      input,
      attempts: [{ runId: runs.newId(), number: 0, phase: 'BLOCKED', startTime: now }],
    })),
  }));
  return follow(order, child, attendance, (ended) => `The iterations of the task ended with ${ended}.`);
}

/** Runs a child to its end; the end of the attempt from outside reaches it. */
async function follow(
  { signal }: ExecutionOrder,
  child: Run,
  attendance: Attendance,
  failure: (outcome: string) => string,
): Promise<ExecutionEnd> {
  const cancel = () => attendance.cancel(child.runId);
  const ended = attendance.untilEnded(child.runId);
  attendance.begun(child.runId);
  attendance.start(child);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    if (signal.aborted) {
      cancel();
    }
    const { outcome = 'INTERNAL_ERROR', message = '' } = await ended;
    return outcome === 'SUCCESS' || outcome === 'SUCCESS_WITH_FAILURES'
      ? { outcome: 'SUCCESS' }
      : { outcome: 'FAILED', message: message === '' ? failure(outcome) : `${failure(outcome)} ${message}` };
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** That the service refuses a circle of jobs only here, and with which words, is [U]; it documents that circles are not supported. */
function otherJob({ jobs, runs }: Stores, { run, task }: ExecutionOrder, jobId: string): Job {
  for (let above: Run | undefined = run; above !== undefined; above = above.parent && runs.get(above.parent.runId)) {
    if (above.jobId === jobId) {
      throw new TaskStartError(
        `Task ${task.spec.task_key} starts job ${jobId}, of which it is itself a part; jobs cannot start each other in a circle.`,
      );
    }
  }
  const job = jobs.get(jobId);
  if (job === undefined) {
    throw new TaskStartError(`Job ${jobId} does not exist.`);
  }
  return job;
}

function startable(job: Job, create: () => Run): Run {
  try {
    return create();
  } catch (error) {
    throw error instanceof ApiError
      ? new TaskStartError(`Job ${job.jobId} could not be started. ${error.message}`)
      : error;
  }
}

function inputList(key: string, text: string): readonly unknown[] {
  const inputs = jsonOrUndefined(text);
  if (!Array.isArray(inputs)) {
    throw new TaskStartError(`The inputs of the for-each task ${key} are not a JSON array: ${text.slice(0, 200)}`);
  }
  if (inputs.length > MOST_ITERATIONS) {
    throw new TaskStartError(
      `The for-each task ${key} has ${inputs.length} inputs; ${MOST_ITERATIONS} iterations are the most.`,
    );
  }
  return inputs;
}
