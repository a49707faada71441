import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commandLine } from '../command-line';
import { type FileSource, type RepositoryFiles, SourceError } from './expand/templates/file-source';

/**
 * Files of repositories that lie in folders. The pipeline's own are read as they lie. A mapped folder that is a git repository is read at the
 * `ref` of its resource, and a missing ref is an error; otherwise its files are read as they lie, which is said once.
 * @param folders folder by alias; `self` is the pipeline's own
 * @param notice takes one sentence for whoever runs this
 */
export function repositoryFolders(
  folders: ReadonlyMap<string, string>,
  notice: (sentence: string) => void,
): FileSource {
  const byAlias = new Map([...folders].map(([alias, folder]) => [alias.toLowerCase(), resolve(folder)]));
  const commits = new Map<string, string | undefined>();

  const commitOf = ({ alias, ref }: RepositoryFiles, folder: string): string | undefined => {
    if (commits.has(alias)) {
      return commits.get(alias);
    }
    const commit =
      alias !== 'self' && ref !== undefined && isGitRepository(folder) ? resolveRef(folder, ref, alias) : undefined;
    commits.set(alias, commit);
    if (alias !== 'self' && commit === undefined) {
      notice(
        `Repository '${alias}' is read as it lies in ${folder}${ref === undefined ? ', because its resource names no ref' : `, not at ${ref}, because the folder is no git repository`}.`,
      );
    }
    return commit;
  };

  return {
    knows: (alias) => byAlias.has(alias.toLowerCase()),
    read: (repository, path) => {
      const folder = byAlias.get(repository.alias.toLowerCase());
      if (folder === undefined) {
        return undefined;
      }
      const commit = commitOf(repository, folder);
      return commit === undefined ? readAsItLies(folder, path) : readAtCommit(folder, commit, path);
    },
  };
}

/** Whether a folder is the root of a git repository, with or without a working tree. */
export function isGitRepository(folder: string): boolean {
  return existsSync(join(folder, '.git')) || (existsSync(join(folder, 'HEAD')) && existsSync(join(folder, 'objects')));
}

/**
 * The commit of a branch, tag or commit id. A branch that exists only at the remote counts, as it does for the service.
 * @throws SourceError where there is no such ref
 */
export function resolveRef(folder: string, ref: string, alias: string): string {
  const branch = ref.replace(/^refs\/heads\//, '');
  for (const candidate of [ref, `refs/heads/${ref}`, `refs/tags/${ref}`, `refs/remotes/origin/${branch}`]) {
    const commit = tryGit(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${candidate}^{commit}`]);
    if (commit !== undefined) {
      return commit.trim();
    }
  }
  throw new SourceError(
    `Repository '${alias}' has no ref '${ref}' in ${folder}.`,
    `Fetch it there${howToMake(folder, ref)}, or correct ref in resources.repositories. A copy of the folder without .git is read as it lies.`,
  );
}

/** The command that makes a tag of what is checked out, as a clause; nothing for other refs and for names that no shell should be handed. */
function howToMake(folder: string, ref: string): string {
  const tag = /^refs\/tags\/(?!-)(\S+)$/.exec(ref)?.[1];
  const command = tag === undefined ? undefined : commandLine(['git', '-C', folder, 'tag', tag]);
  return command === undefined ? '' : `, give what is checked out that name (${command})`;
}

/** `undefined` when git says no with exit code 1, which is its definite answer; anything else is raised. */
function tryGit(folder: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { status, code } = error as { status?: number | null; code?: string };
    if (status === 1) {
      return undefined;
    }
    throw new SourceError(
      `git cannot read ${folder}${code === 'ENOENT' ? ': git is not installed' : ''}.`,
      'Check that the folder is a whole git repository.',
      { cause: error },
    );
  }
}

/** Only what `ls-tree` lists is there; a path is matched by git itself, so case counts. */
function readAtCommit(folder: string, commit: string, path: string): string | undefined {
  const listed = tryGit(folder, ['ls-tree', '-z', '--full-tree', commit, '--', path.slice(1)]) ?? '';
  const [, id = ''] = /^\d+ blob ([0-9a-f]+)\t/.exec(listed) ?? [];
  return id === '' ? undefined : tryGit(folder, ['cat-file', 'blob', id]);
}

/** Segment by segment, so that case counts also where the file system does not care. */
function readAsItLies(folder: string, path: string): string | undefined {
  let at = folder;
  for (const segment of path.split('/').filter((part) => part !== '')) {
    if (!isFolder(at) || !readdirSync(at).includes(segment)) {
      return undefined;
    }
    at = join(at, segment);
  }
  return isFolder(at) ? undefined : readFileSync(at, 'utf8');
}

function isFolder(path: string): boolean {
  return statSync(path).isDirectory();
}
