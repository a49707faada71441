import type { Clock } from '../clock';
import { TaskError } from '../errors';
import type { HttpClient } from '../http/client';
import { ConnectionError } from '../http/errors';
import type { HttpRequest } from '../http/request';
import type { Token } from './token';
import { fetchToken } from './token-endpoint';

/** What messages call it. */
export const MANAGED_IDENTITY_ENDPOINT = 'The managed identity endpoint of this machine';

const PARTY = {
  name: MANAGED_IDENTITY_ENDPOINT,
  credential: 'a token',
  todo: 'Assign a managed identity to the machine of the agent; a user-assigned one must be named in the service connection.',
};
const LIMITS = { attemptMs: 10_000, deadlineMs: 60_000 };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A token of the managed identity of the machine that the agent runs on. Which endpoint there is, the host says by environment variables:
 * App Service and Container Apps `IDENTITY_ENDPOINT` with `IDENTITY_HEADER` [U], else the instance metadata service of a virtual machine (of
 * another address where `AZURE_POD_IDENTITY_AUTHORITY_HOST` says so, as the Azure SDKs read it). A machine of Azure Arc says its endpoint without a
 * header, because the token is guarded by a file that only administrators read; that is refused.
 * @param clientId client id of a user-assigned identity; empty: the system-assigned one, or the only one
 * @throws TaskError MANAGED_IDENTITY_UNSUPPORTED on Azure Arc, MANAGED_IDENTITY_UNAVAILABLE when there is no endpoint, CREDENTIAL_REFUSED
 */
export async function managedIdentityToken(
  http: HttpClient,
  clock: Clock,
  environment: Environment,
  resource: string,
  clientId: string,
): Promise<Token> {
  const endpoint = environment['IDENTITY_ENDPOINT'] ?? '';
  const header = environment['IDENTITY_HEADER'] ?? '';
  if (endpoint !== '' && header === '') {
    throw new TaskError(
      'MANAGED_IDENTITY_UNSUPPORTED',
      'The managed identity of a machine of Azure Arc is not supported.',
      {
        where: `The variable IDENTITY_ENDPOINT is ${JSON.stringify(endpoint)}, and there is no IDENTITY_HEADER.`,
        todo: 'Use a connection with workload identity federation, which needs no identity of the machine.',
      },
    );
  }
  const identity = clientId === '' ? {} : { client_id: clientId };
  try {
    if (endpoint !== '' && header !== '') {
      const query = { 'api-version': '2019-08-01', resource, ...identity };
      return await ask(http, clock, endpoint, query, { 'X-IDENTITY-HEADER': header });
    }
    const host = environment['AZURE_POD_IDENTITY_AUTHORITY_HOST'] ?? 'http://169.254.169.254';
    const query = { 'api-version': '2018-02-01', resource, ...identity };
    const url = new URL('/metadata/identity/oauth2/token', host).href;
    return await ask(http, clock, url, query, { Metadata: 'true' });
  } catch (error) {
    if (error instanceof ConnectionError) {
      throw new TaskError('MANAGED_IDENTITY_UNAVAILABLE', 'This machine gives no tokens of a managed identity.', {
        where: error.sentences,
        todo: 'Run the step on an agent whose machine has a managed identity, or use a connection with workload identity federation.',
        cause: error,
      });
    }
    throw error;
  }
}

function ask(
  http: HttpClient,
  clock: Clock,
  endpoint: string,
  query: NonNullable<HttpRequest['query']>,
  headers: Readonly<Record<string, string>>,
): Promise<Token> {
  const url = new URL(endpoint);
  const request = { method: 'GET', path: url.pathname, query, headers, ...LIMITS } as const;
  return fetchToken(http, PARTY, url.origin, request, clock);
}
