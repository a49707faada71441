import { DuckDBDecimalType, DuckDBListType, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import { TYPES } from './allow-list';
import { unsupported } from './failure';
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

/**
 * A type of the parser's tree.
 * @throws SqlFailure for a type that is not on the allow-list
 */
export function typeFromTree(tree: Readonly<Record<string, unknown>>): SqlType {
  const kind = String(tree.data_type);
  const name = TYPES[kind];
  if (name === undefined) {
    throw unsupported(`the type ${kind === 'custom' ? String(tree.name) : kind.replaceAll('_', '').toUpperCase()}`);
  }
  if (name === 'ARRAY') {
    return { name, element: typeFromTree(tree.element_type as Record<string, unknown>) };
  }
  if (name === 'DECIMAL') {
    const precision = Number(tree.precision ?? 10);
    const scale = Number(tree.scale ?? 0);
    if (!(precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision)) {
      throw unsupported(`the type DECIMAL(${precision},${scale})`);
    }
    return { name, precision, scale };
  }
  if (typeof tree.length === 'number') {
    throw unsupported(`a length at the type ${name}`);
  }
  return { name };
}

/** Types of results; HUGEINT is DuckDB's type of integer sums, which are BIGINT in Spark. */
const FROM_DUCKDB: ReadonlyMap<DuckDBTypeId, Exclude<SqlType['name'], 'DECIMAL' | 'ARRAY'>> = new Map([
  [DuckDBTypeId.VARCHAR, 'STRING'],
  [DuckDBTypeId.TINYINT, 'TINYINT'],
  [DuckDBTypeId.SMALLINT, 'SMALLINT'],
  [DuckDBTypeId.INTEGER, 'INT'],
  [DuckDBTypeId.BIGINT, 'BIGINT'],
  [DuckDBTypeId.HUGEINT, 'BIGINT'],
  [DuckDBTypeId.DOUBLE, 'DOUBLE'],
  [DuckDBTypeId.BOOLEAN, 'BOOLEAN'],
  [DuckDBTypeId.DATE, 'DATE'],
  [DuckDBTypeId.TIMESTAMP, 'TIMESTAMP'],
  [DuckDBTypeId.SQLNULL, 'VOID'],
]);

/**
 * The type of a DuckDB result column.
 * @throws SqlFailure when Databricks SQL has no such type on the allow-list
 */
export function typeFromDuckDb(type: DuckDBType): SqlType {
  if (type instanceof DuckDBDecimalType) {
    return { name: 'DECIMAL', precision: type.width, scale: type.scale };
  }
  if (type instanceof DuckDBListType) {
    return { name: 'ARRAY', element: typeFromDuckDb(type.valueType) };
  }
  const name = FROM_DUCKDB.get(type.typeId);
  if (name === undefined) {
    throw unsupported(`a result of the type ${type.toString()}`);
  }
  return { name };
}

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

/** Macro that casts to the type by Spark's ANSI rules, see macros.ts; types without one are not cast targets. */
const CAST_MACROS: Partial<Record<SqlType['name'], string>> = {
  STRING: 'spark_string',
  TINYINT: 'spark_integer',
  SMALLINT: 'spark_integer',
  INT: 'spark_integer',
  BIGINT: 'spark_integer',
  DOUBLE: 'spark_double',
  DECIMAL: 'spark_decimal',
  BOOLEAN: 'spark_boolean',
  DATE: 'spark_date',
  TIMESTAMP: 'spark_timestamp',
};

/**
 * SQL that casts an expression by Spark's ANSI rules: what does not fit fails.
 * @throws SqlFailure when the target type is not a cast target
 */
export function castSql(expression: string, type: SqlType): string {
  if (type.name === 'ARRAY') {
    return `CAST(list_transform(${expression}, lambda x: ${castSql('x', type.element)}) AS ${duckDbType(type)})`;
  }
  const macro = CAST_MACROS[type.name];
  if (macro === undefined) {
    throw unsupported(`a cast to ${typeText(type)}`);
  }
  return `CAST(${macro}(${expression}) AS ${duckDbType(type)})`;
}
