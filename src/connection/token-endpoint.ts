import type { Clock } from '../clock';
import { TaskError } from '../errors';
import type { HttpClient } from '../http/client';
import { ApiError } from '../http/errors';
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
export async function requestToken(
  http: HttpClient,
  endpoint: string,
  form: Readonly<Record<string, string>>,
  clock: Clock,
  headers: Readonly<Record<string, string>> = {},
): Promise<Token> {
  const url = new URL(endpoint);
  const answer = await refusalExplained(url.host, () =>
    http.at(url.origin).json<TokenAnswer>({ method: 'POST', path: url.pathname, form, headers, idempotent: true }),
  );
  return tokenOf(answer, url.host, clock);
}

/** The token of an issuer's answer. @throws TaskError CREDENTIAL_REFUSED when there is none */
export function tokenOf(answer: TokenAnswer, issuer: string, clock: Clock): Token {
  if (typeof answer.access_token !== 'string' || answer.access_token === '') {
    throw new TaskError('CREDENTIAL_REFUSED', `${issuer} answered without a token.`, {
      todo: 'Check the service connection.',
    });
  }
  const seconds = Number(answer.expires_in ?? Number.NaN);
  const epoch = Number(answer.expires_on ?? Number.NaN);
  const life = Number.isFinite(seconds)
    ? seconds * 1000
    : Number.isFinite(epoch)
      ? epoch * 1000 - clock.now()
      : UNKNOWN_LIFE_MS;
  return { value: answer.access_token, expiresAt: clock.now() + Math.max(0, life) };
}

/** Turns a refusal by an issuer of tokens into a sentence about the credential. Faults and throttling pass unchanged. */
export async function refusalExplained<T>(issuer: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429) {
      const said = [error.errorCode, error.serverMessage].filter((part) => part !== '').join(': ');
      throw new TaskError(
        'CREDENTIAL_REFUSED',
        `${issuer} refused the credential of the service connection: ${said}.`,
        {
          where: error.options.where ?? '',
          todo: 'Check its client id and secret, or the federation policy: issuer, subject and audience must match those of the connection.',
          cause: error,
        },
      );
    }
    throw error;
  }
}
