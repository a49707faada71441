import type { InputReader } from '../../src/agent/input-reader';
import { TaskError } from '../../src/errors';
import { type Download, readDownloads } from '../../src/workflow/read-downloads';
import { type RemoteGlob, readRemoteGlob } from '../../src/workflow/remote-glob';

/** What to bring back when the run has ended. */
export interface Wanted {
  readonly testResults: readonly RemoteGlob[];
  readonly downloads: readonly Download[];
  /** Folders of this machine into which files may be brought. */
  readonly roots: readonly string[];
}

/** @throws TaskError for a path that cannot be read or written, and where the step does not wait */
export function readWanted(inputs: InputReader, wait: boolean): Wanted {
  const globs = inputs.list('testResults');
  const downloads = inputs.map('downloads', 'remote=local');
  const given = globs.length > 0 ? 'testResults' : 'downloads';
  if (!wait && globs.length + downloads.size > 0) {
    throw new TaskError('INPUT_NOT_USED', `Input '${given}' has no meaning with 'wait: false'.`, {
      where: 'Files are brought back when the run has ended.',
      todo: `Remove '${given}', or let the step wait.`,
    });
  }
  const roots = inputs.writableFolders;
  return {
    testResults: globs.map((text) => readRemoteGlob('testResults', text)),
    downloads: downloads.size === 0 ? [] : readDownloads(downloads, roots),
    roots,
  };
}
