import { TaskError } from '../../src/errors';
import { parseJson } from '../../src/json';

/** The older kinds of parameters of `run-now` and `runs/repair`, as the Jobs API takes them. */
export type TaskParameters = Readonly<Record<string, Readonly<Record<string, string>> | readonly string[]>>;

/** Form of each kind. Source: Jobs API 2.2, `run-now`. */
const KINDS: Readonly<Record<string, 'map' | 'list'>> = {
  notebook_params: 'map',
  python_params: 'list',
  jar_params: 'list',
  sql_params: 'map',
  dbt_commands: 'list',
  python_named_params: 'map',
  spark_submit_params: 'list',
};

/**
 * Input `taskParameters`, kind by kind: a map of names and values, or a list.
 * @param byKind the kinds as the input names them, each with JSON
 * @throws TaskError INPUT_INVALID that names the kind
 */
export function taskParametersOf(byKind: ReadonlyMap<string, unknown>): TaskParameters {
  return Object.fromEntries([...byKind].map(([kind, value]) => [kind, parametersOfKind(kind, value)]));
}

/**
 * The kinds in a text: one JSON object, or one `kind=JSON` a line.
 * @param lines reads the form with lines
 * @throws TaskError INPUT_INVALID
 */
export function kindsIn(text: string, lines: () => ReadonlyMap<string, string>): ReadonlyMap<string, unknown> {
  if (!text.startsWith('{')) {
    return new Map([...lines()].map(([kind, value]) => [kind, json(value, `'${kind}'`)]));
  }
  return new Map(Object.entries(json(text, 'the text') as Record<string, unknown>));
}

/** Fields of a task that each kind reaches. Source: Jobs API 2.2, `run-now`; that `python_params` reaches wheels too is [U]. */
const REACHED: Readonly<Record<string, readonly string[]>> = {
  notebook_params: ['notebook_task'],
  python_params: ['spark_python_task', 'python_wheel_task'],
  jar_params: ['spark_jar_task'],
  sql_params: ['sql_task'],
  dbt_commands: ['dbt_task'],
  python_named_params: ['python_wheel_task'],
  spark_submit_params: ['spark_submit_task'],
};

/**
 * The service refuses a run with both generations of parameters.
 * @param jobParameters names of those that would be sent
 * @throws TaskError PARAMETERS_MIXED
 */
export function refuseMixed(jobParameters: readonly string[], taskParameters: TaskParameters): void {
  const kinds = Object.keys(taskParameters);
  if (jobParameters.length > 0 && kinds.length > 0) {
    throw new TaskError('PARAMETERS_MIXED', 'A run takes job parameters or task parameters, not both.', {
      where: `Given are ${jobParameters.join(', ')} for the job, and ${kinds.join(', ')} for its tasks.`,
      todo: "Use 'jobParameters' alone where the job declares parameters, otherwise 'taskParameters' alone.",
    });
  }
}

/**
 * Parameters that no task takes would be ignored without a word.
 * @param of the job, for people
 * @param tasks those that run
 * @throws TaskError TASK_PARAMETERS_UNUSED
 */
export function refuseUnused(of: string, tasks: readonly object[], taskParameters: TaskParameters): void {
  const unused = Object.keys(taskParameters).find((kind) => !tasks.some((task) => takes(task, REACHED[kind] ?? [])));
  if (unused !== undefined) {
    throw new TaskError('TASK_PARAMETERS_UNUSED', `No task of ${of} that runs takes '${unused}'.`, {
      where: `It is for ${(REACHED[unused] ?? []).join(' and ')} alone.`,
      todo: "Correct 'taskParameters', or use 'jobParameters' for parameters that the job declares.",
    });
  }
}

function takes(task: object, fields: readonly string[]): boolean {
  const inner = (task as { readonly for_each_task?: { readonly task?: object } }).for_each_task?.task;
  return fields.some((field) => field in task) || (inner !== undefined && takes(inner, fields));
}

function parametersOfKind(kind: string, value: unknown): Readonly<Record<string, string>> | readonly string[] {
  const form = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (form === undefined) {
    throw invalid(`'${kind}' is no kind of task parameters`, `Use ${Object.keys(KINDS).join(', ')}.`);
  }
  if (form === 'list') {
    if (!Array.isArray(value)) {
      throw invalid(`'${kind}' is no list`, `Write ${kind}=["a", "b"].`);
    }
    return value.map((item) => scalar(kind, item));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`'${kind}' is no map`, `Write ${kind}={"name": "value"}.`);
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, scalar(kind, item)]));
}

function scalar(kind: string, value: unknown): string {
  if (typeof value === 'object' || value === undefined) {
    throw invalid(`'${kind}' holds a value that is not text, a number, true or false`, 'Write such a value as text.');
  }
  return String(value);
}

function json(text: string, what: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw invalid(`${what} is no JSON: ${(error as Error).message}`, 'Write one kind=JSON a line, or one JSON object.');
  }
}

function invalid(detail: string, todo: string): TaskError {
  return new TaskError('INPUT_INVALID', `Input 'taskParameters' cannot be read: ${detail}.`, { todo });
}
