import assert from 'node:assert/strict';
import { connectWorkspace } from '../../../src/connection/connect';
import type { ConnectionDetails } from '../../../src/connection/port';
import type { ConnectionSelection } from '../../../src/connection/selection';
import { TaskError } from '../../../src/errors';
import type { HttpClient } from '../../../src/http/client';
import { AutoClock } from '../../support/auto-clock';
import {
  JOB_TOKEN,
  ORGANIZATION,
  PRINCIPALS,
  type SignInScene,
  STRANGER,
  startSignInScene,
  type Way,
} from '../../support/sign-in-scene';
import { surroundings } from './surroundings';

const IDENTITY = { method: 'GET', path: '/api/2.0/preview/scim/v2/Me' } as const;
const REFRESHED = [
  'service principal secret',
  'federation',
  'Azure: federation',
  'Azure: secret',
  'Azure: certificate',
];

describe('ways to sign in, against every party', () => {
  const clock = new AutoClock();
  let scene: SignInScene;
  before(async () => {
    scene = await startSignInScene(clock);
  });
  after(() => scene.stop());
  beforeEach(() => {
    scene.entra.lifeSeconds = 3600;
    scene.entra.forms.length = 0;
  });

  /** A client that signs in as a step in this process does; the step's clock may differ from that of the services. */
  function connected(way: Way, change: Partial<ConnectionDetails> = {}, stepsClock = clock) {
    const { connection } = way;
    const parameters = Object.entries(connection.parameters).map(([name, value]) => [name.toLowerCase(), value]);
    const details: ConnectionDetails = {
      ...connection,
      parameters: Object.fromEntries(parameters) as Record<string, string>,
      data: (name) => connection.data?.[name],
      ...change,
    };
    const context = surroundings({ ...scene.variables, ...way.variables, 'System.AccessToken': JOB_TOKEN });
    const selection: ConnectionSelection = {
      kind: way.input === 'azureSubscription' ? 'azure' : 'databricks',
      connection: details,
      workspaceUrl: scene.workspace.url,
    };
    const http = connectWorkspace(selection, { ...context, clock: stepsClock });
    return { http, context };
  }

  const userName = async (http: HttpClient) => (await http.json<{ userName: string }>(IDENTITY)).userName;

  async function refusal(promise: Promise<unknown>): Promise<TaskError> {
    try {
      await promise;
    } catch (error) {
      assert.ok(error instanceof TaskError, String(error));
      return error;
    }
    return assert.fail('nothing was refused');
  }

  for (const name of REFRESHED) {
    it(`${name}: signs in again from a fresh assertion before the token ends, masked in every form`, async () => {
      const { http, context } = connected(scene.way(name));
      assert.equal(await userName(http), scene.way(name).userName);
      const before = scene.entra.forms.length;
      clock.advance(3_400_000);
      // No request waits for the renewal; each on the way is served with the token at hand.
      for (let asked = 0; asked < 200 && scene.entra.forms.length < 2 * before; asked++) {
        assert.equal(await userName(http), scene.way(name).userName);
      }
      const forms = scene.entra.forms;
      const proofs = forms.map((form) => form['client_assertion']).filter((proof) => proof !== undefined);
      assert.equal(forms.length, 2 * before, 'one request to Entra for each life');
      assert.equal(new Set(proofs).size, proofs.length, 'no assertion is used twice');
      assert.ok(proofs.every((proof) => context.masked.includes(proof)));
      assert.ok(context.masked.length > 0);
    });

    for (const skew of [-86_400_000, 86_400_000]) {
      it(`${name}: does not mind a clock that is wrong by ${skew / 3_600_000} h`, async () => {
        const wrong = new AutoClock(clock.now() + skew);
        const { http } = connected(scene.way(name), {}, wrong);
        assert.equal(await userName(http), scene.way(name).userName);
        const signedIn = scene.entra.forms.length;
        wrong.advance(60_000);
        assert.equal(await userName(http), scene.way(name).userName);
        assert.equal(scene.entra.forms.length, signedIn);
      });
    }
  }

  it('a machine with a wrong clock reckons the life of its token by the time of the metadata service', async () => {
    process.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'] = scene.metadata.url;
    try {
      const wrong = new AutoClock(clock.now() + 86_400_000);
      const { http } = connected(scene.way('Azure: managed identity of a virtual machine'), {}, wrong);
      const asked = scene.metadata.received.length;
      await userName(http);
      await userName(http);
      assert.equal(scene.metadata.received.length, asked + 1);
    } finally {
      delete process.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'];
    }
  });

  it('uses the ID token that the connection brings first, and a fresh one when it is too old or refused', async () => {
    const way = scene.way('Azure: federation');
    await userName(connected(way).http);
    const bound = scene.entra.forms.at(-1)?.['client_assertion'] ?? '';
    const withBound = (idtoken: string) => connected(way, { parameters: { ...way.connection.parameters, idtoken } });
    scene.entra.forms.length = 0;
    await userName(withBound(bound).http);
    assert.deepEqual(
      scene.entra.forms.map((form) => form['client_assertion'] === bound),
      [true],
    );
    const tampered = `${bound.slice(0, bound.lastIndexOf('.'))}.c2lnbmF0dXJl`;
    await userName(withBound(tampered).http);
    assert.deepEqual(
      scene.entra.forms.slice(1).map((form) => form['client_assertion'] === tampered),
      [true, false],
    );
    clock.advance(590_000);
    scene.entra.forms.length = 0;
    await userName(withBound(bound).http);
    assert.deepEqual(
      scene.entra.forms.map((form) => form['client_assertion'] === bound),
      [false],
    );
  });

  it('Azure DevOps refuses: says so, for a connection that the job may not use', async () => {
    const { http } = connected(scene.way('federation'), { id: '00000000-0000-4000-8000-000000000999' });
    const error = await refusal(userName(http));
    assert.equal(error.code, 'CREDENTIAL_REFUSED');
    assert.match(error.message, /^Azure DevOps \(127\.0\.0\.1:\d+\) refused an ID token/);
    assert.match(error.sentences, /authorised to use the service connection/);
  });

  it('Databricks refuses: says issuer, subject and audience, and the policy that would mend it', async () => {
    const { http } = connected(scene.way('federation'), { id: STRANGER.id });
    const error = await refusal(userName(http));
    assert.equal(error.code, 'CREDENTIAL_REFUSED');
    assert.match(error.message, /^Databricks \(127\.0\.0\.1:\d+\) refused the ID token .*invalid_grant/);
    const issuer = `https://vstoken.dev.azure.com/${ORGANIZATION.id}`;
    const subject = "sc://contoso/churn/dbx o'neil";
    for (const part of [issuer, subject, 'api://AzureADTokenExchange', PRINCIPALS.federation]) {
      assert.ok(error.options.where?.includes(part) === true || error.message.includes(part), part);
    }
    const json = /federation-policy create <id> --json '((?:[^']|'\\'')*)'/.exec(error.options.todo ?? '')?.[1];
    assert.deepEqual(JSON.parse((json ?? '').replaceAll("'\\''", "'")), {
      oidc_policy: { issuer, audiences: ['api://AzureADTokenExchange'], subject },
    });
    assert.ok(error.options.todo?.includes(`--filter 'applicationId eq "${PRINCIPALS.federation}"'`));
  });

  it('Entra refuses: says issuer, subject and audience, and the federated credential that would mend it', async () => {
    const { http } = connected(scene.way('Azure: federation'), { id: STRANGER.id });
    const error = await refusal(userName(http));
    assert.equal(error.code, 'CREDENTIAL_REFUSED');
    assert.match(error.message, /^Microsoft Entra \(127\.0\.0\.1:\d+\) refused the ID token .*AADSTS700213/);
    const json = /federated-credential create --id \S+ --parameters '((?:[^']|'\\'')*)'/.exec(error.options.todo ?? '');
    assert.deepEqual(JSON.parse((json?.[1] ?? '').replaceAll("'\\''", "'")), {
      name: 'azure-pipelines',
      issuer: `https://vstoken.dev.azure.com/${ORGANIZATION.id}`,
      subject: "sc://contoso/churn/dbx o'neil",
      audiences: ['api://AzureADTokenExchange'],
    });
  });

  it('names the party and what to renew for secrets, certificates and identities', async () => {
    const azure = scene.way('Azure: secret').connection.parameters;
    const cases: readonly (readonly [Way, Record<string, string>, RegExp, RegExp])[] = [
      [
        scene.way('service principal secret'),
        { username: PRINCIPALS.secret, password: 'wrong-secret' },
        /^Databricks .* refused the OAuth secret of service principal .*invalid_client/,
        /new one/,
      ],
      [
        scene.way('Azure: secret'),
        { ...azure, serviceprincipalkey: 'wrong-secret' },
        /^Microsoft Entra .* refused the secret .*AADSTS7000215/,
        /new secret/,
      ],
      [
        scene.way('Azure: certificate'),
        {
          tenantid: azure['tenantid'] ?? '',
          serviceprincipalid: PRINCIPALS.roleOnly,
          authenticationtype: 'spnCertificate',
          serviceprincipalcertificate:
            scene.way('Azure: certificate').connection.parameters['servicePrincipalCertificate'] ?? '',
        },
        /^Microsoft Entra .* refused the certificate .*thumbprint [0-9A-F]{40}.*AADSTS700027/,
        /Add the certificate/,
      ],
    ];
    for (const [way, parameters, message, todo] of cases) {
      const error = await refusal(userName(connected(way, { parameters }).http));
      assert.equal(error.code, 'CREDENTIAL_REFUSED');
      assert.match(error.message, message);
      assert.match(error.options.todo ?? '', todo);
      assert.ok(!error.sentences.includes('wrong-secret'));
    }
  });

  it('says that a machine has no managed identity, or not this one', async () => {
    const way = scene.way('Azure: managed identity assigned by a user');
    process.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'] = scene.metadata.url;
    try {
      const unknown = { ...way, connection: { ...way.connection, data: { msiclientId: 'nobody' } } };
      const refused = await refusal(userName(connected(unknown).http));
      assert.match(refused.message, /^The managed identity endpoint of this machine refused .*Identity not found/);
      process.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'] = 'http://127.0.0.1:9';
      const absent = await refusal(userName(connected(way).http));
      assert.equal(absent.code, 'MANAGED_IDENTITY_UNAVAILABLE');
      assert.match(absent.sentences, /127\.0\.0\.1:9/);
    } finally {
      delete process.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'];
    }
  });

  it('refuses the managed identity of a machine of Azure Arc in plain words', async () => {
    const way = scene.way('Azure: managed identity assigned by a user');
    process.env['IDENTITY_ENDPOINT'] = 'http://localhost:40342/metadata/identity/oauth2/token';
    try {
      const refused = await refusal(userName(connected(way).http));
      assert.equal(refused.code, 'MANAGED_IDENTITY_UNSUPPORTED');
      assert.match(refused.sentences, /Azure Arc/);
    } finally {
      delete process.env['IDENTITY_ENDPOINT'];
    }
  });

  it('sends the second token only where the variable names the workspace', async () => {
    const way = scene.way('Azure: role on the workspace only');
    assert.equal(await userName(connectedWith(way, way.variables).http), PRINCIPALS.roleOnly);
    assert.deepEqual(
      scene.entra.forms.map((form) => form['scope']),
      ['2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default', 'https://management.core.windows.net//.default'],
    );
    scene.entra.forms.length = 0;
    await assert.rejects(userName(connectedWith(way, {}).http), { code: 'PERMISSION_DENIED' });
    assert.equal(scene.entra.forms.length, 1);
    assert.throws(() => connectedWith(way, { DATABRICKS_AZURE_RESOURCE_ID: '/subscriptions/x' }), {
      code: 'WORKSPACE_RESOURCE_ID_INVALID',
    });
  });

  function connectedWith(way: Way, variables: Way['variables'] = {}) {
    return connected({ ...way, variables });
  }

  it('never sends the token of the job to an address that is not that of Azure DevOps', async () => {
    const way = scene.way('federation');
    const elsewhere = { 'System.OidcRequestUri': `${scene.metadata.url}/oidctoken` };
    const asked = scene.metadata.received.length;
    await assert.rejects(userName(connectedWith(way, elsewhere).http), { code: 'OIDC_ELSEWHERE' });
    assert.equal(scene.metadata.received.length, asked);
  });

  it('refreshes once and repeats once when a token dies early, for all requests that met it', async () => {
    // By the clock of the services the token is over, by that of the step it has just begun.
    const { http } = connected(scene.way('Azure: secret'), {}, new AutoClock(clock.now()));
    await userName(http);
    scene.entra.forms.length = 0;
    clock.advance(3_600_000);
    const names = await Promise.all(Array.from({ length: 8 }, () => userName(http)));
    assert.deepEqual(new Set(names), new Set([PRINCIPALS.azure]));
    assert.equal(scene.entra.forms.length, 1);
  });
});
