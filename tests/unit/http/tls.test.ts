import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { HttpClient } from '../../../src/http/client';
import type { ConnectionError } from '../../../src/http/errors';
import type { Network } from '../../../src/http/network';
import { AutoClock } from '../../support/auto-clock';
import { startDouble } from '../../support/http-double';
import { selfSigned } from '../../support/self-signed';
import { startTunnelProxy, type TunnelProxy } from '../../support/tunnel-proxy';

describe('TLS', () => {
  const { cert, key } = selfSigned();
  const server = createServer({ cert, key }, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"safe":true}');
  });
  let proxy: TunnelProxy;
  let url = '';

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    url = `https://127.0.0.1:${port}`;
    proxy = await startTunnelProxy(port, 'user:pw');
  });

  after(async () => {
    await proxy.close();
    server.close();
    server.closeAllConnections();
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

  it('refuses a certificate of another name, and does not ask for an authority', async () => {
    await assert.rejects(get({ ca: cert }, url.replace('127.0.0.1', 'localhost')), (error: ConnectionError) => {
      assert.equal(error.code, 'TLS_FAILED');
      assert.match(error.sentences, /shows is for another name \(ERR_TLS_CERT_ALTNAME_INVALID\)/);
      assert.doesNotMatch(error.sentences, /sslcacert/);
      return true;
    });
  });

  it('says of a server that speaks plain HTTP just that, and how to write its address', async () => {
    const plain = await startDouble(() => ({ json: {} }));
    const clock = new AutoClock();
    try {
      await assert.rejects(get({}, plain.url.replace('http:', 'https:'), clock), (error: ConnectionError) => {
        assert.equal(error.code, 'TLS_FAILED');
        assert.match(error.message, /^The server at 127\.0\.0\.1:\d+ speaks plain HTTP and no TLS\.$/);
        assert.equal(error.options.todo, `Write the address with its scheme: ${plain.url}.`);
        return true;
      });
      assert.deepEqual(clock.waits, []);
    } finally {
      await plain.close();
    }
  });

  it('tunnels through a proxy, checks the server behind it, and tells the proxy alone its password', async () => {
    const network = { proxyUrl: `http://user:pw@127.0.0.1:${proxy.port}`, ca: cert };
    // The name is not loopback, so the proxy is asked; it is not that of the certificate, so the answer is refused.
    await assert.rejects(get(network, 'https://workspace.example'), { code: 'TLS_FAILED' });
    assert.deepEqual(await get({ ...network, skipVerify: true }, 'https://workspace.example'), { safe: true });
    const authorization = `Basic ${Buffer.from('user:pw').toString('base64')}`;
    for (const asked of proxy.asked) {
      assert.deepEqual(asked, { target: 'workspace.example:443', authorization });
    }
    assert.ok(proxy.asked.length >= 2);
    const refused = { ...network, proxyUrl: `http://user:no@127.0.0.1:${proxy.port}` };
    await assert.rejects(get(refused, 'https://workspace.example'), { code: 'PROXY_REFUSED' });
  });
});
