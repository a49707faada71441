import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { root } from '../support/declared';

/** What a copy of the repository does not need. */
const LEFT_OUT = new Set(['.git', 'node_modules', 'dist', 'dist.part', '.mlops']);

describe('npm run new-task', () => {
  let copy = '';

  before(() => {
    copy = mkdtempSync(join(tmpdir(), 'databricks-mlops-new-task-'));
    cpSync(root, copy, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir');
  });

  after(() => {
    rmSync(copy, { recursive: true, force: true });
  });

  function node(...args: string[]): void {
    const done = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
    assert.equal(done.status, 0, `${args.join(' ')}\n${done.stdout}${done.stderr}`);
  }

  it('writes a task that passes its own tests and every rule of the contract, compiles and builds', () => {
    node('scripts/new-task.mjs', 'DatabricksTaskOfTheTest');
    node(
      'node_modules/mocha/bin/mocha.js',
      'tests/contract/task-json.test.ts',
      'tests/contract/manifest.test.ts',
      'tests/contract/inputs-lock.test.ts',
      'tests/contract/reads-and-sets.test.ts',
      'tests/contract/documents.test.ts',
      'tests/package/icons.test.ts',
      'tests/unit/tasks/DatabricksTaskOfTheTest/run.test.ts',
    );
    node('scripts/build.mjs', 'DatabricksTaskOfTheTest');
    node(
      'node_modules/@biomejs/biome/bin/biome',
      'check',
      'tasks/DatabricksTaskOfTheTest',
      'tests/unit/tasks/DatabricksTaskOfTheTest',
    );
  });

  it('refuses a name that is none, or that is taken', () => {
    for (const name of ['listModels', 'DatabricksTaskOfTheTest']) {
      const done = spawnSync(process.execPath, ['scripts/new-task.mjs', name], { cwd: copy, encoding: 'utf8' });
      assert.notEqual(done.status, 0, name);
      assert.match(done.stderr, /Usage|there already/);
    }
  });
});
