import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import * as tls from 'node:tls';

/** How the machine reaches the network: the pipeline agent's proxy and certificate settings. */
export interface Network {
  /** `http://[user:password@]host:port`. */
  readonly proxyUrl?: string;
  /** Regular expressions (ECMAScript) of URLs that go past the proxy. */
  readonly bypass?: readonly string[];
  /** PEM text of certificate authorities that are trusted beside the public ones. */
  readonly ca?: string;
  readonly clientCert?: { readonly cert: string; readonly key: string; readonly passphrase?: string };
  /** The agent was configured to accept any certificate. */
  readonly skipVerify?: boolean;
}

/** Link-local addresses, such as that of the metadata service of a virtual machine: nothing between could know them. */
const LINK_LOCAL = /^169\.254\.\d{1,3}\.\d{1,3}$/;

/** A proxy as axios wants it; `false` is a direct connection. */
export type ProxySetting =
  | {
      readonly protocol: string;
      readonly host: string;
      readonly port: number;
      readonly auth?: { username: string; password: string };
    }
  | false;

/**
 * Proxy for one URL. Loopback and link-local addresses (the machine's own metadata service) never go through a proxy.
 * @throws RangeError when `proxyUrl` is not a URL
 */
export function proxyFor(network: Network, url: URL): ProxySetting {
  if (network.proxyUrl === undefined || isLoopback(url.hostname) || LINK_LOCAL.test(url.hostname)) {
    return false;
  }
  if ((network.bypass ?? []).some((pattern) => matches(pattern, url.href))) {
    return false;
  }
  if (!URL.canParse(network.proxyUrl)) {
    throw new RangeError('the proxy URL of the agent is not a URL');
  }
  const proxy = new URL(network.proxyUrl);
  return {
    protocol: proxy.protocol,
    host: proxy.hostname,
    port: Number(proxy.port || (proxy.protocol === 'https:' ? 443 : 80)),
    ...(proxy.username === ''
      ? {}
      : { auth: { username: decodeURIComponent(proxy.username), password: decodeURIComponent(proxy.password) } }),
  };
}

/** Connection pools of one client. */
export interface ConnectionPools {
  /** For requests that may be repeated: connections are kept. */
  readonly kept: { readonly http: HttpAgent; readonly https: HttpsAgent };
  /** For requests that may not: each gets a fresh connection, so that none dies on one that the server has just closed. */
  readonly fresh: { readonly http: HttpAgent; readonly https: HttpsAgent };
}

/** The pools of a client that reaches the network this way. Nothing is opened before the first request. */
export function connectionPools(network: Network): ConnectionPools {
  const tls = {
    // Node.js would trust the given authorities alone: behind a private one for Azure DevOps no public name could be reached.
    ...(network.ca === undefined ? {} : { ca: [...publicAuthorities(), network.ca] }),
    ...network.clientCert,
    rejectUnauthorized: network.skipVerify !== true,
  };
  return {
    kept: { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true, ...tls }) },
    fresh: { http: new HttpAgent({ keepAlive: false }), https: new HttpsAgent({ keepAlive: false, ...tls }) },
  };
}

/** The authorities that Node.js trusts when it is told nothing; with those of `NODE_EXTRA_CA_CERTS` where it can list them. */
function publicAuthorities(): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
  return getCACertificates?.('default') ?? tls.rootCertificates;
}

/** True for `localhost`, `127.0.0.0/8` and `::1`. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname === '::1' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function matches(pattern: string, url: string): boolean {
  try {
    return new RegExp(pattern, 'i').test(url);
  } catch (error) {
    throw new RangeError(`the proxy bypass list of the agent holds a broken expression: ${pattern}`, { cause: error });
  }
}
