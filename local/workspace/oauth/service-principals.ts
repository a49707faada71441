import { createHash, timingSafeEqual } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import type { Principal } from '../api';
import { numericId } from '../identity/principals';

/** Which federated tokens stand for a service principal (fields as in a Databricks federation policy). */
export interface FederationPolicy {
  readonly issuer: string;
  /** One of these must be in the token's `aud`. */
  readonly audiences: readonly string[];
  readonly subject: string;
  /** Claim that must equal `subject`; default `sub`. */
  readonly subjectClaim?: string;
  /** The issuer's public keys. */
  readonly jwks: JSONWebKeySet;
}

/** A service principal known to a workspace from its start. */
export interface ServicePrincipal {
  /** Also its OAuth client id. */
  readonly applicationId: string;
  readonly displayName: string;
  /** OAuth secret; without it `client_credentials` is refused. */
  readonly secret?: string;
  readonly federation?: readonly FederationPolicy[];
  /** False: it has a role on the workspace as an object of Azure, but is not one of its users. */
  readonly member?: boolean;
}

/** The service principal as the owner of a token. Its user name is its application id, as in the service. */
export function asPrincipal(servicePrincipal: ServicePrincipal): Principal {
  return {
    id: numericId(`servicePrincipal:${servicePrincipal.applicationId}`),
    userName: servicePrincipal.applicationId,
    displayName: servicePrincipal.displayName,
    kind: 'servicePrincipal',
  };
}

/** Compares in a time that does not depend on how much of the secret is right. */
export function secretMatches(servicePrincipal: ServicePrincipal, secret: string): boolean {
  return servicePrincipal.secret !== undefined && timingSafeEqual(sha256(servicePrincipal.secret), sha256(secret));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
