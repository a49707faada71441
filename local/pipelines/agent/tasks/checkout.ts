import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve } from 'node:path';
import { isSource } from '../../../not-sources';
import type { RepositorySource } from '../job-request';
import { baseEnvironment } from '../step-environment';
import { StepFailure, type StepRun } from '../step-run';
import { runInStep } from './run-in-step';
import { declare, type StepTask, type TaskInputs, UNRESTRICTED } from './step-task';

/**
 * Checks out a repository: a commit of a git repository as a clone with a detached head, another folder as a copy.
 * One repository goes to `s`, several each to `s/<name>`, or where `path` says, below the workspace.
 * @param count checkouts of the job
 */
export function checkoutTask(count: number): StepTask {
  return {
    reference: 'checkout',
    runsOn: 'agent',
    restrictions: UNRESTRICTED,
    outputNames: new Set(),
    declared: declare({
      repository: 'self',
      clean: '',
      fetchDepth: '',
      fetchTags: '',
      fetchFilter: '',
      lfs: '',
      path: '',
      persistCredentials: '',
      submodules: '',
      sparseCheckoutDirectories: '',
      sparseCheckoutPatterns: '',
      workspaceRepo: '',
    }),
    displayName: (inputs) => `Checkout ${inputs.get('repository')}`,
    run: (step, inputs) => checkOut(step, inputs, count),
  };
}

async function checkOut(step: StepRun, inputs: TaskInputs, count: number): Promise<void> {
  const alias = inputs.get('repository') || 'self';
  const source = step.job.request.repositories.find((known) => known.alias.toLowerCase() === alias.toLowerCase());
  if (source === undefined) {
    throw new StepFailure(
      `Repository '${alias}' lies nowhere on this machine. Say where with --repository ${alias}=DIR.`,
    );
  }
  refuseUnknown(inputs);
  const target = targetOf(step, inputs, source, count);
  if (source.commit !== undefined && isGitRepository(source.folder)) {
    await cloneCommit(step, inputs, source.folder, source.commit, target);
  } else {
    await copyFolder(step, source, target);
  }
  if (alias.toLowerCase() === 'self' || count === 1) {
    step.job.variables.set('Build.Repository.LocalPath', target);
    if (count === 1) {
      step.job.variables.set('Build.SourcesDirectory', target);
      step.job.variables.set('System.DefaultWorkingDirectory', target);
    }
  }
}

/** What changes the content of a checkout and is not carried out here must not be passed over. */
function refuseUnknown(inputs: TaskInputs): void {
  for (const name of ['fetchFilter', 'sparseCheckoutDirectories', 'sparseCheckoutPatterns', 'lfs']) {
    if (!['', 'false'].includes(inputs.get(name).toLowerCase())) {
      throw new StepFailure(
        `checkout with '${name}' cannot be carried out on this machine. Leave it out for local runs.`,
      );
    }
  }
}

function targetOf(step: StepRun, inputs: TaskInputs, source: RepositorySource, count: number): string {
  const { workspace, sources } = step.job.folders;
  const path = inputs.get('path');
  const target =
    path !== ''
      ? resolve(workspace, path)
      : count > 1
        ? join(sources, source.name.split('/').at(-1) ?? source.alias)
        : sources;
  const below = relative(workspace, target);
  if (below.startsWith('..') || isAbsolute(below) || below === '') {
    throw new StepFailure(`The checkout path '${path}' leads out of the job's folder ${workspace}.`);
  }
  return target;
}

function isGitRepository(folder: string): boolean {
  return existsSync(join(folder, '.git')) || (existsSync(join(folder, 'HEAD')) && existsSync(join(folder, 'objects')));
}

async function cloneCommit(
  step: StepRun,
  inputs: TaskInputs,
  folder: string,
  commit: string,
  target: string,
): Promise<void> {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  if (!/^[0-9a-f]{40,64}$/.test(commit)) {
    throw new StepFailure(`'${commit}' is no id of a commit.`);
  }
  const depth = Number(inputs.get('fetchDepth') || 0);
  if (!Number.isInteger(depth) || depth < 0) {
    throw new StepFailure(`fetchDepth is '${inputs.get('fetchDepth')}', not a whole number from 0 on.`);
  }
  const repository = resolve(folder);
  await git(step, target, ['init', '--quiet']);
  await git(step, target, ['remote', 'add', 'origin', repository]);
  await git(step, target, [
    '-c',
    // The commit of a run may be on no branch any more.
    'protocol.version=2',
    'fetch',
    '--quiet',
    inputs.isTrue('fetchTags') ? '--tags' : '--no-tags',
    ...(depth > 0 ? [`--depth=${depth}`] : []),
    '--upload-pack=git -c uploadpack.allowAnySHA1InWant=true upload-pack',
    `file://${repository}`,
    commit,
  ]);
  await git(step, target, ['-c', 'advice.detachedHead=false', 'checkout', '--quiet', '--detach', commit]);
  if (!['', 'false'].includes(inputs.get('submodules').toLowerCase())) {
    const recursive = inputs.get('submodules').toLowerCase() === 'recursive' ? ['--recursive'] : [];
    await git(step, target, ['submodule', 'update', '--init', ...recursive]);
  }
  step.print(`Checked out ${commit} of ${basename(repository)}.`);
}

async function git(step: StepRun, cwd: string, args: readonly string[]): Promise<void> {
  const { exitCode } = await runInStep(step, {
    command: 'git',
    args,
    cwd,
    env: { ...baseEnvironment(step), GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1' },
    // What git says is shown and never read for commands: names of branches and files are anybody's.
    onLine: (line) => step.print(line),
  });
  if (exitCode !== 0) {
    throw new StepFailure(
      `git ${args.find((arg) => !arg.startsWith('-') && !arg.includes('='))} ended with exit code ${exitCode ?? 'none'}.`,
    );
  }
}

/** A copy of the files as they lie; existing files are replaced. */
async function copyFolder(step: StepRun, { folder, leftOut = [] }: RepositorySource, target: string): Promise<void> {
  if (!existsSync(folder)) {
    throw new StepFailure(`The folder ${folder} of the repository does not exist.`);
  }
  await rm(target, { recursive: true, force: true });
  await copySources(folder, target, leftOut);
  step.print(`Copied ${folder} as it lies.`);
}

/** By hand: Node.js copies no folder in which the copy itself lies, although what is left out has it. */
async function copySources(folder: string, target: string, leftOut: readonly string[]): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const [from, to] = [join(folder, entry.name), join(target, entry.name)];
    if (!isSource(from, leftOut)) {
      continue;
    }
    if (entry.isDirectory()) {
      await copySources(from, to, leftOut);
    } else {
      await cp(from, to, { verbatimSymlinks: true });
    }
  }
}
