import type { Job, JobsApi } from '../../src/databricks/jobs';
import { TaskError } from '../../src/errors';

/** Names of jobs that an error lists. */
const SHOWN = 10;

/**
 * The job of this id or exact name. A text of digits is an id first; only a definite not-found makes it a name.
 * @throws TaskError JOB_NOT_FOUND, JOB_AMBIGUOUS
 */
export async function findJob(jobs: JobsApi, wanted: string): Promise<Job> {
  const byId = /^\d{1,19}$/.test(wanted) ? await jobs.get(wanted) : undefined;
  if (byId !== undefined) {
    return byId;
  }
  const named = await jobs.listByName(wanted);
  const [only] = named;
  if (only === undefined) {
    throw new TaskError('JOB_NOT_FOUND', `There is no job '${wanted}' that this identity may see.`, {
      where: seenJobs(await jobs.firstNames(SHOWN)),
      todo: "Check the name (upper and lower case count) or id in input 'job', and that the identity has at least CAN VIEW on the job.",
    });
  }
  if (named.length > 1) {
    const ids = named.map((job) => job.job_id).join(', ');
    throw new TaskError('JOB_AMBIGUOUS', `There are ${named.length} jobs named '${wanted}': ${ids}.`, {
      todo: "Give the id of the one that is meant in input 'job', or rename the others.",
    });
  }
  // The list leaves out what does not fit on its page; the job itself has all parameters.
  return (await jobs.get(only.job_id)) ?? only;
}

function seenJobs(names: readonly string[]): string {
  if (names.length === 0) {
    return 'The workspace shows it no job at all.';
  }
  const which = names.length < SHOWN ? 'It sees' : 'Among those that it sees are';
  return `${which}: ${names.join(', ')}.`;
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
