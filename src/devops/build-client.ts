import type { BuildApi } from 'azure-devops-node-api/BuildApi';
import type { IRequestOptions } from 'azure-devops-node-api/interfaces/common/VsoBaseInterfaces';
import { isLoopback } from '../http/network';
import type { DevOpsAccess, DevOpsNetwork } from './access';

/** Repeats of a read after a fault of the network or a 502, 503, 504; the client waits between them. */
const REPEATS = 3;
/** Milliseconds without a byte after which a request has failed. */
const SOCKET_TIMEOUT_MS = 60_000;

/**
 * The client of the Build area of azure-devops-node-api, loaded by its own file (design decision 2): 235 KB of the bundle, where the
 * index is 1.1 MB. The token goes to the host of `url` alone: the client follows redirects.
 */
export async function buildClient(access: DevOpsAccess, url = access.collectionUrl): Promise<BuildApi> {
  const [{ BuildApi }, { BearerCredentialHandler }] = await Promise.all([
    import('azure-devops-node-api/BuildApi'),
    import('azure-devops-node-api/handlers/bearertoken'),
  ]);
  const credentials = new BearerCredentialHandler(access.token, false);
  return new BuildApi(url, [credentials], requestOptions(access.network, url), access.userAgent);
}

function requestOptions(network: DevOpsNetwork, url: string): IRequestOptions {
  const { caFile, clientCertificate } = network;
  return {
    allowRetries: true,
    maxRetries: REPEATS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    ignoreSslError: network.skipCertificateValidation,
    proxy: proxyOf(network, url),
    ...(caFile === undefined && clientCertificate === undefined
      ? {}
      : { cert: { ...(caFile === undefined ? {} : { caFile }), ...clientCertificate } }),
  };
}

/**
 * The proxy of the agent, or explicitly none: without this member the client takes the proxy of the process' environment, which the
 * agent does not set. Loopback addresses never go through a proxy, as in src/http.
 */
function proxyOf({ proxy, proxyBypass }: DevOpsNetwork, url: string): NonNullable<IRequestOptions['proxy']> {
  if (proxy === undefined || isLoopback(new URL(url).hostname)) {
    return { proxyUrl: '', proxyBypassHosts: ['^'] };
  }
  return {
    proxyUrl: proxy.url,
    ...(proxy.username === undefined ? {} : { proxyUsername: proxy.username }),
    ...(proxy.password === undefined ? {} : { proxyPassword: proxy.password }),
    proxyBypassHosts: [...proxyBypass],
  };
}
