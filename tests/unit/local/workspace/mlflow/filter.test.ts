import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ApiError } from '../../../../../local/workspace/api';
import { type Condition, parseFilter } from '../../../../../local/workspace/mlflow/filter';

const SEED = { seed: 20_260, numRuns: 500 };

const bareKey = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}(\.[A-Za-z0-9_]{1,8}){0,2}$/);
const oddKey = fc.stringMatching(/^[A-Za-z0-9 ./:=-]{1,20}$/);
const text = fc.string({ maxLength: 20 });

/** A condition and a spelling of it. */
const spelled: fc.Arbitrary<{ condition: Condition; written: string }> = fc
  .record({
    entity: fc.constantFrom(
      ['metric', 'metrics'],
      ['metric', 'METRIC'],
      ['param', 'params'],
      ['param', 'parameters'],
      ['tag', 'tags'],
      ['attribute', 'attributes'],
      ['attribute', 'run'],
      ['dataset', 'dataset'],
    ) as fc.Arbitrary<readonly [Condition['entity'], string]>,
    key: fc.oneof(
      bareKey.map((key) => ({ key, spelling: key })),
      oddKey.map((key) => ({ key, spelling: `"${key}"` })),
      oddKey.map((key) => ({ key, spelling: `\`${key}\`` })),
    ),
    right: fc.oneof(
      fc.tuple(fc.constantFrom('=', '!=', 'LIKE', 'ILIKE' as const), text).map(([comparator, value]) => ({
        comparator,
        value,
        spelling: `${comparator.toLowerCase()} ${quoted(value)}`,
      })),
      fc
        .tuple(
          fc.constantFrom('=', '!=', '>', '>=', '<', '<='),
          fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
        )
        .map(([comparator, value]) => ({ comparator, value, spelling: `${comparator}${value}` })),
      fc
        .tuple(fc.constantFrom('IN', 'NOT IN'), fc.array(text, { minLength: 1, maxLength: 3 }))
        .map(([comparator, value]) => ({
          comparator,
          value,
          spelling: `${comparator.replace(' ', '  ')} (${value.map(quoted).join(' , ')})`,
        })),
      fc
        .constantFrom('IS NULL', 'IS NOT NULL')
        .map((comparator) => ({ comparator, value: null, spelling: comparator.toLowerCase() })),
    ),
  })
  .map(({ entity, key, right }) => ({
    condition: { entity: entity[0], key: key.key, comparator: right.comparator, value: right.value } as Condition,
    written: `${entity[1]}.${key.spelling} ${right.spelling}`,
  }));

function quoted(value: string): string {
  return `'${value.replace(/\\/g, '\\\\').replace(/'/g, "''")}'`;
}

describe('the filter grammar of MLflow', () => {
  it('reads back every filter that can be written', () => {
    const several = fc.array(spelled, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(several, fc.constantFrom(' AND ', ' and ', '\n AND\t'), (all, and) => {
        assert.deepEqual(
          parseFilter(` ${all.map(({ written }) => written).join(and)} `),
          all.map(({ condition }) => condition),
        );
      }),
      SEED,
    );
  });

  it('answers any other text with one sentence and nothing else', () => {
    const fragments = fc.array(
      fc.constantFrom('tags', '.', '"', "'", '`', 'a', '=', '(', ')', 'AND', 'OR', ' ', '1', '-', ',', 'IN', '\\'),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fragments.map((parts) => parts.join('')),
        ),
        (filter) => {
          try {
            parseFilter(filter);
          } catch (error) {
            assert.ok(error instanceof ApiError);
            assert.equal(error.errorCode, 'INVALID_PARAMETER_VALUE');
          }
        },
      ),
      SEED,
    );
  });

  it('takes the filter by which a pipeline finds the MLflow run of a job run', () => {
    assert.deepEqual(parseFilter(`tags."mlflow.databricks.jobRunID" = '501'`), [
      { entity: 'tag', key: 'mlflow.databricks.jobRunID', comparator: '=', value: '501' },
    ]);
    assert.deepEqual(parseFilter("tags.mlflow.parentRunId = 'a'")[0]?.key, 'mlflow.parentRunId');
    assert.deepEqual(parseFilter("status = 'FINISHED'")[0]?.entity, 'attribute');
    assert.deepEqual(parseFilter('  '), []);
  });

  it('refuses OR, names the position and the unknown entity', () => {
    assert.throws(() => parseFilter("status = 'A' OR status = 'B'"), /expected AND at position 13, found "OR status/);
    assert.throws(() => parseFilter("job.id = '1'"), /Invalid entity type 'job'/);
    assert.throws(() => parseFilter("status = 'A"), /a quoted text or a number/);
    assert.throws(() => parseFilter("status IN 'A'"), /a list in parentheses/);
  });
});
