import type { SqlType } from './sql-type';

/** How a type is called on both sides: in DuckDB, and as `type_name` of the REST API (`ColumnInfoTypeName`). */
const NAMES: Readonly<Record<SqlType['name'], { readonly duckdb: string; readonly api: string }>> = {
  STRING: { duckdb: 'VARCHAR', api: 'STRING' },
  TINYINT: { duckdb: 'TINYINT', api: 'BYTE' },
  SMALLINT: { duckdb: 'SMALLINT', api: 'SHORT' },
  INT: { duckdb: 'INTEGER', api: 'INT' },
  BIGINT: { duckdb: 'BIGINT', api: 'LONG' },
  DOUBLE: { duckdb: 'DOUBLE', api: 'DOUBLE' },
  BOOLEAN: { duckdb: 'BOOLEAN', api: 'BOOLEAN' },
  DATE: { duckdb: 'DATE', api: 'DATE' },
  TIMESTAMP: { duckdb: 'TIMESTAMP', api: 'TIMESTAMP' },
  VOID: { duckdb: 'VARCHAR', api: 'NULL' },
  DECIMAL: { duckdb: 'DECIMAL', api: 'DECIMAL' },
  ARRAY: { duckdb: 'LIST', api: 'ARRAY' },
};

/** The type's spelling for DuckDB. */
export function duckDbType(type: SqlType): string {
  if (type.name === 'DECIMAL') {
    return `DECIMAL(${type.precision},${type.scale})`;
  }
  return type.name === 'ARRAY' ? `${duckDbType(type.element)}[]` : NAMES[type.name].duckdb;
}

/** The type as Databricks SQL spells it, such as `ARRAY<DOUBLE>`: `type_text` of a result's manifest. */
export function typeText(type: SqlType): string {
  if (type.name === 'DECIMAL') {
    return `DECIMAL(${type.precision},${type.scale})`;
  }
  return type.name === 'ARRAY' ? `ARRAY<${typeText(type.element)}>` : type.name;
}

/** `type_name` of the REST API. */
export function apiTypeName(type: SqlType): string {
  return NAMES[type.name].api;
}
