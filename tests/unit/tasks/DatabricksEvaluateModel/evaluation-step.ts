import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceConnection } from '../../../../src/agent/host';
import { runTask } from '../../../../src/agent/run-task';
import { readInputs } from '../../../../tasks/DatabricksEvaluateModel/inputs';
import { run } from '../../../../tasks/DatabricksEvaluateModel/run';
import task from '../../../../tasks/DatabricksEvaluateModel/task.json';
import { AutoClock } from '../../../support/auto-clock';
import { FakeHost } from '../../../support/fake-host';
import { regressionPolicyText, regressionRows } from '../../evaluation/sample-policy';

export const model = 'main.default.price';

export const POLICY = regressionPolicyText(`thresholds: [{metric: rmse, direction: lower, max: 100}]
champion: {primary: {metric: rmse, hypothesis: superior, iterations: 500}}`);

/** A folder with `policy.yml` and `predictions.csv`; returns the paths. */
export function writeSources(
  policy: string,
  csv: string,
): { readonly folder: string; readonly policyFile: string; readonly predictions: string } {
  const folder = mkdtempSync(join(tmpdir(), 'databricks-mlops-evaluate-'));
  writeFileSync(join(folder, 'policy.yml'), policy);
  writeFileSync(join(folder, 'predictions.csv'), csv);
  return { folder, policyFile: join(folder, 'policy.yml'), predictions: `file:${join(folder, 'predictions.csv')}` };
}

/** CSV of a holdout; versions as given, `''` for none. */
export function csvOf(rows: number, noise: number, challenger: string, champion: string): string {
  const lines = regressionRows(rows, noise, 30).map((row) =>
    [row.id, row.y, row.p_challenger, champion === '' ? '' : row.p_champion, challenger, champion].join(','),
  );
  return ['id,y,p_challenger,p_champion,challenger_version,champion_version', ...lines].join('\n');
}

/** Runs the task in this process. */
export async function evaluationStep(
  inputs: Record<string, string>,
  connection?: ServiceConnection,
  variables: Record<string, string> = {},
): Promise<FakeHost> {
  const host = new FakeHost({
    inputs: { ...(connection === undefined ? {} : { databricksConnection: 'dbx', model }), ...inputs },
    ...(connection === undefined ? {} : { connections: { dbx: connection } }),
    variables,
  });
  await runTask(task, readInputs, run, host, new AutoClock(1_700_000_000_000));
  return host;
}
