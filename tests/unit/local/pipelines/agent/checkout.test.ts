import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RepositorySource } from '../../../../../local/pipelines/agent/job-request';
import { runTestJob, scriptStep, taskStep } from '../../../../support/agent-job';

const CHECKOUT = '6d15af64-176c-496d-b583-fd2ae21d4df4@1';
const SHOW = scriptStep(': 1\npwd; ls', { name: 'show' });

function git(folder: string, ...args: readonly string[]): string {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', ['-C', folder, ...who, ...args], { encoding: 'utf8' }).trim();
}

/** A git repository with two commits on main, and the files of neither in its folder. */
function gitRepository(): { folder: string; first: string; second: string } {
  const folder = mkdtempSync(join(tmpdir(), 'repository-'));
  git(folder, 'init', '--quiet', '--initial-branch=main');
  writeFileSync(join(folder, 'a.txt'), 'first');
  git(folder, 'add', '.');
  git(folder, 'commit', '--quiet', '-m', 'one');
  const first = git(folder, 'rev-parse', 'HEAD');
  writeFileSync(join(folder, 'a.txt'), 'second');
  git(folder, 'commit', '--quiet', '-a', '-m', 'two');
  const second = git(folder, 'rev-parse', 'HEAD');
  writeFileSync(join(folder, 'a.txt'), 'changed and not committed');
  return { folder, first, second };
}

function source(folder: string, more: Partial<RepositorySource> = {}): RepositorySource {
  return { alias: 'self', name: 'sample', folder, commit: undefined, ref: 'refs/heads/main', ...more };
}

describe('checkout', () => {
  it('of self is the first step of a job that says nothing', async () => {
    const { folder, second } = gitRepository();
    const job = await runTestJob({
      checksOut: true,
      repositories: [source(folder, { commit: second })],
      steps: [scriptStep(': 1\ncat a.txt; echo; git status --porcelain --branch; git rev-parse HEAD')],
    });
    assert.equal(job.record.steps[0]?.displayName, 'Checkout self');
    assert.equal(job.outcome.result, 'succeeded', job.lines.join('\n'));
    assert.deepEqual(
      ['second', '## HEAD (no branch)', second].filter((line) => !job.lines.includes(line)),
      [],
    );
  });

  it('takes the commit of the run, with its history or as much as is asked', async () => {
    const { folder, first, second } = gitRepository();
    const old = await runTestJob({
      checksOut: true,
      repositories: [source(folder, { commit: first })],
      steps: [SHOW, scriptStep(': 1\ncat a.txt; echo')],
    });
    assert.ok(old.lines.includes('first'));
    const count = (depth: string) =>
      runTestJob({
        checksOut: true,
        repositories: [source(folder, { commit: second })],
        steps: [
          taskStep(CHECKOUT, { repository: 'self', fetchDepth: depth }),
          scriptStep(': 1\necho "commits $(git rev-list --count HEAD)"'),
        ],
      });
    assert.ok((await count('1')).lines.includes('commits 1'));
    assert.ok((await count('0')).lines.includes('commits 2'));
  });

  it('takes a commit that is on no branch any more', async () => {
    const { folder, first, second } = gitRepository();
    git(folder, 'reset', '--quiet', '--hard', first);
    const job = await runTestJob({
      checksOut: true,
      repositories: [source(folder, { commit: second })],
      steps: [scriptStep(': 1\ncat a.txt; echo')],
    });
    assert.ok(job.lines.includes('second'), job.lines.join('\n'));
  });

  it('copies a folder that is no git repository, without what belongs to this machine', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'folder-'));
    for (const name of ['.mlops', 'node_modules', 'src', 'src/node_modules']) {
      mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(join(folder, name, 'file'), name);
    }
    const job = await runTestJob({ checksOut: true, repositories: [source(folder)], steps: [SHOW] });
    const sources = join(job.folder, 'work', '1', 's');
    assert.deepEqual(readdirSync(sources), ['src']);
    assert.deepEqual(readdirSync(join(sources, 'src')), ['file']);
    assert.equal(readFileSync(join(folder, '.mlops', 'file'), 'utf8'), '.mlops');
  });

  it('leaves out what it is told, such as the folder in which the runs themselves lie', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'folder-'));
    mkdirSync(join(folder, 'deep', 'runs'), { recursive: true });
    writeFileSync(join(folder, 'deep', 'runs', 'run.json'), '{}');
    writeFileSync(join(folder, 'deep', 'kept.txt'), 'kept');
    const job = await runTestJob({
      checksOut: true,
      repositories: [source(folder, { leftOut: [join(folder, 'deep', 'runs')] })],
      steps: [scriptStep(': 1\nfind . -type f')],
    });
    assert.ok(job.lines.includes('./deep/kept.txt'), job.lines.join('\n'));
    assert.ok(!job.lines.some((line) => line.includes('run.json')));
  });

  it('copies a folder in which the job itself lies, at any depth', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'folder-'));
    const runs = join(folder, 'deep', 'runs');
    mkdirSync(runs, { recursive: true });
    writeFileSync(join(folder, 'deep', 'kept.sh'), 'echo kept', { mode: 0o755 });
    symlinkSync('kept.sh', join(folder, 'deep', 'link.sh'));
    mkdirSync(join(folder, 'empty'));
    const job = await runTestJob({
      checksOut: true,
      inFolder: runs,
      repositories: [source(folder, { leftOut: [runs] })],
      steps: [scriptStep(': 1\nfind . | sort; deep/kept.sh; readlink deep/link.sh')],
    });
    assert.equal(job.outcome.result, 'succeeded', job.lines.join('\n'));
    assert.deepEqual(
      job.lines.filter((line) => line.startsWith('./') || line.startsWith('kept')),
      ['./deep', './deep/kept.sh', './deep/link.sh', './empty', 'kept', 'kept.sh'],
    );
  });

  it('does not happen with none, nor in a deployment job', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'folder-'));
    writeFileSync(join(folder, 'file'), '');
    const none = await runTestJob({ repositories: [source(folder)], steps: [SHOW] });
    assert.ok(!existsSync(join(none.folder, 'work', '1', 's', 'file')));
    const deployment = await runTestJob({
      checksOut: true,
      deployment: true,
      repositories: [source(folder)],
      steps: [SHOW],
    });
    assert.deepEqual(
      deployment.record.steps.map(({ name }) => name),
      ['show'],
    );
  });

  it('of several repositories goes to folders of their names', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'folder-'));
    writeFileSync(join(folder, 'file'), '');
    const job = await runTestJob({
      checksOut: true,
      repositories: [source(folder), source(folder, { alias: 'templates', name: 'project/mlops-templates' })],
      steps: [taskStep(CHECKOUT, { repository: 'self' }), taskStep(CHECKOUT, { repository: 'templates' }), SHOW],
    });
    const sources = join(job.folder, 'work', '1', 's');
    assert.deepEqual(readdirSync(sources).sort(), ['mlops-templates', 'sample']);
    assert.ok(job.lines.includes(sources));
  });

  it('goes where path says, and later steps run there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'folder-'));
    const job = await runTestJob({
      checksOut: true,
      repositories: [source(folder)],
      steps: [taskStep(CHECKOUT, { repository: 'self', path: 's/own' }), SHOW],
    });
    assert.ok(job.lines.includes(join(job.folder, 'work', '1', 's', 'own')));
  });

  for (const [inputs, expected] of [
    [{ repository: 'self', path: '../../elsewhere' }, /leads out of the job's folder/],
    [{ repository: 'self', path: '.' }, /leads out of the job's folder/],
    [
      { repository: 'others' },
      /Repository 'others' lies nowhere on this machine. Say where with --repository others=DIR/,
    ],
    [{ repository: 'self', fetchFilter: 'blob:none' }, /'fetchFilter' cannot be carried out/],
  ] as const) {
    it(`refuses ${JSON.stringify(inputs)}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'folder-'));
      const job = await runTestJob({
        checksOut: true,
        repositories: [source(folder)],
        steps: [taskStep(CHECKOUT, inputs, { name: 'out' })],
      });
      assert.equal(job.step('out').result, 'failed');
      assert.match(job.step('out').message, expected);
    });
  }

  it('refuses a commit that is no id, so that nothing of it reaches git', async () => {
    const { folder } = gitRepository();
    const job = await runTestJob({
      checksOut: true,
      repositories: [source(folder, { commit: '--upload-pack=touch /tmp/x' })],
      steps: [scriptStep(': 1')],
    });
    assert.equal(job.step('checkout').message, "'--upload-pack=touch /tmp/x' is no id of a commit.");
  });
});
