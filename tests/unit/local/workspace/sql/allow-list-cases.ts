/** One case for each entry of the allow-list, held against the local workspace, and against Spark itself where there is Java. */

/** Makes the table that the cases read. */
export const ALLOW_LIST_SETUP = [
  'CREATE TABLE t (id INT, i INT, d DOUBLE, s STRING, b BOOLEAN, a ARRAY<DOUBLE>)',
  "INSERT INTO t VALUES (1, 7, 0.5, 'x', true, array(0.25, 0.75)), (2, -2, 1.5, NULL, true, NULL), (3, NULL, NULL, 'y', true, array())",
] as const;

/** A query and the one row that Spark gives in ANSI mode. The table `t` is the one that `before` makes. */
export type Case = readonly [query: string, row: readonly (string | null)[]];

export const BY_EXPRESSION: Readonly<Record<string, Case>> = {
  column: ['SELECT t.i, `s` FROM t WHERE id = 1', ['7', 'x']],
  star: ['SELECT t.*, * FROM (SELECT i, s FROM t WHERE id = 1) AS t', ['7', 'x', '7', 'x']],
  alias: ['SELECT `a b` FROM (SELECT 1 AS `a b`)', ['1']],
  literal: ["SELECT 12, 'a\\'b'", ['12', "a'b"]],
  boolean: ['SELECT true, FALSE', ['true', 'false']],
  null: ['SELECT NULL', [null]],
  parameter: ['SELECT :p', ["it's"]],
  paren: ['SELECT (1 + 2) * 3', ['9']],
  cast: ["SELECT CAST('12' AS INT), '1.5'::DOUBLE", ['12', '1.5']],
  case: [
    "SELECT CASE WHEN i > 5 THEN 'big' ELSE 'small' END, CASE i WHEN 7 THEN 1 END FROM t WHERE id = 1",
    ['big', '1'],
  ],
  subscript: ['SELECT a[0], a[1] FROM t WHERE id = 1', ['0.25', '0.75']],
  not: ['SELECT NOT true', ['false']],
  neg: ['SELECT -i, -(-i) FROM t WHERE id = 1', ['-7', '7']],
  is_null: ['SELECT s IS NULL, s IS NOT NULL FROM t WHERE id = 2', ['true', 'false']],
  in: ["SELECT 'a' IN ('a', 'b'), 3 NOT IN (1, 2), 3 IN (1, NULL)", ['true', 'true', null]],
  between: ['SELECT 2 BETWEEN 1 AND 2, 2 NOT BETWEEN 1 AND 2', ['true', 'false']],
  like: ["SELECT 'a%b' LIKE 'a\\%_', 'axb' LIKE 'a\\%b', 'axb' NOT LIKE 'a%'", ['true', 'false', 'false']],
};

export const BY_OPERATOR: Readonly<Record<string, Case>> = {
  add: ['SELECT 1 + 2', ['3']],
  sub: ['SELECT 1 - 2', ['-1']],
  mul: ['SELECT 3 * 4', ['12']],
  div: ['SELECT 5 / 2, 1 / 4', ['2.5', '0.25']],
  mod: ['SELECT -7 % 3', ['-1']],
  eq: ["SELECT 1 = 1, 'a' = 'A', 1 = NULL", ['true', 'false', null]],
  neq: ['SELECT 1 <> 1, 1 != 2', ['false', 'true']],
  lt: ['SELECT 1 < 2', ['true']],
  lte: ['SELECT 2 <= 2', ['true']],
  gt: ['SELECT 1 > 2', ['false']],
  gte: ['SELECT 2 >= 2', ['true']],
  null_safe_eq: ['SELECT NULL <=> NULL, 1 <=> NULL', ['true', 'false']],
  and: ['SELECT true AND NULL, false AND NULL', [null, 'false']],
  or: ['SELECT true OR NULL, false OR NULL', ['true', null]],
  concat: ["SELECT 'a' || 'b', 'a' || CAST(NULL AS STRING)", ['ab', null]],
};

export const BY_FUNCTION: Readonly<Record<string, Case>> = {
  count: ['SELECT count(*), count(s), count(DISTINCT b), count(1) FROM t', ['3', '2', '1', '3']],
  min: ['SELECT min(i), min(s) FROM t', ['-2', 'x']],
  max: ['SELECT max(i), max(s) FROM t', ['7', 'y']],
  sum: ['SELECT sum(i), sum(d), sum(DISTINCT id), sum(i) FROM t WHERE id < 3', ['5', '2.0', '3', '5']],
  avg: ['SELECT avg(i), avg(d), avg(DISTINCT id) FROM t', ['2.5', '1.0', '2.0']],
  md5: ["SELECT md5('abc'), md5('')", ['900150983cd24fb0d6963f7d28e17f72', 'd41d8cd98f00b204e9800998ecf8427e']],
  abs: ['SELECT abs(-3), abs(-1.5e0)', ['3', '1.5']],
  length: ["SELECT length('añ'), length('')", ['2', '0']],
  coalesce: ['SELECT coalesce(NULL, 2, 3)', ['2']],
  concat: ["SELECT concat('a', 'b', 'c'), concat('a', NULL)", ['abc', null]],
  nullif: ['SELECT nullif(1, 1), nullif(1, 2)', [null, '1']],
  if: ['SELECT if(1 < 2, 3, 4), if(NULL, 3, 4)', ['3', '4']],
  isnan: ["SELECT isnan(CAST('NaN' AS DOUBLE)), isnan(1e0), isnan(CAST(NULL AS DOUBLE))", ['true', 'false', 'false']],
  array: ['SELECT array(1, 2, NULL)', ['[1,2,null]']],
  size: ['SELECT size(array(1, 2))', ['2']],
  current_timestamp: ['SELECT current_timestamp()', ['2026-01-31T10:20:30.000Z']],
  current_user: ['SELECT current_user()', ['ann@example.com']],
  session_user: ['SELECT session_user()', ['ann@example.com']],
};

export const BY_LITERAL: Readonly<Record<string, Case>> = {
  number: [
    'SELECT 1, 1.50, 1e-5, 10000000000, 1.5e10, 0.001e0',
    ['1', '1.50', '1.0E-5', '10000000000', '1.5E10', '0.001'],
  ],
  string: ["SELECT 'a' 'b', \"c\", 'x\\ty', '\\u00e9'", ['ab', 'c', 'x\ty', 'é']],
  raw_string: ["SELECT r'a\\n'", ['a\\n']],
  date: ["SELECT DATE '2026-01-31'", ['2026-01-31']],
  timestamp: [
    "SELECT TIMESTAMP '2026-01-31 10:00:00.25', CAST('2026-01-31T10:00:00-05:30' AS TIMESTAMP), TIMESTAMP '2026-1-3'",
    ['2026-01-31T10:00:00.250Z', '2026-01-31T15:30:00.000Z', '2026-01-03T00:00:00.000Z'],
  ],
};

/** Casts from the text to the type and, for columns, a value that goes through a table and back. */
export const BY_TYPE: Readonly<Record<string, readonly [type: string, literal: string, text: string]>> = {
  string: ['STRING', "'é\"x'", 'é"x'],
  tiny_int: ['TINYINT', '-128', '-128'],
  small_int: ['SMALLINT', '32767', '32767'],
  int: ['INT', '2147483647', '2147483647'],
  big_int: ['BIGINT', '9223372036854775807', '9223372036854775807'],
  double: ['DOUBLE', '0.1', '0.1'],
  boolean: ['BOOLEAN', 'true', 'true'],
  date: ['DATE', "DATE '1969-12-31'", '1969-12-31'],
  timestamp: ['TIMESTAMP', "TIMESTAMP '1969-12-31 23:59:59.999999'", '1969-12-31T23:59:59.999999Z'],
  decimal: ['DECIMAL(10,2)', '12.345', '12.35'],
  array: ['ARRAY<DOUBLE>', 'array(0.1, 1, NULL)', '[0.1,1,null]'],
};

export const BY_CLAUSE: Readonly<Record<string, Case>> = {
  select: ['SELECT DISTINCT b FROM t', ['true']],
  from: ['SELECT x.id, y.id FROM t AS x, t AS y WHERE x.id = 1 AND y.id = 2', ['1', '2']],
  table: ['SELECT id FROM `main`.`default`.`t` AS q WHERE q.id = 1', ['1']],
  version: ['SELECT count(*) FROM t VERSION AS OF 0', ['0']],
  where_clause: ["SELECT id FROM t WHERE s = 'y'", ['3']],
  group_by: ['SELECT b, count(*) AS n FROM t GROUP BY b', ['true', '3']],
  having: ['SELECT s, count(*) FROM t GROUP BY s HAVING count(*) = 1 AND s IS NULL', [null, '1']],
  order_by: ['SELECT s FROM t ORDER BY s LIMIT 1', [null]],
  ordered: ['SELECT s FROM t ORDER BY s ASC NULLS LAST LIMIT 1', ['x']],
  limit: ['SELECT id FROM t ORDER BY id DESC LIMIT 1', ['3']],
  offset: ['SELECT id FROM t ORDER BY 1 LIMIT 1 OFFSET 1', ['2']],
  subquery: ['SELECT n + 1 FROM (SELECT count(*) AS n FROM t) q', ['4']],
  identifier: ['SELECT `t`.`id` FROM IDENTIFIER(:name) AS t WHERE id = 1', ['1']],
};

/** Clauses of statements that write: each has its statement here, and what a query gives after it. */
export const BY_WRITE: Readonly<
  Record<string, readonly [statements: readonly string[], query: string, row: readonly (string | null)[]]>
> = {
  insert: [
    [
      'CREATE TABLE w (a INT, b STRING)',
      "INSERT INTO w (b) VALUES ('x')",
      'INSERT OVERWRITE w SELECT id, s FROM t WHERE id = 3',
    ],
    'SELECT * FROM w',
    ['3', 'y'],
  ],
  delete: [
    ['CREATE TABLE w AS SELECT id, s FROM t', 'DELETE FROM w WHERE id > 1 OR s IS NULL'],
    'SELECT * FROM w',
    ['1', 'x'],
  ],
  update: [
    ['CREATE TABLE w AS SELECT id, s FROM t', "UPDATE w AS x SET x.s = 'z' WHERE id = 1", 'DELETE FROM w WHERE id > 1'],
    'SELECT * FROM w',
    ['1', 'z'],
  ],
  merge: [
    [
      'CREATE TABLE w AS SELECT id, s FROM t WHERE id < 3',
      `MERGE INTO w USING (SELECT id + 1 AS id, 'new' AS s FROM t) AS n ON w.id = n.id
       WHEN MATCHED AND n.id = 2 THEN UPDATE SET s = n.s WHEN NOT MATCHED AND n.id = 4 THEN INSERT *
       WHEN NOT MATCHED BY SOURCE THEN DELETE`,
      'DELETE FROM w WHERE id = 4',
    ],
    'SELECT * FROM w',
    ['2', 'new'],
  ],
  alter_table: [
    ['CREATE TABLE w AS SELECT 1 AS a', "ALTER TABLE w SET TBLPROPERTIES ('delta.appendOnly' = 'false')"],
    'SELECT a FROM w',
    ['1'],
  ],
  AddColumn: [['CREATE TABLE w AS SELECT 1 AS a', 'ALTER TABLE w ADD COLUMN b STRING'], 'SELECT * FROM w', ['1', null]],
  AddColumns: [
    [
      'CREATE TABLE w AS SELECT 1 AS a',
      "ALTER TABLE w ADD COLUMNS (b INT COMMENT 'x', c DOUBLE)",
      'UPDATE w SET c = a',
    ],
    'SELECT * FROM w',
    ['1', null, '1.0'],
  ],
  create_table: [
    [
      'CREATE TABLE w (a INT)',
      'CREATE TABLE IF NOT EXISTS w (b INT)',
      'INSERT INTO w VALUES (1)',
      'CREATE OR REPLACE TABLE w AS (SELECT a + 1 AS c FROM w)',
    ],
    'SELECT c FROM w',
    ['2'],
  ],
  column_definition: [
    ["CREATE TABLE w (a INT NOT NULL COMMENT 'the key')", 'INSERT INTO w VALUES (1)'],
    'SELECT a FROM w',
    ['1'],
  ],
  file_format_property: [['CREATE TABLE w (a INT) USING DELTA'], 'SELECT count(*) FROM w', ['0']],
  schema_comment_property: [["CREATE TABLE w (a INT) COMMENT 'it\\'s'"], 'SELECT count(*) FROM w', ['0']],
  properties: [
    ["CREATE TABLE w (a INT) TBLPROPERTIES ('delta.appendOnly' = 'false')"],
    'SELECT count(*) FROM w',
    ['0'],
  ],
  drop_table: [
    ['CREATE TABLE w (a INT)', 'DROP TABLE w', 'DROP TABLE IF EXISTS w', 'CREATE TABLE w AS SELECT 5 AS a'],
    'SELECT a FROM w',
    ['5'],
  ],
};
