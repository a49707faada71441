import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { createTerminalHost } from '../../../src/agent/terminal-host';
import { networkOf } from '../../../src/connection/network';
import type { TaskError } from '../../../src/errors';
import { HttpClient } from '../../../src/http/client';
import { connectionPools, type Network, proxyFor } from '../../../src/http/network';
import { AutoClock } from '../../support/auto-clock';
import { startTunnelProxy } from '../../support/tunnel-proxy';
import { surroundings } from './surroundings';

describe('the network of a step', () => {
  it('trusts a private authority beside the public ones', () => {
    const { ca } = connectionPools({ ca: 'PRIVATE' }).kept.https.options;
    assert.ok(Array.isArray(ca) && ca.includes('PRIVATE'));
    const inMemory = new Set(ca);
    assert.ok(rootCertificates.every((root) => inMemory.has(root)));
    assert.equal(connectionPools({}).kept.https.options.ca, undefined);
  });

  it('asks the proxy for what no expression lets past, and nothing else', async () => {
    const proxy = await startTunnelProxy(9);
    try {
      const network = { proxyUrl: `http://127.0.0.1:${proxy.port}`, bypass: ['^https?://[^/]*\\.invalid(:|/)'] };
      const get = (baseUrl: string) =>
        new HttpClient({ baseUrl, network, clock: new AutoClock() }).json({
          method: 'GET',
          path: '/x',
          deadlineMs: 1_000,
        });
      // A resolver may say that there is no such name, or that it cannot say.
      await assert.rejects(get('https://workspace.invalid'), { code: /^CONNECTION_(FAILED|LOST)$/ });
      assert.deepEqual(proxy.asked, []);
      await assert.rejects(get('https://workspace.example'));
      assert.deepEqual(new Set(proxy.asked.map(({ target }) => target)), new Set(['workspace.example:443']));
    } finally {
      await proxy.close();
    }
  });

  it('never goes through a proxy to this machine or to its metadata service', () => {
    const network: Network = { proxyUrl: 'http://proxy.example:3128' };
    for (const url of [
      'http://127.0.0.1:8080',
      'http://localhost/',
      'http://[::1]:1/',
      'http://169.254.169.254/metadata',
      'http://169.254.130.4:8081/msi/token',
    ]) {
      assert.equal(proxyFor(network, new URL(url)), false, url);
    }
    assert.notEqual(proxyFor(network, new URL('http://169.255.0.1/')), false);
  });

  for (const [url, message] of [
    ['proxy.example:8080', /no address with http/],
    ['proxy.example', /no address with http/],
    ['socks5://proxy.example:1080', /no address with http/],
    ['http://me:pa%zz@proxy.example', /percent-encoded/],
    ['http://m%e:pa@proxy.example', /percent-encoded/],
  ] as const) {
    it(`refuses the proxy ${url}, and does not show it`, () => {
      const host = {
        ...surroundings().host,
        network: () => ({ proxy: { url }, proxyBypass: [], skipCertificateValidation: false }),
      };
      assert.throws(
        () => networkOf(host, () => undefined),
        (error: TaskError) =>
          error.code === 'PROXY_INVALID' && message.test(error.message) && !error.sentences.includes(url),
      );
    });
  }

  describe('at the terminal', () => {
    const names = ['HTTPS_PROXY', 'NO_PROXY', 'SSL_CERT_FILE'] as const;
    const former = Object.fromEntries(names.map((name) => [name, process.env[name]]));
    afterEach(() => {
      for (const name of names) {
        const value = former[name];
        if (value === undefined) {
          delete process.env[name];
        } else {
          process.env[name] = value;
        }
      }
    });

    it('is that of the environment', () => {
      process.env['HTTPS_PROXY'] = 'http://me:pa55@proxy.example:3128';
      process.env['NO_PROXY'] = 'intern.example, .corp.example,10.0.*';
      process.env['SSL_CERT_FILE'] = join(__dirname, 'network.test.ts');
      const folder = mkdtempSync(join(tmpdir(), 'terminal-'));
      const host = createTerminalHost({ inputs: new Map(), folder, json: false, color: false, debug: false });
      const masked: string[] = [];
      const network = networkOf(host, (secret) => masked.push(secret));
      assert.deepEqual(masked, ['pa55']);
      assert.match(network.ca ?? '', /describe/);
      const direct = [
        'https://intern.example/x',
        'https://a.intern.example',
        'https://w.corp.example:1/',
        'https://10.0.3.4/',
      ];
      for (const url of direct) {
        assert.equal(proxyFor(network, new URL(url)), false, url);
      }
      for (const url of ['https://internXexample/', 'https://intern.example.evil.net/', 'https://notintern.example/']) {
        assert.notEqual(proxyFor(network, new URL(url)), false, url);
      }
    });
  });
});
