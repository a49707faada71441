import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../../src/clock';

const HEARTBEAT_MS = 5_000;
/** A holder of another host (a shared home folder), or a reused process id, counts as dead after so long without a heartbeat. */
const SILENT_MS = 60_000;
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 12);

/**
 * Runs `body` while no other process on this cache folder runs under the same lock.
 *
 * Each holder has a file of its own, `<pid>.<host>.<random>`, so that clearing away what a dead process left can never remove
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
  let told = false;
  for (;;) {
    // A new name each time: another process may be about to clear away a former one.
    const own = `${process.pid}.${HOST}.${randomUUID()}`;
    const holder = await livingHolder(folder, clock, own);
    if (holder === undefined) {
      await writeFile(join(folder, own), '', { flag: 'wx' });
      const now = new Date(clock.now());
      await utimes(join(folder, own), now, now);
      if ((await livingHolder(folder, clock, own)) === undefined) {
        return own;
      }
      await rm(join(folder, own), { force: true });
    } else if (!told) {
      told = true;
      onWait(holder);
    }
    await clock.sleep(100 + Math.floor(Math.random() * 200));
  }
}

/** Process id of a living holder other than `own`; files of the dead are removed on the way. */
async function livingHolder(folder: string, clock: Clock, own: string): Promise<number | undefined> {
  for (const name of await readdir(folder)) {
    const pid = Number(name.split('.')[0]);
    const modified = name === own ? undefined : await modifiedAt(join(folder, name));
    if (modified === undefined) {
      continue;
    }
    if (clock.now() - modified <= SILENT_MS && (name.split('.')[1] !== HOST || processExists(pid))) {
      return pid;
    }
    await rm(join(folder, name), { force: true });
  }
  return undefined;
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

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
