import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Counters } from '../../../../../local/pipelines/queue/counters';

describe('Counters', () => {
  it('begin at their seed, rise with each run, and are the same when a run asks again', () => {
    const counters = new Counters(mkdtempSync(join(tmpdir(), 'counters-')), '7');
    assert.deepEqual(
      [counters.next('1.0', 5, '1'), counters.next('1.0', 5, '2'), counters.next('1.0', 5, '1')],
      [5, 6, 5],
    );
  });

  it('are apart for each prefix, seed and pipeline', () => {
    const folder = mkdtempSync(join(tmpdir(), 'counters-'));
    const counters = new Counters(folder, '7');
    counters.next('a', 0, '1');
    assert.equal(counters.next('b', 0, '1'), 0);
    assert.equal(counters.next('a', 100, '1'), 100);
    assert.equal(new Counters(folder, '8').next('a', 0, '2'), 0);
    assert.equal(new Counters(folder, '7').next('a', 0, '2'), 1);
  });
});
