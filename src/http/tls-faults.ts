import { type CallPlace, ConnectionError } from './errors';
import { isLoopback } from './network';

/** Codes of Node.js and OpenSSL for a certificate that is not trusted, and for a handshake that came to nothing. */
const TLS_CODES = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|ERR_SSL_|EPROTO$|HOSTNAME_MISMATCH$)/;

/** What OpenSSL makes of an answer in plain text: the reason stands in the code on newer versions of Node.js, else in the text alone. */
const PLAIN_TEXT = /wrong.version.number|packet.length.too.long|http.request/i;
const REFUSED_BY_SERVER = /alert/i;

/** True for a code by which Node.js says that TLS failed. */
export function isTlsFault(code: string): boolean {
  return TLS_CODES.test(code);
}

/** What failed about TLS, and what mends just that: another authority helps only where the authority is what is missing. */
export function tlsFault(code: string, text: string, place: CallPlace): ConnectionError {
  const { host } = new URL(place.origin);
  if (PLAIN_TEXT.test(code) || PLAIN_TEXT.test(text)) {
    return new ConnectionError('TLS_FAILED', `The server at ${host} speaks plain HTTP and no TLS.`, place, {
      todo: plainHttpAdvice(place.origin),
    });
  }
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return new ConnectionError('TLS_FAILED', `The certificate of ${host} has expired (${code}).`, place, {
        todo: 'Have it renewed. If it is still valid, correct the clock of this machine.',
      });
    case 'CERT_NOT_YET_VALID':
      return new ConnectionError('TLS_FAILED', `The certificate of ${host} is not valid yet (${code}).`, place, {
        todo: 'Correct the clock of this machine; if it is right, have the certificate made anew.',
      });
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'HOSTNAME_MISMATCH':
      return new ConnectionError(
        'TLS_FAILED',
        `The certificate that ${host} shows is for another name (${code}).`,
        place,
        {
          todo: 'Write the address with the name for which it was made, and check that no proxy answers in its place.',
        },
      );
  }
  if (REFUSED_BY_SERVER.test(code) || REFUSED_BY_SERVER.test(text)) {
    return new ConnectionError('TLS_FAILED', `The server at ${host} refused the TLS handshake (${code}).`, place, {
      todo: "If it asks for a client certificate, give the agent one (agent settings 'sslclientcert' and 'sslclientcertkey').",
    });
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return new ConnectionError('TLS_FAILED', `The TLS handshake with ${host} came to nothing (${code}).`, place, {
      todo: 'Check host and port of the address, and the proxy on the way to it.',
    });
  }
  return new ConnectionError('TLS_FAILED', `The certificate of ${host} is not trusted (${code}).`, place, {
    todo: "Give the agent the certificate authority of the server (agent setting 'sslcacert'; at a terminal: SSL_CERT_FILE).",
  });
}

/** Plain HTTP is taken for this machine alone, where a local workspace runs. */
function plainHttpAdvice(origin: string): string {
  const { hostname, host } = new URL(origin);
  return isLoopback(hostname)
    ? `Write the address with its scheme: http://${host}.`
    : 'Check host and port of the address: a workspace is reached by https. Only a local workspace on this machine may be given by http://.';
}
