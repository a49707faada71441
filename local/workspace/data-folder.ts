import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { holdStore } from './lmdb-store';

/** Where the metadata of a data folder lies. */
export function metadataFolder(data: string): string {
  return join(data, 'metadata');
}

/**
 * Deletes all state in a data folder.
 * @throws HeldByProcess when a process uses it: a workspace, or a run with workspaces of its own
 */
export function deleteState(data: string): void {
  const release = holdStore(metadataFolder(data));
  try {
    rmSync(data, { recursive: true, force: true });
  } finally {
    release();
  }
}
