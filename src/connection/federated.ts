import { TaskError } from '../errors';
import type { HttpClient } from '../http/client';
import { claimsOf, describeClaims, trustInEntra } from './assertion';
import { connectionIdToken } from './devops-oidc';
import type { EntraClient } from './entra';
import type { ConnectionContext, ConnectionDetails } from './port';
import type { Token } from './token';

/** Rest of the life of an ID token that is too short to begin with, in ms. */
const TOO_SHORT_MS = 30_000;

/**
 * Tokens for an Azure connection with workload identity federation: each from a fresh ID token of the connection. Where the server puts
 * one into the connection (pipelines with late-bound ID tokens), that one serves first, unless it is too old or refused.
 */
export function federatedTokens(
  entra: EntraClient,
  http: HttpClient,
  connection: ConnectionDetails,
  context: ConnectionContext,
): (resource: string) => Promise<Token> {
  let bound = connection.parameters['idtoken'] ?? '';
  if (bound !== '') {
    context.mask(bound);
  }
  const exchanged = (resource: string, idToken: string) => {
    const claims = claimsOf(idToken);
    return entra.tokenByAssertion(resource, idToken, {
      credential: 'the ID token of the service connection',
      about: describeClaims(claims),
      todo: trustInEntra(claims, entra.application.id),
    });
  };
  return async (resource) => {
    const given = bound;
    bound = '';
    const end = claimsOf(given)?.expiresAt;
    if (end !== undefined && end - context.clock.now() > TOO_SHORT_MS) {
      try {
        return await exchanged(resource, given);
      } catch (error) {
        if (!(error instanceof TaskError && error.code === 'CREDENTIAL_REFUSED')) {
          throw error;
        }
        context.log.debug('The ID token that the connection brought was refused; a fresh one is requested.');
      }
    }
    return exchanged(resource, await connectionIdToken(http, connection.id, context));
  };
}
