import { existsSync, renameSync } from 'node:fs';
import { link } from 'node:fs/promises';

/** How file systems without hard links say so: exFAT on a stick, folders that a virtual machine shares. */
const NO_HARD_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * Gives a finished file its name, unless something has it already: of two that try at once one succeeds. The finished file may stay under its former
 * name too.
 * @throws Error of Node, `EEXIST` when the name is taken
 */
export async function publishOnce(finished: string, name: string): Promise<void> {
  try {
    await link(finished, name);
  } catch (error) {
    if (!NO_HARD_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) {
      throw error;
    }
    renameUnlessTaken(finished, name);
  }
}

/** Nothing of this process comes between the two calls, and no other writes to its data folder but the jobs that it runs. */
function renameUnlessTaken(finished: string, name: string): void {
  if (existsSync(name)) {
    throw Object.assign(new Error(`EEXIST: file already exists, rename '${finished}' -> '${name}'`), {
      code: 'EEXIST',
    });
  }
  renameSync(finished, name);
}
