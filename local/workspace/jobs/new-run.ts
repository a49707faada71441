import { ApiError } from '../api';
import { type Fields, flag, invalid, optionalObject, textList } from '../fields';
import type { RunStore } from './run-store';
import { refuseUnsupported, textMap } from './task-types';
import type { Job, JobSettings, Overriding, Run, TaskSpec } from './types';

/**
 * Values of a job's parameters in one run.
 * That the service refuses names which the job does not declare, and with which words, is [U].
 * @throws ApiError 400 INVALID_PARAMETER_VALUE
 */
export function jobParameterValues(
  settings: JobSettings,
  given: Readonly<Record<string, string>>,
): Run['jobParameters'] {
  const declared = settings.parameters ?? [];
  const unknown = Object.keys(given).filter((name) => !declared.some((parameter) => parameter.name === name));
  if (unknown.length > 0) {
    const has = declared.length === 0 ? 'none' : declared.map((parameter) => parameter.name).join(', ');
    throw invalid(`The job does not define the job parameters: ${unknown.join(', ')}. It defines: ${has}.`);
  }
  return declared.map(({ name, default: standard }) => ({ name, default: standard, value: given[name] ?? standard }));
}

/** Kinds that the service refuses beside `job_parameters`. Source: the Databricks provider of Apache Airflow, `DatabricksRunNowOperator`. */
const OLDER_KINDS = [
  'notebook_params',
  'python_params',
  'python_named_params',
  'jar_params',
  'spark_submit_params',
  'sql_params',
  'dbt_commands',
];

/**
 * The older kinds of parameters of `run-now`.
 * @throws ApiError 400 beside job parameters [U: its words, and that `sql_params` is one of these], 501 for kinds whose tasks the local workspace does not run
 */
export function overridingParameters(fields: Fields): Overriding {
  const given = OLDER_KINDS.filter((name) => fields[name] !== undefined);
  if (given.length > 0 && Object.keys(optionalObject(fields, 'job_parameters') ?? {}).length > 0) {
    throw invalid(`job_parameters cannot be given together with ${given.join(', ')}.`);
  }
  const other = ['jar_params', 'spark_submit_params', 'dbt_commands'].find((name) => fields[name] !== undefined);
  if (other !== undefined) {
    throw new ApiError(501, 'NOT_IMPLEMENTED', `The local workspace does not know ${other} of run-now.`);
  }
  const notebook = optionalObject(fields, 'notebook_params');
  const named = optionalObject(fields, 'python_named_params');
  const sql = optionalObject(fields, 'sql_params');
  const pipeline = optionalObject(fields, 'pipeline_params');
  return {
    ...(notebook === undefined ? {} : { notebook_params: textMap(notebook) }),
    ...(fields.python_params === undefined ? {} : { python_params: textList(fields, 'python_params') }),
    ...(named === undefined ? {} : { python_named_params: textMap(named) }),
    ...(sql === undefined ? {} : { sql_params: textMap(sql) }),
    ...(pipeline === undefined ? {} : { pipeline_params: { full_refresh: flag(pipeline, 'full_refresh') } }),
  };
}

/**
 * The tasks that `only` asks for: keys, with `+` in front also what they depend on, with `+` behind also what depends on them.
 * @throws ApiError 400 for a key that the job does not have
 */
export function chosenTasks(tasks: readonly TaskSpec[], only: readonly string[]): readonly TaskSpec[] {
  if (only.length === 0) {
    return tasks;
  }
  const chosen = new Set<string>();
  for (const entry of only) {
    const key = entry.replace(/^\+/, '').replace(/\+$/, '');
    if (!tasks.some((task) => task.task_key === key)) {
      throw invalid(`The job has no task '${key}'.`);
    }
    chosen.add(key);
    const follow = [
      ...(entry.startsWith('+') ? [(of: string) => upstream(tasks, of)] : []),
      ...(entry.endsWith('+') ? [(of: string) => downstream(tasks, of)] : []),
    ];
    for (const step of follow) {
      for (const found of closure(key, step)) {
        chosen.add(found);
      }
    }
  }
  return tasks
    .filter((task) => chosen.has(task.task_key))
    .map((task) => ({
      ...task,
      depends_on: (task.depends_on ?? []).filter((dependency) => chosen.has(dependency.task_key)),
    }));
}

function closure(start: string, step: (key: string) => readonly string[]): ReadonlySet<string> {
  const found = new Set([start]);
  for (const key of found) {
    for (const next of step(key)) {
      found.add(next);
    }
  }
  return found;
}

function upstream(tasks: readonly TaskSpec[], key: string): readonly string[] {
  return (tasks.find((task) => task.task_key === key)?.depends_on ?? []).map((dependency) => dependency.task_key);
}

function downstream(tasks: readonly TaskSpec[], key: string): readonly string[] {
  return tasks.filter((task) => upstream(tasks, task.task_key).includes(key)).map((task) => task.task_key);
}

/** A run that waits to begin, each task with its first attempt. */
export function queuedRun(
  runs: RunStore,
  now: number,
  given: Pick<Run, 'jobId' | 'type' | 'name' | 'creator' | 'settings' | 'jobParameters' | 'overriding'> &
    Pick<Run, 'runAs' | 'permissions'> & {
      readonly tasks: readonly TaskSpec[];
      readonly parent?: NonNullable<Run['parent']>;
    },
): Run {
  return {
    ...given,
    runId: runs.newId(),
    phase: 'QUEUED',
    startTime: now,
    tasks: given.tasks.map((spec) => ({
      spec,
      attempts: [{ runId: runs.newId(), number: 0, phase: 'BLOCKED', startTime: now }],
    })),
  };
}

/**
 * A run of a job, which waits in the queue; one that has ended already when the job has no room and no queue.
 * @throws ApiError 400 for wrong parameters, a job without tasks, 501 for tasks that the local workspace does not run
 */
export function jobRun(
  runs: RunStore,
  job: Job,
  now: number,
  given: {
    readonly creator: Run['creator'];
    readonly runAs: NonNullable<Run['runAs']>;
    readonly parameters: Readonly<Record<string, string>>;
    readonly overriding: Overriding;
    readonly only?: readonly string[];
    /** Instead of the job's own `queue.enabled`. */
    readonly queue?: boolean;
    readonly parent?: NonNullable<Run['parent']>;
  },
): Run {
  const { settings, jobId } = job;
  const tasks = chosenTasks(settings.tasks ?? [], given.only ?? []);
  if (tasks.length === 0) {
    throw invalid(`Job ${jobId} has no tasks to run.`);
  }
  refuseUnsupported(tasks);
  const created = queuedRun(runs, now, {
    jobId,
    type: 'JOB_RUN',
    name: settings.name ?? 'Untitled',
    creator: given.creator,
    runAs: given.runAs,
    settings,
    jobParameters: jobParameterValues(settings, given.parameters),
    overriding: given.overriding,
    tasks,
    ...(given.parent === undefined ? {} : { parent: given.parent }),
  });
  const active = runs.active().filter((other) => other.jobId === jobId && other.iterations === undefined).length;
  const hasRoom = active < (settings.max_concurrent_runs ?? 1);
  return hasRoom || (given.queue ?? settings.queue?.enabled) === true ? created : skippedRun(created, now);
}

/** A run that never begins because the job is busy and has no queue. */
function skippedRun(run: Run, now: number): Run {
  const message = 'The run was skipped because the maximum number of concurrent runs of this job has been reached.';
  return { ...run, tasks: [], phase: 'ENDED', endTime: now, outcome: 'MAXIMUM_CONCURRENT_RUNS_REACHED', message };
}
