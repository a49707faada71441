import { randomUUID } from 'node:crypto';
import { createWriteStream, lstatSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../clock';
import { counted } from '../counted';
import { openRemote, type RemoteFile } from '../databricks/remote-files';
import type { WorkspaceClient } from '../databricks/workspace-client';
import { TaskError } from '../errors';
import { ConnectionError } from '../http/errors';

/** What the waits between two attempts need, and who waits is told by. */
export interface Waiting {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: { info(line: string): void };
}

/** Attempts to bring one file that breaks off, at most; the request that opens it is repeated by itself. */
const MOST_ATTEMPTS = 3;
const FIRST_WAIT_MS = 1_000;

/**
 * Brings a file here, whole or not at all: it takes its name when all of it has come. One that breaks off is brought again.
 * @param limit bytes that it may have
 * @returns bytes that came
 * @throws TaskError REMOTE_FILE_GONE, REMOTE_FILE_TOO_LARGE, REMOTE_FILE_INCOMPLETE, LOCAL_FOLDER_IN_THE_WAY, LOCAL_FILE_NOT_WRITTEN;
 * ConnectionError when it does not come
 */
export async function bringFile(
  workspace: WorkspaceClient,
  file: RemoteFile,
  local: string,
  limit: number,
  { clock, signal, log }: Waiting,
): Promise<number> {
  if ((file.size ?? 0) > limit) {
    throw tooLarge(file, limit);
  }
  makeFolder(file.path, dirname(local));
  if (lstatSync(local, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw inTheWay(file, local);
  }
  for (let attempt = 1; ; attempt += 1) {
    const content = await open(workspace, file);
    try {
      return await receive(content, file, local, limit);
    } catch (error) {
      content.destroy();
      if (!(error instanceof ConnectionError) || attempt === MOST_ATTEMPTS) {
        throw error;
      }
      signal.throwIfAborted();
      if (attempt === 1) {
        log.info(
          `${file.path} did not come whole: ${error.message} It is brought again, at most ${MOST_ATTEMPTS - 1} times.`,
        );
      }
      await clock.sleep(FIRST_WAIT_MS * 2 ** (attempt - 1), signal);
    }
  }
}

async function open(workspace: WorkspaceClient, file: RemoteFile): Promise<Readable> {
  const content = await openRemote(workspace, file);
  if (content === undefined) {
    throw new TaskError('REMOTE_FILE_GONE', `The file ${file.path} is not there any more.`, {
      todo: 'Let nothing remove the files of a run before this step has brought them.',
    });
  }
  return content;
}

async function receive(content: Readable, file: RemoteFile, local: string, limit: number): Promise<number> {
  let bytes = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > limit ? tooLarge(file, limit) : null, chunk);
    },
  });
  // A name that nothing else has, whatever the files beside it are called.
  const part = join(dirname(local), `.${randomUUID()}.part`);
  try {
    await pipeline(content, counter, createWriteStream(part, { fd: openSync(part, 'wx') }));
    if (file.size !== undefined && bytes !== file.size) {
      throw new TaskError(
        'REMOTE_FILE_INCOMPLETE',
        `Of ${file.path} came ${counted(bytes, 'byte')} instead of ${file.size}.`,
        {
          todo: 'Let the run finish writing before it ends, and run the step again.',
        },
      );
    }
    renameSync(part, local);
    return bytes;
  } catch (error) {
    throw isOfFileSystem(error) ? notWritten(file.path, local, error) : error;
  } finally {
    rmSync(part, { force: true });
  }
}

/** A folder for what comes from a remote path; one that is there is left as it is. @throws TaskError LOCAL_FILE_NOT_WRITTEN */
export function makeFolder(remote: string, folder: string): void {
  writtenHere(remote, folder, () => mkdirSync(folder, { recursive: true }));
}

/** Carries out what writes something of a remote path to a local one. @throws TaskError LOCAL_FILE_NOT_WRITTEN when this machine does not let it */
export function writtenHere<T>(remote: string, local: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw isOfFileSystem(error) ? notWritten(remote, local, error) : error;
  }
}

function isOfFileSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

function notWritten(remote: string, local: string, error: NodeJS.ErrnoException): TaskError {
  return new TaskError(
    'LOCAL_FILE_NOT_WRITTEN',
    `What ${remote} holds cannot be written to ${local} (${error.code}).`,
    {
      todo: 'Give the agent a local path that it may write to, with room for it, where no file has the name of a folder.',
      cause: error,
    },
  );
}

function inTheWay({ path }: RemoteFile, local: string): TaskError {
  return new TaskError('LOCAL_FOLDER_IN_THE_WAY', `The file ${path} cannot become ${local}, which is a folder.`, {
    todo: 'Remove the folder before this step, or choose another local path; a folder is never removed for a file.',
  });
}

function tooLarge({ path }: RemoteFile, limit: number): TaskError {
  return new TaskError('REMOTE_FILE_TOO_LARGE', `The file ${path} has more than ${limit} bytes.`, {
    todo: 'Choose fewer or smaller files.',
  });
}
