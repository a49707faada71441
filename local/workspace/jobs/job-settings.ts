import { ApiError } from '../api';
import {
  type Fields,
  invalid,
  objectList,
  optionalInteger,
  optionalObject,
  optionalText,
  requiredText,
  textList,
} from '../fields';
import type { EnvironmentSpec, JobSettings, RunIf, TaskSpec } from './types';

const RUN_IF: ReadonlySet<string> = new Set<RunIf>([
  'ALL_SUCCESS',
  'AT_LEAST_ONE_SUCCESS',
  'NONE_FAILED',
  'ALL_DONE',
  'AT_LEAST_ONE_FAILED',
  'ALL_FAILED',
]);
const GIT_PROVIDERS =
  'github,gitlab,bitbucketcloud,gitlabenterpriseedition,bitbucketserver,azuredevopsservices,githubenterprise,awscodecommit';
const MOST_TASKS = 1000;
const MOST_NAME_BYTES = 4096;

/**
 * Checks the settings of a job (databricks-api 3.2) and fills the service's defaults. Unknown fields are kept.
 * @throws ApiError 400 INVALID_PARAMETER_VALUE
 */
export function jobSettings(fields: Fields): JobSettings {
  const name = optionalText(fields, 'name') ?? 'Untitled';
  if (Buffer.byteLength(name) > MOST_NAME_BYTES) {
    throw invalid(`The job name is longer than ${MOST_NAME_BYTES} bytes.`);
  }
  const concurrent = optionalInteger(fields, 'max_concurrent_runs') ?? 1;
  if (concurrent < 0 || concurrent > 1000) {
    throw invalid('max_concurrent_runs must be between 0 and 1000.');
  }
  const parameters = objectList(fields, 'parameters').map((parameter) => ({
    name: parameterName(requiredText(parameter, 'name')),
    default: optionalText(parameter, 'default') ?? '',
  }));
  refuseRepeated(
    'job parameter',
    parameters.map((parameter) => parameter.name),
  );
  return {
    email_notifications: {},
    webhook_notifications: {},
    ...runSettings(fields),
    name,
    max_concurrent_runs: concurrent,
    ...(parameters.length === 0 ? {} : { parameters }),
    format: 'MULTI_TASK',
  } as JobSettings;
}

/**
 * Checks what jobs and one-time runs have in common.
 * @throws ApiError 400 INVALID_PARAMETER_VALUE
 */
export function runSettings(fields: Fields): JobSettings {
  const environments = objectList(fields, 'environments').map(environmentSpec);
  refuseRepeated(
    'environment key',
    environments.map((environment) => environment.environment_key),
  );
  const tasks = objectList(fields, 'tasks').map((task) => taskSpec(task, environments));
  if (tasks.length > MOST_TASKS) {
    throw invalid(`A job has at most ${MOST_TASKS} tasks.`);
  }
  refuseRepeated(
    'task key',
    tasks.map((task) => task.task_key),
  );
  refuseCycles(tasks);
  checkGitSource(optionalObject(fields, 'git_source'));
  const queue = optionalObject(fields, 'queue');
  return {
    ...fields,
    timeout_seconds: seconds(fields),
    ...(tasks.length === 0 ? {} : { tasks }),
    ...(environments.length === 0 ? {} : { environments }),
    ...(queue === undefined ? {} : { queue: { enabled: queue.enabled === true } }),
  };
}

function taskSpec(fields: Fields, environments: readonly EnvironmentSpec[]): TaskSpec {
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
  const environment = optionalText(fields, 'environment_key');
  if (environment !== undefined && !environments.some((known) => known.environment_key === environment)) {
    throw invalid(`Task '${key}' names the environment '${environment}', which the job does not define.`);
  }
  const dependsOn = objectList(fields, 'depends_on')
    .map((dependency) => ({ ...dependency, task_key: requiredText(dependency, 'task_key') }))
    .sort((a, b) => (a.task_key < b.task_key ? -1 : 1));
  return {
    email_notifications: {},
    ...fields,
    ...typedTask(fields),
    task_key: key,
    ...(dependsOn.length === 0 ? {} : { depends_on: dependsOn }),
    run_if: runIf as RunIf,
    timeout_seconds: seconds(fields),
    ...(fields.max_retries === undefined ? {} : { max_retries: optionalInteger(fields, 'max_retries') ?? 0 }),
  } as TaskSpec;
}

/** The task types that the local workspace runs, with their fields checked. */
function typedTask(fields: Fields): Partial<TaskSpec> {
  const script = optionalObject(fields, 'spark_python_task');
  if (script !== undefined) {
    return {
      spark_python_task: {
        ...script,
        python_file: requiredText(script, 'python_file'),
        ...(script.parameters === undefined ? {} : { parameters: textList(script, 'parameters') }),
      },
    };
  }
  const notebook = optionalObject(fields, 'notebook_task');
  if (notebook !== undefined) {
    const path = requiredText(notebook, 'notebook_path');
    const parameters = optionalObject(notebook, 'base_parameters');
    return {
      notebook_task: {
        source: fields.git_source === undefined ? 'WORKSPACE' : 'GIT',
        ...notebook,
        notebook_path: path,
        ...(parameters === undefined ? {} : { base_parameters: textMap(parameters) }),
      },
    };
  }
  const wheel = optionalObject(fields, 'python_wheel_task');
  if (wheel !== undefined) {
    const named = optionalObject(wheel, 'named_parameters');
    if (named !== undefined && wheel.parameters !== undefined) {
      throw invalid('python_wheel_task takes either parameters or named_parameters.');
    }
    return {
      python_wheel_task: {
        ...wheel,
        package_name: requiredText(wheel, 'package_name'),
        entry_point: requiredText(wheel, 'entry_point'),
        ...(wheel.parameters === undefined ? {} : { parameters: textList(wheel, 'parameters') }),
        ...(named === undefined ? {} : { named_parameters: textMap(named) }),
      },
    };
  }
  const condition = optionalObject(fields, 'condition_task');
  return condition === undefined
    ? {}
    : {
        condition_task: {
          op: requiredText(condition, 'op'),
          left: optionalText(condition, 'left') ?? '',
          right: optionalText(condition, 'right') ?? '',
        },
      };
}

/** An object of texts. @throws ApiError for nested values */
export function textMap(fields: Fields): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, optionalText(fields, name) ?? '']));
}

function environmentSpec(fields: Fields): EnvironmentSpec {
  const spec = optionalObject(fields, 'spec');
  return {
    environment_key: requiredText(fields, 'environment_key'),
    ...(spec === undefined
      ? {}
      : {
          spec: {
            ...spec,
            ...(spec.dependencies === undefined ? {} : { dependencies: textList(spec, 'dependencies') }),
          },
        }),
  };
}

function parameterName(name: string): string {
  if (!/^[\w.-]+$/.test(name)) {
    throw invalid(`The job parameter name '${name}' may only have letters, digits, '_', '-' and '.'.`);
  }
  return name;
}

function seconds(fields: Fields): number {
  const value = optionalInteger(fields, 'timeout_seconds') ?? 0;
  if (value < 0) {
    throw invalid('timeout_seconds must not be negative.');
  }
  return value;
}

function refuseRepeated(what: string, names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw invalid(`The ${what} '${repeated}' is there twice.`);
  }
}

function refuseCycles(tasks: readonly TaskSpec[]): void {
  const known = new Set(tasks.map((task) => task.task_key));
  const done = new Set<string>();
  let waiting = [...tasks];
  for (const task of tasks) {
    const missing = task.depends_on?.find((dependency) => !known.has(dependency.task_key));
    if (missing !== undefined) {
      throw invalid(`Task '${task.task_key}' depends on the task '${missing.task_key}', which the job does not have.`);
    }
  }
  while (waiting.length > 0) {
    const ready = waiting.filter((task) => (task.depends_on ?? []).every(({ task_key: key }) => done.has(key)));
    if (ready.length === 0) {
      throw invalid(
        `The tasks ${waiting.map((task) => `'${task.task_key}'`).join(', ')} depend on each other in a circle.`,
      );
    }
    for (const task of ready) {
      done.add(task.task_key);
    }
    waiting = waiting.filter((task) => !done.has(task.task_key));
  }
}

function checkGitSource(source: Fields | undefined): void {
  const provider = source === undefined ? undefined : (optionalText(source, 'git_provider') ?? '').toLowerCase();
  if (provider !== undefined && !GIT_PROVIDERS.split(',').includes(provider)) {
    throw invalid(`git_source.git_provider must be one of: ${GIT_PROVIDERS}`);
  }
}

/**
 * Refuses to start what the local workspace cannot run.
 * @throws ApiError 501 NOT_IMPLEMENTED with the task and its type
 */
export function refuseUnsupported(tasks: readonly TaskSpec[]): void {
  for (const task of tasks) {
    if (!task.spark_python_task && !task.notebook_task && !task.python_wheel_task && !task.condition_task) {
      const type = Object.keys(task).find((name) => name.endsWith('_task')) ?? 'unknown';
      throw notSupported(`Task '${task.task_key}' is a ${type}, which the local workspace does not run.`);
    }
    if ((task.spark_python_task ?? task.notebook_task)?.source === 'GIT') {
      throw notSupported(`Task '${task.task_key}' takes its source from git, which the local workspace does not do.`);
    }
  }
}

function notSupported(message: string): ApiError {
  return new ApiError(501, 'NOT_IMPLEMENTED', message);
}
