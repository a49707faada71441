import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../src/clock';
import { isAlive, type ProcessIdentity, processIdentity } from '../../workspace/process-identity';
import type { LockBehavior } from '../plan/pipeline-plan';
import { appearsOnce } from '../record/appears-once';

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
        const holder = first ? takeNext(folder, ticket) : undefined;
        if (holder !== undefined) {
          return () => truncateSync(holder);
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

/**
 * Takes the generation after the last one, if that has ended. The file of a generation is never taken away, only emptied when it is given back:
 * whoever looked a moment ago finds it, so that of two that try only one succeeds.
 * @returns the file of the holder
 */
function takeNext(folder: string, ticket: string): string | undefined {
  const generations = readdirSync(folder)
    .filter((name) => name.endsWith('.holds'))
    .map((name) => Number.parseInt(name, 10));
  const last = Math.max(0, ...generations);
  if (last > 0 && readTicket(join(folder, `${last}.holds`)) !== undefined) {
    return undefined;
  }
  const part = join(folder, `${process.pid}.part`);
  const holder = join(folder, `${last + 1}.holds`);
  writeFileSync(part, ticket);
  try {
    return appearsOnce(part, holder) ? holder : undefined;
  } finally {
    rmSync(part);
  }
}

/** `undefined` for one that was given back, whose process has ended, or that is gone. */
function readTicket(file: string): Ticket | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    if (text === '') {
      return undefined;
    }
    const ticket = JSON.parse(text) as Ticket;
    return isAlive(ticket.process) ? ticket : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

function ownProcess(): ProcessIdentity {
  const identity = processIdentity(process.pid);
  if (identity === undefined) {
    throw new Error(`process ${process.pid} cannot read its own start time`);
  }
  return identity;
}
