import { parseJson } from '../json';

/** What a job's code says about what it made: a notebook's exit value or the last `mlops-result: {json}` line of a script. */
export interface SaidResult {
  readonly mlflowRunId: string;
  readonly modelName: string;
  readonly modelVersion: string;
}

const MARK = /^mlops-result:\s*(.*)$/;

/** What stands behind the last mark of a script's output. */
export interface MarkedResult {
  readonly said?: SaidResult;
  /** The text where it is no JSON object with at least one of the three names; the code meant to say something. */
  readonly unreadable?: string;
}

/** The last `mlops-result:` line of a script's output; nothing where there is none. */
export function saidInLogs(logs: string): MarkedResult {
  const lines = logs.split(/\r?\n/);
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const said = MARK.exec(lines[index]?.trim() ?? '');
    if (said?.[1] !== undefined) {
      const result = saidInJson(said[1]);
      return result === undefined ? { unreadable: said[1] } : { said: result };
    }
  }
  return {};
}

/** A notebook's exit value, when it is a JSON object with at least one of the three names. */
export function saidInJson(text: string): SaidResult | undefined {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    // An exit value may be any text; only JSON says something to us.
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return undefined;
  }
  const member = (name: string) => {
    const found = (value as Record<string, unknown>)[name];
    return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
  };
  const said = {
    mlflowRunId: member('mlflow_run_id'),
    modelName: member('model_name'),
    modelVersion: member('model_version'),
  };
  return said.mlflowRunId === '' && said.modelName === '' ? undefined : said;
}
