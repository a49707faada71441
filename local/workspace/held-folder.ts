import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { jsonOrUndefined } from '../json-or-undefined';
import { isAlive, type ProcessIdentity, processIdentity } from './process-identity';

const HELD = '.held';
const HOLDER = 'holder.json';

/** A living process holds the folder. */
export class HeldByProcess extends Error {
  override readonly name = 'HeldByProcess';

  constructor(readonly pid: number) {
    super(`Process ${pid} holds the folder.`);
  }
}

/**
 * Takes `folder` (made when missing) for this process: of several that try at once exactly one succeeds, and a process that was killed holds nothing.
 * Each holder makes a generation of its own, the folder `<n>.held`. A generation is never taken away, only its holder's name is when it is given back:
 * whoever looked a moment ago finds it, so that nobody can become the same generation a second time.
 * @returns what gives the folder back, once
 * @throws HeldByProcess
 */
export function holdFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const part = join(folder, `${randomUUID()}.part`);
  try {
    mkdirSync(part);
    writeFileSync(join(part, HOLDER), JSON.stringify(ownProcess()));
    for (;;) {
      const last = lastGeneration(folder);
      const holder = last === 0 ? undefined : holderOf(join(folder, `${last}${HELD}`));
      if (holder !== undefined) {
        throw new HeldByProcess(holder.pid);
      }
      const own = join(folder, `${last + 1}${HELD}`);
      if (appearsOnce(part, own)) {
        return givingBack(join(own, HOLDER));
      }
    }
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

/** Through the open file: at its path may stand that of another process by then, where somebody has deleted the folder meanwhile. */
function givingBack(holder: string): () => void {
  const file = openSync(holder, 'r+');
  return () => {
    ftruncateSync(file);
    closeSync(file);
  };
}

function lastGeneration(folder: string): number {
  const generations = readdirSync(folder)
    .filter((name) => name.endsWith(HELD))
    .map((name) => Number.parseInt(name, 10));
  return Math.max(0, ...generations);
}

/**
 * `undefined` for one that gave the folder back or whose process has ended. A name appears whole: where none can be read, the machine lost its power
 * before the name was on the disk, and its process with it.
 */
function holderOf(generation: string): ProcessIdentity | undefined {
  const file = join(generation, HOLDER);
  const holder = existsSync(file)
    ? (jsonOrUndefined(readFileSync(file, 'utf8')) as ProcessIdentity | undefined)
    : undefined;
  return holder !== undefined && isAlive(holder) ? holder : undefined;
}

/**
 * Lets a folder with its file appear under a name at once, so that no reader finds it half-made; `false` when the name is taken. A folder takes the place
 * of an empty one at most, on every file system; a hard link to a file would do the same, but not every one has them.
 */
function appearsOnce(made: string, name: string): boolean {
  try {
    renameSync(made, name);
    return true;
  } catch (error) {
    if (existsSync(name)) {
      return false;
    }
    throw error;
  }
}

/** This process, as others recognise it. */
export function ownProcess(): ProcessIdentity {
  const identity = processIdentity(process.pid);
  if (identity === undefined) {
    throw new Error(`process ${process.pid} cannot read its own start time`);
  }
  return identity;
}
