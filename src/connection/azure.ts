import { TaskError } from '../errors';
import type { HttpClient } from '../http/client';
import { authorityOf, DATABRICKS_RESOURCE_ID } from './clouds';
import { connectionIdToken } from './devops-oidc';
import type { ConnectionContext, ConnectionDetails } from './port';
import { RefreshedToken, type Token } from './token';
import { refusalExplained, requestToken, tokenOf } from './token-endpoint';

const MANAGED_IDENTITY_HOST = 'http://169.254.169.254';

/**
 * Credentials of an Azure Resource Manager connection for one workspace: workload identity federation, service principal with
 * secret, or the managed identity of the agent's machine.
 * @param authority Entra authority; by default that of the workspace's cloud
 * @throws TaskError SCHEME_UNSUPPORTED, CONNECTION_INCOMPLETE
 */
export function azureCredentials(
  http: HttpClient,
  connection: ConnectionDetails,
  workspaceUrl: string,
  context: ConnectionContext,
  authority = authorityOf(workspaceUrl),
): RefreshedToken {
  const refreshed = (fetchToken: () => Promise<Token>) => new RefreshedToken(context.clock, context.mask, fetchToken);
  switch (connection.scheme) {
    case 'WorkloadIdentityFederation': {
      const entra = entraClient(connection, authority);
      // Pipelines with late-bound ID tokens put the first one into the connection; the next are requested.
      let bound = connection.parameters.idtoken ?? '';
      return refreshed(async () => {
        const given = bound;
        bound = '';
        if (given !== '') {
          context.mask(given);
        }
        const assertion = given === '' ? await connectionIdToken(http, connection.id, context) : given;
        const form = {
          ...entra.form,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: assertion,
        };
        return requestToken(http, entra.endpoint, form, context.clock);
      });
    }
    case 'ServicePrincipal': {
      if ((connection.parameters.authenticationtype ?? '').toLowerCase() === 'spncertificate') {
        throw new TaskError(
          'SCHEME_UNSUPPORTED',
          'The Azure connection signs in by certificate, which is not supported.',
          {
            todo: 'Convert the connection to workload identity federation.',
          },
        );
      }
      const entra = entraClient(connection, authority);
      const secret = need(connection, 'serviceprincipalkey');
      context.mask(secret);
      return refreshed(() =>
        requestToken(http, entra.endpoint, { ...entra.form, client_secret: secret }, context.clock),
      );
    }
    case 'ManagedServiceIdentity':
      return refreshed(() => managedIdentityToken(http, context));
    default:
      throw new TaskError('SCHEME_UNSUPPORTED', `The Azure connection has the unknown scheme '${connection.scheme}'.`, {
        todo: 'Use a connection with workload identity federation, a service principal secret or a managed identity.',
      });
  }
}

function entraClient(
  connection: ConnectionDetails,
  authority: string,
): { readonly endpoint: string; readonly form: Readonly<Record<string, string>> } {
  return {
    endpoint: `${authority}/${encodeURIComponent(need(connection, 'tenantid'))}/oauth2/v2.0/token`,
    form: {
      grant_type: 'client_credentials',
      client_id: need(connection, 'serviceprincipalid'),
      scope: `${DATABRICKS_RESOURCE_ID}/.default`,
    },
  };
}

/** Instance metadata service of Azure virtual machines; only reachable on the machine itself. */
async function managedIdentityToken(http: HttpClient, context: ConnectionContext): Promise<Token> {
  const answer = await refusalExplained('The managed identity of the agent', () =>
    http.at(MANAGED_IDENTITY_HOST).json<{ access_token?: string; expires_on?: string }>({
      method: 'GET',
      path: '/metadata/identity/oauth2/token',
      query: { 'api-version': '2018-02-01', resource: DATABRICKS_RESOURCE_ID },
      headers: { Metadata: 'true' },
      attemptMs: 10_000,
    }),
  );
  return tokenOf(answer, 'The managed identity of the agent', context.clock);
}

function need(connection: ConnectionDetails, parameter: string): string {
  const value = connection.parameters[parameter] ?? '';
  if (value === '') {
    throw new TaskError('CONNECTION_INCOMPLETE', `The service connection has no '${parameter}'.`, {
      todo: 'Edit the service connection and save it again.',
    });
  }
  return value;
}
