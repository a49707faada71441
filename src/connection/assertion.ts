import { decodeJwt } from 'jose';
import { shellWord } from '../shell-word';

/** What an ID token says about itself. It proves nothing: only who it is shown to checks the signature. */
export interface AssertionClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | undefined;
}

/** The claims of an ID token; `undefined` when it cannot be read. */
export function claimsOf(jwt: string): AssertionClaims | undefined {
  // Only what `decodeJwt` demands: three parts. Anything else that it may refuse is a token of another kind as well.
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(jwt)) {
    return undefined;
  }
  let claims: ReturnType<typeof decodeJwt>;
  try {
    claims = decodeJwt(jwt);
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_')) {
      return undefined;
    }
    throw error;
  }
  return {
    issuer: String(claims.iss ?? ''),
    subject: String(claims.sub ?? ''),
    audiences: [claims.aud ?? []].flat().map(String),
    expiresAt: typeof claims.exp === 'number' ? claims.exp * 1000 : undefined,
  };
}

/** One sentence with issuer, subject and audience; never the token. */
export function describeClaims(claims: AssertionClaims | undefined): string {
  if (claims === undefined) {
    return 'Its ID token cannot be read.';
  }
  const audiences = claims.audiences.map((audience) => `'${audience}'`).join(', ');
  return `The ID token has the issuer '${claims.issuer}', the subject '${claims.subject}' and the audience ${audiences || 'none'}.`;
}

/**
 * The command that makes a Databricks service principal trust tokens like this one (account API, service principal federation policies).
 * @param applicationId application id of the service principal
 */
export function trustInDatabricks(claims: AssertionClaims | undefined, applicationId: string): string {
  if (claims === undefined) {
    return 'Check the federation policy of the service principal.';
  }
  const policy = { issuer: claims.issuer, audiences: claims.audiences, subject: claims.subject };
  const json = shellWord(JSON.stringify({ oidc_policy: policy }));
  const filter = shellWord(`applicationId eq "${applicationId}"`);
  return (
    `Let the service principal trust it: \`databricks account service-principal-federation-policy create <id> --json ${json}\`, ` +
    `with the numeric id that \`databricks account service-principals list --filter ${filter}\` shows.`
  );
}

/** The command that makes an Entra application trust tokens like this one (federated identity credential). */
export function trustInEntra(claims: AssertionClaims | undefined, applicationId: string): string {
  if (claims === undefined) {
    return 'Check the federated credentials of the application.';
  }
  const { issuer, subject, audiences } = claims;
  const json = shellWord(JSON.stringify({ name: 'azure-pipelines', issuer, subject, audiences }));
  return (
    `Let the application trust it: \`az ad app federated-credential create --id ${shellWord(applicationId)} --parameters ${json}\`. ` +
    'Where this log shows ***, the page of the service connection has the value.'
  );
}
