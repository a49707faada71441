import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../../src/clock';
import { processIdentity } from '../process-identity';

const HEARTBEAT_MS = 5_000;
/** A holder of another host (a shared home folder) counts as dead after so long without a heartbeat. */
const SILENT_MS = 60_000;
const HOST = shortDigest(hostname());

/**
 * Runs `body` while no other process on this cache folder runs under the same lock.
 *
 * Each holder has a file of its own, `<pid>.<host>.<start of the process>.<random>`, so that clearing away what a dead process left can never remove
 * the lock of a living one. Who wants the lock looks for living files, adds its own, and looks again: of two that came at once at
 * least one sees the other and steps back.
 * @param folder folder of the lock, made when missing
 * @param onWait called once when somebody else holds it
 */
export async function withFolderLock<T>(
  folder: string,
  clock: Clock,
  body: () => Promise<T>,
  onWait: (pid: number) => void = () => {},
): Promise<T> {
  await mkdir(folder, { recursive: true });
  const own = await acquire(folder, clock, onWait);
  const beat = async () => {
    const now = new Date(clock.now());
    await utimes(join(folder, own), now, now);
  };
  // A heartbeat that fails (a full disk, a folder that was removed) must not end the process: silence is what makes the lock expire.
  const timer = setInterval(() => beat().catch(() => clearInterval(timer)), HEARTBEAT_MS);
  timer.unref();
  try {
    return await body();
  } finally {
    clearInterval(timer);
    await rm(join(folder, own), { force: true });
  }
}

async function acquire(folder: string, clock: Clock, onWait: (pid: number) => void): Promise<string> {
  const silence = new Silence();
  let told = false;
  for (;;) {
    // A new name each time: another process may be about to clear away a former one.
    const own = `${process.pid}.${HOST}.${startOf(process.pid)}.${randomUUID()}`;
    const holder = await livingHolder(folder, silence, own);
    if (holder === undefined) {
      await writeFile(join(folder, own), '', { flag: 'wx' });
      if ((await livingHolder(folder, silence, own)) === undefined) {
        return own;
      }
      await rm(join(folder, own), { force: true });
    } else if (!told) {
      told = true;
      onWait(holder);
    }
    const pause = 100 + Math.floor(Math.random() * 200);
    await clock.sleep(pause);
    silence.waited(pause);
  }
}

/** Process id of a living holder other than `own`; files of the dead are removed on the way. */
async function livingHolder(folder: string, silence: Silence, own: string): Promise<number | undefined> {
  for (const name of (await readdir(folder)).filter((other) => other !== own)) {
    const [pid = '', host, start] = name.split('.');
    const lives = host === HOST ? startOf(Number(pid)) === start : (await silence.of(join(folder, name))) <= SILENT_MS;
    if (lives) {
      return Number(pid);
    }
    await rm(join(folder, name), { force: true });
  }
  return undefined;
}

/**
 * For how long holders of other hosts were not heard while this process waited. Neither their clock nor the time of day here counts: a laptop that slept
 * for an hour has heard nobody for an hour, and everybody lives.
 */
class Silence {
  #waited = 0;
  readonly #heard = new Map<string, { readonly beat: number; readonly at: number }>();

  waited(milliseconds: number): void {
    this.#waited += milliseconds;
  }

  /** In milliseconds; endless for a file that is gone. */
  async of(file: string): Promise<number> {
    const beat = await modifiedAt(file);
    if (beat === undefined) {
      return Number.POSITIVE_INFINITY;
    }
    const before = this.#heard.get(file);
    if (before?.beat === beat) {
      return this.#waited - before.at;
    }
    this.#heard.set(file, { beat, at: this.#waited });
    return 0;
  }
}

/** Milliseconds since the epoch, or undefined when the file has gone meanwhile. */
async function modifiedAt(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/** When a living process of this host started, as a part of a file's name: a number alone may belong to another process by now. */
function startOf(pid: number): string | undefined {
  const identity = processIdentity(pid);
  return identity === undefined ? undefined : shortDigest(identity.started);
}

function shortDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
