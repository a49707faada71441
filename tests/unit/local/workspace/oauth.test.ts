import assert from 'node:assert/strict';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { send, startTestWorkspace, type TestReply, type TestWorkspace } from '../../../support/local-workspace';
import { VirtualClock } from '../../../support/virtual-clock';

const me = '/api/2.0/preview/scim/v2/Me';
const clientId = 'a7f0c5a1-5c1e-4a57-9f6e-0f6f3a1b2c3d';
const issuer = 'https://vstoken.dev.azure.com/0b0c';
const subject = 'p://org/project/pipeline';
const audience = 'api://AzureADTokenExchange';

describe('OAuth of a workspace', () => {
  const clock = new VirtualClock();
  let workspace: TestWorkspace;
  let sign: (claims: Record<string, unknown>, key?: 'stranger') => Promise<string>;

  before(async () => {
    const own = await generateKeyPair('RS256');
    const stranger = await generateKeyPair('RS256');
    const jwks = { keys: [{ ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'RS256' }] };
    sign = (claims, key) =>
      new SignJWT({ iss: issuer, sub: subject, aud: audience, exp: clock.now() / 1000 + 600, ...claims } as JWTPayload)
        .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
        .sign(key === 'stranger' ? stranger.privateKey : own.privateKey);
    const federation = [{ issuer, audiences: [audience], subject, jwks }];
    workspace = await startTestWorkspace({
      clock,
      servicePrincipals: [{ applicationId: clientId, displayName: 'ci', secret: 's3:cret', federation }],
    });
  });
  after(() => workspace.stop());

  function token(form: Record<string, string>, headers: Record<string, string> = {}): Promise<TestReply> {
    const body = new URLSearchParams(form).toString();
    return send(
      `${workspace.url}/oidc/v1/token`,
      'POST',
      { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    );
  }

  function basic(id: string, secret: string): Record<string, string> {
    return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
  }

  function exchange(jwt: string, more: Record<string, string> = {}): Promise<TestReply> {
    return token({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: jwt,
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      scope: 'all-apis',
      ...more,
    });
  }

  it('gives a service principal a token for its secret, which ends after an hour', async () => {
    const grant = await token({ grant_type: 'client_credentials', scope: 'all-apis' }, basic(clientId, 's3:cret'));
    assert.equal(grant.status, 200);
    assert.equal(grant.json.expires_in, 3600);
    const headers = { authorization: `Bearer ${grant.json.access_token}` };
    assert.equal((await send(workspace.url + me, 'GET', headers)).json.userName, clientId);
    await clock.advance(3_600_000);
    assert.equal((await send(workspace.url + me, 'GET', headers)).status, 401);
  });

  it('refuses a wrong secret and an unknown client alike', async () => {
    for (const headers of [basic(clientId, 'wrong'), basic('nobody', 's3:cret'), {}]) {
      const grant = await token({ grant_type: 'client_credentials' }, headers);
      assert.deepEqual([grant.status, grant.json.error], [401, 'invalid_client']);
    }
    assert.equal((await token({ grant_type: 'password' })).json.error, 'unsupported_grant_type');
  });

  it('exchanges a federated token that a policy admits, for as long as that token lives', async () => {
    const grant = await exchange(await sign({}), { client_id: clientId });
    assert.equal(grant.status, 200);
    assert.equal(grant.json.expires_in, 600);
    const headers = { authorization: `Bearer ${grant.json.access_token}` };
    assert.equal((await send(workspace.url + me, 'GET', headers)).json.userName, clientId);
  });

  it('refuses another signature, issuer, audience, subject, an expired token, one without end, and an unsigned one', async () => {
    const [head, body] = (await sign({})).split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`;
    const bad = [
      await sign({}, 'stranger'),
      await sign({ iss: 'https://vstoken.dev.azure.com/other' }),
      await sign({ aud: 'api://other' }),
      await sign({ sub: 'p://org/project/other' }),
      await sign({ exp: clock.now() / 1000 - 1 }),
      await sign({ exp: undefined }),
      unsigned,
      `${head}.${body}.AAAA`,
    ];
    for (const [index, jwt] of bad.entries()) {
      const grant = await exchange(jwt, { client_id: clientId });
      assert.deepEqual([grant.status, grant.json.error], [400, 'invalid_grant'], `token ${index}`);
    }
    assert.equal((await exchange(await sign({}), { client_id: 'other' })).json.error, 'invalid_grant');
    assert.equal((await exchange('')).json.error, 'invalid_request');
  });
});
