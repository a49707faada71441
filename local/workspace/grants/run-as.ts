import { ApiError } from '../api';
import type { Fields } from '../fields';
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
