import assert from 'node:assert/strict';
import { send, startTestWorkspace, type TestWorkspace } from '../../../../support/local-workspace';

interface VersionPage {
  readonly model_versions?: readonly { readonly version: string | number; readonly status?: string }[];
  readonly next_page_token?: string;
}

interface RunPage {
  readonly runs?: readonly { readonly info: { readonly run_name: string } }[];
  readonly next_page_token?: string;
}

describe('seeds of models and MLflow runs', () => {
  let workspace: TestWorkspace;

  before(async () => {
    workspace = await startTestWorkspace();
  });
  after(() => workspace.stop());

  const seed = (kind: string, body: unknown) => workspace.call(`POST`, `/local/seed/${kind}`, body);

  it('keep models with READY versions, aliases and tags, in both dialects', async () => {
    const made = await seed('models', {
      models: [
        {
          full_name: 'dev.default.Many',
          tags: [{ key: 'team', value: 'ml' }],
          aliases: [{ alias_name: 'champion', version_num: 7 }, { alias_name: 'newest' }],
          versions: { count: 120, run_id: 'r1', tags: [{ key: 'seeded', value: 'yes' }] },
        },
        { full_name: 'dev.default.none' },
      ],
    });
    assert.deepEqual([made.status, made.json], [200, { models: 2, versions: 120 }], made.text);

    const catalog = await workspace.call<VersionPage>('GET', '/api/2.1/unity-catalog/models/dev.default.many/versions');
    assert.equal(catalog.json.model_versions?.length, 100);
    assert.ok(catalog.json.model_versions?.every(({ status }) => status === 'READY'));
    const rest = await workspace.call<VersionPage>(
      'GET',
      `/api/2.1/unity-catalog/models/dev.default.many/versions?page_token=${catalog.json.next_page_token}`,
    );
    assert.deepEqual([rest.json.model_versions?.length, rest.json.next_page_token], [20, undefined]);

    const search = '/api/2.0/mlflow/unity-catalog/model-versions/search';
    const byRun = await workspace.call<VersionPage>('GET', `${search}?filter=${encodeURIComponent("run_id='r1'")}`);
    assert.equal(byRun.json.model_versions?.length, 120);

    const alias = '/api/2.1/unity-catalog/models/dev.default.many/aliases';
    const named = await Promise.all(
      ['champion', 'newest'].map((name) => workspace.call<{ version: string }>('GET', `${alias}/${name}`)),
    );
    assert.deepEqual(
      named.map(({ json }) => Number(json.version)),
      [7, 120],
    );
  });

  it('keep all of a request or nothing', async () => {
    const refused = await seed('models', {
      models: [
        { full_name: 'dev.default.half', versions: { count: 2 } },
        { full_name: 'dev.default.wrong', versions: { count: 1 }, aliases: [{ alias_name: 'x', version_num: 2 }] },
      ],
    });
    assert.equal(refused.status, 404, refused.text);
    assert.equal((await workspace.call('GET', '/api/2.1/unity-catalog/models/dev.default.half')).status, 404);
  });

  it('keep finished MLflow runs that searches order, filter and page', async () => {
    const experiment = await workspace.call<{ experiment_id: string }>('POST', '/api/2.0/mlflow/experiments/create', {
      name: '/Shared/seeded',
    });
    const id = experiment.json.experiment_id;
    const made = await seed('experiments', {
      experiments: [{ experiment_id: id, runs: { count: 30, start_time: 1000, interval_ms: 10, name: 'r' } }],
    });
    assert.deepEqual([made.status, made.json], [200, { runs: 30 }], made.text);
    const search = (more: object) =>
      workspace.call<RunPage>('POST', '/api/2.0/mlflow/runs/search', { experiment_ids: [id], ...more });
    const names = ({ json }: { readonly json: RunPage }) => (json.runs ?? []).map(({ info }) => info.run_name);
    const first = await search({
      filter: "params.parity = 'even' and metrics.index >= 10",
      order_by: ['metrics.index ASC'],
      max_results: 6,
    });
    assert.deepEqual(names(first), ['r-10', 'r-12', 'r-14', 'r-16', 'r-18', 'r-20']);
    const second = await search({
      filter: "params.parity = 'even' and metrics.index >= 10",
      order_by: ['metrics.index ASC'],
      max_results: 6,
      page_token: first.json.next_page_token,
    });
    assert.deepEqual(names(second), ['r-22', 'r-24', 'r-26', 'r-28']);
  });

  it('refuse other tokens, too many, negative counts and what is not there', async () => {
    for (const [kind, body, status] of [
      ['models', { models: [{ full_name: 'dev.default.m', versions: { count: 10_000 } }] }, 400],
      ['models', { models: [{ full_name: 'dev.default.m', versions: { count: -1 } }] }, 400],
      ['models', { models: [{ full_name: 'dev.none.m' }] }, 404],
      ['models', { models: [{ full_name: 'dev.default.many' }] }, 409],
      ['experiments', { experiments: [{ experiment_id: '1', runs: { count: 10_001 } }] }, 400],
      ['experiments', { experiments: [{ experiment_id: '1', runs: { count: 1 } }] }, 404],
    ] as const) {
      const reply = await seed(kind, body);
      assert.equal(reply.status, status, reply.text);
      assert.notEqual(reply.json.message ?? '', '');
    }
    const strange = { authorization: 'Bearer other' };
    assert.equal((await send(`${workspace.url}/local/seed/models`, 'POST', strange, { models: [] })).status, 403);
  });
});
