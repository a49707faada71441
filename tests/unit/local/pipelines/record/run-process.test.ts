import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdRun, processOf, RunHeld } from '../../../../../local/pipelines/record/run-process';

describe('holdRun', () => {
  it('names the living process of a run until it lets go', () => {
    const folder = mkdtempSync(join(tmpdir(), 'run-'));
    assert.equal(processOf(folder), undefined);
    const release = holdRun(folder);
    assert.equal(processOf(folder)?.pid, process.pid);
    release();
    assert.equal(processOf(folder), undefined);
  });

  it('lets one process at a time carry out a run, and takes over from one that was killed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'run-'));
    writeFileSync(join(folder, 'process.json'), JSON.stringify({ pid: process.pid, started: '1' }));
    const release = holdRun(folder);
    assert.throws(
      () => holdRun(folder),
      (error) => error instanceof RunHeld && error.pid === process.pid,
    );
    release();
    holdRun(folder)();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('does not count a process that was killed, even when its number belongs to another', () => {
    const folder = mkdtempSync(join(tmpdir(), 'run-'));
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    for (const identity of [
      { pid, started: '1' },
      { pid: process.pid, started: '1' },
    ]) {
      writeFileSync(join(folder, 'process.json'), JSON.stringify(identity));
      assert.equal(processOf(folder), undefined);
    }
  });
});
