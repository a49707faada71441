import type { Reply, Workspace } from '../api';
import { DATABRICKS } from './entra-token';

/** `GET /oidc/.well-known/oauth-authorization-server` (RFC 8414). */
export function authorizationServer(workspace: Workspace): Reply {
  const issuer = `${workspace.url}/oidc`;
  return {
    json: {
      issuer,
      authorization_endpoint: `${issuer}/v1/authorize`,
      token_endpoint: `${issuer}/v1/token`,
      grant_types_supported: ['client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      scopes_supported: ['all-apis'],
    },
  };
}

/**
 * `GET /aad/auth`: where users sign in. Clients follow it nowhere, they read the tenant in its path (databricks-api 2.3).
 * @param issuer of Entra tokens, `https://sts.windows.net/<tenant>/` or `https://login.microsoftonline.com/<tenant>/v2.0`
 * @returns undefined when the issuer names no tenant
 */
export function tenantPage(issuer: string): Reply | undefined {
  const { origin, pathname, hostname } = new URL(issuer);
  const authority = hostname === 'sts.windows.net' ? 'https://login.microsoftonline.com' : origin;
  const tenant = pathname.split('/')[1] ?? '';
  const location = `${authority}/${tenant}/oauth2/authorize?client_id=${DATABRICKS}&response_type=id_token`;
  return tenant === '' ? undefined : { status: 302, headers: { location }, body: '' };
}

/** `GET /.well-known/databricks-config`: what the SDKs ask a host first (databricks-api 1.1). */
export function hostMetadata(workspace: Workspace): Reply {
  return { json: { oidc_endpoint: `${workspace.url}/oidc`, workspace_id: workspace.id, cloud: 'Azure' } };
}
