import {
  type Fields,
  invalid,
  objectList,
  optionalInteger,
  optionalObject,
  optionalText,
  requiredText,
} from '../fields';
import { refuseWithoutGit } from './git-tasks';
import { refuseTaskBeyondLimits } from './setting-limits';
import { typedTask } from './task-types';
import type { EnvironmentSpec, RunIf, TaskSpec } from './types';

const RUN_IF: ReadonlySet<string> = new Set<RunIf>([
  'ALL_SUCCESS',
  'AT_LEAST_ONE_SUCCESS',
  'NONE_FAILED',
  'ALL_DONE',
  'AT_LEAST_ONE_FAILED',
  'ALL_FAILED',
]);

const MOST_CONCURRENT_ITERATIONS = 100;

/** What a job or one-time run has besides the task. */
export interface Surroundings {
  readonly environments: readonly EnvironmentSpec[];
  /** Their keys. */
  readonly jobClusters: readonly string[];
  /** Sources lie in Git unless a task says otherwise. */
  readonly fromGit: boolean;
}

/**
 * Checks a task and fills the service's defaults. Unknown fields are kept.
 * @throws ApiError 400 INVALID_PARAMETER_VALUE
 */
export function taskSpec(fields: Fields, surroundings: Surroundings): TaskSpec {
  const { environments, jobClusters, fromGit } = surroundings;
  const key = requiredText(fields, 'task_key');
  if (!/^[\w-]{1,100}$/.test(key)) {
    throw invalid(`The task key '${key}' may only have letters, digits, - and _, at most 100.`);
  }
  const runIf = optionalText(fields, 'run_if') ?? 'ALL_SUCCESS';
  if (!RUN_IF.has(runIf)) {
    throw invalid(`run_if of task '${key}' cannot be '${runIf}'.`);
  }
  const types = Object.keys(fields).filter((name) => name.endsWith('_task') && fields[name] != null);
  if (types.length !== 1) {
    throw invalid(
      `Task '${key}' must have exactly one task type, it has ${types.length === 0 ? 'none' : types.join(', ')}.`,
    );
  }
  const forEach = optionalObject(fields, 'for_each_task');
  const environment = optionalText(fields, 'environment_key');
  if (environment !== undefined && !environments.some((known) => known.environment_key === environment)) {
    throw invalid(`Task '${key}' names the environment '${environment}', which the job does not define.`);
  }
  refuseTaskBeyondLimits(key, fields, jobClusters);
  const dependsOn = objectList(fields, 'depends_on')
    .map((dependency) => ({
      ...dependency,
      ...outcome(key, dependency),
      task_key: requiredText(dependency, 'task_key'),
    }))
    .sort((a, b) => (a.task_key < b.task_key ? -1 : 1));
  const typed = typedTask(key, fields, fromGit);
  refuseWithoutGit(key, { ...fields, ...typed }, fromGit);
  return {
    email_notifications: {},
    ...fields,
    ...typed,
    ...(forEach === undefined ? {} : { for_each_task: forEachTask(key, forEach, surroundings) }),
    task_key: key,
    ...(dependsOn.length === 0 ? {} : { depends_on: dependsOn }),
    run_if: runIf as RunIf,
    timeout_seconds: seconds(fields),
    ...(fields.max_retries === undefined ? {} : { max_retries: optionalInteger(fields, 'max_retries') ?? 0 }),
  } as TaskSpec;
}

/** The branch of a condition task that a dependency waits for. */
function outcome(key: string, dependency: Fields): { readonly outcome?: string } {
  const text = optionalText(dependency, 'outcome');
  if (text !== undefined && text !== 'true' && text !== 'false') {
    throw invalid(`An outcome that task '${key}' depends on is true or false, not '${text}'.`);
  }
  return text === undefined ? {} : { outcome: text };
}

/** The nested task is checked like any other, but has no dependencies and no iterations of its own. */
function forEachTask(key: string, forEach: Fields, surroundings: Surroundings): NonNullable<TaskSpec['for_each_task']> {
  const nested = optionalObject(forEach, 'task');
  if (nested === undefined) {
    throw invalid(`The for_each_task of task '${key}' must have a task.`);
  }
  if (nested.for_each_task != null || nested.condition_task != null) {
    throw invalid(`The for_each_task of task '${key}' cannot have a for_each_task or condition_task as its task.`);
  }
  const concurrency = optionalInteger(forEach, 'concurrency');
  if (concurrency !== undefined && (concurrency < 1 || concurrency > MOST_CONCURRENT_ITERATIONS)) {
    throw invalid(
      `The concurrency of for_each_task '${key}' must be between 1 and ${MOST_CONCURRENT_ITERATIONS}, it is ${concurrency}.`,
    );
  }
  return {
    ...forEach,
    inputs: requiredText(forEach, 'inputs'),
    task: taskSpec(nested, surroundings),
    ...(concurrency === undefined ? {} : { concurrency }),
  };
}

/** A time-out in seconds; 0: none. */
export function seconds(fields: Fields): number {
  const value = optionalInteger(fields, 'timeout_seconds') ?? 0;
  if (value < 0) {
    throw invalid('timeout_seconds must not be negative.');
  }
  return value;
}
