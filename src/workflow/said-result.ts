import { parseJson } from '../json';

/** What a job's code says about what it made: a notebook's exit value or the last `mlops-result: {json}` line of a script. */
export interface SaidResult {
  readonly mlflowRunId: string;
  readonly modelName: string;
  readonly modelVersion: string;
}

const MARK = /^mlops-result:\s*(\{.*\})\s*$/;

/** The last `mlops-result:` line of a script's output, `undefined` when there is none that holds JSON with at least one of the three names. */
export function saidInLogs(logs: string): SaidResult | undefined {
  const lines = logs.split(/\r?\n/);
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const said = MARK.exec(lines[index]?.trim() ?? '');
    if (said?.[1] !== undefined) {
      return saidInJson(said[1]);
    }
  }
  return undefined;
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
