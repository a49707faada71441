import { ApiError, type Metastore, type Principal, type Workspace } from '../api';
import type { Fields } from '../fields';
import { principalNamed } from '../identity/directory';
import { ownerIn } from '../permissions/access-list';
import { jobPermissions } from './job-permissions';
import { runAsName } from './setting-limits';
import type { Job, Run } from './types';

/** Who runs a job unless it says `run_as`: its owner (databricks-api 3.2, documentation of `run_as_user_name`). */
export function jobOwner(job: Job): string {
  return ownerIn(jobPermissions(job), job.creator);
}

/** The name that `jobs/get` shows as `run_as_user_name`. */
export function runAsUserName(job: Job): string {
  return runAsName(job.settings as Fields)?.name ?? jobOwner(job);
}

/** Whose rights count in a run of the job. @throws ApiError 501 for a group */
export function jobIdentity(workspace: Workspace, job: Job): Principal {
  return (
    runAsPrincipal(workspace.metastore, job.settings as Fields, 'jobs') ??
    principalNamed(workspace.metastore, jobOwner(job))
  );
}

/** Whose rights count in a one-time run: its `run_as`, else who submits it. @throws ApiError 501 for a group */
export function submittedIdentity(workspace: Workspace, settings: Fields, submitter: Principal): Principal {
  return runAsPrincipal(workspace.metastore, settings, 'jobs') ?? submitter;
}

/** Whose rights count in a run; runs of older data folders know only who started them. */
export function actingPrincipal(run: Run): Principal {
  return run.runAs ?? run.creator;
}

/** Whom `run_as` of a job's or a pipeline's settings names. @throws ApiError 501 for a group */
export function runAsPrincipal(
  metastore: Metastore,
  settings: Fields,
  what: 'jobs' | 'pipelines',
): Principal | undefined {
  const named = runAsName(settings);
  if (named?.kind === 'group_name') {
    throw new ApiError(501, 'NOT_IMPLEMENTED', `The local workspace does not run ${what} as a group.`);
  }
  return named === undefined ? undefined : principalNamed(metastore, named.name);
}
