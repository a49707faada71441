import { sameName } from '../../../src/databricks/grants';
import { ApiError, type Call, type Operation, type Reply, type Workspace } from '../api';
import { type Fields, objectList, optionalText, queryFields, requiredText, textList } from '../fields';
import { listGroups, listMembers } from '../identity/directory';
import { SYSTEM_GROUPS } from '../identity/principal-settings';
import { pageOf, unlessEmpty } from '../paging';
import type { MetastoreTables } from '../sql/metastore-tables';
import { Access, denied } from './access';
import { changeGrants, directGrants, type Effective, effectiveGrants } from './privileges';
import { KIND_NAMES, METASTORE, ownerOf, type Securable, securableOf } from './securables';

const ROOT = '/api/2.1/unity-catalog';
const PAGES = { standard: 1_000, most: 1_000 };

/** Grants on securables of Unity Catalog (databricks-api 5.6). */
export function grantOperations(workspace: Workspace, tables: MetastoreTables): readonly Operation[] {
  const { metastore } = workspace;

  /** @throws ApiError 404 when there is no such securable, 403 when its grants, or those of the one principal, are none of the caller's business */
  function shownTo(call: Call, principal: string | undefined): Securable {
    const securable = known(call);
    const access = new Access(metastore, tables, call.principal);
    const own = principal !== undefined && access.identity.names.has(principal.toLowerCase());
    if (!own && !access.holds('MANAGE', securable)) {
      throw denied('MANAGE', securable);
    }
    return securable;
  }

  function known(call: Call): Securable {
    const securable = securableOf(call.params.securable_type ?? '', call.params.full_name ?? '');
    if (ownerOf(metastore, tables, securable) === undefined) {
      const { kind, fullName } = securable;
      throw new ApiError(404, missingCode(kind), `${KIND_NAMES[kind]} '${fullName}' does not exist.`);
    }
    return securable;
  }

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
      requirePrincipal(principal);
    }
    const found = effectiveGrants(metastore, shownTo(call, principal)).filter(
      (one) => principal === undefined || sameName(one.principal, principal),
    );
    const page = pageOf(byPrincipal(found), fields, PAGES);
    return { json: { privilege_assignments: unlessEmpty(page.items), next_page_token: page.nextPageToken } };
  }

  async function change(call: Call): Promise<Reply> {
    const body = await call.json<Fields>();
    const securable = known(call);
    new Access(metastore, tables, call.principal).require(['MANAGE'], securable);
    const changes = objectList(body, 'changes').map((one) => ({
      principal: requiredText(one, 'principal'),
      add: textList(one, 'add'),
      remove: textList(one, 'remove'),
    }));
    for (const { principal } of changes) {
      requirePrincipal(principal);
    }
    metastore.store.transaction(() => {
      for (const one of changes) {
        changeGrants(metastore, securable, one);
      }
    });
    return { json: { privilege_assignments: unlessEmpty(directGrants(metastore, securable)) } };
  }

  /** Who is known is only told where the start described principals; else everybody may be. */
  function requirePrincipal(name: string): void {
    const members = listMembers(metastore);
    const groups = listGroups(metastore);
    const known = [
      ...members.map(({ userName }) => userName),
      ...groups.map(({ displayName }) => displayName),
      ...SYSTEM_GROUPS,
    ];
    if (
      members.length + groups.length > 0 &&
      !known.some((one) => sameName(one, name)) &&
      !name.endsWith('@localhost')
    ) {
      throw new ApiError(404, 'PRINCIPAL_DOES_NOT_EXIST', `Could not find principal with name ${name}`);
    }
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

function missingCode(kind: Securable['kind']): string {
  return kind === 'CATALOG' || kind === 'SCHEMA' || kind === 'TABLE'
    ? `${kind}_DOES_NOT_EXIST`
    : 'RESOURCE_DOES_NOT_EXIST';
}
