import { latest, type Run, type TaskRun } from './types';

/** What dynamic value references of a task may ask for. */
export interface ReferenceContext {
  readonly workspaceId: string;
  readonly workspaceUrl: string;
  readonly run: Run;
  readonly task: TaskRun;
  /** A task value set by an attempt; `undefined` when it was not set. */
  taskValue(runId: string, key: string): unknown;
  /** The rows that an attempt of a SQL task read; `undefined` for other tasks. */
  sqlRows(runId: string): readonly Readonly<Record<string, unknown>>[] | undefined;
}

/**
 * Replaces `{{…}}` in a text (Databricks "dynamic value references").
 * @throws Error naming a reference that means nothing, so that the task fails instead of running with the braces
 */
export function resolveReferences(text: string, context: ReferenceContext): string {
  return text.replace(/\{\{([^{}]*)\}\}/g, (whole, name: string) => {
    const value = referenceValue(name.trim(), context);
    if (value === undefined) {
      throw new Error(`The value reference ${whole} of task '${context.task.spec.task_key}' cannot be resolved.`);
    }
    return value;
  });
}

function referenceValue(name: string, context: ReferenceContext): string | undefined {
  const [space = '', ...path] = name.split('.');
  const rest = path.join('.');
  switch (space) {
    case 'job':
      return rest.startsWith('parameters.') ? parameterValue(rest, context) : jobValue(rest, context.run);
    case 'input':
      return inputValue(path, context.task);
    case 'task':
      return taskValue(rest, context);
    case 'tasks':
      return upstreamValue(path, context);
    case 'workspace':
      return rest === 'id' ? context.workspaceId : rest === 'url' ? context.workspaceUrl : undefined;
    default:
      return legacyValue(name, context);
  }
}

/** A job parameter's value may have references of its own, but not to parameters: those stay as they are. */
function parameterValue(name: string, context: ReferenceContext): string | undefined {
  const { jobParameters } = context.run;
  const value = jobParameters.find((parameter) => `parameters.${parameter.name}` === name)?.value;
  return value === undefined || /\{\{\s*job\.parameters\./.test(value) ? value : resolveReferences(value, context);
}

/** The element of an iteration, or what a path in it leads to. */
function inputValue(path: readonly string[], task: TaskRun): string | undefined {
  const value = path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, key)
        ? (at as Record<string, unknown>)[key]
        : undefined,
    task.input,
  );
  return asText(value);
}

/** Texts as they are, everything else as JSON. */
function asText(value: unknown): string | undefined {
  return value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value);
}

function jobValue(name: string, run: Run): string | undefined {
  const time = /^(?:start_time|trigger\.time)\.(.+)$/.exec(name)?.[1];
  if (time !== undefined) {
    return timeValue(time, run.startTime);
  }
  switch (name) {
    case 'id':
      return run.jobId;
    case 'name':
      return run.settings.name ?? run.name;
    case 'run_id':
      return run.runId;
    case 'repair_count':
      return String(run.rounds?.length ?? 0);
    case 'trigger.type':
      return run.parent === undefined ? 'one_time' : 'run_job_task';
    default:
      return undefined;
  }
}

function taskValue(name: string, { task }: ReferenceContext): string | undefined {
  switch (name) {
    case 'name':
      return task.spec.task_key;
    case 'run_id':
      return latest(task).runId;
    case 'execution_count':
      return String(latest(task).number + 1);
    case 'notebook_path':
      return task.spec.notebook_task?.notebook_path;
    default:
      return undefined;
  }
}

function upstreamValue([key, field, ...rest]: readonly string[], context: ReferenceContext): string | undefined {
  const upstream = context.run.tasks.find((task) => task.spec.task_key === key);
  if (upstream === undefined) {
    return undefined;
  }
  const attempt = latest(upstream);
  switch (field) {
    case 'run_id':
      return attempt.runId;
    case 'result_state':
      return attempt.outcome?.toLowerCase();
    case 'execution_count':
      return String(attempt.number + 1);
    case 'notebook_path':
      return upstream.spec.notebook_task?.notebook_path;
    case 'error_code':
      return attempt.outcome === 'FAILED' ? 'RunExecutionError' : attempt.outcome === 'SUCCESS' ? '' : undefined; // names [U]
    case 'values':
      return asText(context.taskValue(attempt.runId, rest.join('.')));
    case 'output':
      return outputValue(rest, context.sqlRows(attempt.runId));
    default:
      return undefined;
  }
}

/** Of a SQL task: `rows`, `first_row`, and a column of it. */
function outputValue(
  [part, column, ...more]: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[] | undefined,
): string | undefined {
  if (rows === undefined || more.length > 0) {
    return undefined;
  }
  if (part === 'rows' && column === undefined) {
    return JSON.stringify(rows);
  }
  const first = rows[0] ?? {};
  if (part !== 'first_row') {
    return undefined;
  }
  return asText(column === undefined ? first : Object.hasOwn(first, column) ? first[column] : undefined);
}

/** The names from before dotted references, which the service still knows. */
function legacyValue(name: string, { run, task }: ReferenceContext): string | undefined {
  switch (name) {
    case 'job_id':
      return run.jobId;
    case 'run_id':
      return latest(task).runId;
    case 'parent_run_id':
      return run.runId;
    case 'task_key':
      return task.spec.task_key;
    case 'task_retry_count':
      return String(latest(task).number);
    case 'start_time':
      return String(run.startTime);
    case 'start_date':
      return timeValue('iso_date', run.startTime);
    default:
      return undefined;
  }
}

function timeValue(part: string, milliseconds: number): string | undefined {
  const iso = new Date(milliseconds).toISOString();
  switch (part) {
    case 'iso_date':
      return iso.slice(0, 10);
    case 'iso_datetime':
      return iso.replace(/\.\d+Z$/, 'Z');
    case 'timestamp_ms':
      return String(milliseconds);
    case 'year':
      return iso.slice(0, 4);
    case 'month':
      return iso.slice(5, 7);
    case 'day':
      return iso.slice(8, 10);
    case 'iso_weekday':
      return String(isoWeekday(milliseconds));
    case 'is_weekday':
      return String(isoWeekday(milliseconds) < 6);
    case 'hour':
      return iso.slice(11, 13);
    case 'minute':
      return iso.slice(14, 16);
    case 'second':
      return iso.slice(17, 19);
    default:
      return undefined;
  }
}

/** 1 (Monday) to 7, in UTC as all times of references. */
function isoWeekday(milliseconds: number): number {
  return ((new Date(milliseconds).getUTCDay() + 6) % 7) + 1;
}
