import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

export type LogKind = 'build' | 'service';

/** Logs of the served entities of a workspace, one file each, kept over restarts. */
export interface EntityLogs {
  append(endpointId: string, deployment: string, kind: LogKind, line: string): void;
  /** The newest lines (at most about 200 KB); empty text when there are none. */
  read(endpointId: string, deployment: string, kind: LogKind): string;
  /** Removes the logs of a deleted endpoint. */
  remove(endpointId: string): void;
}

/** A file that reaches this size is put aside once, bytes. */
const largestFile = 2_000_000;
const largestReply = 200_000;

export function createEntityLogs(folder: string): EntityLogs {
  const endpointFolder = (endpointId: string) => join(folder, 'serving', endpointId);
  const file = (endpointId: string, deployment: string, kind: LogKind) =>
    join(endpointFolder(endpointId), `${deployment}.${kind}.log`);
  return {
    append(endpointId, deployment, kind, line) {
      const path = file(endpointId, deployment, kind);
      mkdirSync(endpointFolder(endpointId), { recursive: true });
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > largestFile) {
        renameSync(path, `${path}.1`);
      }
      appendFileSync(path, `${line}\n`);
    },
    read(endpointId, deployment, kind) {
      const path = file(endpointId, deployment, kind);
      return statSync(path, { throwIfNoEntry: false }) === undefined
        ? ''
        : readFileSync(path, 'utf8').slice(-largestReply);
    },
    remove: (endpointId) => rmSync(endpointFolder(endpointId), { recursive: true, force: true }),
  };
}
