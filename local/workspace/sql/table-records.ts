import type { SqlType } from './sql-type';

/** A column of a table. */
export interface Column {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly comment?: string;
}

/** One entry of a table's history. */
export interface TableVersion {
  readonly version: number;
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number;
  readonly userId: string;
  readonly userName: string;
  /** Such as `WRITE`, `DELETE`, `CREATE OR REPLACE TABLE AS SELECT`; Delta's names. */
  readonly operation: string;
  readonly operationParameters: Readonly<Record<string, string>>;
  readonly operationMetrics: Readonly<Record<string, string>>;
  /** DuckDB table that holds the rows of this version. */
  readonly storage: string;
  readonly columns: readonly Column[];
}

/** A table of Unity Catalog. */
export interface TableRecord {
  readonly id: string;
  readonly catalog: string;
  readonly schema: string;
  readonly name: string;
  readonly comment?: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly owner: string;
  readonly createdAt: number;
  readonly createdBy: string;
  /** In order, from version 0; never empty. */
  readonly versions: readonly TableVersion[];
}

/** The version that statements without `VERSION AS OF` see. @throws Error when the record is broken */
export function newest(table: TableRecord): TableVersion {
  const version = table.versions.at(-1);
  if (version === undefined) {
    throw new Error(`table ${table.id} has no version`);
  }
  return version;
}
