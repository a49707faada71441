import { ApiError, type Call, type Operation, type Reply } from '../api';
import { levelsOnWire, permissionsOnWire, withChanges } from '../permissions/access-list';
import type { JobParts } from './job-parts';
import { jobPermissions, LEVELS, oneOwner, permissionList } from './job-permissions';
import type { Job, JobPermission } from './types';

/** `/api/2.0/permissions/jobs`: kept and shown here, enforced by the rules of `grants`. */
export function permissionOperations(parts: JobParts): readonly Operation[] {
  const path = '/api/2.0/permissions/jobs/:id';
  return [
    {
      method: 'GET',
      path,
      note: 'kept and shown; they bind the principals that were described at the start',
      handle: (call) => shown(knownJob(parts, call)),
    },
    {
      method: 'PUT',
      path,
      note: 'replaces all; exactly one owner',
      handle: async (call) => {
        const job = knownJob(parts, call);
        return kept(parts, job, permissionList(await call.json()));
      },
    },
    {
      method: 'PATCH',
      path,
      note: 'adds or changes the named ones; exactly one owner',
      handle: async (call) => {
        const job = knownJob(parts, call);
        return kept(parts, job, withChanges(jobPermissions(job), permissionList(await call.json())));
      },
    },
    {
      method: 'GET',
      path: `${path}/permissionLevels`,
      handle: (call) => {
        knownJob(parts, call);
        return { json: levelsOnWire(LEVELS) };
      },
    },
  ];
}

function knownJob({ jobs }: JobParts, call: Call): Job {
  const job = jobs.get(call.params.id ?? '');
  if (job === undefined) {
    throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Job ${call.params.id} does not exist.`);
  }
  return job;
}

function kept({ jobs }: JobParts, job: Job, permissions: readonly JobPermission[]): Reply {
  const changed = { ...job, permissions: oneOwner(permissions) };
  jobs.put(changed);
  return shown(changed);
}

function shown(job: Job): Reply {
  return { json: permissionsOnWire({ id: job.jobId, type: 'job', root: '/jobs/' }, jobPermissions(job)) };
}
