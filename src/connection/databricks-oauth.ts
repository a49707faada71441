import type { Clock } from '../clock';
import { TaskError } from '../errors';
import type { HttpClient } from '../http/client';
import { claimsOf, describeClaims, trustInDatabricks } from './assertion';
import { asking } from './party';
import type { Token } from './token';
import { requestToken } from './token-endpoint';

/**
 * OAuth client credentials of a Databricks service principal: discovery, then `POST` with HTTP Basic.
 * @throws TaskError TOKEN_ENDPOINT_ELSEWHERE when the workspace names a token endpoint on another host
 */
export async function clientCredentialsToken(
  http: HttpClient,
  workspaceUrl: string,
  client: { readonly id: string; readonly secret: string },
  clock: Clock,
): Promise<Token> {
  const name = databricksName(workspaceUrl);
  // It is asked without the secret: a refusal says nothing about that.
  const discovery = {
    name,
    credential: 'to say where tokens are to be had',
    todo: 'Check that the URL is that of the workspace itself, and that its network lets the agent in.',
  };
  const metadata = await asking(discovery, () =>
    http
      .at(workspaceUrl)
      .json<{ token_endpoint?: string }>({ method: 'GET', path: '/oidc/.well-known/oauth-authorization-server' }),
  );
  const endpoint = metadata.token_endpoint ?? '';
  // The secret goes to the workspace and nowhere else, whatever the metadata say.
  if (!URL.canParse(endpoint) || new URL(endpoint).origin !== workspaceUrl) {
    throw new TaskError(
      'TOKEN_ENDPOINT_ELSEWHERE',
      `The workspace names ${JSON.stringify(endpoint)} as its token endpoint.`,
      {
        where: `The workspace is ${workspaceUrl}.`,
        todo: "Use the workspace's own address in the service connection.",
      },
    );
  }
  const basic = Buffer.from(`${client.id}:${client.secret}`, 'utf8').toString('base64');
  const form = { grant_type: 'client_credentials', scope: 'all-apis' };
  const party = {
    name,
    credential: `the OAuth secret of service principal ${client.id}`,
    todo: 'Check the application id; if the secret has ended, make a new one in the account console and save it in the service connection.',
  };
  return requestToken(http, party, endpoint, form, clock, { Authorization: `Basic ${basic}` });
}

/**
 * Exchanges a token of Azure DevOps for one of the workspace (OAuth token exchange, RFC 8693); at the workspace's own endpoint: [U].
 * @param clientId application id of the Databricks service principal whose federation policy trusts the token
 */
export function exchangedToken(
  http: HttpClient,
  workspaceUrl: string,
  clientId: string,
  subjectToken: string,
  clock: Clock,
): Promise<Token> {
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: subjectToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    client_id: clientId,
    scope: 'all-apis',
  };
  const claims = claimsOf(subjectToken);
  const party = {
    name: databricksName(workspaceUrl),
    credential: `the ID token of the service connection for service principal ${clientId}`,
    about: describeClaims(claims),
    todo: trustInDatabricks(claims, clientId),
  };
  return requestToken(http, party, `${workspaceUrl}/oidc/v1/token`, form, clock);
}

/** What messages call the workspace as an issuer of tokens. */
export function databricksName(workspaceUrl: string): string {
  return `Databricks (${new URL(workspaceUrl).host})`;
}
