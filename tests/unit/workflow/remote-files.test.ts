import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { normalRemotePath } from '../../../src/databricks/remote-path';
import { createWorkspaceClient, type WorkspaceClient } from '../../../src/databricks/workspace-client';
import { TaskError } from '../../../src/errors';
import { HttpClient } from '../../../src/http/client';
import { safeRelative } from '../../../src/workflow/local-place';
import { readRemoteGlob } from '../../../src/workflow/remote-glob';
import { bringTestResults } from '../../../src/workflow/test-results';
import { AutoClock } from '../../support/auto-clock';
import { startDouble } from '../../support/http-double';
import { startTestWorkspace, type TestWorkspace } from '../../support/local-workspace';

const VOLUME = '/Volumes/main/default/v';
const waiting = () => ({
  clock: new AutoClock(),
  signal: new AbortController().signal,
  log: { info: () => undefined },
});
const ONE = '<testsuite><testcase name="a"/></testsuite>';

describe('files of a volume', () => {
  let workspace: TestWorkspace;
  let client: WorkspaceClient;
  before(async () => {
    workspace = await startTestWorkspace();
    const volume = { catalog_name: 'main', schema_name: 'default', name: 'v', volume_type: 'MANAGED' };
    assert.equal((await workspace.call('POST', '/api/2.1/unity-catalog/volumes', volume)).status, 200);
    for (const path of ['a.xml', 'A.xml', 'b.XML', 'x/a.xml', 'x/y/a.xml', 'x/.hidden.xml', 'x{1}/a.xml', '!a.xml']) {
      assert.equal((await workspace.call('PUT', `/api/2.0/fs/files${VOLUME}/${encodeURI(path)}`, ONE)).status, 204);
    }
    const credentials = { refreshable: false, headers: async () => ({ Authorization: `Bearer ${workspace.token}` }) };
    const http = new HttpClient({
      baseUrl: workspace.url,
      credentials: { ...credentials, invalidate: () => undefined },
    });
    client = createWorkspaceClient(http);
  });
  after(() => workspace.stop());

  const bring = (since: number, ...globs: string[]) =>
    bringTestResults(
      client,
      globs.map((glob) => readRemoteGlob('testResults', glob)),
      since,
      mkdtempSync(join(tmpdir(), 'tests-')),
      waiting(),
    );

  for (const [glob, expected] of [
    ['*.xml', ['!a.xml', 'A.xml', 'a.xml']],
    ['?.xml', ['A.xml', 'a.xml']],
    ['[ab].xml', ['a.xml']],
    ['**/a.xml', ['a.xml', 'x/a.xml', 'x/y/a.xml', 'x{1}/a.xml']],
    ['x/**', ['x/.hidden.xml', 'x/a.xml', 'x/y/a.xml']],
    ['x{1}/*.xml', ['x{1}/a.xml']],
    ['{a,b}.xml', []],
    ['!a.xml', ['!a.xml']],
    ['gone/*.xml', []],
  ] as const) {
    it(`${glob} means ${expected.length} files`, async () => {
      const { files } = await bring(0, `${VOLUME}/${glob}`);
      assert.deepEqual(files.map(({ remote }) => remote.slice(VOLUME.length + 1)).sort(), [...expected].sort());
    });
  }

  it('that are older than the run are left out and named', async () => {
    const { files, stale, total } = await bring(Date.now() + 3_600_000, `${VOLUME}/x/*.xml`);
    assert.deepEqual([files, total, stale.length], [[], 0, 2]);
  });

  it('that two patterns mean come once', async () => {
    assert.equal((await bring(0, `${VOLUME}/a.xml`, `${VOLUME}/?.xml`)).files.length, 2);
  });
});

describe('paths from outside', () => {
  it('are refused with a sentence, or stay in one form, whatever they are', () => {
    const part = fc.constantFrom(
      '..',
      '.',
      '',
      'a',
      '*',
      '**',
      '[',
      ']',
      '{',
      '}',
      '\\',
      '\0',
      'Volumes',
      'Workspace',
      '#',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const text = `/${parts.join('/')}`;
        const normal = normalRemotePath(text);
        assert.ok(normal === undefined || normalRemotePath(normal) === normal);
        assert.ok(normal === undefined || !normal.split('/').includes('..'));
        for (const read of [() => readRemoteGlob('testResults', text), () => safeRelative(parts.join('/'))]) {
          try {
            read();
          } catch (error) {
            assert.ok(error instanceof TaskError, String(error));
          }
        }
      }),
      { seed: 5, numRuns: 2_000 },
    );
  });

  it('never lead out of the folder that they are brought into', () => {
    for (const name of ['../x', 'a/../../x', '/x', 'a//b', 'a\\..\\b', 'a\0b', '.', 'a/.', '']) {
      assert.throws(() => safeRelative(name), { code: 'REMOTE_NAME_REFUSED' });
    }
    assert.equal(safeRelative('a/b c/ü.txt'), join('a', 'b c', 'ü.txt'));
  });
});

describe('files whose list says less, or more', () => {
  /** Test results that a list of these entries leads to. */
  async function results(since: number, entries: readonly Record<string, unknown>[]) {
    const contents = entries.map((entry, at) => ({ path: `${VOLUME}/r/${at}.xml`, name: `${at}.xml`, ...entry }));
    const above = [{ path: `${VOLUME}/r`, name: 'r', is_directory: true }];
    const server = await startDouble(({ url }) =>
      url.includes('/fs/directories')
        ? { json: { contents: /\/v\/?(\?|$)/.test(url) ? above : contents } }
        : { body: ONE, headers: { 'content-type': 'application/octet-stream' } },
    );
    try {
      const client = createWorkspaceClient(new HttpClient({ baseUrl: server.url }));
      const globs = [readRemoteGlob('testResults', `${VOLUME}/r/*.xml`)];
      const found = await bringTestResults(client, globs, since, mkdtempSync(join(tmpdir(), 'tests-')), waiting());
      return { total: found.total, stale: found.stale.length };
    } finally {
      await server.close();
    }
  }

  it('are those of the run only where the service says when they were written, and when the run began', async () => {
    assert.deepEqual(await results(10_000, [{ last_modified: 10_000 }, { last_modified: 1_000 }, {}]), {
      total: 1,
      stale: 2,
    });
    assert.deepEqual(await results(Number.NaN, [{ last_modified: 10_000 }]), { total: 0, stale: 1 });
  });

  it('are not brought when they are too large together', async () => {
    const many = Array.from({ length: 6 }, () => ({ last_modified: 10_000, file_size: 19_000_000 }));
    await assert.rejects(results(10_000, many), { code: 'TEST_RESULTS_TOO_MANY' });
  });
});
