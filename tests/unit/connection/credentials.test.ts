import assert from 'node:assert/strict';
import { azureCredentials } from '../../../src/connection/azure';
import { connectWorkspace } from '../../../src/connection/connect';
import type { ConnectionDetails } from '../../../src/connection/port';
import { HttpClient } from '../../../src/http/client';
import { type Answer, type HttpDouble, type Received, startDouble } from '../../support/http-double';
import { connection, surroundings } from './surroundings';

const IDENTITY = { method: 'GET', path: '/api/2.0/preview/scim/v2/Me' } as const;

/** Workspace, token endpoint and Azure DevOps in one. Each token is new: `t1`, `t2`, … */
function issuer(life: number | string = 3600): (request: Received) => Answer {
  let tokens = 0;
  let assertions = 0;
  return (request) => {
    const path = request.url.split('?')[0] ?? '';
    if (path === '/oidc/.well-known/oauth-authorization-server') {
      return { json: { token_endpoint: `http://${request.headers.host}/oidc/v1/token` } };
    }
    if (path.endsWith('/token')) {
      return { json: { access_token: `issued-token-${++tokens}`, token_type: 'Bearer', expires_in: life } };
    }
    if (path.endsWith('/oidctoken')) {
      return { json: { oidcToken: `id-token-${++assertions}` } };
    }
    return { json: { authorization: request.headers.authorization } };
  };
}

/** What looks like an ID token; nobody here checks it. */
function unsignedToken(claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

describe('credentials', () => {
  let double: HttpDouble | undefined;
  afterEach(async () => {
    await double?.close();
    double = undefined;
  });

  async function workspace(details: ConnectionDetails, answer = issuer(), variables: Record<string, string> = {}) {
    const server = await startDouble(answer);
    double = server;
    const context = surroundings({
      'System.OidcRequestUri': `${server.url}/org/p/_apis/oidctoken`,
      'System.AccessToken': 'job-token',
      ...variables,
    });
    const http = connectWorkspace({ kind: 'databricks', connection: details, workspaceUrl: server.url }, context);
    const whoAmI = async () => (await http.json<{ authorization: string }>(IDENTITY)).authorization;
    return { server, context, http, whoAmI };
  }

  const requests = (server: HttpDouble, end: string) =>
    server.received.filter((request) => request.url.split('?')[0]?.endsWith(end));

  it('sends a token as it is and masks it before', async () => {
    const { context, whoAmI } = await workspace(connection('Token', { apitoken: 'dapi-123' }));
    assert.deepEqual(context.masked, ['dapi-123']);
    assert.equal(await whoAmI(), 'Bearer dapi-123');
  });

  it('signs in with a secret once for many requests at once, and again before the token ends', async () => {
    const { server, context, whoAmI } = await workspace(
      connection('UsernamePassword', { username: 'app-id', password: 's3cr3t/+' }),
      issuer('3600'),
    );
    assert.deepEqual(new Set(await Promise.all([whoAmI(), whoAmI(), whoAmI()])), new Set(['Bearer issued-token-1']));
    const [first, ...more] = requests(server, '/v1/token');
    assert.equal(more.length, 0);
    assert.equal(first?.headers.authorization, `Basic ${Buffer.from('app-id:s3cr3t/+').toString('base64')}`);
    assert.equal(first?.body, 'grant_type=client_credentials&scope=all-apis');
    assert.ok(
      context.masked.includes('s3cr3t/+') &&
        context.masked.includes('app-id:s3cr3t/+') &&
        context.masked.includes('issued-token-1'),
    );
    context.clock.advance(3_300_000 - 1);
    assert.equal(await whoAmI(), 'Bearer issued-token-1');
    context.clock.advance(1);
    await becomes(whoAmI, 'Bearer issued-token-2');
  });

  it('renews a short-lived token after four fifths of its life', async () => {
    const { context, whoAmI } = await workspace(
      connection('UsernamePassword', { username: 'a', password: 'b' }),
      issuer(60),
    );
    await whoAmI();
    context.clock.advance(47_999);
    assert.equal(await whoAmI(), 'Bearer issued-token-1');
    context.clock.advance(1);
    await becomes(whoAmI, 'Bearer issued-token-2');
  });

  it('never sends the secret to a token endpoint elsewhere', async () => {
    const { server, whoAmI } = await workspace(
      connection('UsernamePassword', { username: 'a', password: 'b' }),
      () => ({
        json: { token_endpoint: 'https://evil.example/oidc/v1/token' },
      }),
    );
    await assert.rejects(whoAmI(), { code: 'TOKEN_ENDPOINT_ELSEWHERE' });
    assert.equal(server.received.length, 1);
  });

  it('exchanges a fresh ID token of the connection each time', async () => {
    const { server, context, whoAmI } = await workspace(connection('None', {}, { clientId: 'sp-app-id' }), issuer(600));
    assert.equal(await whoAmI(), 'Bearer issued-token-1');
    context.clock.advance(500_000);
    await becomes(whoAmI, 'Bearer issued-token-2');
    const asked = requests(server, '/oidctoken');
    assert.equal(asked.length, 2);
    assert.equal(asked[0]?.method, 'POST');
    assert.match(asked[0]?.url ?? '', /api-version=7\.1&serviceConnectionId=c0ffee00-/);
    assert.equal(asked[0]?.headers.authorization, 'Bearer job-token');
    assert.equal(asked[0]?.headers['x-tfs-fedauthredirect'], 'Suppress');
    assert.equal(asked[0]?.headers['content-length'], '0');
    const forms = requests(server, '/v1/token').map((request) => new URLSearchParams(request.body));
    assert.deepEqual(
      forms.map((form) => form.get('subject_token')),
      ['id-token-1', 'id-token-2'],
    );
    assert.equal(forms[0]?.get('grant_type'), 'urn:ietf:params:oauth:grant-type:token-exchange');
    assert.equal(forms[0]?.get('client_id'), 'sp-app-id');
    for (const secret of ['job-token', 'id-token-1', 'id-token-2', 'issued-token-1', 'issued-token-2']) {
      assert.ok(context.masked.includes(secret), secret);
    }
  });

  it('asks again when Azure DevOps answers without a token, three times', async () => {
    const { server, whoAmI } = await workspace(connection('None', {}, { clientId: 'x' }), () => ({
      json: { oidcToken: null },
    }));
    await assert.rejects(whoAmI(), { code: 'OIDC_UNAVAILABLE' });
    assert.equal(server.received.length, 3);
  });

  it('builds the address of ID tokens from its parts where the agent does not give it', async () => {
    const { server, context, whoAmI } = await workspace(connection('None', {}, { clientId: 'x' }), issuer(), {
      'System.OidcRequestUri': '',
    });
    const parts: Record<string, string> = {
      'System.CollectionUri': `${server.url}/org`,
      'System.TeamProjectId': 'pid',
      'System.HostType': 'build',
      'System.PlanId': 'plan',
      'System.JobId': 'job',
      'System.AccessToken': 'job-token',
    };
    Object.assign(context.host, {
      variable: (name: string) => parts[name],
      jobConnectionUrl: () => parts['System.CollectionUri'],
    });
    await whoAmI();
    assert.equal(
      requests(server, '/oidctoken')[0]?.url.split('?')[0],
      '/org/pid/_apis/distributedtask/hubs/build/plans/plan/jobs/job/oidctoken',
    );
  });

  it('says who refused a credential and in which words', async () => {
    const { whoAmI } = await workspace(connection('UsernamePassword', { username: 'a', password: 'b' }), (request) =>
      request.method === 'GET'
        ? { json: { token_endpoint: `http://${request.headers.host}/oidc/v1/token` } }
        : { status: 401, json: { error: 'invalid_client', error_description: 'no such client' } },
    );
    await assert.rejects(whoAmI(), { code: 'CREDENTIAL_REFUSED', message: /invalid_client: no such client/ });
  });

  for (const [what, answer, code] of [
    ['a page', { body: '<html><title>Sign in</title></html>', status: 200 }, 'ANSWER_NOT_JSON'],
    ['JSON that breaks off', { body: '{"access_token": "x', status: 200 }, 'ANSWER_INCOMPLETE'],
  ] as const) {
    it(`says that Databricks answered a sign-in with ${what}, and blames no address of the user`, async () => {
      const { whoAmI } = await workspace(connection('UsernamePassword', { username: 'a', password: 'b' }), (request) =>
        request.method === 'GET'
          ? { json: { token_endpoint: `http://${request.headers.host}/oidc/v1/token` } }
          : answer,
      );
      await assert.rejects(whoAmI(), { code, sentences: /^Databricks .*(in place of|between agent and) Databricks/s });
    });

    it(`says that Azure DevOps answered with ${what}, and blames no workspace`, async () => {
      const { whoAmI } = await workspace(connection('None', {}, { clientId: 'sp-app-id' }), (request) =>
        request.url.includes('/oidctoken') ? answer : issuer()(request),
      );
      await assert.rejects(whoAmI(), {
        code,
        sentences: /^Azure DevOps .*(in place of|between agent and) Azure DevOps/s,
      });
    });
  }

  it('gets a new token when the workspace refuses the one at hand', async () => {
    const answer = issuer();
    const { server, whoAmI } = await workspace(
      connection('UsernamePassword', { username: 'a', password: 'b' }),
      (request) =>
        request.headers.authorization === 'Bearer issued-token-1'
          ? { status: 401, json: { message: 'expired' } }
          : answer(request),
    );
    assert.equal(await whoAmI(), 'Bearer issued-token-2');
    assert.equal(requests(server, '/Me').length, 2);
  });

  it('signs in through an Azure connection by federation, by its late-bound token first, and by secret', async () => {
    const server = await startDouble(issuer(600));
    double = server;
    const context = surroundings({
      'System.OidcRequestUri': `${server.url}/oidctoken`,
      'System.AccessToken': 'job-token',
    });
    const open = new HttpClient({ baseUrl: server.url, clock: context.clock });
    const entra = { tenantid: 'tenant', serviceprincipalid: 'sp' };
    const stack = { environment: 'AzureStack', activeDirectoryAuthority: server.url };
    const bound = unsignedToken({ exp: context.clock.now() / 1000 + 600 });
    const federated = azureCredentials(
      open,
      connection('WorkloadIdentityFederation', { ...entra, idtoken: bound }, stack),
      server.url,
      context,
    );
    await federated.headers();
    context.clock.advance(600_000);
    await federated.headers();
    const secret = azureCredentials(
      open,
      connection('ServicePrincipal', { ...entra, serviceprincipalkey: 'k3y' }, stack),
      server.url,
      context,
    );
    assert.deepEqual(await secret.headers(), { Authorization: 'Bearer issued-token-3' });
    const forms = requests(server, '/tenant/oauth2/v2.0/token').map((request) =>
      Object.fromEntries(new URLSearchParams(request.body)),
    );
    assert.deepEqual(
      forms.map((form) => form.client_assertion ?? form.client_secret),
      [bound, 'id-token-1', 'k3y'],
    );
    assert.equal(forms[0]?.scope, '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default');
    assert.ok([bound, 'id-token-1', 'k3y', 'issued-token-3'].every((each) => context.masked.includes(each)));
  });

  it('refuses schemes that it does not know and connections that lack a part', () => {
    const context = surroundings();
    const open = (details: ConnectionDetails) => () =>
      connectWorkspace({ kind: 'databricks', connection: details, workspaceUrl: 'https://w.example' }, context);
    assert.throws(open(connection('Certificate')), { code: 'SCHEME_UNSUPPORTED' });
    assert.throws(open(connection('Token')), { code: 'CONNECTION_INCOMPLETE' });
    assert.throws(open(connection('None')), { code: 'CONNECTION_INCOMPLETE' });
    const azure = (details: ConnectionDetails) => () =>
      connectWorkspace({ kind: 'azure', connection: details, workspaceUrl: 'https://w.example' }, context);
    assert.throws(azure(connection('Basic')), { code: 'SCHEME_UNSUPPORTED' });
    const certificate = { tenantid: 't', serviceprincipalid: 's', authenticationtype: 'spnCertificate' };
    assert.throws(azure(connection('ServicePrincipal', certificate)), { code: 'CONNECTION_INCOMPLETE' });
    assert.throws(azure(connection('ServicePrincipal', { ...certificate, serviceprincipalcertificate: 'no PEM' })), {
      code: 'CERTIFICATE_INVALID',
    });
    assert.throws(azure(connection('ServicePrincipal', { tenantid: 't' })), { code: 'CONNECTION_INCOMPLETE' });
  });

  it('warns before the token of an Azure connection goes to a host that is not of Azure Databricks', () => {
    const warned = (workspaceUrl: string) => {
      const codes: (string | undefined)[] = [];
      const context = surroundings();
      const log = { ...context.log, warning: (_line: string, code?: string) => codes.push(code) };
      const azure = connection('ServicePrincipal', {
        tenantid: 't',
        serviceprincipalid: 'a',
        serviceprincipalkey: 'k',
      });
      connectWorkspace({ kind: 'azure', connection: azure, workspaceUrl }, { ...context, log });
      return codes;
    };
    assert.deepEqual(warned('https://databricks.own.example'), ['WORKSPACE_HOST_UNKNOWN']);
    assert.deepEqual(warned('https://evilazuredatabricks.net'), ['WORKSPACE_HOST_UNKNOWN']);
    assert.deepEqual(warned('https://adb-1.2.azuredatabricks.net'), []);
    assert.deepEqual(warned('http://127.0.0.1:8080'), []);
  });
});

/** Asks again while a renewal is under way, which no request waits for; every answer on the way is that of the token at hand. */
async function becomes(whoAmI: () => Promise<string | undefined>, renewed: string): Promise<void> {
  for (let asked = 0; asked < 200; asked++) {
    const now = await whoAmI();
    if (now === renewed) {
      return;
    }
    assert.equal(now, 'Bearer issued-token-1');
  }
  assert.fail(`it did not become ${renewed}`);
}
