import { ApiError, type Metastore, type Principal } from '../api';
import { type Identity, identityOf } from '../identity/directory';
import type { MetastoreTables } from '../sql/metastore-tables';
import { effectiveGrants } from './privileges';
import { KIND_NAMES, ownerOf, type Securable, withParents } from './securables';

/** What one principal may do in the metastore. */
export class Access {
  readonly identity: Identity;

  constructor(
    private readonly metastore: Metastore,
    private readonly tables: MetastoreTables,
    principal: Principal,
  ) {
    this.identity = identityOf(metastore, principal);
  }

  /** True for a grant on the securable or above it, for its owner, and for administrators. */
  holds(privilege: string, securable: Securable): boolean {
    if (this.identity.administrator || this.#owns(securable)) {
      return true;
    }
    if (privilege === 'MANAGE' && withParents(securable).some((above) => this.#owns(above))) {
      return true;
    }
    return effectiveGrants(this.metastore, securable).some(
      (one) =>
        this.identity.names.has(one.principal.toLowerCase()) &&
        // ALL PRIVILEGES leaves out MANAGE, as in the service.
        (one.privilege === privilege || (one.privilege === 'ALL_PRIVILEGES' && privilege !== 'MANAGE')),
    );
  }

  /** True when the securable may be known of: any right on it or from above, USE ones aside. */
  sees(securable: Securable): boolean {
    const seeing: Record<Securable['kind'], readonly string[]> = {
      METASTORE: [],
      CATALOG: ['USE_CATALOG', 'BROWSE', 'MANAGE'],
      SCHEMA: ['USE_SCHEMA', 'BROWSE', 'MANAGE'],
      TABLE: ['SELECT', 'MODIFY', 'BROWSE', 'MANAGE', 'APPLY_TAG'],
      VOLUME: ['READ_VOLUME', 'WRITE_VOLUME', 'BROWSE', 'MANAGE', 'APPLY_TAG'],
      FUNCTION: ['EXECUTE', 'CREATE_MODEL_VERSION', 'BROWSE', 'MANAGE', 'APPLY_TAG'],
    };
    return seeing[securable.kind].some((privilege) => this.holds(privilege, securable));
  }

  /**
   * Refuses unless the principal may use catalog and schema and has one of the rights on the securable. What does not exist is not
   * refused: whoever carries out the request says that it is missing.
   * @param privileges the first one stands in the refusal
   * @throws ApiError 403 PERMISSION_DENIED in the words of the service
   */
  require(privileges: readonly string[], securable: Securable): void {
    if (this.identity.administrator) {
      return;
    }
    for (const above of withParents(securable).slice(1).reverse()) {
      if (above.kind !== 'METASTORE' && this.exists(above) && !this.holds(`USE_${above.kind}`, above)) {
        throw denied(`USE_${above.kind}`, above);
      }
    }
    const [first = 'MANAGE'] = privileges;
    if (this.exists(securable) && !privileges.some((privilege) => this.holds(privilege, securable))) {
      throw denied(first, securable);
    }
  }

  exists(securable: Securable): boolean {
    return ownerOf(this.metastore, this.tables, securable) !== undefined;
  }

  #owns(securable: Securable): boolean {
    const owner = ownerOf(this.metastore, this.tables, securable);
    return owner !== undefined && this.identity.names.has(owner.toLowerCase());
  }
}

/** The words of the service; that they are the same for every kind is [U]. */
export function denied(privilege: string, { kind, fullName }: Securable): ApiError {
  return new ApiError(
    403,
    'PERMISSION_DENIED',
    `User does not have ${privilege.replaceAll('_', ' ')} on ${KIND_NAMES[kind]} '${fullName}'.`,
  );
}
