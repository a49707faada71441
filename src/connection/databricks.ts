import { TaskError } from '../errors';
import type { HttpClient } from '../http/client';
import type { Credentials } from '../http/request';
import { clientCredentialsToken, exchangedToken } from './databricks-oauth';
import { connectionIdToken } from './devops-oidc';
import type { ConnectionContext, ConnectionDetails } from './port';
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
  switch (connection.scheme) {
    case 'Token': {
      const token = filled(connection.parameters.apitoken, 'token');
      context.mask(token);
      return fixedToken(token);
    }
    case 'UsernamePassword': {
      const id = filled(connection.parameters.username, 'application id');
      const secret = filled(connection.parameters.password, 'OAuth secret');
      return secretCredentials(http, workspaceUrl, { id, secret }, context);
    }
    case 'None': {
      const clientId = filled(connection.data('clientId'), 'service principal application id');
      return new RefreshedToken(context.clock, context.mask, async () => {
        const idToken = await connectionIdToken(http, connection.id, context);
        return exchangedToken(http, workspaceUrl, clientId, idToken, context.clock);
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
  return new RefreshedToken(context.clock, context.mask, () =>
    clientCredentialsToken(http, workspaceUrl, client, context.clock),
  );
}

function filled(value: string | undefined, what: string): string {
  if (value === undefined || value.trim() === '') {
    throw new TaskError('CONNECTION_INCOMPLETE', `The service connection has no ${what}.`, {
      todo: 'Edit the service connection and save it again.',
    });
  }
  return value.trim();
}
