import assert from 'node:assert/strict';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as azureDevOps from 'azure-devops-node-api';
import { RESOURCES } from '../../../../../local/pipelines/service/resources';
import type { RunningService } from '../../../../../local/pipelines/service/start-service';
import {
  devOpsRequest,
  guid,
  JOB,
  jobRecord,
  PROJECT,
  putArtifact,
  recordedRun,
  serviceOver,
  stageRecord,
  stepRecord,
} from '../../../../support/recorded-run';

describe('Azure DevOps stand-in: who may ask for what', () => {
  let service: RunningService;
  let outside: string;
  const defects: unknown[] = [];

  before(async () => {
    outside = mkdtempSync(join(tmpdir(), 'outside-'));
    writeFileSync(join(outside, 'secret'), 'secret');
    const run = recordedRun('1', {
      stages: [
        stageRecord(10, 'a', {
          jobs: [
            jobRecord(11, {
              steps: [
                stepRecord(12, {
                  log: `../${basename(outside)}/secret`,
                  attachments: [{ type: 't', name: 'n', file: '/etc/hostname' }],
                }),
                stepRecord(13, { log: 'logs/gone.log', startedAt: '2026-01-05T08:00:11Z' }),
              ],
            }),
          ],
        }),
      ],
    });
    putArtifact(run, 'linked', { a: 'a' });
    symlinkSync(join(outside, 'secret'), join(run.folder, 'artifacts/1/link'));
    service = await serviceOver([run], { onDefect: (error) => defects.push(error) });
  });

  after(() => service.stop());

  const path = `${PROJECT.name}/_apis/build/builds/1`;

  const rawStatus = (rawPath: string, headers: Record<string, string> = {}) =>
    new Promise<number | undefined>((resolve, reject) => {
      const { hostname, port } = new URL(service.url);
      const all = { Authorization: `Bearer ${JOB.token}`, ...headers };
      request({ hostname, port, path: `/${rawPath}`, headers: all }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .once('error', reject)
        .end();
    });

  it('wants a token: bearer, or basic with it as password', async () => {
    const status = async (authorization: string) =>
      (await devOpsRequest(service.url, path, { headers: { Authorization: authorization } })).status;
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    assert.equal(await status(`Bearer ${JOB.token}`), 200);
    assert.equal(await status(basic(`:${JOB.token}`)), 200);
    assert.equal(await status(basic(`anybody:${JOB.token}`)), 200);
    for (const wrong of [
      '',
      'Bearer',
      'Bearer no',
      `Digest ${JOB.token}`,
      basic(`${JOB.token}:`),
      basic(JOB.token.slice(1)),
    ]) {
      assert.equal(await status(wrong), 401, wrong);
    }
    const pat = new azureDevOps.WebApi(service.url, azureDevOps.getPersonalAccessTokenHandler(JOB.token));
    assert.equal((await (await pat.getBuildApi()).getBuild(PROJECT.name, 1)).id, 1);
    const bad = new azureDevOps.WebApi(service.url, azureDevOps.getBearerHandler('no'));
    await assert.rejects(bad.getBuildApi(), { statusCode: 401 });
  });

  it('answers for its own address alone, and to no script of a page', async () => {
    const { port } = new URL(service.url);
    assert.equal(await rawStatus(path, { Host: 'evil.example' }), 403);
    assert.equal(await rawStatus(path, { Origin: 'http://evil.example' }), 403);
    assert.equal(await rawStatus(path, { Origin: `http://localhost:${port}` }), 200);
    assert.equal(await rawStatus(path, { Host: `localhost:${port}` }), 200);
  });

  it('says what it knows where it does not know a path or method', async () => {
    for (const [unknown, method] of [
      ['_apis/wit/workItems/1', 'GET'],
      [`${path}/nothing`, 'GET'],
      [path, 'DELETE'],
      [path, 'OPTIONS'],
    ] as const) {
      const answer = await devOpsRequest(service.url, unknown, { method });
      assert.equal(answer.status, 404);
      const { typeKey, message } = (await answer.json()) as Record<string, string>;
      assert.equal(typeKey, 'VssResourceNotFoundException');
      assert.match(message ?? '', /It knows GET \{project\}\/_apis\/build\/Builds\/\{buildId\}/);
    }
  });

  it('takes the name of the organisation or leaves it out, and case and api-version as they come', async () => {
    const { origin } = new URL(service.url);
    for (const same of [
      `/contoso/${path}`,
      `/${path}`,
      `/CONTOSO/Churn/_APIS/Build/builds/1?api-version=5.0`,
      `/${PROJECT.id.toUpperCase()}/_apis/build/Builds/1`,
    ]) {
      assert.equal((await devOpsRequest(origin, same)).status, 200, same);
    }
  });

  it('makes no path of what a request says', async () => {
    for (const hostile of [
      'artifacts?artifactName=..%2F..%2F..&$format=zip',
      'artifacts/..%2F..%2Fetc%2Fpasswd',
      'logs/..%2f..%2fsecret',
      `${guid(701)}/${guid(12)}/attachments/t/..%2Fn`,
      'artifacts/%00',
      'artifacts/%E0%A4%A',
    ]) {
      const answer = await devOpsRequest(service.url, `${path}/${hostile}`);
      assert.ok([400, 404].includes(answer.status), `${hostile}: ${answer.status}`);
    }
    // A client of its own would resolve the dots before it sends.
    assert.equal(await rawStatus(`${path}/artifacts/%2e%2e`), 400);
    assert.equal(await rawStatus(`${path}/artifacts/..`), 400);
    // Decoded once: `%252e` is a name, not a dot.
    assert.equal((await devOpsRequest(service.url, `${path}/artifacts/%252e%252e`)).status, 404);
  });

  it('gives no file outside of the folder of the run, whatever a record or link says', async () => {
    for (const led of [
      'logs/1',
      `${guid(701)}/${guid(12)}/attachments/t/n`,
      'artifacts?artifactName=linked&$format=zip',
    ]) {
      const answer = await devOpsRequest(service.url, `${path}/${led}`);
      const body = await answer.text();
      assert.ok([404, 500].includes(answer.status), `${led}: ${answer.status} ${body}`);
      assert.doesNotMatch(body, /^secret/);
    }
  });

  it('says that a recorded file is gone', async () => {
    const answer = await devOpsRequest(service.url, `${path}/logs/2`);
    assert.equal(answer.status, 404);
    assert.match(await answer.text(), /its file is gone/);
    assert.deepEqual(defects, []);
  });

  it('refuses bodies that are too large or no JSON', async () => {
    const send = (body: string) => devOpsRequest(service.url, `${path}/tags`, { method: 'POST', body });
    assert.equal((await send('x'.repeat(1_100_000))).status, 413);
    assert.equal((await send('{')).status, 400);
    assert.equal((await send('{"a":1}')).status, 400);
  });

  it('names each route by one method and template', () => {
    const routes = RESOURCES.flatMap(({ area, name, template, operations }) =>
      operations.map(({ method, summary }) => {
        assert.match(summary, /^[A-Z].*[^.]$/);
        return `${method} ${template} ${area} ${name}`;
      }),
    );
    assert.equal(new Set(routes).size, routes.length);
  });

  it('tells clients who they are', async () => {
    const api = new azureDevOps.WebApi(service.url, azureDevOps.getBearerHandler(JOB.token));
    assert.equal((await api.connect()).authenticatedUser?.id, JOB.id);
  });
});
