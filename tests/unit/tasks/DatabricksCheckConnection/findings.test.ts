import assert from 'node:assert/strict';
import type { Answer } from '../../../support/http-double';
import { CI, checked, checkedBy, held, levels, refusal, report } from './checked-workspace';

const UC = '/api/2.1/unity-catalog';
const EFFECTIVE = `${UC}/effective-permissions`;
const NONE: Answer = { json: {} };
const ACL = (level: string) =>
  `--json '{"access_control_list":[{"service_principal_name":"${CI}","permission_level":"${level}"}]}'`;

describe('what DatabricksCheckConnection finds', () => {
  for (const [what, check, replaced, inputs, right, object, command] of [
    [
      'USE CATALOG, as the catalog itself says',
      'unityCatalog',
      { [`${UC}/catalogs/dev`]: refusal(403, 'PERMISSION_DENIED', "User does not have USE CATALOG on Catalog 'dev'.") },
      {},
      'USE CATALOG',
      'catalog dev',
      `GRANT USE CATALOG ON CATALOG \`dev\` TO \`${CI}\`;`,
    ],
    [
      'USE CATALOG, by its rights',
      'unityCatalog',
      { [`${EFFECTIVE}/catalog/dev`]: held(CI, 'BROWSE') },
      {},
      'USE CATALOG',
      'catalog dev',
      `GRANT USE CATALOG ON CATALOG \`dev\` TO \`${CI}\`;`,
    ],
    [
      'the catalog',
      'unityCatalog',
      { [`${UC}/catalogs/dev`]: refusal(404, 'CATALOG_DOES_NOT_EXIST', "Catalog 'dev' does not exist.") },
      {},
      'USE CATALOG',
      'catalog dev',
      `GRANT USE CATALOG ON CATALOG \`dev\` TO \`${CI}\`;`,
    ],
    [
      'USE SCHEMA',
      'unityCatalog',
      { [`${EFFECTIVE}/schema/dev.ml`]: NONE },
      {},
      'USE SCHEMA',
      'schema dev.ml',
      `GRANT USE SCHEMA ON SCHEMA \`dev\`.\`ml\` TO \`${CI}\`;`,
    ],
    [
      'the schema',
      'unityCatalog',
      { [`${UC}/schemas/dev.ml`]: refusal(404, 'SCHEMA_DOES_NOT_EXIST', "Schema 'dev.ml' does not exist.") },
      {},
      'USE SCHEMA',
      'schema dev.ml',
      `GRANT USE SCHEMA ON SCHEMA \`dev\`.\`ml\` TO \`${CI}\`;`,
    ],
    [
      'EXECUTE',
      'unityCatalog',
      { [`${EFFECTIVE}/function/dev.ml.churn`]: held('somebody else', 'EXECUTE') },
      {},
      'EXECUTE',
      'model dev.ml.churn',
      `GRANT EXECUTE ON FUNCTION \`dev\`.\`ml\`.\`churn\` TO \`${CI}\`;`,
    ],
    [
      'CREATE MODEL for a model that is not there',
      'unityCatalog',
      { [`${UC}/models/dev.ml.churn`]: refusal(404, 'RESOURCE_DOES_NOT_EXIST', 'no model') },
      {},
      'CREATE MODEL',
      'schema dev.ml',
      `GRANT CREATE MODEL ON SCHEMA \`dev\`.\`ml\` TO \`${CI}\`;`,
    ],
    [
      'rights of groups that are hidden',
      'unityCatalog',
      { [`${EFFECTIVE}/schema/dev.ml`]: refusal(403, 'PERMISSION_DENIED', 'not yours') },
      {},
      'USE SCHEMA',
      'schema dev.ml',
      `GRANT USE SCHEMA ON SCHEMA \`dev\`.\`ml\` TO \`${CI}\`;`,
    ],
    [
      'CAN USE on a stopped warehouse',
      'warehouse',
      { '/api/2.0/permissions/warehouses/w1': levels(['service_principal_name', CI, 'CAN_VIEW']) },
      {},
      'CAN_USE',
      'warehouse w1',
      `databricks permissions update warehouses w1 ${ACL('CAN_USE')}`,
    ],
    [
      'CAN USE on a warehouse whose permissions are hidden',
      'warehouse',
      {
        '/api/2.0/permissions/warehouses/w1': refusal(403, 'PERMISSION_DENIED', 'hidden'),
        '/api/2.0/sql/statements': refusal(403, 'PERMISSION_DENIED', 'You do not have permission to use it.'),
      },
      {},
      'CAN_USE',
      'warehouse w1',
      `databricks permissions update warehouses w1 ${ACL('CAN_USE')}`,
    ],
    [
      'CAN USE on a running warehouse, whatever its permissions say',
      'warehouse',
      {
        '/api/2.0/sql/warehouses': { json: { warehouses: [{ id: 'w1', name: 'wh', state: 'RUNNING' }] } },
        '/api/2.0/sql/statements': refusal(403, 'PERMISSION_DENIED', 'no'),
      },
      {},
      'CAN_USE',
      'warehouse w1',
      `databricks permissions update warehouses w1 ${ACL('CAN_USE')}`,
    ],
    [
      'CAN MANAGE RUN',
      'jobs',
      { '/api/2.0/permissions/jobs/7': levels(['service_principal_name', CI, 'CAN_VIEW']) },
      {},
      'CAN_MANAGE_RUN',
      'job 7',
      `databricks permissions update jobs 7 ${ACL('CAN_MANAGE_RUN')}`,
    ],
    [
      'the permissions of the job, which are hidden',
      'jobs',
      { '/api/2.0/permissions/jobs/7': refusal(403, 'PERMISSION_DENIED', 'hidden') },
      {},
      'CAN_MANAGE_RUN',
      'job 7',
      `databricks permissions update jobs 7 ${ACL('CAN_MANAGE_RUN')}`,
    ],
    [
      'the job, which is not shown to it',
      'jobs',
      { '/api/2.2/jobs/get': refusal(403, 'PERMISSION_DENIED', 'User does not have View on job 7') },
      { job: '7' },
      'CAN_MANAGE_RUN',
      'job 7',
      `databricks permissions update jobs 7 ${ACL('CAN_MANAGE_RUN')}`,
    ],
    [
      'the rights of the groups, which are hidden',
      'readOnlyGroups',
      { [`${EFFECTIVE}/catalog/dev`]: refusal(403, 'PERMISSION_DENIED', 'not yours') },
      {},
      'MANAGE',
      'catalog dev',
      `GRANT MANAGE ON CATALOG \`dev\` TO \`${CI}\`;`,
    ],
    [
      'only rights to read',
      'readOnlyGroups',
      { [`${EFFECTIVE}/catalog/dev`]: held('readers', 'SELECT', 'USE_CATALOG', 'MODIFY') },
      {},
      'MODIFY of readers',
      'catalog dev',
      'REVOKE MODIFY ON CATALOG `dev` FROM `readers`;',
    ],
    [
      'only rights to read, on a schema',
      'readOnlyGroups',
      { [`${EFFECTIVE}/schema/dev.ml`]: held('account users', 'CREATE_TABLE') },
      {},
      'CREATE TABLE of account users',
      'schema dev.ml',
      'REVOKE CREATE TABLE ON SCHEMA `dev`.`ml` FROM `account users`;',
    ],
    [
      'only rights to read, since the group owns the catalog',
      'readOnlyGroups',
      { [`${UC}/catalogs/dev`]: { json: { name: 'dev', owner: 'READERS' } } },
      {},
      'ownership by readers',
      'catalog dev',
      'ALTER CATALOG `dev` OWNER TO `admins`;',
    ],
  ] as const) {
    it(`${check} fails for want of ${what}, and says right, object and command`, async () => {
      const answers: Readonly<Record<string, Answer>> = replaced;
      const { host } = await checkedBy(check, (path) => answers[path], inputs);
      assert.equal(host.result, 'Failed', host.printed);
      assert.equal(host.error?.code, 'CONNECTION_CHECK_FAILED');
      assert.equal(host.outputs.get('failures'), '1');
      assert.deepEqual(report(host).checks[0]?.rights, [{ right, object, command }]);
      assert.ok(host.error?.message.includes(command), host.error?.message);
    });
  }

  for (const [what, check, replaced] of [
    ['a right by its group', 'unityCatalog', { [`${EFFECTIVE}/catalog/dev`]: held('Builders', 'USE_CATALOG') }],
    ['a right of everybody', 'unityCatalog', { [`${EFFECTIVE}/schema/dev.ml`]: held('account users', 'USE_SCHEMA') }],
    ['ALL PRIVILEGES', 'unityCatalog', { [`${EFFECTIVE}/catalog/dev`]: held(CI, 'ALL_PRIVILEGES') }],
    [
      'ownership',
      'unityCatalog',
      { [`${UC}/catalogs/dev`]: { json: { name: 'dev', owner: 'builders' } }, [`${EFFECTIVE}/catalog/dev`]: NONE },
    ],
    [
      'CREATE SCHEMA, where there is no schema yet',
      'unityCatalog',
      {
        [`${UC}/schemas/dev.ml`]: refusal(404, 'SCHEMA_DOES_NOT_EXIST', "Schema 'dev.ml' does not exist."),
        [`${EFFECTIVE}/catalog/dev`]: held(CI, 'USE_CATALOG', 'CREATE_SCHEMA'),
      },
    ],
    [
      'CREATE MODEL, where there is no model yet',
      'unityCatalog',
      {
        [`${UC}/models/dev.ml.churn`]: refusal(404, 'RESOURCE_DOES_NOT_EXIST', 'no model'),
        [`${EFFECTIVE}/schema/dev.ml`]: held(CI, 'USE_SCHEMA', 'CREATE_MODEL'),
      },
    ],
    [
      'a level by its group',
      'warehouse',
      { '/api/2.0/permissions/warehouses/w1': levels(['group_name', 'builders', 'CAN_MANAGE']) },
    ],
    [
      'a statement that runs, where permissions are hidden',
      'warehouse',
      { '/api/2.0/permissions/warehouses/w1': refusal(403, 'PERMISSION_DENIED', 'hidden') },
    ],
    ['a level by its group', 'jobs', { '/api/2.0/permissions/jobs/7': levels(['group_name', 'builders', 'IS_OWNER']) }],
    [
      'an inherited right to read',
      'readOnlyGroups',
      {
        [`${EFFECTIVE}/schema/dev.ml`]: held(
          'readers',
          'SELECT',
          'USE_CATALOG',
          'USE_SCHEMA',
          'BROWSE',
          'EXECUTE',
          'READ_VOLUME',
        ),
      },
    ],
    [
      'a group that the service does not know in grants',
      'readOnlyGroups',
      { [`${EFFECTIVE}/catalog/dev`]: refusal(404, 'PRINCIPAL_DOES_NOT_EXIST', 'who') },
    ],
  ] as const) {
    it(`${check} is content with ${what}`, async () => {
      const answers: Readonly<Record<string, Answer>> = replaced;
      const { host } = await checkedBy(check, (path) => answers[path]);
      assert.equal(host.result, 'Succeeded', host.printed);
      assert.deepEqual(report(host).checks[0]?.rights, []);
    });
  }

  it('jobs finds one that is called by digits, as the step that runs it does', async () => {
    const { host } = await checked({ checks: 'jobs', job: '2024' }, (path, { url }) => {
      const isOfName = url.includes('job_id=2024');
      switch (path) {
        case '/api/2.2/jobs/get':
          return isOfName
            ? refusal(400, 'INVALID_PARAMETER_VALUE', 'Job 2024 does not exist.')
            : { json: { job_id: 7, settings: { name: '2024' } } };
        case '/api/2.2/jobs/list':
          return { json: { jobs: [{ job_id: 7, settings: { name: '2024' } }] } };
        default:
          return undefined;
      }
    });
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.match(host.printed, /may start job 2024 \(7\)/);
  });
});
