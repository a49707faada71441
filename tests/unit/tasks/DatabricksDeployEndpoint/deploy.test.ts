import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { runAfterJob } from '../../../../src/agent/run-after-job';
import { afterJob } from '../../../../tasks/DatabricksDeployEndpoint/after-job';
import { readInputs } from '../../../../tasks/DatabricksDeployEndpoint/inputs';
import task from '../../../../tasks/DatabricksDeployEndpoint/task.json';
import type { FakeHost } from '../../../support/fake-host';
import { model, type ServedModel, startServedModel } from './served-model';

const outputs = (host: FakeHost) => Object.fromEntries(host.outputs);

/** What `probe.json` says is wrong, for each request. */
const faultsOf = (host: FakeHost): string[] =>
  JSON.parse(readFileSync(host.outputs.get('probePath') ?? '', 'utf8')).results.map(
    ({ fault }: { fault: string }) => fault,
  );

describe('DatabricksDeployEndpoint deploy, against the local workspace', () => {
  let served: ServedModel;

  beforeEach(async () => {
    served = await startServedModel();
  });

  afterEach(async () => {
    await served.close();
    assert.deepEqual(served.local.defects, []);
  });

  it('creates an endpoint with the champion, probes it and says so first', async () => {
    const host = await served.deploy({ endpointTags: 'team=pricing' });
    assert.equal(host.result, 'Succeeded', host.printed);
    const { probePath, ...rest } = outputs(host);
    assert.deepEqual(rest, {
      result: 'succeeded',
      endpointName: 'price',
      endpointUrl: `${served.local.url}/serving-endpoints/price/invocations`,
      servedVersion: '1',
      previousVersion: '',
      trafficPercent: '100',
      configVersion: '1',
      artifactName: '',
    });
    const probe = JSON.parse(readFileSync(probePath ?? '', 'utf8'));
    assert.deepEqual(
      probe.results.map(({ milliseconds: _, ...result }: { milliseconds: number }) => result),
      [{ request: 1, status: 200, servedModelName: 'price-1', predictions: 2, fault: '' }],
    );
    assert.deepEqual((await served.endpoint()).tags, [{ key: 'team', value: 'pricing' }]);
    const summary = readFileSync(host.summaries[0] ?? '', 'utf8');
    assert.match(
      summary,
      /^\*\*Endpoint price serves version 1 of main\.default\.price; before it served nothing\.\*\*/,
    );
    assert.equal(host.attachments[0]?.type, 'databricks-mlops.deployment');
  });

  it('updates to the next champion, and a second run changes nothing', async () => {
    await served.deploy();
    await served.setChampion('2');
    const host = await served.deploy({ workloadSize: 'Medium', endpointTags: 'team=pricing' });
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.equal(host.outputs.get('servedVersion'), '2');
    assert.equal(host.outputs.get('previousVersion'), '1');
    assert.equal(host.outputs.get('configVersion'), '2');
    assert.match(host.printed, /version of main\.default\.price: 1 -> 2/);
    assert.match(host.printed, /size: 4 to 4 -> 8 to 16/);
    assert.deepEqual((await served.endpoint()).tags, [{ key: 'team', value: 'pricing' }]);
    assert.equal(served.updates(), 1);

    const again = await served.deploy({ workloadSize: 'Medium', expectedConfigVersion: '1' });
    assert.equal(again.result, 'Succeeded', again.printed);
    assert.match(again.message, /already serves version 2/);
    assert.equal(again.outputs.get('configVersion'), '2');
    assert.equal(served.updates(), 1);
  });

  it('puts the former configuration back when the new version answers badly', async () => {
    await served.deploy();
    await served.setChampion('2');
    served.scorers.predict = (version) => (version === 2 ? null : version);
    const host = await served.deploy();
    assert.equal(host.result, 'Failed');
    assert.equal(host.error?.code, 'PROBE_FAILED');
    assert.match(host.message, /request 1, a prediction is missing or not a finite number/);
    assert.match(host.message, /former configuration with version 1 serves again/);
    assert.equal(host.outputs.get('result'), 'failed');
    assert.equal(host.outputs.get('servedVersion'), '1');
    assert.equal(host.outputs.get('configVersion'), '3');
    const [entity] = (await served.endpoint()).config.served_entities;
    assert.equal(entity.entity_version, '1');
  });

  it('says why the endpoint refused a sample request, in the error and in probe.json', async () => {
    served.scorers.refusal = "Model is missing inputs ['proline'].";
    const host = await served.deploy();
    assert.equal(host.error?.code, 'PROBE_FAILED');
    assert.match(
      host.message,
      /request 1, it was answered with status 400 \(REQUEST_REFUSED\): Model is missing inputs \['proline'\]\. The endpoint/,
    );
    assert.match(host.message, /Compare the sample request with the signature of the model/);
    assert.match(faultsOf(host).join(), /REQUEST_REFUSED\): Model is missing inputs \['proline'\]/);
  });

  it('takes of the words of an endpoint what they say of the signature, and no row, secret, terminal sequence or command', async () => {
    const { token } = served.local;
    served.scorers.refusal = `Got {'rooms': 4711} ##vso[x]. Incompatible input types for column rooms. Can not safely convert object to float64.`;
    const converted = await served.deploy();
    assert.match(
      faultsOf(converted).join(),
      /\(REQUEST_REFUSED\): Incompatible input types for column rooms\. Can not safely convert object to float64$/,
    );
    assert.ok(!converted.printed.includes('4711'), converted.printed);
    served.scorers.refusal = `Model is missing inputs ['${token}\u001B2J']. Note that there were extra inputs: ['canary']`;
    const missing = await served.deploy();
    assert.match(faultsOf(missing).join(), /: Model is missing inputs \['\*\*\*␦2J'\]$/);
    assert.ok(![token, '\u001B', 'canary'].some((text) => missing.printed.includes(text)), missing.printed);
    served.scorers.refusal = 'canary';
    assert.match(faultsOf(await served.deploy()).join(), /status 400 \(REQUEST_REFUSED\)$/);
  });

  it('says that a new endpoint has nothing to go back to', async () => {
    served.scorers.predict = () => [];
    const host = await served.deploy();
    assert.equal(host.error?.code, 'PROBE_FAILED');
    assert.match(host.message, /new, so there is no former configuration/);
  });

  it('leaves the former version serving when the new one cannot be deployed', async () => {
    await served.deploy();
    await served.setChampion('2');
    served.scorers.onStart = (scorer) => scorer.fail('No matching distribution found for left-pad');
    const host = await served.deploy();
    assert.equal(host.error?.code, 'DEPLOYMENT_FAILED');
    assert.match(host.message, /left-pad.*version 1 still serves/);
    assert.match(host.printed, /environment of \/models\/2/);
    assert.equal(host.outputs.get('servedVersion'), '1');

    served.scorers.onStart = () => undefined;
    const retried = await served.deploy();
    assert.equal(retried.result, 'Succeeded', retried.printed);
    assert.equal(retried.outputs.get('servedVersion'), '2');
  });

  it('waits for an update that something else began, and then brings its own', async () => {
    await served.deploy();
    await served.setChampion('3');
    served.scorers.atOnce = false;
    await served.local.request('PUT', '/api/2.0/serving-endpoints/price/config', {
      served_entities: [{ entity_name: model, entity_version: '2' }],
    });
    const other = served.scorers.last;
    served.driving.onSleep = (sleep) => {
      if (sleep === 100) {
        served.scorers.atOnce = true;
        other.ready();
      }
    };
    const host = await served.deploy();
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.match(host.printed, /being updated by something else/);
    assert.match(host.printed, /After 1 min .*being updated by something else/);
    assert.equal(host.outputs.get('previousVersion'), '2');
    assert.equal(host.outputs.get('servedVersion'), '3');
  });

  it('ends at the deadline while an update hangs, and goes on with it the next time', async () => {
    await served.deploy();
    await served.setChampion('2');
    served.scorers.atOnce = false;
    const host = await served.deploy({ timeoutMinutes: '5' });
    assert.equal(host.error?.code, 'UPDATE_TIMEOUT');
    assert.match(host.message, /until it ends the former configuration serves/);
    assert.equal(host.outputs.get('servedVersion'), '1');

    served.driving.onSleep = () => served.scorers.last.ready();
    const again = await served.deploy();
    assert.equal(again.result, 'Succeeded', again.printed);
    assert.equal(again.outputs.get('servedVersion'), '2');
    assert.equal(served.updates(), 1);
  });

  it('puts the former configuration back when it is canceled after the update', async () => {
    await served.deploy();
    await served.setChampion('2');
    let host: FakeHost | undefined;
    served.scorers.predict = (version) => {
      if (version === 2) {
        host?.cancel();
      }
      return version;
    };
    host = await served.deploy({}, (starting) => {
      host = starting;
    });
    assert.equal(host.result, 'Canceled');
    assert.equal(host.outputs.get('result'), 'canceled');
    assert.match(host.printed, /former configuration with version 1 is put back/);
    await served.clock.advance(1000);
    assert.equal((await served.endpoint()).config.served_entities[0].entity_version, '1');
  });

  it('says what a cancel during the update leaves', async () => {
    await served.deploy();
    await served.setChampion('2');
    served.scorers.atOnce = false;
    const host = await served.deploy({}, (starting) => {
      served.driving.onSleep = (sleep) => (sleep > 5 ? starting.cancel() : undefined);
    });
    assert.equal(host.result, 'Canceled');
    const warning = host.issues.find((issue) => issue.code === 'CANCELED_STATE');
    assert.match(warning?.message ?? '', /no call can stop: version 2 serves when it ends/);
    assert.equal(served.updates(), 1);

    // The update ends after the step has; the post-job phase takes it back.
    served.scorers.last.ready();
    served.scorers.atOnce = true;
    await served.clock.advance(1000);
    assert.equal((await served.endpoint()).config.served_entities[0].entity_version, '2');
    await runAfterJob(task, readInputs, afterJob, host, served.clock);
    await served.clock.advance(1000);
    assert.equal((await served.endpoint()).config.served_entities[0].entity_version, '1');
  });

  it('leaves the post-job phase nothing to do after every other end', async () => {
    await served.deploy();
    await served.setChampion('2');
    served.scorers.predict = () => null;
    const bad = await served.deploy();
    assert.equal(bad.error?.code, 'PROBE_FAILED');
    served.scorers.predict = (version) => version;
    const good = await served.deploy();
    const updates = served.updates();
    for (const host of [bad, good]) {
      await runAfterJob(task, readInputs, afterJob, host, served.clock);
    }
    assert.equal(served.updates(), updates);
    assert.equal(good.outputs.get('servedVersion'), '2');
  });

  it('changes nothing in a dry run', async () => {
    const host = await served.deploy({ dryRun: 'true' });
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.match(host.message, /would be created with version 1/);
    assert.equal((await served.local.request('GET', '/api/2.0/serving-endpoints/price')).status, 404);
  });

  it('does not wait in a dry run for an update that is in progress', async () => {
    served.scorers.atOnce = false;
    const body = {
      name: 'price',
      config: {
        served_entities: [
          { entity_name: model, entity_version: '1', workload_size: 'Small', scale_to_zero_enabled: true },
        ],
      },
    };
    const created = await served.local.request('POST', '/api/2.0/serving-endpoints', body);
    assert.equal(created.status, 200);
    const before = served.clock.now();
    const host = await served.deploy({ dryRun: 'true' });
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.equal(served.clock.now(), before);
    served.scorers.last.ready();
  });

  it('calls an alias that names nothing no version', async () => {
    const host = await served.deploy({ version: 'blue' });
    assert.match(host.message, /^main\.default\.price has no version of the number or alias 'blue'\./);
  });

  it('serves any version on a test endpoint, and only there', async () => {
    const test = await served.deploy({ version: '3', purpose: 'test' });
    assert.equal(test.result, 'Succeeded', test.printed);
    assert.deepEqual((await served.endpoint()).tags, [{ key: 'mlops_purpose', value: 'test' }]);
    const customers = await served.deploy();
    assert.equal(customers.error?.code, 'PURPOSE_MISMATCH');
    await served.deploy({ endpoint: 'shop' });
    const onShop = await served.deploy({ endpoint: 'shop', version: '3', purpose: 'test' });
    assert.equal(onShop.error?.code, 'PURPOSE_MISMATCH');
  });

  for (const [what, inputs, code] of [
    ['a version that is not the champion', { version: '2' }, 'NOT_CHAMPION'],
    ['a version that is not there', { version: '9' }, 'VERSION_NOT_FOUND'],
    ['an alias that names nothing', { version: 'challenger', purpose: 'test' }, 'VERSION_NOT_FOUND'],
    ['a version that is not ready', { version: '5', purpose: 'test' }, 'VERSION_NOT_READY'],
    ['another configuration than expected', { expectedConfigVersion: '4' }, 'CONFIG_CHANGED'],
    ['a file that is not there', { sampleRequests: '/no/such/file.json' }, 'FILE_NOT_READABLE'],
  ] as const) {
    it(`refuses ${what} before anything changes`, async () => {
      const host = await served.deploy(inputs);
      assert.equal(host.result, 'Failed');
      assert.equal(host.error?.code, code, host.printed);
      assert.equal(served.scorers.started.length, 0);
    });
  }

  it('refuses an endpoint of another model', async () => {
    await served.deploy();
    const other = 'main.default.rent';
    const root = '/api/2.0/mlflow/unity-catalog';
    await served.local.request('POST', `${root}/registered-models/create`, { name: other });
    await served.local.request('POST', `${root}/model-versions/create`, {
      name: other,
      source: 'runs:/r/m',
      run_id: 'r',
    });
    await served.local.request('POST', `${root}/model-versions/finalize`, { name: other, version: '1' });
    await served.local.request('POST', `${root}/registered-models/alias`, {
      name: other,
      alias: 'champion',
      version: '1',
    });
    const host = await served.deploy({ model: other });
    assert.equal(host.error?.code, 'OTHER_MODEL', host.printed);
    assert.equal(served.updates(), 0);
  });

  describe('delete', () => {
    it('refuses an endpoint that serves the champion, and one whose name is not repeated', async () => {
      await served.deploy();
      const champion = await served.deploy({ action: 'delete', confirm: 'price' });
      assert.equal(champion.error?.code, 'SERVES_CHAMPION');
      const unconfirmed = await served.deploy({ action: 'delete' });
      assert.equal(unconfirmed.error?.code, 'NOT_CONFIRMED');
      assert.equal((await served.endpoint()).name, 'price');
    });

    it('deletes an endpoint, and once more is the same', async () => {
      await served.deploy();
      await served.setChampion('2');
      const dry = await served.deploy({ action: 'delete', confirm: 'price', dryRun: 'true' });
      assert.match(dry.message, /would be deleted/);
      const host = await served.deploy({ action: 'delete', confirm: 'price' });
      assert.equal(host.result, 'Succeeded', host.printed);
      assert.equal(host.outputs.get('previousVersion'), '1');
      assert.equal(host.outputs.get('servedVersion'), '');
      assert.equal(served.scorers.last.stopped, true);
      const again = await served.deploy({ action: 'delete', confirm: 'price' });
      assert.match(again.message, /does not exist; nothing was deleted/);
    });

    it('refuses inputs that only deploy uses', async () => {
      const host = await served.deploy({ action: 'delete', confirm: 'price', version: '2' });
      assert.equal(host.error?.code, 'INPUT_NOT_USED');
    });
  });
});
