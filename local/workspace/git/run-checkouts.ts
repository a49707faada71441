import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Workspace } from '../api';
import type { GitSource } from './git-source';
import { GitMirror } from './mirror';

/** The sources of a run on this machine. */
export interface GitCheckout {
  readonly folder: string;
  /** The commit that all tasks of the run use. */
  readonly commit: string;
}

interface Snapshot {
  readonly source: GitSource;
  readonly commit: string;
}

/**
 * The Git sources of runs: fetched when the first task wants them, in a folder of the run. A run keeps its commit, also when the branch moves
 * on, in retries and repairs; that the service does so in repairs is [U].
 */
export class RunCheckouts {
  readonly #snapshots;
  /** Under way or done, by run id. */
  readonly #checkouts = new Map<string, { readonly source: GitSource; readonly made: Promise<GitCheckout> }>();
  /** The last use of each repository, by address: the next one waits for it. */
  readonly #uses = new Map<string, Promise<unknown>>();
  readonly #stop = new AbortController();

  constructor(private readonly workspace: Workspace) {
    this.#snapshots = workspace.store.collection<Snapshot>('git-snapshots');
  }

  /** The commit that a run uses; undefined until its sources were fetched. */
  commitOf(runId: string): string | undefined {
    return this.#snapshots.get(runId)?.commit;
  }

  /** The next call tries again what failed, and fetches anew for another source (a repair takes the present one of the job). @throws GitCheckoutFailure */
  checkout(runId: string, source: GitSource): Promise<GitCheckout> {
    const known = this.#checkouts.get(runId);
    if (known !== undefined && isSame(known.source, source)) {
      return known.made;
    }
    const made = this.#inTurn(source.url, () => this.#make(runId, source));
    this.#checkouts.set(runId, { source, made });
    made.catch(() => this.#checkouts.delete(runId));
    return made;
  }

  /** Removes what is kept of a run. */
  async forget(runId: string): Promise<void> {
    this.#checkouts.delete(runId);
    this.#snapshots.remove(runId);
    await rm(this.#folder(runId), { recursive: true, force: true });
  }

  /** Ends what git does. */
  stop(): void {
    this.#stop.abort(new Error('The local workspace was stopped.'));
  }

  async #make(runId: string, source: GitSource): Promise<GitCheckout> {
    const { signal } = this.#stop;
    const folder = this.#folder(runId);
    const mirror = new GitMirror(path.join(this.workspace.folder, 'git', 'mirrors'), source);
    const kept = this.#snapshots.get(runId);
    const former = kept !== undefined && isSame(kept.source, source) ? kept.commit : undefined;
    if (former !== undefined && existsSync(folder)) {
      return { folder, commit: former };
    }
    const commit = former === undefined ? await mirror.resolve(signal) : await mirror.commit(former, signal);
    await mkdir(path.dirname(folder), { recursive: true });
    await rm(folder, { recursive: true, force: true });
    await mirror.write(commit, folder, signal);
    this.#snapshots.put(runId, { source, commit });
    return { folder, commit };
  }

  #inTurn<T>(url: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#uses.get(url) ?? Promise.resolve()).then(work, work);
    this.#uses.set(url, turn);
    return turn;
  }

  #folder(runId: string): string {
    return path.join(this.workspace.folder, 'git', 'runs', runId);
  }
}

function isSame(one: GitSource, other: GitSource): boolean {
  return (
    one.url === other.url && one.reference.kind === other.reference.kind && one.reference.name === other.reference.name
  );
}
