import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SqlFailure } from '../../../../../local/workspace/sql/failure';
import { type Token, tokenize, tokensToSql } from '../../../../../local/workspace/sql/tokens';
import { loadParser, parseStatement } from '../../../../../local/workspace/sql/tree';
import { SqlWorkspace } from './sql-workspace';

const SEED = { seed: 20_260_131 };
const MEANINGFUL = [
  'SELECT',
  'FROM',
  'WHERE',
  'x',
  '1',
  '1.5e0',
  "'",
  '"',
  '`',
  '\\',
  '--',
  '/*',
  '*/',
  ';',
  ':',
  '@v1',
  '(',
  ')',
  ',',
  '||',
  ' ',
  '\n',
  'é',
  '\u{1f600}',
  '\0',
  "r'",
];

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.constantFrom(...MEANINGFUL), { maxLength: 25 }).map((parts) => parts.join('')),
);
const identifier = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const token: fc.Arbitrary<Token> = fc.oneof(
  fc.record({ kind: fc.constant('string' as const), text: fc.string({ unit: 'binary', maxLength: 20 }) }),
  fc.record({ kind: fc.constant('quoted' as const), text: identifier }),
  fc.record({ kind: fc.constant('word' as const), text: fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/) }),
  fc.record({ kind: fc.constant('number' as const), text: fc.stringMatching(/^[0-9]{1,6}$/) }),
);

describe('SQL by property', () => {
  before(loadParser);

  it('text is tokens or a syntax error, whatever it holds', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        try {
          assert.ok(tokenize(text).every(({ kind }) => kind !== undefined));
        } catch (error) {
          assert.ok(error instanceof SqlFailure, String(error));
        }
      }),
      { ...SEED, numRuns: 10_000 },
    );
  });

  it('tokens survive being written and read, but for strings side by side, which are one', () => {
    fc.assert(
      fc.property(fc.array(token, { minLength: 1, maxLength: 8 }), (tokens) => {
        const apart = tokens.flatMap((one): Token[] => [one, { kind: 'symbol', text: ',' }]);
        assert.deepEqual(
          tokenize(tokensToSql(apart)),
          apart.map((one) => ({ ...one })),
        );
      }),
      { ...SEED, numRuns: 5_000 },
    );
  });

  it('the parser gives one statement or a syntax error, and never breaks', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...MEANINGFUL), { maxLength: 12 }), (parts) => {
        try {
          const [kind] = parseStatement(parts.join(' '));
          assert.equal(typeof kind, 'string');
        } catch (error) {
          assert.ok(error instanceof SqlFailure, String(error));
        }
      }),
      { ...SEED, numRuns: 2_000 },
    );
  });

  describe('values', () => {
    let workspace: SqlWorkspace;
    before(async () => {
      workspace = await SqlWorkspace.open();
    });
    after(() => workspace.remove());

    it('a text comes back as it was bound and as it was written', async () => {
      const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { minLength: 1, maxLength: 20 });
      await fc.assert(
        fc.asyncProperty(texts, async (given) => {
          const parameters = Object.fromEntries(given.map((text, index) => [`p${index}`, text]));
          const bound = await workspace.rows(`SELECT ${given.map((_, index) => `:p${index}`).join(', ')}`, parameters);
          assert.deepEqual(bound, [given]);
          const written = tokensToSql(
            given.flatMap((text, index): Token[] => [
              { kind: 'word', text: index === 0 ? 'SELECT' : ',' },
              { kind: 'string', text },
            ]),
          );
          assert.deepEqual(await workspace.rows(written), [given]);
        }),
        { ...SEED, numRuns: 40 },
      );
    });

    it('integers are added, subtracted, multiplied and compared as in exact arithmetic, or refused for their size', async () => {
      const number = fc.integer({ min: -2_147_483_647, max: 2_147_483_647 });
      const pairs = fc.array(fc.tuple(number, number), { minLength: 5, maxLength: 20 });
      await fc.assert(
        fc.asyncProperty(pairs, async (given) => {
          const shown = given.flatMap(([a, b]) => [
            `${a}L + (${b})`,
            `${a}L - (${b})`,
            `${a}L * (${b})`,
            `${a} < ${b}`,
            `${a} <=> ${b}`,
          ]);
          const expected = given.flatMap(([a, b]) =>
            [BigInt(a) + BigInt(b), BigInt(a) - BigInt(b), BigInt(a) * BigInt(b), a < b, a === b].map(String),
          );
          assert.deepEqual(await workspace.rows(`SELECT ${shown.join(', ')}`), [expected]);
        }),
        { ...SEED, numRuns: 30 },
      );
    });

    it('rows that were written are those that are read, and a merge by key is a map', async () => {
      const row = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: -5, max: 5 }));
      const keyed = fc.uniqueArray(row, { selector: ([key]) => key, minLength: 1, maxLength: 8 });
      let table = 0;
      await fc.assert(
        fc.asyncProperty(keyed, keyed, async (first, second) => {
          table += 1;
          const values = (rows: readonly (readonly [number, number])[]) =>
            rows.map(([k, v]) => `(${k}, ${v})`).join(', ');
          for (const [name, rows] of [
            [`a${table}`, first],
            [`b${table}`, second],
          ] as const) {
            await workspace.rows(`CREATE TABLE ${name} (k INT, v INT)`);
            await workspace.rows(`INSERT INTO ${name} VALUES ${values(rows)}`);
          }
          await workspace.rows(
            `MERGE INTO a${table} AS a USING b${table} AS b ON a.k = b.k WHEN MATCHED AND b.v < 0 THEN DELETE WHEN MATCHED THEN UPDATE SET v = b.v WHEN NOT MATCHED THEN INSERT *`,
          );
          const expected = new Map(first);
          for (const [key, value] of second) {
            if (expected.has(key) && value < 0) {
              expected.delete(key);
            } else {
              expected.set(key, value);
            }
          }
          const sorted = [...expected].sort(([left], [right]) => left - right).map((pair) => pair.map(String));
          assert.deepEqual(await workspace.rows(`SELECT * FROM a${table} ORDER BY k`), sorted);
          const former = [...first].sort(([left], [right]) => left - right).map((pair) => pair.map(String));
          assert.deepEqual(await workspace.rows(`SELECT * FROM a${table} VERSION AS OF 1 ORDER BY k`), former);
        }),
        { ...SEED, numRuns: 25 },
      );
    });
  });
});
