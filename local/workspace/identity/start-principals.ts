import { sameName } from '../../../src/databricks/grants';
import { TaskError } from '../../../src/errors';
import type { Metastore, Workspace } from '../api';
import { changeGrants } from '../grants/privileges';
import { METASTORE, securableOf } from '../grants/securables';
import type { Permission } from '../permissions/access-list';
import { keptPermissions } from '../permissions/kept-permissions';
import { warehouseId } from '../sql/warehouses';
import { metastoreId } from '../unity-catalog/namespaces';
import { describePrincipals, type Member } from './directory';
import type { PrincipalSettings } from './principal-settings';

/**
 * Keeps who the start described, and gives the rights of the file; rights that requests gave before stay. A securable need not exist
 * yet: its rights wait for it.
 */
export function describeStart(
  metastore: Metastore,
  settings: PrincipalSettings | undefined,
  now: number,
): readonly Member[] {
  metastoreId(metastore, now);
  const members = describePrincipals(metastore, settings);
  metastore.store.transaction(() => {
    for (const { on, to, privileges } of settings?.grants ?? []) {
      const [type = '', name = ''] = on.split(' ');
      const securable = type === 'metastore' ? METASTORE : securableOf(type === 'model' ? 'function' : type, name);
      for (const principal of to) {
        changeGrants(metastore, securable, { principal, add: privileges, remove: [] });
      }
    }
  });
  return members;
}

/** Puts the permissions of the file on the workspace's warehouse, in place of those of a former start. */
export function permitWarehouse(workspace: Workspace, settings: PrincipalSettings): void {
  const permissions = settings.warehouse.flatMap(({ to, level }) =>
    to.map((name): Permission => ({ kind: kindOf(settings, name), name, level })),
  );
  keptPermissions(workspace, 'warehouses').put(warehouseId(workspace), permissions);
}

/** Text of each token by the name of its owner. @throws TaskError PRINCIPAL_TOKEN_MISSING */
export function principalTokens(
  settings: PrincipalSettings | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> {
  const tokens = new Map<string, string>();
  const described = [
    ...(settings?.users ?? []).map(({ userName, token }) => ({ name: userName, token })),
    ...(settings?.servicePrincipals ?? []).map(({ applicationId, token }) => ({ name: applicationId, token })),
  ];
  for (const { name, token } of described) {
    if (token === undefined) {
      continue;
    }
    const text = environment[token.env] ?? '';
    if (!/^\S{8,}$/.test(text)) {
      throw new TaskError(
        'PRINCIPAL_TOKEN_MISSING',
        `Environment variable ${token.env} holds no token for '${name}'.`,
        {
          todo: `Set ${token.env} to a text of at least 8 characters without blanks, or take 'token' out of the file.`,
        },
      );
    }
    tokens.set(name, text);
  }
  return tokens;
}

function kindOf(settings: PrincipalSettings, name: string): Permission['kind'] {
  if (settings.users.some(({ userName }) => sameName(userName, name))) {
    return 'user_name';
  }
  return settings.servicePrincipals.some(({ applicationId }) => sameName(applicationId, name))
    ? 'service_principal_name'
    : 'group_name';
}
