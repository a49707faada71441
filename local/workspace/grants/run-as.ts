import { ApiError } from '../api';
import { type Fields, objectList } from '../fields';
import { runAsName } from '../jobs/setting-limits';
import type { Access } from './access';

/**
 * Whom a job or pipeline may name in `run_as`: users only themselves, administrators everybody, and whoever has the role Service Principal
 * User a service principal. The words are [U].
 * @throws ApiError 403 PERMISSION_DENIED
 */
export function requireRunAs({ identity }: Access, settings: Fields): void {
  const named = runAsName(settings);
  const { administrator, principal, mayUse } = identity;
  if (administrator || named === undefined || named.name.toLowerCase() === principal.userName.toLowerCase()) {
    return;
  }
  if (named.kind === 'service_principal_name' && mayUse.has(named.name.toLowerCase())) {
    return;
  }
  throw new ApiError(
    403,
    'PERMISSION_DENIED',
    `User ${principal.userName} is not allowed to set run_as to ${named.name}: only to themselves, and to service principals that they have the role Service Principal User on.`,
  );
}

/**
 * Jobs and pipelines run with the rights of their owners, so only administrators make somebody else the owner; the words are [U].
 * @throws ApiError 403 PERMISSION_DENIED
 */
export function requireSameOwner(fields: Fields, owner: string): void {
  const given = objectList(fields, 'access_control_list')
    .filter((entry) => entry.permission_level === 'IS_OWNER')
    .map((entry) => String(entry.user_name ?? entry.service_principal_name ?? entry.group_name ?? ''));
  const other = given.find((name) => name.toLowerCase() !== owner.toLowerCase());
  if (other !== undefined) {
    throw new ApiError(403, 'PERMISSION_DENIED', `Only workspace administrators can make ${other} the owner.`);
  }
}
