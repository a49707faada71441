import type { Operation, Principal } from '../api';

/** Who am I: the cheapest call that proves a credential (databricks-api 1.1). */
export const scimMe: Operation = {
  method: 'GET',
  path: '/api/2.0/preview/scim/v2/Me',
  note: 'the identity behind the token',
  handle: ({ principal }) => ({ json: scimUser(principal) }),
};

function scimUser(principal: Principal): Record<string, unknown> {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    id: principal.id,
    userName: principal.userName,
    displayName: principal.displayName,
    active: true,
    ...(principal.kind === 'user' ? { emails: [{ type: 'work', value: principal.userName, primary: true }] } : {}),
    groups: [
      {
        display: principal.kind === 'user' ? 'admins' : 'users',
        type: 'direct',
        value: principal.kind === 'user' ? 'admins' : 'users',
      },
    ],
  };
}
