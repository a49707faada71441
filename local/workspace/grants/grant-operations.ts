import { sameName } from '../../../src/databricks/grants';
import type { Call, Operation, Reply, Workspace } from '../api';
import { type Fields, objectList, optionalText, queryFields, requiredText, textList } from '../fields';
import { pageOf, unlessEmpty } from '../paging';
import type { MetastoreTables } from '../sql/metastore-tables';
import { GrantAuthority } from './grant-authority';
import { directGrants, type Effective, effectiveGrants } from './privileges';
import { METASTORE, type Securable, securableOf } from './securables';

const ROOT = '/api/2.1/unity-catalog';
const PAGES = { standard: 1_000, most: 1_000 };

/** Grants on securables of Unity Catalog (databricks-api 5.6). */
export function grantOperations(workspace: Workspace, tables: MetastoreTables): readonly Operation[] {
  const { metastore } = workspace;

  const grants = new GrantAuthority(metastore, tables);
  const named = (call: Call) => securableOf(call.params.securable_type ?? '', call.params.full_name ?? '');
  const shownTo = (call: Call, principal: string | undefined) => grants.shown(named(call), principal, call.principal);

  function direct(call: Call): Reply {
    const fields = queryFields(call.query);
    const principal = optionalText(fields, 'principal') || undefined;
    const all = directGrants(metastore, shownTo(call, principal)).filter(
      (one) => principal === undefined || sameName(one.principal, principal),
    );
    const page = pageOf(all, fields, PAGES);
    return { json: { privilege_assignments: unlessEmpty(page.items), next_page_token: page.nextPageToken } };
  }

  function effective(call: Call): Reply {
    const fields = queryFields(call.query);
    const principal = optionalText(fields, 'principal') || undefined;
    if (principal !== undefined) {
      grants.requirePrincipal(principal);
    }
    const found = effectiveGrants(metastore, shownTo(call, principal)).filter(
      (one) => principal === undefined || sameName(one.principal, principal),
    );
    const page = pageOf(byPrincipal(found), fields, PAGES);
    return { json: { privilege_assignments: unlessEmpty(page.items), next_page_token: page.nextPageToken } };
  }

  async function change(call: Call): Promise<Reply> {
    const body = await call.json<Fields>();
    const securable = named(call);
    const changes = objectList(body, 'changes').map((one) => ({
      principal: requiredText(one, 'principal'),
      add: textList(one, 'add'),
      remove: textList(one, 'remove'),
    }));
    grants.change(securable, changes, call.principal);
    return { json: { privilege_assignments: unlessEmpty(directGrants(metastore, securable)) } };
  }

  return [
    {
      method: 'GET',
      path: `${ROOT}/permissions/:securable_type/:full_name`,
      note: 'of metastore, catalog, schema, table, volume, function',
      lacks: 'principal_id',
      handle: direct,
    },
    { method: 'PATCH', path: `${ROOT}/permissions/:securable_type/:full_name`, handle: change },
    {
      method: 'GET',
      path: `${ROOT}/effective-permissions/:securable_type/:full_name`,
      note: "with where each right is inherited from; a group's rights stand under the group alone",
      handle: effective,
    },
  ];
}

function byPrincipal(found: readonly Effective[]): readonly Record<string, unknown>[] {
  const names = [...new Set(found.map(({ principal }) => principal))];
  return names.map((principal) => ({
    principal,
    privileges: found
      .filter((one) => one.principal === principal)
      .map(({ privilege, from }) => ({
        privilege,
        ...(from === undefined ? {} : { inherited_from_type: from.kind, inherited_from_name: nameOf(from) }),
      })),
  }));
}

function nameOf(securable: Securable): string {
  return securable.kind === 'METASTORE' ? METASTORE.fullName : securable.fullName;
}
