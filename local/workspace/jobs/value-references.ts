import { latest, type Run, type TaskRun } from './types';

/** What dynamic value references of a task may ask for. */
export interface ReferenceContext {
  readonly workspaceId: string;
  readonly workspaceUrl: string;
  readonly run: Run;
  readonly task: TaskRun;
  /** A task value set by an attempt, as text; `undefined` when it was not set. */
  taskValue(runId: string, key: string): string | undefined;
}

/**
 * Replaces `{{…}}` in a text (Databricks "dynamic value references").
 * @throws Error naming a reference that means nothing, so that the task fails instead of running with the braces
 */
export function resolveReferences(text: string, context: ReferenceContext): string {
  return text.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, (whole, name: string) => {
    const value = referenceValue(name, context);
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
      return jobValue(rest, context.run);
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

function jobValue(name: string, run: Run): string | undefined {
  if (name.startsWith('parameters.')) {
    return run.jobParameters.find((parameter) => parameter.name === name.slice('parameters.'.length))?.value;
  }
  if (name.startsWith('start_time.')) {
    return timeValue(name.slice('start_time.'.length), run.startTime);
  }
  switch (name) {
    case 'id':
      return run.jobId;
    case 'name':
      return run.settings.name ?? run.name;
    case 'run_id':
      return run.runId;
    case 'repair_count':
      return '0';
    case 'trigger.type':
      return 'one_time';
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
    case 'values':
      return context.taskValue(attempt.runId, rest.join('.'));
    default:
      return undefined;
  }
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
