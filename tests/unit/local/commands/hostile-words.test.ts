import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const HOSTILE = 'price\u001B[31m\r##vso[task.complete result=Succeeded;]\n##[error]planted\u202E\u009B31m';

/** What people type wrong, and what is then quoted. */
const WRONG: readonly (readonly string[])[] = [
  [HOSTILE],
  ['task', HOSTILE],
  ['task', 'DatabricksRunWorkflow', `--${HOSTILE}`, 'x'],
  ['task', 'DatabricksRunWorkflow', '--json', '--runId', HOSTILE, '--action', HOSTILE],
  ['evaluate', '--policy', HOSTILE, '--predictions', HOSTILE],
  ['expand', HOSTILE],
  ['run', HOSTILE],
  ['run', `--${HOSTILE}`],
  ['run', '--retry', HOSTILE],
  ['workspace', HOSTILE],
  ['workspace', 'start', '--workspace', HOSTILE],
];

describe('databricks-mlops with hostile words', function () {
  this.timeout(120_000);

  for (const words of WRONG) {
    const shown = words.map((word) => (word.includes(HOSTILE) ? '…' : word)).join(' ');
    it(`quotes them so that none acts: ${shown}`, () => {
      const program = ['--import', 'tsx', join('local', 'cli.ts')];
      const { status, stdout, stderr } = spawnSync(process.execPath, [...program, ...words], { encoding: 'utf8' });
      assert.notEqual(status, 0);
      const said = `${stdout}\n${stderr}`;
      assert.ok(said.includes('price'), said);
      assert.doesNotMatch(said, /##(vso)?\[/);
      assert.ok(!/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u.test(said.replace(/[\t\n]/g, '')), JSON.stringify(said));
    });
  }
});
