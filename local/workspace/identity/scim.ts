import type { Call, Operation, Principal, Reply, Workspace } from '../api';
import { type Fields, optionalInteger, optionalText, queryFields } from '../fields';
import { identityOf, listGroups, listMembers } from './directory';
import { SYSTEM_GROUPS } from './principal-settings';
import { scimFilter } from './scim-filter';
import { groupId, type Resource, reference, schemaOf, scimMe, scimUser, unlessNone } from './scim-me';

const ROOT = '/api/2.0/preview/scim/v2';
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const MOST = 100;

/** Who is there: the administrator, and those that the start described. Nobody is made or changed by requests. */
export function scimOperations(workspace: Workspace, administrator: Principal): readonly Operation[] {
  const { metastore } = workspace;

  function users(): readonly Resource[] {
    const described = listMembers(metastore).filter(({ kind }) => kind === 'user');
    return [administrator, ...described].map((one) => scimUser(workspace, one));
  }

  function servicePrincipals(): readonly Resource[] {
    return listMembers(metastore)
      .filter(({ kind }) => kind === 'servicePrincipal')
      .map((one) => {
        const { userName, emails, ...rest } = scimUser(workspace, one);
        return { ...rest, schemas: [schemaOf('ServicePrincipal')], applicationId: one.userName };
      });
  }

  function groups(): readonly Resource[] {
    const described = listGroups(metastore);
    const all = [
      ...SYSTEM_GROUPS.filter((name) => name !== 'account users').map((displayName) => ({
        id: groupId(displayName),
        displayName,
        groups: [] as readonly string[],
      })),
      ...described,
    ];
    return all.map(({ id, displayName, groups: parents }) => ({
      schemas: [schemaOf('Group')],
      id,
      displayName,
      groups: unlessNone(parents.map(reference)),
      members: unlessNone(membersOf(displayName)),
      meta: { resourceType: displayName === 'admins' || displayName === 'users' ? 'WorkspaceGroup' : 'Group' },
    }));
  }

  function membersOf(group: string): readonly Record<string, string>[] {
    const people = [administrator, ...listMembers(metastore)].filter(
      (one) => group === 'users' || identityOf(metastore, one).groups.includes(group),
    );
    return [
      ...people.map(({ id, displayName, kind }) => ({
        value: id,
        display: displayName,
        $ref: `${kind === 'user' ? 'Users' : 'ServicePrincipals'}/${id}`,
      })),
      ...listGroups(metastore)
        .filter((one) => one.groups.includes(group))
        .map(({ id, displayName }) => ({ value: id, display: displayName, $ref: `Groups/${id}` })),
    ];
  }

  return [
    scimMe,
    ...readable('Users', users),
    ...readable('Groups', groups),
    ...readable('ServicePrincipals', servicePrincipals),
  ];
}

function readable(kind: string, all: () => readonly Resource[]): readonly Operation[] {
  return [
    {
      method: 'GET',
      path: `${ROOT}/${kind}`,
      note: 'filter (eq, ne, co, sw, joined by and), startIndex, count; members are those of the principals file',
      handle: (call) => list(queryFields(call.query), all()),
    },
    { method: 'GET', path: `${ROOT}/${kind}/:id`, handle: (call) => one(call, kind, all()) },
  ];
}

function list(fields: Fields, all: readonly Resource[]): Reply {
  const matches = scimFilter(optionalText(fields, 'filter') ?? '');
  const found = all.filter((resource) =>
    matches(Object.fromEntries(Object.entries(resource).map(([name, value]) => [name, String(value)]))),
  );
  const start = Math.max(1, optionalInteger(fields, 'startIndex') ?? 1);
  const count = Math.min(MOST, Math.max(0, optionalInteger(fields, 'count') ?? MOST));
  const page = found.slice(start - 1, start - 1 + count);
  return {
    json: {
      schemas: [LIST],
      totalResults: found.length,
      startIndex: start,
      itemsPerPage: page.length,
      Resources: page.length === 0 ? undefined : page,
    },
  };
}

/** SCIM has its own form of errors (databricks-api 1.2). */
function one(call: Call, kind: string, all: readonly Resource[]): Reply {
  const found = all.find(({ id }) => id === call.params.id);
  return found === undefined
    ? {
        status: 404,
        json: {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
          detail: `${kind.slice(0, -1)} with id ${call.params.id} not found.`,
          status: '404',
        },
      }
    : { json: found };
}
