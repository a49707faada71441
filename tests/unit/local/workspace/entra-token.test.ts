import assert from 'node:assert/strict';
import { startEntra } from '../../../support/entra';
import { send, startTestWorkspace } from '../../../support/local-workspace';
import { VirtualClock } from '../../../support/virtual-clock';

const DATABRICKS = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d';
const MANAGEMENT = 'https://management.core.windows.net/';
const RESOURCE = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Databricks/workspaces/w';

describe('Entra tokens at a workspace', () => {
  const clock = new VirtualClock();

  it('stand for a member until 30 s before their end, and for others only with the second token', async () => {
    const entra = await startEntra(clock, 'tenant', []);
    const stranger = await startEntra(clock, 'tenant', []);
    const workspace = await startTestWorkspace({
      clock,
      entra: { issuer: entra.issuer, jwks: entra.jwks, workspaceResourceId: RESOURCE },
      servicePrincipals: [
        { applicationId: 'member', displayName: 'member' },
        { applicationId: 'role', displayName: 'role', member: false },
      ],
    });
    const me = async (token: string, headers: Record<string, string> = {}) => {
      const reply = await send(`${workspace.url}/api/2.0/preview/scim/v2/Me`, 'GET', {
        authorization: `Bearer ${token}`,
        ...headers,
      });
      return reply.status === 200 ? reply.json.userName : `${reply.status} ${reply.json.message}`;
    };
    try {
      const token = await entra.tokenFor('member', DATABRICKS);
      assert.equal(await me(token), 'member');
      await clock.advance(3_569_000);
      assert.equal(await me(token), 'member');
      await clock.advance(1_000);
      assert.equal(await me(token), '401 Access token has expired.');

      assert.equal(await me(await entra.tokenFor('member', MANAGEMENT)), '403 Invalid access token.');
      assert.equal(await me(await stranger.tokenFor('member', DATABRICKS)), '403 Invalid access token.');
      assert.equal(await me('a.b.c'), '403 Invalid access token.');
      const noUser = '403 This principal is not a user of the workspace.';
      assert.equal(await me(await entra.tokenFor('unknown', DATABRICKS)), noUser);

      const role = await entra.tokenFor('role', DATABRICKS);
      const second = await entra.tokenFor('role', MANAGEMENT);
      const headers = (management: string, resource: string) => ({
        'X-Databricks-Azure-SP-Management-Token': management,
        'X-Databricks-Azure-Workspace-Resource-Id': resource,
      });
      assert.equal(await me(role, headers(second, RESOURCE)), 'role');
      assert.equal(await me(role), noUser);
      assert.equal(await me(role, headers(role, RESOURCE)), noUser);
      assert.equal(await me(role, headers(await entra.tokenFor('member', MANAGEMENT), RESOURCE)), noUser);
      assert.equal(await me(role, headers(second, `${RESOURCE}2`)), noUser);

      const tenant = await send(`${workspace.url}/aad/auth`, 'GET', {});
      assert.equal(tenant.status, 302);
      assert.match(
        tenant.headers.get('location') ?? '',
        /^https:\/\/login\.microsoftonline\.com\/tenant\/oauth2\/authorize\?/,
      );
    } finally {
      await workspace.stop();
      await stranger.close();
      await entra.close();
    }
  });
});
