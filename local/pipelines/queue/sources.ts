import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { userInfo } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import { isSource } from '../../not-sources';
import { isGitRepository } from '../repository-folders';

/** The pipeline's own repository as it is when a run is queued. */
export interface Sources {
  readonly folder: string;
  /** Full ref of what is checked out; `refs/heads/main` where there is no git. */
  readonly branch: string;
  /** 40 hex digits: of the commit, or where there is no git of what lies there. */
  readonly commit: string;
  readonly message: string;
  /** Who works here: git's user name, else that of the machine. */
  readonly user: string;
  /** `commit`: the files are those of the commit. `changed`: some are not. `unversioned`: the folder is no git repository. */
  readonly state: 'commit' | 'changed' | 'unversioned';
}

/**
 * @param folder root of the repository
 * @param leftOut absolute paths that count as no sources: the runs themselves, the state of local workspaces
 */
export function readSources(folder: string, leftOut: readonly string[] = []): Sources {
  const head = isGitRepository(folder) ? git(folder, ['rev-parse', '--verify', '--quiet', 'HEAD']) : undefined;
  if (head === undefined) {
    return {
      folder,
      branch: 'refs/heads/main',
      commit: digestOfFolder(folder, leftOut),
      message: '',
      user: userInfo().username,
      state: 'unversioned',
    };
  }
  const excluded = leftOut
    .map((path) => relative(folder, path))
    .filter((path) => path !== '' && !path.startsWith('..') && !isAbsolute(path))
    .map((path) => `:(exclude,literal)${path}`);
  // Wherever the command was called: its folder lies below the one it was called in.
  const own = ':(exclude,glob)**/.mlops/**';
  const changes = git(folder, ['status', '--porcelain', '--untracked-files=normal', '--', '.', own, ...excluded]);
  return {
    folder,
    branch: git(folder, ['symbolic-ref', '--quiet', 'HEAD']) ?? 'refs/heads/main',
    commit: head,
    message: git(folder, ['log', '-1', '--format=%s']) ?? '',
    user: git(folder, ['config', 'user.name']) ?? userInfo().username,
    state: changes === undefined || changes === '' ? 'commit' : 'changed',
  };
}

/** Whether a ref of the repository names another commit than the one that is checked out. */
export function isElsewhere({ folder, commit, state }: Sources, ref: string): boolean {
  const found =
    state === 'unversioned' ? undefined : git(folder, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
  return found !== undefined && found !== commit;
}

/** `undefined` where git has no answer: there is no branch, no commit, no name, or no git on this machine. */
function git(folder: string, args: readonly string[]): string | undefined {
  try {
    const answer = execFileSync('git', ['-C', folder, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64 * 1024 * 1024,
    });
    return answer.trim() === '' ? undefined : answer.trim();
  } catch (error) {
    const { status, code } = error as { status?: number | null; code?: string };
    if (typeof status === 'number' || code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/** SHA-1 over names and contents, so that the same files are the same version. */
function digestOfFolder(folder: string, leftOut: readonly string[]): string {
  const digest = createHash('sha1');
  const visit = (path: string): void => {
    const entries = readdirSync(join(folder, path), { withFileTypes: true });
    for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
      const name = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) {
        if (isSource(join(folder, name), leftOut)) {
          visit(name);
        }
      } else if (entry.isFile()) {
        digest.update(`${name}\0`).update(readFileSync(join(folder, name)));
      } else if (entry.isSymbolicLink()) {
        digest.update(`${name}\0`).update(readlinkSync(join(folder, name)));
      }
    }
  };
  visit('');
  return digest.digest('hex');
}
