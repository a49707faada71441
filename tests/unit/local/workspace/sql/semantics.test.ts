import assert from 'node:assert/strict';
import {
  AGGREGATES,
  ARITHMETIC,
  BROKEN,
  CASTS,
  COMPARISONS,
  DOUBLES,
  LITERALS,
  MEETING,
  NAMES,
  QUERIES,
  REFUSED,
  SEMANTICS_SETUP,
} from './semantics-cases';
import { SqlWorkspace } from './sql-workspace';

describe('the meaning of SQL', () => {
  let workspace: SqlWorkspace;

  before(async () => {
    workspace = await SqlWorkspace.open();
    for (const statement of SEMANTICS_SETUP) {
      await workspace.rows(statement);
    }
  });
  after(() => workspace.remove());

  for (const [title, cases, from] of [
    ['literals', LITERALS, ''],
    ['doubles', DOUBLES, ''],
    ['arithmetic', ARITHMETIC, ''],
    ['comparisons', COMPARISONS, ''],
    ['types that meet', MEETING, ''],
    ['casts', CASTS, ''],
    ['aggregates', AGGREGATES, ' FROM t'],
  ] as const) {
    for (const [expression, text, type] of cases) {
      it(`${title}: ${expression.slice(0, 70)}`, async () => {
        const reply = await workspace.post(`SELECT ${expression} AS v${from}`);
        assert.equal(reply.status.state, 'SUCCEEDED', reply.status.error?.message);
        assert.deepEqual(reply.result?.data_array, [[text]]);
        assert.equal(reply.manifest?.schema.columns?.[0]?.type_text, type);
      });
    }
  }

  for (const [expression, errorClass] of REFUSED) {
    it(`is not what DuckDB makes of it: ${expression}`, async () => {
      const message = await workspace.failure(`SELECT ${expression}`);
      assert.ok(message.startsWith(`[${errorClass}] `), message);
    });
  }

  for (const [expression, name] of NAMES) {
    it(`names columns as Spark: ${expression}`, async () => {
      const reply = await workspace.post(`SELECT ${expression}`);
      assert.equal(reply.manifest?.schema.columns?.[0]?.name, name, reply.status.error?.message);
    });
  }

  for (const [query, rows] of QUERIES) {
    it(`finds names: ${query}`, async () => assert.deepEqual(await workspace.rows(query), rows));
  }

  for (const [query, errorClass] of BROKEN) {
    it(`finds no name or no condition: ${query}`, async () => {
      const message = await workspace.failure(query);
      assert.ok(message.startsWith(`[${errorClass}] `), message);
    });
  }

  it('gives a table made of a query the types of the query', async () => {
    await workspace.rows(
      'CREATE OR REPLACE TABLE made AS SELECT sum(i) AS n, avg(i) AS a, max(p) AS p, 0.31 AS c, CAST(1 AS TINYINT) + 1 AS o FROM t',
    );
    assert.deepEqual(
      (await workspace.rows('DESCRIBE made')).map(([name, type]) => [name, type]),
      [
        ['n', 'bigint'],
        ['a', 'double'],
        ['p', 'decimal(5,2)'],
        ['c', 'decimal(2,2)'],
        ['o', 'int'],
      ],
    );
    assert.deepEqual(await workspace.rows('SELECT * FROM made'), [['5', '2.5', '2.50', '0.31', '2']]);
  });

  it('runs long and deep statements in bounded time', async () => {
    const sum = Array.from({ length: 50 }, () => '1').join(' / ');
    assert.deepEqual(await workspace.rows(`SELECT ${sum}`), [['1.0']]);
    const condition = Array.from({ length: 50 }, (_, index) => `i <> ${index}`).join(' AND ');
    assert.deepEqual(await workspace.rows(`SELECT i FROM t WHERE ${condition}`), [['-2']]);
  });
});
