import type { IncomingMessage } from 'node:http';
import { ApiError, type Call, type Principal, type Reply } from './api';
import type { TokenCheck, Tokens } from './tokens';

/**
 * Refuses requests that a foreign web page made a browser send: a name that only resolves to this machine (`Host`, DNS rebinding)
 * or a script of another site (`Origin`).
 * @param hosts allowed values of `Host`, lower case, such as `127.0.0.1:8080`
 */
export function refuseForeign(request: IncomingMessage, hosts: ReadonlySet<string>): Reply | undefined {
  const host = request.headers.host?.toLowerCase() ?? '';
  if (!hosts.has(host)) {
    return refusal(403, `This local workspace does not answer for the host '${host}'.`);
  }
  const { origin } = request.headers;
  if (origin !== undefined && !hosts.has(origin.toLowerCase().replace(/^https?:\/\//, ''))) {
    return refusal(403, `This local workspace does not answer requests from the origin '${origin}'.`);
  }
  return undefined;
}

/** Who stands behind a token of another issuer, by the request that carries it. */
export type ForeignTokens = (token: string, request: IncomingMessage) => Promise<TokenCheck>;

/**
 * Who sends the request, by its bearer token.
 * The two texts and the numeric `error_code` are those of the service; that an expired token gives 401 and an unknown one 403 is [U]
 * (seen: 403 for wrong personal tokens).
 */
export async function authenticate(
  request: IncomingMessage,
  tokens: Tokens,
  foreign?: ForeignTokens,
): Promise<{ principal: Principal } | { refusal: Reply }> {
  const token = bearerToken(request);
  if (token === undefined) {
    return { refusal: refusal(401, 'Credential was not sent or was of an unsupported type for this API.') };
  }
  // A token of the workspace itself has no dots, a JWT has two.
  const check = foreign !== undefined && token.includes('.') ? await foreign(token, request) : tokens.check(token);
  if ('principal' in check) {
    return check;
  }
  switch (check.refused) {
    case 'expired':
      return { refusal: tokenExpired() };
    case 'unknown':
      return { refusal: refusal(403, 'Invalid access token.') };
    case 'noMember':
      return { refusal: refusal(403, 'This principal is not a user of the workspace.') };
  }
}

/** What a token that has expired gets. */
export function tokenExpired(): Reply {
  return refusal(401, 'Access token has expired.');
}

/**
 * Keeps the control paths for whoever started the workspace.
 * @param what is done there, such as `Faults are switched`
 * @throws ApiError 403 for another token than the administrator's, and for other machines
 */
export function refuseUnlessAdministrator(call: Call, tokens: Tokens, what: string): void {
  const token = bearerToken(call.request);
  if (token === undefined || !tokens.isAdministrators(token)) {
    throw new ApiError(403, 'PERMISSION_DENIED', `${what} with the administrator's token only.`);
  }
  if (!/^(::ffff:)?127\.|^::1$/.test(call.request.socket.remoteAddress ?? '')) {
    throw new ApiError(403, 'PERMISSION_DENIED', `${what} from the machine of the workspace only.`);
  }
}

/** Text of the request's bearer token. */
export function bearerToken({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

function refusal(status: number, message: string): Reply {
  return { status, json: { error_code: status, message } };
}
