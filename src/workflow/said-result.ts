import { parseJson } from '../json';

/** What a job's code says about what it made: a notebook's exit value or the last `mlops-result: {json}` line of a script. */
export interface SaidResult {
  /** `''`: not said. */
  readonly mlflowRunId: string;
  /** Both are said, or both are `''`. */
  readonly modelName: string;
  readonly modelVersion: string;
}

const MARK = /^mlops-result:\s*(.*)$/;

/** What the code of a task says; nothing where it says nothing to us. */
export interface MarkedResult {
  readonly said?: SaidResult;
  /** The text where it was meant for us and cannot be used. */
  readonly unreadable?: string;
}

/** The last `mlops-result:` line of a script's output; nothing where there is none. */
export function saidInLogs(logs: string): MarkedResult {
  const lines = logs.split(/\r?\n/);
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const marked = MARK.exec(lines[index]?.trim() ?? '')?.[1];
    if (marked !== undefined) {
      const fields = fieldsIn(marked);
      return fields === undefined ? { unreadable: marked } : saidIn(fields, marked);
    }
  }
  return {};
}

/** A notebook's exit value, which may be any text; what names none of the three is not meant for us. */
export function saidInJson(text: string): MarkedResult {
  const fields = fieldsIn(text);
  return fields === undefined || NAMES.every((name) => isUnsaid(fields[name])) ? {} : saidIn(fields, text);
}

const NAMES = ['mlflow_run_id', 'model_name', 'model_version'] as const;
type Fields = Readonly<Record<string, unknown>>;

function fieldsIn(text: string): Fields | undefined {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    // An exit value may be any text; only JSON says something to us.
    return undefined;
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** A run, a version with its model, or all three: half of it would be dropped without a word. */
function saidIn(fields: Fields, text: string): MarkedResult {
  const [mlflowRunId, modelName, modelVersion] = NAMES.map((name) => member(fields[name]));
  const usable =
    mlflowRunId !== undefined &&
    modelName !== undefined &&
    modelVersion !== undefined &&
    (mlflowRunId !== '' || modelName !== '') &&
    (modelName === '') === (modelVersion === '') &&
    /^[\w-]*$/.test(mlflowRunId) &&
    /^\d*$/.test(modelVersion);
  return usable ? { said: { mlflowRunId, modelName, modelVersion } } : { unreadable: text };
}

function member(value: unknown): string | undefined {
  if (isUnsaid(value)) {
    return '';
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function isUnsaid(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
