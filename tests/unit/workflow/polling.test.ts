import assert from 'node:assert/strict';
import fc from 'fast-check';
import { durationText, pollingDelay } from '../../../src/workflow/polling';

const DAY_MS = 86_400_000;

/** Looks at something of this length until its end is seen. */
function lookAt(lengthMs: number, lookMs = 0): { lagMs: number; looks: number } {
  let now = 0;
  let looks = 1;
  while (now < lengthMs) {
    now += pollingDelay(now, lookMs) + lookMs;
    looks += 1;
  }
  return { lagMs: now - lookMs - lengthMs, looks };
}

describe('polling', () => {
  it('grows with the elapsed time within bounds', () => {
    assert.deepEqual(
      [0, 2_000, 50_000, 600_000, DAY_MS].map((elapsed) => pollingDelay(elapsed)),
      [250, 750, 1_500, 5_400, 30_000],
    );
  });

  it('never shrinks, and is always more than nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 * DAY_MS }), fc.integer({ min: 0, max: DAY_MS }), (elapsed, more) => {
        const [now, later] = [pollingDelay(elapsed), pollingDelay(elapsed + more)];
        assert.ok(now >= 250 && now <= later && later <= 30_000);
      }),
      { seed: 5, numRuns: 1_000 },
    );
  });

  it('sees the end of any length within 2 s or one hundredth of it, with a tenth of that to spare', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 * DAY_MS }), (length) => {
        assert.ok(lookAt(length).lagMs <= 0.9 * Math.max(2_000, length / 100));
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it('spends no more than half of the time on looks of up to a second and a half, and sees the end all the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_600_000 }), fc.integer({ min: 0, max: 1_500 }), (length, look) => {
        const { lagMs, looks } = lookAt(length, look);
        assert.ok(lagMs <= Math.max(2_000, length / 100));
        assert.ok((looks - 2) * look <= Math.max(length, 1) / 2 + look);
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it('looks less often than every ten seconds would, where a run is long', () => {
    assert.ok(lookAt(10 * 3_600_000).looks < 3_600 / 2);
  });

  it('writes durations as people read them', () => {
    assert.deepEqual([0, 12_400, 185_000, 3_725_000].map(durationText), ['0 s', '12 s', '3 min 05 s', '1 h 02 min']);
  });
});
