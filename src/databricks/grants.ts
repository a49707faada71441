import type { HttpClient } from '../http/client';
import { items, type TokenPage } from '../http/paging';
import { path } from '../http/path';
import { type AnswerFields, objectIn, objectsIn, textIn, unexpected } from './answer-shape';

/** What rights are granted on. A registered model counts as a function (databricks-api 5.6). */
export type SecurableType = 'catalog' | 'schema' | 'table' | 'volume' | 'function';

/** A right that a principal has on a securable, by a grant on it or on something above it. */
export interface EffectivePrivilege {
  /** E-mail of a user, application id of a service principal, name of a group. */
  readonly principal: string;
  /** As the API spells it, such as `USE_CATALOG`. */
  readonly privilege: string;
  /** Type and name of the securable above that the right comes from; empty when it is granted on the securable itself. */
  readonly inheritedFrom: string;
}

const WHAT = 'effective permissions';

/** `/api/2.1/unity-catalog/effective-permissions` */
export class GrantsApi {
  constructor(private readonly http: HttpClient) {}

  /**
   * All rights on a securable, inherited ones included; those of one principal when it is named.
   * That rights by membership are not listed under a member's own name is [U]: callers ask for each group.
   */
  async effective(type: SecurableType, fullName: string, principal?: string): Promise<EffectivePrivilege[]> {
    const found: EffectivePrivilege[] = [];
    const assignments = items(
      (page_token) =>
        this.http.json<TokenPage & { privilege_assignments?: readonly unknown[] }>({
          method: 'GET',
          path: path`/api/2.1/unity-catalog/effective-permissions/${type}/${fullName}`,
          query: { principal, max_results: 0, page_token },
        }),
      (page) => objectsIn(objectIn(page, WHAT), 'privilege_assignments', WHAT),
    );
    for await (const assignment of assignments) {
      const holder = textIn(assignment, 'principal', WHAT);
      for (const privilege of objectsIn(assignment, 'privileges', WHAT)) {
        const from = [
          textIn(privilege, 'inherited_from_type', WHAT),
          textIn(privilege, 'inherited_from_name', WHAT),
        ].filter((part) => part !== '');
        found.push({
          principal: holder,
          privilege: privilegeIn(privilege),
          inheritedFrom: from.join(' ').toLowerCase(),
        });
      }
    }
    return principal === undefined ? found : found.filter((one) => sameName(one.principal, principal));
  }
}

/** A privilege is a word: anything else must not get into a command that somebody copies. */
function privilegeIn(fields: AnswerFields): string {
  const privilege = textIn(fields, 'privilege', WHAT);
  if (!/^[A-Z][A-Z_ ]{0,99}$/.test(privilege)) {
    throw unexpected(`${WHAT}, field 'privilege'`);
  }
  return privilege.replaceAll(' ', '_');
}

/** Names of principals are the same whatever their case. */
export function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
