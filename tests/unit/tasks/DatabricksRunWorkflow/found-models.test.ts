import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { FakeHost } from '../../../support/fake-host';
import { type HttpDouble, startDouble } from '../../../support/http-double';
import { runWorkflow, workflowHost } from './workflow-step';

const ENDED = {
  start_time: 1_000,
  end_time: 2_000,
  state: { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' },
};
const VERSIONS = '/api/2.0/mlflow/unity-catalog/model-versions';

describe('the model versions of a workflow run', () => {
  let server: HttpDouble;
  /** What the script of each task says, in their order. */
  let said: readonly object[];
  /** Versions that the registry has, `model version`. */
  let registered: readonly string[];
  beforeEach(async () => {
    registered = [];
    server = await startDouble(({ url }) => {
      const { pathname, searchParams } = new URL(url, 'http://localhost');
      switch (pathname) {
        case '/api/2.2/jobs/runs/get': {
          const tasks = said.map((_, index) => ({ run_id: 70 + index, task_key: `t${index}`, ...ENDED }));
          return { json: { run_id: 7, ...ENDED, tasks } };
        }
        case '/api/2.2/jobs/runs/get-output':
          return { json: { logs: `mlops-result: ${JSON.stringify(said[Number(searchParams.get('run_id')) - 70])}\n` } };
        case `${VERSIONS}/get`: {
          const [name, version] = [searchParams.get('name'), searchParams.get('version')];
          return registered.includes(`${name} ${version}`)
            ? { json: { model_version: { name, version, run_id: 'r1' } } }
            : { status: 404, json: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'No such version.' } };
        }
        case '/api/2.0/mlflow/runs/get': {
          const run_id = searchParams.get('run_id');
          return run_id === 'r1'
            ? {
                json: {
                  run: { info: { run_id, experiment_id: '1' }, data: { metrics: [{ key: 'rmse', value: 7.25 }] } },
                },
              }
            : { status: 404, json: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'No such run.' } };
        }
        case '/api/2.0/mlflow/experiments/get-by-name':
          return { status: 404, json: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'No such experiment.' } };
        default:
          return { json: {} };
      }
    });
  });
  afterEach(() => server.close());

  async function step(inputs: Record<string, string> = {}): Promise<FakeHost> {
    const host = workflowHost(server.url, { action: 'attach', runId: '7', ...inputs });
    return runWorkflow(host);
  }
  const version = (model_name: string, model_version: number) => ({ model_name, model_version });
  const outputs = (host: FakeHost) =>
    ['modelName', 'modelVersion', 'modelVersions', 'modelsFound'].map((name) => host.outputs.get(name));

  it('are those that its code says, when the registry has them', async () => {
    said = [version('dev.a.b', 3)];
    registered = ['dev.a.b 3'];
    assert.deepEqual(outputs(await step()), ['dev.a.b', '3', '{"dev.a.b":"3"}', '1']);
  });

  it('are not believed when the registry does not have them', async () => {
    said = [version('dev.a.b', 4)];
    const host = await step();
    assert.equal(host.error?.code, 'SAID_VERSION_UNKNOWN', host.printed);
    assert.match(host.error?.message ?? '', /version 4 of dev\.a\.b/);
    assert.deepEqual([host.outputs.get('resultState'), host.outputs.get('modelVersion')], ['SUCCESS', '']);
  });

  it('come with the run that its code says, when MLflow has it, and its metrics', async () => {
    said = [{ mlflow_run_id: 'r1' }];
    const host = await step();
    assert.deepEqual([host.result, host.outputs.get('mlflowRunId')], ['Succeeded', 'r1'], host.printed);
    assert.match(readFileSync(host.summaries[0] ?? '', 'utf8'), /rmse.*7\.25/);
  });

  it('come with no run that MLflow does not have', async () => {
    said = [{ mlflow_run_id: 'typo' }];
    const host = await step();
    assert.equal(host.error?.code, 'SAID_RUN_UNKNOWN', host.printed);
    assert.match(host.error?.message ?? '', /made MLflow run typo, but there is no such run/);
    assert.deepEqual([host.outputs.get('resultState'), host.outputs.get('mlflowRunId')], ['SUCCESS', '']);
  });

  for (const result of [{ mlflow_run_id: `a'b"c` }, version('dev.a.b', 0.5), { model_name: 'dev.a.b' }]) {
    it(`are not those of a line that cannot be used, which is a warning: ${JSON.stringify(result)}`, async () => {
      said = [result];
      const host = await step();
      assert.deepEqual(
        [host.result, host.issues.map(({ code }) => code)],
        ['Succeeded', ['RESULT_LINE_UNREADABLE']],
        host.printed,
      );
      assert.equal(host.outputs.get('modelsFound'), '0');
    });
  }

  it('of several models are all named, and only the wanted one is the output', async () => {
    said = [version('dev.a.b', 3), version('dev.a.c', 5)];
    registered = ['dev.a.b 3', 'dev.a.c 5'];
    assert.deepEqual(outputs(await step()), ['', '', '{"dev.a.b":"3","dev.a.c":"5"}', '2']);
    assert.deepEqual(outputs(await step({ model: 'dev.a.c' })), ['dev.a.c', '5', '{"dev.a.c":"5"}', '1']);
  });

  it('of one model are an error that lists them, unless another model is wanted', async () => {
    said = [version('dev.a.b', 3), version('dev.a.b', 4), version('dev.a.c', 1)];
    registered = ['dev.a.b 3', 'dev.a.b 4', 'dev.a.c 1'];
    const host = await step();
    assert.equal(host.error?.code, 'MODEL_VERSION_AMBIGUOUS', host.printed);
    assert.match(host.error?.message ?? '', /2 versions of dev\.a\.b: 3, 4\./);
    assert.match(
      host.printed,
      /ended SUCCESS and made .*, but the step fails: Run 7 made 2 versions of dev\.a\.b: 3, 4\.$/m,
    );
    const other = await step({ model: 'dev.a.c' });
    assert.deepEqual([other.result, other.outputs.get('modelVersion')], ['Succeeded', '1'], other.printed);
  });

  it('that are required and missing are named with the model that is wanted', async () => {
    said = [version('dev.a.b', 3)];
    registered = ['dev.a.b 3'];
    const host = await step({ model: 'dev.a.c', requireModel: 'true' });
    assert.equal(host.error?.code, 'MODEL_REQUIRED', host.printed);
    assert.match(host.error?.message ?? '', /made no version of dev\.a\.c\./);
  });

  it('are not looked for in an experiment that is not there', async () => {
    said = [{}];
    const host = await step({ experiments: '/Shared/none' });
    assert.equal(host.error?.code, 'EXPERIMENT_NOT_FOUND', host.printed);
    assert.match(host.error?.message ?? '', /'\/Shared\/none'/);
  });
});
