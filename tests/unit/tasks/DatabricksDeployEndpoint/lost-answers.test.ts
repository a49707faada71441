import assert from 'node:assert/strict';
import { runAfterJob } from '../../../../src/agent/run-after-job';
import { runTask } from '../../../../src/agent/run-task';
import { afterJob } from '../../../../tasks/DatabricksDeployEndpoint/after-job';
import { readInputs } from '../../../../tasks/DatabricksDeployEndpoint/inputs';
import { run } from '../../../../tasks/DatabricksDeployEndpoint/run';
import task from '../../../../tasks/DatabricksDeployEndpoint/task.json';
import { AutoClock } from '../../../support/auto-clock';
import { FakeHost, tokenConnection } from '../../../support/fake-host';
import { type Answer, type HttpDouble, type Received, startDouble } from '../../../support/http-double';

const model = 'main.demo.price';
const entity = (version: string) => ({
  name: `price-${version}`,
  entity_name: model,
  entity_version: version,
  workload_size: 'Small',
});
const config = (version: string) => ({ config_version: Number(version), served_entities: [entity(version)] });
const ready = { ready: 'READY', config_update: 'NOT_UPDATING' };

describe('DatabricksDeployEndpoint with a service that misbehaves', () => {
  let double: HttpDouble;
  /** The endpoint as the service has it. */
  let endpoint: Record<string, unknown>;
  let onPut: (request: Received) => Answer;
  let unavailable: (request: Received) => boolean;

  beforeEach(async () => {
    unavailable = () => false;
    endpoint = { name: 'price', state: ready, config: config('1') };
    onPut = () => {
      endpoint = { ...endpoint, config: config('2') };
      return { json: endpoint };
    };
    double = await startDouble((request) => {
      if (unavailable(request)) {
        return { status: 503, json: { error_code: 'TEMPORARILY_UNAVAILABLE', message: 'away' } };
      }
      if (request.method === 'PUT') {
        return onPut(request);
      }
      if (request.url.includes('/unity-catalog/')) {
        return { json: { model_version: { name: model, version: '2', status: 'READY' } } };
      }
      return { json: endpoint };
    });
  });

  afterEach(() => double.close());

  async function deploy(inputs: Record<string, string> = {}): Promise<FakeHost> {
    const host = new FakeHost({
      inputs: { databricksConnection: 'dbx', endpoint: 'price', model, ...inputs },
      connections: { dbx: tokenConnection(double.url, 'dapi-test') },
    });
    await runTask(task, readInputs, run, host, new AutoClock());
    return host;
  }

  const puts = () => double.received.filter((request) => request.method === 'PUT').length;

  it('reads back an update whose answer was lost, and does not send it again', async () => {
    onPut = () => {
      endpoint = { ...endpoint, config: config('2') };
      return { raw: (response) => response.destroy() };
    };
    const host = await deploy();
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.equal(host.outputs.get('servedVersion'), '2');
    assert.equal(puts(), 1);
  });

  it('says what was lost when the update did not arrive', async () => {
    onPut = () => ({ raw: (response) => response.destroy() });
    const host = await deploy();
    assert.equal(host.error?.code, 'CONNECTION_LOST');
    assert.equal(host.outputs.get('servedVersion'), '1');
    assert.equal(puts(), 1);
  });

  it('does not overwrite an update that came between', async () => {
    onPut = () => {
      endpoint = { ...endpoint, state: { ...ready, config_update: 'IN_PROGRESS' }, pending_config: config('3') };
      return { status: 409, json: { error_code: 'RESOURCE_CONFLICT', message: 'updating' } };
    };
    const host = await deploy();
    assert.equal(host.error?.code, 'CONFIG_CHANGED');
    assert.match(host.message, /Nothing was changed/);
    assert.equal(puts(), 1);
  });

  it('does not believe "not updating" while the old version serves', async () => {
    onPut = () => ({ json: endpoint });
    const host = await deploy();
    assert.equal(host.error?.code, 'DEPLOYMENT_FAILED');
    assert.match(host.message, /accepted the update and then did not carry it out.*version 1 still serves/);
  });

  it('puts the former configuration back when the new one is in place and never gets ready', async () => {
    onPut = ({ body }) => {
      const version = body.includes('price-2') ? '2' : '1';
      const state = version === '2' ? { ...ready, ready: 'NOT_READY' } : ready;
      endpoint = { ...endpoint, state, config: { ...config(version), config_version: 1 + puts() } };
      return { json: endpoint };
    };
    const host = await deploy({ timeoutMinutes: '1' });
    assert.equal(host.error?.code, 'ENDPOINT_NOT_READY', host.printed);
    assert.match(host.message, /former configuration with version 1 serves again/);
    assert.equal(host.outputs.get('servedVersion'), '1');
    assert.equal(puts(), 2);
  });

  it('leaves a change whose outcome is open to the post-job phase, which takes it back', async () => {
    let away = false;
    onPut = ({ body }) => {
      away = body.includes('price-2');
      endpoint = { ...endpoint, config: { ...config(away ? '2' : '1'), config_version: 1 + puts() } };
      return { json: endpoint };
    };
    unavailable = (request) => away && request.method === 'GET';
    const host = await deploy();
    assert.equal(host.error?.code, 'UNAVAILABLE', host.printed);
    const left = [...host.taskVariables.values()].find((value) => value.includes('price-2'));
    assert.ok(left !== undefined, 'the change stays noted');
    away = false;
    unavailable = () => false;
    await runAfterJob(task, readInputs, afterJob, host, new AutoClock());
    assert.deepEqual((endpoint['config'] as ReturnType<typeof config>).served_entities, [entity('1')]);
  });

  it('leaves nothing to the post-job phase when it is known what serves', async () => {
    onPut = () => ({ json: endpoint });
    const host = await deploy();
    assert.equal(host.error?.code, 'DEPLOYMENT_FAILED');
    assert.deepEqual([...host.taskVariables.values()], ['']);
  });

  it('changes nothing when what is there already does not get ready', async () => {
    endpoint = { name: 'price', state: { ...ready, ready: 'NOT_READY' }, config: config('2') };
    const host = await deploy({ timeoutMinutes: '1' });
    assert.equal(host.error?.code, 'ENDPOINT_NOT_READY', host.printed);
    assert.equal(puts(), 0);
  });

  it('masks what looks like a secret in the variables that others gave the endpoint, and nothing else of them', async () => {
    const environment_vars = { API_KEY: 'k-plain-4711', LEVEL: 'verbose', OTHER_KEY: '{{secrets/scope/api_key}}' };
    endpoint = { ...endpoint, config: { config_version: 1, served_entities: [{ ...entity('1'), environment_vars }] } };
    const host = await deploy();
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.ok(host.masked.has('k-plain-4711'));
    assert.ok(!host.masked.has('verbose') && !host.masked.has('{{secrets/scope/api_key}}'));
  });

  it('stops at a state that it does not know', async () => {
    endpoint = { ...endpoint, state: { ready: 'READY', config_update: 'UPDATE_PAUSED' } };
    const host = await deploy();
    assert.equal(host.error?.code, 'UNKNOWN_STATE');
    assert.equal(puts(), 0);
  });

  it('does not take a refusal or a page of a proxy for an endpoint that is not there', async () => {
    for (const [status, body] of [
      [403, { error_code: 'PERMISSION_DENIED', message: 'no' }],
      [404, undefined],
    ] as const) {
      await double.close();
      double = await startDouble((request) =>
        request.url.includes('/unity-catalog/')
          ? { json: { model_version: { name: model, version: '2', status: 'READY' } } }
          : body === undefined
            ? { status, body: '<html>Not Found</html>' }
            : { status, json: body },
      );
      const host = await deploy();
      assert.equal(host.result, 'Failed');
      assert.equal(double.received.filter((request) => request.method === 'POST').length, 0);
    }
  });
});
