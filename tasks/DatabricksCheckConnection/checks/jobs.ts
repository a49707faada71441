import { findJob, isJobId, jobNamesSeen } from '../../../src/databricks/find-job';
import { type Grantee, permissionCommand } from '../../../src/databricks/grant-commands';
import type { Job } from '../../../src/databricks/jobs';
import type { WorkspaceClient } from '../../../src/databricks/workspace-client';
import { ApiError } from '../../../src/http/errors';
import { namesEntitlement } from '../entitlements';
import {
  type Check,
  type Finding,
  failed,
  granteeOf,
  holdersOf,
  nameOf,
  notThere,
  ok,
  type RightFinding,
} from '../finding';
import { hasLevel } from '../object-level';

/** Levels that let a principal start a job. */
const STARTING = ['CAN_MANAGE_RUN', 'CAN_MANAGE', 'IS_OWNER'];
const NAMES_SHOWN = 10;

/** May the identity start the job; without one, may it list jobs at all. */
export const checkJobs: Check = async ({ workspace, subjects, identity: asked }) => {
  const identity = await asked();
  const who = nameOf(identity);
  if (subjects.job === '') {
    const names = await workspace.jobs.firstNames(NAMES_SHOWN);
    return ok(names.length === 0 ? `${who} may list jobs; it sees none.` : `${who} sees jobs: ${names.join(', ')}.`);
  }
  const found = await find(workspace, subjects.job);
  const grantee = granteeOf(identity);
  if (found === 'denied') {
    return refusal(who, grantee, subjects.job, 'The workspace does not show it the job');
  }
  if (found === undefined) {
    const seen = await jobNamesSeen(workspace);
    const place = isJobId(subjects.job) ? subjects.job : `<id of ${subjects.job}>`;
    return notThere(`job '${subjects.job}'`, subjects.job, seen, who, [starting(place, grantee)]);
  }
  const shown = `job ${found.settings?.name ?? ''} (${found.job_id})`;
  switch (await hasLevel(workspace, { type: 'jobs', id: found.job_id }, STARTING, holdersOf(identity))) {
    case 'yes':
      return ok(`${who} may start ${shown}.`);
    case 'no':
      return refusal(who, grantee, found.job_id, `It sees ${shown}, but has no more, also by its groups`);
    case 'hidden':
      return refusal(who, grantee, found.job_id, `The permissions of ${shown} are hidden from it`);
  }
};

function refusal(who: string, grantee: Grantee, jobId: string, why: string): Finding {
  return failed(`${who} has no CAN MANAGE RUN on job ${jobId}. ${why}.`, [starting(jobId, grantee)]);
}

function starting(jobId: string, grantee: Grantee): RightFinding {
  return {
    right: 'CAN_MANAGE_RUN',
    object: `job ${jobId}`,
    command: permissionCommand('jobs', jobId, 'CAN_MANAGE_RUN', grantee),
  };
}

/** As {@link findJob}; `denied` where the service says that the job of this id is there and not for the identity. */
async function find({ jobs }: WorkspaceClient, wanted: string): Promise<Job | undefined | 'denied'> {
  try {
    return await findJob(jobs, wanted);
  } catch (error) {
    if (
      isJobId(wanted) &&
      error instanceof ApiError &&
      error.code === 'PERMISSION_DENIED' &&
      !namesEntitlement(error)
    ) {
      return 'denied';
    }
    throw error;
  }
}
