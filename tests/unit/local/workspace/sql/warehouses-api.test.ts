import assert from 'node:assert/strict';
import { administrator } from '../../../../../local/workspace/identity/principals';
import { warehouseId } from '../../../../../local/workspace/sql/service';
import { SqlWorkspace, type StatementReply } from './sql-workspace';

describe('the warehouse', () => {
  let workspace: SqlWorkspace;

  const get = async (id: string) =>
    (await workspace.send('GET', `/api/2.0/sql/statements/${id}`)).json as StatementReply;

  before(async () => {
    workspace = await SqlWorkspace.open();
  });
  after(() => workspace.remove());

  it('stops; a statement is PENDING until it runs again', async () => {
    const id = warehouseId(workspace.workspace);
    const warehouse = async () =>
      (await workspace.send('GET', `/api/2.0/sql/warehouses/${id}`)).json as Record<string, unknown>;
    const { warehouses } = (await workspace.send('GET', '/api/2.0/sql/warehouses')).json as {
      warehouses: { id: string; name: string }[];
    };
    assert.deepEqual(
      warehouses.map((one) => [one.id, one.name]),
      [[id, 'Local warehouse']],
    );
    const ask = (what: string) => workspace.send('POST', `/api/2.0/sql/warehouses/${id}/${what}`);
    const seen = async () => [(await warehouse()).state, (await warehouse()).num_clusters];
    assert.deepEqual(await seen(), ['RUNNING', 1]);
    await ask('stop');
    assert.deepEqual(await seen(), ['STOPPING', 0]);
    await workspace.clock.advance(1_000);
    assert.deepEqual(await seen(), ['STOPPED', 0]);
    const posted = await workspace.post('SELECT 1', { wait_timeout: '0s' });
    assert.deepEqual([posted.status.state, ...(await seen())], ['PENDING', 'STARTING', 0]);
    await workspace.clock.advance(1_000);
    assert.deepEqual((await get(posted.statement_id)).result?.data_array, [['1']]);
    assert.deepEqual(await seen(), ['RUNNING', 1]);
    await ask('start');
    assert.deepEqual(await seen(), ['RUNNING', 1]);
    await ask('stop');
    const waiting = await workspace.post('SELECT 1', { wait_timeout: '0s' });
    await workspace.send('POST', `/api/2.0/sql/statements/${waiting.statement_id}/cancel`);
    assert.equal((await get(waiting.statement_id)).status.state, 'CANCELED');
    await workspace.clock.advance(1_000);
    await assert.rejects(workspace.send('GET', '/api/2.0/sql/warehouses/nope'), {
      status: 404,
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
    });
  });

  it('keeps its permissions', async () => {
    const path = `/api/2.0/permissions/warehouses/${warehouseId(workspace.workspace)}`;
    const given = { access_control_list: [{ group_name: 'ml', permission_level: 'CAN_USE' }] };
    await workspace.send('PATCH', path, given);
    const { access_control_list: list } = (await workspace.send('GET', path)).json as {
      access_control_list: {
        user_name?: string;
        group_name?: string;
        all_permissions: { permission_level: string }[];
      }[];
    };
    const { creator_name } = (
      await workspace.send('GET', `/api/2.0/sql/warehouses/${warehouseId(workspace.workspace)}`)
    ).json as { creator_name: string };
    assert.equal(creator_name, administrator().userName);
    assert.deepEqual(
      list.map(({ user_name, group_name, all_permissions: [level] }) => [
        user_name ?? group_name,
        level?.permission_level,
      ]),
      [
        [creator_name, 'IS_OWNER'],
        ['ml', 'CAN_USE'],
        ['admins', 'CAN_MANAGE'],
      ],
    );
    await assert.rejects(workspace.send('GET', '/api/2.0/permissions/warehouses/nope'), { status: 404 });
  });
});

describe('tables of Unity Catalog', () => {
  let workspace: SqlWorkspace;

  before(async () => {
    workspace = await SqlWorkspace.open();
    await workspace.rows('CREATE SCHEMA staging.ml');
  });
  after(() => workspace.remove());

  it('are listed and described', async () => {
    await workspace.rows(
      "CREATE TABLE staging.ml.described (id BIGINT NOT NULL COMMENT 'key', p ARRAY<DOUBLE>) COMMENT 'scores'",
    );
    const { tables } = (
      await workspace.send('GET', '/api/2.1/unity-catalog/tables?catalog_name=staging&schema_name=ml')
    ).json as { tables: { full_name: string }[] };
    assert.deepEqual(
      tables.map((table) => table.full_name),
      ['staging.ml.described'],
    );
    const table = (await workspace.send('GET', '/api/2.1/unity-catalog/tables/staging.ml.described')).json as Record<
      string,
      unknown
    >;
    assert.equal(table.comment, 'scores');
    assert.deepEqual(table.columns, [
      { name: 'id', type_text: 'bigint', type_name: 'LONG', position: 0, nullable: false, comment: 'key' },
      { name: 'p', type_text: 'array<double>', type_name: 'ARRAY', position: 1, nullable: true },
    ]);
    await assert.rejects(workspace.send('GET', '/api/2.1/unity-catalog/tables/staging.ml.nope'), {
      status: 404,
      errorCode: 'TABLE_DOES_NOT_EXIST',
    });
  });
});
