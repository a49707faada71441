import { normalRemotePath } from '../databricks/remote-path';
import { TaskError } from '../errors';
import { placeWithin } from './local-place';
import { remotePathInvalid } from './remote-glob';

/** A file or folder to bring back. */
export interface Download {
  /** Path in normal form. */
  readonly remote: string;
  /** Path on the agent, as the user gave it. */
  readonly local: string;
}

/** Remote to local, checked. @throws TaskError REMOTE_PATH_INVALID, LOCAL_PATH_OUTSIDE */
export function readDownloads(map: ReadonlyMap<string, string>, roots: readonly string[]): Download[] {
  return [...map].map(([text, local]) => {
    const remote = normalRemotePath(text);
    if (remote === undefined) {
      throw remotePathInvalid('downloads', text);
    }
    if (local === '') {
      throw new TaskError('INPUT_INVALID', `Input 'downloads' says no local path for ${text}.`, {
        todo: "Write 'remote=local', a file or folder on each side.",
      });
    }
    return { remote, local: placeWithin('downloads', local, roots) };
  });
}
