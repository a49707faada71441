import { ApiError } from '../api';
import { type Fields, invalid, optionalObject, optionalText, requiredText, textList } from '../fields';
import type { TaskSpec } from './types';

/**
 * The task types that the local workspace runs, with their fields checked; of others nothing.
 * @param fromGit whether notebooks and SQL files lie in Git unless they say otherwise; scripts lie in the workspace then too
 * @throws ApiError 400 INVALID_PARAMETER_VALUE
 */
export function typedTask(key: string, fields: Fields, fromGit: boolean): Partial<TaskSpec> {
  const source = fromGit ? 'GIT' : 'WORKSPACE';
  for (const [type, read] of Object.entries(READERS)) {
    const given = optionalObject(fields, type);
    if (given !== undefined) {
      return { [type]: read(given, key, source) };
    }
  }
  return {};
}

type Reader = (task: Fields, key: string, source: 'WORKSPACE' | 'GIT') => Fields;

const READERS: Readonly<Record<string, Reader>> = {
  spark_python_task: (script) => ({
    ...script,
    python_file: requiredText(script, 'python_file'),
    ...(script.parameters === undefined ? {} : { parameters: textList(script, 'parameters') }),
  }),
  notebook_task: (notebook, _key, source) => ({
    source,
    ...notebook,
    notebook_path: requiredText(notebook, 'notebook_path'),
    ...(notebook.warehouse_id == null ? {} : { warehouse_id: requiredText(notebook, 'warehouse_id') }),
    ...textMapOf(notebook, 'base_parameters'),
  }),
  python_wheel_task: (wheel) => {
    if (wheel.named_parameters != null && wheel.parameters !== undefined) {
      throw invalid('python_wheel_task takes either parameters or named_parameters.');
    }
    return {
      ...wheel,
      package_name: requiredText(wheel, 'package_name'),
      entry_point: requiredText(wheel, 'entry_point'),
      ...(wheel.parameters === undefined ? {} : { parameters: textList(wheel, 'parameters') }),
      ...textMapOf(wheel, 'named_parameters'),
    };
  },
  condition_task: (condition, key) => {
    const op = requiredText(condition, 'op');
    if (!CONDITIONS.has(op)) {
      throw invalid(`The op of condition_task '${key}' must be one of ${[...CONDITIONS].join(', ')}, not '${op}'.`);
    }
    return {
      op,
      left: side(condition, 'left', key),
      right: side(condition, 'right', key),
    };
  },
  run_job_task: (runJob) => ({
    ...runJob,
    job_id: requiredText(runJob, 'job_id'),
    ...textMapOf(runJob, 'job_parameters'),
    ...textMapOf(runJob, 'notebook_params'),
    ...textMapOf(runJob, 'python_named_params'),
    ...textMapOf(runJob, 'sql_params'),
    ...(runJob.python_params === undefined ? {} : { python_params: textList(runJob, 'python_params') }),
  }),
  sql_task: (sql, key, source) => {
    const kinds = ['query', 'file', 'alert', 'dashboard'].filter((kind) => sql[kind] != null);
    if (kinds.length !== 1) {
      const has = kinds.length === 0 ? 'none' : kinds.join(', ');
      throw invalid(
        `The sql_task of task '${key}' must have exactly one of query, file, alert, dashboard; it has ${has}.`,
      );
    }
    const query = optionalObject(sql, 'query');
    const file = optionalObject(sql, 'file');
    return {
      ...sql,
      warehouse_id: requiredText(sql, 'warehouse_id'),
      ...(query === undefined ? {} : { query: { ...query, query_id: requiredText(query, 'query_id') } }),
      ...(file === undefined ? {} : { file: { source, ...file, path: requiredText(file, 'path') } }),
      ...textMapOf(sql, 'parameters'),
    };
  },
  pipeline_task: (pipeline) => ({
    ...pipeline,
    pipeline_id: requiredText(pipeline, 'pipeline_id'),
    ...(pipeline.refresh_selection === undefined ? {} : { refresh_selection: textList(pipeline, 'refresh_selection') }),
    ...(pipeline.full_refresh_selection === undefined
      ? {}
      : { full_refresh_selection: textList(pipeline, 'full_refresh_selection') }),
  }),
};

const CONDITIONS: ReadonlySet<string> = new Set([
  'EQUAL_TO',
  'NOT_EQUAL',
  'GREATER_THAN',
  'GREATER_THAN_OR_EQUAL',
  'LESS_THAN',
  'LESS_THAN_OR_EQUAL',
]);

/** A side may be empty, but not absent. */
function side(condition: Fields, name: 'left' | 'right', key: string): string {
  const text = optionalText(condition, name);
  if (text === undefined) {
    throw invalid(`The condition_task of task '${key}' must have ${name}.`);
  }
  return text;
}

function textMapOf(fields: Fields, name: string): Fields {
  const given = optionalObject(fields, name);
  return given === undefined ? {} : { [name]: textMap(given) };
}

/** An object of texts. @throws ApiError for nested values */
export function textMap(fields: Fields): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, optionalText(fields, name) ?? '']));
}

/**
 * Refuses to start what the local workspace cannot run.
 * @throws ApiError 501 NOT_IMPLEMENTED with the task and its type
 */
export function refuseUnsupported(tasks: readonly TaskSpec[]): void {
  for (const task of tasks) {
    if (task.for_each_task !== undefined) {
      refuseUnsupported([task.for_each_task.task]);
      continue;
    }
    if (!Object.keys(READERS).some((type) => task[type as keyof TaskSpec] != null)) {
      const type = Object.keys(task).find((name) => name.endsWith('_task')) ?? 'unknown';
      throw notSupported(`Task '${task.task_key}' is a ${type}, which the local workspace does not run.`);
    }
    const sql = task.sql_task;
    if (sql !== undefined && sql.query === undefined && sql.file === undefined) {
      throw notSupported(
        `Task '${task.task_key}' is a sql_task of an alert or a dashboard, which the local workspace does not run.`,
      );
    }
  }
}

function notSupported(message: string): ApiError {
  return new ApiError(501, 'NOT_IMPLEMENTED', message);
}
