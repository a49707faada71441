import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { filesToUpload } from '../../../../local/bundle/files-to-upload';
import { TaskError } from '../../../../src/errors';

describe('the files of a bundle that go into the workspace', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'files-'));
    write('databricks.yml', 'src/train.py', 'data/größe 1.csv', '.env', '.mlops/local/state.bin', '.venv/bin/python');
    write('src/__pycache__/train.pyc', '.databricks/bundle/state.json');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function write(...names: string[]): void {
    for (const name of names) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), name);
    }
  }

  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args], { stdio: 'ignore' });

  it('are all that are no state and no cache where there is no repository, without links', () => {
    symlinkSync('/etc/hostname', join(folder, 'link'));
    assert.deepEqual(filesToUpload(folder), ['.env', 'data/größe 1.csv', 'databricks.yml', 'src/train.py']);
  });

  it('are those that git has or would take, never its own state nor what it ignores', () => {
    git('init');
    writeFileSync(join(folder, '.gitignore'), '.env\n*.log\n');
    write('src/a.log', 'src/gone.py');
    git('add', 'src/train.py', 'src/gone.py');
    rmSync(join(folder, 'src/gone.py'));
    assert.deepEqual(filesToUpload(folder), ['.gitignore', 'data/größe 1.csv', 'databricks.yml', 'src/train.py']);
  });

  it('are counted from the folder of the bundle where that lies deeper in the repository', () => {
    git('init');
    writeFileSync(join(folder, '.gitignore'), '*.csv\n');
    write('other/x.py');
    assert.deepEqual(filesToUpload(join(folder, 'src')), ['train.py']);
    assert.deepEqual(filesToUpload(join(folder, 'data')), []);
  });

  it('are all of a folder that its repository ignores as a whole, as that of an installed package', () => {
    git('init');
    writeFileSync(join(folder, '.gitignore'), '/src\n');
    assert.deepEqual(filesToUpload(join(folder, 'src')), ['train.py']);
  });

  it('are refused where there is a repository that git cannot read: what it ignores would go along', () => {
    mkdirSync(join(folder, '.git'));
    writeFileSync(join(folder, '.gitignore'), '.env\n');
    assert.throws(
      () => filesToUpload(join(folder, 'src')),
      (error) =>
        error instanceof TaskError && error.code === 'BUNDLE_INVALID' && /not a git repository/.test(error.message),
    );
  });
});
