import assert from 'node:assert/strict';
import { createServer as createProxy, type Server } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { HttpClient } from '../../../src/http/client';
import type { Network } from '../../../src/http/network';
import { AutoClock } from '../../support/auto-clock';
import { selfSigned } from '../../support/self-signed';

describe('TLS', () => {
  const { cert, key } = selfSigned();
  const server = createServer({ cert, key }, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"safe":true}');
  });
  const connects: (string | undefined)[] = [];
  let proxy: Server;
  let url = '';

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    url = `https://127.0.0.1:${port}`;
    proxy = createProxy();
    proxy.on('connect', (request, socket) => {
      connects.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`);
      const target = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        target.pipe(socket).pipe(target);
      });
      target.on('error', () => socket.destroy());
      socket.on('error', () => target.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  });

  after(() => {
    server.close();
    server.closeAllConnections();
    proxy.close();
    proxy.closeAllConnections();
  });

  const get = (network: Network, baseUrl = url, clock = new AutoClock()) =>
    new HttpClient({ baseUrl, network, clock }).json({ method: 'GET', path: '/x', deadlineMs: 5_000 });

  it('refuses a certificate that nobody vouches for, at once', async () => {
    const clock = new AutoClock();
    await assert.rejects(get({}, url, clock), { code: 'TLS_FAILED' });
    assert.deepEqual(clock.waits, []);
  });

  it('accepts it with its authority, or when the agent says so', async () => {
    assert.deepEqual(await get({ ca: cert }), { safe: true });
    assert.deepEqual(await get({ skipVerify: true }), { safe: true });
  });

  it('refuses a certificate of another name', async () => {
    await assert.rejects(get({ ca: cert }, url.replace('127.0.0.1', 'localhost')), { code: 'TLS_FAILED' });
  });

  it('tunnels through a proxy, checks the server behind it, and tells the proxy alone its password', async () => {
    const { port } = proxy.address() as AddressInfo;
    const network = { proxyUrl: `http://user:pw@127.0.0.1:${port}`, ca: cert };
    // The name is not loopback, so the proxy is asked; it is not that of the certificate, so the answer is refused.
    await assert.rejects(get(network, 'https://workspace.example'), { code: 'TLS_FAILED' });
    assert.deepEqual(await get({ ...network, skipVerify: true }, 'https://workspace.example'), { safe: true });
    const expected = `workspace.example:443 Basic ${Buffer.from('user:pw').toString('base64')}`;
    assert.deepEqual(new Set(connects), new Set([expected]));
  });
});
