import { ApiError, type Call, type Operation, type Reply } from '../api';
import { type Fields, invalid, objectList, optionalText, requiredText } from '../fields';
import type { JobParts } from './job-parts';
import type { Job, JobPermission } from './types';

const LEVELS: Readonly<Record<JobPermission['level'], string>> = {
  CAN_VIEW: 'Can view the job and its runs',
  CAN_MANAGE_RUN: 'Can view the job, and start, cancel and repair its runs',
  CAN_MANAGE: 'Can do everything with the job',
  IS_OWNER: 'Owns the job: can do everything with it',
};

const KINDS: readonly JobPermission['kind'][] = ['user_name', 'group_name', 'service_principal_name'];

/** `/api/2.0/permissions/jobs`: kept and shown; nobody is refused because of them. */
export function permissionOperations(parts: JobParts): readonly Operation[] {
  const path = '/api/2.0/permissions/jobs/:id';
  return [
    {
      method: 'GET',
      path,
      note: 'kept and shown, not enforced',
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
        const given = permissionList(await call.json());
        const others = jobPermissions(job).filter((former) => !given.some((one) => isSame(one, former)));
        return kept(parts, job, [...others, ...given]);
      },
    },
    {
      method: 'GET',
      path: `${path}/permissionLevels`,
      handle: (call) => {
        knownJob(parts, call);
        const levels = Object.entries(LEVELS).map(([level, description]) => ({ permission_level: level, description }));
        return { json: { permission_levels: levels } };
      },
    },
  ];
}

/**
 * `access_control_list` of a request.
 * @throws ApiError 400 INVALID_PARAMETER_VALUE
 */
export function permissionList(fields: Fields): readonly JobPermission[] {
  const list = objectList(fields, 'access_control_list').map((entry): JobPermission => {
    const kinds = KINDS.filter((kind) => optionalText(entry, kind) !== undefined);
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1) {
      throw invalid(
        'Each entry of access_control_list names exactly one of user_name, group_name, service_principal_name.',
      );
    }
    const level = requiredText(entry, 'permission_level');
    if (!Object.hasOwn(LEVELS, level)) {
      throw invalid(`Permission level '${level}' is not one of ${Object.keys(LEVELS).join(', ')}.`);
    }
    if (level === 'IS_OWNER' && kind === 'group_name') {
      throw invalid('Groups can not be owners of jobs.');
    }
    return { kind, name: requiredText(entry, kind), level: level as JobPermission['level'] };
  });
  const repeated = list.find((one, index) => list.findIndex((other) => isSame(one, other)) !== index);
  if (repeated !== undefined) {
    throw invalid(`access_control_list names ${repeated.name} twice.`);
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

function jobPermissions(job: Job): readonly JobPermission[] {
  return job.permissions ?? [ownerOf(job.creator)];
}

function ownerOf(creator: string): JobPermission {
  return { kind: creator.includes('@') ? 'user_name' : 'service_principal_name', name: creator, level: 'IS_OWNER' };
}

function isSame(one: JobPermission, other: JobPermission): boolean {
  return one.kind === other.kind && one.name === other.name;
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
  const own = jobPermissions(job).map(({ kind, name, level }) => ({
    [kind]: name,
    ...(kind === 'group_name' ? {} : { display_name: name }),
    all_permissions: [{ permission_level: level, inherited: false }],
  }));
  const inherited = { permission_level: 'CAN_MANAGE', inherited: true, inherited_from_object: ['/jobs/'] };
  return {
    json: {
      object_id: `/jobs/${job.jobId}`,
      object_type: 'job',
      access_control_list: [...own, { group_name: 'admins', all_permissions: [inherited] }],
    },
  };
}
