import assert from 'node:assert/strict';
import { runTask } from '../../src/agent/run-task';
import { readInputs } from '../../tasks/DatabricksCheckConnection/inputs';
import { run } from '../../tasks/DatabricksCheckConnection/run';
import task from '../../tasks/DatabricksCheckConnection/task.json';
import { AutoClock } from '../support/auto-clock';
import { FakeHost } from '../support/fake-host';
import { type FaultyFront, type FrontFault, startFaultyFront } from '../support/faulty-front';
import { JOB_TOKEN, type SignInScene, startSignInScene, type Way } from '../support/sign-in-scene';
import { REQUEST_DEADLINE_MS } from './fault-cases';

/** Who must answer before a step is signed in: how an error names it, and the request that it is asked by. */
const PARTIES = {
  devOps: { name: /Azure DevOps( \(127\.0\.0\.1:\d+\)|, or )/, path: /\/oidctoken$/ },
  entra: { name: /Microsoft Entra \(127\.0\.0\.1:\d+\)/, path: /\/oauth2\/v2\.0\/token$/ },
  entraTime: { name: /Microsoft Entra \(127\.0\.0\.1:\d+\)/, path: /\/openid-configuration$/ },
  machine: { name: /managed identity endpoint of this machine|managed identity/, path: /\/token$/ },
  databricks: { name: /Databricks \(127\.0\.0\.1:\d+\)/, path: /\/oidc\/v1\/token$/ },
  /** Asked of the workspace itself, whose address is the user's. */
  discovery: { name: /Databricks \(127\.0\.0\.1:\d+\)/, path: /\/oidc\/\.well-known\// },
} as const;
type PartyName = keyof typeof PARTIES;

const ASKED: readonly (readonly [way: string, parties: readonly PartyName[]])[] = [
  ['service principal secret', ['discovery', 'databricks']],
  ['federation', ['devOps', 'databricks']],
  ['Azure: federation', ['devOps', 'entra']],
  ['Azure: secret', ['entra']],
  ['Azure: certificate', ['entraTime', 'entra']],
  ['Azure: role on the workspace only', ['entra']],
  ['Azure: managed identity of a virtual machine', ['machine']],
  ['Azure: managed identity assigned by a user', ['machine']],
  ['Azure: managed identity of a container', ['machine']],
];

const HTML = '<html><head><title>Sign in to your account</title></head><body>Welcome</body></html>';
const clock = new AutoClock();
const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): FrontFault =>
  (answer) => {
    answer.writeHead(code, { 'content-type': 'application/json', ...headers }).end('{"message": "Try later."}');
  };
const page: FrontFault = (answer) => {
  answer.writeHead(200, { 'content-type': 'text/html' }).end(HTML);
};
const dropped: FrontFault = (answer) => {
  answer.destroy();
};
const lost: FrontFault = async (answer, forward) => {
  await forward();
  answer.destroy();
};
const broken: FrontFault = async (answer, forward) => {
  const { status: code, headers, body } = await forward();
  const half = body.subarray(0, body.length / 2);
  answer.writeHead(code, { ...headers, 'content-length': body.length }).write(half, () => answer.destroy());
};
const truncated: FrontFault = async (answer, forward) => {
  const { headers, body } = await forward();
  answer.writeHead(200, headers).end(body.subarray(0, body.length / 2));
};
const empty: FrontFault = (answer) => {
  answer.writeHead(200, { 'content-type': 'application/json' }).end('{}');
};
const late =
  (milliseconds: number): FrontFault =>
  async (answer, forward) => {
    const { status: code, headers, body } = await forward();
    clock.advance(milliseconds);
    answer.writeHead(code, headers).end(body);
  };

interface Row {
  readonly title: string;
  readonly fault: FrontFault;
  /** Absent: for good. */
  readonly count?: number;
  readonly ends: 'green' | 'blames the party';
  /** Longest time that the step may take, milliseconds of the clock; default: that of one request. */
  readonly mostMs?: number;
  /** For what the answer of a party is not: its time is told by a header. */
  readonly notOf?: readonly PartyName[];
}

const green = { count: 1, ends: 'green' } as const;
const blame = { ends: 'blames the party' } as const;
/** What only the date of an answer is read of is no JSON to break. */
const ofJson = { notOf: ['entraTime'] } as const;
const ROWS: readonly Row[] = [
  { title: '500', fault: status(500), ...green },
  { title: '502', fault: status(502), ...green },
  { title: '503', fault: status(503), ...green },
  { title: '503 with Retry-After: 0', fault: status(503, { 'retry-after': '0' }), ...green },
  { title: '504', fault: status(504), ...green },
  { title: '429 with Retry-After', fault: status(429, { 'retry-after': '7' }), ...green },
  { title: 'the connection dropped', fault: dropped, ...green },
  { title: 'the answer lost', fault: lost, ...green },
  { title: 'the body broken off', fault: broken, ...green },
  { title: 'truncated JSON', fault: truncated, ...green, ...ofJson },
  { title: 'an answer after 50 s', fault: late(50_000), ...green },
  { title: '500 for good', fault: status(500), ...blame },
  { title: '502 for good', fault: status(502), ...blame },
  { title: '503 for good', fault: status(503), ...blame },
  { title: '504 for good', fault: status(504), ...blame },
  { title: '429 for good', fault: status(429), ...blame },
  { title: '429 for good, with a Retry-After of a day', fault: status(429, { 'retry-after': '86400' }), ...blame },
  { title: 'every connection dropped', fault: dropped, ...blame },
  { title: 'every answer lost', fault: lost, ...blame },
  { title: 'every body broken off', fault: broken, ...blame },
  { title: 'truncated JSON for good', fault: truncated, ...blame, ...ofJson },
  { title: 'a page with status 200', fault: page, ...blame, ...ofJson },
  { title: 'an object without a token', fault: empty, ...blame, notOf: ['entraTime', 'discovery'] },
  { title: '400', fault: status(400), ...blame },
  { title: '401', fault: status(401), ...blame },
  { title: '403', fault: status(403), ...blame },
  { title: '404', fault: status(404), ...blame },
  { title: 'a redirection', fault: status(302, { location: 'https://login.example/' }), ...blame },
  { title: 'an answer after six minutes, for good', fault: late(360_000), ...blame, mostMs: 720_000 },
];

/** Advice that is for a fault of the workspace alone. */
const OF_THE_WORKSPACE =
  /URL is that of the workspace|against this workspace|between agent and workspace|the workspace lets its identity/;

describe('signing in × faults, at every party', function () {
  this.timeout(120_000);
  let scene: SignInScene;
  let fronts: Readonly<Record<'devOps' | 'entra' | 'metadata' | 'workspace', FaultyFront>>;

  before(async () => {
    scene = await startSignInScene(clock);
    fronts = {
      devOps: await startFaultyFront(scene.devOps.url, 'its own'),
      entra: await startFaultyFront(scene.entra.url, 'front'),
      metadata: await startFaultyFront(scene.metadata.url, 'front'),
      workspace: await startFaultyFront(scene.workspace.url, 'its own'),
    };
  });
  after(async () => {
    await Promise.all(Object.values(fronts).map((front) => front.close()));
    await scene.stop();
  });

  /** With every party's address replaced by that of the front before it. */
  function fronted(text: string): string {
    const pairs = [
      [new URL(scene.devOps.url).origin, fronts.devOps.url],
      [scene.entra.url, fronts.entra.url],
      [scene.metadata.url, fronts.metadata.url],
      [scene.workspace.url, fronts.workspace.url],
    ] as const;
    return pairs.reduce((said, [own, front]) => said.replaceAll(own, front), text);
  }
  const frontedAll = (texts: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fronted(text)]));

  /** A step that checks who it is, signed in in one way. */
  async function step({ connection, input, variables = {}, userName }: Way): Promise<FakeHost> {
    const data = frontedAll(connection.data ?? {});
    const ofMachine = ['AZURE_POD_IDENTITY_AUTHORITY_HOST', 'IDENTITY_ENDPOINT', 'IDENTITY_HEADER'];
    const { parameters } = connection;
    const host = new FakeHost({
      inputs: {
        [input]: 'dbx',
        ...(input === 'azureSubscription' ? { workspaceUrl: fronts.workspace.url } : {}),
        checks: 'identity',
      },
      connections: {
        dbx: {
          ...connection,
          url: fronted(connection.url),
          parameters: Object.fromEntries(
            Object.entries(parameters).map(([name, value]) => [name.toLowerCase(), fronted(value)]),
          ),
          data: (name) => data[name],
        },
      },
      variables: { ...frontedAll({ ...scene.variables, ...variables }), 'System.AccessToken': JOB_TOKEN },
    });
    const environment = frontedAll(variables);
    try {
      Object.assign(
        process.env,
        Object.fromEntries(Object.entries(environment).filter(([name]) => ofMachine.includes(name))),
      );
      await runTask(task, readInputs, run, host, clock);
    } finally {
      for (const name of ofMachine) {
        delete process.env[name];
      }
    }
    if (host.result === 'Succeeded') {
      assert.equal(host.outputs.get('identity'), userName, host.printed);
    }
    return host;
  }

  const frontOf = (party: PartyName): FaultyFront =>
    ({
      devOps: fronts.devOps,
      entra: fronts.entra,
      entraTime: fronts.entra,
      machine: fronts.metadata,
      databricks: fronts.workspace,
      discovery: fronts.workspace,
    })[party];

  for (const row of ROWS) {
    it(`${row.title}: ${row.ends}`, async () => {
      const failures: string[] = [];
      for (const [way, parties] of ASKED) {
        for (const party of parties.filter((one) => row.notOf?.includes(one) !== true)) {
          const { name, path } = PARTIES[party];
          const front = frontOf(party);
          front.rule = { path, fault: row.fault, ...(row.count === undefined ? {} : { count: row.count }) };
          const begun = clock.now();
          try {
            const host = await step(scene.way(way));
            assert.ok(front.hits > 0, `no request met the fault: ${host.printed}`);
            assert.equal(host.result, row.ends === 'green' ? 'Succeeded' : 'Failed', host.printed);
            const text = host.error?.message ?? '';
            if (row.ends !== 'green') {
              assert.match(text, name);
              if (party !== 'discovery') {
                assert.doesNotMatch(text, OF_THE_WORKSPACE);
              }
              assert.ok(clock.now() - begun <= (row.mostMs ?? REQUEST_DEADLINE_MS), `${clock.now() - begun} ms`);
            }
          } catch (error) {
            failures.push(`${way}, ${party}: ${(error as Error).message}`);
          } finally {
            front.rule = undefined;
          }
          if (row.ends !== 'green') {
            const again = await step(scene.way(way));
            assert.equal(again.result, 'Succeeded', `the step again: ${again.printed}`);
          }
        }
      }
      assert.deepEqual(failures, [], failures.join('\n\n'));
    });
  }
});
