import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';
import { runPythonClient } from '../support/python-client';
import { routesOf } from '../support/recorded-routes';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy';

const FIXTURES = join(__dirname, '..', 'workspace', 'fixtures');
/** `RECORD_ROUTES=1` writes the recordings anew, after a change of the client's version or of the script. */
const recordAnew = process.env.RECORD_ROUTES === '1';

const REGISTRIES = [
  { registry: 'uc', env: {} },
  { registry: 'native', env: { MLFLOW_ENABLE_UC_NATIVE_MODEL_REGISTRY: 'true' } },
] as const;

for (const { registry, env } of REGISTRIES) {
  describe(`the unmodified MLflow client, registry ${registry}`, function () {
    this.timeout(600_000);
    const model = 'dev.default.diabetes';
    let workspace: TestWorkspace;
    let proxy: RecordingProxy;
    let done: Record<string, unknown>;

    before(async () => {
      workspace = await startTestWorkspace();
      proxy = await startRecordingProxy(workspace.url);
      done = await runPythonClient('mlflow_line.py', ['/Shared/diabetes', model], {
        MLFLOW_TRACKING_URI: 'databricks',
        MLFLOW_REGISTRY_URI: 'databricks-uc',
        DATABRICKS_HOST: proxy.url,
        DATABRICKS_TOKEN: workspace.token,
        ...env,
      });
    });

    after(async () => {
      await proxy?.close();
      await workspace?.stop();
    });

    it('trains, logs, registers, sets alias and tags, and predicts by alias what it trained', () => {
      const { runId, modelId, ...rest } = done;
      assert.match(String(runId), /^[0-9a-f]{32}$/);
      assert.match(String(modelId), /^m-[0-9a-f]{32}$/);
      assert.deepEqual(rest, {
        version: '1',
        status: 'READY',
        versionRunId: runId,
        versionModelId: modelId,
        versionSource: `models:/${modelId}`,
        description: 'first',
        aliases: ['champion'],
        tags: { mlops_state: 'registered' },
        modelTags: { purpose: 'diabetes' },
        samePredictions: true,
        runsFound: [runId],
        params: { alpha: '0.5', features: '10', rows: '442' },
        metrics: ['loss', 'rmse'],
        lossHistory: ['3.0', '2.0', 'nan'],
        datasets: ['diabetes'],
        outputs: [modelId],
        artifacts: ['notes/hello.txt'],
        loggedModelMetrics: ['loss', 'rmse'],
        versionsFound: ['1'],
        copy: ['staging.default.diabetes', '1', 'READY', `models:/${model}/1`],
        unknownModel: 'RESOURCE_DOES_NOT_EXIST',
        unknownAlias: 'RESOURCE_DOES_NOT_EXIST',
        badTag: 'INVALID_PARAMETER_VALUE',
      });
    });

    it('is seen alike in both dialects', async () => {
      const [catalog, mlflow] = [
        await workspace.call('GET', `/api/2.1/unity-catalog/models/${model}/versions/1?include_aliases=true`),
        await workspace.call<{ model_version: Record<string, unknown> }>(
          'GET',
          `/api/2.0/mlflow/unity-catalog/model-versions/get?name=${model}&version=1`,
        ),
      ];
      const version = mlflow.json.model_version;
      assert.equal(catalog.json.version, 1);
      assert.equal(version.version, '1');
      assert.deepEqual(version.aliases, [{ alias: 'champion', version: '1' }]);
      assert.deepEqual(
        (catalog.json.aliases as Record<string, unknown>[]).map((one) => one.alias_name),
        ['champion'],
      );
      for (const member of ['run_id', 'model_id', 'source', 'status', 'tags', 'storage_location']) {
        assert.deepEqual(catalog.json[member], version[member], member);
      }
      assert.equal(catalog.json.comment, version.description);
    });

    it('asks for what the recording says', () => {
      const path = join(FIXTURES, `mlflow-requests-${registry}.json`);
      const routes = routesOf(proxy.requests);
      if (recordAnew) {
        writeFileSync(path, `${JSON.stringify(routes, undefined, 1)}\n`);
      }
      assert.deepEqual(routes, JSON.parse(readFileSync(path, 'utf8')), 'RECORD_ROUTES=1 writes the recordings anew');
      assert.deepEqual(
        proxy.requests.filter(({ status }) => status >= 500),
        [],
      );
    });
  });
}
