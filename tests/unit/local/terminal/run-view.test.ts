import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { mock } from 'node:test';
import { runView } from '../../../../local/terminal/run-view';
import { jobRecord, recordedRun, stageRecord, stepRecord } from '../../../support/recorded-run';

const RUNNING = { state: 'inProgress', result: undefined, finishedAt: undefined } as const;

describe('runView', () => {
  let written: string;
  const stream = (more: object = {}) => {
    written = '';
    const made = new PassThrough();
    made.on('data', (chunk) => {
      written += chunk;
    });
    return Object.assign(made, more) as unknown as NodeJS.WriteStream;
  };

  it('writes a plain line when something begins or ends, elsewhere than on a terminal', () => {
    const view = runView(stream());
    const stage = stageRecord(1, 'unit', RUNNING);
    const step = stepRecord(2, { displayName: 'Test\u001b[2J' });
    view.begins(recordedRun('1').record);
    view.stageChanged(stage);
    view.stageChanged(stage);
    view.stepStarted(jobRecord(3), step);
    view.line(step, 'not shown');
    view.issue(step, 'error', 'It\nbroke.');
    view.stepFinished(jobRecord(3), step);
    view.stepFinished(jobRecord(3), stepRecord(4, { result: 'skipped', displayName: 'Skipped one' }));
    view.stepFinished(
      jobRecord(3),
      stepRecord(5, { result: 'skipped', displayName: 'No', message: 'It was withheld.' }),
    );
    view.stageChanged(stageRecord(1, 'unit', { result: 'failed', note: 'Because.' }));
    view.notice('Mind this.');
    view.end();
    assert.deepEqual(written.replace(/^ +\d+\.\d s {2}/gm, '').split('\n'), [
      '▸ unit',
      '    error Test: It broke.',
      '    ✓ Test in 10 s',
      '    ○ No: It was withheld.',
      '✗ unit: failed in 10 s. Because.',
      '! Mind this.',
      '',
    ]);
    assert.ok(!written.includes('\u001b'));
  });

  it('says once why a step failed, and calls the stage of a pipeline without stages as Azure DevOps heads its jobs', () => {
    const view = runView(stream());
    const issue = {
      type: 'error',
      message: 'It broke.',
      code: '',
      file: '',
      line: undefined,
      column: undefined,
    } as const;
    const step = stepRecord(2, { displayName: 'Test', result: 'failed', message: 'It broke.', issues: [issue] });
    view.begins(recordedRun('1').record);
    view.stageChanged(stageRecord(1, '__default', RUNNING));
    view.issue(step, 'error', 'It broke.');
    view.stepFinished(jobRecord(3), step);
    view.end();
    assert.deepEqual(written.replace(/^ +\d+\.\d s {2}/gm, '').split('\n'), [
      '▸ Jobs',
      '    error Test: It broke.',
      '    ✗ Test in 10 s',
      '',
    ]);
  });

  it('says what a step waits for: once for each phase, and with the last line of its log when it takes long', () => {
    const timers = mock.timers;
    timers.enable({ apis: ['setInterval', 'Date'], now: 0 });
    try {
      const view = runView(stream());
      const step = stepRecord(2, { displayName: 'Serve' });
      view.begins(recordedRun('1').record);
      view.stepStarted(jobRecord(3), step);
      view.line(step, '##[debug]Waiting for version\u001b[1m 3');
      view.meanwhile('Python environment: creating …');
      for (const count of [1, 2, 44]) {
        view.meanwhile(`Python environment: fetching packages, ${count} so far`);
      }
      timers.tick(60_000);
      view.meanwhile('Python environment: ready');
      timers.tick(60_000);
      view.end();
      assert.deepEqual(written.replace(/^ *(?:\d+ min )?\d+(?:\.\d)? s {2}/gm, '').split('\n'), [
        '    Python environment: creating …',
        '    Python environment: fetching packages, 1 so far',
        '… still running: Serve (Waiting for version 3), Python environment: fetching packages, 44 so far',
        '    Python environment: ready',
        '… still running: Serve (Waiting for version 3)',
        '',
      ]);
    } finally {
      timers.reset();
    }
  });

  it('draws the tree over itself on a terminal, and is still while somebody is asked', () => {
    const view = runView(stream({ isTTY: true, columns: 40, rows: 10 }));
    view.begins(recordedRun('1', { stages: [stageRecord(1, 'unit')] }).record);
    assert.match(written, /unit/);
    written = '';
    view.notice('Mind this.');
    assert.ok(written.startsWith('\r\u001b[1A'), JSON.stringify(written));
    assert.match(written, /Mind this\..*\n.*unit/);
    view.pause();
    written = '';
    view.notice('While asked.');
    assert.doesNotMatch(written, /unit|\[\d+A/);
    view.resume();
    view.end();
    assert.match(written, /unit/);
  });

  it('takes away all that it has drawn when the terminal has become narrower meanwhile', () => {
    const terminal = stream({ isTTY: true, columns: 60, rows: 10 });
    const view = runView(terminal);
    view.begins(recordedRun('1', { stages: [stageRecord(1, 'unit', { displayName: 'x'.repeat(50) })] }).record);
    written = '';
    Object.assign(terminal, { columns: 20 });
    view.notice('Mind this.');
    // Two spaces, a mark, a space and 50 signs take three lines of 20.
    assert.ok(written.startsWith('\r\u001b[3A'), JSON.stringify(written));
    view.end();
  });

  it('shows no colour where NO_COLOR is set', () => {
    const before = process.env['NO_COLOR'];
    process.env['NO_COLOR'] = '1';
    try {
      const view = runView(stream({ isTTY: true, columns: 40, rows: 10 }));
      view.begins(recordedRun('1', { stages: [stageRecord(1, 'unit')] }).record);
      view.end();
      assert.equal(/\[\d*m/.test(written), false);
    } finally {
      if (before === undefined) {
        delete process.env['NO_COLOR'];
      } else {
        process.env['NO_COLOR'] = before;
      }
    }
  });
});
