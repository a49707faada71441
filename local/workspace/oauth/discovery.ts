import type { Reply, Workspace } from '../api';

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

/** `GET /.well-known/databricks-config`: what the SDKs ask a host first (databricks-api 1.1). */
export function hostMetadata(workspace: Workspace): Reply {
  return { json: { oidc_endpoint: `${workspace.url}/oidc`, workspace_id: workspace.id, cloud: 'Azure' } };
}
