import { ApiError, type Call, type Operation, type Reply, type Workspace } from '../api';
import type { SecretScopes } from '../secrets/secret-values';
import type { MetastoreTables } from '../sql/metastore-tables';
import { Access } from './access';
import { CATALOG_RULES, type Rule } from './catalog-rules';
import { objectRules } from './object-rules';

/** Refuses a request (403) that its principal has no right to, or gives what its answer is to be passed through. */
export type Authorize = (operation: Operation, call: Call) => Promise<(reply: Reply) => Reply>;

/** Everybody may ask who they are. */
const FREE = '/api/2.0/preview/scim/v2/Me';

/**
 * Rights of one workspace's requests. Administrators pass; for others each operation of Unity Catalog must have a rule, and so have those of
 * jobs, pipelines, warehouses, queries, endpoints, experiments, files, folders and secrets. What has none (to make something that lies in no
 * folder, who is there) wants an entitlement only.
 */
export function authorizer(workspace: Workspace, tables: MetastoreTables, secrets: SecretScopes): Authorize {
  const rules: Readonly<Record<string, Rule>> = { ...CATALOG_RULES, ...objectRules(workspace, secrets) };
  return async (operation, call) => {
    const access = new Access(workspace.metastore, tables, call.principal);
    if (access.identity.administrator || operation.path === FREE) {
      return unchanged;
    }
    requireEntitlement(operation, access.identity.entitlements);
    const rule = rules[`${operation.method} ${operation.path}`];
    if (rule === undefined && /^\/api\/2\.\d\/(unity-catalog|mlflow\/unity-catalog)\//.test(operation.path)) {
      throw new ApiError(
        501,
        'NOT_IMPLEMENTED',
        `The local workspace does not know which right ${operation.method} ${operation.path} wants: only administrators may send it.`,
      );
    }
    return (await rule?.(call, access)) ?? unchanged;
  };
}

/** The words are [U]. */
function requireEntitlement({ path }: Operation, entitlements: readonly string[]): void {
  const enough =
    path.startsWith('/api/2.0/sql/') || path.startsWith('/api/2.1/unity-catalog/')
      ? ['workspace-access', 'databricks-sql-access']
      : ['workspace-access'];
  if (!enough.some((entitlement) => entitlements.includes(entitlement))) {
    throw new ApiError(
      403,
      'PERMISSION_DENIED',
      `This API is disabled for users without the ${enough.join(' or ')} entitlement${enough.length > 1 ? 's' : ''}.`,
    );
  }
}

function unchanged(reply: Reply): Reply {
  return reply;
}
