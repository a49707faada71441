import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isElsewhere, readSources } from '../../../../../local/pipelines/queue/sources';

describe('readSources', () => {
  let folder: string;
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.email=t@example.com', '-c', 'user.name=Tess', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sources-'));
    writeFileSync(join(folder, 'a.txt'), 'one');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const committed = () => {
    git('init', '-q', '-b', 'release/1.0');
    git('config', 'user.name', 'Tess');
    git('add', '.');
    git('commit', '-qm', 'A title\n\nA body');
  };

  it('knows branch, commit, title and user of a repository', () => {
    committed();
    assert.deepEqual(readSources(folder), {
      folder,
      branch: 'refs/heads/release/1.0',
      commit: git('rev-parse', 'HEAD'),
      message: 'A title',
      user: 'Tess',
      state: 'commit',
    });
  });

  it('takes the folders of the runs for no sources, whatever they are called', () => {
    const runs = join(folder, 'runs');
    const before = readSources(folder, [runs]).commit;
    mkdirSync(runs);
    writeFileSync(join(runs, 'run.json'), '{}');
    assert.equal(readSources(folder, [runs]).commit, before, 'without git the same files stay the same version');
    assert.notEqual(readSources(folder).commit, before);
    rmSync(runs, { recursive: true });
    committed();
    mkdirSync(runs);
    writeFileSync(join(runs, 'run.json'), '{}');
    assert.equal(readSources(folder, [runs]).state, 'commit');
    assert.equal(readSources(folder, [join(folder, '..', 'elsewhere')]).state, 'changed');
  });

  it('sees changed and new files, but not those of the runs themselves', () => {
    committed();
    mkdirSync(join(folder, '.mlops'));
    writeFileSync(join(folder, '.mlops', 'run.json'), '{}');
    assert.equal(readSources(folder).state, 'commit');
    mkdirSync(join(folder, 'part', '.mlops', 'runs'), { recursive: true });
    writeFileSync(join(folder, 'part', '.mlops', 'environments.yml'), 'environments: {}');
    writeFileSync(join(folder, 'part', '.mlops', 'runs', 'run.json'), '{}');
    assert.equal(readSources(folder).state, 'commit', 'the folder of a run that was called from below');
    writeFileSync(join(folder, 'b.txt'), 'new');
    assert.equal(readSources(folder).state, 'changed');
    rmSync(join(folder, 'b.txt'));
    writeFileSync(join(folder, 'a.txt'), 'two');
    assert.equal(readSources(folder).state, 'changed');
  });

  it('takes main for the branch where none is checked out', () => {
    committed();
    git('checkout', '-q', '--detach');
    assert.equal(readSources(folder).branch, 'refs/heads/main');
  });

  it('gives files without git a version by their contents', () => {
    const first = readSources(folder);
    assert.equal(first.state, 'unversioned');
    assert.match(first.commit, /^[0-9a-f]{40}$/);
    mkdirSync(join(folder, '.mlops'));
    writeFileSync(join(folder, '.mlops', 'run.json'), '{}');
    assert.equal(readSources(folder).commit, first.commit);
    writeFileSync(join(folder, 'a.txt'), 'two');
    assert.notEqual(readSources(folder).commit, first.commit);
  });

  it('takes a repository without a commit as files without git', () => {
    git('init', '-q');
    assert.equal(readSources(folder).state, 'unversioned');
  });

  it('tells a ref that is elsewhere from the one that is checked out', () => {
    committed();
    git('branch', 'same');
    git('commit', '-q', '--allow-empty', '-m', 'next');
    git('tag', 'v1');
    const sources = readSources(folder);
    assert.equal(isElsewhere(sources, 'refs/heads/same'), true);
    assert.equal(isElsewhere(sources, 'refs/tags/v1'), false);
    assert.equal(isElsewhere(sources, 'refs/heads/not-there'), false);
  });
});
