import { ApiError, type Call, type Operation, type Reply } from '../api';
import { type Fields, invalid } from '../fields';
import {
  accessList,
  isSame,
  levelsOnWire,
  permissionOf,
  permissionsOnWire,
  withChanges,
} from '../permissions/access-list';
import type { JobParts } from './job-parts';
import type { Job, JobPermission } from './types';

const LEVELS: Readonly<Record<JobPermission['level'], string>> = {
  CAN_VIEW: 'Can view the job and its runs',
  CAN_MANAGE_RUN: 'Can view the job, and start, cancel and repair its runs',
  CAN_MANAGE: 'Can do everything with the job',
  IS_OWNER: 'Owns the job: can do everything with it',
};

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

/**
 * `access_control_list` of a request.
 * @throws ApiError 400 INVALID_PARAMETER_VALUE
 */
export function permissionList(fields: Fields): readonly JobPermission[] {
  const list = accessList(fields, Object.keys(LEVELS) as JobPermission['level'][]);
  if (list.some(({ kind, level }) => level === 'IS_OWNER' && kind === 'group_name')) {
    throw invalid('Groups can not be owners of jobs.');
  }
  return list;
}

/**
 * The permissions of a new job: those given, and the creator as owner unless another one is.
 * @throws ApiError 400 for several owners
 */
export function firstPermissions(fields: Fields, creator: string): readonly JobPermission[] {
  const given = permissionList(fields);
  const owner = given.some((one) => one.level === 'IS_OWNER') ? [] : [ownerOf(creator)];
  return oneOwner([...owner, ...given.filter((one) => !owner.some((own) => isSame(own, one)))]);
}

/** What a job's list says; until a request changes it, that its maker owns it. */
export function jobPermissions(job: Job): readonly JobPermission[] {
  return job.permissions ?? [ownerOf(job.creator)];
}

function ownerOf(creator: string): JobPermission {
  return permissionOf(creator, 'IS_OWNER');
}

function oneOwner(list: readonly JobPermission[]): readonly JobPermission[] {
  if (list.filter((one) => one.level === 'IS_OWNER').length !== 1) {
    throw invalid('The job must have exactly one owner.');
  }
  return list;
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
