import { ApiError } from '../api';
import { textField } from '../request-fields';
import type { SecretPermission, SecretScopes } from '../secrets/secret-values';
import type { Access } from './access';
import type { Rule } from './catalog-rules';

const SECRETS = '/api/2.0/secrets';

/** Who may do what with secrets, by method and path of the operation: every user may make a scope, and see which there are. */
export function secretRules(scopes: SecretScopes): Readonly<Record<string, Rule>> {
  const onScope =
    (wanted: SecretPermission): Rule =>
    async (call, access) => {
      requireSecrets(scopes, access, await textField(call, 'scope'), wanted);
      return undefined;
    };
  return {
    [`GET ${SECRETS}/get`]: onScope('READ'),
    [`GET ${SECRETS}/list`]: onScope('READ'),
    [`POST ${SECRETS}/put`]: onScope('WRITE'),
    [`POST ${SECRETS}/delete`]: onScope('WRITE'),
    [`POST ${SECRETS}/scopes/delete`]: onScope('MANAGE'),
    [`GET ${SECRETS}/acls/get`]: onScope('MANAGE'),
    [`GET ${SECRETS}/acls/list`]: onScope('MANAGE'),
    [`POST ${SECRETS}/acls/put`]: onScope('MANAGE'),
    [`POST ${SECRETS}/acls/delete`]: onScope('MANAGE'),
  };
}

/**
 * What does not exist is not refused: whoever carries out the request says that it is missing. The words are those of the service.
 * @throws ApiError 403 PERMISSION_DENIED
 */
export function requireSecrets(
  scopes: SecretScopes,
  { identity }: Access,
  scope: string,
  wanted: SecretPermission,
): void {
  if (identity.administrator || !scopes.has(scope) || scopes.may(scope, identity.names, wanted)) {
    return;
  }
  throw new ApiError(
    403,
    'PERMISSION_DENIED',
    `${identity.principal.userName} does not have ${wanted} permission on scope ${scope} to perform this action.`,
  );
}
