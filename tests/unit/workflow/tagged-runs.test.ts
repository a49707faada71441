import assert from 'node:assert/strict';
import { createWorkspaceClient, type WorkspaceClient } from '../../../src/databricks/workspace-client';
import { HttpClient } from '../../../src/http/client';
import { findModels } from '../../../src/workflow/find-models';
import type { TaskWithOutput } from '../../../src/workflow/run-tree';
import { taggedRuns } from '../../../src/workflow/tagged-runs';
import { startTestWorkspace, type TestWorkspace } from '../../support/local-workspace';

const START = 1_700_000_000_000;
const HOUR_MS = 3_600_000;

describe('MLflow runs of a workflow run', () => {
  let workspace: TestWorkspace;
  let client: WorkspaceClient;
  let experiment: string;
  before(async () => {
    workspace = await startTestWorkspace();
    const credentials = { refreshable: false, headers: async () => ({ Authorization: `Bearer ${workspace.token}` }) };
    const http = new HttpClient({
      baseUrl: workspace.url,
      credentials: { ...credentials, invalidate: () => undefined },
    });
    client = createWorkspaceClient(http);
    experiment = (await mlflow('experiments/create', { name: '/Shared/tagged' })).experiment_id ?? '';
    for (const [name, id, start] of [
      ['job', '1', START + 5],
      ['task', '20', START + 1],
      ['nested', '300', START + 3],
      ['iteration', '4000', START + 4],
      ['other', '5', START + 2],
      ['long before', '1', START - 2 * HOUR_MS],
    ] as const) {
      const tags = [{ key: 'mlflow.databricks.jobRunID', value: id }];
      await mlflow('runs/create', { experiment_id: experiment, run_name: name, start_time: start, tags });
    }
  });
  after(() => workspace.stop());

  const mlflow = async (path: string, body: unknown) => {
    const reply = await workspace.call<{ experiment_id?: string }>('POST', `/api/2.0/mlflow/${path}`, body);
    assert.equal(reply.status, 200, reply.text);
    return reply.json;
  };
  const entry = (run_id: string): TaskWithOutput => ({
    task: { run_id, task_key: 'a' },
    path: 'a',
    depth: 0,
    output: undefined,
  });
  const run = { run_id: '1', start_time: START };
  const names = (runs: Awaited<ReturnType<typeof taggedRuns>>) => runs.map(({ info }) => info.run_name);

  it('are those that name it, a task, an iteration or a run below it, in the order in which they began', async () => {
    const tree = { tasks: [entry('20'), entry('4000')], jobRunIds: ['1', '300'] };
    assert.deepEqual(names(await taggedRuns(client, run, tree, ['/Shared/tagged'])), [
      'long before',
      'task',
      'nested',
      'iteration',
      'job',
    ]);
  });

  it('are the same for a run of hundreds of tasks, found by one list of the runs since its start', async () => {
    const many = Array.from({ length: 500 }, (_, at) => entry(String(9_000 + at)));
    const tree = { tasks: [entry('20'), entry('4000'), ...many], jobRunIds: ['1', '300'], leftOut: 0 };
    const found = await findModels(client, run, tree, []);
    assert.deepEqual(names([...found.mlflowRuns]), ['task', 'nested', 'iteration', 'job']);
  });
});
