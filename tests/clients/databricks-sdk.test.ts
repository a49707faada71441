import assert from 'node:assert/strict';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';
import { runPythonClient } from '../support/python-client';

const MLFLOW = '/api/2.0/mlflow/unity-catalog';
const MODEL = 'dev.default.sdk';

describe('the unmodified Databricks SDK for Python', function () {
  this.timeout(600_000);
  let workspace: TestWorkspace;
  let done: Record<string, unknown>;

  before(async () => {
    workspace = await startTestWorkspace();
    const made = [
      await workspace.call('POST', `${MLFLOW}/registered-models/create`, { name: MODEL }),
      await workspace.call('POST', `${MLFLOW}/model-versions/create`, { name: MODEL, source: 'dbfs:/somewhere' }),
      await workspace.call('POST', `${MLFLOW}/model-versions/finalize`, { name: MODEL, version: '1' }),
      await workspace.call('POST', `${MLFLOW}/registered-models/alias`, {
        name: MODEL,
        alias: 'champion',
        version: '1',
      }),
    ];
    assert.deepEqual(
      made.map(({ status }) => status),
      [200, 200, 200, 200],
    );
    done = await runPythonClient('databricks_sdk.py', [MODEL], {
      DATABRICKS_HOST: workspace.url,
      DATABRICKS_TOKEN: workspace.token,
    });
  });

  after(() => workspace?.stop());

  it('knows who it is', () => {
    assert.equal(done.me, true);
  });

  it('keeps workspace files and refuses to overwrite one', () => {
    assert.deepEqual(done.workspaceFiles, {
      same: true,
      listed: ['/Shared/sdk/hello.py'],
      again: ['ResourceAlreadyExists', 'RESOURCE_ALREADY_EXISTS'],
      missing: ['ResourceDoesNotExist', 'RESOURCE_DOES_NOT_EXIST'],
    });
  });

  it('creates a job, runs it once by its token, waits for it and reads its output', () => {
    assert.deepEqual(done.job, {
      listed: ['sdk-hello'],
      got: 'hello',
      sameRun: true,
      state: 'SUCCESS',
      logs: 'hello Ada',
      runs: [true],
      missing: ['ResourceDoesNotExist'],
    });
  });

  it('keeps files in a volume', () => {
    assert.deepEqual(done.files, {
      content: 'content',
      size: 7,
      listed: ['one two.txt'],
      again: ['AlreadyExists'],
      missing: ['NotFound'],
      volumes: ['dev.sdk.files'],
    });
  });

  it('reads and moves aliases of model versions', () => {
    assert.deepEqual(done.models, {
      status: 'READY',
      aliases: [
        ['champion', 1],
        ['previous_champion', 1],
      ],
      left: ['ResourceDoesNotExist'],
      comment: 'by the SDK',
      versions: [1],
      models: [MODEL],
      catalogs: ['dev', 'main', 'prod', 'staging'],
      missing: ['ResourceDoesNotExist', 'RESOURCE_DOES_NOT_EXIST'],
    });
  });

  it('finds the MLflow run of a job run', () => {
    assert.deepEqual(done.tracking, {
      name: '/Shared/sdk-experiment',
      found: [true],
      history: [1.5],
      missing: ['ResourceDoesNotExist'],
    });
  });
});
