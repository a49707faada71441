import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, type ProcessIdentity, processIdentity } from '../../workspace/process-identity';

const PROCESS_FILE = 'process.json';

/** Says that this process carries out the run of a folder. @returns ends that */
export function holdRun(folder: string): () => void {
  const own = processIdentity(process.pid);
  if (own === undefined) {
    throw new Error(`process ${process.pid} cannot read its own start time`);
  }
  const file = join(folder, PROCESS_FILE);
  writeFileSync(`${file}.part`, JSON.stringify(own));
  renameSync(`${file}.part`, file);
  return () => rmSync(file, { force: true });
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
