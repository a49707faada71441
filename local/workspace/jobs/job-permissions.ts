import { type Fields, invalid } from '../fields';
import { accessList, isSame, permissionOf } from '../permissions/access-list';
import type { Job, JobPermission } from './types';

/** Every level with what it lets do. */
export const LEVELS: Readonly<Record<JobPermission['level'], string>> = {
  CAN_VIEW: 'Can view the job and its runs',
  CAN_MANAGE_RUN: 'Can view the job, and start, cancel and repair its runs',
  CAN_MANAGE: 'Can do everything with the job',
  IS_OWNER: 'Owns the job: can do everything with it',
};

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

/** The list, when it has its one owner. @throws ApiError 400 INVALID_PARAMETER_VALUE */
export function oneOwner(list: readonly JobPermission[]): readonly JobPermission[] {
  if (list.filter((one) => one.level === 'IS_OWNER').length !== 1) {
    throw invalid('The job must have exactly one owner.');
  }
  return list;
}
