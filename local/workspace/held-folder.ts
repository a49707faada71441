import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, type ProcessIdentity, processIdentity } from './process-identity';

const HOLDS = '.holds';

/** A living process holds the folder. */
export class HeldByProcess extends Error {
  override readonly name = 'HeldByProcess';

  constructor(readonly pid: number) {
    super(`Process ${pid} holds the folder.`);
  }
}

/**
 * Takes `folder` (made when missing) for this process: of several that try at once exactly one succeeds, and a process that was killed holds nothing.
 * Each holder writes a generation of its own, `<n>.holds`. The file of a generation is never taken away, only emptied when it is given back: whoever
 * looked a moment ago finds it, so that nobody can become the same generation a second time.
 * @returns what gives the folder back
 * @throws HeldByProcess
 */
export function holdFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const part = join(folder, `${randomUUID()}.part`);
  writeFileSync(part, JSON.stringify(ownProcess()));
  try {
    for (;;) {
      const last = lastGeneration(folder);
      const holder = last === 0 ? undefined : holderOf(join(folder, `${last}${HOLDS}`));
      if (holder !== undefined) {
        throw new HeldByProcess(holder.pid);
      }
      const own = join(folder, `${last + 1}${HOLDS}`);
      if (appearsOnce(part, own)) {
        return () => truncateSync(own);
      }
    }
  } finally {
    rmSync(part);
  }
}

function lastGeneration(folder: string): number {
  const generations = readdirSync(folder)
    .filter((name) => name.endsWith(HOLDS))
    .map((name) => Number.parseInt(name, 10));
  return Math.max(0, ...generations);
}

/** `undefined` for one that gave the folder back or whose process has ended. */
function holderOf(generation: string): ProcessIdentity | undefined {
  const text = readFileSync(generation, 'utf8');
  if (text === '') {
    return undefined;
  }
  const holder = JSON.parse(text) as ProcessIdentity;
  return isAlive(holder) ? holder : undefined;
}

/** Lets a written file appear under a name at once with its content, so that no reader finds it half-written; `false` when the name is taken. */
function appearsOnce(written: string, name: string): boolean {
  try {
    linkSync(written, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
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
