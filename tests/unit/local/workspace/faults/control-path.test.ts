import assert from 'node:assert/strict';
import { AutoClock } from '../../../../support/auto-clock';
import { send, startTestWorkspace, type TestWorkspace } from '../../../../support/local-workspace';

const ME = '/api/2.0/preview/scim/v2/Me';
const CREATE = '/api/2.2/jobs/create';
const START = 1_700_000_000_000;
const service = { applicationId: 'app', displayName: 'app', secret: 'secret-of-the-fault-tests' };

interface Listed {
  readonly faults: readonly {
    readonly id: string;
    readonly matched: number;
    readonly hits: number;
    requests: unknown[];
  }[];
}

describe('faults of the local workspace', () => {
  let workspace: TestWorkspace;
  const clock = new AutoClock(START);

  before(async () => {
    workspace = await startTestWorkspace({ clock, servicePrincipals: [service] });
  });
  afterEach(() => workspace.call('DELETE', '/local/faults'));
  after(() => workspace.stop());

  async function fault(rule: Record<string, unknown>): Promise<string> {
    const reply = await workspace.call<{ id: string }>('POST', '/local/faults', rule);
    assert.equal(reply.status, 200, reply.text);
    return reply.json.id;
  }
  const listed = async () => (await workspace.call<Listed>('GET', '/local/faults')).json.faults;
  const jobs = async () => {
    const reply = await workspace.call<{ jobs?: unknown[] }>('GET', '/api/2.2/jobs/list');
    return reply.json.jobs?.length ?? 0;
  };
  const createJob = () => workspace.call('POST', CREATE, { name: 'j' });

  it('answers a status in the words of the service, and lists whom it met', async () => {
    const id = await fault({
      method: 'GET',
      path: ME,
      skip: 1,
      count: 1,
      fault: { kind: 'status', status: 429, retry_after: '7' },
    });
    assert.equal((await workspace.call('GET', ME)).status, 200);
    const met = await workspace.call('GET', `${ME}?x=1`);
    assert.deepEqual(
      [met.status, met.json.error_code, met.headers.get('retry-after')],
      [429, 'REQUEST_LIMIT_EXCEEDED', '7'],
    );
    assert.equal((await workspace.call('GET', ME)).status, 200);
    const [record] = await listed();
    assert.deepEqual(
      [record?.id, record?.matched, record?.hits, record?.requests],
      [id, 3, 1, [{ method: 'GET', path: ME, time: START }]],
    );
  });

  it('matches one segment by :name and the rest by *name, and no other method', async () => {
    await fault({ method: 'GET', path: '/api/:version/jobs/*rest', fault: { kind: 'status', status: 500 } });
    assert.equal((await workspace.call('GET', '/api/2.2/jobs/runs/list')).status, 500);
    assert.equal((await workspace.call('GET', '/api/2.1/jobs/list')).status, 500);
    assert.equal((await createJob()).status, 200);
    assert.equal((await workspace.call('GET', ME)).status, 200);
  });

  it('meets one client and no other', async () => {
    await fault({ path: ME, client: 'databricks-mlops/', fault: { kind: 'status', status: 500 } });
    const asked = async (agent: string) => (await workspace.call('GET', ME, undefined, { 'user-agent': agent })).status;
    assert.equal(await asked('databricks-mlops/1.0.0 (DatabricksRunWorkflow)'), 500);
    assert.equal(await asked('mlflow-python-client/3.1'), 200);
  });

  it('draws the same requests from the same seed', async () => {
    const drawn = async (seed: number) => {
      await fault({ path: ME, probability: 0.5, seed, fault: { kind: 'status', status: 503 } });
      const statuses: number[] = [];
      for (let index = 0; index < 24; index += 1) {
        statuses.push((await workspace.call('GET', ME)).status);
      }
      await workspace.call('DELETE', '/local/faults');
      return statuses.join(' ');
    };
    const first = await drawn(7);
    assert.match(first, /200/);
    assert.match(first, /503/);
    assert.equal(await drawn(7), first);
    assert.notEqual(await drawn(8), first);
  });

  it('lets a request wait on the workspace clock', async () => {
    await fault({ path: ME, count: 1, fault: { kind: 'latency', milliseconds: 42_000 } });
    const before = clock.now();
    assert.equal((await workspace.call('GET', ME)).status, 200);
    assert.equal(clock.now() - before, 42_000);
  });

  for (const [at, effect] of [
    ['request', 0],
    ['answer', 1],
    ['body', 1],
    ['middle', 1],
  ] as const) {
    it(`cuts the connection at the ${at}, ${effect === 0 ? 'without' : 'after'} the effect`, async () => {
      const before = await jobs();
      await fault({ path: CREATE, count: 1, fault: { kind: 'connection_dropped', at } });
      const begun = fetch(workspace.url + CREATE, {
        method: 'POST',
        headers: { authorization: `Bearer ${workspace.token}` },
        body: '{"name": "j"}',
      });
      if (at === 'request' || at === 'answer') {
        await assert.rejects(begun);
      } else {
        const response = await begun;
        assert.equal(response.status, 200);
        await assert.rejects(response.text());
      }
      assert.equal((await jobs()) - before, effect);
    });
  }

  it('halves the JSON of an answer whose effect stands', async () => {
    const before = await jobs();
    await fault({ path: CREATE, count: 1, fault: { kind: 'truncated_json' } });
    const response = await fetch(workspace.url + CREATE, {
      method: 'POST',
      headers: { authorization: `Bearer ${workspace.token}` },
      body: '{"name": "j"}',
    });
    const text = await response.text();
    assert.equal(response.status, 200);
    assert.match(text, /^\{"job_id":/);
    assert.throws(() => JSON.parse(text));
    assert.equal((await jobs()) - before, 1);
  });

  for (const carried_out of [false, true]) {
    it(`puts a page or an error before the answer, ${carried_out ? 'after' : 'without'} the effect`, async () => {
      const before = await jobs();
      await fault({ path: CREATE, count: 1, fault: { kind: 'html', carried_out } });
      await fault({ path: CREATE, count: 1, fault: { kind: 'status', status: 504, carried_out } });
      const page = await createJob();
      assert.deepEqual([page.status, page.headers.get('content-type')], [200, 'text/html; charset=utf-8']);
      const error = await createJob();
      assert.deepEqual([error.status, error.json.error_code], [504, 'DEADLINE_EXCEEDED']);
      assert.equal((await jobs()) - before, carried_out ? 2 : 0);
    });
  }

  it('refuses an expired token once, or on every path until its client signs in again', async () => {
    await fault({ path: ME, count: 1, fault: { kind: 'token_expired' } });
    const once = await workspace.call('GET', ME);
    assert.deepEqual([once.status, once.json.message], [401, 'Access token has expired.']);
    assert.equal((await workspace.call('GET', ME)).status, 200);
    await fault({ path: ME, count: 1, fault: { kind: 'token_expired', until_sign_in: true } });
    assert.equal(await jobsStatus(workspace.token), 200);
    const first = await signIn();
    assert.equal((await send(workspace.url + ME, 'GET', { authorization: `Bearer ${first}` })).status, 401);
    assert.equal(await jobsStatus(first), 401);
    assert.equal(await jobsStatus(await signIn()), 200);
    await workspace.call('DELETE', '/local/faults');
    assert.equal(await jobsStatus(first), 200);
  });

  it('moves the clock of the workspace: its Date, its times and the age of tokens', async () => {
    const token = await signIn();
    const id = await fault({ fault: { kind: 'clock_skew', milliseconds: 7_200_000 } });
    const reply = await workspace.call('GET', ME);
    assert.equal(reply.headers.get('date'), new Date(clock.now() + 7_200_000).toUTCString());
    assert.equal(await jobsStatus(token), 401, 'an hour is over for the workspace');
    assert.equal((await workspace.call('DELETE', `/local/faults/${id}`)).status, 200);
    assert.equal(await jobsStatus(token), 200);
    assert.equal((await workspace.call('DELETE', `/local/faults/${id}`)).status, 404);
  });

  it("is for the administrator's token alone", async () => {
    const authorization = `Bearer ${await signIn()}`;
    for (const [method, path] of [
      ['POST', '/local/faults'],
      ['GET', '/local/faults'],
      ['DELETE', '/local/faults'],
      ['DELETE', '/local/faults/1'],
    ] as const) {
      const reply = await send(workspace.url + path, method, { authorization });
      assert.deepEqual([reply.status, reply.json.error_code], [403, 'PERMISSION_DENIED'], `${method} ${path}`);
    }
  });

  it('is never met by the control path itself', async () => {
    await fault({ fault: { kind: 'connection_dropped' } });
    await assert.rejects(workspace.call('GET', ME));
    assert.equal((await listed()).length, 1);
  });

  for (const [what, rule, message] of [
    ['no fault', {}, /'fault'/],
    ['an unknown kind', { fault: { kind: 'fire' } }, /no fault 'fire'/],
    ['a misspelt field', { pth: ME, fault: { kind: 'html' } }, /'pth' is not known/],
    ['a field of another kind', { fault: { kind: 'html', status: 500 } }, /'status' is not known/],
    ['a status that is no error', { fault: { kind: 'status', status: 200 } }, /400 to 599/],
    ['a probability above one', { probability: 2, fault: { kind: 'html' } }, /probability/],
    ['a count of none', { count: 0, fault: { kind: 'html' } }, /at least 1/],
    ['a path with a query', { path: '/a?b', fault: { kind: 'html' } }, /without a query/],
    ['a clock for one path', { path: ME, fault: { kind: 'clock_skew', milliseconds: 1 } }, /'path' is not known/],
    ['a cut that is nowhere', { fault: { kind: 'connection_dropped', at: 'end' } }, /request, answer, body, middle/],
    ['no time', { fault: { kind: 'latency' } }, /milliseconds/],
  ] as const) {
    it(`refuses a rule with ${what}`, async () => {
      const reply = await workspace.call('POST', '/local/faults', rule);
      assert.equal(reply.status, 400);
      assert.match(String(reply.json.message), message);
      assert.deepEqual(await listed(), []);
    });
  }

  async function signIn(): Promise<string> {
    const basic = Buffer.from(`${service.applicationId}:${service.secret}`).toString('base64');
    const reply = await send<{ access_token: string }>(
      `${workspace.url}/oidc/v1/token`,
      'POST',
      { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
      'grant_type=client_credentials&scope=all-apis',
    );
    assert.equal(reply.status, 200, reply.text);
    return reply.json.access_token;
  }

  async function jobsStatus(token: string): Promise<number> {
    const reply = await send(`${workspace.url}/api/2.2/jobs/list`, 'GET', { authorization: `Bearer ${token}` });
    return reply.status;
  }
});
