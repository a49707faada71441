import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SourceError } from '../../../../local/pipelines/expand/templates/file-source';
import { repositoryFolders } from '../../../../local/pipelines/repository-folders';

describe('files of repositories in folders', () => {
  let folder: string;
  let notices: string[];

  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
  const source = () =>
    repositoryFolders(
      new Map([
        ['self', folder],
        ['Other', folder],
      ]),
      (sentence) => notices.push(sentence),
    );

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'repository-'));
    notices = [];
    mkdirSync(join(folder, 'x'));
    write('x/t.yml', 'first');
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Two commits, the first one tagged; then a file that nobody committed. */
  function twoCommits(): void {
    git('init', '-q', '-b', 'main');
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    git('tag', 'v1');
    git('tag', '-a', 'v1-annotated', '-m', 'v1');
    write('x/t.yml', 'second');
    write('x/new.yml', 'new');
    git('add', '.');
    git('commit', '-q', '-m', 'two');
    write('x/t.yml', 'uncommitted');
  }

  it('are read as they lie where the folder is no git repository, and this is said once', () => {
    const files = source();
    assert.equal(files.read({ alias: 'Other', ref: 'refs/tags/v1' }, '/x/t.yml'), 'first');
    assert.equal(files.read({ alias: 'Other', ref: 'refs/tags/v1' }, '/x/none.yml'), undefined);
    assert.deepEqual(notices, [
      `Repository 'Other' is read as it lies in ${folder}, not at refs/tags/v1, because the folder is no git repository.`,
    ]);
  });

  it('are read as they lie where the resource names no ref', () => {
    twoCommits();
    assert.equal(source().read({ alias: 'Other', ref: undefined }, '/x/t.yml'), 'uncommitted');
    assert.match(notices[0] ?? '', /names no ref/);
  });

  for (const ref of ['refs/tags/v1', 'v1', 'refs/tags/v1-annotated', 'v1-annotated']) {
    it(`are read at ${ref}`, () => {
      twoCommits();
      const files = source();
      assert.equal(files.read({ alias: 'Other', ref }, '/x/t.yml'), 'first');
      assert.equal(files.read({ alias: 'Other', ref }, '/x/new.yml'), undefined);
      assert.deepEqual(notices, []);
    });
  }

  for (const ref of ['main', 'refs/heads/main', 'HEAD']) {
    it(`are read at the commit of ${ref}, not as they lie`, () => {
      twoCommits();
      assert.equal(source().read({ alias: 'Other', ref }, '/x/t.yml'), 'second');
    });
  }

  it('are read at a commit id', () => {
    twoCommits();
    assert.equal(source().read({ alias: 'Other', ref: git('rev-parse', 'v1').trim() }, '/x/t.yml'), 'first');
  });

  it('are read at a branch that only the remote has', () => {
    twoCommits();
    git('update-ref', 'refs/remotes/origin/release', 'v1');
    assert.equal(source().read({ alias: 'Other', ref: 'refs/heads/release' }, '/x/t.yml'), 'first');
  });

  it('of the pipeline itself are read as they lie', () => {
    twoCommits();
    assert.equal(source().read({ alias: 'self', ref: undefined }, '/x/t.yml'), 'uncommitted');
    assert.deepEqual(notices, []);
  });

  it('are refused at a ref that is missing', () => {
    twoCommits();
    for (const ref of ['refs/tags/v9', '--help', 'v1:x']) {
      assert.throws(
        () => source().read({ alias: 'Other', ref }, '/x/t.yml'),
        (error) => error instanceof SourceError && error.message.includes(`has no ref '${ref}'`),
      );
    }
    const hintOf = (ref: string): string => {
      try {
        source().read({ alias: 'other', ref }, '/x/t.yml');
        return '';
      } catch (error) {
        return (error as SourceError).hint;
      }
    };
    assert.match(hintOf('refs/tags/v9'), /give what is checked out that name \(git -C \S+ tag v9\)/);
    assert.match(hintOf('refs/tags/v9'), /copy of the folder without \.git is read as it lies/);
    for (const ref of ['refs/tags/--force', 'refs/heads/x', 'refs/tags/a\u001bb']) {
      assert.ok(!hintOf(ref).includes('git -C'), ref);
    }
  });

  it('are no folders, and no files of another case', () => {
    twoCommits();
    const files = source();
    for (const [path, ref] of [
      ['/x', undefined],
      ['/X/t.yml', undefined],
      ['/x/T.yml', undefined],
      ['/x/t.yml/u', undefined],
      ['/x', 'v1'],
      ['/X/t.yml', 'v1'],
      ['/x/*.yml', 'v1'],
    ] as const) {
      assert.equal(
        repositoryFolders(new Map([['other', folder]]), () => undefined).read({ alias: 'other', ref }, path),
        undefined,
        path,
      );
    }
    assert.equal(files.knows('OTHER'), true);
    assert.equal(files.knows('third'), false);
  });

  it('are refused where the repository is broken', () => {
    mkdirSync(join(folder, '.git'));
    assert.throws(
      () => source().read({ alias: 'Other', ref: 'v1' }, '/x/t.yml'),
      (error) => error instanceof SourceError && error.message.startsWith('git cannot read'),
    );
  });
});
