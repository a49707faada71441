import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deploySample } from '../../local/demo/sample-jobs';
import { HttpClient } from '../../src/http/client';
import { outputOf, runNow, systemPython, untilRun } from '../support/jobs';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';

const BUNDLE = `bundle: {name: forms}
resources:
  jobs:
    forms:
      name: forms
      tasks:
        - task_key: jupyter
          notebook_task: {notebook_path: ./notebooks/first.ipynb, base_parameters: {word: said}}
        - task_key: sql
          notebook_task: {notebook_path: notebooks/second.sql}
`;
const JUPYTER = JSON.stringify({
  cells: [{ cell_type: 'code', metadata: {}, source: "dbutils.notebook.exit(dbutils.widgets.get('word'))" }],
  metadata: { language_info: { name: 'python' } },
  nbformat: 4,
  nbformat_minor: 5,
});
const SQL =
  '-- Databricks notebook source\nSELECT 2 AS two\n\n-- COMMAND ----------\n\n-- MAGIC %python\n-- MAGIC dbutils.notebook.exit(_sqldf.first().two)\n';

describe('a bundle with notebooks of Jupyter and in SQL', () => {
  let workspace: TestWorkspace;
  let folder: string;
  before(async () => {
    workspace = await startTestWorkspace({ python: systemPython() });
    folder = mkdtempSync(join(tmpdir(), 'bundle-'));
    const files = { 'databricks.yml': BUNDLE, 'notebooks/first.ipynb': JUPYTER, 'notebooks/second.sql': SQL };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  });
  after(async () => {
    await workspace.stop();
    rmSync(folder, { recursive: true });
  });

  it('is deployed and runs', async () => {
    const headers = async () => ({ Authorization: `Bearer ${workspace.token}` });
    const credentials = { refreshable: false, headers, invalidate: () => undefined };
    const http = new HttpClient({ baseUrl: workspace.url, credentials });
    const [job] = await deploySample(http, { folder, commit: 'abc', catalog: 'dev' });
    const run = await untilRun(workspace, await runNow(workspace, job?.id ?? ''));
    assert.equal(run.state.result_state, 'SUCCESS', JSON.stringify(run));
    const results = await Promise.all(['jupyter', 'sql'].map((key) => outputOf(workspace, run, key)));
    assert.deepEqual(
      results.map(({ notebook_output: shown }) => shown?.result),
      ['said', '2'],
    );
  });
});
