import assert from 'node:assert/strict';
import type { Answer } from '../../../support/http-double';
import { CI, checked, checkedBy, held, refusal, report } from './checked-workspace';

const UC = '/api/2.1/unity-catalog';
const EFFECTIVE = `${UC}/effective-permissions`;

describe('DatabricksCheckConnection, of what is not there', () => {
  for (const [what, check, replaced, expected] of [
    [
      'no such job',
      'jobs',
      { '/api/2.2/jobs/list': { json: {} } },
      /There is no job 'train' that service principal ci .* may see\. It sees none at all\. If the name is right, .*CAN_MANAGE_RUN/,
    ],
    [
      'two jobs of that name',
      'jobs',
      { '/api/2.2/jobs/list': { json: { jobs: [7, 8].map((job_id) => ({ job_id, settings: { name: 'train' } })) } } },
      /There are 2 jobs named 'train': 7, 8\./,
    ],
    [
      'no such warehouse',
      'warehouse',
      { '/api/2.0/sql/warehouses': { json: {} } },
      /There is no SQL warehouse 'wh' that service principal ci .* may see\. It sees none at all\. .*CAN_USE/,
    ],
    [
      'no such group',
      'readOnlyGroups',
      { '/api/2.0/preview/scim/v2/Groups': { json: { totalResults: 0 } } },
      /There is no group 'readers'/,
    ],
    [
      'no such catalog',
      'readOnlyGroups',
      {
        [`${UC}/catalogs/dev`]: refusal(404, 'CATALOG_DOES_NOT_EXIST', 'none'),
        [`${UC}/catalogs`]: { json: { catalogs: [{ name: 'prod', owner: 'boss' }] } },
      },
      /There is no catalog dev that service principal ci .* may see\. It sees: prod\. .* GRANT MANAGE ON CATALOG `dev`/,
    ],
    [
      'a statement that fails',
      'warehouse',
      {
        '/api/2.0/sql/warehouses': { json: { warehouses: [{ id: 'w1', name: 'wh', state: 'RUNNING' }] } },
        '/api/2.0/sql/statements': {
          json: { statement_id: 's', status: { state: 'FAILED', error: { message: 'broken' } } },
        },
      },
      /ended in state FAILED: broken/,
    ],
  ] as const) {
    it(`${check} fails on ${what}`, async () => {
      const answers: Readonly<Record<string, Answer>> = replaced;
      const { host } = await checkedBy(check, (path) => answers[path]);
      assert.equal(host.result, 'Failed', host.printed);
      assert.match(host.printed, expected);
    });
  }

  const catalogs = { json: { catalogs: ['prod', 'staging', 'dev'].map((name) => ({ name, owner: 'boss' })) } };
  const models = { json: { registered_models: [{ full_name: 'dev.ml.churn', owner: 'boss' }] } };
  for (const [check, inputs, expected] of [
    ['unityCatalog', { model: '', catalog: 'stagin' }, /There is no catalog stagin .*Did you mean staging\?/],
    ['unityCatalog', { model: 'dve.ml.churn' }, /There is no catalog dve .* It sees: prod, staging, dev\./],
    [
      'unityCatalog',
      { model: '', catalog: 'dev', schema: 'nl' },
      /There is no schema dev\.nl .*Did you mean dev\.ml\?/,
    ],
    ['readOnlyGroups', { catalog: 'prodd' }, /There is no catalog prodd .*Did you mean prod\?/],
    ['warehouse', { warehouse: 'whs' }, /There is no SQL warehouse 'whs' .*Did you mean wh\?/],
    ['jobs', { job: 'trian' }, /There is no job 'trian' .*Did you mean train\?/],
  ] as const) {
    it(`${check} suggests for ${JSON.stringify(inputs)} what is meant, before the right that may be missing`, async () => {
      const { host } = await checkedBy(
        check,
        (path) => (path === `${UC}/catalogs` ? catalogs : undefined),
        inputs as Record<string, string>,
      );
      assert.match(host.error?.message ?? '', expected);
      assert.match(host.error?.message ?? '', /If the name is right, .* does not exist yet, or a right is missing: \S/);
      assert.equal(report(host).checks[0]?.rights.length, 1);
    });
  }

  it('suggests the model that is there for one that it may create', async () => {
    const { host } = await checkedBy(
      'unityCatalog',
      (path) =>
        path === `${UC}/models`
          ? models
          : path === `${EFFECTIVE}/schema/dev.ml`
            ? held(CI, 'USE_SCHEMA', 'CREATE_MODEL')
            : undefined,
      { model: 'dev.ml.chrun' },
    );
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.match(host.printed, /There is no model dev\.ml\.chrun .*Did you mean dev\.ml\.churn\? It may create one/);
  });

  it('says of a job that is not there what is missing also when the list of jobs breaks off', async () => {
    let lists = 0;
    const { host } = await checkedBy(
      'jobs',
      (path) => {
        lists += path === '/api/2.2/jobs/list' ? 1 : 0;
        return path === '/api/2.2/jobs/list' && lists > 1 ? { status: 500 } : undefined;
      },
      { job: 'trian' },
    );
    assert.ok(lists > 1, host.printed);
    assert.match(
      host.error?.message ?? '',
      /There is no job 'trian' .* What else there is, is not known\. If the name/,
    );
  });

  for (const [check, list, inputs] of [
    ['unityCatalog', `${UC}/catalogs`, { model: '', catalog: 'stagin' }],
    ['unityCatalog', `${UC}/schemas`, { model: '', catalog: 'dev', schema: 'nl' }],
    ['readOnlyGroups', `${UC}/catalogs`, { catalog: 'prodd' }],
    ['warehouse', '/api/2.0/sql/warehouses', { warehouse: 'whs' }],
    ['jobs', '/api/2.2/jobs/list', { job: 'trian' }],
  ] as const) {
    it(`${check} says what is missing soon also where the list at ${list} keeps it waiting`, async () => {
      // Jobs and warehouses are looked for in the list that also has what else there is.
      let before = ['warehouse', 'jobs'].includes(check) ? 1 : 0;
      const { host, clock } = await checkedBy(
        check,
        (path) =>
          path === list && before-- <= 0 ? { status: 429, headers: { 'retry-after': '5' }, json: {} } : undefined,
        inputs as Record<string, string>,
      );
      assert.match(host.error?.message ?? '', /What else there is, is not known\. If the name/);
      const waited = clock.waits.reduce((sum, wait) => sum + wait, 0);
      assert.ok(waited <= 10_000, `${waited} ms`);
    });
  }

  it('says of a name that is not there that the list of names is hidden too', async () => {
    const { host } = await checkedBy('unityCatalog', (path) =>
      path === `${UC}/catalogs/dev`
        ? refusal(404, 'CATALOG_DOES_NOT_EXIST', 'none')
        : path === `${UC}/catalogs`
          ? refusal(403, 'PERMISSION_DENIED', 'not yours')
          : undefined,
    );
    assert.match(host.error?.message ?? '', /may see\. What else there is, is hidden from it\. If the name is right/);
  });

  it('says of an identity that the workspace does not let in how it is made a user, and makes no other check', async () => {
    const { host } = await checked({ checks: 'identity,workspace,jobs' }, (path) =>
      path.endsWith('/Me') ? refusal(403, 'PERMISSION_DENIED', 'User is not authorized.') : undefined,
    );
    assert.match(
      host.error?.message ?? '',
      /^Check 'identity' failed: The credential is good, .* User is not authorized\. /,
    );
    assert.deepEqual(report(host).checks[0]?.rights, [
      {
        right: 'to be a user of the workspace',
        object: `workspace ${report(host).workspace}`,
        command: 'databricks service-principals create --application-id <application id>',
      },
    ]);
    assert.deepEqual(
      report(host).checks.map(({ verdict }) => verdict),
      ['error', 'notChecked', 'notChecked'],
    );
  });
});
