import { createServer, request as startRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../../src/clock';

/** One request that went through the proxy. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query as the client sent them. */
  readonly url: string;
  readonly status: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A proxy on loopback that writes down what a client asks of a server, in order of the answers. */
export interface RecordingProxy {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  close(): Promise<void>;
}

/**
 * Starts a proxy before a server.
 * @param target `http://host:port`; the client's own Host header is replaced by it
 * @param clock that dates the requests
 */
export async function startRecordingProxy(target: string, clock: Clock = systemClock): Promise<RecordingProxy> {
  const requests: RecordedRequest[] = [];
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url = '/' } = incoming;
    const headers = { ...incoming.headers, host: `${hostname}:${port}` };
    const forwarded = startRequest({ hostname, port, method, path: url, headers }, (answer) => {
      const status = answer.statusCode ?? 502;
      requests.push({ method, url, status, at: clock.now() });
      outgoing.writeHead(status, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', (error) => outgoing.destroy(error));
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    close: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections();
        server.close((error) => (error === undefined ? resolve() : reject(error)));
      }),
  };
}
