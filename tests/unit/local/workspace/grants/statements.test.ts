import assert from 'node:assert/strict';
import { grantStatement, revokeStatement } from '../../../../../src/databricks/grant-commands';
import type { TestWorkspace } from '../../../../support/local-workspace';
import { ADA, CI, EVE, startWithPrincipals, type Who } from '../../../../support/principals';

const EVERY_KIND = [
  ['USE_CATALOG', 'catalog', 'dev'],
  ['USE_SCHEMA', 'schema', 'dev.default'],
  ['SELECT', 'table', 'dev.default.t'],
  ['READ_VOLUME', 'volume', 'dev.default.files'],
  ['EXECUTE', 'function', 'dev.default.model'],
] as const;

describe('GRANT, REVOKE and SHOW GRANTS', () => {
  let workspace: TestWorkspace;
  let as: Awaited<ReturnType<typeof startWithPrincipals>>['as'];
  let warehouse = '';

  async function sql(who: Who, statement: string) {
    const { json } = await as(who, 'POST', '/api/2.0/sql/statements', {
      warehouse_id: warehouse,
      wait_timeout: '30s',
      statement,
    });
    return {
      state: json.status.state as string,
      message: (json.status.error?.message ?? '') as string,
      rows: (json.result?.data_array ?? []) as string[][],
      columns: (json.manifest?.schema.columns ?? []).map(({ name }: { name: string }) => name) as string[],
    };
  }

  async function done(who: Who, statement: string) {
    const result = await sql(who, statement);
    assert.equal(result.state, 'SUCCEEDED', `${statement}: ${result.message}`);
    return result;
  }

  const permissions = async (type: string, name: string) =>
    (await as('admin', 'GET', `/api/2.1/unity-catalog/permissions/${type}/${name}`)).json.privilege_assignments ?? [];

  beforeEach(async () => {
    ({ workspace, as } = await startWithPrincipals());
    warehouse = (await as('admin', 'GET', '/api/2.0/sql/warehouses')).json.warehouses[0].id;
    await done('admin', 'CREATE TABLE dev.default.t AS SELECT 1 AS x');
    const volume = { catalog_name: 'dev', schema_name: 'default', name: 'files', volume_type: 'MANAGED' };
    assert.equal((await as('admin', 'POST', '/api/2.1/unity-catalog/volumes', volume)).status, 200);
    const model = { catalog_name: 'dev', schema_name: 'default', name: 'model' };
    assert.equal((await as('admin', 'POST', '/api/2.1/unity-catalog/models', model)).status, 200);
  });
  afterEach(() => workspace?.stop());

  it('take the statements that a failed check advises, for every kind of securable', async () => {
    for (const [privilege, type, name] of EVERY_KIND) {
      await done('admin', grantStatement(privilege, type, name, { kind: 'user', name: EVE }));
      const given = (await permissions(type, name)).find((one: { principal: string }) => one.principal === EVE);
      assert.deepEqual(given?.privileges, [privilege], name);
    }
    for (const [privilege, type, name] of EVERY_KIND) {
      await done('admin', revokeStatement(privilege, type, name, { kind: 'user', name: EVE }));
      const left = (await permissions(type, name)).find((one: { principal: string }) => one.principal === EVE);
      assert.equal(left, undefined, name);
    }
  });

  it('let their grantee do what was refused before', async () => {
    const read = { path: '/api/2.1/unity-catalog/tables/dev.default.t' };
    assert.equal((await as('eve', 'GET', read.path)).status, 403);
    await done('admin', `GRANT USE CATALOG, use schema, SELECT ON CATALOG dev TO \`${EVE}\``);
    assert.equal((await as('eve', 'GET', read.path)).status, 200);
    await done('admin', `REVOKE ALL PRIVILEGES ON CATALOG dev FROM \`${EVE}\`;`);
    assert.equal((await as('eve', 'GET', read.path)).status, 403);
  });

  it('show direct and inherited rights, of all or of one', async () => {
    await done('admin', `GRANT SELECT ON dev.default.t TO \`${CI}\``);
    const all = await done('admin', 'SHOW GRANTS ON TABLE dev.default.t');
    assert.deepEqual(all.columns, ['principal', 'actionType', 'objectType', 'objectKey']);
    assert.ok(all.rows.some((row) => row.join() === 'readers,USE CATALOG,CATALOG,dev'));
    assert.ok(all.rows.some((row) => row.join() === 'builders,CREATE TABLE,SCHEMA,dev.default'));
    const one = await done('admin', `SHOW GRANT \`${CI}\` ON TABLE dev.default.t`);
    assert.deepEqual(one.rows, [[CI, 'SELECT', 'TABLE', 'dev.default.t']]);
    assert.deepEqual((await done('admin', `SHOW GRANTS \`${EVE}\` ON METASTORE`)).rows, []);
  });

  it('want MANAGE, but for the rights of oneself and of own groups', async () => {
    const refused = [
      `GRANT SELECT ON TABLE dev.default.t TO \`${ADA}\``,
      `REVOKE SELECT ON CATALOG dev FROM readers`,
      'SHOW GRANTS ON TABLE dev.default.t',
      `SHOW GRANTS \`${EVE}\` ON TABLE dev.default.t`,
    ];
    for (const statement of refused) {
      const { state, message } = await sql('ada', statement);
      assert.equal(state, 'FAILED', statement);
      assert.match(
        message,
        /^\[INSUFFICIENT_PERMISSIONS\] Insufficient privileges: User does not have MANAGE on .* SQLSTATE: 42501$/,
      );
    }
    assert.deepEqual((await done('ada', `SHOW GRANTS \`${ADA}\` ON TABLE dev.default.t`)).rows, []);
    assert.ok((await done('ada', 'SHOW GRANTS readers ON TABLE dev.default.t')).rows.length > 0);
    await done('admin', `GRANT MANAGE ON TABLE dev.default.t TO \`${ADA}\``);
    await done('ada', `GRANT SELECT ON TABLE dev.default.t TO \`${EVE}\``);
  });

  it('refuse somebody whom nobody described', async () => {
    const { state, message } = await sql('admin', 'GRANT SELECT ON TABLE dev.default.t TO `nobody@example.com`');
    assert.equal(state, 'FAILED');
    assert.match(message, /^\[PRINCIPAL_DOES_NOT_EXIST\] Could not find principal with name nobody@example\.com/);
    assert.deepEqual(await permissions('table', 'dev.default.t'), []);
  });
});
