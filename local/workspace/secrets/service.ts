import { ApiError, type Call, type Reply, type Service, type Workspace } from '../api';
import { type Fields, invalid, optionalText, queryFields, requiredText } from '../fields';
import { unlessEmpty } from '../paging';
import { missing } from './missing';
import { secretAclOperations } from './secret-acls';
import type { SecretScopes } from './secret-values';

const prefix = '/api/2.0/secrets';

/** Secret scopes, as `dbutils.secrets` and served entities read them. */
export function createSecrets(workspace: Workspace, scopes: SecretScopes): Service {
  const memory = 'kept in the memory of the process only';
  return {
    operations: [
      {
        method: 'POST',
        path: `${prefix}/scopes/create`,
        note: `initial_manage_principal; ${memory}`,
        lacks: 'scopes backed by Azure Key Vault',
        handle: (call) => createScope(scopes, call),
      },
      { method: 'GET', path: `${prefix}/scopes/list`, handle: () => listScopes(scopes) },
      { method: 'POST', path: `${prefix}/scopes/delete`, handle: (call) => removeScope(scopes, call) },
      { method: 'POST', path: `${prefix}/put`, note: memory, handle: (call) => put(workspace, scopes, call) },
      { method: 'GET', path: `${prefix}/get`, handle: ({ query }) => get(scopes, queryFields(query)) },
      { method: 'GET', path: `${prefix}/list`, handle: ({ query }) => list(scopes, queryFields(query)) },
      { method: 'POST', path: `${prefix}/delete`, handle: (call) => remove(scopes, call) },
      ...secretAclOperations(scopes),
    ],
  };
}

async function createScope(scopes: SecretScopes, call: Call): Promise<Reply> {
  const fields = await call.json();
  const scope = requiredText(fields, 'scope');
  if (optionalText(fields, 'scope_backend_type') === 'AZURE_KEYVAULT') {
    throw new ApiError(501, 'NOT_IMPLEMENTED', 'The local workspace has no scopes that are backed by Azure Key Vault.');
  }
  if (!scopes.create(scope)) {
    throw new ApiError(400, 'RESOURCE_ALREADY_EXISTS', `Scope ${scope} already exists!`);
  }
  scopes.permit(scope, optionalText(fields, 'initial_manage_principal') ?? call.principal.userName, 'MANAGE');
  return {};
}

function listScopes(scopes: SecretScopes): Reply {
  const listed = scopes.names().map((name) => ({ name, backend_type: 'DATABRICKS' }));
  return { json: { scopes: unlessEmpty(listed) } };
}

async function removeScope(scopes: SecretScopes, call: Call): Promise<Reply> {
  const scope = requiredText(await call.json(), 'scope');
  if (!scopes.removeScope(scope)) {
    throw missing(scope);
  }
  return {};
}

async function put(workspace: Workspace, scopes: SecretScopes, call: Call): Promise<Reply> {
  const fields = await call.json();
  const scope = requiredText(fields, 'scope');
  const text = optionalText(fields, 'string_value');
  const bytes = optionalText(fields, 'bytes_value');
  if ((text === undefined) === (bytes === undefined)) {
    throw invalid('Exactly one of string_value and bytes_value is required.');
  }
  const value = text === undefined ? Buffer.from(bytes ?? '', 'base64') : Buffer.from(text);
  if (!scopes.put(scope, requiredText(fields, 'key'), value, workspace.clock.now())) {
    throw missing(scope);
  }
  return {};
}

function get(scopes: SecretScopes, fields: Fields): Reply {
  const scope = requiredText(fields, 'scope');
  const key = requiredText(fields, 'key');
  const value = scopes.get(scope, key);
  if (value === undefined) {
    throw missing(scope, key);
  }
  return { json: { key, value: value.toString('base64') } };
}

function list(scopes: SecretScopes, fields: Fields): Reply {
  const scope = requiredText(fields, 'scope');
  if (!scopes.has(scope)) {
    throw missing(scope);
  }
  const secrets = scopes.keys(scope).map(({ key, updatedAt }) => ({ key, last_updated_timestamp: updatedAt }));
  return { json: { secrets: unlessEmpty(secrets) } };
}

async function remove(scopes: SecretScopes, call: Call): Promise<Reply> {
  const fields = await call.json();
  const scope = requiredText(fields, 'scope');
  const key = requiredText(fields, 'key');
  if (!scopes.remove(scope, key)) {
    throw missing(scope, key);
  }
  return {};
}
