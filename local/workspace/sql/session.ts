import type { Metastore, Principal } from '../api';
import type { MetastoreTables } from './metastore-tables';
import type { NameDefaults } from './names';
import type { Bindings } from './parameters';

/** What rights are granted on, by a full name in lower case; a registered model is a function. */
export interface GrantTarget {
  readonly kind: 'METASTORE' | 'CATALOG' | 'SCHEMA' | 'TABLE' | 'VOLUME' | 'FUNCTION';
  readonly fullName: string;
}

/** A right that somebody has on something, or on what is above it. */
export interface GrantedRight extends GrantTarget {
  readonly principal: string;
  /** As SQL spells it, such as `USE CATALOG`. */
  readonly privilege: string;
}

/** What `GRANT`, `REVOKE` and `SHOW GRANTS` work on. */
export interface StatementGrants {
  /** @throws SqlFailure when the target, the principal or the privilege is not there, or the session's principal may not */
  change(
    target: GrantTarget,
    change: { readonly principal: string; readonly add: readonly string[]; readonly remove: readonly string[] },
  ): void;
  /** Rights on the target and inherited ones. @throws SqlFailure as `change` */
  show(target: GrantTarget, principal: string | undefined): readonly GrantedRight[];
}

/** What a statement runs with. */
export interface Session {
  readonly metastore: Metastore;
  readonly tables: MetastoreTables;
  /** Absent: the principal may make schemas. @throws SqlFailure INSUFFICIENT_PERMISSIONS */
  requireCreateSchema?(catalog: string): void;
  /** Whether the principal may know of a catalog, or of a schema by its two levels. Absent: of all. */
  sees?(namespace: string): boolean;
  /** Absent: the session knows no grants, and its statements about them are refused. */
  readonly grants?: StatementGrants;
  readonly defaults: NameDefaults;
  readonly bindings: Bindings;
  readonly principal: Principal;
  /** Milliseconds since the Unix epoch: `current_timestamp()` and the time of a new version. */
  readonly now: number;
  /** Aborted when the statement is cancelled. */
  readonly signal: AbortSignal;
  readonly rowLimit: number | undefined;
  /** Bytes of the result's texts; what goes over is cut off. */
  readonly byteLimit?: number;
  /** Whether the result goes out by links, so that the limit of an inline result does not hold. */
  readonly external?: boolean;
}
