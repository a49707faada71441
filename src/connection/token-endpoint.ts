import type { Clock } from '../clock';
import { TaskError } from '../errors';
import type { HttpClient } from '../http/client';
import type { HttpRequest } from '../http/request';
import { asking, type Party } from './party';
import type { Token } from './token';

/** Milliseconds a token is used whose answer does not say how long it lives. */
const UNKNOWN_LIFE_MS = 300_000;

interface TokenAnswer {
  readonly access_token?: string;
  /** Seconds, as number or text. */
  readonly expires_in?: number | string;
  /** Seconds since the epoch, as number or text (managed identity). */
  readonly expires_on?: number | string;
}

/**
 * One request to a token endpoint (RFC 6749 5.1). It is sent again after faults: a token more does no harm.
 * @param endpoint absolute URL of the token endpoint
 * @throws TaskError CREDENTIAL_REFUSED with the words of the issuer
 */
export function requestToken(
  http: HttpClient,
  party: Party,
  endpoint: string,
  form: Readonly<Record<string, string>>,
  clock: Clock,
  headers: Readonly<Record<string, string>> = {},
): Promise<Token> {
  const url = new URL(endpoint);
  return fetchToken(http, party, url.origin, { method: 'POST', path: url.pathname, form, headers }, clock);
}

/** A token by any request that is answered like a token endpoint's. @throws TaskError CREDENTIAL_REFUSED */
export async function fetchToken(
  http: HttpClient,
  party: Party,
  origin: string,
  request: HttpRequest,
  clock: Clock,
): Promise<Token> {
  const answer = await asking(party, () =>
    http.at(origin).request<TokenAnswer, 'json'>({ ...request, idempotent: true }, 'json'),
  );
  const { access_token: value } = answer.body;
  if (typeof value !== 'string' || value === '') {
    throw new TaskError('CREDENTIAL_REFUSED', `${party.name} answered without a token.`, {
      where: `It was ${request.method} ${origin}${request.path}.`,
      todo: party.todo,
    });
  }
  const serversTime = Date.parse(answer.headers.date ?? '');
  return { value, lifeMs: lifeOf(answer.body, Number.isFinite(serversTime) ? serversTime : clock.now()) };
}

/**
 * Milliseconds: the end compared with the issuer's own time where the answer has one, else a duration. The metadata service of Azure gives
 * out tokens that it has kept for a while, and counts their duration from when they were issued.
 */
function lifeOf(answer: TokenAnswer, issuersTime: number): number {
  const epoch = Number(answer.expires_on ?? Number.NaN);
  const seconds = Number(answer.expires_in ?? Number.NaN);
  if (Number.isFinite(epoch)) {
    return Math.max(0, epoch * 1000 - issuersTime);
  }
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : UNKNOWN_LIFE_MS;
}
