import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import type { FederationPolicy } from './service-principals';

/** A federated token that a policy admits. */
export interface FederatedToken {
  /** End of the token's life, seconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Checks a JWT against a policy: signature by the issuer's keys (RS256 or ES256), issuer, audience, subject, lifetime.
 * @param now milliseconds since the epoch
 * @returns `undefined` when this policy does not admit the token
 */
export async function admit(policy: FederationPolicy, jwt: string, now: number): Promise<FederatedToken | undefined> {
  try {
    const { payload } = await jwtVerify(jwt, createLocalJWKSet(policy.jwks), {
      algorithms: ['RS256', 'ES256'],
      issuer: policy.issuer,
      audience: [...policy.audiences],
      requiredClaims: ['exp'],
      currentDate: new Date(now),
    });
    return payload[policy.subjectClaim ?? 'sub'] === policy.subject && payload.exp !== undefined
      ? { expiresAt: payload.exp }
      : undefined;
  } catch (error) {
    if (error instanceof errors.JOSEError) {
      return undefined;
    }
    throw error;
  }
}
