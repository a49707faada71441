import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { runTask } from '../../src/agent/run-task';
import { readInputs } from '../../tasks/DatabricksRunWorkflow/inputs';
import { run } from '../../tasks/DatabricksRunWorkflow/run';
import task from '../../tasks/DatabricksRunWorkflow/task.json';
import { root } from '../support/declared';
import { FakeHost, tokenConnection } from '../support/fake-host';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';

describe('samples/workflows', function () {
  this.timeout(600_000);
  let workspace: TestWorkspace;
  before(async () => {
    workspace = await startTestWorkspace();
  });
  after(() => workspace.stop());

  async function submitted(definition: string): Promise<FakeHost> {
    const host = new FakeHost({
      inputs: { databricksConnection: 'dbx', action: 'submit', definition: `samples/workflows/${definition}` },
      connections: { dbx: tokenConnection(workspace.url, workspace.token) },
      variables: { 'System.DefaultWorkingDirectory': root },
    });
    await runTask(task, readInputs, run, host);
    assert.equal(host.result, 'Succeeded', host.printed);
    return host;
  }

  it('runs a Jupyter notebook with cells in SQL, which the step uploads', async () => {
    const host = await submitted('notebook.yml');
    const { tasks } = JSON.parse(readFileSync(host.outputs.get('outputsPath') ?? '', 'utf8'));
    assert.deepEqual(JSON.parse(tasks[0].notebookResult), { north: 4, south: 19 }, host.printed);
  });

  it('runs an MLflow project by a one-time run whose files the step uploads', async () => {
    const host = await submitted('mlflow-project.yml');
    const runId = host.outputs.get('mlflowRunId') ?? '';
    const found = await workspace.call<{
      run: {
        info: { status: string };
        data: { metrics?: { key: string; value: number }[]; params?: { key: string; value: string }[] };
      };
    }>('GET', `/api/2.0/mlflow/runs/get?run_id=${runId}`);
    const { info, data } = found.json.run;
    assert.equal(info.status, 'FINISHED', found.text);
    assert.deepEqual(data.params, [{ key: 'alpha', value: '0.5' }]);
    const error = data.metrics?.find(({ key }) => key === 'mean_absolute_error')?.value ?? 0;
    assert.ok(error > 30 && error < 80, found.text);
  });
});
