import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import JSZip from 'jszip';
import { recordedPath } from './recorded-file';

/** A file or folder of an artifact. */
export interface ArtifactEntry {
  /** Below the artifact, with `/`. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly bytes: number;
  readonly modified: Date;
  /** Where it lies. */
  readonly file: string;
}

/** Everything in an artifact's folder, folders before what they hold, by name. A link is what it leads to within the folder. */
export async function artifactEntries(folder: string, below = ''): Promise<ArtifactEntry[]> {
  const names = (await readdir(join(folder, below))).sort();
  const entries = await Promise.all(
    names.map(async (name) => {
      const path = below === '' ? name : `${below}/${name}`;
      const file = await recordedPath(folder, path, `'${path}' of the artifact`);
      const about = await stat(file);
      const isFolder = about.isDirectory();
      const entry: ArtifactEntry = {
        path,
        kind: isFolder ? 'folder' : 'file',
        bytes: isFolder ? 0 : about.size,
        modified: about.mtime,
        file,
      };
      return isFolder ? [entry, ...(await artifactEntries(folder, path))] : [entry];
    }),
  );
  return entries.flat();
}

/**
 * A zip of the entries below one folder named as the artifact, as the service packs it.
 * Files are opened one after another, as the archive comes to them.
 */
export function zipOf(name: string, entries: readonly ArtifactEntry[]): Readable {
  const zip = new JSZip();
  zip.folder(name);
  for (const entry of entries) {
    if (entry.kind === 'folder') {
      zip.file(`${name}/${entry.path}`, null, { dir: true, date: entry.modified });
    } else {
      zip.file(`${name}/${entry.path}`, whenRead(entry.file), { date: entry.modified, binary: true });
    }
  }
  return new Readable().wrap(zip.generateNodeStream({ compression: 'DEFLATE', streamFiles: true }));
}

function whenRead(file: string): Readable {
  return Readable.from(
    (async function* () {
      yield* createReadStream(file);
    })(),
    { objectMode: false },
  );
}
