import { request as startRequest } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Certificate } from './certificates';

/** A TLS server on loopback before a server without TLS. */
export interface TlsFront {
  readonly port: number;
  /** Common names of the certificates that clients showed, one a request; empty where there was none. */
  readonly clients: string[];
  close(): Promise<void>;
}

/**
 * @param clientAuthority PEM of the authority whose certificates clients must show; without it they need none
 */
export async function startTlsFront(
  target: string,
  certificate: Certificate,
  clientAuthority?: string,
): Promise<TlsFront> {
  const clients: string[] = [];
  const { hostname, port } = new URL(target);
  const { cert, key } = certificate;
  const asks =
    clientAuthority === undefined ? {} : { ca: clientAuthority, requestCert: true, rejectUnauthorized: true };
  const server = createServer({ cert, key, ...asks }, (incoming, outgoing) => {
    const { subject } = (incoming.socket as TLSSocket).getPeerCertificate();
    clients.push([subject?.CN ?? ''].flat().join());
    const { method = 'GET', url = '/' } = incoming;
    const headers = { ...incoming.headers, host: `${hostname}:${port}` };
    const forwarded = startRequest({ hostname, port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', (error) => outgoing.destroy(error));
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    clients,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}
