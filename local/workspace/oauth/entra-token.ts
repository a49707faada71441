import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import type { Clock } from '../../../src/clock';
import type { ForeignTokens } from '../access';
import { asPrincipal, type ServicePrincipal } from './service-principals';

/** Application id of Azure Databricks, the audience of its Entra tokens. */
export const DATABRICKS = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d';
/** Audience of tokens for the management of Azure, public cloud. */
const MANAGEMENT = 'https://management.core.windows.net/';
/** Azure Databricks refuses tokens that end within this time, in ms (a comment in the SDK for Go). */
const SHORTEST_REST_MS = 30_000;

/** Whose tokens a workspace takes. */
export interface EntraTrust {
  readonly issuer: string;
  /** Public keys of the issuer. */
  readonly jwks: JSONWebKeySet;
  /** The workspace as an object of Azure; who has a role on it may come in with the two headers of databricks-api 2.3. */
  readonly workspaceResourceId?: string;
}

/**
 * Checks Entra tokens: signature (RS256), issuer, audience, lifetime, and that the application is a service principal known here. Who has
 * only a role on the workspace in Azure must show a second token and the resource id. The words of the refusals are [U].
 */
export function entraTokens(
  trust: EntraTrust,
  servicePrincipals: readonly ServicePrincipal[],
  clock: Clock,
): ForeignTokens {
  const claimsOf = (token: string, audience: string) => verified(trust, token, audience, clock.now());
  return async (token, request) => {
    const claims = await claimsOf(token, DATABRICKS);
    if (claims === 'expired' || claims === 'unknown') {
      return { refused: claims };
    }
    const found = servicePrincipals.find(({ applicationId }) => applicationId === claims['appid']);
    if (found === undefined) {
      return { refused: 'noMember' };
    }
    if (found.member === false) {
      const { [HEADERS.token]: second, [HEADERS.resource]: resource } = request.headers;
      const management = await claimsOf(String(second ?? ''), MANAGEMENT);
      const proved = typeof management === 'object' && management['appid'] === found.applicationId;
      if (!proved || trust.workspaceResourceId === undefined || resource !== trust.workspaceResourceId) {
        return { refused: 'noMember' };
      }
    }
    return { principal: asPrincipal(found) };
  };
}

const HEADERS = {
  token: 'x-databricks-azure-sp-management-token',
  resource: 'x-databricks-azure-workspace-resource-id',
} as const;

async function verified(
  { issuer, jwks }: EntraTrust,
  token: string,
  audience: string,
  now: number,
): Promise<JWTPayload | 'unknown' | 'expired'> {
  try {
    const currentDate = new Date(now + SHORTEST_REST_MS);
    const options = { algorithms: ['RS256'], issuer, audience, requiredClaims: ['exp', 'appid'], currentDate };
    return (await jwtVerify(token, createLocalJWKSet(jwks), options)).payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      return 'expired';
    }
    if (error instanceof errors.JOSEError) {
      return 'unknown';
    }
    throw error;
  }
}
