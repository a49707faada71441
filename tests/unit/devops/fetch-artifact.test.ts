import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedRun } from '../../../local/pipelines/service/ports';
import type { RunningService } from '../../../local/pipelines/service/start-service';
import type { DevOpsAccess } from '../../../src/devops/access';
import { fetchArtifact, fetchFile } from '../../../src/devops/fetch-artifact';
import type { TaskError } from '../../../src/errors';
import { type Answer, type HttpDouble, type Received, startDouble } from '../../support/http-double';
import { JOB, PROJECT, putArtifact, recordedRun, serviceOver } from '../../support/recorded-run';
import { selfSigned } from '../../support/self-signed';

/** Where the client finds the artifacts of a run. */
const LOCATION = {
  id: '1db06c96-014e-44e1-ac91-90b2d4b3e984',
  area: 'build',
  resourceName: 'artifacts',
  routeTemplate: '{project}/_apis/{area}/builds/{buildId}/{resource}/{artifactName}',
  resourceVersion: 5,
  minVersion: '1.0',
  maxVersion: '7.2',
  releasedVersion: '7.1',
};

describe('fetching a build artifact', () => {
  const stops: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) {
      await stop();
    }
  });

  const into = () => join(mkdtempSync(join(tmpdir(), 'fetched-')), 'files');

  function access(collectionUrl: string, more: Partial<DevOpsAccess> = {}): DevOpsAccess {
    return {
      collectionUrl,
      token: JOB.token,
      network: { proxyBypass: [], skipCertificateValidation: false },
      project: PROJECT.id,
      runId: '2',
      signal: new AbortController().signal,
      userAgent: 'databricks-mlops/1.2.3 (DatabricksTest)',
      debug: () => undefined,
      ...more,
    };
  }

  async function service(...runs: readonly RecordedRun[]): Promise<RunningService> {
    const running = await serviceOver(runs);
    stops.push(() => running.stop());
    return running;
  }

  /** Azure DevOps as far as the client needs it to find the artifacts of a run. */
  async function double(answer: (request: Received) => Answer): Promise<HttpDouble> {
    const server = await startDouble((request) =>
      request.method === 'OPTIONS' ? { json: { count: 1, value: [LOCATION] } } : answer(request),
    );
    stops.push(() => server.close());
    return server;
  }

  const errorOf = async (fetching: Promise<unknown>): Promise<TaskError> => {
    let found: unknown;
    await assert.rejects(fetching, (error) => {
      found = error;
      return true;
    });
    return found as TaskError;
  };

  it('takes the newest attempt of this run, or of another', async () => {
    const [first, second] = [recordedRun('1'), recordedRun('2')];
    putArtifact(first, 'report', { 'report.json': 'of run 1' });
    putArtifact(second, 'report', { 'report.json': 'attempt 1' });
    putArtifact(second, 'report-2', { 'report.json': 'attempt 2', 'deep/summary.md': '#' }, 'pipeline');
    const { url } = await service(first, second);
    const fetched = await fetchArtifact(access(url), { name: 'report', runId: undefined }, into());
    assert.deepEqual(
      [fetched.name, fetched.runId, [...fetched.files].sort()],
      ['report-2', '2', ['deep/summary.md', 'report.json']],
    );
    assert.equal(readFileSync(join(fetched.folder, 'report.json'), 'utf8'), 'attempt 2');
    const path = await fetchFile(access(url), { name: 'report', runId: '1' }, 'report.json', into());
    assert.equal(readFileSync(path, 'utf8'), 'of run 1');
  });

  it('lists what there is when there is no such artifact or file', async () => {
    const run = recordedRun('2');
    putArtifact(run, 'model', { MLmodel: '' });
    putArtifact(run, 'evidence', {});
    const { url } = await service(run, recordedRun('3'));
    const missing = await errorOf(fetchArtifact(access(url), { name: 'report', runId: undefined }, into()));
    assert.equal(missing.code, 'ARTIFACT_NOT_FOUND');
    assert.match(
      missing.sentences,
      /It has evidence, model\. Its page is http:\/\/127\.0\.0\.1:\d+\/contoso\/.*buildId=2/,
    );
    const none = await errorOf(fetchArtifact(access(url), { name: 'report', runId: '3' }, into()));
    assert.match(none.sentences, /It has no artifacts/);
    const file = await errorOf(fetchFile(access(url), { name: 'model', runId: undefined }, 'report.json', into()));
    assert.equal(file.code, 'ARTIFACT_FILE_MISSING');
    assert.match(file.sentences, /It holds MLmodel\./);
    const empty = await errorOf(fetchFile(access(url), { name: 'evidence', runId: undefined }, 'report.json', into()));
    assert.match(empty.sentences, /It is empty/);
  });

  it('says that there is no such run', async () => {
    const { url } = await service(recordedRun('2'));
    const error = await errorOf(fetchArtifact(access(url), { name: 'report', runId: '99' }, into()));
    assert.equal(error.code, 'PIPELINE_RUN_NOT_FOUND');
    assert.match(error.sentences, /knows no run 99 of this project/);
  });

  it('says which right is missing', async () => {
    const { url } = await service(recordedRun('2'));
    const unknown = await errorOf(fetchArtifact(access(url, { token: 'no' }), { name: 'a', runId: undefined }, into()));
    assert.equal(unknown.code, 'DEVOPS_REFUSED');
    assert.match(unknown.sentences, /TF400813.*status 401.*'View builds'/);
    const forbidding = await double(() => ({ status: 403, json: { message: 'Access denied: needs View builds.' } }));
    const denied = await errorOf(
      fetchArtifact(access(`${forbidding.url}/org/`), { name: 'a', runId: undefined }, into()),
    );
    assert.equal(denied.code, 'DEVOPS_REFUSED');
  });

  const listing = (downloadUrl: string): Answer => ({
    json: { count: 1, value: [{ name: 'report', resource: { downloadUrl } }] },
  });

  it('fails for pages, errors and broken archives in place of an archive', async () => {
    let archive: Answer = {};
    const server = await double((request) =>
      request.url.includes('zip') ? archive : listing(`${server.url}/zip?sig=1`),
    );
    const fetching = () =>
      errorOf(fetchArtifact(access(`${server.url}/org/`), { name: 'report', runId: undefined }, into()));
    for (const [answer, code, words] of [
      [{ status: 200, body: '<html>' }, 'ARTIFACT_UNREADABLE', /cannot be unpacked/],
      [{ status: 404, json: { message: 'The artifact has expired.' } }, 'DEVOPS_UNREACHABLE', /has expired/],
      [{ status: 403, json: { message: 'No.' } }, 'DEVOPS_REFUSED', /No\./],
      [{ status: 500, body: '<html>' }, 'DEVOPS_UNREACHABLE', /a page in place of an archive/],
      [{ status: 203, body: '' }, 'DEVOPS_UNREACHABLE', /an empty answer/],
      [
        {
          raw: (response) => {
            response.writeHead(200, { 'content-length': '100' }).write('PK');
            response.destroy();
          },
        },
        'DEVOPS_UNREACHABLE',
        /cannot be reached/,
      ],
    ] as readonly [Answer, string, RegExp][]) {
      archive = answer;
      const error = await fetching();
      assert.equal(error.code, code, error.sentences);
      assert.match(error.sentences, words);
      assert.doesNotMatch(error.sentences, /sig=1/);
    }
  });

  it('refuses an archive that is too large, without reading it to its end', async () => {
    const chunk = Buffer.alloc(1_000_000);
    const server = await double((request) =>
      request.url.includes('zip')
        ? {
            raw: (response) => {
              const more = () => {
                while (!response.destroyed && response.write(chunk)) {}
              };
              response.on('drain', more);
              more();
            },
          }
        : listing(`${server.url}/zip`),
    );
    const error = await errorOf(
      fetchArtifact(access(`${server.url}/org/`), { name: 'report', runId: undefined }, into()),
    );
    assert.equal(error.code, 'ARTIFACT_UNREADABLE');
    assert.match(error.sentences, /larger than 100 MB/);
  });

  it('gives the token to no other host, neither by address nor by redirect', async () => {
    const authorizations: (string | undefined)[] = [];
    const elsewhere = await double(({ headers }) => {
      authorizations.push(headers.authorization);
      return { status: 200, body: 'x' };
    });
    const server = await double((request) =>
      request.url.includes('/redirect')
        ? { status: 302, headers: { location: `${elsewhere.url.replace('127.0.0.1', 'localhost')}/zip` } }
        : listing(address),
    );
    let address = `${elsewhere.url}/zip?secret=1`;
    const fetching = () =>
      errorOf(fetchArtifact(access(`${server.url}/org/`), { name: 'report', runId: undefined }, into()));
    const refused = await fetching();
    assert.equal(refused.code, 'ARTIFACT_UNREADABLE');
    assert.match(refused.sentences, /must not get the token/);
    assert.doesNotMatch(refused.sentences, /secret=1/);
    assert.deepEqual(authorizations, []);
    address = `${server.url}/redirect`;
    await fetching();
    assert.deepEqual(authorizations, [undefined]);
    address = 'no address';
    assert.equal((await fetching()).code, 'ARTIFACT_UNREADABLE');
  });

  it('ends at once when the step is cancelled', async () => {
    const controller = new AbortController();
    const server = await double(() => ({ raw: () => controller.abort(new Error('canceled')) }));
    const fetching = fetchArtifact(
      access(`${server.url}/org/`, { signal: controller.signal }),
      { name: 'report', runId: undefined },
      into(),
    );
    await assert.rejects(fetching, /^Error: canceled$/);
  });

  it('goes through the proxy of the agent but to bypassed and loopback hosts', async () => {
    const run = recordedRun('2');
    putArtifact(run, 'report', { 'report.json': '{}' });
    const { url } = await service(run);
    const tunnels: string[] = [];
    const { port } = new URL(url);
    const proxy = createServer().on('connect', (request, socket) => {
      tunnels.push(`${request.url} ${request.headers['proxy-authorization']}`);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    const proxyUrl = await listen(proxy);
    stops.push(() => new Promise((resolve) => proxy.close(resolve)));
    const network = {
      proxy: { url: proxyUrl, username: 'user', password: 'pass' },
      proxyBypass: ['^http://intern\\.invalid'],
      skipCertificateValidation: false,
    };
    await fetchArtifact(access(url, { network }), { name: 'report', runId: undefined }, into());
    assert.deepEqual(tunnels, []);
    const far = access(`http://devops.invalid:${port}/contoso/`, { network });
    assert.equal(
      (await errorOf(fetchArtifact(far, { name: 'report', runId: undefined }, into()))).code,
      'DEVOPS_UNREACHABLE',
    );
    assert.ok(tunnels.length > 0);
    assert.equal(tunnels[0], `devops.invalid:${port} Basic ${Buffer.from('user:pass').toString('base64')}`);
    tunnels.length = 0;
    const near = access('http://intern.invalid/contoso/', { network });
    await errorOf(fetchArtifact(near, { name: 'report', runId: undefined }, into()));
    assert.deepEqual(tunnels, []);
  });

  it('trusts the certificate authority of the agent', async () => {
    const { key, cert } = selfSigned();
    const server = createTlsServer({ key, cert }, (request, response) => {
      const value = request.method === 'OPTIONS' ? [LOCATION] : [];
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ count: value.length, value }));
    });
    const url = (await listen(server)).replace('http:', 'https:');
    stops.push(() => new Promise((resolve) => server.close(resolve)));
    const caFile = join(mkdtempSync(join(tmpdir(), 'ca-')), 'ca.pem');
    writeFileSync(caFile, cert);
    const reference = { name: 'report', runId: undefined };
    const plain = await errorOf(fetchArtifact(access(`${url}/org/`), reference, into()));
    assert.match(plain.sentences, /self-signed/);
    const trusting = { proxyBypass: [], skipCertificateValidation: false, caFile };
    const trusted = await errorOf(fetchArtifact(access(`${url}/org/`, { network: trusting }), reference, into()));
    assert.equal(trusted.code, 'ARTIFACT_NOT_FOUND', trusted.sentences);
  });
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
