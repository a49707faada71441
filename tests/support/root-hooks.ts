import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beginTest, leaks } from './captured-output';

// Every temporary folder of a run lies in this one: tens of thousands of them would make each look into the machine's own folder slow.
const folder = mkdtempSync(join(tmpdir(), 'databricks-mlops-tests-'));
process.env['TMPDIR'] = folder;

/** After the last test of a run: no secret and no row of data in anything that the run's steps showed. */
export const mochaHooks = {
  beforeEach(this: Mocha.Context): void {
    beginTest(this.currentTest?.fullTitle() ?? '');
  },
  afterAll(): void {
    const shown = leaks();
    assert.ok(shown.length === 0, `${shown.length} times secrets or rows of data were shown:\n${shown.join('\n')}`);
  },
};

// At the end of the process and not of the run: files that run in parallel have processes of their own.
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
