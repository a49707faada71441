import { linkSync } from 'node:fs';

/**
 * Lets a written file appear under a name at once with its content, so that no reader finds it half-written; of several that try only one succeeds.
 * @returns `false` when the name is taken
 */
export function appearsOnce(written: string, name: string): boolean {
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
