import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Replaces a file, or makes it, in one step: who reads it finds it whole, as it was or as it is, also after a kill in the middle, on a full disk and
 * while another process replaces it too.
 */
export function replaceFile(file: string, contents: string): void {
  const part = `${file}.${randomUUID()}.part`;
  try {
    writeFileSync(part, contents);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}
