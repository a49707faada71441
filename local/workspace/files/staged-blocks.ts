import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { invalid } from '../fields';
import { receive } from './file-contents';
import { entryOf, folderEntries } from './listing';
import type { Location } from './locations';

/** 64 bytes in base64. */
const LONGEST_BLOCK_ID = 88;

/**
 * Keeps a block of a file until the list of its blocks comes; the same id again replaces it. Each has a part of its own while it comes: a client that
 * heard nothing sends a block again while the first may still be read.
 */
export async function stageBlock(request: IncomingMessage, place: Location, blockId: string): Promise<void> {
  const file = blockFile(place, blockId);
  const part = `${file}.${randomUUID()}.part`;
  await mkdir(blockFolder(place), { recursive: true });
  try {
    await receive(request, part);
    await rename(part, file);
  } finally {
    await rm(part, { force: true });
  }
}

/** The ids among these that were never staged. */
export async function missingBlocks(place: Location, blockIds: readonly string[]): Promise<readonly string[]> {
  const entries = await Promise.all(blockIds.map((id) => entryOf(blockFile(place, id), id)));
  return blockIds.filter((_, index) => entries[index] === undefined);
}

/** Ids and sizes in bytes of all staged blocks of a file. */
export async function stagedBlocks(
  place: Location,
): Promise<readonly { readonly id: string; readonly size: number }[]> {
  const entries = (await folderEntries(blockFolder(place))) ?? [];
  return entries
    .filter(({ name }) => !name.endsWith('.part'))
    .map(({ name, size }) => ({ id: Buffer.from(name, 'base64url').toString(), size }));
}

/** Writes the blocks, in this order, to one new local file. */
export async function joinBlocks(place: Location, blockIds: readonly string[], file: string): Promise<void> {
  const chunks = async function* () {
    for (const id of blockIds) {
      yield* createReadStream(blockFile(place, id));
    }
  };
  await pipeline(chunks, createWriteStream(file, { flags: 'wx' }));
}

/** Forgets all blocks of a file. */
export async function dropBlocks(place: Location): Promise<void> {
  await rm(blockFolder(place), { recursive: true, force: true });
}

/** Forgets the blocks of one upload session; those of others to the same path stay. */
export async function dropParts(place: Location, sessionToken: string): Promise<void> {
  const ids = (await stagedBlocks(place)).map(({ id }) => id).filter((id) => isPartOf(id, sessionToken));
  await Promise.all(ids.map((id) => rm(blockFile(place, id), { force: true })));
}

/** The block that a part of an upload session is kept as: two uploads to one path have blocks of their own. */
export function partBlockId(sessionToken: string, partNumber: number): string {
  return Buffer.from(`${sessionToken}-${String(partNumber).padStart(8, '0')}`).toString('base64');
}

function isPartOf(blockId: string, sessionToken: string): boolean {
  return Buffer.from(blockId, 'base64').toString().startsWith(`${sessionToken}-`);
}

function blockFolder(place: Location): string {
  return join(place.uploads, 'blocks', createHash('sha256').update(place.path).digest('hex'));
}

/** Block ids may hold `/`. @throws ApiError 400 for an id that is longer than the service takes */
function blockFile(place: Location, blockId: string): string {
  if (blockId.length > LONGEST_BLOCK_ID) {
    throw invalid(`A block id has at most ${LONGEST_BLOCK_ID} characters.`);
  }
  return join(blockFolder(place), Buffer.from(blockId).toString('base64url'));
}
