import { TaskError } from '../errors';
import type { SeenNames } from '../suggestion';
import type { Job, JobsApi } from './jobs';
import { namesSeen } from './names-seen';
import type { WorkspaceClient } from './workspace-client';

/** True for what may be the id of a job; a job may be called so too. */
export function isJobId(text: string): boolean {
  return /^\d{1,19}$/.test(text);
}

/**
 * The job of this id or exact name, or undefined when there is none that the identity may see. A text of digits is an id first; only a
 * definite not-found makes it a name.
 * @throws TaskError JOB_AMBIGUOUS
 */
export async function findJob(jobs: JobsApi, wanted: string): Promise<Job | undefined> {
  const byId = isJobId(wanted) ? await jobs.get(wanted) : undefined;
  if (byId !== undefined) {
    return byId;
  }
  const named = await jobs.listByName(wanted);
  const [only] = named;
  if (named.length > 1) {
    const ids = named.map((job) => job.job_id).join(', ');
    throw new TaskError('JOB_AMBIGUOUS', `There are ${named.length} jobs named '${wanted}': ${ids}.`, {
      todo: "Give the id of the one that is meant in input 'job', or rename the others.",
    });
  }
  // The list leaves out what does not fit on its page; the job itself has all parameters.
  return only === undefined ? undefined : ((await jobs.get(only.job_id)) ?? only);
}

/** Names among which the one of a job that is not there may be. */
export function jobNamesSeen(workspace: WorkspaceClient): Promise<SeenNames> {
  return namesSeen(workspace, ({ jobs }, count) => jobs.firstNames(count));
}
