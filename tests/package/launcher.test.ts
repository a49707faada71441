import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../support/declared';

/** The command as npm links it: a committed file, so that it is there before the first build. */
describe('the launcher of the command line', () => {
  const launcher: string = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).bin['databricks-mlops'];
  let clone: string;

  beforeEach(() => {
    clone = mkdtempSync(join(tmpdir(), 'launcher-'));
    mkdirSync(join(clone, dirname(launcher)));
    cpSync(join(root, launcher), join(clone, launcher));
  });
  afterEach(() => rmSync(clone, { recursive: true, force: true }));

  const start = (...args: string[]) =>
    spawnSync(process.execPath, [join(clone, launcher), ...args], { encoding: 'utf8' });

  it('can be started', () => {
    assert.equal(statSync(join(root, launcher)).mode & 0o100, 0o100);
  });

  it('says in one line how to build when nothing is built', () => {
    const { status, stdout, stderr } = start('--help');
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, /^databricks-mlops is not built yet: [^\n]*'npm ci'[^\n]*'npm run build'[^\n]*\n$/);
  });

  it('hands its arguments and the exit code on to what is built', () => {
    mkdirSync(join(clone, 'dist', 'cli'), { recursive: true });
    writeFileSync(
      join(clone, 'dist', 'cli', 'databricks-mlops.js'),
      'console.log(process.argv.slice(2).join()); process.exit(3);',
    );
    const { status, stdout } = start('task', '--json');
    assert.deepEqual([status, stdout], [3, 'task,--json\n']);
  });
});
