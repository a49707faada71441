import type { InputReader } from '../../src/agent/input-reader';
import { TaskError } from '../../src/errors';
import { kindsIn, type TaskParameters, taskParametersOf } from './task-parameters';

/** Parameters of the older kinds, and how fast serverless compute is to be there; as in the Jobs API. */
interface RunSettings {
  readonly taskParameters: TaskParameters;
  /** Task keys; `+` in front: also what they depend on, behind: also what depends on them. Empty: all. */
  readonly only: readonly string[];
  /** Undefined: as the job says. */
  readonly performanceTarget: string | undefined;
  readonly parameters: ReadonlyMap<string, string>;
}

/** A run of an existing job. */
export interface RunTarget extends RunSettings {
  readonly action: 'run';
  /** Id or exact name. */
  readonly job: string;
  readonly optionalParameters: ReadonlyMap<string, string>;
  /** Undefined: as the job says. */
  readonly queue: boolean | undefined;
}

/** A one-time run. */
export interface SubmitTarget {
  readonly action: 'submit';
  /** YAML or JSON, or the path of a file that holds it. */
  readonly definition: string;
  /** Folders whose files it may name; a relative path of its own begins in the first. */
  readonly folders: readonly string[];
  readonly runLabel: string;
  /** Undefined: as the definition says. */
  readonly queue: boolean | undefined;
  readonly performanceTarget: string | undefined;
}

/** An update of a Lakeflow pipeline. */
export interface UpdateTarget {
  readonly action: 'update';
  /** Id or exact name. */
  readonly pipeline: string;
  readonly fullRefresh: boolean;
  /** Names of tables; empty: all. */
  readonly refreshSelection: readonly string[];
}

/** A new round of tasks of a run that has ended. */
export interface RepairTarget extends RunSettings {
  readonly action: 'repair';
  readonly runId: string;
}

/** What to do, and with what. */
export type Target =
  | RunTarget
  | SubmitTarget
  | UpdateTarget
  | RepairTarget
  | { readonly action: 'attach'; readonly runId: string }
  | { readonly action: 'cancel'; readonly runId: string };

/** @throws TaskError for the first input that is wrong */
export function readTarget(inputs: InputReader): Target {
  const action = inputs.choice('action', ['run', 'submit', 'update', 'attach', 'repair', 'cancel']);
  switch (action) {
    case 'run':
      return {
        action,
        job: inputs.required('job'),
        ...runSettings(inputs),
        optionalParameters: inputs.map('optionalJobParameters'),
        queue: readQueue(inputs),
      };
    case 'submit':
      return {
        action,
        definition: inputs.required('definition'),
        folders: inputs.jobFolders,
        runLabel: inputs.text('runLabel'),
        queue: readQueue(inputs),
        performanceTarget: readPerformanceTarget(inputs),
      };
    case 'update':
      return {
        action,
        pipeline: inputs.required('pipeline'),
        fullRefresh: inputs.boolean('fullRefresh'),
        refreshSelection: inputs.list('refreshSelection'),
      };
    case 'repair':
      return { action, runId: readRunId(inputs), ...runSettings(inputs) };
    case 'attach':
    case 'cancel':
      return { action, runId: readRunId(inputs) };
  }
}

function runSettings(inputs: InputReader): RunSettings {
  const text = inputs.text('taskParameters');
  return {
    parameters: inputs.map('jobParameters'),
    taskParameters: taskParametersOf(kindsIn(text, () => inputs.map('taskParameters'))),
    only: readOnly(inputs),
    performanceTarget: readPerformanceTarget(inputs),
  };
}

function readRunId(inputs: InputReader): string {
  inputs.required('runId');
  return inputs.workflowRunId('runId');
}

function readOnly(inputs: InputReader): string[] {
  const only = inputs.list('only');
  const wrong = only.find((entry) => !/^\+?[\w-]+\+?$/.test(entry));
  if (wrong !== undefined) {
    throw new TaskError('INPUT_INVALID', `Input 'only' names ${JSON.stringify(wrong)}, which is no task key.`, {
      todo: "Write the task's key; '+' in front adds what it depends on, behind what depends on it.",
    });
  }
  return only;
}

function readQueue(inputs: InputReader): boolean | undefined {
  return inputs.text('queue') === '' ? undefined : inputs.boolean('queue');
}

function readPerformanceTarget(inputs: InputReader): string | undefined {
  return inputs.text('performanceTarget') === ''
    ? undefined
    : inputs.choice('performanceTarget', ['STANDARD', 'PERFORMANCE_OPTIMIZED']);
}
