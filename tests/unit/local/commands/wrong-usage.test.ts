import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const TSX = pathToFileURL(createRequire(__filename).resolve('tsx')).href;

describe('wrong usage of a task at a terminal', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'usage-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [what, args, code, said] of [
    ['an input that is missing', [], 2, /INPUT_REQUIRED: Input 'job' is required\. Give --job VALUE\./],
    ['a choice that is none', ['--action', 'foo'], 2, /INPUT_INVALID: Input 'action' must be one of run, /],
    [
      'a line that is no pair',
      ['--job', 'j', '--downloads', 'x'],
      2,
      /'downloads' cannot be read: .* not 'remote=local'/,
    ],
    ['no workspace, which is no usage', ['--job', 'j'], 1, /WORKSPACE_URL_REQUIRED/],
  ] as const) {
    it(`exits ${code} for ${what}, and says it once`, () => {
      const program = [resolve('local/cli.ts'), 'task', 'DatabricksRunWorkflow', ...args];
      const { PATH = '' } = process.env;
      const end = spawnSync(process.execPath, ['--import', TSX, ...program], {
        cwd: folder,
        env: { PATH, NO_COLOR: '1' },
        encoding: 'utf8',
      });
      assert.equal(end.status, code, end.stdout + end.stderr);
      assert.match(end.stderr, said);
      assert.doesNotMatch(end.stdout, said);
      assert.doesNotMatch(end.stdout, /is required|must be one of|cannot be read|which workspace is meant/);
    });
  }
});
