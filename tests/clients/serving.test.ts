import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTask } from '../../src/agent/run-task';
import { readInputs } from '../../tasks/DatabricksDeployEndpoint/inputs';
import { run } from '../../tasks/DatabricksDeployEndpoint/run';
import task from '../../tasks/DatabricksDeployEndpoint/task.json';
import { root } from '../support/declared';
import { FakeHost, tokenConnection } from '../support/fake-host';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';
import { runPythonClient } from '../support/python-client';

const model = 'dev.default.price';
const requirements = join(root, 'samples', 'diabetes', 'requirements.txt');

describe('serving, with the unmodified MLflow client and the unmodified Databricks SDK for Python', function () {
  this.timeout(600_000);
  let workspace: TestWorkspace;

  before(async () => {
    workspace = await startTestWorkspace();
  });

  after(async () => {
    await workspace.stop();
  });

  const client = async (step: string) => {
    const env = {
      MLFLOW_TRACKING_URI: 'databricks',
      MLFLOW_REGISTRY_URI: 'databricks-uc',
      DATABRICKS_HOST: workspace.url,
      DATABRICKS_TOKEN: workspace.token,
    };
    return (await runPythonClient('serving_line.py', [step, model, requirements], env)).done;
  };

  async function deploy(inputs: Record<string, string> = {}): Promise<FakeHost> {
    const sampleRequests = join(mkdtempSync(join(tmpdir(), 'databricks-mlops-sample-')), 'sample.json');
    writeFileSync(sampleRequests, JSON.stringify({ dataframe_records: [{ rooms: 4, age: 2 }] }));
    const host = new FakeHost({
      inputs: { databricksConnection: 'dbx', endpoint: 'price', model, sampleRequests, ...inputs },
      connections: { dbx: tokenConnection(workspace.url, workspace.token) },
    });
    await runTask(task, readInputs, run, host);
    return host;
  }

  it('deploys what the MLflow client registered, and the SDK serves beside it', async () => {
    assert.deepEqual(await client('register'), ['1', '2']);

    const host = await deploy();
    assert.equal(host.result, 'Succeeded', host.printed);
    const probe = JSON.parse(readFileSync(host.outputs.get('probePath') ?? '', 'utf8'));
    assert.equal(probe.results[0].servedModelName, 'price-1');

    assert.deepEqual(await client('serve'), {
      served: '1',
      created: ['READY', 1],
      updated: ['NOT_UPDATING', 2, 2],
      answer: ['price-2', [190, 798]],
      tags: ['stage'],
      logs: true,
      names: ['price', 'twin'],
      left: ['price'],
    });
  });

  it('puts the former version back when the new one refuses the sample', async () => {
    const root = '/api/2.0/mlflow/unity-catalog/registered-models/alias';
    await workspace.call('POST', root, { name: model, alias: 'champion', version: '2' });
    const sampleRequests = join(mkdtempSync(join(tmpdir(), 'databricks-mlops-sample-')), 'sample.jsonl');
    writeFileSync(
      sampleRequests,
      '{"dataframe_records": [{"rooms": 4, "age": 2}]}\n{"dataframe_records": [{"canary": 4711}]}\n',
    );
    const host = await deploy({ sampleRequests });
    assert.equal(host.error?.code, 'PROBE_FAILED');
    assert.match(host.message, /request 2, it was answered with status 400/);
    assert.match(host.message, /version 1 serves again/);
    assert.ok(!host.printed.includes('4711') && !host.printed.includes('canary'));
  });
});
