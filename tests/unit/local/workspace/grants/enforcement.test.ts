import assert from 'node:assert/strict';
import type { TestWorkspace } from '../../../../support/local-workspace';
import { ADA, CI, EVE, startWithPrincipals, type Who } from '../../../../support/principals';

const UC = '/api/2.1/unity-catalog';
const MLFLOW = '/api/2.0/mlflow/unity-catalog';
const MODEL = 'dev.default.churn';

describe('rights of principals that the start described', () => {
  let workspace: TestWorkspace;
  let as: Awaited<ReturnType<typeof startWithPrincipals>>['as'];
  let warehouse = '';
  let jobId = '';
  const ok = async (who: Who, method: string, path: string, body?: unknown) => {
    const reply = await as(who, method, path, body);
    assert.equal(reply.status, 200, `${who} ${method} ${path}: ${reply.text}`);
    return reply.json;
  };
  const sql = (who: Who, statement: string) =>
    as(who, 'POST', '/api/2.0/sql/statements', { statement, warehouse_id: warehouse, wait_timeout: '30s' });

  before(async () => {
    ({ workspace, as } = await startWithPrincipals());
    warehouse = (await ok('admin', 'GET', '/api/2.0/sql/warehouses')).warehouses[0].id;
    await ok('admin', 'POST', `${MLFLOW}/registered-models/create`, { name: MODEL });
    await ok('admin', 'POST', `${MLFLOW}/model-versions/create`, { name: MODEL, source: 'dbfs:/x' });
    await ok('admin', 'POST', `${MLFLOW}/model-versions/finalize`, { name: MODEL, version: '1' });
    await ok('admin', 'POST', `${MLFLOW}/registered-models/alias`, { name: MODEL, alias: 'champion', version: '1' });
    await ok('admin', 'POST', `${UC}/volumes`, {
      catalog_name: 'dev',
      schema_name: 'default',
      name: 'files',
      volume_type: 'MANAGED',
    });
    await as('admin', 'PUT', '/api/2.0/fs/files/Volumes/dev/default/files/a.txt', 'content');
    await sql('admin', 'CREATE TABLE dev.default.t (x INT)');
    await sql('admin', 'CREATE TABLE dev.default.other (x INT)');
    const task = { task_key: 'a', notebook_task: { notebook_path: '/n' } };
    jobId = (await ok('admin', 'POST', '/api/2.2/jobs/create', { name: 'train', tasks: [task] })).job_id;
  });
  after(() => workspace?.stop());

  /** Principal, request, status, and words of the refusal. */
  const cases: readonly (readonly [Who, string, string, unknown, number, RegExp?])[] = [
    ['gone', 'GET', '/api/2.0/preview/scim/v2/Me', undefined, 403, /^Invalid access token\.$/],
    [
      'bob',
      'GET',
      `${UC}/catalogs`,
      undefined,
      403,
      /disabled for users without the workspace-access or databricks-sql-access entitlements/,
    ],
    ['bob', 'GET', '/api/2.0/preview/scim/v2/Me', undefined, 200],
    ['boss', 'GET', `${UC}/catalogs/prod`, undefined, 200],
    ['ada', 'GET', `${UC}/catalogs/dev`, undefined, 200],
    ['ada', 'GET', `${UC}/catalogs/prod`, undefined, 403, /^User does not have USE CATALOG on Catalog 'prod'\.$/],
    ['ada', 'GET', `${UC}/catalogs/none`, undefined, 404, /^Catalog 'none' does not exist\.$/],
    [
      'ada',
      'POST',
      `${UC}/catalogs`,
      { name: 'mine' },
      403,
      /^User does not have CREATE CATALOG on Metastore 'local'\.$/,
    ],
    [
      'ada',
      'POST',
      `${UC}/schemas`,
      { name: 's', catalog_name: 'dev' },
      403,
      /^User does not have CREATE SCHEMA on Catalog 'dev'\.$/,
    ],
    [
      'eve',
      'POST',
      `${UC}/schemas`,
      { name: 's', catalog_name: 'dev' },
      403,
      /^User does not have USE CATALOG on Catalog 'dev'\.$/,
    ],
    ['ada', 'GET', `${UC}/schemas/dev.default`, undefined, 200],
    ['ada', 'GET', `${UC}/schemas/dev.none`, undefined, 404],
    ['eve', 'GET', `${UC}/schemas/dev.default`, undefined, 403, /USE CATALOG on Catalog 'dev'/],
    ['ada', 'GET', `${UC}/tables/dev.default.t`, undefined, 200],
    [
      'ci',
      'GET',
      `${UC}/tables/dev.default.t`,
      undefined,
      403,
      /^User does not have SELECT on Table 'dev\.default\.t'\.$/,
    ],
    ['ada', 'GET', `${UC}/volumes/dev.default.files`, undefined, 200],
    ['ci', 'GET', `${UC}/volumes/dev.default.files`, undefined, 403, /READ VOLUME on Volume 'dev\.default\.files'/],
    [
      'ada',
      'POST',
      `${UC}/volumes`,
      { catalog_name: 'dev', schema_name: 'default', name: 'v', volume_type: 'MANAGED' },
      403,
      /CREATE VOLUME on Schema 'dev\.default'/,
    ],
    ['ada', 'GET', '/api/2.0/fs/files/Volumes/dev/default/files/a.txt', undefined, 200],
    ['ada', 'PUT', '/api/2.0/fs/files/Volumes/dev/default/files/b.txt', 'b', 403, /WRITE VOLUME on Volume/],
    ['ci', 'GET', '/api/2.0/fs/files/Volumes/dev/default/files/a.txt', undefined, 403, /READ VOLUME/],
    ['ada', 'DELETE', '/api/2.0/fs/files/Volumes/dev/default/files/a.txt', undefined, 403, /WRITE VOLUME/],
    ['ada', 'GET', `${MLFLOW}/registered-models/get?name=${MODEL}`, undefined, 200],
    [
      'ci',
      'GET',
      `${MLFLOW}/registered-models/get?name=${MODEL}`,
      undefined,
      403,
      /^User does not have EXECUTE on Routine or Model 'dev\.default\.churn'\.$/,
    ],
    ['ada', 'GET', `${MLFLOW}/registered-models/get?name=dev.default.none`, undefined, 404],
    ['ada', 'GET', `${MLFLOW}/model-versions/get?name=${MODEL}&version=1`, undefined, 200],
    ['eve', 'GET', `${MLFLOW}/model-versions/get?name=${MODEL}&version=1`, undefined, 403, /USE CATALOG/],
    [
      'ada',
      'POST',
      `${MLFLOW}/registered-models/alias`,
      { name: MODEL, alias: 'x', version: '1' },
      403,
      /MANAGE on Routine or Model/,
    ],
    [
      'ada',
      'POST',
      `${MLFLOW}/model-versions/create`,
      { name: MODEL, source: 'dbfs:/x' },
      403,
      /CREATE MODEL VERSION on Routine or Model/,
    ],
    [
      'ada',
      'POST',
      `${MLFLOW}/model-versions/set-tag`,
      { name: MODEL, version: '1', key: 'k', value: 'v' },
      403,
      /APPLY TAG/,
    ],
    ['ada', 'DELETE', `${MLFLOW}/model-versions/delete`, { name: MODEL, version: '1' }, 403, /MANAGE/],
    ['ada', 'GET', `${UC}/models/${MODEL}/aliases/champion`, undefined, 200],
    ['ada', 'PUT', `${UC}/models/${MODEL}/aliases/y`, { version_num: 1 }, 403, /MANAGE/],
    ['ci', 'GET', `${UC}/models/${MODEL}/versions/1`, undefined, 403, /EXECUTE/],
    [
      'ada',
      'POST',
      `${UC}/models`,
      { catalog_name: 'dev', schema_name: 'default', name: 'n' },
      403,
      /CREATE MODEL on Schema 'dev\.default'/,
    ],
    ['ada', 'POST', `${MLFLOW}/registered-models/create`, { name: 'dev.default.n' }, 403, /CREATE MODEL on Schema/],
    ['ada', 'GET', '/api/2.0/fs/files/Models/dev/default/churn/1/MLmodel', undefined, 404],
    ['ci', 'GET', '/api/2.0/fs/files/Models/dev/default/churn/1/MLmodel', undefined, 403, /EXECUTE/],
    ['ada', 'GET', `${UC}/permissions/catalog/dev`, undefined, 403, /^User does not have MANAGE on Catalog 'dev'\.$/],
    ['ada', 'GET', `${UC}/permissions/catalog/dev?principal=readers`, undefined, 200],
    ['ada', 'GET', `${UC}/effective-permissions/schema/dev.default?principal=${ADA}`, undefined, 200],
    [
      'ada',
      'GET',
      `${UC}/effective-permissions/schema/dev.default?principal=builders`,
      undefined,
      403,
      /MANAGE on Schema/,
    ],
    [
      'admin',
      'GET',
      `${UC}/effective-permissions/catalog/dev?principal=nobody`,
      undefined,
      404,
      /^Could not find principal with name nobody$/,
    ],
    [
      'ada',
      'PATCH',
      `${UC}/permissions/catalog/dev`,
      { changes: [{ principal: ADA, add: ['MANAGE'] }] },
      403,
      /MANAGE/,
    ],
    ['admin', 'GET', `${UC}/permissions/catalog/none`, undefined, 404, /^Catalog 'none' does not exist\.$/],
    ['admin', 'GET', `${UC}/permissions/share/x`, undefined, 501],
    ['admin', 'GET', `${UC}/permissions/schema/dev`, undefined, 400],
    [
      'admin',
      'PATCH',
      `${UC}/permissions/table/dev.default.t`,
      { changes: [{ principal: EVE, add: ['USE_CATALOG'] }] },
      400,
      /^Privilege USE_CATALOG is not applicable to this entity/,
    ],
    [
      'admin',
      'PATCH',
      `${UC}/permissions/catalog/dev`,
      { changes: [{ principal: EVE, add: ['BROWSE'], remove: ['BROWSE'] }] },
      400,
      /^Duplicate privileges to add and delete for principal eve@example\.com\.$/,
    ],
    [
      'admin',
      'PATCH',
      `${UC}/permissions/catalog/dev`,
      { changes: [{ principal: 'nobody', add: ['BROWSE'] }] },
      404,
      /Could not find principal/,
    ],
    ['ada', 'POST', '/local/seed/jobs', { jobs: [] }, 403],
  ];
  for (const [who, method, path, body, status, words] of cases) {
    it(`${who}: ${method} ${path} ${body === undefined ? '' : JSON.stringify(body)} → ${status}`, async () => {
      const reply = await as(who, method, path, body);
      assert.equal(reply.status, status, reply.text);
      assert.match(String(reply.json.message ?? ''), words ?? /(?:)/);
      if (status === 403 && who !== 'gone') {
        assert.equal(reply.json.error_code, 'PERMISSION_DENIED');
      }
    });
  }

  it('leaves out of lists what may not be known of', async () => {
    assert.deepEqual(
      (await ok('ada', 'GET', `${UC}/catalogs`)).catalogs.map(({ name }: { name: string }) => name),
      ['dev'],
    );
    assert.deepEqual(await ok('eve', 'GET', `${UC}/catalogs`), {});
    assert.deepEqual(await ok('ci', 'GET', `${UC}/tables?catalog_name=dev&schema_name=default`), {});
    assert.equal((await ok('ada', 'GET', `${UC}/tables?catalog_name=dev&schema_name=default`)).tables.length, 2);
    assert.deepEqual(await ok('ci', 'GET', `${UC}/models`), {});
    assert.equal((await ok('ada', 'GET', `${UC}/models`)).registered_models.length, 1);
    assert.deepEqual(await ok('ci', 'GET', `${MLFLOW}/model-versions/search?filter=name%3D'${MODEL}'`), {});
  });

  it('says who grants what, inherited rights with where they come from', async () => {
    assert.deepEqual(await ok('admin', 'GET', `${UC}/permissions/schema/dev.default`), {
      privilege_assignments: [{ principal: 'builders', privileges: ['CREATE_MODEL', 'CREATE_TABLE', 'CREATE_VOLUME'] }],
    });
    const inherited = { inherited_from_type: 'CATALOG', inherited_from_name: 'dev' };
    assert.deepEqual(await ok('admin', 'GET', `${UC}/effective-permissions/schema/dev.default?principal=builders`), {
      privilege_assignments: [
        {
          principal: 'builders',
          privileges: [
            { privilege: 'CREATE_MODEL' },
            { privilege: 'CREATE_TABLE' },
            { privilege: 'CREATE_VOLUME' },
            { privilege: 'USE_CATALOG', ...inherited },
            { privilege: 'USE_SCHEMA', ...inherited },
          ],
        },
      ],
    });
    assert.deepEqual(await ok('ada', 'GET', `${UC}/effective-permissions/schema/dev.default?principal=${ADA}`), {});
  });

  it('gives and takes a right at once', async () => {
    const path = `${UC}/permissions/function/${MODEL}`;
    await ok('admin', 'PATCH', path, { changes: [{ principal: CI, add: ['EXECUTE'] }] });
    await ok('ci', 'GET', `${UC}/models/${MODEL}/versions/1`);
    await ok('admin', 'PATCH', path, { changes: [{ principal: CI, add: ['MANAGE'] }] });
    await ok('ci', 'PUT', `${UC}/models/${MODEL}/aliases/by_ci`, { version_num: 1 });
    await ok('ci', 'PATCH', path, { changes: [{ principal: EVE, add: ['EXECUTE'] }] });
    assert.deepEqual(
      await ok('admin', 'PATCH', path, {
        changes: [CI, EVE].map((principal) => ({ principal, remove: ['ALL_PRIVILEGES'] })),
      }),
      {},
    );
    assert.equal((await as('ci', 'GET', `${UC}/models/${MODEL}/versions/1`)).status, 403);
  });

  it('lets who made something do everything with it', async () => {
    await ok('ci', 'POST', `${MLFLOW}/registered-models/create`, { name: 'dev.default.own' });
    await ok('ci', 'POST', `${MLFLOW}/model-versions/create`, { name: 'dev.default.own', source: 'dbfs:/x' });
    await ok('ci', 'POST', `${MLFLOW}/model-versions/finalize`, { name: 'dev.default.own', version: '1' });
    await ok('ci', 'POST', `${MLFLOW}/registered-models/alias`, { name: 'dev.default.own', alias: 'a', version: '1' });
    await ok('ci', 'DELETE', `${MLFLOW}/registered-models/delete`, { name: 'dev.default.own' });
  });

  for (const [who, statement, expected] of [
    ['ada', 'SELECT * FROM dev.default.t', 'SUCCEEDED'],
    [
      'ada',
      'INSERT INTO dev.default.t VALUES (1)',
      /Insufficient privileges: User does not have MODIFY on Table 'dev\.default\.t'\./,
    ],
    ['ada', 'DELETE FROM dev.default.t', /MODIFY on Table/],
    ['ada', 'DROP TABLE dev.default.t', /MANAGE on Table/],
    ['ada', 'CREATE OR REPLACE TABLE dev.default.t (y INT)', /MANAGE on Table/],
    ['ada', 'CREATE TABLE dev.default.made AS SELECT * FROM dev.default.t', /CREATE TABLE on Schema 'dev\.default'/],
    ['ci', 'SELECT * FROM dev.default.t', /SELECT on Table 'dev\.default\.t'/],
    ['ci', 'SELECT max(x) FROM dev.default.other', /SELECT on Table 'dev\.default\.other'/],
    ['ci', 'CREATE TABLE dev.default.copy AS SELECT * FROM dev.default.t', /SELECT on Table 'dev\.default\.t'/],
    ['ci', 'CREATE TABLE dev.default.own (x INT)', 'SUCCEEDED'],
    ['ci', 'INSERT INTO dev.default.own VALUES (1)', 'SUCCEEDED'],
    ['ci', 'INSERT INTO dev.default.own SELECT x FROM dev.default.t', /SELECT on Table 'dev\.default\.t'/],
    ['ci', 'DROP TABLE dev.default.own', 'SUCCEEDED'],
    ['ci', 'DESCRIBE TABLE dev.default.t', /on Table 'dev\.default\.t'/],
    ['ada', 'SELECT * FROM prod.default.t', /TABLE_OR_VIEW_NOT_FOUND/],
    ['ci', 'CREATE SCHEMA dev.made', /CREATE SCHEMA on Catalog 'dev'/],
  ] as const) {
    it(`${who}: ${statement}`, async () => {
      const { json } = await sql(who, statement);
      if (typeof expected === 'string') {
        assert.equal(json.status.state, expected, JSON.stringify(json.status));
      } else {
        assert.equal(json.status.state, 'FAILED');
        assert.match(json.status.error.message, expected);
      }
    });
  }

  it('keeps the warehouse for those who may use it', async () => {
    assert.deepEqual(await ok('eve', 'GET', '/api/2.0/sql/warehouses'), {});
    const refused = await sql('eve', 'SELECT 1');
    assert.equal(refused.status, 403);
    assert.match(refused.json.message, /^User eve@example\.com does not have CAN USE permissions on SQL warehouse /);
    assert.equal((await as('ada', 'POST', `/api/2.0/sql/warehouses/${warehouse}/stop`)).status, 403);
  });

  it('keeps jobs for those whom their permissions name, and does not tell others whether one is there', async () => {
    const get = `/api/2.2/jobs/get?job_id=${jobId}`;
    const refused = await as('ada', 'GET', get);
    assert.equal(refused.status, 403);
    assert.equal(
      refused.json.message,
      `User ${ADA} does not have View or Admin or Manage Run or Owner permissions on job ${jobId}`,
    );
    assert.equal((await as('ada', 'GET', '/api/2.2/jobs/get?job_id=1')).status, 403);
    assert.equal((await ok('ada', 'GET', '/api/2.2/jobs/list')).jobs, undefined);
    const acl = `/api/2.0/permissions/jobs/${jobId}`;
    assert.equal((await as('ada', 'GET', acl)).status, 403);
    await ok('admin', 'PATCH', acl, { access_control_list: [{ group_name: 'readers', permission_level: 'CAN_VIEW' }] });
    await ok('ada', 'GET', get);
    await ok('ada', 'GET', acl);
    assert.equal((await ok('ada', 'GET', '/api/2.2/jobs/list')).jobs.length, 1);
    const start = await as('ada', 'POST', '/api/2.2/jobs/run-now', { job_id: jobId });
    assert.equal(start.status, 403);
    assert.match(start.json.message, /does not have Admin or Manage Run or Owner permissions on job/);
    assert.match(
      (await as('ada', 'POST', '/api/2.2/jobs/delete', { job_id: jobId })).json.message,
      /Admin or Owner permissions on job/,
    );
    assert.equal((await as('ada', 'PATCH', acl, { access_control_list: [] })).status, 403);
    assert.equal((await as('ada', 'GET', '/api/2.2/jobs/runs/get?run_id=1')).status, 400);
  });

  it('shows a one-time run to who started it, and to nobody else without a right', async () => {
    const task = { task_key: 'a', notebook_task: { notebook_path: '/n' } };
    const { run_id: runId } = await ok('ci', 'POST', '/api/2.2/jobs/runs/submit', { run_name: 'once', tasks: [task] });
    const get = `/api/2.2/jobs/runs/get?run_id=${runId}`;
    assert.equal((await ok('ci', 'GET', get)).creator_user_name, CI);
    assert.equal((await as('ada', 'GET', get)).status, 403);
    assert.equal((await as('ada', 'POST', '/api/2.2/jobs/runs/cancel', { run_id: runId })).status, 403);
    const list = '/api/2.2/jobs/runs/list?run_type=SUBMIT_RUN';
    assert.equal((await ok('ada', 'GET', list)).runs, undefined);
    assert.equal((await ok('ci', 'GET', list)).runs.length, 1);
    await ok('ci', 'POST', '/api/2.2/jobs/runs/cancel', { run_id: runId });
  });

  it('lists users, groups and service principals by filters, and reads one', async () => {
    const scim = '/api/2.0/preview/scim/v2';
    const find = async (kind: string, filter: string) =>
      (await ok('ada', 'GET', `${scim}/${kind}?filter=${encodeURIComponent(filter)}`)).Resources ?? [];
    const [ada] = await find('Users', `userName eq "${ADA.toUpperCase()}"`);
    assert.equal(ada.displayName, 'Ada');
    assert.deepEqual(
      ada.groups.map(({ display }: { display: string }) => display),
      ['analysts'],
    );
    assert.deepEqual(ada.entitlements, [{ value: 'workspace-access' }, { value: 'databricks-sql-access' }]);
    assert.deepEqual(await ok('ada', 'GET', `${scim}/Users/${ada.id}`), ada);
    assert.deepEqual(await find('Users', 'userName sw "none"'), []);
    assert.equal((await find('Users', 'userName co "@example.com" and active eq "false"')).length, 1);
    const [ci] = await find('ServicePrincipals', `applicationId eq "${CI}"`);
    assert.equal(ci.displayName, 'ci');
    const [readers] = await find('Groups', 'displayName eq "readers"');
    assert.deepEqual(
      readers.members.map(({ display }: { display: string }) => display),
      ['analysts'],
    );
    const page = await ok('ada', 'GET', `${scim}/Users?startIndex=2&count=2`);
    assert.deepEqual([page.totalResults, page.startIndex, page.itemsPerPage, page.Resources.length], [6, 2, 2, 2]);
    const missing = await as('ada', 'GET', `${scim}/Users/7`);
    assert.deepEqual(
      [missing.status, missing.json.status, missing.json.detail],
      [404, '404', 'User with id 7 not found.'],
    );
    assert.equal((await as('ada', 'GET', `${scim}/Users?filter=userName+pr`)).status, 400);
  });
});
