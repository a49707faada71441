import assert from 'node:assert/strict';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';

const ROOT = '/api/2.0/mlflow';

type Json = Record<string, unknown>;

describe('MLflow tracking of a local workspace', () => {
  let workspace: TestWorkspace;
  let experiment: string;

  before(async () => {
    workspace = await startTestWorkspace();
    experiment = String((await answer('experiments/create', { name: '/Shared/tracking' })).experiment_id);
  });

  after(() => workspace.stop());

  async function answer(path: string, body?: unknown): Promise<Json> {
    const { status, json, text } = await workspace.call(body === undefined ? 'GET' : 'POST', `${ROOT}/${path}`, body);
    assert.equal(status, 200, `${path}: ${text}`);
    return json;
  }

  async function refusal(path: string, body?: unknown): Promise<readonly [number, unknown]> {
    const { status, json } = await workspace.call(body === undefined ? 'GET' : 'POST', `${ROOT}/${path}`, body);
    return [status, json.error_code];
  }

  async function newRun(tags: Record<string, string> = {}, start = 1): Promise<string> {
    const list = Object.entries(tags).map(([key, value]) => ({ key, value }));
    const { run } = await answer('runs/create', { experiment_id: experiment, start_time: start, tags: list });
    return String(((run as Json).info as Json).run_id);
  }

  async function search(body: Json): Promise<unknown[]> {
    const { runs = [] } = await answer('runs/search', { experiment_ids: [experiment], ...body });
    return (runs as { info: Json }[]).map(({ info }) => info.run_id);
  }

  it('wants an experiment that exists, with an absolute path, once', async () => {
    assert.deepEqual(await refusal('runs/create', { experiment_id: '0' }), [404, 'RESOURCE_DOES_NOT_EXIST']);
    assert.deepEqual(await refusal('experiments/create', { name: 'tracking' }), [400, 'INVALID_PARAMETER_VALUE']);
    assert.deepEqual(await refusal('experiments/create', { name: '/Shared/tracking' }), [
      400,
      'RESOURCE_ALREADY_EXISTS',
    ]);
    assert.deepEqual(await refusal('experiments/get-by-name?experiment_name=/none'), [404, 'RESOURCE_DOES_NOT_EXIST']);
  });

  it('finds the runs of a job run, the latest start first, in pages', async () => {
    const tag = { 'mlflow.databricks.jobRunID': '9007199254740993' };
    const [older, newer] = [await newRun(tag, 100), await newRun(tag, 200)];
    await newRun({ 'mlflow.databricks.jobRunID': '1' }, 300);
    const filter = `tags."mlflow.databricks.jobRunID" = '9007199254740993'`;
    assert.deepEqual(await search({ filter }), [newer, older]);
    const page = await answer('runs/search', { experiment_ids: [experiment], filter, max_results: 1 });
    assert.deepEqual(await search({ filter, max_results: 1, page_token: page.next_page_token }), [older]);
    assert.deepEqual(await search({ filter, order_by: ['start_time ASC'] }), [older, newer]);
  });

  it('says in which workspace a run is', async () => {
    const runId = await newRun();
    const { headers } = await workspace.call('GET', `${ROOT}/runs/get?run_id=${runId}`);
    assert.equal(headers.get('x-databricks-org-id'), workspace.id);
  });

  it('never changes a parameter, and writes a batch wholly or not at all', async () => {
    const runId = await newRun();
    await answer('runs/log-parameter', { run_id: runId, key: 'alpha', value: '1' });
    await answer('runs/log-parameter', { run_id: runId, key: 'alpha', value: '1' });
    const batch = {
      run_id: runId,
      metrics: [{ key: 'm', value: 1, timestamp: 1, step: 0 }],
      params: [{ key: 'alpha', value: '2' }],
    };
    assert.deepEqual(await refusal('runs/log-batch', batch), [400, 'INVALID_PARAMETER_VALUE']);
    const { run } = await answer(`runs/get?run_id=${runId}`);
    const data = (run as Json).data as { params: unknown; metrics: unknown[] };
    assert.deepEqual([data.params, data.metrics], [[{ key: 'alpha', value: '1' }], []]);
    assert.deepEqual(await answer(`metrics/get-history?run_id=${runId}&metric_key=m`), {});
  });

  it('keeps the history of a metric, NaN included, each value once, and the latest by step', async () => {
    const runId = await newRun();
    const log = (value: unknown, step: number) =>
      answer('runs/log-metric', { run_id: runId, key: 'loss/train', value, timestamp: 10 + step, step });
    await log(3, 2);
    await log('NaN', 1);
    await log(5, -1);
    await log(3, 2);
    const history = await answer(`metrics/get-history?run_id=${runId}&metric_key=loss%2Ftrain`);
    assert.deepEqual(
      (history.metrics as Json[]).map(({ value, step }) => [value, step]),
      [
        [5, -1],
        ['NaN', 1],
        [3, 2],
      ],
    );
    const { run } = await answer(`runs/get?run_id=${runId}`);
    const [latest] = ((run as Json).data as { metrics: Json[] }).metrics;
    assert.deepEqual([latest?.value, latest?.step], [3, 2]);
    const wrong = { run_id: runId, key: 'loss', value: 'many', timestamp: 1 };
    assert.deepEqual(await refusal('runs/log-metric', wrong), [400, 'INVALID_PARAMETER_VALUE']);
  });

  it('writes nothing to a deleted run until it is restored', async () => {
    const runId = await newRun();
    await answer('runs/delete', { run_id: runId });
    const tag = { run_id: runId, key: 'k', value: 'v' };
    assert.deepEqual(await refusal('runs/set-tag', tag), [400, 'INVALID_PARAMETER_VALUE']);
    assert.ok(!(await search({})).includes(runId));
    assert.deepEqual(await search({ run_view_type: 'DELETED_ONLY' }), [runId]);
    await answer('runs/restore', { run_id: runId });
    await answer('runs/set-tag', tag);
    await answer('runs/delete-tag', { run_id: runId, key: 'k' });
    assert.deepEqual(await refusal('runs/delete-tag', { run_id: runId, key: 'k' }), [404, 'RESOURCE_DOES_NOT_EXIST']);
  });

  it('holds a logged model with the metrics that name it', async () => {
    const runId = await newRun();
    const created = await answer('logged-models', { experiment_id: experiment, name: 'model', source_run_id: runId });
    const { model_id: modelId, status } = (created.model as { info: Json }).info;
    assert.equal(status, 'LOGGED_MODEL_PENDING');
    const final = await workspace.call('PATCH', `${ROOT}/logged-models/${modelId}`, { status: 'LOGGED_MODEL_READY' });
    assert.equal(final.status, 200);
    const metric = { key: 'rmse', value: 55, timestamp: 1, model_id: modelId, dataset_name: 'held out' };
    await answer('runs/log-batch', { run_id: runId, metrics: [metric] });
    const find = async (filter: string, datasets: Json[] = []) => {
      const { models = [] } = await answer('logged-models/search', { experiment_ids: [experiment], filter, datasets });
      return (models as { info: Json }[]).map(({ info }) => info.model_id);
    };
    assert.deepEqual(await find(`metrics.rmse < 60 AND source_run_id = '${runId}'`), [modelId]);
    assert.deepEqual(await find('metrics.rmse < 60', [{ dataset_name: 'held out' }]), [modelId]);
    assert.deepEqual(await find('metrics.rmse < 60', [{ dataset_name: 'other' }]), []);
    assert.deepEqual(await find("status = 'LOGGED_MODEL_PENDING'"), []);
  });

  it('refuses one metric of a batch that names an unknown logged model, and with it the batch', async () => {
    const runId = await newRun();
    const metrics = [
      { key: 'a', value: 1, timestamp: 1 },
      { key: 'b', value: 1, timestamp: 1, model_id: 'm-none' },
    ];
    assert.deepEqual(await refusal('runs/log-batch', { run_id: runId, metrics }), [404, 'RESOURCE_DOES_NOT_EXIST']);
    assert.deepEqual(await answer(`metrics/get-history?run_id=${runId}&metric_key=a`), {});
  });

  it('keeps to the limits of the service', async () => {
    const run_id = await newRun();
    const metric = { key: 'm', value: 1, timestamp: 1 };
    const tag = (key: number, length: number) => ({ key: `t${key}`, value: 'x'.repeat(length) });
    const tags = (count: number) => Array.from({ length: count }, (_, key) => tag(key, 60_000));
    const wrong = [400, 'INVALID_PARAMETER_VALUE'];
    assert.deepEqual(await refusal('runs/log-batch', { run_id, tags: tags(17) }), wrong);
    await answer('runs/log-batch', { run_id, tags: tags(16) });
    assert.deepEqual(await refusal('runs/log-metric', { run_id, key: 'm', value: 1 }), wrong);
    assert.deepEqual(await refusal('runs/log-batch', { run_id, metrics: [{ key: 'm', value: 1 }] }), wrong);
    await answer('runs/log-metric', { run_id, ...metric });
    assert.deepEqual(await refusal('experiments/search', { max_results: 3_001 }), wrong);
    await answer('experiments/search', { max_results: 3_000 });
  });

  it('keeps it all over a restart', async () => {
    const runId = await newRun({ kept: 'yes' });
    await workspace.stop('keep');
    workspace = await startTestWorkspace({ data: workspace.data });
    assert.deepEqual(await search({ filter: "tags.kept = 'yes'" }), [runId]);
  });
});
