import assert from 'node:assert/strict';
import {
  CLAUSES,
  EXPRESSIONS,
  FUNCTION_NODES,
  LITERALS,
  OPERATORS,
  TYPES,
} from '../../../../../local/workspace/sql/allow-list';
import { FUNCTIONS } from '../../../../../local/workspace/sql/functions';
import {
  ALLOW_LIST_SETUP,
  BY_CLAUSE,
  BY_EXPRESSION,
  BY_FUNCTION,
  BY_LITERAL,
  BY_OPERATOR,
  BY_TYPE,
  BY_WRITE,
  type Case,
} from './allow-list-cases';
import { SqlWorkspace } from './sql-workspace';

describe('the allow-list of SQL', () => {
  let workspace: SqlWorkspace;

  before(async () => {
    workspace = await SqlWorkspace.open();
    for (const statement of ALLOW_LIST_SETUP) {
      await workspace.rows(statement);
    }
  });
  after(() => workspace.remove());

  const check = (title: string, allowed: readonly string[], cases: Readonly<Record<string, Case>>) => {
    it(`${title}: every entry has a case`, () => assert.deepEqual(Object.keys(cases).sort(), [...allowed].sort()));
    for (const [entry, [query, row]] of Object.entries(cases)) {
      it(`${title}: ${entry}`, async () =>
        assert.deepEqual(await workspace.rows(query, { p: "it's", name: 'main.default.t' }), [row]));
    }
  };
  check('expression', Object.keys(EXPRESSIONS), BY_EXPRESSION);
  check('operator', Object.keys(OPERATORS), BY_OPERATOR);
  check('function', Object.keys(FUNCTIONS), BY_FUNCTION);
  check('literal', LITERALS, BY_LITERAL);
  const writes = new Set(Object.keys(BY_WRITE));
  check(
    'clause',
    Object.keys(CLAUSES).filter((clause) => !writes.has(clause)),
    BY_CLAUSE,
  );

  it('functions with a node of their own are among the functions', () => {
    assert.deepEqual(
      Object.values(FUNCTION_NODES).filter(({ name }) => !Object.hasOwn(FUNCTIONS, name)),
      [],
    );
  });

  for (const [entry, [statements, query, row]] of Object.entries(BY_WRITE)) {
    it(`clause: ${entry}`, async () => {
      await workspace.rows('DROP TABLE IF EXISTS w');
      for (const statement of statements) {
        await workspace.rows(statement);
      }
      assert.deepEqual(await workspace.rows(query), [row]);
    });
  }

  it('type: every entry has a case', () => assert.deepEqual(Object.keys(BY_TYPE).sort(), Object.keys(TYPES).sort()));
  for (const [entry, [type, literal, text]] of Object.entries(BY_TYPE)) {
    it(`type: ${entry}`, async () => {
      await workspace.rows(`CREATE OR REPLACE TABLE typed (v ${type})`);
      await workspace.rows(`INSERT INTO typed VALUES (${literal}), (NULL)`);
      const reply = await workspace.post('SELECT v FROM typed');
      assert.deepEqual(reply.result?.data_array, [[text], [null]]);
      assert.equal(reply.manifest?.schema.columns?.[0]?.type_text, type);
      assert.deepEqual(await workspace.rows(`SELECT CAST(${literal} AS ${type}), CAST(NULL AS ${type})`), [
        [text, null],
      ]);
    });
  }
});
