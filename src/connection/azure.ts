import { TaskError } from '../errors';
import type { HttpClient } from '../http/client';
import { workspaceHeaders } from './azure-headers';
import { certificateAssertion, readCertificate } from './client-assertion';
import { cloudOf, DATABRICKS_RESOURCE_ID, isWorkspaceHost } from './clouds';
import { EntraClient, entraName } from './entra';
import { federatedTokens } from './federated';
import { MANAGED_IDENTITY_ENDPOINT, managedIdentityToken } from './managed-identity';
import { type ConnectionContext, type ConnectionDetails, filled } from './port';
import { RefreshedToken, type Token } from './token';

/** Milliseconds: Azure Databricks refuses Entra tokens with less than 30 s left; the rest is for the request's way. */
export const REFUSED_REST_MS = 40_000;

/** Tokens for resources of Azure, such as that of Azure Databricks. */
interface ResourceTokens {
  readonly issuer: string;
  for(resource: string): Promise<Token>;
}

/**
 * Credentials of an Azure Resource Manager connection for one workspace: workload identity federation, service principal with
 * secret or certificate, or the managed identity of the agent's machine.
 * @throws TaskError SCHEME_UNSUPPORTED, CONNECTION_INCOMPLETE, CERTIFICATE_INVALID, CLOUD_DIFFERS, WORKSPACE_RESOURCE_ID_INVALID, WORKSPACE_HOST_UNKNOWN
 */
export function azureCredentials(
  http: HttpClient,
  connection: ConnectionDetails,
  workspaceUrl: string,
  context: ConnectionContext,
): RefreshedToken {
  const cloud = cloudOf(connection, workspaceUrl);
  if (!isWorkspaceHost(workspaceUrl)) {
    context.log.warning(
      `${workspaceUrl} is no host of Azure Databricks, unless it is an own domain of yours: the Entra token of the connection is sent there.`,
      'WORKSPACE_HOST_UNKNOWN',
    );
  }
  const tokens = resourceTokens(http, connection, cloud.authority, context);
  const resourceId = context.host.variable('DATABRICKS_AZURE_RESOURCE_ID') ?? '';
  const headers = workspaceHeaders(workspaceUrl, resourceId, () => tokens.for(cloud.serviceManagement), context.mask);
  return new RefreshedToken(context, {
    issuer: tokens.issuer,
    fetch: async () => headers(await tokens.for(DATABRICKS_RESOURCE_ID)),
    refusedRestMs: REFUSED_REST_MS,
  });
}

function resourceTokens(
  http: HttpClient,
  connection: ConnectionDetails,
  authority: string,
  context: ConnectionContext,
): ResourceTokens {
  const entra = () =>
    new EntraClient(http, context.clock, {
      authority,
      tenant: parameter(connection, 'tenantid'),
      id: parameter(connection, 'serviceprincipalid'),
    });
  switch (connection.scheme.toLowerCase()) {
    case 'workloadidentityfederation':
      return {
        issuer: `Azure DevOps, or ${entraName(authority)},`,
        for: federatedTokens(entra(), http, connection, context),
      };
    case 'serviceprincipal':
      return { issuer: entraName(authority), for: servicePrincipal(entra(), connection, context) };
    case 'managedserviceidentity':
      return {
        issuer: MANAGED_IDENTITY_ENDPOINT,
        for: (resource) =>
          managedIdentityToken(http, context.clock, process.env, resource, connection.data('msiclientId') ?? ''),
      };
    default:
      throw new TaskError('SCHEME_UNSUPPORTED', `The Azure connection has the unknown scheme '${connection.scheme}'.`, {
        todo: 'Use a connection with workload identity federation, a service principal or a managed identity.',
      });
  }
}

function servicePrincipal(
  entra: EntraClient,
  connection: ConnectionDetails,
  context: ConnectionContext,
): ResourceTokens['for'] {
  if ((connection.parameters['authenticationtype'] ?? '').toLowerCase() === 'spncertificate') {
    const pem = parameter(connection, 'serviceprincipalcertificate');
    context.mask(pem);
    const certificate = readCertificate(pem);
    return async (resource) =>
      entra.tokenByAssertion(resource, await certificateAssertion(entra, certificate, context.mask), {
        credential: `the certificate of the service connection (thumbprint ${certificate.thumbprint})`,
        todo: 'Add the certificate to the application in Entra, or convert the connection to workload identity federation.',
      });
  }
  const secret = parameter(connection, 'serviceprincipalkey');
  context.mask(secret);
  return (resource) => entra.tokenBySecret(resource, secret);
}

function parameter(connection: ConnectionDetails, name: string): string {
  return filled(connection.parameters[name], `'${name}'`);
}
