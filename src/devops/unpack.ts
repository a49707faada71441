import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Entry, ZipFile } from 'yauzl';
import { TaskError } from '../errors';

/** Most entries, and most bytes of all files together. */
const MOST_ENTRIES = 10_000;
const MOST_BYTES = 200_000_000;

/**
 * Unpacks the archive of an artifact into a folder. The service puts everything below one folder named as the artifact, which is left
 * out. Only regular files and folders are made; nothing lands outside, nothing is written twice.
 * @returns paths of the files below the folder, with `/`
 * @throws TaskError ARTIFACT_UNREADABLE
 */
export async function unpack(archive: Buffer, name: string, folder: string, what: string): Promise<string[]> {
  try {
    const { fromBufferPromise } = await import('yauzl');
    const zip = await fromBufferPromise(archive, { lazyEntries: true, strictFileNames: true });
    return await unpackEntries(zip, name, folder);
  } catch (error) {
    throw new TaskError(
      'ARTIFACT_UNREADABLE',
      `The archive of ${what} cannot be unpacked: ${(error as Error).message}.`,
      {
        todo: 'Run the step again; if it repeats, publish the artifact anew.',
        cause: error,
      },
    );
  }
}

async function unpackEntries(zip: ZipFile, name: string, folder: string): Promise<string[]> {
  if (zip.entryCount > MOST_ENTRIES) {
    throw new RangeError(`it holds more than ${MOST_ENTRIES} entries`);
  }
  const entries: Entry[] = [];
  let bytes = 0;
  for await (const entry of zip.eachEntry()) {
    bytes += entry.uncompressedSize;
    entries.push(entry);
  }
  // The reader holds each entry to the size that it declares.
  if (bytes > MOST_BYTES) {
    throw new RangeError(`its files have more than ${MOST_BYTES / 1_000_000} MB together`);
  }
  const root = entries.every(({ fileName }) => fileName.startsWith(`${name}/`)) ? `${name}/` : '';
  const files: string[] = [];
  for (const entry of entries) {
    const path = entry.fileName.slice(root.length);
    if (path === '' || path.endsWith('/')) {
      continue;
    }
    await writeEntry(zip, entry, targetOf(folder, path));
    files.push(path);
  }
  return files;
}

/** The reader refuses absolute paths and `..`; this holds whatever the reader does. */
function targetOf(folder: string, path: string): string {
  const target = join(folder, path);
  const inside = relative(folder, target);
  if (inside === '' || inside.startsWith(`..${sep}`) || inside === '..' || path.includes('\0')) {
    throw new RangeError(`the name ${JSON.stringify(path)} leads out of it`);
  }
  return target;
}

async function writeEntry(zip: ZipFile, entry: Entry, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target, { flags: 'wx' }));
}
