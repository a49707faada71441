import type { PrincipalSettings } from '../../local/workspace/identity/principal-settings';
import { principalsShape } from '../../local/workspace/identity/principal-settings';
import type { StartOptions } from '../../local/workspace/server';
import { send, startTestWorkspace, type TestReply, type TestWorkspace } from './local-workspace';

export const CI = '11111111-2222-4333-8444-555555555555';
export const ADA = 'ada@example.com';
export const EVE = 'eve@example.com';

/** Ada reads by her groups, the service principal writes, Eve may nothing, Bob has no entitlement, Boss administers. */
export const SETTINGS: PrincipalSettings = principalsShape.parse({
  users: [
    { userName: ADA, displayName: 'Ada', groups: ['analysts'], token: { env: 'ADA_TOKEN' } },
    { userName: EVE, token: { env: 'EVE_TOKEN' } },
    { userName: 'bob@example.com', entitlements: [], token: { env: 'BOB_TOKEN' } },
    { userName: 'boss@example.com', groups: ['admins'], token: { env: 'BOSS_TOKEN' } },
    { userName: 'gone@example.com', active: false, token: { env: 'GONE_TOKEN' } },
  ],
  servicePrincipals: [{ applicationId: CI, displayName: 'ci', groups: ['builders'], token: { env: 'CI_TOKEN' } }],
  groups: [{ displayName: 'analysts', groups: ['readers'] }, { displayName: 'readers' }, { displayName: 'builders' }],
  grants: [
    { on: 'catalog dev', to: ['readers', 'builders'], privileges: ['USE CATALOG', 'USE SCHEMA'] },
    { on: 'catalog dev', to: ['readers'], privileges: ['SELECT', 'EXECUTE', 'READ VOLUME'] },
    { on: 'schema dev.default', to: ['builders'], privileges: ['CREATE MODEL', 'CREATE TABLE', 'CREATE VOLUME'] },
  ],
  warehouse: [{ to: ['analysts', 'builders'], level: 'CAN_USE' }],
});

export const ENVIRONMENT = {
  ADA_TOKEN: 'token-of-ada',
  EVE_TOKEN: 'token-of-eve',
  BOB_TOKEN: 'token-of-bob',
  BOSS_TOKEN: 'token-of-boss',
  GONE_TOKEN: 'token-of-gone',
  CI_TOKEN: 'token-of-ci',
};

export type Who = 'ada' | 'eve' | 'bob' | 'boss' | 'ci' | 'gone' | 'admin';

/** A workspace with these principals, and requests as each of them. */
export async function startWithPrincipals(options: Partial<StartOptions> = {}): Promise<{
  readonly workspace: TestWorkspace;
  as(who: Who, method: string, path: string, body?: unknown): Promise<TestReply<ReturnType<typeof JSON.parse>>>;
}> {
  const workspace = await startTestWorkspace({ principals: SETTINGS, environment: ENVIRONMENT, ...options });
  return {
    workspace,
    as: (who, method, path, body) => {
      const token = who === 'admin' ? workspace.token : `token-of-${who}`;
      return send(workspace.url + path, method, { authorization: `Bearer ${token}` }, body);
    },
  };
}
