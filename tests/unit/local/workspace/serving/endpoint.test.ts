import assert from 'node:assert/strict';
import fc from 'fast-check';
import { seededUniform } from '../../../../../local/workspace/seeded-uniform';
import {
  advance,
  beginUpdate,
  deploymentKey,
  type Endpoint,
  type EndpointEvent,
  isReady,
  newEndpoint,
  shortestUpdate,
  type WantedConfig,
  wantedDeployments,
} from '../../../../../local/workspace/serving/endpoint';
import { pickEntity } from '../../../../../local/workspace/serving/traffic';

type Step =
  | { readonly kind: 'update'; readonly versions: readonly string[] }
  | { readonly kind: 'wait'; readonly milliseconds: number }
  | { readonly kind: 'restart' }
  | {
      readonly kind: 'change';
      readonly which: number;
      readonly deployment: 'DEPLOYMENT_READY' | 'DEPLOYMENT_FAILED' | 'DEPLOYMENT_RECOVERING';
    };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('update' as const),
      versions: fc.uniqueArray(fc.constantFrom('1', '2', '3'), { minLength: 1, maxLength: 2 }),
    }),
    fc.record({ kind: fc.constant('wait' as const), milliseconds: fc.nat(1000) }),
    fc.constant({ kind: 'restart' as const }),
    fc.record({
      kind: fc.constant('change' as const),
      which: fc.nat(3),
      deployment: fc.constantFrom(
        'DEPLOYMENT_READY' as const,
        'DEPLOYMENT_FAILED' as const,
        'DEPLOYMENT_RECOVERING' as const,
      ),
    }),
  ),
  { maxLength: 40 },
);

function config(versions: readonly string[]): WantedConfig {
  const entities = versions.map((version) => ({
    name: `price-${version}`,
    entity_name: 'main.demo.price',
    entity_version: version,
  }));
  const routes = entities.map(({ name }, index) => ({
    served_entity_name: name,
    traffic_percentage: index === 0 ? 100 : 0,
  }));
  return { entities, routes };
}

const identity = { name: 'price', id: 'e', creator: 'ada', description: '', tags: [] };

/** A step on an endpoint as the service would take it; deployments that serve are never reported as failed, they recover. */
function take(endpoint: Endpoint, step: Step, now: number): Endpoint {
  const keys = [...wantedDeployments(endpoint).keys()];
  switch (step.kind) {
    case 'update':
      return endpoint.update === 'IN_PROGRESS' ? endpoint : beginUpdate(endpoint, config(step.versions), 'ada', now);
    case 'wait':
      return advance(endpoint, { kind: 'tick', at: now });
    case 'restart':
      return advance(endpoint, { kind: 'restart', at: now });
    case 'change': {
      const key = keys[step.which % Math.max(1, keys.length)] ?? '';
      const serves = (endpoint.config?.entities ?? []).some((entity) => deploymentKey(entity) === key);
      const deployment = serves && step.deployment === 'DEPLOYMENT_FAILED' ? 'DEPLOYMENT_RECOVERING' : step.deployment;
      const event: EndpointEvent = { kind: 'entity', key, deployment, message: '', at: now };
      return advance(endpoint, event);
    }
  }
}

describe('state machine of an endpoint', () => {
  it('keeps its promises whatever happens in whatever order', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        let now = 1000;
        let endpoint = newEndpoint(identity, config(['1']), now);
        for (const step of sequence) {
          now += step.kind === 'wait' ? step.milliseconds : 0;
          const before = endpoint;
          endpoint = take(before, step, now);
          holds(before, endpoint);
        }
      }),
      { seed: 5, numRuns: 1000 },
    );
  });

  function holds(before: Endpoint, after: Endpoint): void {
    const version = (endpoint: Endpoint) => endpoint.config?.version ?? 0;
    assert.ok(version(after) === version(before) || version(after) === version(before) + 1);
    assert.equal(
      after.pending === undefined,
      after.update === 'NOT_UPDATING',
      'pending is there unless it became the configuration',
    );
    if (version(after) > version(before)) {
      assert.equal(before.update, 'IN_PROGRESS');
      assert.equal(after.update, 'NOT_UPDATING');
      assert.deepEqual(
        after.config?.entities.map((entity) => entity.entity_version),
        before.pending?.entities.map((entity) => entity.entity_version),
      );
      assert.ok(isReady(after), 'what is swapped in is ready');
    } else {
      assert.deepEqual(
        after.config?.entities.map(deploymentKey),
        before.config?.entities.map(deploymentKey),
        'a configuration changes by a swap only',
      );
    }
    if (after.update === 'UPDATE_FAILED') {
      assert.deepEqual(
        [...wantedDeployments(after).keys()],
        after.config?.entities.map(deploymentKey) ?? [],
        'nothing of a failed update stays',
      );
    }
  }

  it('takes the shortest time for an update that deploys nothing', () => {
    const created = newEndpoint(identity, config(['1']), 0);
    const key = deploymentKey(config(['1']).entities[0] ?? assert.fail());
    const ready = advance(created, {
      kind: 'entity',
      key,
      deployment: 'DEPLOYMENT_READY',
      message: '',
      at: shortestUpdate,
    });
    const again = beginUpdate(ready, config(['1']), 'ada', 5000);
    assert.equal(advance(again, { kind: 'tick', at: 5000 + shortestUpdate - 1 }).update, 'IN_PROGRESS');
    assert.equal(advance(again, { kind: 'tick', at: 5000 + shortestUpdate }).update, 'NOT_UPDATING');
  });

  it('gives another deployment to every other setting, and none to the order of variables', () => {
    const entity = { name: 'a', entity_name: 'c.s.m', entity_version: '1' };
    const keys = [
      entity,
      { ...entity, entity_version: '2' },
      { ...entity, workload_size: 'Large' },
      { ...entity, scale_to_zero_enabled: true },
      { ...entity, environment_vars: { A: '1', B: '2' } },
    ].map(deploymentKey);
    assert.equal(new Set(keys).size, keys.length);
    assert.equal(deploymentKey({ ...entity, environment_vars: { B: '2', A: '1' } }), keys.at(-1));
  });
});

describe('traffic split', () => {
  const routes = [
    { served_entity_name: 'a', traffic_percentage: 70 },
    { served_entity_name: 'b', traffic_percentage: 30 },
    { served_entity_name: 'c', traffic_percentage: 0 },
  ];

  it('follows the percentages and repeats for the same seed', () => {
    const draw = (seed: number) => {
      const uniform = seededUniform(seed);
      return Array.from({ length: 10_000 }, () => pickEntity(routes, uniform));
    };
    const names = draw(3);
    assert.deepEqual(names, draw(3));
    const share = names.filter((name) => name === 'b').length / names.length;
    assert.ok(Math.abs(share - 0.3) < 0.02, String(share)); // four standard errors
    assert.ok(!names.includes('c'));
  });
});
