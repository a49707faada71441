import { TaskError } from '../errors';
import type { HttpClient } from '../http/client';
import type { Credentials } from '../http/request';
import { clientCredentialsToken, databricksName, exchangedToken } from './databricks-oauth';
import { connectionIdToken } from './devops-oidc';
import { type ConnectionContext, type ConnectionDetails, filled } from './port';
import { fixedToken, RefreshedToken } from './token';

/**
 * Credentials of a connection of our own type: token, service principal secret, or federation (scheme `None`).
 * @throws TaskError SCHEME_UNSUPPORTED, CONNECTION_INCOMPLETE
 */
export function databricksCredentials(
  http: HttpClient,
  connection: ConnectionDetails,
  workspaceUrl: string,
  context: ConnectionContext,
): Credentials {
  switch (connection.scheme.toLowerCase()) {
    case 'token': {
      const token = filled(connection.parameters['apitoken'], 'token');
      context.mask(token);
      return fixedToken(token);
    }
    case 'usernamepassword': {
      const id = filled(connection.parameters['username'], 'application id');
      const secret = filled(connection.parameters['password'], 'OAuth secret');
      return secretCredentials(http, workspaceUrl, { id, secret }, context);
    }
    case 'none': {
      const clientId = filled(connection.data('clientId'), 'service principal application id');
      return new RefreshedToken(context, {
        issuer: `Azure DevOps, or ${databricksName(workspaceUrl)},`,
        fetch: async () => {
          const idToken = await connectionIdToken(http, connection.id, context);
          return exchangedToken(http, workspaceUrl, clientId, idToken, context.clock);
        },
      });
    }
    default:
      throw new TaskError(
        'SCHEME_UNSUPPORTED',
        `The service connection has the unknown scheme '${connection.scheme}'.`,
        {
          todo: 'Create the connection again with federation, a service principal secret or a token.',
        },
      );
  }
}

/** Credentials of a Databricks service principal with an OAuth secret. */
export function secretCredentials(
  http: HttpClient,
  workspaceUrl: string,
  client: { readonly id: string; readonly secret: string },
  context: ConnectionContext,
): Credentials {
  context.mask(client.secret);
  context.mask(`${client.id}:${client.secret}`);
  return new RefreshedToken(context, {
    issuer: databricksName(workspaceUrl),
    fetch: () => clientCredentialsToken(http, workspaceUrl, client, context.clock),
  });
}
