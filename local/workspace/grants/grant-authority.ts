import { sameName } from '../../../src/databricks/grants';
import { ApiError, type Metastore, type Principal } from '../api';
import { listGroups, listMembers } from '../identity/directory';
import { SYSTEM_GROUPS } from '../identity/principal-settings';
import type { MetastoreTables } from '../sql/metastore-tables';
import { Access, denied } from './access';
import { changeGrants } from './privileges';
import { KIND_NAMES, ownerOf, type Securable } from './securables';

/** What is given to a principal and what is taken from it. */
export interface GrantChange {
  readonly principal: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** Who may see and change the grants of a metastore, by the REST operations and by statements. */
export class GrantAuthority {
  /** @param tables with all tables, whoever asks */
  constructor(
    private readonly metastore: Metastore,
    private readonly tables: MetastoreTables,
  ) {}

  /**
   * The securable, when the caller may see its grants, or those of the one principal.
   * @throws ApiError 404 when there is no such securable, 403 when the grants are none of the caller's business
   */
  shown(securable: Securable, principal: string | undefined, caller: Principal): Securable {
    this.#requireExisting(securable);
    const access = new Access(this.metastore, this.tables, caller);
    const own = principal !== undefined && access.identity.names.has(principal.toLowerCase());
    if (!own && !access.holds('MANAGE', securable)) {
      throw denied('MANAGE', securable);
    }
    return securable;
  }

  /**
   * All changes, or none.
   * @throws ApiError 404 for a securable or principal that is not there, 403 without MANAGE, 400 for a privilege that cannot be given
   */
  change(securable: Securable, changes: readonly GrantChange[], caller: Principal): void {
    this.#requireExisting(securable);
    new Access(this.metastore, this.tables, caller).require(['MANAGE'], securable);
    for (const { principal } of changes) {
      this.requirePrincipal(principal);
    }
    this.metastore.store.transaction(() => {
      for (const one of changes) {
        changeGrants(this.metastore, securable, one);
      }
    });
  }

  /**
   * Who is known is only told where the start described principals; else everybody may be.
   * @throws ApiError 404 PRINCIPAL_DOES_NOT_EXIST
   */
  requirePrincipal(name: string): void {
    const members = listMembers(this.metastore);
    const groups = listGroups(this.metastore);
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

  #requireExisting(securable: Securable): void {
    if (ownerOf(this.metastore, this.tables, securable) === undefined) {
      const { kind, fullName } = securable;
      throw new ApiError(404, missingCode(kind), `${KIND_NAMES[kind]} '${fullName}' does not exist.`);
    }
  }
}

function missingCode(kind: Securable['kind']): string {
  return kind === 'CATALOG' || kind === 'SCHEMA' || kind === 'TABLE'
    ? `${kind}_DOES_NOT_EXIST`
    : 'RESOURCE_DOES_NOT_EXIST';
}
