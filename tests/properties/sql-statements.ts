import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SqlWorkspace } from '../unit/local/workspace/sql/sql-workspace';

const WORDS =
  "SELECT FROM WHERE GROUP BY ORDER HAVING LIMIT OFFSET INSERT INTO OVERWRITE VALUES DELETE CREATE OR REPLACE TABLE IF NOT EXISTS AS DROP DESCRIBE HISTORY SHOW TABLES IN VERSION OF CAST CASE WHEN THEN ELSE END AND NULL IS BETWEEN LIKE DISTINCT IDENTIFIER count sum md5 array t a b main default INT STRING DATE TIMESTAMP 1 2.5 1e3 'x' 'it\\'s' `t` `a` :p :q ( ) ( ) , , . * + - / % = < > <> <=> || [ ] ; :: : -- /* */ $now \" \\".split(
    ' ',
  );

const tokens = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 14 }).map((words) => words.join(' '));

const statements = fc.oneof(
  tokens,
  tokens.map((rest) => `SELECT ${rest}`),
  tokens.map((rest) => `SELECT a FROM t WHERE ${rest}`),
  tokens.map((rest) => `SELECT (${rest}) FROM t`),
  tokens.map((rest) => `INSERT INTO t VALUES (${rest}`),
  fc.string({ minLength: 1, unit: 'binary' }),
);

const PARAMETERS = [
  { name: 'p', value: 'main.default.t' },
  { name: 'q', type: 'INT', value: '2' },
];

/**
 * Whatever the text of a statement is, it ends SUCCEEDED, or FAILED with an error class and a SQLSTATE; never by a defect.
 * @param open gives the workspace of all cases
 */
export function statementsEnd(open: () => Promise<SqlWorkspace>) {
  return fc.asyncProperty(statements, async (text) => {
    const workspace = await open();
    await workspace.rows('CREATE TABLE IF NOT EXISTS t (a INT, b STRING)');
    const { status } = await workspace.post(text, { parameters: PARAMETERS });
    if (status.state === 'SUCCEEDED') {
      return;
    }
    assert.equal(status.state, 'FAILED');
    assert.match(status.error?.message ?? '', /^\[[A-Z_.]+\] .+ SQLSTATE: [0-9A-Z]{5}$/s);
    assert.notEqual(status.error?.error_code, 'INTERNAL_ERROR', `${text}: ${status.error?.message}`);
  });
}

let opened: Promise<SqlWorkspace> | undefined;

/** The same for a soak, which ends the process: one workspace for all cases. */
export const sqlStatementsEnd = statementsEnd(() => {
  opened ??= SqlWorkspace.open();
  return opened;
});
