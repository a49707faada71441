import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError } from '../../../../local/commands/command-error';
import { expand } from '../../../../local/commands/expand';

describe('databricks-mlops expand', () => {
  let folder: string;

  const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'local/cli.ts', 'expand', ...args], { encoding: 'utf8' });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'expand-'));
    for (const path of ['app', 'app/pipelines', 'templates', 'app/.git']) {
      mkdirSync(join(folder, path));
    }
    write(
      'app/pipelines/build.yml',
      'parameters:\n- name: word\n- name: more\n  type: object\n  default: []\nresources:\n  repositories:\n  - repository: shared\n    type: git\n    name: p/r\n    ref: refs/tags/v1\nsteps:\n- template: /top.yml\n- template: t.yml@shared\n  parameters: {w: "${{ parameters.word }}"}\n- ${{ each m in parameters.more }}:\n  - script: ${{ m }} ${{ variables[\'Build.Reason\'] }}\n',
    );
    write('app/top.yml', 'steps:\n- script: top\n');
    write('templates/t.yml', 'parameters:\n- name: w\nsteps:\n- script: ${{ parameters.w }}\n');
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('prints the pipeline, with everything given', () => {
    const { status, stdout, stderr } = run(
      join(folder, 'app/pipelines/build.yml'),
      '--repository',
      `shared=${join(folder, 'templates')}`,
      '--parameter',
      'word=a=b',
      '--parameter',
      'more=["x", "y"]',
      '--variable',
      'Build.Reason=Schedule',
    );
    assert.equal(status, 0, stderr);
    assert.deepEqual(stdout.match(/script: .*/g), [
      'script: top',
      'script: a=b',
      'script: x Schedule',
      'script: y Schedule',
    ]);
    assert.match(stderr, /^Repository 'shared' is read as it lies .* no git repository\.\n$/);
  });

  it('reads a repository at its ref, and fails where there is none', () => {
    const git = (...args: string[]) =>
      execFileSync(
        'git',
        ['-C', join(folder, 'templates'), '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args],
        { stdio: 'pipe' },
      );
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    const args = [
      join(folder, 'app/pipelines/build.yml'),
      '--repository',
      `shared=${join(folder, 'templates')}`,
      '--parameter',
      'word=w',
    ];
    const missing = run(...args);
    assert.equal(missing.status, 1);
    assert.equal(missing.stdout, '');
    assert.match(
      missing.stderr,
      /^Repository 'shared' has no ref 'refs\/tags\/v1' in .*\. At pipelines\/build\.yml:14:13\. Fetch it there/,
    );
    git('tag', 'v1');
    write('templates/t.yml', 'not: read\n');
    assert.match(run(...args).stdout, /script: w\n/);
  });

  it('says what is wrong, where, by which includes, and what to do', () => {
    write('templates/t.yml', 'parameters:\n- name: w\nsteps:\n- scrip: ${{ parameters.w }}\n');
    const { status, stdout, stderr } = run(
      join(folder, 'app/pipelines/build.yml'),
      '--repository',
      `shared=${join(folder, 'templates')}`,
      '--parameter',
      'word=w',
    );
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.ok(
      stderr.endsWith(
        "'scrip' does not belong into step. At t.yml@shared:4:3, included from pipelines/build.yml:14:13. Did you mean script?\n",
      ),
      stderr,
    );
  });

  for (const [title, args, part] of [
    ['no file', [], 'expand takes one file'],
    ['two files', ['a.yml', 'b.yml'], 'expand takes one file'],
    ['an unknown option', ['a.yml', '--nope'], "Unknown option '--nope'"],
    ['an option without =', ['a.yml', '--parameter', 'x'], '--parameter x: write name=value'],
    ['a folder that is not there', ['a.yml', '--repository', 'r=/no/such/folder'], 'there is no such folder'],
  ] as const) {
    it(`takes ${title} as wrong usage`, async () => {
      await assert.rejects(expand(args), (error) => error instanceof CommandError && error.message.includes(part));
    });
  }

  it('exits with 2 for wrong usage', () => {
    assert.equal(run().status, 2);
  });

  it('fails with 1 for a file that is not there', () => {
    const { status, stderr } = run(join(folder, 'none.yml'));
    assert.equal(status, 1);
    assert.match(stderr, /^There is no file 'none\.yml' in repository 'self'\./);
  });

  it('explains itself', () => {
    const { status, stdout } = run('--help');
    assert.equal(status, 0);
    assert.match(stdout, /--repository alias=DIR/);
  });
});
