import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nearestName } from '../../src/nearest-name';

describe('nearestName', () => {
  for (const [name, known, expected] of [
    ['stagin', ['dev', 'staging', 'prod'], 'staging'],
    ['STAGING', ['staging'], 'staging'],
    ['dev', ['prod', 'test'], undefined],
    ['trian', ['train', 'trains'], 'train'],
    ['anything', [], undefined],
    ['', ['ab'], undefined],
    ['jobName', ['model', 'job', 'jobParameters'], 'job'],
    ['JOBPARAMETERS', ['model', 'job', 'jobParameters'], 'jobParameters'],
    ['colour', ['model', 'job', 'jobParameters'], undefined],
    ['in', ['main'], undefined],
    ['main.churn_training.fraud', ['main.churn_training.price'], undefined],
    [
      'main.churn_training.frad',
      ['main.churn_training.fraud', 'main.churn_training.price'],
      'main.churn_training.fraud',
    ],
    ['deb.ml.price', ['dev.ml.price'], 'dev.ml.price'],
    ['', ['w'], undefined],
    ['jbo', ['jab', 'job'], 'job'],
    ['abc', ['acd', 'bca'], undefined],
    ['branch', ['batch', 'branches'], 'branches'],
  ] as const) {
    it(`takes ${JSON.stringify(name)} of ${JSON.stringify(known)} for ${expected}`, () => {
      assert.equal(nearestName(name, known), expected);
    });
  }

  it('gives a known name or none, and each known name for itself', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string(), { maxLength: 8 }), (name, known) => {
        const near = nearestName(name, known);
        assert.ok(near === undefined || known.includes(near));
        if (name === '') {
          return;
        }
        const own = nearestName(name, [...known, name]);
        assert.equal(own?.toLowerCase(), name.toLowerCase());
      }),
      { seed: 17, numRuns: 1_000 },
    );
  });
});
