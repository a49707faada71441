import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A proxy on loopback that opens tunnels (`CONNECT`) and nothing else. */
export interface TunnelProxy {
  readonly port: number;
  /** `host:port` of every tunnel that was asked for, with the `Proxy-Authorization` it came with. */
  readonly asked: { readonly target: string; readonly authorization: string }[];
  close(): Promise<void>;
}

/**
 * @param port of this machine to which every tunnel leads, whatever its name
 * @param credentials `user:password` without which it answers 407
 */
export async function startTunnelProxy(port: number, credentials?: string): Promise<TunnelProxy> {
  const asked: { target: string; authorization: string }[] = [];
  const wanted = credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
  const server = createServer((_, response) => {
    response.writeHead(405).end();
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('connect', (request, socket) => {
    const authorization = request.headers['proxy-authorization'] ?? '';
    asked.push({ target: request.url ?? '', authorization });
    if (wanted !== undefined && authorization !== wanted) {
      socket.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n',
      );
      return;
    }
    const target = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        // A tunnel is no connection of the server any more: `closeAllConnections` would leave it open.
        for (const socket of sockets) {
          socket.destroy();
        }
      }),
  };
}
