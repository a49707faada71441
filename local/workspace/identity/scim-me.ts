import type { Operation, Principal, Workspace } from '../api';
import { identityOf, listMembers } from './directory';
import { ENTITLEMENTS } from './principal-settings';
import { numericId } from './principals';

/** A resource of SCIM. */
export type Resource = Record<string, unknown> & { readonly id: string };

/** Who am I: the cheapest call that proves a credential (databricks-api 1.1). */
export const scimMe: Operation = {
  method: 'GET',
  path: '/api/2.0/preview/scim/v2/Me',
  note: 'the identity behind the token',
  handle: ({ workspace, principal }) => ({ json: scimUser(workspace, principal) }),
};

/** A user or service principal with its groups and entitlements. */
export function scimUser(workspace: Workspace, principal: Principal): Resource {
  const { groups, entitlements } = identityOf(workspace.metastore, principal);
  const member = listMembers(workspace.metastore).find(({ userName }) => userName === principal.userName);
  return {
    schemas: [schemaOf('User')],
    id: principal.id,
    userName: principal.userName,
    displayName: principal.displayName,
    active: member?.active ?? true,
    ...(principal.kind === 'user' ? { emails: [{ type: 'work', value: principal.userName, primary: true }] } : {}),
    ...(member === undefined
      ? {}
      : {
          entitlements: unlessNone(
            ENTITLEMENTS.filter((one) => entitlements.includes(one)).map((value) => ({ value })),
          ),
        }),
    groups: unlessNone(groups.map(reference)),
  };
}

/** A group as a member shows it. */
export function reference(group: string): Record<string, string> {
  const id = groupId(group);
  return { display: group, type: 'direct', value: id, $ref: `Groups/${id}` };
}

/** Id of a group by its name. */
export function groupId(name: string): string {
  return numericId(`group:${name}`);
}

/** Name of a SCIM schema. */
export function schemaOf(kind: string): string {
  return `urn:ietf:params:scim:schemas:core:2.0:${kind}`;
}

/** Lists are left out when they are empty. */
export function unlessNone<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}
