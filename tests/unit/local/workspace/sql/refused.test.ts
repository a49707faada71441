import assert from 'node:assert/strict';
import { SqlWorkspace } from './sql-workspace';

/** What is not on the allow-list, and the name that the sentence must hold. */
const REFUSED: readonly (readonly [statement: string, name: string])[] = [
  ['SELECT upper(s) FROM t', 'UPPER'],
  ["SELECT 'a''b'", 'doubled quote'],
  ['SELECT rand()', 'RAND'],
  ['SELECT uuid()', 'uuid'],
  ['SELECT sum(i) OVER (PARTITION BY s) FROM t', 'WINDOW FUNCTION'],
  ['SELECT sum(i) FILTER (WHERE i > 0) FROM t', 'FILTER in SUM'],
  ['SELECT count(i, s) FROM t', 'count takes'],
  ['SELECT min(DISTINCT i) FROM t', 'DISTINCT in'],
  ['SELECT 7 DIV 2', 'INT DIV'],
  ['SELECT 1 | 2', 'BITWISE OR'],
  ["SELECT s RLIKE 'x' FROM t", 'REGEXP LIKE'],
  ["SELECT s LIKE 'x' ESCAPE '!' FROM t", 'ESCAPE in LIKE'],
  ["SELECT s LIKE ANY ('x') FROM t", 'QUANTIFIER in LIKE'],
  ['SELECT EXISTS (SELECT 1)', 'EXISTS'],
  ['SELECT i IN (SELECT 1) FROM t', 'QUERY in IN'],
  ['SELECT TRY_CAST(s AS INT) FROM t', 'TRY CAST'],
  ['SELECT CAST(i AS FLOAT) FROM t', 'FLOAT'],
  ['SELECT CAST(s AS VARCHAR(3)) FROM t', 'VARCHAR'],
  ['SELECT INTERVAL 1 DAY', 'INTERVAL'],
  ['SELECT * EXCEPT (i) FROM t', 'EXCEPT in STAR'],
  ['SELECT t.i FROM t JOIN t AS u ON t.i = u.i', 'JOINS in SELECT'],
  ['WITH q AS (SELECT 1) SELECT * FROM q', 'WITH in SELECT'],
  ['SELECT 1 UNION ALL SELECT 2', 'UNION'],
  ['SELECT i FROM t TABLESAMPLE (10 PERCENT)', 'SAMPLE'],
  ['SELECT i FROM t QUALIFY 1 = 1', 'QUALIFY in SELECT'],
  ['SELECT i FROM t GROUP BY ALL', 'ALL in GROUP BY'],
  ['SELECT i FROM t GROUP BY CUBE (i)', 'cube'],
  ['SELECT i FROM t ORDER BY ALL', 'ORDER BY ALL'],
  ['SELECT i FROM t TIMESTAMP AS OF current_date()', 'TIMESTAMP AS OF'],
  ['SELECT s:a.b FROM t', 'J S O N EXTRACT'],
  ['SELECT * FROM read_csv("/etc/passwd")', 'FUNCTION'],
  ['SELECT * FROM range(3)', 'FUNCTION'],
  ['UPDATE t SET i = DEFAULT', 'DEFAULT'],
  ['UPDATE t SET i = 1 FROM t AS u', 'FROM'],
  ['TRUNCATE TABLE t', 'TRUNCATE'],
  ['ALTER TABLE t DROP COLUMN i', 'DROP COLUMN'],
  ['ALTER TABLE t RENAME COLUMN i TO j', 'RENAME COLUMN'],
  ['ALTER TABLE t RENAME TO u', 'RENAME TABLE'],
  ['ALTER TABLE t ADD COLUMN x INT AFTER i', 'POSITION'],
  ['ALTER TABLE t SET OWNER TO `x`', 'ALTER TABLE'],
  ['CREATE VIEW v AS SELECT 1', 'CREATE VIEW'],
  ['CREATE TABLE v (a INT) USING PARQUET', 'PARQUET'],
  ['CREATE TABLE v (a INT) CLUSTER BY (a)', 'RAW'],
  ['CREATE TABLE v (a INT DEFAULT 1)', 'DEFAULT in COLUMN DEFINITION'],
  ['CREATE TABLE v (a MAP<STRING, INT>)', 'MAP'],
  ['CREATE TABLE v (`__mlops_since` INT)', '__mlops_'],
  ['CREATE TABLE v AS SELECT NULL AS a', 'nothing but NULL'],
  ['INSERT INTO t BY NAME SELECT 1 AS i', 'BY NAME in INSERT'],
  ['DROP TABLE t, t', 'several tables'],
  ['CREATE FUNCTION f() RETURNS INT RETURN 1', 'CREATE FUNCTION'],
  ["ATTACH 'x.db'", 'ATTACH'],
  ['DETACH x', 'DETACH'],
  ["COPY t TO 'x.csv'", 'COPY'],
  ["COPY INTO t FROM '/Volumes/x'", 'COPY'],
  ['PRAGMA database_list', 'PRAGMA'],
  ['INSTALL httpfs', 'INSTALL'],
  ['SUMMARIZE t', 'SUMMARIZE'],
  ['SET threads = 1', 'SET STATEMENT'],
  ['USE CATALOG main', 'USE'],
  ['BEGIN TRANSACTION', 'TRANSACTION'],
  ['COMMIT', 'COMMIT'],
  ['GRANT SELECT ON SHARE s TO `x`', 'grants on securables of type SHARE'],
  ['GRANT READ FILES ON EXTERNAL LOCATION l TO `x`', 'grants on securables of type EXTERNAL'],
  ['GRANT SELECT ON TABLE t TO `x` WITH GRANT OPTION', 'WITH'],
  ['OPTIMIZE t', 'COMMAND'],
  ["EXECUTE IMMEDIATE 'SELECT 1'", 'COMMAND'],
  ['VALUES (1)', 'VALUES'],
  ['SELECT * FROM read_parquet("x")', 'FUNCTION'],
  ['SELECT * FROM duckdb_tables()', 'FUNCTION'],
  ["SELECT getenv('HOME')", 'the function getenv'],
  ["SELECT current_setting('threads')", 'the function current_setting'],
  ["SELECT nextval('metadata.storage')", 'the function nextval'],
  ["SELECT spark_integer_text('1')", 'the function spark_integer_text'],
  ['SELECT version()', 'the function version'],
  ['SELECT (SELECT 1)', 'SUBQUERY'],
  ['SELECT s FROM t LATERAL VIEW explode(a) x AS y', 'LATERAL VIEWS'],
  ['SELECT DISTINCT ON (i) i FROM t', 'DISTINCT ON'],
  ['SELECT i FROM t SORT BY i', 'SORT BY'],
  ['SELECT i FROM t LIMIT ALL', 'LIMIT'],
  ['SELECT a[0:1] FROM t', 'ARRAY SLICE'],
  ['CREATE TEMP TABLE v (a INT)', 'TEMPORARY'],
  ["CREATE TABLE v (a INT) LOCATION '/x'", 'LOCATION'],
  ['CREATE TABLE v (a INT PRIMARY KEY)', 'PRIMARY KEY'],
  ['CREATE TABLE v SHALLOW CLONE t', 'CLONE'],
  ['DROP SCHEMA ml', 'DROP SCHEMA'],
  ['DROP TABLE t PURGE', 'PURGE'],
  ['INSERT INTO t PARTITION (i = 1) VALUES (1)', 'PARTITION'],
  ['INSERT INTO t REPLACE WHERE i = 1 SELECT 1', 'REPLACE WHERE'],
  ['SHOW CREATE TABLE t', 'SHOW CREATE'],
  ['SHOW FUNCTIONS', 'SHOW FUNCTIONS'],
  ['DESCRIBE EXTENDED t', 'EXTENDED'],
];

/** Errors of users, by Spark's error class. */
const FAILED: readonly (readonly [statement: string, errorClass: string])[] = [
  ['SELEC 1', ''],
  ['SELECT', 'PARSE_SYNTAX_ERROR'],
  [';', 'PARSE_SYNTAX_ERROR'],
  ["SELECT 'a", 'PARSE_SYNTAX_ERROR'],
  ['SELECT 1; DROP TABLE t', 'PARSE_SYNTAX_ERROR'],
  ['SELECT "a" AS `b', 'PARSE_SYNTAX_ERROR'],
  ['SELECT $now', 'PARSE_SYNTAX_ERROR'],
  ['SELECT ?', 'PARSE_SYNTAX_ERROR'],
  ['SELECT :nobody', 'UNBOUND_SQL_PARAMETER'],
  ['GRANT SELECT t TO `x`', 'PARSE_SYNTAX_ERROR'],
  ['GRANT ON TABLE t TO `x`', 'PARSE_SYNTAX_ERROR'],
  ['GRANT SELECT ON TABLE t FROM `x`', 'PARSE_SYNTAX_ERROR'],
  ['GRANT SELECT ON TABLE t TO ada@example.com', 'PARSE_SYNTAX_ERROR'],
  ['GRANT SELECT ON TABLE t TO x.y', 'PARSE_SYNTAX_ERROR'],
  ['REVOKE SELECT ON TABLE t TO `x`', 'PARSE_SYNTAX_ERROR'],
  ['SHOW GRANTS `x` TABLE t', 'PARSE_SYNTAX_ERROR'],
  ['GRANT SELECT ON TABLE nope TO `x`', 'TABLE_OR_VIEW_NOT_FOUND'],
  ['GRANT SELECT ON nope TO `x`', 'TABLE_OR_VIEW_NOT_FOUND'],
  ['GRANT USE CATALOG ON CATALOG nope TO `x`', 'NO_SUCH_CATALOG_EXCEPTION'],
  ['GRANT USE SCHEMA ON SCHEMA nope TO `x`', 'SCHEMA_NOT_FOUND'],
  ['GRANT READ VOLUME ON VOLUME main.default.nope TO `x`', 'VOLUME_NOT_FOUND'],
  ['GRANT EXECUTE ON FUNCTION main.default.nope TO `x`', 'ROUTINE_NOT_FOUND'],
  ['SHOW GRANTS ON CATALOG nope', 'NO_SUCH_CATALOG_EXCEPTION'],
  ['GRANT READ VOLUME ON TABLE t TO `x`', 'INVALID_PARAMETER_VALUE'],
  ['SELECT * FROM nope', 'TABLE_OR_VIEW_NOT_FOUND'],
  ['SELECT * FROM "t"', 'PARSE_SYNTAX_ERROR'],
  ["SELECT * FROM t, 't' AS u", 'PARSE_SYNTAX_ERROR'],
  ["SELECT * FROM '/etc/passwd'", 'PARSE_SYNTAX_ERROR'],
  ['SELECT * FROM csv.`/etc/passwd`', 'INVALID_PARAMETER_VALUE'],
  ['SELECT * FROM metadata.tables', 'TABLE_OR_VIEW_NOT_FOUND'],
  ['SELECT * FROM main.information_schema.tables', 'TABLE_OR_VIEW_NOT_FOUND'],
  ['SELECT * FROM duckdb_settings', 'TABLE_OR_VIEW_NOT_FOUND'],
  ['SELECT * FROM rows_1', 'TABLE_OR_VIEW_NOT_FOUND'],
  ['SELECT 1 /* ; DROP TABLE t', 'PARSE_SYNTAX_ERROR'],
  ['SELECT 1 /* /* */ ; DROP TABLE t', 'PARSE_SYNTAX_ERROR'],
  ['SELECT 1 -- \n ; DROP TABLE t', 'PARSE_SYNTAX_ERROR'],
  ['SELECT * FROM a.b.c.d', ''],
  ['SELECT nope FROM t', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
  ['SELECT i, count(*) FROM t', 'MISSING_AGGREGATION'],
  ['SELECT * FROM t VERSION AS OF 99', 'DELTA_VERSION_NOT_FOUND'],
  ['SELECT * FROM main.nope.t', 'TABLE_OR_VIEW_NOT_FOUND'],
  ['CREATE TABLE main.nope.t (a INT)', 'SCHEMA_NOT_FOUND'],
  ['CREATE SCHEMA nope.s', 'NO_SUCH_CATALOG_EXCEPTION'],
  ['CREATE SCHEMA main.default', 'SCHEMA_ALREADY_EXISTS'],
  ['CREATE TABLE t (a INT)', 'TABLE_OR_VIEW_ALREADY_EXISTS'],
  ['CREATE TABLE v (a INT, A INT)', 'COLUMN_ALREADY_EXISTS'],
  ['CREATE TABLE v AS SELECT count(*) FROM t', 'DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES'],
  ['DROP TABLE nope', 'TABLE_OR_VIEW_NOT_FOUND'],
  ['INSERT INTO nope VALUES (1)', 'TABLE_OR_VIEW_NOT_FOUND'],
  ['INSERT INTO t (i) VALUES (1, 2)', 'INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS'],
  ['INSERT INTO t VALUES (1)', 'INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS'],
  ['INSERT INTO t (nope) VALUES (1)', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
  ["INSERT INTO t (i) VALUES ('x')", 'CAST_INVALID_INPUT'],
  ['INSERT INTO t (i) VALUES (3000000000)', 'CAST_OVERFLOW'],
  ['INSERT INTO t (a) VALUES (1)', 'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION'],
  ['DELETE FROM t WHERE __mlops_since = 0', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
  ['DELETE FROM t WHERE rowid = 0', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
  ['SELECT __mlops_since FROM t', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
  ['SELECT rowid FROM t', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
  ["SELECT CAST('1.5' AS INT)", 'CAST_INVALID_INPUT'],
  ["SELECT CAST('' AS DOUBLE)", 'CAST_INVALID_INPUT'],
  ["SELECT CAST('maybe' AS BOOLEAN)", 'CAST_INVALID_INPUT'],
  ["SELECT CAST('2026-02-30' AS DATE)", 'CAST_INVALID_INPUT'],
  ["SELECT CAST('noon' AS TIMESTAMP)", 'CAST_INVALID_INPUT'],
  ['SELECT CAST(1e10 AS INT)', 'CAST_OVERFLOW'],
  ['SELECT 1 / 0', 'DIVIDE_BY_ZERO'],
  ['SELECT 1 % 0', 'DIVIDE_BY_ZERO'],
  ['SELECT 2147483647 + 1', 'ARITHMETIC_OVERFLOW'],
  ['SELECT array(1)[1]', 'INVALID_ARRAY_INDEX'],
  ['SELECT array(1)[-1]', 'INVALID_ARRAY_INDEX'],
  [`SELECT ${'nullif('.repeat(20)}1${', 2)'.repeat(20)}`, 'FAILED_TO_PARSE_TOO_COMPLEX'],
  [`SELECT ${'('.repeat(20_000)}`, 'PARSE_SYNTAX_ERROR'],
];

describe('SQL that does not run', () => {
  let workspace: SqlWorkspace;

  before(async () => {
    workspace = await SqlWorkspace.open();
    await workspace.rows('CREATE TABLE t (i INT, s STRING, a ARRAY<DOUBLE>)');
  });
  after(() => workspace.remove());

  for (const [statement, name] of REFUSED) {
    it(`is refused by name: ${statement}`, async () => {
      const message = await workspace.failure(statement);
      assert.match(message, /^\[(UNSUPPORTED_BY_LOCAL_WORKSPACE|WRONG_NUM_ARGS\.WITHOUT_SUGGESTION)\] /);
      assert.ok(message.includes(name), message);
    });
  }

  for (const [statement, errorClass] of FAILED) {
    it(`fails as in Spark: ${statement.slice(0, 60)}`, async () => {
      const message = await workspace.failure(statement);
      assert.ok(message.startsWith(errorClass === '' ? '[' : `[${errorClass}] `), message);
      assert.match(message, / SQLSTATE: [0-9A-Z]{5}$/);
    });
  }

  it('changes nothing: the table is as it was, in its first version', async () => {
    assert.deepEqual(await workspace.rows('SELECT count(*) FROM t'), [['0']]);
    assert.equal((await workspace.rows('DESCRIBE HISTORY t')).length, 1);
    assert.deepEqual(await workspace.rows('SHOW TABLES IN main.default'), [['default', 't', 'false']]);
  });
});
