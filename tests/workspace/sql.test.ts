import assert from 'node:assert/strict';
import { logTo } from '../../src/agent/log';
import { connectWorkspace } from '../../src/connection/connect';
import { createWorkspaceClient, type WorkspaceClient } from '../../src/databricks/workspace-client';
import { readTable } from '../../tasks/DatabricksEvaluateModel/read-table';
import { AutoClock } from '../support/auto-clock';
import { FakeHost, tokenConnection } from '../support/fake-host';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';
import { surroundings } from '../unit/connection/surroundings';

const TABLE = 'dev.diabetes.predictions';
const QUOTED = '`dev`.`diabetes`.`predictions`';
const SILENT = logTo(new FakeHost());

/** A cross join that would take hours. */
const ENDLESS = `SELECT count(*) FROM ${Array.from({ length: 8 }, (_, index) => `many AS m${index}`).join(', ')} WHERE ${Array.from({ length: 8 }, (_, index) => `m${index}.n`).join(' + ')} < 0`;

interface Statement {
  readonly statement_id: string;
  readonly status: {
    readonly state: string;
    readonly error?: { readonly error_code: string; readonly message: string };
  };
  readonly result?: { readonly data_array?: readonly (readonly (string | null)[])[] };
}

describe('SQL of a local workspace', () => {
  let workspace: TestWorkspace;
  let client: WorkspaceClient;
  let warehouseId: string;
  const defects: unknown[] = [];

  before(async () => {
    workspace = await startTestWorkspace({ names: ['staging', 'prod'], onDefect: (error) => defects.push(error) });
    client = clientOf(workspace);
    warehouseId = (await client.warehouses.list().next()).value?.id ?? '';
  });
  after(() => workspace.stop());
  afterEach(() => assert.deepEqual(defects, []));

  const execute = async (statement: string, more: { rowLimit?: number } = {}) =>
    client.statements.execute({ statement, warehouseId, ...more });
  const rowsOf = async (statement: string) => {
    const rows: (readonly (string | null)[])[] = [];
    for await (const row of (await execute(statement)).rows()) {
      rows.push(row);
    }
    return rows;
  };
  /** As the sample sends it: what is not given is not in the JSON, NULL has no value. */
  const send = async (statement: string, parameters: readonly object[] = []) =>
    (
      await workspace.call<Statement>('POST', '/api/2.0/sql/statements', {
        statement,
        warehouse_id: warehouseId,
        wait_timeout: '50s',
        parameters,
      })
    ).json;

  it("takes the sample's statements: a table of predictions with bound rows, overwritten as a whole", async () => {
    assert.equal((await send('CREATE SCHEMA IF NOT EXISTS `dev`.`diabetes`')).status.state, 'SUCCEEDED');
    assert.equal((await send('CREATE SCHEMA IF NOT EXISTS `dev`.`diabetes`')).status.state, 'SUCCEEDED');
    for (const [column, count] of [
      ['p_old', 2],
      ['p_champion', 3],
    ] as const) {
      const created = await send(
        `CREATE OR REPLACE TABLE ${QUOTED} (\`patient_id\` BIGINT, \`${column}\` DOUBLE, \`version\` STRING)`,
      );
      assert.equal(created.status.state, 'SUCCEEDED', created.status.error?.message);
      const rows = Array.from({ length: count }, (_, row) => [
        { name: `r${row}c0`, type: 'BIGINT', value: String(9_007_199_254_740_993n + BigInt(row)) },
        { name: `r${row}c1`, type: 'DOUBLE', ...(row === 1 ? {} : { value: '0.30000000000000004' }) },
        { name: `r${row}c2`, type: 'STRING', value: "it's `quoted`" },
      ]);
      const values = rows.map((_, row) => `(:r${row}c0, :r${row}c1, :r${row}c2)`).join(', ');
      const inserted = await send(`INSERT INTO ${QUOTED} VALUES ${values}`, rows.flat());
      assert.equal(inserted.status.state, 'SUCCEEDED', inserted.status.error?.message);
    }
    const read = await send(`SELECT \`patient_id\`, \`p_champion\`, \`version\` FROM ${QUOTED}`);
    assert.deepEqual(read.result?.data_array, [
      ['9007199254740993', '0.30000000000000004', "it's `quoted`"],
      ['9007199254740994', null, "it's `quoted`"],
      ['9007199254740995', '0.30000000000000004', "it's `quoted`"],
    ]);
  });

  it('gives the evaluation its columns at the newest version, and says which that is', async () => {
    const columns = { required: ['patient_id', 'p_champion'], optional: ['version', 'region'] };
    const { raw, source } = await readTable(client, TABLE, '', columns, SILENT);
    assert.deepEqual(source, { kind: 'table', table: TABLE, deltaVersion: '3' });
    assert.equal(raw.rows, 3);
    assert.deepEqual([...raw.columns.keys()], ['patient_id', 'p_champion', 'version']);
    assert.deepEqual(raw.columns.get('p_champion'), ['0.30000000000000004', null, '0.30000000000000004']);
    const none = await readTable(client, TABLE, warehouseId, { required: ['nope'], optional: [] }, SILENT);
    assert.deepEqual([none.raw.rows, none.raw.columns.size], [3, 0]);
    assert.deepEqual(await rowsOf(`SELECT count(*) FROM ${QUOTED} VERSION AS OF 1`), [['2']]);
  });

  it('gives the client 20 000 rows by chunks, once each and in order', async () => {
    await send('CREATE TABLE main.default.many (n INT)');
    await send(`INSERT INTO main.default.many VALUES ${Array.from({ length: 200 }, (_, n) => `(${n})`).join(', ')}`);
    const rows = await rowsOf(
      'SELECT a.n * 200 + b.n FROM main.default.many AS a, main.default.many AS b WHERE a.n < 100 ORDER BY 1',
    );
    assert.equal(rows.length, 20_000);
    assert.ok(rows.every(([value], index) => value === String(index)));
    const limited = await execute('SELECT n FROM main.default.many', { rowLimit: 7 });
    assert.deepEqual([limited.totalRowCount, limited.truncated], [7, true]);
  });

  it('tells the client why a statement failed, in a reply of status 200', async () => {
    await assert.rejects(
      execute('SELECT * FROM main.default.nope'),
      (error: Error & { code?: string; where?: string }) => {
        assert.equal(error.code, 'STATEMENT_FAILED');
        assert.match(error.message, /\[TABLE_OR_VIEW_NOT_FOUND\] .*`nope`/);
        return true;
      },
    );
    const reply = await workspace.call<Statement>('POST', '/api/2.0/sql/statements', {
      statement: 'SELECT nope',
      warehouse_id: warehouseId,
    });
    assert.deepEqual([reply.status, reply.json.status.state], [200, 'FAILED']);
  });

  it('has the same tables in every workspace of the metastore, and a warehouse each', async () => {
    const [, prod] = workspace.all;
    assert.ok(prod !== undefined);
    const there = clientOf(prod);
    const ofProd = (await there.warehouses.list().next()).value?.id ?? '';
    assert.notEqual(ofProd, warehouseId);
    const read = await there.statements.execute({ statement: `SELECT count(*) FROM ${QUOTED}`, warehouseId: ofProd });
    assert.deepEqual((await read.rows().next()).value, ['3']);
    await assert.rejects(there.statements.execute({ statement: 'SELECT 1', warehouseId }), /does not exist/);
  });

  it('answers what it does not accept with a status, and unknown ids with 404', async () => {
    const post = (more: object) =>
      workspace.call('POST', '/api/2.0/sql/statements', { statement: 'SELECT 1', warehouse_id: warehouseId, ...more });
    const links = await post({ disposition: 'EXTERNAL_LINKS', format: 'ARROW_STREAM' });
    assert.deepEqual([links.status, links.json.error_code], [400, 'INVALID_PARAMETER_VALUE']);
    assert.match(String(links.json.message), /ARROW_STREAM/);
    assert.equal((await post({ warehouse_id: 'abc' })).status, 400);
    for (const [method, path] of [
      ['GET', '/api/2.0/sql/statements/01ef-none'],
      ['GET', '/api/2.0/sql/statements/01ef-none/result/chunks/0'],
      ['POST', '/api/2.0/sql/statements/01ef-none/cancel'],
      ['GET', '/api/2.0/sql/warehouses/abc'],
      ['GET', '/api/2.1/unity-catalog/tables/main.default.nope'],
    ] as const) {
      assert.equal((await workspace.call(method, path)).status, 404, path);
    }
  });

  it('stops while a statement runs, and has its tables when it starts again', async () => {
    const { data } = workspace;
    const started = await workspace.call<Statement>('POST', '/api/2.0/sql/statements', {
      statement: ENDLESS,
      warehouse_id: warehouseId,
      catalog: 'main',
      schema: 'default',
      wait_timeout: '0s',
    });
    assert.equal(started.json.status.state, 'RUNNING');
    await workspace.stop('keep');
    workspace = await startTestWorkspace({ data, names: ['staging', 'prod'] });
    client = clientOf(workspace);
    assert.deepEqual(await rowsOf('SELECT count(*) FROM main.default.many'), [['200']]);
    assert.equal((await workspace.call('GET', `/api/2.0/sql/statements/${started.json.statement_id}`)).status, 404);
  });
});

function clientOf({ url, token }: { readonly url: string; readonly token: string }): WorkspaceClient {
  return createWorkspaceClient(
    connectWorkspace(
      { kind: 'databricks', connection: tokenConnection(url, token), workspaceUrl: url },
      { ...surroundings(), clock: new AutoClock() },
    ),
  );
}
