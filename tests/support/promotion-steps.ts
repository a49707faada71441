import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTask } from '../../src/agent/run-task';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import type { ReportContent } from '../../src/evaluation/report-types';
import { type SealedReport, sealReport } from '../../src/report/seal-report';
import { readInputs } from '../../tasks/DatabricksPromoteModel/inputs';
import { promote } from '../../tasks/DatabricksPromoteModel/promote';
import { rollback } from '../../tasks/DatabricksPromoteModel/rollback';
import task from '../../tasks/DatabricksPromoteModel/task.json';
import { AutoClock } from './auto-clock';
import { FakeHost, tokenConnection } from './fake-host';
import { model } from './registry-transport';

/** A report that lets `version` be promoted over `champion` (`''`: there is none). */
export function report(
  version: string,
  champion: string,
  changes: Partial<ReportContent> = {},
  createdAt = '2023-11-14T22:00:00.000Z',
): SealedReport {
  const content = {
    schemaVersion: '1.0',
    subject: { model, challenger: { version }, champion: champion === '' ? null : { version: champion } },
    verdict: 'PASS',
    nextAction: 'promote',
    approvalRequired: false,
    partial: false,
    failedChecks: [],
    summary: { pass: 1, fail: 0, inconclusive: 0, error: 0, skipped: 0, warn: 0 },
    notes: [],
    checks: [],
    data: { source: 'file', rows: 10, hash: null },
    policy: { name: 'p', sha256: 'a', fileSha256: 'b', effective: {} },
    ...changes,
  } as unknown as ReportContent;
  return sealReport(content, createdAt, {});
}

/** Path of a new file with these bytes. */
export function reportFile({ json }: { readonly json: string }): string {
  const path = join(mkdtempSync(join(tmpdir(), 'databricks-mlops-report-')), 'report.json');
  writeFileSync(path, json);
  return path;
}

/** Runs the task in this process with a given workspace; the clock stands at 2023-11-14T22:13:20Z plus `secondsLater`. */
export async function step(
  workspace: WorkspaceClient,
  inputs: Record<string, string>,
  secondsLater = 0,
  variables: Record<string, string> = {},
): Promise<FakeHost> {
  const host = new FakeHost({
    variables,
    inputs: { databricksConnection: 'dbx', model, ...inputs },
    connections: { dbx: tokenConnection('https://workspace.example', 'dapi-of-the-promotion-tests') },
  });
  await runTask(
    task,
    readInputs,
    (values, context) =>
      values.action === 'promote' ? promote(values, workspace, context) : rollback(values, workspace, context),
    host,
    new AutoClock(1_700_000_000_000 + secondsLater * 1000),
  );
  return host;
}

export const rollbackInputs = { action: 'rollback', reason: 'errors in production' };
