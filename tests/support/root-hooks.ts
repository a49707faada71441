import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beginTest, leaks } from './captured-output';

// Every temporary folder of a run lies in this one: tens of thousands of them would make each look into the machine's own folder slow.
const folder = mkdtempSync(join(tmpdir(), 'databricks-mlops-tests-'));
process.env['TMPDIR'] = folder;

// How whoever runs the tests has set up git (signed commits, hooks, the repository of the hook that called), a proxy or a workspace of theirs
// must not decide the tests.
const OF_THE_USER = /^(?:DATABRICKS_(?!MLOPS_)|MLFLOW_|GIT_(?:DIR|WORK_TREE|INDEX_FILE)$)/;
for (const name of Object.keys(process.env).filter((known) => OF_THE_USER.test(known))) {
  delete process.env[name];
}
process.env['GIT_CONFIG_GLOBAL'] = devNull;
process.env['GIT_CONFIG_NOSYSTEM'] = '1';
for (const name of ['NO_PROXY', 'no_proxy']) {
  process.env[name] = [process.env[name], '127.0.0.1', 'localhost'].filter(Boolean).join();
}

const environment = process.env;

/** After the last test of a run: no secret and no row of data in anything that the run's steps showed. */
export const mochaHooks = {
  beforeEach(this: Mocha.Context): void {
    beginTest(this.currentTest?.fullTitle() ?? '');
  },
  afterEach(): void {
    assert.equal(process.env, environment, 'a test has replaced process.env: see tests/support/kept-environment.ts');
  },
  afterAll(): void {
    const shown = leaks();
    assert.ok(shown.length === 0, `${shown.length} times secrets or rows of data were shown:\n${shown.join('\n')}`);
  },
};

// At the end of the process and not of the run: files that run in parallel have processes of their own.
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
