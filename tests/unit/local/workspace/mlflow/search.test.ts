import assert from 'node:assert/strict';
import { parseFilter } from '../../../../../local/workspace/mlflow/filter';
import { runField } from '../../../../../local/workspace/mlflow/run-search';
import { matches, parseOrder, sorted } from '../../../../../local/workspace/mlflow/search';
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
  ['end_time IS NULL', true],
  ["tags.absent != 'x'", false],
  ['metrics.broken > 0', false],
  ['metrics.broken <= 0', false],
];

describe('search over runs', () => {
  for (const [filter, expected] of CASES) {
    it(`${expected ? 'finds' : 'does not find'} by ${filter}`, () => {
      assert.equal(matches(subject, parseFilter(filter), runField), expected);
    });
  }

  it('refuses a comparison that the field cannot have', () => {
    assert.throws(() => matches(subject, parseFilter("tags.note > 'a'"), runField), /not defined for strings/);
    assert.throws(() => matches(subject, parseFilter('tags.note = 1'), runField), /Expected a quoted string/);
    assert.throws(() => matches(subject, parseFilter("metrics.rmse = 'abc'"), runField), /Expected a numeric value/);
    assert.throws(() => matches(subject, parseFilter("attributes.nothing = 'a'"), runField), /Invalid attribute key/);
  });

  it('orders by several keys and puts what is absent or NaN last in either direction', () => {
    const runs = [
      run('a', 1, { m: 'NaN' }),
      run('b', 2, { m: 1 }),
      run('c', 3),
      run('d', 4, { m: 2 }),
      run('e', 5, { m: 1 }),
    ];
    const ids = (...order: string[]) =>
      sorted(runs, parseOrder(order), runField)
        .map(({ info }) => info.run_id)
        .join('');
    assert.equal(ids('metrics.m ASC', 'start_time DESC'), 'ebdca');
    assert.equal(ids('metrics.m DESC', 'run_id'), 'dbeac');
    assert.throws(() => parseOrder(['metrics.m UPWARDS']), /Invalid order_by clause/);
  });
});
