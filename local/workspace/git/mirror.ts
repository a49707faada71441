import { createHash } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fetchFailure, filesFailure, gitIsMissing, referenceIsMissing } from './checkout-failure';
import { type GitResult, runGit } from './git-command';
import type { GitSource } from './git-source';

const FULL_HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;

/**
 * A bare copy of one repository that is kept between runs, so that a run fetches only what is new. Use it one after the other: git locks what
 * it writes and does not wait.
 */
export class GitMirror {
  /** Folder of the copy; the address is in its name by digest. */
  readonly #folder: string;

  constructor(
    parent: string,
    private readonly source: GitSource,
  ) {
    this.#folder = path.join(parent, createHash('sha256').update(source.url).digest('hex').slice(0, 32));
  }

  /**
   * The commit that the reference names now, fetched.
   * @throws GitCheckoutFailure without git, access, repository or reference
   */
  async resolve(signal: AbortSignal): Promise<string> {
    const { kind, name } = this.source.reference;
    await this.#open(signal);
    if (kind === 'commit') {
      return this.commit(name, signal);
    }
    const ref = `refs/${kind === 'branch' ? 'heads' : 'tags'}/${name}`;
    const fetched = await this.#fetch([`+${ref}:${ref}`], signal, '--depth=1');
    if (fetched.code !== 0) {
      throw /couldn't find remote ref/i.test(fetched.errors)
        ? referenceIsMissing(this.source)
        : fetchFailure(this.source, fetched.errors);
    }
    return (await this.#commitOf(ref, signal)) ?? this.#missing();
  }

  /**
   * A commit by its hash, fetched where it is not here yet.
   * @returns the whole hash
   * @throws GitCheckoutFailure when the repository does not have it
   */
  async commit(hash: string, signal: AbortSignal): Promise<string> {
    await this.#open(signal);
    const here = await this.#byHash(hash, signal);
    if (here !== undefined) {
      return here;
    }
    // Not every server gives out a commit by its hash, and none by a part of it: then all branches and tags are fetched.
    const alone = FULL_HASH.test(hash) ? await this.#fetch([hash], signal, '--depth=1') : undefined;
    if (alone?.code !== 0) {
      const isShallow = (await this.#git(['rev-parse', '--is-shallow-repository'], signal)).output.trim() === 'true';
      const all = await this.#fetch(
        ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'],
        signal,
        ...(isShallow ? ['--unshallow'] : []),
      );
      if (all.code !== 0) {
        throw fetchFailure(this.source, all.errors);
      }
    }
    return (await this.#byHash(hash, signal)) ?? this.#missing();
  }

  /** Writes the files of a commit that is here to a new folder; it appears whole or not at all. @throws GitCheckoutFailure */
  async write(commit: string, folder: string, signal: AbortSignal): Promise<void> {
    const part = `${folder}.part`;
    await rm(part, { recursive: true, force: true });
    await mkdir(part, { recursive: true });
    const index = { GIT_INDEX_FILE: `${part}.index` };
    try {
      for (const args of [
        ['read-tree', commit],
        [`--work-tree=${part}`, 'checkout-index', '--all', '--force', `--prefix=${part}/`],
      ]) {
        const { code, errors } = await this.#git(args, signal, index);
        if (code !== 0) {
          throw filesFailure(this.source, errors);
        }
      }
      await rename(part, folder);
    } finally {
      await rm(part, { recursive: true, force: true });
      await rm(index.GIT_INDEX_FILE, { force: true });
    }
  }

  async #open(signal: AbortSignal): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const { code, errors } = await this.#run(['init', '--quiet', '--bare', '--template=', this.#folder], signal);
    if (code !== 0) {
      throw filesFailure(this.source, errors);
    }
  }

  #fetch(refs: readonly string[], signal: AbortSignal, ...options: readonly string[]): Promise<GitResult> {
    return this.#git(
      [
        'fetch',
        '--quiet',
        '--no-tags',
        '--no-write-fetch-head',
        '--no-recurse-submodules',
        ...options,
        '--',
        this.source.url,
        ...refs,
      ],
      signal,
    );
  }

  /** A branch may be named as a part of a hash is written: what it leads to is not meant. */
  async #byHash(hash: string, signal: AbortSignal): Promise<string | undefined> {
    const found = await this.#commitOf(hash, signal);
    return found?.startsWith(hash.toLowerCase()) ? found : undefined;
  }

  /** Undefined when it is not here. */
  async #commitOf(name: string, signal: AbortSignal): Promise<string | undefined> {
    const { code, output } = await this.#git(['rev-parse', '--verify', '--quiet', `${name}^{commit}`], signal);
    return code === 0 ? output.trim().split('\n').at(-1) : undefined;
  }

  #git(args: readonly string[], signal: AbortSignal, more?: Readonly<Record<string, string>>): Promise<GitResult> {
    return this.#run([`--git-dir=${this.#folder}`, ...args], signal, more);
  }

  async #run(
    args: readonly string[],
    signal: AbortSignal,
    more?: Readonly<Record<string, string>>,
  ): Promise<GitResult> {
    try {
      return await runGit(args, signal, more);
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? gitIsMissing() : error;
    }
  }

  #missing(): never {
    throw referenceIsMissing(this.source);
  }
}
