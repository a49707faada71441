import assert from 'node:assert/strict';
import { SqlWorkspace } from './sql-workspace';

/** An expression, its text in the result and its type, worked out by Spark's rules in ANSI mode. */
type Case = readonly [expression: string, text: string | null, type: string];

const LITERALS: readonly Case[] = [
  ['2147483647', '2147483647', 'INT'],
  ['2147483648', '2147483648', 'BIGINT'],
  ['-9223372036854775808', '-9223372036854775808', 'BIGINT'],
  ['0.31', '0.31', 'DECIMAL(2,2)'],
  ['00.50', '0.50', 'DECIMAL(2,2)'],
  ['12.', '12', 'DECIMAL(2,0)'],
  ['0.0', '0.0', 'DECIMAL(1,1)'],
  ['1.0E10', '1.0E10', 'DOUBLE'],
  ['5L', '5', 'BIGINT'],
  ['5Y', '5', 'TINYINT'],
  ['1.5D', '1.5', 'DOUBLE'],
  ['NULL', null, 'VOID'],
  ['array()', '[]', 'ARRAY<VOID>'],
];

const DOUBLES: readonly Case[] = [
  ["CAST('NaN' AS DOUBLE)", 'NaN', 'DOUBLE'],
  ["CAST('-inf' AS DOUBLE)", '-Infinity', 'DOUBLE'],
  ['-0e0', '-0.0', 'DOUBLE'],
  ['1e0', '1.0', 'DOUBLE'],
  ['0.001e0', '0.001', 'DOUBLE'],
  ['0.00099e0', '9.9E-4', 'DOUBLE'],
  ['9999999e0', '9999999.0', 'DOUBLE'],
  ['1e7', '1.0E7', 'DOUBLE'],
  ['12345678.9e0', '1.23456789E7', 'DOUBLE'],
  ['9007199254740993e0', '9.007199254740992E15', 'DOUBLE'],
  ["CAST('NaN' AS DOUBLE) = CAST('NaN' AS DOUBLE)", 'true', 'BOOLEAN'],
  ["CAST('NaN' AS DOUBLE) > 1e308", 'true', 'BOOLEAN'],
  ['-0e0 = 0e0', 'true', 'BOOLEAN'],
];

const ARITHMETIC: readonly Case[] = [
  ['CAST(100 AS TINYINT) + 100', '200', 'INT'],
  ['CAST(100 AS TINYINT) + CAST(27 AS TINYINT)', '127', 'TINYINT'],
  ['CAST(1 AS SMALLINT) * 2L', '2', 'BIGINT'],
  ['6 / 2', '3.0', 'DOUBLE'],
  ['-7 % 3', '-1', 'INT'],
  ['7 % -3', '1', 'INT'],
  ['7.5e0 % 2', '1.5', 'DOUBLE'],
  ['0.5 * 2e0', '1.0', 'DOUBLE'],
  ['1 + NULL', null, 'INT'],
  ['NULL / 0', null, 'DOUBLE'],
  ['CAST(NULL AS INT) % 0', null, 'INT'],
  ['1 + 2 * 3 - 4', '3', 'INT'],
  [`1${' / (1'.repeat(14)}${')'.repeat(14)}`, '1.0', 'DOUBLE'],
  ['-(-5)', '5', 'INT'],
  ['abs(-2.5)', '2.5', 'DECIMAL(2,1)'],
  ['abs(NULL)', null, 'DOUBLE'],
];

const COMPARISONS: readonly Case[] = [
  ["1 = '1'", 'true', 'BOOLEAN'],
  ["'10' < 9", 'false', 'BOOLEAN'],
  ["'10' < '9'", 'true', 'BOOLEAN'],
  ["' 2 ' = 2", 'true', 'BOOLEAN'],
  ["1.5 = '1.50'", 'true', 'BOOLEAN'],
  ["DATE '2026-01-31' = '2026-1-31'", 'true', 'BOOLEAN'],
  ["TIMESTAMP '2026-01-31 00:00:00' = DATE '2026-01-31'", 'true', 'BOOLEAN'],
  ["true = 'yes'", 'true', 'BOOLEAN'],
  ['0.1 = 0.1e0', 'true', 'BOOLEAN'],
  ['9007199254740993 = 9007199254740992e0', 'true', 'BOOLEAN'],
  ['array(1, 2) = array(1, 2)', 'true', 'BOOLEAN'],
  ["2 IN (1, '2')", 'true', 'BOOLEAN'],
  ['NULL NOT IN (1)', null, 'BOOLEAN'],
  ["2 BETWEEN '1' AND 2.5", 'true', 'BOOLEAN'],
  ['NULL <=> 1', 'false', 'BOOLEAN'],
  ["'a' LIKE 'A'", 'false', 'BOOLEAN'],
  ["'50%' LIKE '50\\\\%'", 'true', 'BOOLEAN'],
  ["'a\\nb' LIKE 'a%b'", 'true', 'BOOLEAN'],
  ["'a' LIKE NULL", null, 'BOOLEAN'],
];

const MEETING: readonly Case[] = [
  ["coalesce(NULL, 1, '2')", '1', 'BIGINT'],
  ['coalesce(NULL, NULL)', null, 'VOID'],
  ['CASE WHEN true THEN 1 ELSE 2.5 END', '1.0', 'DECIMAL(11,1)'],
  ['CASE WHEN false THEN 1 ELSE 2e0 END', '2.0', 'DOUBLE'],
  ["CASE 1 WHEN '1' THEN 'a' END", 'a', 'STRING'],
  ['if(NULL, 1, NULL)', null, 'INT'],
  ['array(1, 2.5e0)[0]', '1.0', 'DOUBLE'],
  ['array(1, NULL)', '[1,null]', 'ARRAY<INT>'],
  ['array(array(1), array())', '[[1],[]]', 'ARRAY<ARRAY<INT>>'],
  ["nullif(1, '1')", null, 'INT'],
  ['concat(1, true, NULL)', null, 'STRING'],
  ["concat(1, true, 'x', 0.31, DATE '2026-01-31')", '1truex0.312026-01-31', 'STRING'],
  ["TIMESTAMP '2026-01-31 10:20:30.50' || 1.5e0", '2026-01-31 10:20:30.51.5', 'STRING'],
];

const CASTS: readonly Case[] = [
  ['CAST(1.9 AS INT)', '1', 'INT'],
  ['CAST(-1.9e0 AS INT)', '-1', 'INT'],
  ['CAST(-0.5 AS BIGINT)', '0', 'BIGINT'],
  ['CAST(true AS INT)', '1', 'INT'],
  ['CAST(true AS DOUBLE)', '1.0', 'DOUBLE'],
  ["CAST(' +7 ' AS INT)", '7', 'INT'],
  ["CAST('1e3' AS DOUBLE)", '1000.0', 'DOUBLE'],
  ["CAST('Y' AS BOOLEAN)", 'true', 'BOOLEAN'],
  ['CAST(0.0 AS BOOLEAN)', 'false', 'BOOLEAN'],
  ["CAST('NaN' AS DOUBLE) IS NULL", 'false', 'BOOLEAN'],
  ['CAST(1.005e0 AS DECIMAL(3,2))', '1.01', 'DECIMAL(3,2)'],
  ['CAST(-1.005 AS DECIMAL(3,2))', '-1.01', 'DECIMAL(3,2)'],
  ['CAST(0.5 AS STRING)', '0.5', 'STRING'],
  ['CAST(-0.25 AS STRING)', '-0.25', 'STRING'],
  ['CAST(CAST(0.25 AS DECIMAL(2,2)) AS DOUBLE)', '0.25', 'DOUBLE'],
  ['CAST(0.1e0 AS STRING)', '0.1', 'STRING'],
  ["CAST(TIMESTAMP '2026-01-31 23:59:59' AS DATE)", '2026-01-31', 'DATE'],
  ["CAST(DATE '2026-01-31' AS TIMESTAMP)", '2026-01-31T00:00:00.000Z', 'TIMESTAMP'],
  ["CAST('2026-01-31T10:00:00+02:00' AS TIMESTAMP)", '2026-01-31T08:00:00.000Z', 'TIMESTAMP'],
  ["CAST('2026-01-31 10:00:00 UTC' AS TIMESTAMP)", '2026-01-31T10:00:00.000Z', 'TIMESTAMP'],
  ["CAST(array('1', NULL) AS ARRAY<INT>)", '[1,null]', 'ARRAY<INT>'],
  ['CAST(NULL AS ARRAY<INT>)', null, 'ARRAY<INT>'],
  ['CAST(1 AS DECIMAL)', '1', 'DECIMAL(10,0)'],
  [`${'CAST('.repeat(20)}1${' AS STRING) '.repeat(20)}`.replaceAll(') ', ')'), '1', 'STRING'],
];

const AGGREGATES: readonly Case[] = [
  ['sum(i)', '5', 'BIGINT'],
  ['sum(d)', '2.0', 'DOUBLE'],
  ['sum(p)', '3.75', 'DECIMAL(15,2)'],
  ['sum(DISTINCT i % 2)', '1', 'BIGINT'],
  ['avg(i)', '2.5', 'DOUBLE'],
  ['count(i)', '2', 'BIGINT'],
  ['count(*)', '3', 'BIGINT'],
  ['count(DISTINCT s)', '2', 'BIGINT'],
  ['count(NULL)', '0', 'BIGINT'],
  ['min(i)', '-2', 'INT'],
  ['max(s)', 'y', 'STRING'],
  ['max(p)', '2.50', 'DECIMAL(5,2)'],
  ['max(ts)', '2026-01-31T00:00:00.000Z', 'TIMESTAMP'],
  ['min(b)', 'false', 'BOOLEAN'],
  ['max(d) - min(d)', '1.0', 'DOUBLE'],
  ['sum(i) / count(*)', '1.6666666666666667', 'DOUBLE'],
];

/** What runs on DuckDB, but not in Spark: or not with the same result. */
const REFUSED: readonly (readonly [expression: string, errorClass: string])[] = [
  ['true = 1', 'DATATYPE_MISMATCH'],
  ['1 AND true', 'DATATYPE_MISMATCH'],
  ['NOT 1', 'DATATYPE_MISMATCH'],
  ['CASE WHEN 1 THEN 2 END', 'DATATYPE_MISMATCH'],
  ["if('true', 1, 2)", 'DATATYPE_MISMATCH'],
  ["1 + '1'", 'DATATYPE_MISMATCH'],
  ['true + 1', 'DATATYPE_MISMATCH'],
  ["DATE '2026-01-31' + 1", 'DATATYPE_MISMATCH'],
  ["DATE '2026-01-31' = 1", 'DATATYPE_MISMATCH'],
  ['array(1) = 1', 'DATATYPE_MISMATCH'],
  ['- true', 'DATATYPE_MISMATCH'],
  ["'abc'[0]", 'DATATYPE_MISMATCH'],
  ['array(1)[1.0]', 'DATATYPE_MISMATCH'],
  ['md5(1)', 'DATATYPE_MISMATCH'],
  ['length(array(1))', 'DATATYPE_MISMATCH'],
  ['size(NULL)', 'DATATYPE_MISMATCH'],
  ['sum(true)', 'DATATYPE_MISMATCH'],
  ["avg(DATE '2026-01-31')", 'DATATYPE_MISMATCH'],
  ['avg(1.5)', 'DATATYPE_MISMATCH'],
  ["1 LIKE '1'", 'DATATYPE_MISMATCH'],
  ['concat(array(1), array(2))', 'DATATYPE_MISMATCH'],
  ["CAST(DATE '2026-01-31' AS INT)", 'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION'],
  ['CAST(array(1) AS STRING)', 'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION'],
  ['CAST(1 AS TIMESTAMP)', 'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION'],
  ['1.5 + 1', 'UNSUPPORTED_BY_LOCAL_WORKSPACE'],
  ['1.5 / 2', 'UNSUPPORTED_BY_LOCAL_WORKSPACE'],
  ['CAST(1e10 AS STRING)', 'UNSUPPORTED_BY_LOCAL_WORKSPACE'],
  ["1e-4 || ''", 'UNSUPPORTED_BY_LOCAL_WORKSPACE'],
  ["CAST('NaN' AS DOUBLE) || ''", 'UNSUPPORTED_BY_LOCAL_WORKSPACE'],
  ['1e400', 'UNSUPPORTED_BY_LOCAL_WORKSPACE'],
  ['9223372036854775808', 'UNSUPPORTED_BY_LOCAL_WORKSPACE'],
  ['1::STRING', 'UNSUPPORTED_BY_LOCAL_WORKSPACE'],
  ["'ab' LIKE 'a\\\\b'", 'INVALID_FORMAT.ESC_IN_THE_MIDDLE'],
  ["1 = 'x'", 'CAST_INVALID_INPUT'],
  ["array(1, 'a')", 'CAST_INVALID_INPUT'],
  ["CAST('NaN' AS INT)", 'CAST_INVALID_INPUT'],
  ["CAST(CAST('NaN' AS DOUBLE) AS INT)", 'CAST_OVERFLOW'],
  ['CAST(300 AS TINYINT)', 'CAST_OVERFLOW'],
  ['9223372036854775807 + 1', 'ARITHMETIC_OVERFLOW'],
  ['CAST(100 AS TINYINT) + CAST(100 AS TINYINT)', 'ARITHMETIC_OVERFLOW'],
  ['-(-2147483647 - 1)', 'ARITHMETIC_OVERFLOW'],
  ['1e0 / 0', 'DIVIDE_BY_ZERO'],
];

/** Names that Spark gives columns without an alias. */
const NAMES: readonly (readonly [expression: string, name: string])[] = [
  ['1 + 2', '(1 + 2)'],
  ['1 != 2', '(NOT (1 = 2))'],
  ['1 NOT IN (2, 3)', '(NOT (1 IN (2, 3)))'],
  ["'a' || 'b'", 'concat(a, b)'],
  ['if(true, 1, 2)', '(IF(true, 1, 2))'],
  ['count(*)', 'count(1)'],
  ['COUNT(DISTINCT 1)', 'count(DISTINCT 1)'],
  ["CAST('1' AS INT)", 'CAST(1 AS INT)'],
  ['-5', '-5'],
  ['NULL IS NOT NULL', '(NULL IS NOT NULL)'],
  ['array(1, 2)[0]', 'array(1, 2)[0]'],
  ['CASE WHEN true THEN 1 ELSE 2 END', 'CASE WHEN true THEN 1 ELSE 2 END'],
];

/** How names are found, with the rows that follow. */
const QUERIES: readonly (readonly [query: string, rows: readonly (readonly (string | null)[])[]])[] = [
  ['SELECT i FROM t ORDER BY i', [[null], ['-2'], ['7']]],
  ['SELECT i FROM t ORDER BY i DESC', [['7'], ['-2'], [null]]],
  ['SELECT i FROM t ORDER BY i DESC NULLS FIRST', [[null], ['7'], ['-2']]],
  ['SELECT -i AS i FROM t WHERE i IS NOT NULL ORDER BY i', [['-7'], ['2']]],
  ['SELECT -i AS i FROM t WHERE i > 0', [['-7']]],
  ['SELECT -i AS i FROM t WHERE i IS NOT NULL ORDER BY i + 0', [['-7'], ['2']]],
  ['SELECT i AS n FROM t WHERE i IS NOT NULL ORDER BY t.i', [['-2'], ['7']]],
  [
    'SELECT i > 0 AS k, count(*) AS n FROM t GROUP BY k HAVING n >= 1 ORDER BY n, k',
    [
      [null, '1'],
      ['false', '1'],
      ['true', '1'],
    ],
  ],
  [
    'SELECT i > 0, count(*) FROM t GROUP BY 1 ORDER BY 1',
    [
      [null, '1'],
      ['false', '1'],
      ['true', '1'],
    ],
  ],
  ['SELECT DISTINCT b FROM t ORDER BY b', [['false'], ['true']]],
  ['SELECT I, T.S FROM T ORDER BY I LIMIT 1', [[null, 'y']]],
  ['SELECT q.* FROM (SELECT i AS a, s AS `b c` FROM t) AS q WHERE a = 7', [['7', 'x']]],
  ['SELECT count(*) FROM (SELECT -0e0 AS z), t', [['3']]],
  ['SELECT sum(1) FROM t WHERE false', [[null]]],
  ['SELECT count(*), max(i) FROM t WHERE false', [['0', null]]],
];

const BROKEN: readonly (readonly [query: string, errorClass: string])[] = [
  ['SELECT i FROM t AS x, t AS y', 'AMBIGUOUS_REFERENCE'],
  ['SELECT 1 FROM t, t', 'AMBIGUOUS_REFERENCE'],
  ['SELECT a FROM (SELECT 1 AS a, 2 AS A)', 'AMBIGUOUS_REFERENCE'],
  ['SELECT * FROM (SELECT 1 AS a, 2 AS a)', 'AMBIGUOUS_REFERENCE'],
  ['SELECT i AS n FROM t WHERE n = 1', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
  ['SELECT x.i FROM t', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
  ['SELECT t.i FROM t AS x', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
  ['SELECT x.* FROM t', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
  ['SELECT *', 'PARSE_SYNTAX_ERROR'],
  ['SELECT i FROM t ORDER BY 2', 'PARSE_SYNTAX_ERROR'],
  ['SELECT -i AS i, count(*) FROM t GROUP BY t.i HAVING i > 0', 'UNSUPPORTED_BY_LOCAL_WORKSPACE'],
  ['SELECT 1 FROM t WHERE i', 'DATATYPE_MISMATCH'],
  ["SELECT 1 FROM t WHERE 'true'", 'DATATYPE_MISMATCH'],
  ['SELECT 1 FROM t HAVING count(*)', 'DATATYPE_MISMATCH'],
  ['DELETE FROM t WHERE i', 'DATATYPE_MISMATCH'],
  ['DELETE FROM t AS x WHERE t.i = 1', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
  [
    "INSERT INTO t VALUES (1, 1e0, 'x', 1, true, DATE '2026-01-31'), ('x', 1e0, 'x', 1, true, NULL)",
    'CAST_INVALID_INPUT',
  ],
];

describe('the meaning of SQL', () => {
  let workspace: SqlWorkspace;

  before(async () => {
    workspace = await SqlWorkspace.open();
    await workspace.rows('CREATE TABLE t (i INT, d DOUBLE, s STRING, p DECIMAL(5,2), b BOOLEAN, ts TIMESTAMP)');
    await workspace.rows(
      "INSERT INTO t VALUES (7, 0.5, 'x', 1.25, true, DATE '2026-01-31'), (-2, 1.5, NULL, 2.5, false, NULL), (NULL, NULL, 'y', NULL, true, NULL)",
    );
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
