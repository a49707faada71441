import assert from 'node:assert/strict';
import fc from 'fast-check';
import { shareOf } from '../../../../../local/pipelines/page/log-budget';
import { costOf, type LogPart, logParts, splitLog } from '../../../../../local/pipelines/page/log-lines';

const whole = Number.POSITIVE_INFINITY;

function shownLines(parts: readonly LogPart[]): number {
  return parts.reduce(
    (sum, part) => sum + ('leftOut' in part ? part.leftOut : 'group' in part ? part.lines.length : 1),
    0,
  );
}

describe('lines of a log', () => {
  it('reads time, marks and folds, and takes out what only a terminal understands', () => {
    const log = [
      '2026-03-02T09:00:01.1234567Z ##[section]Starting',
      '2026-03-02T09:00:02.0000000Z ##[group]Install',
      '2026-03-02T09:00:03.0000000Z \u001b[31mred\u001b[0m \u001b]0;title\u0007text\u0008',
      '2026-03-02T09:00:03.0000000Z ##[endgroup]',
      'no time ##[error]not at the start',
      '##[error]broken',
      '##[unknown]stays',
      '',
    ].join('\n');
    assert.deepEqual(logParts(splitLog(log), whole), [
      { time: '09:00:01', kind: 'section', text: 'Starting' },
      { group: 'Install', lines: [{ time: '09:00:03', kind: 'text', text: 'red text' }] },
      { time: '', kind: 'text', text: 'no time ##[error]not at the start' },
      { time: '', kind: 'error', text: 'broken' },
      { time: '', kind: 'text', text: '##[unknown]stays' },
    ]);
  });

  it('takes out signs that turn the direction of a line, and separators that break it', () => {
    const [line] = logParts(['2026-03-02T09:00:03Z passed\u202e deliaf\u2066\u2028 here'], 1_000);
    assert.ok(line !== undefined && 'text' in line);
    assert.equal(line.text, 'passed deliaf here');
  });

  it('keeps beginning and end of a log that is too long, and says how many lines it left out', () => {
    const lines = Array.from({ length: 1000 }, (_, index) => `line ${index}`);
    const parts = logParts(lines, 5000);
    const cut = parts.find((part) => 'leftOut' in part);
    assert.ok(cut !== undefined && 'leftOut' in cut && cut.leftOut > 800);
    assert.equal(shownLines(parts), 1000);
    assert.deepEqual(parts[0], { time: '', kind: 'text', text: 'line 0' });
    assert.deepEqual(parts.at(-1), { time: '', kind: 'text', text: 'line 999' });
  });

  it('shortens a single line without parting a character', () => {
    const [part] = logParts(['x'.repeat(3999) + '😀'.repeat(100)], whole);
    assert.ok(part !== undefined && 'text' in part && /^x{3999} … \(200 more characters\)$/.test(part.text));
  });

  it('never costs more than its share', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 200 }), { maxLength: 100 }), fc.nat(8000), (lines, budget) => {
        const parts = logParts(lines, budget);
        const cut = parts.find((part) => 'leftOut' in part);
        const kept = lines.length - (cut !== undefined && 'leftOut' in cut ? cut.leftOut : 0);
        const smallest = [...lines].sort((a, b) => a.length - b.length).slice(0, kept);
        assert.ok(costOf(smallest) <= Math.max(budget, cut === undefined ? costOf(lines) : 0));
        assert.equal(cut === undefined, costOf(lines) <= budget);
      }),
      { seed: 21, numRuns: 300 },
    );
  });

  it('shares what a page has room for so that small logs stay whole', () => {
    assert.equal(shareOf([10, 20, 30], 100), whole);
    assert.equal(shareOf([10, 1000, 1000], 110), 50);
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { maxLength: 50 }), fc.nat(20_000), (costs, total) => {
        const share = shareOf(costs, total);
        assert.ok(costs.reduce((sum, cost) => sum + Math.min(cost, share), 0) <= total);
      }),
      { seed: 22, numRuns: 300 },
    );
  });
});
