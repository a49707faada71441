import type { Metastore, Principal } from '../api';
import type { MetastoreTables } from './metastore-tables';
import type { NameDefaults } from './names';
import type { Bindings } from './parameters';

/** What a statement runs with. */
export interface Session {
  readonly metastore: Metastore;
  readonly tables: MetastoreTables;
  /** Absent: the principal may make schemas. @throws SqlFailure INSUFFICIENT_PERMISSIONS */
  requireCreateSchema?(catalog: string): void;
  /** Whether the principal may know of a catalog, or of a schema by its two levels. Absent: of all. */
  sees?(namespace: string): boolean;
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
