import { createWriteStream, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openRemote, type RemoteFile } from '../databricks/remote-files';
import type { WorkspaceClient } from '../databricks/workspace-client';
import { TaskError } from '../errors';

/**
 * Brings a file here, whole or not at all: it takes its name when all of it has come.
 * @param limit bytes that it may have
 * @returns bytes that came
 * @throws TaskError REMOTE_FILE_GONE, REMOTE_FILE_TOO_LARGE, REMOTE_FILE_INCOMPLETE
 */
export async function bringFile(
  workspace: WorkspaceClient,
  file: RemoteFile,
  local: string,
  limit: number,
): Promise<number> {
  if ((file.size ?? 0) > limit) {
    throw tooLarge(file, limit);
  }
  const content = await openRemote(workspace, file);
  if (content === undefined) {
    throw new TaskError('REMOTE_FILE_GONE', `The file ${file.path} is not there any more.`, {
      todo: 'Let nothing remove the files of a run before this step has brought them.',
    });
  }
  mkdirSync(dirname(local), { recursive: true });
  const part = `${local}.part`;
  rmSync(part, { force: true, recursive: true });
  let bytes = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > limit ? tooLarge(file, limit) : null, chunk);
    },
  });
  try {
    await pipeline(content, counter, createWriteStream(part, { flags: 'wx' }));
    if (file.size !== undefined && bytes !== file.size) {
      throw new TaskError('REMOTE_FILE_INCOMPLETE', `Of ${file.path} came ${bytes} bytes instead of ${file.size}.`, {
        todo: 'Let the run finish writing before it ends, and run the step again.',
      });
    }
    renameSync(part, local);
    return bytes;
  } finally {
    rmSync(part, { force: true });
  }
}

function tooLarge({ path }: RemoteFile, limit: number): TaskError {
  return new TaskError('REMOTE_FILE_TOO_LARGE', `The file ${path} has more than ${limit} bytes.`, {
    todo: 'Choose fewer or smaller files.',
  });
}
