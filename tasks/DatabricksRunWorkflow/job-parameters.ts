import { findJob, jobNamesSeen } from '../../src/databricks/find-job';
import type { Job } from '../../src/databricks/jobs';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { suggestion } from '../../src/suggestion';

/** The job of this id or exact name. @throws TaskError JOB_NOT_FOUND, JOB_AMBIGUOUS */
export async function jobToRun(workspace: WorkspaceClient, wanted: string): Promise<Job> {
  const job = await findJob(workspace.jobs, wanted);
  if (job === undefined) {
    throw new TaskError('JOB_NOT_FOUND', `There is no job '${wanted}' that this identity may see.`, {
      where: suggestion(wanted, await jobNamesSeen(workspace)),
      todo: "Check the name (upper and lower case count) or id in input 'job', and that the identity has at least CAN VIEW on the job.",
    });
  }
  return job;
}

/**
 * Parameters to send: those that were asked for, and of the optional ones those that the job declares.
 * @throws TaskError JOB_PARAMETER_UNKNOWN that lists those it has
 */
export function parametersFor(
  job: Job,
  wanted: ReadonlyMap<string, string>,
  optional: ReadonlyMap<string, string>,
): Record<string, string> {
  const declared = (job.settings.parameters ?? []).map((parameter) => parameter.name);
  return declaredParameters(`Job '${job.settings.name ?? job.job_id}'`, declared, wanted, optional);
}

/** As {@link parametersFor}, where the names that are declared are known. @param of the job, for people; begins a sentence */
export function declaredParameters(
  of: string,
  declared: readonly string[],
  wanted: ReadonlyMap<string, string>,
  optional: ReadonlyMap<string, string>,
): Record<string, string> {
  const unknown = [...wanted.keys()].filter((name) => !declared.includes(name));
  if (unknown.length > 0) {
    const list = declared.length === 0 ? 'It declares none.' : `It declares: ${declared.join(', ')}.`;
    throw new TaskError(
      'JOB_PARAMETER_UNKNOWN',
      `${of} declares no parameter ${unknown.map((name) => `'${name}'`).join(', ')}.`,
      { where: list, todo: "Correct 'jobParameters', or use 'optionalJobParameters' for what only some jobs declare." },
    );
  }
  const passed = [...optional].filter(([name]) => declared.includes(name));
  return Object.fromEntries([...passed, ...wanted]);
}
