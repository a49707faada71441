import assert from 'node:assert/strict';
import fc from 'fast-check';
import { labelOf } from '../../../src/evaluation/labels';
import { preparePredictions, versionsNamed } from '../../../src/evaluation/prepare-predictions';
import { classificationPolicy, columnsOf, regressionPolicy } from './sample-policy';

const BAR = 'thresholds: [{metric: rmse, direction: lower, max: 1}]';
const PINNED = { challenger: '18', champion: '17' };
const LABELS = { labels: true, probabilities: false };
const BOTH = { labels: true, probabilities: true };
const CANARY = 'row-of-a-person';

type Row = Readonly<Record<string, unknown>>;
const row = (id: unknown, more: Row = {}): Row => ({
  id,
  y: 1,
  p_challenger: 2,
  p_champion: 3,
  challenger_version: 18,
  champion_version: 17,
  ...more,
});

function regression(
  rows: readonly Row[],
  pinned: { challenger: string; champion: string | undefined } = PINNED,
  compare = true,
  weight = '',
) {
  const { policy } = regressionPolicy(BAR);
  const model = weight === '' ? policy.model : { ...policy.model, weightColumn: weight };
  return preparePredictions(columnsOf(rows), model, LABELS, pinned, compare);
}

const codes = (result: ReturnType<typeof regression>) => result.problems.map((problem) => problem.code);

describe('preparePredictions', () => {
  it('gives typed arrays in order of id, whatever the order of rows', () => {
    const rows = [row('b', { y: 2 }), row('a', { y: '1.5' }), row('c', { y: 3n })];
    const { predictions } = regression(rows);
    assert.deepEqual(predictions?.truth, Float64Array.from([1.5, 2, 3]));
    assert.equal(predictions?.hash, regression([...rows].reverse()).predictions?.hash);
  });

  it('has one hash for the same values in any format, and another for other values', () => {
    const hash = (rows: Row[]) => regression(rows).predictions?.hash;
    const asText = hash([row('1', { y: '2.0', p_challenger: '2', challenger_version: '18.0' }), row('2', { y: '-0' })]);
    assert.equal(asText, hash([row(1, { y: 2 }), row(2, { y: 0 })]));
    assert.notEqual(asText, hash([row(1, { y: 2 }), row(2, { y: 1 })]));
    assert.notEqual(asText, hash([row(1, { y: 2 }), row(3, { y: 0 })]));
  });

  const wrong: readonly [string, Row[], string[]][] = [
    ['a missing prediction', [row(1), row(2, { p_champion: null })], ['MISSING_VALUE']],
    ['a prediction that is no number', [row(1, { p_challenger: CANARY })], ['NOT_A_NUMBER']],
    ['NaN', [row(1, { p_challenger: Number.NaN })], ['NOT_A_NUMBER']],
    ['NaN as text', [row(1, { p_challenger: 'nan' })], ['NOT_A_NUMBER']],
    ['infinity', [row(1, { y: '1e999' })], ['NOT_A_NUMBER']],
    ['a missing id', [row(1), row(null)], ['MISSING_VALUE']],
    ['a duplicate id', [row(CANARY), row(CANARY)], ['DUPLICATE_ID']],
    ['an id that is a number here and text there', [row(1), row('1')], ['DUPLICATE_ID']],
    ['another challenger', [row(1), row(2, { challenger_version: 19 })], ['PREDICTIONS_OF_ANOTHER_VERSION']],
    ['no challenger version', [row(1), row(2, { challenger_version: null })], ['PREDICTIONS_OF_ANOTHER_VERSION']],
    ['another champion', [row(1, { champion_version: 16 })], ['PREDICTIONS_OF_ANOTHER_VERSION']],
    ['no champion version', [row(1, { champion_version: '' })], ['PREDICTIONS_OF_ANOTHER_VERSION']],
    ['an unmentioned weight', [row(1, { weight: 2 })], ['WEIGHT_AMBIGUOUS']],
  ];
  for (const [name, rows, expected] of wrong) {
    it(`refuses ${name}`, () => {
      const result = regression(rows);
      assert.deepEqual(codes(result), expected);
      assert.equal(result.predictions, undefined);
      assert.ok(!JSON.stringify(result.problems).includes(CANARY));
    });
  }

  it('names every missing column', () => {
    const { policy } = regressionPolicy(BAR);
    const result = preparePredictions(columnsOf([{ id: 1, y: 2 }]), policy.model, LABELS, PINNED, true);
    assert.deepEqual(
      result.problems.map((problem) => problem.message),
      ['p_challenger', 'challenger_version', 'p_champion', 'champion_version'].map(
        (name) => `The prediction data has no column ${name}.`,
      ),
    );
  });

  it('needs nothing of a champion while there is none, but no row may name one', () => {
    const none = { challenger: '18', champion: undefined };
    const { p_champion: _prediction, champion_version: _version, ...alone } = row(1);
    assert.deepEqual(codes(regression([alone], none, false)), []);
    assert.deepEqual(codes(regression([row(1, { champion_version: null, p_champion: null })], none, false)), []);
    assert.deepEqual(codes(regression([row(1)], none, false)), ['PREDICTIONS_OF_ANOTHER_VERSION']);
  });

  it('takes weights that are not negative and not all 0', () => {
    assert.deepEqual(
      regression([row(1, { w: 2 }), row(2, { w: 0 })], PINNED, true, 'w').predictions?.weights,
      Float64Array.from([2, 0]),
    );
    assert.deepEqual(codes(regression([row(1, { w: -1 })], PINNED, true, 'w')), ['WEIGHT_INVALID']);
    assert.deepEqual(codes(regression([row(1, { w: 0 })], PINNED, true, 'w')), ['WEIGHT_INVALID']);
  });

  it('reads labels in any spelling and refuses one that is no class', () => {
    const { policy } = classificationPolicy('thresholds: [{metric: f1, direction: higher, min: 0.1}]');
    const raw = columnsOf([
      row(1, { y: '1.0', p_challenger: 1n, p_champion: '0' }),
      row(2, { y: 0, p_challenger: '0', p_champion: 1 }),
    ]);
    const { predictions } = preparePredictions(raw, policy.model, LABELS, PINNED, true);
    assert.deepEqual(predictions?.truth, Int32Array.from([1, 0]));
    assert.deepEqual(predictions?.challenger.labels, Int32Array.from([1, 0]));
    const unknown = preparePredictions(
      columnsOf([row(1, { p_challenger: 2, p_champion: 1 })]),
      policy.model,
      LABELS,
      PINNED,
      true,
    );
    assert.deepEqual(codes(unknown), ['UNKNOWN_CLASS']);
  });

  it('makes labels from probabilities where the policy has a threshold, the threshold itself being positive', () => {
    const { policy } = classificationPolicy(
      'thresholds: [{metric: f1, direction: higher, min: 0.1}]',
      ', threshold: 0.3',
    );
    const proba = (challenger: unknown, champion: unknown, y: number) =>
      row(y, { y, proba_challenger: challenger, proba_champion: champion });
    const raw = columnsOf([proba(0.3, '[0.8, 0.2]', 1), proba('0.29', [0.5, 0.5], 0)]);
    const { predictions, problems } = preparePredictions(raw, policy.model, BOTH, PINNED, true);
    assert.deepEqual(problems, []);
    assert.deepEqual(predictions?.challenger.labels, Int32Array.from([0, 1]));
    assert.deepEqual(predictions?.champion?.labels, Int32Array.from([1, 0]));
    assert.deepEqual(predictions?.challenger.trueClassProbability, Float64Array.from([1 - 0.29, 0.3]));
    for (const bad of [1.1, -0.1, [0.5, 0.6], [1], '[0.5, ', 'x', [0.5, Number.NaN], ['a', 'b']]) {
      assert.deepEqual(
        codes(preparePredictions(columnsOf([proba(bad, 0.5, 1)]), policy.model, BOTH, PINNED, true)),
        ['PROBABILITY_INVALID'],
        String(bad),
      );
    }
  });

  it('names the versions that rows name', () => {
    const { policy } = regressionPolicy(BAR);
    const raw = columnsOf([row(1), row(2, { challenger_version: '18.0', champion_version: null })]);
    assert.deepEqual(versionsNamed(raw, policy.model), { challenger: ['18'], champion: ['17'] });
  });
});

describe('labelOf', () => {
  it('does not depend on the spelling of a number', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })), (number) => {
        assert.equal(labelOf(number), labelOf(String(number)));
      }),
      { seed: 6 },
    );
    assert.equal(labelOf('9007199254740993'), '9007199254740993');
    assert.equal(labelOf('007'), '007');
    assert.equal(labelOf('True'), labelOf(true));
  });
});
