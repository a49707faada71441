import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Of commits that tests make: the user of this machine has none to tell. */
const AUTHOR = ['-c', 'user.name=Test', '-c', 'user.email=test@example.test', '-c', 'commit.gpgSign=false'];

/**
 * A repository on this machine that git of this process finds under an address of a server: what `url.<base>.insteadOf` is for. Stop it to
 * forget the address.
 */
export class GitRepository {
  /** Address that jobs name. */
  readonly url: string;
  /** Holds the bare repository `bare.git`. */
  readonly folder = mkdtempSync(join(tmpdir(), 'repository-'));
  readonly #bare = join(this.folder, 'bare.git');
  readonly #work = join(this.folder, 'work');

  constructor(name = 'models') {
    this.url = `https://git.example.test/team/${name}.git`;
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', this.#bare]);
    execFileSync('git', ['init', '--quiet', '--initial-branch=main', this.#work]);
    const index = Number(process.env['GIT_CONFIG_COUNT'] ?? 0);
    process.env['GIT_CONFIG_COUNT'] = String(index + 1);
    process.env[`GIT_CONFIG_KEY_${index}`] = `url.${pathToFileURL(this.#bare).href}.insteadOf`;
    process.env[`GIT_CONFIG_VALUE_${index}`] = this.url;
  }

  /** Makes a commit with these files on a branch and pushes it. @returns its hash */
  commit(
    files: Readonly<Record<string, string | { readonly linkTo: string }>>,
    { branch = 'main', tag }: { branch?: string; tag?: string } = {},
  ): string {
    this.#git('checkout', '--quiet', '-B', branch);
    for (const [name, content] of Object.entries(files)) {
      const file = join(this.#work, name);
      mkdirSync(dirname(file), { recursive: true });
      if (typeof content === 'string') {
        writeFileSync(file, content);
      } else {
        symlinkSync(content.linkTo, file);
      }
    }
    this.#git('add', '--all');
    this.#git('commit', '--quiet', '--allow-empty', '-m', 'change');
    if (tag !== undefined) {
      this.#git('tag', '-m', tag, tag);
    }
    this.#git('push', '--quiet', '--force', '--tags', this.#bare, branch);
    return this.#git('rev-parse', 'HEAD').trim();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #git(...args: readonly string[]): string {
    return execFileSync('git', ['-C', this.#work, ...AUTHOR, ...args], { encoding: 'utf8' });
  }
}

/** Takes away the addresses that repositories of a test have got. */
export function forgetRepositories(): void {
  for (const name of Object.keys(process.env).filter((known) => known.startsWith('GIT_CONFIG_'))) {
    delete process.env[name];
  }
}
