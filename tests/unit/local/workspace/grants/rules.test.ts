import assert from 'node:assert/strict';
import type { Call, Principal, Workspace } from '../../../../../local/workspace/api';
import { describeOperations } from '../../../../../local/workspace/describe-operations';
import { Access } from '../../../../../local/workspace/grants/access';
import { CATALOG_RULES } from '../../../../../local/workspace/grants/catalog-rules';
import { objectRules } from '../../../../../local/workspace/grants/object-rules';
import { describePrincipals } from '../../../../../local/workspace/identity/directory';
import { memoryStore } from '../../../../../local/workspace/memory-store';
import type { Permission } from '../../../../../local/workspace/permissions/access-list';
import { SecretScopes } from '../../../../../local/workspace/secrets/secret-values';
import type { Endpoint } from '../../../../../local/workspace/serving/endpoint';
import type { MetastoreTables } from '../../../../../local/workspace/sql/metastore-tables';
import { ADA, CI, EVE, SETTINGS } from '../../../../support/principals';
import { VirtualClock } from '../../../../support/virtual-clock';

const noTables = { find: () => undefined, list: () => [] } as unknown as MetastoreTables;

function scene() {
  const metastore = { store: memoryStore(), folder: '/none' };
  const members = describePrincipals(metastore, SETTINGS);
  const workspace: Workspace = {
    name: 'w',
    id: '1',
    url: 'http://127.0.0.1:1',
    clock: new VirtualClock(),
    store: memoryStore(),
    metastore,
    folder: '/none',
  };
  workspace.store
    .collection<Pick<Endpoint, 'id' | 'creator'>>('serving-endpoints')
    .put('churn', { id: 'e1', creator: CI });
  const rules = objectRules(workspace, new SecretScopes({}, 0));
  const permit = (...permissions: readonly Permission[]) =>
    workspace.store.collection<readonly Permission[]>('permissions/serving-endpoints').put('e1', permissions);
  async function send(userName: string, operation: string, params: Record<string, string>): Promise<unknown> {
    const principal = members.find((member) => member.userName === userName) as Principal;
    const rule = rules[operation];
    assert.ok(rule !== undefined, operation);
    const request = { method: operation.split(' ')[0], query: new URLSearchParams(), json: async () => ({}) };
    const call = { workspace, principal, params, ...request };
    return rule(call as unknown as Call, new Access(metastore, noTables, principal));
  }
  return { permit, send };
}

describe('rules of rights', () => {
  it('are there for every operation of Unity Catalog, and for no other', () => {
    const operations = describeOperations()
      .map(({ method, path }) => `${method} ${path}`)
      .filter((operation) => /\/(unity-catalog|mlflow\/unity-catalog)\//.test(operation));
    assert.deepEqual(Object.keys(CATALOG_RULES).sort(), operations.sort());
  });

  it('name only operations that there are', () => {
    const operations = new Set(describeOperations().map(({ method, path }) => `${method} ${path}`));
    const { workspace } = { workspace: { store: memoryStore() } as unknown as Workspace };
    const rules = objectRules(workspace, new SecretScopes({}, 0));
    const without = Object.keys(rules).filter((operation) => !operations.has(operation));
    // Files know a few methods each; the rule holds whichever there are.
    assert.deepEqual(
      without.filter((operation) => !operation.includes('/fs/')),
      [],
    );
  });

  const VIEW = 'GET /api/2.0/serving-endpoints/:name';
  const QUERY = 'POST /serving-endpoints/:name/invocations';
  const MANAGE = 'PUT /api/2.0/serving-endpoints/:name/config';
  for (const [what, who, level, allowed] of [
    ['nobody has given anything', EVE, undefined, []],
    ['it made the endpoint', CI, undefined, [VIEW, QUERY, MANAGE]],
    ['it made the endpoint, and a request left it out of the list', CI, 'CAN_MANAGE', []],
    ['its group may view', ADA, 'CAN_VIEW', [VIEW]],
    ['its group may query', ADA, 'CAN_QUERY', [VIEW, QUERY]],
    ['its group may manage', ADA, 'CAN_MANAGE', [VIEW, QUERY, MANAGE]],
    ['it administers', 'boss@example.com', undefined, [VIEW, QUERY, MANAGE]],
  ] as const) {
    it(`let a principal do with an endpoint what it may when ${what}`, async () => {
      const { permit, send } = scene();
      if (level !== undefined) {
        permit({ kind: 'group_name', name: 'readers', level });
      }
      for (const operation of [VIEW, QUERY, MANAGE]) {
        const sent = send(who, operation, { name: 'churn' });
        if ((allowed as readonly string[]).includes(operation)) {
          await sent;
        } else {
          await assert.rejects(sent, {
            status: 403,
            errorCode: 'PERMISSION_DENIED',
            message: /permissions on serving endpoint e1$/,
          });
        }
      }
      await assert.doesNotReject(send('boss@example.com', VIEW, { name: 'none' }));
    });
  }

  it('do not tell whether an endpoint is there that may not be seen', async () => {
    await assert.rejects(scene().send(EVE, VIEW, { name: 'none' }), { status: 403 });
  });
});
