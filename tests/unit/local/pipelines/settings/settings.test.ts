import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connections, ConnectionUnusable } from '../../../../../local/pipelines/settings/connections';
import { readEnvironments } from '../../../../../local/pipelines/settings/environments';
import { idOfName, numberOfName } from '../../../../../local/pipelines/settings/name-ids';
import { SettingsInvalid } from '../../../../../local/pipelines/settings/settings-file';
import { readVariableGroups } from '../../../../../local/pipelines/settings/variable-groups';

function written(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'settings-')), 'settings.yml');
  writeFileSync(file, text);
  return file;
}

const RUNNING = [{ name: 'staging', url: 'http://127.0.0.1:1', token: 'token-of-staging' }];

describe('connections of local runs', () => {
  it('without a file point to the local workspace of their suffix', () => {
    const connections = new Connections('no/such/file.yml');
    assert.deepEqual(connections.workspacesFor(['dbx-staging', 'a-b-prod', 'prod', 'dbx-staging']), [
      'staging',
      'prod',
    ]);
    assert.deepEqual(connections.resolve('dbx-staging', RUNNING, {}), {
      id: idOfName('connection', 'dbx-staging'),
      url: 'http://127.0.0.1:1',
      scheme: 'Token',
      parameters: { apitoken: 'token-of-staging' },
    });
  });

  it('can name another local workspace, a token or a service principal, secrets only by the environment', () => {
    const connections = new Connections(
      written(`connections:
  dbx-staging: {workspace: shared}
  dbx-prod: {url: https://adb-1.azuredatabricks.net, token: {env: DBX_TOKEN}}
  dbx-sp: {url: https://adb-1.azuredatabricks.net, applicationId: app, secret: {env: DBX_SECRET}}
`),
    );
    assert.deepEqual(connections.workspacesFor(['dbx-staging', 'DBX-PROD', 'dbx-sp']), ['shared']);
    const environment = { DBX_TOKEN: 'secret-1', DBX_SECRET: 'secret-2' };
    assert.deepEqual(connections.resolve('dbx-prod', [], environment).parameters, { apitoken: 'secret-1' });
    const principal = connections.resolve('dbx-sp', [], environment);
    assert.equal(principal.scheme, 'UsernamePassword');
    assert.deepEqual(principal.parameters, { username: 'app', password: 'secret-2' });
    assert.throws(
      () => connections.resolve('dbx-prod', [], { DBX_TOKEN: '' }),
      (error) => error instanceof ConnectionUnusable && /variable DBX_TOKEN, which is not set/.test(error.message),
    );
    assert.throws(
      () => connections.resolve('dbx-staging', RUNNING, {}),
      /local workspace 'shared', which does not run/,
    );
  });

  for (const [text, sentence] of [
    [
      'connections: {a: {workspce: x}}',
      /:1:19: The key "workspce" is unknown in connections\.a\. Did you mean workspace\?/,
    ],
    [
      'connections: {a: {url: u, token: plain-secret}}',
      /connections\.a\.token must name an environment variable: no secret stands in a file/,
    ],
    ['connections: {a: {url: u, token: {env: "no name"}}}', /:1:/],
    [
      'connections: {a: {url: https://x}}',
      /'a' has url, which does not go together\. Write workspace, or url and token, or/,
    ],
    [
      'connections: {a: {workspace: w, url: https://x, token: {env: T}}}',
      /workspace, url, token, which does not go together/,
    ],
    ['connections: {a: {}}', /'a' has nothing, which/],
    ['connections: {a: {url: x, token: {env: T}}}', /:1:\d+: The url of connection 'a' is no address/],
    ['conections: {}', /The key "conections" is unknown in the file\. Did you mean connections\?/],
    ['connections: [', /YAML/],
    ['', /missing|must be/],
  ] as const) {
    it(`refuses ${JSON.stringify(text)} with the place`, () => {
      assert.throws(
        () => new Connections(written(text)),
        (error) =>
          error instanceof SettingsInvalid && sentence.test(error.message) && /\.yml:\d+:\d+: /.test(error.message),
      );
    });
  }

  it('never shows a secret that was written into the file', () => {
    assert.throws(
      () => new Connections(written('connections: {a: {url: u, token: dapi1234567890}}')),
      (error: Error) => !error.message.includes('dapi1234567890'),
    );
  });
});

describe('environments of local runs', () => {
  it('have no checks where nobody described them', () => {
    assert.deepEqual(readEnvironments('no/such/file.yml').checks('anything'), {
      id: numberOfName('environment', 'anything'),
      approvals: [],
      allowedBranches: undefined,
      exclusiveLock: false,
    });
  });

  it('take approvals, branches and lock from the file, by name in any case', () => {
    const { checks, described } = readEnvironments(
      written(`environments:
  mlops-diabetes-prod-model:
    approvals: {approvers: [ada, grace], minimum: 2, requesterMayApprove: false, timeoutMinutes: 30, instructions: Read it}
    branchControl: [refs/heads/release/*]
    exclusiveLock: true
`),
    );
    const found = checks('MLOps-Diabetes-Prod-Model');
    assert.deepEqual(found.approvals, [
      {
        approvers: ['ada', 'grace'].map((name) => ({ id: idOfName('person', name), name })),
        minimumApprovers: 2,
        requesterMayApprove: false,
        instructions: 'Read it',
        timeoutMinutes: 30,
      },
    ]);
    assert.deepEqual(found.allowedBranches, ['refs/heads/release/*']);
    assert.equal(found.exclusiveLock, true);
    assert.deepEqual(
      described.map(({ name }) => name),
      ['mlops-diabetes-prod-model'],
    );
  });

  it('refuse an approval without approvers and a time-out of nothing', () => {
    for (const approvals of [
      '{approvers: []}',
      '{approvers: [ada], timeoutMinutes: 0}',
      '{minimum: 1}',
      '{approvers: [ada, ada], minimum: 2}',
    ]) {
      assert.throws(() => readEnvironments(written(`environments: {e: {approvals: ${approvals}}}`)), SettingsInvalid);
    }
  });
});

describe('variable groups of local runs', () => {
  const file = () => written('groups:\n  shared:\n    region: west\n    replicas: 3\n    key: {env: GROUP_KEY}\n');

  it('hold values as texts and secrets from the environment', () => {
    const group = readVariableGroups(file(), { GROUP_KEY: 'hidden' })('SHARED');
    assert.deepEqual(
      [...(group ?? [])].map(([name, { value, secret }]) => [name, value, secret]),
      [
        ['region', 'west', false],
        ['replicas', '3', false],
        ['key', 'hidden', true],
      ],
    );
  });

  it('say which group there is not, and which secret is missing', () => {
    const groups = readVariableGroups(file(), {});
    assert.equal(groups('other'), undefined);
    assert.throws(() => groups('shared'), /variable GROUP_KEY, which is not set/);
  });
});

describe('ids of names', () => {
  it('are UUIDs of version 5, the same in every process, and differ by kind', () => {
    assert.match(
      idOfName('connection', 'dbx-prod'),
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    assert.equal(idOfName('connection', 'dbx-prod'), idOfName('connection', 'dbx-prod'));
    assert.notEqual(idOfName('connection', 'a'), idOfName('person', 'a'));
    assert.match(numberOfName('pipeline', 'x'), /^[1-9]\d{0,8}$/);
  });
});
