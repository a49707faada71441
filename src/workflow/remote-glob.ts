import { normalRemotePath } from '../databricks/remote-path';
import { TaskError } from '../errors';

/** A pattern for files of a volume or of the workspace's file tree. */
export interface RemoteGlob {
  /** As it was written. */
  readonly text: string;
  /** The path before the first segment with a sign of a pattern; the whole path when there is none. */
  readonly base: string;
  /** The whole pattern, in which signs of the base stand for themselves; absent for the path of one file. */
  readonly pattern?: string;
}

const SIGNS = /[*?[\]]/;
const MOST_CHARACTERS = 1_000;

/**
 * Reads a pattern: `*` stands for any signs of one segment, `?` for one sign, `[abc]` for one of these, `**` as a segment for any number
 * of folders; upper and lower case count, files that begin with a dot are like others. Without a sign it is the path of one file.
 * @param input name of the input, for the error
 * @throws TaskError REMOTE_PATH_INVALID
 */
export function readRemoteGlob(input: string, text: string): RemoteGlob {
  const segments = text.split('/');
  const first = segments.findIndex((segment) => SIGNS.test(segment));
  const base = normalRemotePath((first < 0 ? segments : segments.slice(0, first)).join('/'));
  const rest = first < 0 ? [] : segments.slice(first);
  if (base === undefined || text.length > MOST_CHARACTERS || rest.some((part) => part === '..' || part === '')) {
    throw remotePathInvalid(input, text);
  }
  if (first < 0) {
    return { text, base };
  }
  return { text, base, pattern: `${base.replace(/[*?[\]\\{}()!+@#]/g, '\\$&')}/${rest.join('/')}` };
}

/** What is neither in a volume nor in the workspace's file tree. */
export function remotePathInvalid(input: string, text: string): TaskError {
  return new TaskError('REMOTE_PATH_INVALID', `Input '${input}' names ${JSON.stringify(text)}, which cannot be read.`, {
    where: 'Files are read from volumes (/Volumes/catalog/schema/volume/…) and from the workspace (/Workspace/…).',
    todo: "Give an absolute path in one of them, without '..'; a pattern may begin below the volume, or below a folder of the workspace.",
  });
}
