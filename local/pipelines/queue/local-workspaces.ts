import { TaskError } from '../../../src/errors';
import { cachedEnvironments } from '../../workspace/python/cached-environments';
import { progressLine } from '../../workspace/python/progress-line';
import { startWorkspaces } from '../../workspace/server';
import type { LocalWorkspace } from '../settings/connections';
import { CannotRun } from './cannot-run';

/** Local workspaces for the time of a run. */
export interface RunningLocalWorkspaces {
  readonly running: readonly LocalWorkspace[];
  stop(): Promise<void>;
}

/**
 * Starts the local workspaces that a run needs; none, when it needs none.
 * @param meanwhile told how far the making of a Python environment is
 * @throws CannotRun when another process uses their data
 */
export async function localWorkspaces(
  names: readonly string[],
  data: string,
  meanwhile: (text: string) => void,
): Promise<RunningLocalWorkspaces> {
  if (names.length === 0) {
    return { running: [], stop: async () => undefined };
  }
  try {
    const { workspaces, stop } = await startWorkspaces({
      names: [...names].sort(),
      data,
      python: cachedEnvironments({ onStep: (progress) => meanwhile(progressLine(progress)) }),
    });
    return { running: workspaces, stop };
  } catch (error) {
    if (error instanceof TaskError && error.code === 'DATA_FOLDER_IN_USE') {
      throw new CannotRun(
        `Another process uses the local workspaces in ${data}: a run, or 'workspace start'. End it, or give this run another --data.`,
        { cause: error },
      );
    }
    throw error;
  }
}
