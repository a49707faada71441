import { readFileSync } from 'node:fs';
import { TaskError } from '../errors';
import type { Network } from '../http/network';
import type { ConnectionHost } from './port';

/**
 * The network settings of the agent with the certificate files read.
 * @throws TaskError CERTIFICATE_UNREADABLE, PROXY_INVALID
 */
export function networkOf(host: ConnectionHost, mask: (secret: string) => void): Network {
  const settings = host.network();
  return {
    ...(settings.proxy === undefined ? {} : { proxyUrl: proxyUrl(settings.proxy, mask) }),
    bypass: settings.proxyBypass.map(checkedExpression),
    ...(settings.caFile === undefined ? {} : { ca: readCertificate(settings.caFile) }),
    ...(settings.clientCertificate === undefined
      ? {}
      : { clientCert: clientCertificate(settings.clientCertificate, mask) }),
    skipVerify: settings.skipCertificateValidation,
  };
}

function proxyUrl(
  proxy: { readonly url: string; readonly username?: string; readonly password?: string },
  mask: (secret: string) => void,
): string {
  const url = httpAddress(proxy.url);
  if (url !== undefined && proxy.username !== undefined) {
    url.username = encodeURIComponent(proxy.username);
    url.password = encodeURIComponent(proxy.password ?? '');
  }
  const password = decoded(url?.password ?? '');
  if (url === undefined || password === undefined || decoded(url.username) === undefined) {
    // The address is not said: it may have a password in it.
    throw new TaskError(
      'PROXY_INVALID',
      url === undefined
        ? 'The proxy of this machine is no address with http:// or https:// and a host.'
        : 'User or password in the address of the proxy of this machine are not percent-encoded.',
      {
        todo: "Write it as http://[user:password@]host:port in the agent's proxy setting (at a terminal: HTTPS_PROXY), with %25 for a %.",
      },
    );
  }
  if (password !== '') {
    mask(password);
  }
  return url.href;
}

/** Without its scheme, `proxy.example:8080` is an address too: one with the scheme `proxy.example:` and no host. */
function httpAddress(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.hostname !== '' ? url : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) {
      return undefined;
    }
    throw error;
  }
}

function checkedExpression(expression: string): string {
  try {
    return new RegExp(expression).source;
  } catch (error) {
    throw new TaskError(
      'PROXY_INVALID',
      `The proxy bypass list of the agent holds ${JSON.stringify(expression)}, which is no regular expression.`,
      {
        todo: 'Correct the file .proxybypass of the agent: one ECMAScript expression a line, such as ^https://dev\\.azure\\.com.',
        cause: error,
      },
    );
  }
}

function clientCertificate(
  files: { readonly certFile: string; readonly keyFile: string; readonly passphrase?: string },
  mask: (secret: string) => void,
): NonNullable<Network['clientCert']> {
  if (files.passphrase !== undefined) {
    mask(files.passphrase);
  }
  return {
    cert: readCertificate(files.certFile),
    key: readCertificate(files.keyFile),
    ...(files.passphrase === undefined ? {} : { passphrase: files.passphrase }),
  };
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new TaskError('CERTIFICATE_UNREADABLE', `The certificate file ${file} of the agent cannot be read.`, {
      todo: "Correct the agent's certificate settings.",
      cause: error,
    });
  }
}
