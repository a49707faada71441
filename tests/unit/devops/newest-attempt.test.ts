import assert from 'node:assert/strict';
import fc from 'fast-check';
import { artifactNameOfAttempt } from '../../../src/agent/artifact';
import { newestAttempt } from '../../../src/devops/newest-attempt';
import { FakeHost } from '../../support/fake-host';

describe('newest attempt of an artifact', () => {
  it('takes the highest number, by number and not by text', () => {
    assert.equal(newestAttempt(['report'], 'report'), 'report');
    assert.equal(newestAttempt(['report', 'report-2'], 'report'), 'report-2');
    assert.equal(newestAttempt(['report-9', 'report-10', 'report', 'report-2'], 'report'), 'report-10');
    assert.equal(newestAttempt(['report-3'], 'report'), 'report-3');
  });

  it('takes nothing else for an attempt', () => {
    for (const other of [
      'Report',
      'report-1',
      'report-0',
      'report-02',
      'report-2a',
      'report-',
      'report2',
      'a-report',
      'report-2-3',
    ]) {
      assert.equal(newestAttempt([other], 'report'), undefined, other);
    }
    assert.equal(newestAttempt(['report-2', 'report-2-2'], 'report-2'), 'report-2-2');
    assert.equal(newestAttempt([], 'report'), undefined);
  });

  it('finds what the attempts of a step publish, whichever of them got so far', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Za-z][A-Za-z0-9._]{0,10}$/),
        fc.uniqueArray(fc.record({ stage: fc.integer({ min: 1, max: 30 }), job: fc.integer({ min: 1, max: 30 }) }), {
          minLength: 1,
          maxLength: 8,
          selector: ({ stage, job }) => Math.max(stage, job),
        }),
        (name, attempts) => {
          const published = attempts.map(({ stage, job }) => {
            const variables = { 'System.StageAttempt': String(stage), 'System.JobAttempt': String(job) };
            return { number: Math.max(stage, job), name: artifactNameOfAttempt(name, new FakeHost({ variables })) };
          });
          const newest = published.reduce((a, b) => (a.number > b.number ? a : b));
          assert.equal(
            newestAttempt(
              published.map((each) => each.name),
              name,
            ),
            newest.name,
          );
        },
      ),
      { seed: 4, numRuns: 200 },
    );
  });
});
