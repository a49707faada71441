import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../src/clock';
import { jsonOrUndefined } from '../../json-or-undefined';
import { HeldByProcess, holdFolder, ownProcess } from '../../workspace/held-folder';
import { isAlive, type ProcessIdentity } from '../../workspace/process-identity';
import type { LockBehavior } from '../plan/pipeline-plan';

/** How often somebody who waits looks again, in milliseconds. */
const LOOK_MS = 500;

/** A newer run waits for the same environment and takes the turn of this one (`lockBehavior: runLatest`). */
export class SupersededByNewerRun extends Error {
  override readonly name = 'SupersededByNewerRun';
}

interface Ticket {
  readonly runId: number;
  readonly process: ProcessIdentity;
}

/**
 * Exclusive locks of environments between the runs of this machine, as files: a ticket for each run that waits, a generation for each that holds.
 * Files of processes that have ended do not count.
 */
export class ExclusiveLocks {
  constructor(
    private readonly folder: string,
    private readonly clock: Clock,
  ) {}

  /**
   * Waits for the lock. With `sequential` runs take turns in the order of their ids; with `runLatest` only the newest that waits gets one.
   * @returns what gives it back
   * @throws the signal's reason; SupersededByNewerRun
   */
  async acquire(environment: string, runId: string, signal: AbortSignal, behavior: LockBehavior): Promise<() => void> {
    const folder = join(this.folder, encodeURIComponent(environment.toLowerCase()));
    mkdirSync(folder, { recursive: true });
    const own = join(folder, `${runId}-${randomUUID()}.waits`);
    const ticket = JSON.stringify({ runId: Number(runId), process: ownProcess() } satisfies Ticket);
    writeFileSync(`${own}.part`, ticket);
    renameSync(`${own}.part`, own);
    try {
      for (;;) {
        signal.throwIfAborted();
        const waiting = this.#waiting(folder);
        if (behavior === 'runLatest' && waiting.some((other) => other > Number(runId))) {
          throw new SupersededByNewerRun(`A newer run waits for environment '${environment}'.`);
        }
        const first = behavior === 'runLatest' || waiting.every((other) => other >= Number(runId));
        const release = first ? takeIfFree(folder) : undefined;
        if (release !== undefined) {
          return release;
        }
        await this.clock.sleep(LOOK_MS, signal);
      }
    } finally {
      rmSync(own, { force: true });
    }
  }

  #waiting(folder: string): number[] {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.waits'))
      .flatMap((name) => readTicket(join(folder, name)) ?? [])
      .map(({ runId }) => runId);
  }
}

/** `undefined` while another run holds the environment. */
function takeIfFree(folder: string): (() => void) | undefined {
  try {
    return holdFolder(folder);
  } catch (error) {
    if (error instanceof HeldByProcess) {
      return undefined;
    }
    throw error;
  }
}

/**
 * `undefined` for one that is gone, or whose process has ended: its file goes too. One that cannot be read is what a power failure left, as it appeared
 * under its name when it was whole.
 */
function readTicket(file: string): Ticket | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
  const ticket = jsonOrUndefined(text) as Ticket | undefined;
  if (ticket !== undefined && isAlive(ticket.process)) {
    return ticket;
  }
  rmSync(file, { force: true });
  return undefined;
}
