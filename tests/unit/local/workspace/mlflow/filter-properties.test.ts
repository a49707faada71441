import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ApiError } from '../../../../../local/workspace/api';
import { type Condition, parseFilter } from '../../../../../local/workspace/mlflow/filter';
import { parseOrder, type Searchable, sorted } from '../../../../../local/workspace/mlflow/search';

const SEED = { seed: 20_261, numRuns: 400 };
const PREFIXES = {
  metric: ['metric', 'metrics'],
  param: ['param', 'params', 'parameter', 'parameters'],
  tag: ['tag', 'tags', 'TAGS'],
  dataset: ['dataset', 'datasets'],
  attribute: ['attribute', 'attributes', 'attr', 'run'],
} as const;

const plainKey = fc.stringMatching(/^[A-Za-z_]\w{0,8}(\.\w{1,6})?$/);
const anyKey = fc.oneof(
  plainKey,
  fc.string({ minLength: 1, maxLength: 12 }).filter((key) => !/["`]/.test(key)),
);
const text = fc.string({ maxLength: 12, unit: 'binary' });
// JSON and SQL know one zero.
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })).map((one) => one + 0);
const value = fc.oneof(
  fc.record({ comparator: fc.constantFrom('=', '!=', 'LIKE', 'ILIKE'), value: text }),
  fc.record({ comparator: fc.constantFrom('=', '!=', '<', '<=', '>', '>='), value: number }),
  fc.record({ comparator: fc.constantFrom('IN', 'NOT IN'), value: fc.array(text, { minLength: 1, maxLength: 4 }) }),
  fc.record({ comparator: fc.constantFrom('IS NULL', 'IS NOT NULL'), value: fc.constant(null) }),
);
const condition = fc
  .record({ entity: fc.constantFrom('metric', 'param', 'tag', 'dataset', 'attribute'), key: anyKey, value })
  .map(({ entity, key, value: right }) => ({ entity, key, ...right }) as Condition);
const blank = fc.constantFrom(' ', '  ', '\n', '\t ');

/** A condition as text, in one of the spellings that the grammar allows. */
function spelled({ entity, key, comparator, value: right }: Condition, choice: number, space: string): string {
  const prefixes = PREFIXES[entity];
  const prefix = prefixes[choice % prefixes.length];
  const name = /^[A-Za-z_][\w.]*$/.test(key) && choice % 2 === 0 ? key : choice % 3 === 0 ? `"${key}"` : `\`${key}\``;
  const operator = (choice % 5 === 0 ? comparator.toLowerCase() : comparator).replace(' ', space);
  return `${prefix}.${name}${space}${operator}${space}${literal(right, choice)}`;
}

function literal(right: Condition['value'], choice: number): string {
  if (right === null) {
    return '';
  }
  if (typeof right === 'number') {
    return String(right);
  }
  if (typeof right !== 'string') {
    return `( ${right.map((one) => literal(one, choice)).join(choice % 2 === 0 ? ',' : ' , ')} )`;
  }
  const escaped = right.replaceAll('\\', '\\\\');
  return choice % 2 === 0 ? `'${escaped.replaceAll("'", "''")}'` : `"${escaped.replaceAll('"', '\\"')}"`;
}

describe("the reader of MLflow's filters", () => {
  it('reads back what any spelling of any conditions says', () => {
    fc.assert(
      fc.property(
        fc.array(condition, { minLength: 1, maxLength: 4 }),
        fc.nat(1_000),
        blank,
        (conditions, choice, space) => {
          const filter = conditions
            .map((one, index) => spelled(one, choice + index, space))
            .join(`${space}and${space}`);
          assert.deepEqual(parseFilter(filter), conditions);
        },
      ),
      SEED,
    );
  });

  it('reads any text, or refuses it with 400, and nothing else', () => {
    const words = fc.constantFrom(
      ...'metrics params. tags."a" attribute.x run_id . , ( ) = != <> < IN NOT LIKE IS NULL AND OR \'a\' "b" \' " ` \\ 1 -1e5 1e 0x1 \0 é'.split(
        ' ',
      ),
    );
    const garbage = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(words, { maxLength: 12 }).map((some) => some.join(' ')),
      fc.array(words, { maxLength: 12 }).map((some) => some.join('')),
    );
    fc.assert(
      fc.property(garbage, (filter) => {
        for (const read of [() => parseFilter(filter), () => parseOrder([filter])]) {
          try {
            read();
          } catch (error) {
            assert.ok(error instanceof ApiError && error.status === 400, String(error));
          }
        }
      }),
      SEED,
    );
  });

  it('takes time in proportion to the length of the filter', () => {
    const long = Array.from({ length: 20_000 }, (_, index) => `tags.k${index} = 'v''${index}'`).join(' AND ');
    assert.equal(parseFilter(long).length, 20_000);
    assert.throws(() => parseFilter(`tags.a = '${"\\\\''".repeat(50_000)}`), /Invalid filter string/);
  });
});

describe('order_by', () => {
  const row = fc.record({ m: fc.oneof(fc.double(), fc.constant(undefined)), id: fc.nat(9) });
  const searchable: Searchable<{ m?: number | undefined; id: number }> = {
    kindOf: () => 'number',
    fieldOf: (subject, _, key) => (key === 'm' ? subject.m : subject.id),
  };

  it('keeps every row once, numbers first and in order, then NaN, then what is absent', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.boolean(), (rows, descending) => {
        const result = sorted(rows, parseOrder([`metrics.m ${descending ? 'DESC' : 'ASC'}`]), searchable);
        assert.deepEqual(new Set(result), new Set(rows));
        assert.equal(result.length, rows.length);
        const values = result.map(({ m }) => m);
        const numbers = values.filter((one) => one !== undefined && !Number.isNaN(one)) as number[];
        const nans = values.filter((one) => Number.isNaN(one)).length;
        assert.deepEqual(values.slice(0, numbers.length), numbers);
        assert.ok(
          numbers.every((one, index) => index === 0 || (descending ? -1 : 1) * (one - Number(numbers[index - 1])) >= 0),
        );
        assert.ok(values.slice(numbers.length, numbers.length + nans).every(Number.isNaN));
      }),
      SEED,
    );
  });
});
