import assert from 'node:assert/strict';
import type { EndpointConfig } from '../../../../src/databricks/serving-endpoints';
import {
  configRequest,
  isServed,
  settingChanges,
  trafficOf,
  wantedRequest,
} from '../../../../tasks/DatabricksDeployEndpoint/endpoint-config';
import type { ComputeInputs } from '../../../../tasks/DatabricksDeployEndpoint/inputs';

const compute: ComputeInputs = {
  workloadType: 'CPU',
  scaleToZero: false,
  size: { name: 'Small' },
  environmentVariables: new Map(),
};

/** As the service answers: with output fields, both spellings of a size, and settings that no input knows. */
const answered: EndpointConfig = {
  config_version: 7,
  served_entities: [
    {
      name: 'price-1',
      entity_name: 'main.demo.price',
      entity_version: '1',
      workload_size: 'Small',
      min_provisioned_concurrency: 4,
      max_provisioned_concurrency: 4,
      instance_profile_arn: 'profile',
      environment_vars: { MODE: 'fast' },
      creator: 'ada@example.com',
      creation_timestamp: 1,
      state: { deployment: 'DEPLOYMENT_READY', deployment_state_message: '' },
    },
  ],
  traffic_config: { routes: [{ served_model_name: 'price-1', traffic_percentage: 100 }] },
  auto_capture_config: { catalog_name: 'main', state: { payload_table: {} } },
};

describe('configuration of an endpoint', () => {
  it('goes back as it was, without what the service only answers and without a size in two spellings', () => {
    assert.deepEqual(configRequest(answered), {
      served_entities: [
        {
          name: 'price-1',
          entity_name: 'main.demo.price',
          entity_version: '1',
          workload_size: 'Small',
          instance_profile_arn: 'profile',
          environment_vars: { MODE: 'fast' },
        },
      ],
      traffic_config: { routes: [{ served_entity_name: 'price-1', traffic_percentage: 100 }] },
      auto_capture_config: { catalog_name: 'main' },
    });
    assert.ok(isServed(answered, configRequest(answered)));
  });

  it('keeps settings that are no inputs, and takes the inputs as they are', () => {
    const wanted = wantedRequest(answered, 'main.demo.price', '2', { ...compute, size: { min: 0, max: 8 } });
    assert.deepEqual(wanted, {
      served_entities: [
        {
          instance_profile_arn: 'profile',
          name: 'price-2',
          entity_name: 'main.demo.price',
          entity_version: '2',
          min_provisioned_concurrency: 0,
          max_provisioned_concurrency: 8,
          workload_type: 'CPU',
          scale_to_zero_enabled: false,
        },
      ],
      traffic_config: { routes: [{ served_entity_name: 'price-2', traffic_percentage: 100 }] },
      auto_capture_config: { catalog_name: 'main' },
    });
  });

  it('is served only with the same version, settings and traffic', () => {
    const variables = new Map([['MODE', 'fast']]);
    const same = wantedRequest(answered, 'main.demo.price', '1', { ...compute, environmentVariables: variables });
    assert.ok(isServed(answered, same));
    const others: ComputeInputs[] = [
      compute,
      { ...compute, environmentVariables: new Map([['MODE', 'slow']]) },
      { ...compute, environmentVariables: variables, size: { name: 'Large' } },
      { ...compute, environmentVariables: variables, workloadType: 'GPU_SMALL' },
      { ...compute, environmentVariables: variables, scaleToZero: true },
    ];
    for (const other of others) {
      assert.ok(!isServed(answered, wantedRequest(answered, 'main.demo.price', '1', other)));
    }
    const halved = {
      ...answered,
      traffic_config: { routes: [{ served_entity_name: 'price-1', traffic_percentage: 50 }] },
    };
    assert.ok(!isServed(halved, same));
    assert.ok(!isServed(undefined, same));
    assert.ok(!isServed({ served_entities: [] }, same));
  });

  it('takes a named size and its numbers for the same', () => {
    const [entity] = answered.served_entities ?? [];
    assert.ok(entity);
    const { workload_size: _, ...inNumbers } = entity;
    const config = { ...answered, served_entities: [inNumbers] };
    const environmentVariables = new Map([['MODE', 'fast']]);
    assert.ok(isServed(config, wantedRequest(config, 'main.demo.price', '1', { ...compute, environmentVariables })));
  });

  it('lists changes without the values of variables', () => {
    const [former] = answered.served_entities ?? [];
    const environmentVariables = new Map([
      ['MODE', 'slow'],
      ['KEY', '{{secrets/a/b}}'],
    ]);
    const [entity] = wantedRequest(answered, 'main.demo.price', '2', {
      ...compute,
      environmentVariables,
    }).served_entities;
    assert.deepEqual(settingChanges(former, entity), [
      'environment variables: MODE -> KEY, MODE',
      'environment variables with another value: MODE',
    ]);
  });

  it('gives all traffic to a single entity without routes', () => {
    assert.equal(trafficOf({ served_entities: answered.served_entities ?? [] }, 'price-1'), 100);
    assert.equal(trafficOf(answered, 'price-2'), 0);
  });
});
