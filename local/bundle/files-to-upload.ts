import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { TaskError } from '../../src/errors';
import { isSourceName } from '../not-sources';

/**
 * The files of a bundle that go into the workspace: what git has or would take, as the Databricks CLI does it, never what git ignores. A folder that
 * is in no repository, or that its repository ignores as a whole (an installed package), gives all its files. Neither state of git, of the local
 * run and of caches nor links are among them.
 * @throws TaskError BUNDLE_INVALID where there is a repository that git cannot read
 * @returns paths relative to `folder`, with `/`, in the order of their names
 */
export function filesToUpload(folder: string): readonly string[] {
  const names = namesOfGit(resolve(folder)) ?? namesBelow(folder);
  return names.filter((name) => name.split('/').every(isSourceName) && isFile(join(folder, name))).sort();
}

/** `undefined` where git has no say. */
function namesOfGit(folder: string): readonly string[] | undefined {
  if (!liesInRepository(folder)) {
    return undefined;
  }
  if (git(folder, ['check-ignore', '--quiet', '.'], [1]) !== undefined) {
    return undefined;
  }
  const listed = git(folder, ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', '.']);
  return [...new Set((listed ?? '').split('\0').filter((name) => name !== ''))];
}

function liesInRepository(folder: string): boolean {
  return existsSync(join(folder, '.git')) || (dirname(folder) !== folder && liesInRepository(dirname(folder)));
}

/**
 * @param no exit codes by which git says no: then the answer is `undefined`
 * @throws TaskError BUNDLE_INVALID where git cannot say: what it would ignore must not be uploaded for that
 */
function git(folder: string, args: readonly string[], no: readonly number[] = []): string | undefined {
  const { status, stdout, stderr, error } = spawnSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (status === 0) {
    return stdout;
  }
  if (status !== null && no.includes(status)) {
    return undefined;
  }
  const why = error === undefined ? stderr.trim() : error.message;
  throw new TaskError('BUNDLE_INVALID', `Git cannot say which files of ${folder} belong to its repository: ${why}`, {
    todo: 'Mend that, so that nothing is uploaded which the repository ignores.',
  });
}

/** Folders of no sources are not entered: an environment of Python has tens of thousands of files. */
function namesBelow(folder: string, below = folder): readonly string[] {
  return readdirSync(below, { withFileTypes: true })
    .filter(({ name }) => isSourceName(name))
    .flatMap((entry) => {
      const path = join(below, entry.name);
      return entry.isDirectory() ? namesBelow(folder, path) : [relative(folder, path).split(sep).join('/')];
    });
}

/** What is deleted and not yet committed is listed too, and a repository inside as its folder. */
function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
