import {
  ALLOW_LIST_SETUP,
  BY_CLAUSE,
  BY_EXPRESSION,
  BY_FUNCTION,
  BY_LITERAL,
  BY_OPERATOR,
  BY_TYPE,
  BY_WRITE,
} from '../../unit/local/workspace/sql/allow-list-cases';
import { CHANGES_SETUP, FAILING_CHANGES } from '../../unit/local/workspace/sql/change-cases';
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
} from '../../unit/local/workspace/sql/semantics-cases';
import type { AskedStatement } from './comparison';

/**
 * Where the two are known to part: the name of a column that is a bare parameter or a date with one digit, and taking a property
 * from a table that has none such, which open-source Delta does not refuse.
 */
const KNOWN_TO_DIFFER: ReadonlySet<string> = new Set([
  'SELECT :p',
  BY_LITERAL.timestamp?.[0] ?? '',
  "ALTER TABLE t UNSET TBLPROPERTIES ('x')",
]);

/** Answers that hang on the moment or on who asks. */
const OF_THE_SESSION = /\b(current_timestamp|current_user|session_user)\b/i;

/** Every case of the SQL tests, as statements for both sides: the tests say what we believe, Spark says whether it is so. */
export function corpus(catalog: string): AskedStatement[] {
  const queries = (cases: readonly (readonly [string, ...unknown[]])[]) => cases.map(([query]) => query);
  const selects = (cases: readonly (readonly [string, ...unknown[]])[], from = '') =>
    queries(cases).map((expression) => `SELECT ${expression} AS v${from}`);
  const constants = [LITERALS, DOUBLES, ARITHMETIC, COMPARISONS, MEETING, CASTS, REFUSED].flatMap((cases) =>
    selects(cases),
  );
  const named = queries(NAMES).map((expression) => `SELECT ${expression}`);
  const semantics = [
    ...SEMANTICS_SETUP,
    ...constants,
    ...named,
    ...selects(AGGREGATES, ' FROM t'),
    ...queries(QUERIES),
    ...queries(BROKEN),
  ];
  const entries = [BY_EXPRESSION, BY_OPERATOR, BY_FUNCTION, BY_LITERAL, BY_CLAUSE].flatMap((cases) =>
    queries(Object.values(cases)),
  );
  const writes = Object.values(BY_WRITE).flatMap(([statements, query]) => [
    'DROP TABLE IF EXISTS w',
    ...statements,
    query,
    'DESCRIBE w',
    'DESCRIBE HISTORY w',
  ]);
  const types = Object.values(BY_TYPE).flatMap(([type, literal]) => [
    `CREATE OR REPLACE TABLE typed (v ${type})`,
    `INSERT INTO typed VALUES (${literal}), (NULL)`,
    'SELECT v FROM typed',
    'DESCRIBE typed',
  ]);
  return [
    ...inSchema(`${catalog}.semantics`, semantics),
    ...inSchema(`${catalog}.allow_list`, [...ALLOW_LIST_SETUP, ...entries, ...writes, ...types]),
    ...inSchema(`${catalog}.changes`, [...CHANGES_SETUP, ...queries(FAILING_CHANGES), ...CHANGES]),
  ];
}

function inSchema(schema: string, statements: readonly string[]): AskedStatement[] {
  const here = (text: string) => text.replaceAll('`main`.`default`', schema).replaceAll('main.default', schema);
  return statements
    .filter((statement) => !OF_THE_SESSION.test(statement) && !KNOWN_TO_DIFFER.has(statement))
    .map((statement) => ({ schema, statement: here(statement), parameters: parametersOf(statement, schema) }));
}

function parametersOf(statement: string, schema: string): AskedStatement['parameters'] {
  const values = { p: "it's", name: `${schema}.t` };
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => new RegExp(`:${name}\\b`).test(statement))
      .map(([name, value]) => [name, ['STRING', value]]),
  );
}

/** A history of every kind of change, looked at after each. */
const CHANGES: readonly string[] = [
  "UPDATE t AS x SET x.a = concat(a, '!'), n = id * 1.5e0 WHERE x.id < 3",
  'UPDATE t SET n = 0 WHERE id > 100',
  'SELECT * FROM t',
  `MERGE INTO t USING (SELECT id, a, n FROM s) AS src ON t.id = src.id
   WHEN MATCHED AND src.n > 25e0 THEN DELETE
   WHEN MATCHED THEN UPDATE SET t.a = src.a, n = t.n + src.n
   WHEN NOT MATCHED AND src.id > 100 THEN INSERT *
   WHEN NOT MATCHED BY TARGET THEN INSERT (a, id) VALUES ('new', src.id)
   WHEN NOT MATCHED BY SOURCE AND t.id = 1 THEN UPDATE SET a = 'left'
   WHEN NOT MATCHED BY SOURCE THEN DELETE`,
  'SELECT * FROM t',
  'MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *',
  'MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED THEN INSERT *',
  "MERGE INTO t USING s ON t.id = s.id AND s.a = 'nobody' WHEN MATCHED THEN DELETE",
  'SELECT * FROM t',
  "INSERT INTO s VALUES (2, 'again', 0e0)",
  'MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = s.a',
  'MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE',
  'SELECT * FROM t',
  'DELETE FROM t WHERE id > 100',
  'SELECT count(*) FROM t VERSION AS OF 1',
  "ALTER TABLE s SET TBLPROPERTIES ('owner.team' = 'ml')",
  "SHOW TBLPROPERTIES s ('owner.team')",
  'ALTER TABLE s SET TBLPROPERTIES (delta.appendOnly = true)',
  'DELETE FROM s WHERE id = 100',
  'UPDATE s SET id = 1 WHERE id = 100',
  'INSERT OVERWRITE s VALUES (1, NULL, NULL)',
  "MERGE INTO s USING (SELECT 77 AS id, 'x' AS a, 1e0 AS n) AS u ON u.id = s.id WHEN NOT MATCHED THEN INSERT *",
  'SELECT * FROM s',
  'ALTER TABLE s UNSET TBLPROPERTIES IF EXISTS (delta.appendOnly, nothing)',
  'DELETE FROM s AS x WHERE x.id = 77',
  "ALTER TABLE s ADD COLUMNS (b BIGINT COMMENT 'more', c ARRAY<DOUBLE>)",
  "INSERT INTO s VALUES (5, 'five', 5e0, 50, array(0.5e0))",
  'SELECT * FROM s',
  'SELECT * FROM s VERSION AS OF 1',
  'DESCRIBE s',
  "COMMENT ON TABLE s IS 'scores'",
  'DESCRIBE DETAIL s',
  'INSERT OVERWRITE t VALUES (1, NULL, NULL)',
  'DELETE FROM t',
  'DELETE FROM t',
  'CREATE OR REPLACE TABLE t AS SELECT id AS k FROM s',
  'SELECT * FROM t',
  'SELECT count(*) FROM t VERSION AS OF 1',
];
