import { sameName } from '../../../src/databricks/grants';
import { ApiError } from '../api';
import { SqlFailure } from '../sql/failure';
import { inBackticks } from '../sql/names';
import type { GrantedRight, GrantTarget, Session, StatementGrants } from '../sql/session';
import { GrantAuthority } from './grant-authority';
import { directGrants } from './privileges';
import { type Securable, securableOf, withParents } from './securables';

/** `GRANT`, `REVOKE` and `SHOW GRANTS` with the rights of the session's principal. @param session whose tables are all tables */
export function statementGrants({ metastore, tables, principal: caller }: Session): StatementGrants {
  const authority = new GrantAuthority(metastore, tables);
  return {
    change: (target, change) =>
      inSqlTerms(target, () => authority.change(securableOf(target.kind, target.fullName), [change], caller)),
    show: (target, principal) =>
      inSqlTerms(target, () => {
        const securable = authority.shown(securableOf(target.kind, target.fullName), principal, caller);
        return withParents(securable).flatMap((place) =>
          directGrants(metastore, place)
            .filter((one) => principal === undefined || sameName(one.principal, principal))
            .flatMap((one) => one.privileges.map((privilege) => shownRight(one.principal, privilege, place))),
        );
      }),
  };
}

function shownRight(principal: string, privilege: string, { kind, fullName }: Securable): GrantedRight {
  return { principal, privilege: privilege.replaceAll('_', ' '), kind, fullName };
}

/** The error classes of what a statement names and is not there. */
const MISSING: Readonly<Record<GrantTarget['kind'], readonly [errorClass: string, sqlState: string, what: string]>> = {
  METASTORE: ['METASTORE_DOES_NOT_EXIST', '42704', 'metastore'],
  CATALOG: ['NO_SUCH_CATALOG_EXCEPTION', '42704', 'catalog'],
  SCHEMA: ['SCHEMA_NOT_FOUND', '42704', 'schema'],
  TABLE: ['TABLE_OR_VIEW_NOT_FOUND', '42P01', 'table or view'],
  VOLUME: ['VOLUME_NOT_FOUND', '42704', 'volume'],
  FUNCTION: ['ROUTINE_NOT_FOUND', '42883', 'routine'],
};

/** Classes and states are those of Spark where it has them; that the service reports these for grants is [U]. */
function inSqlTerms<T>({ kind, fullName }: GrantTarget, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof ApiError)) {
      throw error;
    }
    if (error.status === 403) {
      throw new SqlFailure('INSUFFICIENT_PERMISSIONS', '42501', `Insufficient privileges: ${error.message}`);
    }
    if (error.status === 404 && error.errorCode !== 'PRINCIPAL_DOES_NOT_EXIST') {
      const [errorClass, sqlState, what] = MISSING[kind];
      throw new SqlFailure(errorClass, sqlState, `The ${what} ${inBackticks(...fullName.split('.'))} cannot be found.`);
    }
    throw new SqlFailure(error.errorCode, error.status === 404 ? '42704' : '22023', error.message);
  }
}
