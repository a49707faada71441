import assert from 'node:assert/strict';
import { checked } from './checked-workspace';

describe('inputs of DatabricksCheckConnection', () => {
  for (const [what, inputs, code, expected] of [
    ['a check that comes later', { checks: 'identity,serving' }, 'INPUT_INVALID', /'serving' is planned/],
    ['approvals', { checks: 'approvals' }, 'INPUT_INVALID', /'approvals' is planned/],
    ['audit', { checks: 'audit' }, 'INPUT_INVALID', /'audit' is planned/],
    ['bundle', { checks: 'bundle' }, 'INPUT_INVALID', /'bundle' is planned/],
    ['segregation', { checks: 'segregation' }, 'INPUT_INVALID', /'segregation' is planned/],
    ['guards', { checks: 'guards' }, 'INPUT_INVALID', /'guards' is planned/],
    ['rollback', { checks: 'all,rollback' }, 'INPUT_INVALID', /'rollback' is planned/],
    ['no check', { checks: '' }, 'INPUT_INVALID', /names no check/],
    ['unityCatalog without a catalog', { checks: 'unityCatalog' }, 'INPUT_REQUIRED', /'catalog' is required/],
    [
      'readOnlyGroups without groups',
      { checks: 'readOnlyGroups', catalog: 'dev' },
      'INPUT_REQUIRED',
      /'readOnlyGroups' is required/,
    ],
    [
      'all and unityCatalog without a catalog',
      { checks: 'all,unityCatalog' },
      'INPUT_REQUIRED',
      /'catalog' is required/,
    ],
    ['a job that nothing looks at', { checks: 'identity', job: 'train' }, 'INPUT_INVALID', /'job' is set/],
    [
      'groups that nothing looks at',
      { checks: 'unityCatalog', catalog: 'dev', readOnlyGroups: 'g' },
      'INPUT_INVALID',
      /'readOnlyGroups' is set/,
    ],
    [
      'a schema with its catalog',
      { checks: 'unityCatalog', catalog: 'dev', schema: 'dev.ml' },
      'INPUT_INVALID',
      /one schema/,
    ],
    [
      'a model of another catalog',
      { checks: 'unityCatalog', catalog: 'prod', model: 'dev.ml.churn' },
      'INPUT_INVALID',
      /lies in 'dev'/,
    ],
    ['a model of two levels', { checks: 'unityCatalog', model: 'ml.churn' }, 'INPUT_INVALID', /three-level/],
  ] as const) {
    it(`refuses ${what} before any request`, async () => {
      const { host, received } = await checked(inputs);
      assert.equal(host.error?.code, code, host.printed);
      assert.match(host.printed, expected);
      assert.equal(received.length, 0);
    });
  }
});
