import { ApiError, type Call, type Operation, type Reply } from '../api';
import { type Fields, invalid, queryFields, requiredText } from '../fields';
import { unlessEmpty } from '../paging';
import { missing } from './missing';
import { SECRET_PERMISSIONS, type SecretPermission, type SecretScopes } from './secret-values';

const PREFIX = '/api/2.0/secrets/acls';

/** Who may read, write and manage the secrets of a scope. */
export function secretAclOperations(scopes: SecretScopes): readonly Operation[] {
  return [
    { method: 'POST', path: `${PREFIX}/put`, note: 'READ, WRITE, MANAGE', handle: (call) => put(scopes, call) },
    { method: 'GET', path: `${PREFIX}/get`, handle: ({ query }) => get(scopes, queryFields(query)) },
    { method: 'GET', path: `${PREFIX}/list`, handle: ({ query }) => list(scopes, queryFields(query)) },
    { method: 'POST', path: `${PREFIX}/delete`, handle: (call) => remove(scopes, call) },
  ];
}

async function put(scopes: SecretScopes, call: Call): Promise<Reply> {
  const fields = await call.json();
  const { scope, principal } = scopeAndPrincipal(scopes, fields);
  const text = requiredText(fields, 'permission');
  const permission = SECRET_PERMISSIONS.find((one) => one === text);
  if (permission === undefined) {
    throw invalid(`The permission on a scope is ${SECRET_PERMISSIONS.join(', ')}, not '${text}'.`);
  }
  scopes.permit(scope, principal, permission);
  return {};
}

function get(scopes: SecretScopes, fields: Fields): Reply {
  const { scope, principal } = scopeAndPrincipal(scopes, fields);
  const permission = scopes.acls(scope).get(principal);
  if (permission === undefined) {
    throw noAcl(scope, principal);
  }
  return { json: { principal, permission } };
}

function list(scopes: SecretScopes, fields: Fields): Reply {
  const scope = requiredText(fields, 'scope');
  if (!scopes.has(scope)) {
    throw missing(scope);
  }
  const items = [...scopes.acls(scope)].map(([principal, permission]: [string, SecretPermission]) => ({
    principal,
    permission,
  }));
  return { json: { items: unlessEmpty(items) } };
}

async function remove(scopes: SecretScopes, call: Call): Promise<Reply> {
  const { scope, principal } = scopeAndPrincipal(scopes, await call.json());
  if (!scopes.forbid(scope, principal)) {
    throw noAcl(scope, principal);
  }
  return {};
}

function scopeAndPrincipal(
  scopes: SecretScopes,
  fields: Fields,
): { readonly scope: string; readonly principal: string } {
  const scope = requiredText(fields, 'scope');
  if (!scopes.has(scope)) {
    throw missing(scope);
  }
  return { scope, principal: requiredText(fields, 'principal') };
}

/** The words are [U]. */
function noAcl(scope: string, principal: string): ApiError {
  return new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `No ACL for principal ${principal} on scope ${scope} exists!`);
}
