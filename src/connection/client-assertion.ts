import { createHash, createPrivateKey, type KeyObject, randomUUID, X509Certificate } from 'node:crypto';
import { SignJWT } from 'jose';
import { TaskError } from '../errors';
import type { EntraClient } from './entra';

/** Seconds that an assertion is valid: long enough for the attempts of one request. */
const LIFE_SECONDS = 600;

/** A certificate with its private key. */
export interface ApplicationCertificate {
  readonly key: KeyObject;
  /** DER. */
  readonly certificate: Buffer;
  /** SHA-1 in hexadecimal digits, as Entra shows it. */
  readonly thumbprint: string;
}

/**
 * The certificate of a service connection: PEM text with private key (RSA) and certificate, in any order.
 * @throws TaskError CERTIFICATE_INVALID
 */
export function readCertificate(pem: string): ApplicationCertificate {
  try {
    const key = createPrivateKey(pem);
    const { raw } = new X509Certificate(pem);
    if (key.asymmetricKeyType !== 'rsa') {
      throw new RangeError(`the key is of type ${key.asymmetricKeyType}, not rsa`);
    }
    return { key, certificate: raw, thumbprint: createHash('sha1').update(raw).digest('hex').toUpperCase() };
  } catch {
    throw new TaskError('CERTIFICATE_INVALID', 'The certificate of the Azure connection cannot be used.', {
      // No cause: its text could hold parts of the key.
      todo: 'Save it again in the service connection, as PEM with the unencrypted RSA private key and the certificate.',
    });
  }
}

/**
 * A JWT by which an application proves that it holds its certificate (Microsoft identity platform, certificate credentials):
 * PS256, the certificate named by its SHA-256 in `x5t#S256` and by its SHA-1 in `x5t` [U]. Dated by the clock of Entra.
 * @param mask gets the assertion before it is used
 */
export async function certificateAssertion(
  entra: EntraClient,
  { key, certificate, thumbprint }: ApplicationCertificate,
  mask: (secret: string) => void,
): Promise<string> {
  const now = Math.floor((await entra.time()) / 1000);
  const assertion = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({
      alg: 'PS256',
      typ: 'JWT',
      x5t: Buffer.from(thumbprint, 'hex').toString('base64url'),
      'x5t#S256': createHash('sha256').update(certificate).digest('base64url'),
    })
    .setIssuer(entra.application.id)
    .setSubject(entra.application.id)
    .setAudience(entra.tokenEndpoint)
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + LIFE_SECONDS)
    .sign(key);
  mask(assertion);
  return assertion;
}
