import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { CheckRunRecord, StageRecord } from '../../../../local/pipelines/record/run-record';
import type { Paint } from '../../../../local/terminal/paint';
import { runTree } from '../../../../local/terminal/run-tree';
import { cellsOf } from '../../../../local/terminal/shown-text';
import { checkpointRecord, jobRecord, recordedRun, stageRecord, stepRecord } from '../../../support/recorded-run';

const same = (text: string) => text;
const plain: Paint = { bold: same, dim: same, green: same, yellow: same, red: same, cyan: same };
const RUNNING = { state: 'inProgress', result: undefined, finishedAt: undefined } as const;
const WAITING = { ...RUNNING, state: 'pending', startedAt: undefined } as const;
const now = Date.parse('2026-01-05T08:01:15Z');
const tree = (stages: readonly StageRecord[], size: { columns?: number; rows?: number } = {}) =>
  runTree(recordedRun('1', { stages: [...stages] }).record, {
    columns: size.columns ?? 80,
    rows: size.rows ?? 24,
    now,
    paint: plain,
    lastLine: () => 'last line',
  });

describe('runTree', () => {
  it('shows what goes on in full and the rest as one line a stage', () => {
    const done = stageRecord(1, 'unit', { jobs: [jobRecord(10, { steps: [stepRecord(11)] })] });
    const running = stageRecord(2, 'train', {
      ...RUNNING,
      jobs: [
        jobRecord(20, {
          ...RUNNING,
          steps: [
            stepRecord(21, { displayName: 'Check out' }),
            stepRecord(22, { ...RUNNING, displayName: 'Train', progress: { percent: 40, text: 'Fitting' } }),
            stepRecord(23, { ...WAITING, displayName: 'Later' }),
          ],
        }),
      ],
    });
    assert.deepEqual(tree([done, running, stageRecord(3, 'after', WAITING)]), [
      '  ✓ unit  10 s',
      '  ▸ train  1 min 05 s',
      '      ✓ Check out  10 s',
      '      ▸ Train  1 min 05 s  40 % Fitting',
      '  · after',
    ]);
  });

  it('shows the last line of a step that tells no progress, and the error of one that failed', () => {
    const error = {
      type: 'error',
      message: 'It broke.',
      code: '',
      file: '',
      line: undefined,
      column: undefined,
    } as const;
    const stage = (step: object) =>
      stageRecord(1, 's', { ...RUNNING, jobs: [jobRecord(10, { ...RUNNING, steps: [stepRecord(11, step)] })] });
    assert.match(tree([stage(RUNNING)])[1] ?? '', /▸ Step 11 {2}1 min 05 s {2}last line$/);
    assert.match(tree([stage({ result: 'failed', issues: [error] })])[1] ?? '', /✗ Step 11 {2}10 s {2}It broke\.$/);
  });

  it('says who is waited for', () => {
    const check = {
      id: 'c',
      kind: 'approval',
      resource: { type: 'environment', id: '1', name: 'prod' },
      status: 'pending',
      message: undefined,
      approval: { steps: [{ assignedApprover: { name: 'Ada' } }] },
    } as unknown as CheckRunRecord;
    assert.deepEqual(tree([stageRecord(1, 'gate', { ...WAITING, checkpoint: checkpointRecord(2, [check]) })]), [
      '  ? gate  waits for approval by Ada on prod',
    ]);
  });

  it('shows only the newest attempt of a stage', () => {
    assert.deepEqual(tree([stageRecord(1, 'a', { result: 'failed' }), stageRecord(2, 'a', { attempt: 2 })]), [
      '  ✓ a (attempt 2)  10 s',
    ]);
  });

  it('keeps what goes on when there is not room for all, and says what is cut', () => {
    const many = Array.from({ length: 200 }, (_, at) => stageRecord(at + 1, `s${at}`, at === 3 ? RUNNING : {}));
    const lines = tree(many, { rows: 10 });
    assert.equal(lines.length, 8);
    assert.ok(lines.some((line) => line.includes('▸ s3 ')));
    assert.equal(lines.at(-1), '  … 193 more lines');
  });

  it('stays within any terminal, whatever names and lines there are', () => {
    const name = fc.string({ unit: fc.constantFrom('世', '👍', '\u001b[2J', '\n', '\u202e', 'a', ' ', 'e\u0301') });
    void fc.assert(
      fc.property(
        fc.array(name, { maxLength: 30 }),
        fc.integer({ min: 12, max: 120 }),
        fc.integer({ min: 2, max: 40 }),
        (names, columns, rows) => {
          const steps = names.map((displayName, at) => stepRecord(at + 10, { ...RUNNING, displayName }));
          const jobs = [jobRecord(2, { ...RUNNING, displayName: names[0] ?? '', steps }), jobRecord(3, RUNNING)];
          const lines = tree([stageRecord(1, 's', { ...RUNNING, displayName: names.join(''), jobs })], {
            columns,
            rows,
          });
          assert.ok(lines.length < rows);
          for (const line of lines) {
            assert.doesNotMatch(line, /[\p{Cc}\p{Bidi_Control}]/u);
            assert.ok(cellsOf(line) < columns, `${cellsOf(line)} of ${columns}: ${line}`);
          }
        },
      ),
      { seed: 3, numRuns: 300 },
    );
  });
});
