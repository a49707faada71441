import { createHash, X509Certificate } from 'node:crypto';
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  jwtVerify,
  SignJWT,
} from 'jose';
import type { Federation } from '../../local/pipelines/service/token-issuer';
import type { Clock } from '../../src/clock';
import { mustNotAppear } from './captured-output';
import { type Answer, type HttpDouble, type Received, startDouble } from './http-double';

/** An application of a tenant, with what proves that a request comes from it. */
export interface Application {
  readonly id: string;
  readonly secret?: string;
  /** PEM. */
  readonly certificate?: string;
  readonly federation?: readonly Federation[];
}

/** A token endpoint of Entra for one tenant, which checks every proof for real. */
export interface Entra extends HttpDouble {
  readonly tenant: string;
  readonly issuer: string;
  /** Public keys of the tokens that it issues. */
  readonly jwks: JSONWebKeySet;
  /** Requests for a token, in order. */
  readonly forms: Readonly<Record<string, string>>[];
  /** Life of the tokens that it issues, in seconds. */
  lifeSeconds: number;
  /** A token for an application without any proof, as the endpoint of a managed identity gets it. */
  tokenFor(applicationId: string, resource: string): Promise<string>;
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Refusals with the codes that Entra has for them. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    readonly number: string,
    description: string,
  ) {
    super(`AADSTS${number}: ${description}`);
  }
}

export async function startEntra(clock: Clock, tenant: string, applications: readonly Application[]): Promise<Entra> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'entra', alg: 'RS256' }] };
  const issuer = `https://sts.windows.net/${tenant}/`;
  const forms: Record<string, string>[] = [];
  const own = { lifeSeconds: 3600 };
  let issued = 0;

  const tokenFor = async (applicationId: string, resource: string): Promise<string> => {
    const now = Math.floor(clock.now() / 1000);
    const token = await new SignJWT({ appid: applicationId, jti: String(++issued) })
      .setProtectedHeader({ alg: 'RS256', kid: 'entra' })
      .setIssuer(issuer)
      .setAudience(resource)
      .setIssuedAt(now)
      .setExpirationTime(now + own.lifeSeconds)
      .sign(privateKey);
    return mustNotAppear(token);
  };

  const answer = async (request: Received): Promise<Answer> => {
    const date = { date: new Date(clock.now()).toUTCString() };
    const target = request.url.split('?')[0];
    if (request.method === 'GET' && target === `/${tenant}/v2.0/.well-known/openid-configuration`) {
      return { headers: date, json: { issuer } };
    }
    if (request.method !== 'POST' || target !== `/${tenant}/oauth2/v2.0/token`) {
      return {
        status: 404,
        headers: date,
        json: { error: 'invalid_request', error_description: 'AADSTS90002: no such tenant' },
      };
    }
    const form = Object.fromEntries(new URLSearchParams(request.body));
    forms.push(form);
    if (form['client_assertion'] !== undefined) {
      mustNotAppear(form['client_assertion']);
    }
    try {
      const application = await proven(applications, form, `http://${request.headers.host}${target}`, clock.now());
      const resource = /^(.+)\/\.default$/.exec(form['scope'] ?? '')?.[1];
      if (form['grant_type'] !== 'client_credentials' || resource === undefined) {
        throw new Refusal(400, 'invalid_scope', '1002012', 'The provided value for scope is not valid.');
      }
      const token = await tokenFor(application.id, resource);
      return { headers: date, json: { token_type: 'Bearer', expires_in: own.lifeSeconds, access_token: token } };
    } catch (error) {
      if (error instanceof Refusal) {
        const json = { error: error.error, error_description: error.message, error_codes: [Number(error.number)] };
        return { status: error.status, headers: date, json };
      }
      throw error;
    }
  };
  const double = await startDouble(answer);
  return Object.assign(own, { ...double, tenant, issuer, jwks, forms, tokenFor });
}

async function proven(
  applications: readonly Application[],
  form: Readonly<Record<string, string>>,
  endpoint: string,
  now: number,
): Promise<Application> {
  const application = applications.find(({ id }) => id === form['client_id']);
  if (application === undefined) {
    throw new Refusal(400, 'unauthorized_client', '700016', `Application '${form['client_id']}' was not found.`);
  }
  const assertion = form['client_assertion'];
  if (assertion === undefined) {
    if (application.secret === undefined || form['client_secret'] !== application.secret) {
      throw new Refusal(401, 'invalid_client', '7000215', 'Invalid client secret provided.');
    }
    return application;
  }
  if (form['client_assertion_type'] !== ASSERTION_TYPE) {
    throw new Refusal(400, 'invalid_request', '900144', 'The client_assertion_type is wrong.');
  }
  const selfSigned = decodeJwt(assertion).iss === application.id;
  await (selfSigned ? checkOwn(application, assertion, endpoint, now) : checkFederated(application, assertion, now));
  return application;
}

async function checkOwn(application: Application, assertion: string, endpoint: string, now: number): Promise<void> {
  if (application.certificate === undefined) {
    throw new Refusal(401, 'invalid_client', '700027', 'No certificate is registered.');
  }
  const certificate = new X509Certificate(application.certificate);
  const digest = (algorithm: string) => createHash(algorithm).update(certificate.raw).digest('base64url');
  const header = decodeProtectedHeader(assertion) as Record<string, unknown>;
  if (header['x5t#S256'] !== digest('sha256') || header['x5t'] !== digest('sha1')) {
    throw new Refusal(401, 'invalid_client', '700027', 'The certificate with this identifier is not registered.');
  }
  await verified(
    jwtVerify(assertion, certificate.publicKey, {
      algorithms: ['PS256'],
      issuer: application.id,
      subject: application.id,
      audience: endpoint,
      requiredClaims: ['exp', 'nbf', 'jti'],
      currentDate: new Date(now),
    }),
    '700027',
  );
}

async function checkFederated(application: Application, assertion: string, now: number): Promise<void> {
  const { iss, sub } = decodeJwt(assertion);
  const credential = application.federation?.find(({ issuer, subject }) => issuer === iss && subject === sub);
  if (credential === undefined) {
    throw new Refusal(401, 'invalid_client', '700213', 'No matching federated identity record found.');
  }
  await verified(
    jwtVerify(assertion, createLocalJWKSet(credential.jwks), {
      algorithms: ['RS256'],
      issuer: credential.issuer,
      subject: credential.subject,
      audience: [...credential.audiences],
      requiredClaims: ['exp'],
      currentDate: new Date(now),
    }),
    '70021',
  );
}

async function verified(check: Promise<unknown>, code: string): Promise<void> {
  try {
    await check;
  } catch (error) {
    if (
      error instanceof errors.JWTExpired ||
      (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf')
    ) {
      throw new Refusal(401, 'invalid_client', '700024', 'The client assertion is not within its valid time range.');
    }
    if (error instanceof errors.JOSEError) {
      throw new Refusal(401, 'invalid_client', code, 'The client assertion is not valid.');
    }
    throw error;
  }
}
