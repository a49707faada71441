import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTask } from '../../../../src/agent/run-task';
import { readInputs } from '../../../../tasks/DatabricksRunWorkflow/inputs';
import { run } from '../../../../tasks/DatabricksRunWorkflow/run';
import task from '../../../../tasks/DatabricksRunWorkflow/task.json';
import { secretConnection } from '../../../faults/scenes/sign-in';
import { AutoClock } from '../../../support/auto-clock';
import { FakeHost } from '../../../support/fake-host';
import { type Answer, type HttpDouble, startDouble } from '../../../support/http-double';

const VOLUME = '/Volumes/main/default/v';
const ENDED = { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' };
/** Seconds that a token lives which is as good as none for the next request. */
const NO_LIFE = 0;

describe('downloads while something is away', () => {
  let sources: string;
  let server: HttpDouble;
  const clock = new AutoClock();
  beforeEach(() => {
    sources = mkdtempSync(join(tmpdir(), 'sources-'));
  });
  afterEach(async () => {
    await server.close();
    rmSync(sources, { recursive: true });
  });

  async function step(ofFile: Answer): Promise<{ host: FakeHost; files: Set<string> }> {
    const files = new Set<string>();
    server = await startDouble(({ url }) => {
      const path = url.split('?')[0] ?? '';
      if (path.startsWith('/api/2.0/fs/')) {
        files.add(path.slice(path.lastIndexOf('/') + 1));
        return ofFile;
      }
      if (path.startsWith('/oidc/.well-known/')) {
        return { json: { token_endpoint: `${server.url}/oidc/v1/token` } };
      }
      if (path === '/oidc/v1/token') {
        const isLate = files.size > 0;
        clock.advance(isLate ? 300_000 : 0);
        return { json: { access_token: `t${server.received.length}`, expires_in: isLate ? NO_LIFE : 3600 } };
      }
      return { json: path.endsWith('/runs/get') ? { run_id: 7, state: ENDED, tasks: [] } : {} };
    });
    const host = new FakeHost({
      inputs: {
        databricksConnection: 'dbx',
        action: 'attach',
        runId: '7',
        downloads: ['a', 'b', 'c'].map((name) => `${VOLUME}/${name}/f=${name}`).join('\n'),
      },
      connections: { dbx: secretConnection(server.url) },
      variables: { 'System.DefaultWorkingDirectory': sources },
    });
    await runTask(task, readInputs, run, host, clock);
    return { host, files };
  }

  for (const [what, ofFile, code] of [
    ['a gateway that reaches nobody', { status: 502, body: '' }, 'SERVER_ERROR'],
    ['a gateway that waited in vain', { status: 504, body: '' }, 'SERVER_ERROR'],
    ['the service that takes no more', { status: 503, body: '' }, 'UNAVAILABLE'],
    ['the service, whose connections break', { raw: (response) => response.destroy() }, 'CONNECTION_LOST'],
    ['the sign-in', { status: 401, body: '' }, 'SIGN_IN_TIMEOUT'],
  ] as readonly (readonly [string, Answer, string])[]) {
    it(`${what}: waits for the first, and asks for no other`, async () => {
      const { host, files } = await step(ofFile);
      assert.equal(host.error?.code, code, host.printed);
      assert.deepEqual([...files], ['a'], host.printed);
      for (const name of ['b', 'c']) {
        assert.ok(
          host.printed.includes(`Not brought, because what was asked before was not answered: ${VOLUME}/${name}/f.`),
          host.printed,
        );
      }
    });
  }

  it('an error of the service itself (500) is about one file: the others are asked for', async () => {
    const { host, files } = await step({ status: 500, json: { error_code: 'INTERNAL_ERROR', message: 'broken' } });
    assert.equal(host.error?.code, 'SERVER_ERROR', host.printed);
    assert.deepEqual([...files], ['a', 'b', 'c'], host.printed);
  });
});
