import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { ApiError } from '../../../../../local/workspace/api';
import { SqlWorkspace, type StatementReply } from './sql-workspace';

/** A query that keeps DuckDB busy until it is interrupted. */
const ENDLESS = `SELECT count(*) FROM ${Array.from({ length: 9 }, (_, index) => `digits AS d${index}`).join(', ')} WHERE ${Array.from({ length: 9 }, (_, index) => `d${index}.n`).join(' + ')} < 0`;

describe('the statement API', () => {
  let workspace: SqlWorkspace;

  before(async () => {
    workspace = await SqlWorkspace.open();
    await workspace.rows(`CREATE TABLE digits (n INT)`);
    await workspace.rows(
      `INSERT INTO digits VALUES ${Array.from({ length: 100 }, (_, index) => `(${index})`).join(', ')}`,
    );
  });
  after(() => workspace.remove());

  const get = async (id: string) =>
    (await workspace.send('GET', `/api/2.0/sql/statements/${id}`)).json as StatementReply;
  const cancel = (id: string) => workspace.send('POST', `/api/2.0/sql/statements/${id}/cancel`);
  const refusal = async (more: Record<string, unknown>) => {
    try {
      await workspace.post('SELECT 1', more);
    } catch (error) {
      assert.ok(error instanceof ApiError);
      return error;
    }
    return assert.fail('it was accepted');
  };

  it('answers a success with manifest and rows as text', async () => {
    const reply = await workspace.post("SELECT 1 AS a, true AS b, 0.31e0 AS psi, CAST('1.10' AS DECIMAL(5,2)) AS d");
    const { statement_id, ...rest } = reply;
    assert.match(statement_id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(rest, {
      status: { state: 'SUCCEEDED' },
      manifest: {
        format: 'JSON_ARRAY',
        schema: {
          column_count: 4,
          columns: [
            { name: 'a', type_text: 'INT', type_name: 'INT', position: 0 },
            { name: 'b', type_text: 'BOOLEAN', type_name: 'BOOLEAN', position: 1 },
            { name: 'psi', type_text: 'DOUBLE', type_name: 'DOUBLE', position: 2 },
            {
              name: 'd',
              type_text: 'DECIMAL(5,2)',
              type_name: 'DECIMAL',
              position: 3,
              type_precision: 5,
              type_scale: 2,
            },
          ],
        },
        total_chunk_count: 1,
        chunks: [{ chunk_index: 0, row_offset: 0, row_count: 1 }],
        total_row_count: 1,
        truncated: false,
      },
      result: { chunk_index: 0, row_offset: 0, row_count: 1, data_array: [['1', 'true', '0.31', '1.10']] },
    });
  });

  it('answers a failure of the statement with its state, and the same again when asked', async () => {
    const reply = await workspace.post('SELECT * FROM main.default.nope');
    assert.equal(reply.status.state, 'FAILED');
    assert.equal(reply.status.error?.error_code, 'BAD_REQUEST');
    assert.match(reply.status.error.message, /^\[TABLE_OR_VIEW_NOT_FOUND\] .*`main`\.`default`\.`nope`/);
    assert.equal(reply.status.sql_state, '42P01');
    assert.equal(reply.manifest, undefined);
    assert.deepEqual(await get(reply.statement_id), reply);
  });

  it('runs in the background when asked not to wait; a poll waits for the end', async () => {
    const reply = await workspace.post('SELECT count(*) FROM digits', { wait_timeout: '0s' });
    assert.equal(reply.status.state, 'RUNNING');
    assert.deepEqual((await get(reply.statement_id)).result?.data_array, [['100']]);
  });

  it('goes on after the wait, and ends when it is canceled', async () => {
    const posted = workspace.post(ENDLESS, { wait_timeout: '5s', on_wait_timeout: 'CONTINUE' });
    await workspace.clock.advance(5_000);
    const { statement_id, status } = await posted;
    assert.equal(status.state, 'RUNNING');
    assert.deepEqual(await cancel(statement_id), {});
    assert.deepEqual(await get(statement_id), { statement_id, status: { state: 'CANCELED' } });
  });

  it('is canceled whenever the cancel comes, also just before DuckDB begins', async () => {
    for (let turns = 0; turns < 40; turns += 1) {
      const { statement_id } = await workspace.post(ENDLESS, { wait_timeout: '0s' });
      for (let turn = 0; turn < turns; turn += 1) {
        await setImmediate();
      }
      await cancel(statement_id);
      assert.equal((await get(statement_id)).status.state, 'CANCELED');
    }
  });

  it('is canceled at the end of the wait by on_wait_timeout=CANCEL', async () => {
    const posted = workspace.post(ENDLESS, { wait_timeout: '5s', on_wait_timeout: 'CANCEL' });
    await workspace.clock.advance(5_000);
    assert.equal((await posted).status.state, 'CANCELED');
  });

  it('a cancelled write has not happened, and the next write goes on', async () => {
    const posted = await workspace.post(`INSERT INTO digits ${ENDLESS.replace('count(*)', 'd0.n')}`, {
      wait_timeout: '0s',
    });
    await cancel(posted.statement_id);
    assert.equal((await get(posted.statement_id)).status.state, 'CANCELED');
    await workspace.rows('INSERT INTO digits VALUES (100)');
    await workspace.rows('DELETE FROM digits WHERE n = 100');
    assert.deepEqual(await workspace.rows('SELECT count(*) FROM digits'), [['100']]);
    assert.equal((await workspace.rows('DESCRIBE HISTORY digits')).length, 4);
  });

  it('reads 20 000 rows by chunks, in order, once each', async () => {
    await workspace.rows('CREATE OR REPLACE TABLE many AS SELECT x.n * 100 + y.n AS id FROM digits AS x, digits AS y');
    await workspace.rows('INSERT INTO many SELECT id + 10000 FROM many');
    const reply = await workspace.post('SELECT id FROM many ORDER BY id');
    assert.equal(reply.manifest?.total_row_count, 20_000);
    assert.equal(reply.manifest?.total_chunk_count, 4);
    const ids: string[] = [];
    for (let chunk: StatementReply['result'] = reply.result; chunk !== undefined; ) {
      ids.push(...(chunk.data_array ?? []).map(([id]) => String(id)));
      const next = chunk.next_chunk_index;
      chunk = next === undefined ? undefined : await chunkOf(reply.statement_id, next);
    }
    assert.deepEqual(
      ids,
      Array.from({ length: 20_000 }, (_, index) => String(index)),
    );
    await assert.rejects(chunkOf(reply.statement_id, 4), { status: 404, errorCode: 'NOT_FOUND' });
  });

  const chunkOf = async (id: string, index: number) =>
    (await workspace.send('GET', `/api/2.0/sql/statements/${id}/result/chunks/${index}`))
      .json as StatementReply['result'];

  it('cuts rows off at row_limit and says so', async () => {
    const reply = await workspace.post('SELECT n FROM digits ORDER BY n', { row_limit: 3 });
    assert.deepEqual(reply.result?.data_array, [['0'], ['1'], ['2']]);
    assert.equal(reply.manifest?.truncated, true);
    assert.equal((await workspace.post('SELECT n FROM digits', { row_limit: 100 })).manifest?.truncated, false);
  });

  it('fails an inline result of more than 25 MiB', async () => {
    const message = await workspace.failure('SELECT concat(:text, CAST(x.n AS STRING)) FROM digits AS x, digits AS y', {
      text: 'x'.repeat(3_000),
    });
    assert.match(message, /^\[INLINE_BYTE_LIMIT_EXCEEDED\]/);
  });

  it('types parameters: every type, NULL by null and by no value', async () => {
    const row = await workspace.rows('SELECT :s, :i, :l, :d, :b, :dt, :ts, :dec, :n IS NULL, :v', {
      s: ' x ',
      i: ['INT', '-5'],
      l: ['BIGINT', '9007199254740993'],
      d: ['DOUBLE', '1e-7'],
      b: ['BOOLEAN', 'TRUE'],
      dt: ['DATE', '2026-01-31'],
      ts: ['TIMESTAMP', '2026-01-31T10:00:00+02:00'],
      dec: ['DECIMAL(5,2)', '1.005'],
      n: ['INT', null],
      v: ['VOID', null],
    });
    assert.deepEqual(row, [
      [
        ' x ',
        '-5',
        '9007199254740993',
        '1.0E-7',
        'true',
        '2026-01-31',
        '2026-01-31T08:00:00.000Z',
        '1.01',
        'true',
        null,
      ],
    ]);
  });

  for (const [type, value] of [
    ['INT', '1.5'],
    ['INT', '3000000000'],
    ['DOUBLE', 'x'],
    ['BOOLEAN', 'maybe'],
    ['DATE', 'today'],
    ['TIMESTAMP', "10 o'clock"],
  ] as const) {
    it(`fails a parameter ${JSON.stringify(value)} of the type ${type}`, async () => {
      assert.match(await workspace.failure('SELECT :p', { p: [type, value] }), /^\[CAST_INVALID_INPUT\]/);
    });
  }

  it('passes over parameters that the statement does not name, and fails what cannot be a parameter', async () => {
    assert.deepEqual(await workspace.rows('SELECT :p, :p', { p: 'x', unused: 'y' }), [['x', 'x']]);
    for (const [statement, parameters, errorClass] of [
      ['SELECT :p', [], 'UNBOUND_SQL_PARAMETER'],
      ['SELECT :p', [{ name: 'p', type: 'MAP', value: '1' }], 'UNSUPPORTED_DATATYPE'],
      ['SELECT :p', [{ name: 'p', type: 'DECIMAL(3,4)', value: '1' }], 'UNSUPPORTED_DATATYPE'],
      ['SELECT :p', [{ name: 'p', type: 'TINYINT', value: '128' }], 'CAST_INVALID_INPUT'],
      [
        'SELECT :p',
        [
          { name: 'p', value: '1' },
          { name: 'p', value: '2' },
        ],
        'INVALID_PARAMETER_VALUE',
      ],
      ['SELECT :p', [{ value: '1' }], 'INVALID_PARAMETER_VALUE'],
      ['SELECT * FROM :p', [{ name: 'p', value: 'digits' }], 'PARSE_SYNTAX_ERROR'],
      ['SELECT n FROM digits LIMIT :p', [{ name: 'p', value: '1 OR 1' }], 'INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE'],
      ['SELECT * FROM IDENTIFIER(:p)', [{ name: 'p', value: 'digits; DROP TABLE digits' }], 'PARSE_SYNTAX_ERROR'],
      ['SELECT * FROM IDENTIFIER(:p)', [{ name: 'p' }], 'NOT_A_CONSTANT_STRING.NULL'],
      ['SELECT * FROM IDENTIFIER(1)', [], 'NOT_A_CONSTANT_STRING.NOT_CONSTANT'],
    ] as const) {
      const reply = await workspace.post(statement, { parameters });
      assert.ok(reply.status.error?.message.startsWith(`[${errorClass}] `), `${statement}: ${JSON.stringify(reply)}`);
    }
  });

  it('completes names by catalog and schema of the request', async () => {
    await workspace.rows('CREATE SCHEMA staging.ml');
    await workspace.rows('CREATE TABLE staging.ml.short AS SELECT 1 AS a');
    const reply = await workspace.post('SELECT a FROM short', { catalog: 'staging', schema: 'ml' });
    assert.deepEqual(reply.result?.data_array, [['1']]);
    assert.equal(
      (await workspace.post('SELECT a FROM short', { catalog: undefined, schema: undefined })).status.state,
      'FAILED',
    );
  });

  it('takes a parameter as IDENTIFIER, also before VERSION AS OF, and as LIMIT', async () => {
    const query = "SELECT count(*) AS c FROM IDENTIFIER('main.' || :name) VERSION AS OF 0 LIMIT :n";
    assert.deepEqual(await workspace.rows(query, { name: '`default`.digits', n: ['INT', '1'] }), [['0']]);
  });

  it('refuses requests that are not accepted, with 400', async () => {
    for (const [more, pattern] of [
      [{ warehouse_id: 'nope' }, /Warehouse nope/],
      [{ warehouse_id: undefined }, /warehouse_id/],
      [{ wait_timeout: '3s' }, /wait_timeout/],
      [{ wait_timeout: '60s' }, /wait_timeout/],
      [{ on_wait_timeout: 'STOP' }, /on_wait_timeout/],
      [{ disposition: 'FILES' }, /disposition must be INLINE or EXTERNAL_LINKS/],
      [{ format: 'XML' }, /format must be/],
      [{ format: 'CSV' }, /EXTERNAL_LINKS only/],
      [{ format: 'ARROW_STREAM' }, /EXTERNAL_LINKS only/],
      [{ format: 'ARROW_STREAM', disposition: 'EXTERNAL_LINKS' }, /does not write the format ARROW_STREAM/],
      [{ byte_limit: 0 }, /byte_limit/],
      [{ row_limit: 0 }, /row_limit/],
      [{ query_tags: Array.from({ length: 21 }, (_, key) => ({ key: `k${key}` })) }, /at most 20 query_tags/],
      [{ statement: '' }, /statement/],
    ] as const) {
      const error = await refusal(more);
      assert.equal(error.status, 400);
      assert.match(error.message, pattern);
    }
  });

  it('closes a statement an hour after the end, and forgets it half a day after', async () => {
    await assert.rejects(get('01ef'), { status: 404, errorCode: 'NOT_FOUND' });
    const { statement_id } = await workspace.post('SELECT 1');
    const failed = await workspace.post('SELECT nope');
    await workspace.clock.advance(3_600_000);
    assert.equal((await get(statement_id)).status.state, 'SUCCEEDED');
    await workspace.clock.advance(1);
    assert.deepEqual(await get(statement_id), { statement_id, status: { state: 'CLOSED' } });
    await assert.rejects(chunkOf(statement_id, 0), { status: 404, message: /CLOSED/ });
    assert.equal((await get(failed.statement_id)).status.state, 'FAILED');
    await workspace.clock.advance(11 * 3_600_000);
    await assert.rejects(get(statement_id), { status: 404 });
    await assert.rejects(get(failed.statement_id), { status: 404 });
  });
});
