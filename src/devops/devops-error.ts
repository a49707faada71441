import { TaskError } from '../errors';
import { asSentence } from '../sentence';
import type { DevOpsAccess } from './access';

/**
 * Carries out a request of azure-devops-node-api and turns what it throws into sentences. It ends when the step is cancelled.
 * @param where what was asked for, for the message: `the artifacts of run 12`
 * @throws TaskError DEVOPS_REFUSED, DEVOPS_UNREACHABLE; the signal's reason
 */
export async function askDevOps<T>(access: DevOpsAccess, where: string, request: () => Promise<T>): Promise<T> {
  access.signal.throwIfAborted();
  const { promise: aborted, stop } = whenAborted(access.signal);
  try {
    return await Promise.race([request(), aborted]);
  } catch (error) {
    access.signal.throwIfAborted();
    throw error instanceof TaskError ? error : explained(access, where, error);
  } finally {
    stop();
  }
}

/** The error for an answer with this status. */
export function statusError(
  access: DevOpsAccess,
  where: string,
  status: number,
  said: string,
  cause?: unknown,
): TaskError {
  const options = {
    where: `It was asked for ${where} at ${access.collectionUrl} (status ${status}).`,
    ...(cause === undefined ? {} : { cause }),
  };
  if (status === 401 || status === 403) {
    return new TaskError('DEVOPS_REFUSED', `Azure DevOps refused the token of the job: ${sentence(said)}`, {
      ...options,
      todo: "Give the project's build service identity the right 'View builds'; a run of another project also needs the setting 'Limit job authorization scope to current project' to be off.",
    });
  }
  return new TaskError('DEVOPS_UNREACHABLE', `Azure DevOps did not answer as expected: ${sentence(said)}`, {
    ...options,
    todo: 'Run the step again; if it repeats, look at the status of Azure DevOps and at the proxy of the agent.',
  });
}

function explained(access: DevOpsAccess, where: string, error: unknown): TaskError {
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  const said = message ?? String(error);
  if (statusCode !== undefined) {
    return statusError(access, where, statusCode, said, error);
  }
  return new TaskError('DEVOPS_UNREACHABLE', `Azure DevOps cannot be reached: ${sentence(said)}`, {
    where: `It was asked for ${where} at ${access.collectionUrl}.`,
    todo: "Check the agent's network, its proxy setting and its certificate authorities.",
    cause: error,
  });
}

/** Longest words of the service in a message, in characters. */
const MOST = 1_000;

function sentence(text: string): string {
  return asSentence(text.trim().slice(0, MOST));
}

function whenAborted(signal: AbortSignal): { promise: Promise<never>; stop: () => void } {
  let stop = () => {};
  const promise = new Promise<never>((_, reject) => {
    const listener = () => reject(signal.reason);
    signal.addEventListener('abort', listener, { once: true });
    stop = () => signal.removeEventListener('abort', listener);
  });
  return { promise, stop };
}
