import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../../src/clock';
import type { Reply } from '../api';
import { readBytes } from '../request-body';
import type { Tokens } from '../tokens';
import { admit } from './federated-token';
import { asPrincipal, type ServicePrincipal, secretMatches } from './service-principals';

const TOKEN_SECONDS = 3600;
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT_TYPE = 'urn:ietf:params:oauth:token-type:jwt';

/** What the token endpoint of one workspace works with. */
export interface TokenIssuer {
  readonly servicePrincipals: readonly ServicePrincipal[];
  readonly tokens: Tokens;
  readonly clock: Clock;
  /** Longest life of a token in seconds; default 3600. */
  readonly tokenSeconds?: number;
}

/**
 * `POST /oidc/v1/token` (RFC 6749 4.4 and RFC 8693 as Databricks uses them; databricks-api 2.2 and 2.5).
 * That bad credentials give `invalid_client` with 401 and a refused assertion `invalid_grant` with 400 is [U]; it is what the RFCs say.
 */
export async function issueToken(issuer: TokenIssuer, request: IncomingMessage): Promise<Reply> {
  const form = new URLSearchParams((await readBytes(request)).toString('utf8'));
  switch (form.get('grant_type')) {
    case 'client_credentials':
      return clientCredentials(issuer, request, form);
    case EXCHANGE:
      return tokenExchange(issuer, form);
    default:
      return refusal(400, 'unsupported_grant_type', 'The grant type must be client_credentials or token-exchange.');
  }
}

function clientCredentials(issuer: TokenIssuer, request: IncomingMessage, form: URLSearchParams): Reply {
  const { id, secret } = basicCredentials(request) ?? {
    id: form.get('client_id') ?? '',
    secret: form.get('client_secret') ?? '',
  };
  const known = issuer.servicePrincipals.find((candidate) => candidate.applicationId === id);
  if (known === undefined || !secretMatches(known, secret)) {
    return refusal(401, 'invalid_client', 'Client authentication failed.');
  }
  return granted(issuer, known, TOKEN_SECONDS);
}

async function tokenExchange(issuer: TokenIssuer, form: URLSearchParams): Promise<Reply> {
  const jwt = form.get('subject_token') ?? '';
  const type = form.get('subject_token_type');
  if (jwt === '' || type !== JWT_TYPE) {
    return refusal(400, 'invalid_request', `A subject_token with subject_token_type ${JWT_TYPE} is required.`);
  }
  const clientId = form.get('client_id');
  const now = issuer.clock.now();
  for (const candidate of issuer.servicePrincipals) {
    if (clientId !== null && candidate.applicationId !== clientId) {
      continue;
    }
    for (const policy of candidate.federation ?? []) {
      const admitted = await admit(policy, jwt, now);
      if (admitted !== undefined) {
        // Databricks derives the lifetime from the federated token's.
        return granted(issuer, candidate, Math.floor(admitted.expiresAt - now / 1000));
      }
    }
  }
  return refusal(400, 'invalid_grant', 'No federation policy admits this token.');
}

function granted(issuer: TokenIssuer, servicePrincipal: ServicePrincipal, wanted: number): Reply {
  const seconds = Math.min(wanted, issuer.tokenSeconds ?? TOKEN_SECONDS);
  return {
    headers: { 'cache-control': 'no-store' },
    json: {
      access_token: issuer.tokens.issueOAuth(asPrincipal(servicePrincipal), seconds),
      token_type: 'Bearer',
      expires_in: seconds,
      scope: 'all-apis',
    },
  };
}

function basicCredentials(request: IncomingMessage): { id: string; secret: string } | undefined {
  const encoded = /^Basic +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (encoded === undefined) {
    return undefined;
  }
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return { id: text.slice(0, Math.max(colon, 0)), secret: text.slice(colon + 1) };
}

function refusal(status: number, error: string, description: string): Reply {
  return { status, json: { error, error_description: description } };
}
