import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseFilter } from '../../../../../local/workspace/mlflow/filter';
import { searchableRuns } from '../../../../../local/workspace/mlflow/run-search';
import { filterOf, parseOrder, sorted } from '../../../../../local/workspace/mlflow/search';
import type { MetricValue, Run } from '../../../../../local/workspace/mlflow/types';

function run(
  id: string,
  start: number,
  metrics: Record<string, MetricValue> = {},
  tags: Record<string, string> = {},
): Run {
  return {
    info: {
      run_id: id,
      run_uuid: id,
      run_name: `run ${id}`,
      experiment_id: '1',
      user_id: 'ada',
      status: 'FINISHED',
      start_time: start,
      artifact_uri: 'dbfs:/x',
      lifecycle_stage: 'active',
    },
    data: {
      metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: 0, step: 0 })),
      params: [{ key: 'alpha', value: '0.5' }],
      tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    },
    inputs: {
      dataset_inputs: [
        { dataset: { name: 'diabetes', digest: 'd1' }, tags: [{ key: 'mlflow.data.context', value: 'training' }] },
        { dataset: { name: 'wine', digest: 'd2' }, tags: [] },
      ],
      model_inputs: [],
    },
    outputs: { model_outputs: [] },
  };
}

const subject = run('a', 10, { rmse: 55.5, broken: 'NaN' }, { 'mlflow.databricks.jobRunID': '501', note: 'A_b%' });

const CASES: readonly [filter: string, expected: boolean][] = [
  ['metrics.rmse < 60 AND metrics.rmse >= 55.5', true],
  ['metrics.rmse != 55.5', false],
  ["params.alpha = '0.5'", true],
  ["params.alpha LIKE '0.%'", true],
  ["tags.note ILIKE 'a_B%'", true],
  ["tags.note LIKE 'a%'", false],
  ["run_id IN ('b', 'a')", true],
  ["attributes.status NOT IN ('FAILED')", true],
  ["datasets.name = 'wine' AND datasets.name = 'diabetes'", true],
  ["dataset.context = 'eval'", false],
  ['start_time > 9.5', true],
  ['tags.absent IS NULL', true],
  ['tags.note IS NULL', false],
  ['end_time > 0', false],
  ["attributes.`run name` = 'run a' AND created = 10", true],
  ["tags.absent != 'x'", false],
  ['metrics.broken > 0', false],
  ['metrics.broken <= 0', false],
];

describe('search over runs', () => {
  for (const [filter, expected] of CASES) {
    it(`${expected ? 'finds' : 'does not find'} by ${filter}`, () => {
      assert.equal(filterOf(parseFilter(filter), searchableRuns)(subject), expected);
    });
  }

  const REFUSED: readonly [filter: string, why: RegExp][] = [
    ["tags.note > 'a'", /Invalid comparator '>' for 'note'/],
    ['tags.note = 1', /Expected a quoted string/],
    ["metrics.rmse = 'abc'", /Expected numeric value/],
    ["metrics.rmse LIKE '5%'", /Invalid comparator 'LIKE'/],
    ["attributes.nothing = 'a'", /Invalid attribute key 'nothing'/],
    ["datasets.owner = 'a'", /Invalid dataset key 'owner'/],
    ['end_time IS NULL', /Invalid comparator 'IS NULL'/],
    ["params.alpha IN ('1')", /Invalid comparator 'IN'/],
  ];
  for (const [filter, why] of REFUSED) {
    it(`refuses ${filter}, also where there is nothing to find`, () => {
      assert.throws(() => filterOf(parseFilter(filter), searchableRuns), why);
    });
  }

  it('takes a pattern of many wildcards without delay', () => {
    const find = filterOf(parseFilter(`tags.note LIKE '${'%a'.repeat(12)}${'%'.repeat(5_000)}b'`), searchableRuns);
    assert.equal(find(run('a', 1, {}, { note: 'a'.repeat(40) })), false);
  });

  it('orders by several keys and puts NaN and then what is absent last in either direction', () => {
    const runs = [
      run('a', 1, { m: 'NaN' }),
      run('b', 2, { m: 1 }),
      run('c', 3),
      run('d', 4, { m: 2 }),
      run('e', 5, { m: 1 }),
    ];
    const ids = (...order: string[]) =>
      sorted(runs, parseOrder(order), searchableRuns)
        .map(({ info }) => info.run_id)
        .join('');
    assert.equal(ids('metrics.m ASC', 'start_time DESC'), 'ebdac');
    assert.equal(ids('metrics.m DESC', 'run_id'), 'dbeac');
    assert.throws(() => ids('nothing DESC'), /Invalid attribute key/);
    assert.throws(() => parseOrder(['metrics.m UPWARDS']), /Invalid order_by clause/);
  });
});

describe('LIKE', () => {
  const alphabet = fc.constantFrom('a', 'b', 'A', '.', '\n', '😀', '_', '%');
  const text = fc.array(alphabet, { maxLength: 10 }).map((characters) => characters.join(''));

  it('means what the regular expression of its pattern means', () => {
    fc.assert(
      fc.property(text, text, fc.boolean(), (note, pattern, folded) => {
        const find = filterOf(parseFilter(`tags.note ${folded ? 'ILIKE' : 'LIKE'} '${pattern}'`), searchableRuns);
        const source = pattern.replaceAll('.', '\\.').replace(/%+/g, '.*').replaceAll('_', '.');
        const expected = new RegExp(`^${source}$`, folded ? 'isu' : 'su').test(note);
        assert.equal(find(run('a', 1, {}, { note })), expected, `${note} ${pattern}`);
      }),
      { seed: 11, numRuns: 1_000 },
    );
  });
});
