import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Reads texts by their paths below a folder; `undefined` where there is none. */
export function textsBelow(folder: string): (path: string) => string | undefined {
  return (path) => {
    const file = join(folder, path);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  };
}
