import assert from 'node:assert/strict';
import fc from 'fast-check';
import { tokenize, tokensToSql } from '../../../../../local/workspace/sql/tokens';
import { statementsEnd } from '../../../../properties/sql-statements';
import { SqlWorkspace } from './sql-workspace';

describe('hostile SQL', () => {
  let workspace: SqlWorkspace;

  before(async () => {
    workspace = await SqlWorkspace.open();
    await workspace.rows('CREATE TABLE kept (secret STRING)');
    await workspace.rows("INSERT INTO kept VALUES ('s3cret')");
  });
  after(() => workspace.remove());

  const keptIsUntouched = async () => {
    assert.deepEqual(await workspace.rows('SELECT secret FROM main.default.kept'), [['s3cret']]);
    assert.equal((await workspace.rows('DESCRIBE HISTORY main.default.kept')).length, 2);
  };

  it('ends SUCCEEDED or FAILED with a class and a SQLSTATE, whatever the tokens', async () => {
    await fc.assert(
      statementsEnd(async () => workspace),
      { seed: 3, numRuns: 3_000 },
    );
    await keptIsUntouched();
  });

  it('spells tokens so that they are read as the same tokens', () => {
    const text = fc.string({ unit: 'binary', maxLength: 12 });
    const token = fc.oneof(
      text.map((value) => ({ kind: 'string' as const, text: value })),
      text.filter((value) => value !== '').map((value) => ({ kind: 'quoted' as const, text: value })),
    );
    const separated = fc
      .array(token, { maxLength: 6 })
      .map((tokens) => tokens.flatMap((one) => [one, { kind: 'symbol' as const, text: ',' }]));
    fc.assert(
      fc.property(separated, (tokens) => assert.deepEqual(tokenize(tokensToSql(tokens)), tokens)),
      { seed: 5, numRuns: 10_000 },
    );
  });

  it('keeps any text of literals, parameters and names as it is, from the statement to the result', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 }).filter((value) => !/[\0\p{Cs}]/u.test(value));
    await fc.assert(
      fc.asyncProperty(
        text,
        text.filter((value) => value !== ''),
        async (value, name) => {
          const literal = tokensToSql([{ kind: 'string', text: value }]);
          const alias = tokensToSql([{ kind: 'quoted', text: name }]);
          const reply = await workspace.post(
            `SELECT ${literal} AS ${alias}, :v AS v, md5(${literal}) = md5(:v) AS same`,
            { parameters: [{ name: 'v', value }] },
          );
          assert.equal(reply.status.state, 'SUCCEEDED', reply.status.error?.message);
          assert.deepEqual(reply.result?.data_array, [[value, value, 'true']]);
          assert.equal(reply.manifest?.schema.columns?.[0]?.name, name);
        },
      ),
      { seed: 9, numRuns: 300 },
    );
  });

  for (const name of [
    'x"; DROP TABLE rows_1; --',
    "x'; DELETE FROM kept; --",
    'x` (a INT); DROP TABLE kept; --',
    'metadata.tables',
    'rows_1',
    'sqlite_master',
  ]) {
    it(`takes ${name} for a name only`, async () => {
      const spelled = tokensToSql([{ kind: 'quoted', text: name }]);
      for (const statement of [
        `SELECT * FROM ${spelled}`,
        `SELECT ${spelled} FROM kept`,
        `DELETE FROM kept WHERE ${spelled} = 1`,
        `INSERT INTO kept (${spelled}) VALUES (1)`,
        `DROP TABLE main.${spelled}.kept`,
      ]) {
        assert.match(
          await workspace.failure(statement),
          /^\[(TABLE_OR_VIEW_NOT_FOUND|UNRESOLVED_COLUMN\.WITH_SUGGESTION|INVALID_PARAMETER_VALUE)\]/,
        );
      }
      await workspace.failure('SELECT * FROM IDENTIFIER(:name)', { name });
      await keptIsUntouched();
    });
  }

  it('stores a column of any allowed name', async () => {
    await workspace.rows('CREATE OR REPLACE TABLE odd (`a"b` INT, `select` STRING, `x\'--` INT)');
    await workspace.rows('INSERT INTO odd (`x\'--`, `a"b`) VALUES (1, 2)');
    await workspace.rows('DELETE FROM odd WHERE `a"b` = 99');
    assert.deepEqual(await workspace.rows('SELECT `a"b`, `select`, `x\'--` FROM odd'), [['2', null, '1']]);
  });
});
