import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, type ProcessIdentity, processIdentity } from '../../workspace/process-identity';
import { appearsOnce } from './appears-once';

const PROCESS_FILE = 'process.json';

/** Another process carries out the run. */
export class RunHeld extends Error {
  override readonly name = 'RunHeld';

  constructor(readonly pid: number) {
    super(`Process ${pid} carries out the run.`);
  }
}

/**
 * Says that this process carries out the run of a folder, from before it reads the record until after it has written it: of two that retry a run
 * at once only one may.
 * @returns ends that
 * @throws RunHeld
 */
export function holdRun(folder: string): () => void {
  const own = processIdentity(process.pid);
  if (own === undefined) {
    throw new Error(`process ${process.pid} cannot read its own start time`);
  }
  const file = join(folder, PROCESS_FILE);
  const part = `${file}.${randomUUID()}.part`;
  writeFileSync(part, JSON.stringify(own));
  try {
    while (!appearsOnce(part, file)) {
      const holder = processOf(folder);
      if (holder !== undefined) {
        throw new RunHeld(holder.pid);
      }
      putAside(file, folder);
    }
  } finally {
    rmSync(part);
  }
  return () => rmSync(file, { force: true });
}

/** Takes away what a killed process left; what a living one wrote meanwhile is put back. */
function putAside(file: string, folder: string): void {
  const aside = join(folder, `${PROCESS_FILE}.${randomUUID()}.old`);
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return;
    }
    throw error;
  }
  if (isAlive(JSON.parse(readFileSync(aside, 'utf8')) as ProcessIdentity)) {
    appearsOnce(aside, file);
  }
  rmSync(aside);
}

/** The living process that carries out the run of a folder; `undefined` when none does, also after one that was killed. */
export function processOf(folder: string): ProcessIdentity | undefined {
  const file = join(folder, PROCESS_FILE);
  if (!existsSync(file)) {
    return undefined;
  }
  const holder = JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  return isAlive(holder) ? holder : undefined;
}
