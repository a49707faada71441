import assert from 'node:assert/strict';
import type { PythonEnvironments } from '../../../../../local/workspace/python/environment';
import { createServing } from '../../../../../local/workspace/serving/service';
import { FakeScorers } from '../../../../support/fake-scorers';
import { type ServiceWorkspace, startServiceWorkspace } from '../../../../support/service-workspace';
import { VirtualClock } from '../../../../support/virtual-clock';

const python: PythonEnvironments = {
  interpreter: async () => {
    throw new Error('no interpreter is wanted here');
  },
};
const models = {
  version: (name: string, version: string) =>
    name === 'main.demo.price' && Number(version) < 10
      ? { status: version === '9' ? 'PENDING_REGISTRATION' : 'READY', folder: `/models/${version}` }
      : undefined,
};
const secrets = { read: (scope: string, key: string) => (scope === 'keys' && key === 'maps' ? 'hidden' : undefined) };
const endpoints = '/api/2.0/serving-endpoints';
const entity = (version: string, more: object = {}) => ({
  entity_name: 'main.demo.price',
  entity_version: version,
  ...more,
});
const payload = { dataframe_split: { columns: ['x'], data: [[1], [2]] } };

describe('model serving of the local workspace', () => {
  let clock: VirtualClock;
  let scorers: FakeScorers;
  let local: ServiceWorkspace;

  beforeEach(async () => {
    clock = new VirtualClock();
    scorers = new FakeScorers();
    local = await startServiceWorkspace(clock, (workspace) => [
      createServing(workspace, python, models, { scorers, seed: 7, secrets }),
    ]);
  });

  afterEach(async () => {
    await local.close();
    assert.deepEqual(local.defects, []);
  });

  const create = (config: object, more: object = {}) =>
    local.request('POST', endpoints, { name: 'price', config, ...more });
  const get = async () => (await local.request('GET', `${endpoints}/price`)).json;
  const invoke = (body: unknown = payload) => local.request('POST', '/serving-endpoints/price/invocations', body);

  async function createReady(version = '1') {
    await create({ served_entities: [entity(version)] });
    await clock.advance(1000);
  }

  it('deploys a new endpoint: pending first, then serving', async () => {
    const created = await create(
      { served_entities: [entity('1')] },
      { description: 'prices', tags: [{ key: 'team', value: 'a' }] },
    );
    assert.equal(created.status, 200);
    assert.deepEqual(created.json.state, { ready: 'NOT_READY', config_update: 'IN_PROGRESS' });
    assert.equal(created.json.config, undefined);
    assert.equal(created.json.pending_config.served_entities[0].state.deployment, 'DEPLOYMENT_CREATING');
    assert.equal((await invoke()).status, 404);

    await clock.advance(1000);
    const ready = await get();
    assert.deepEqual(ready.state, { ready: 'READY', config_update: 'NOT_UPDATING' });
    assert.equal(ready.pending_config, undefined);
    assert.equal(ready.config.config_version, 1);
    const [served] = ready.config.served_entities;
    assert.equal(served.name, 'price-1');
    assert.equal(served.workload_size, 'Small');
    assert.equal(served.state.deployment, 'DEPLOYMENT_READY');
    assert.deepEqual(ready.config.traffic_config.routes, [
      { served_entity_name: 'price-1', traffic_percentage: 100, served_model_name: 'price-1' },
    ]);
    assert.equal(ready.config.served_models[0].model_version, '1');
    assert.deepEqual(ready.tags, [{ key: 'team', value: 'a' }]);

    const answered = await invoke();
    assert.equal(answered.status, 200);
    assert.deepEqual(answered.json, { predictions: [1, 1] });
    assert.equal(answered.headers.get('served-model-name'), 'price-1');
  });

  it('keeps the former configuration serving while the next one deploys, then swaps and ends the old process', async () => {
    await createReady();
    scorers.atOnce = false;
    const put = await local.request('PUT', `${endpoints}/price/config`, { served_entities: [entity('2')] });
    assert.equal(put.status, 200);
    await clock.advance(60_000);
    const during = await get();
    assert.deepEqual(during.state, { ready: 'READY', config_update: 'IN_PROGRESS' });
    assert.equal(during.config.served_entities[0].entity_version, '1');
    assert.equal(during.pending_config.served_entities[0].entity_version, '2');
    assert.equal(during.pending_config.config_version, 2);
    assert.deepEqual((await invoke()).json, { predictions: [1, 1] });

    const again = await local.request('PUT', `${endpoints}/price/config`, { served_entities: [entity('3')] });
    assert.equal(again.status, 409);
    assert.equal(again.json.error_code, 'RESOURCE_CONFLICT');

    scorers.last.ready();
    await clock.advance(0);
    const after = await get();
    assert.equal(after.state.config_update, 'NOT_UPDATING');
    assert.equal(after.config.config_version, 2);
    assert.deepEqual((await invoke()).json, { predictions: [2, 2] });
    assert.equal(scorers.started[0]?.stopped, true);
  });

  it('keeps the former configuration after a failed update and says why it failed', async () => {
    await createReady();
    scorers.atOnce = false;
    await local.request('PUT', `${endpoints}/price/config`, { served_entities: [entity('2')] });
    scorers.last.fail("No module named 'left_pad'");
    await clock.advance(1000);
    const failed = await get();
    assert.deepEqual(failed.state, { ready: 'READY', config_update: 'UPDATE_FAILED' });
    assert.equal(failed.config.config_version, 1);
    assert.deepEqual(failed.pending_config.served_entities[0].state, {
      deployment: 'DEPLOYMENT_FAILED',
      deployment_state_message: "No module named 'left_pad'",
    });
    assert.deepEqual((await invoke()).json, { predictions: [1, 1] });

    scorers.atOnce = true;
    await local.request('PUT', `${endpoints}/price/config`, { served_entities: [entity('3')] });
    await clock.advance(1000);
    assert.deepEqual((await invoke()).json, { predictions: [3, 3] });
    assert.equal((await get()).pending_config, undefined);
  });

  it('moves only routes without another start, and splits traffic by the percentages', async () => {
    await createReady();
    const split = (percent: number) => ({
      served_entities: [entity('1'), entity('2')],
      traffic_config: {
        routes: [
          { served_entity_name: 'price-1', traffic_percentage: 100 - percent },
          { served_entity_name: 'price-2', traffic_percentage: percent },
        ],
      },
    });
    await local.request('PUT', `${endpoints}/price/config`, split(0));
    await clock.advance(1000);
    assert.equal(scorers.started.length, 2);
    await local.request('PUT', `${endpoints}/price/config`, split(30));
    assert.equal((await get()).state.config_update, 'IN_PROGRESS');
    await clock.advance(500);
    assert.equal((await get()).state.config_update, 'NOT_UPDATING');
    assert.equal(scorers.started.length, 2);

    const names = await Promise.all(
      Array.from({ length: 200 }, async () => (await invoke()).headers.get('served-model-name')),
    );
    const second = names.filter((name) => name === 'price-2').length;
    assert.ok(second > 40 && second < 80, `price-2 answered ${second} of 200`);
  });

  it('starts a crashed process again, a little later each time', async () => {
    await createReady();
    scorers.last.crash('The process ended with SIGKILL.');
    await clock.advance(0);
    const down = await get();
    assert.equal(down.state.ready, 'NOT_READY');
    assert.equal(down.config.served_entities[0].state.deployment, 'DEPLOYMENT_RECOVERING');
    assert.match(down.config.served_entities[0].state.deployment_state_message, /SIGKILL.*again in 1 s/);
    const refused = await invoke();
    assert.equal(refused.status, 503);
    assert.equal(refused.json.error_code, 'TEMPORARILY_UNAVAILABLE');
    await clock.advance(1000);
    assert.equal((await get()).state.ready, 'READY');
    scorers.last.crash('again');
    await clock.advance(1000);
    assert.equal((await get()).state.ready, 'NOT_READY');
    await clock.advance(1000);
    assert.equal((await get()).state.ready, 'READY');
    assert.equal(scorers.started.length, 3);
  });

  it('takes up its endpoints after a restart of the workspace', async () => {
    await createReady();
    scorers.atOnce = false;
    await local.request('PUT', `${endpoints}/price/config`, { served_entities: [entity('2')] });
    await clock.advance(1000);
    await local.restart();
    assert.equal(scorers.started[0]?.stopped, true);
    const back = await get();
    assert.deepEqual(back.state, { ready: 'NOT_READY', config_update: 'IN_PROGRESS' });
    for (const scorer of scorers.started.slice(2)) {
      scorer.ready();
    }
    await clock.advance(1000);
    assert.deepEqual((await get()).state, { ready: 'READY', config_update: 'NOT_UPDATING' });
    assert.deepEqual((await invoke()).json, { predictions: [2, 2] });
  });

  it('removes an endpoint with its processes, and its name is free again', async () => {
    await createReady();
    assert.equal((await create({ served_entities: [entity('2')] })).status, 409);
    assert.deepEqual((await local.request('DELETE', `${endpoints}/price`)).json, {});
    assert.equal(scorers.last.stopped, true);
    const gone = await local.request('GET', `${endpoints}/price`);
    assert.equal(gone.status, 404);
    assert.equal(gone.json.error_code, 'RESOURCE_DOES_NOT_EXIST');
    assert.deepEqual((await local.request('GET', endpoints)).json, {});
    assert.equal((await create({ served_entities: [entity('2')] })).status, 200);
    assert.equal((await local.request('GET', endpoints)).json.endpoints.length, 1);
  });

  it('gives secrets to the process only, changes tags, and shows logs, metrics and permissions', async () => {
    const variables = { MAPS: '{{secrets/keys/maps}}', MODE: 'fast' };
    await create({ served_entities: [entity('1', { environment_vars: variables })] }, { tags: [{ key: 'a' }] });
    await clock.advance(1000);
    assert.deepEqual(scorers.last.launch.environment, { MAPS: 'hidden', MODE: 'fast' });
    const shown = await local.request('GET', `${endpoints}/price`);
    assert.ok(!shown.text.includes('hidden'));

    const tags = await local.request('PATCH', `${endpoints}/price/tags`, {
      add_tags: [{ key: 'b', value: '2' }],
      delete_tags: ['a'],
    });
    assert.deepEqual(tags.json, { tags: [{ key: 'b', value: '2' }] });

    assert.equal((await invoke({ rows: [] })).status, 400);
    await invoke();
    const metrics = (await local.request('GET', `${endpoints}/price/metrics`)).text;
    assert.match(metrics, /request_count_total\{[^}]*served_model_name="price-1"\} 2\n/);
    assert.match(metrics, /request_4xx_count_total\{[^}]*\} 1\n/);
    assert.match(metrics, /request_latency_ms_bucket\{[^}]*le="\+Inf"\} 2\n/);

    const models = `${endpoints}/price/served-models`;
    assert.deepEqual((await local.request('GET', `${models}/price-1/build-logs`)).json, {
      logs: 'environment of /models/1\n',
    });
    assert.deepEqual((await local.request('GET', `${models}/price-1/logs`)).json, { logs: 'model loaded\n' });
    assert.equal((await local.request('GET', `${models}/price-2/logs`)).status, 404);

    const permissions = `/api/2.0/permissions/serving-endpoints/${shown.json.id}`;
    const access = (await local.request('GET', permissions)).json;
    assert.equal(access.access_control_list[0].user_name, 'ada@example.com');
  });

  for (const [what, config, status, message] of [
    ['an alias as version', { served_entities: [entity('champion')] }, 400, /not the number of a model version/],
    ['a version that is not there', { served_entities: [entity('77')] }, 404, /price 77 does not exist/],
    ['a version that is not ready', { served_entities: [entity('9')] }, 400, /PENDING_REGISTRATION/],
    ['no entity', { served_entities: [] }, 400, /at least one/],
    ['two entities without routes', { served_entities: [entity('1'), entity('2')] }, 400, /traffic_config is required/],
    ['one name twice', { served_entities: [entity('1'), entity('1')] }, 400, /more than once/],
    ['a secret that is not there', withVariable('{{secrets/keys/none}}'), 400, /Secret none of scope keys/],
    ['percentages that miss 100', withRoutes([['price-1', 90]]), 400, /sum to 100, but sum to 90/],
    ['a route to nothing', withRoutes([['price-7', 100]]), 400, /not a served entity/],
    ['both ways to size', { served_entities: [entity('1', bothSizes())] }, 400, /not both/],
    ['another kind of model', { served_entities: [entity('1', { external_model: {} })] }, 501, /external_model/],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const refused = await create(config);
      assert.equal(refused.status, status);
      assert.match(refused.json.message, message);
      assert.equal((await local.request('GET', `${endpoints}/price`)).status, 404);
      assert.equal(scorers.started.length, 0);
    });
  }

  function withVariable(value: string) {
    return { served_entities: [entity('1', { environment_vars: { KEY: value } })] };
  }

  function withRoutes(routes: readonly (readonly [string, number])[]) {
    return {
      served_entities: [entity('1')],
      traffic_config: {
        routes: routes.map(([name, percent]) => ({ served_entity_name: name, traffic_percentage: percent })),
      },
    };
  }

  function bothSizes() {
    return { workload_size: 'Small', max_provisioned_concurrency: 4 };
  }
});
