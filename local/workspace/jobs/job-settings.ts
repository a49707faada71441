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
import { checkGitSource } from './git-source';
import { refuseBeyondLimits } from './setting-limits';
import { seconds, taskSpec } from './task-settings';
import type { EnvironmentSpec, JobSettings, TaskSpec } from './types';

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
  const starters = ['schedule', 'trigger', 'triggers', 'continuous'].filter((start) => fields[start] != null);
  if (starters.length > 1) {
    throw invalid(`A job has only one of schedule, trigger, triggers and continuous, not ${starters.join(' and ')}.`);
  }
  return {
    email_notifications: {},
    webhook_notifications: {},
    ...runSettings(fields),
    ...checkedStarters(fields),
    name,
    max_concurrent_runs: concurrent,
    ...(parameters.length === 0 ? {} : { parameters }),
    format: 'MULTI_TASK',
  } as JobSettings;
}

/** What would start the job by itself, had the local workspace a scheduler; kept and shown. */
function checkedStarters(fields: Fields): Fields {
  const schedule = optionalObject(fields, 'schedule');
  const trigger = optionalObject(fields, 'trigger');
  const continuous = optionalObject(fields, 'continuous');
  if (schedule !== undefined) {
    const cron = requiredText(schedule, 'quartz_cron_expression');
    if (!/^\s*\S+(\s+\S+){5,6}\s*$/.test(cron)) {
      throw invalid(`Invalid quartz_cron_expression '${cron}': it has six or seven fields.`);
    }
    refuseUnknownZone(requiredText(schedule, 'timezone_id'));
  }
  return {
    ...(schedule === undefined ? {} : { schedule: { ...schedule, pause_status: pauseStatus(schedule) } }),
    ...(trigger === undefined ? {} : { trigger: { ...trigger, pause_status: pauseStatus(trigger) } }),
    ...(continuous === undefined ? {} : { continuous: { ...continuous, pause_status: pauseStatus(continuous) } }),
  };
}

function pauseStatus(fields: Fields): string {
  const status = optionalText(fields, 'pause_status') ?? 'UNPAUSED';
  if (status !== 'PAUSED' && status !== 'UNPAUSED') {
    throw invalid(`pause_status must be PAUSED or UNPAUSED, not '${status}'.`);
  }
  return status;
}

function refuseUnknownZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch (error) {
    if (error instanceof RangeError) {
      throw invalid(`The timezone_id '${zone}' is not known.`);
    }
    throw error;
  }
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
  const git = optionalObject(fields, 'git_source');
  checkGitSource(git);
  refuseBeyondLimits(fields);
  const jobClusters = objectList(fields, 'job_clusters').map((cluster) => requiredText(cluster, 'job_cluster_key'));
  refuseRepeated('job cluster key', jobClusters);
  const surroundings = { environments, jobClusters, fromGit: git !== undefined };
  const tasks = objectList(fields, 'tasks').map((task) => taskSpec(task, surroundings));
  if (tasks.length > MOST_TASKS) {
    throw invalid(`A job has at most ${MOST_TASKS} tasks.`);
  }
  refuseRepeated(
    'task key',
    tasks.map((task) => task.task_key),
  );
  refuseCycles(tasks);
  const queue = optionalObject(fields, 'queue');
  return {
    ...fields,
    timeout_seconds: seconds(fields),
    ...(tasks.length === 0 ? {} : { tasks }),
    ...(environments.length === 0 ? {} : { environments }),
    ...(queue === undefined ? {} : { queue: { enabled: queue.enabled === true } }),
  };
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
