import type { SqlType } from './sql-type';

/**
 * What of Databricks SQL runs here. Everything that is not named in this file is refused by name.
 * The tables are keyed by the parser's node names (`@polyglot-sql/sdk`); a test runs each entry.
 */

/** Fields of each node that may hold something. A node that is not here, or another field that is not empty, is refused. */
export const CLAUSES: Readonly<Record<string, readonly string[]>> = {
  select: ['expressions', 'from', 'where_clause', 'group_by', 'having', 'order_by', 'limit', 'offset', 'distinct'],
  from: ['expressions'],
  table: ['name', 'schema', 'catalog', 'alias', 'alias_explicit_as', 'version'],
  version: ['this', 'kind', 'expression'],
  where_clause: ['this'],
  group_by: ['expressions'],
  having: ['this'],
  order_by: ['expressions'],
  ordered: ['this', 'desc', 'nulls_first', 'explicit_asc'],
  limit: ['this'],
  offset: ['this'],
  subquery: ['this', 'alias', 'alias_explicit_as', 'alias_keyword'],
  identifier: ['name', 'quoted'],
  insert: ['table', 'columns', 'values', 'query', 'overwrite'],
  delete: ['table', 'where_clause'],
  create_table: [
    'name',
    'columns',
    'if_not_exists',
    'or_replace',
    'as_select',
    'as_select_parenthesized',
    'properties',
  ],
  column_definition: ['name', 'data_type', 'nullable', 'constraints', 'constraint_order'],
  file_format_property: ['this'],
  schema_comment_property: ['this'],
  properties: ['expressions'],
  drop_table: ['names', 'if_exists'],
};

/** Expressions and their fields. */
export const EXPRESSIONS: Readonly<Record<string, readonly string[]>> = {
  column: ['name', 'table'],
  star: ['table'],
  alias: ['this', 'alias', 'alias_explicit_as'],
  literal: ['literal_type', 'value'],
  boolean: ['value'],
  null: [],
  parameter: ['name', 'style'],
  paren: ['this'],
  cast: ['this', 'to', 'double_colon_syntax'],
  case: ['operand', 'whens', 'else_'],
  subscript: ['this', 'index'],
  not: ['this'],
  neg: ['this'],
  is_null: ['this', 'not'],
  in: ['this', 'expressions', 'not'],
  between: ['this', 'low', 'high', 'not'],
  like: ['left', 'right'],
};

/** Kinds of literal. */
export const LITERALS = ['number', 'string', 'raw_string', 'date', 'timestamp'] as const;

/** Binary operators: node, spelling in Spark's generated column names, DuckDB's text. */
export const OPERATORS: Readonly<
  Record<string, { readonly spark: string; readonly duckdb: (left: string, right: string) => string }>
> = {
  add: { spark: '+', duckdb: (left, right) => `(${left} + ${right})` },
  sub: { spark: '-', duckdb: (left, right) => `(${left} - ${right})` },
  mul: { spark: '*', duckdb: (left, right) => `(${left} * ${right})` },
  div: { spark: '/', duckdb: (left, right) => `(${left} / spark_divisor(${right}))` },
  mod: { spark: '%', duckdb: (left, right) => `(${left} % spark_divisor(${right}))` },
  eq: { spark: '=', duckdb: (left, right) => `(${left} = ${right})` },
  neq: { spark: '<>', duckdb: (left, right) => `(${left} <> ${right})` },
  lt: { spark: '<', duckdb: (left, right) => `(${left} < ${right})` },
  lte: { spark: '<=', duckdb: (left, right) => `(${left} <= ${right})` },
  gt: { spark: '>', duckdb: (left, right) => `(${left} > ${right})` },
  gte: { spark: '>=', duckdb: (left, right) => `(${left} >= ${right})` },
  null_safe_eq: { spark: '<=>', duckdb: (left, right) => `(${left} IS NOT DISTINCT FROM ${right})` },
  and: { spark: 'AND', duckdb: (left, right) => `(${left} AND ${right})` },
  or: { spark: 'OR', duckdb: (left, right) => `(${left} OR ${right})` },
  concat: { spark: '||', duckdb: (left, right) => `(${left} || ${right})` },
};

/** A function: how many arguments it takes, whether DISTINCT may stand in it, and what DuckDB computes. */
export interface FunctionRule {
  readonly arguments: readonly [least: number, most: number];
  readonly distinct?: true;
  /** Value of the statement that the text refers to as `$now` or `$user`. */
  readonly binds?: 'now' | 'user';
  readonly duckdb: (values: readonly string[], distinct: string) => string;
}

/** Functions by Spark's name. */
export const FUNCTIONS: Readonly<Record<string, FunctionRule>> = {
  count: { arguments: [1, 1], distinct: true, duckdb: ([value], distinct) => `count(${distinct}${value})` },
  min: { arguments: [1, 1], duckdb: ([value]) => `min(${value})` },
  max: { arguments: [1, 1], duckdb: ([value]) => `max(${value})` },
  sum: { arguments: [1, 1], distinct: true, duckdb: ([value], distinct) => `sum(${distinct}${value})` },
  avg: {
    arguments: [1, 1],
    distinct: true,
    duckdb: ([value], distinct) => `avg(${distinct}spark_not_decimal(${value}))`,
  },
  md5: { arguments: [1, 1], duckdb: ([value]) => `md5(${value})` },
  abs: { arguments: [1, 1], duckdb: ([value]) => `abs(${value})` },
  length: { arguments: [1, 1], duckdb: ([value]) => `CAST(length(${value}) AS INTEGER)` },
  coalesce: { arguments: [1, 100], duckdb: (values) => `coalesce(${values.join(', ')})` },
  concat: { arguments: [1, 100], duckdb: (values) => `(${values.join(' || ')})` },
  nullif: { arguments: [2, 2], duckdb: ([value, other]) => `nullif(${value}, ${other})` },
  if: { arguments: [3, 3], duckdb: ([condition, yes, no]) => `CASE WHEN ${condition} THEN ${yes} ELSE ${no} END` },
  isnan: { arguments: [1, 1], duckdb: ([value]) => `coalesce(isnan(${value}), false)` },
  array: { arguments: [0, 10_000], duckdb: (values) => `[${values.join(', ')}]` },
  size: { arguments: [1, 1], duckdb: ([value]) => `CAST(len(${value}) AS INTEGER)` },
  current_timestamp: { arguments: [0, 0], binds: 'now', duckdb: () => 'CAST($now AS TIMESTAMP)' },
  current_user: { arguments: [0, 0], binds: 'user', duckdb: () => 'CAST($user AS VARCHAR)' },
  session_user: { arguments: [0, 0], binds: 'user', duckdb: () => 'CAST($user AS VARCHAR)' },
};

/** Functions for which the parser has a node of their own: the function's name and the fields that are its arguments, in order. */
export const FUNCTION_NODES: Readonly<
  Record<string, { readonly name: string; readonly values: readonly string[]; readonly ignored: readonly string[] }>
> = {
  count: { name: 'count', values: ['this'], ignored: ['distinct', 'star', 'original_name'] },
  min: { name: 'min', values: ['this'], ignored: ['name'] },
  max: { name: 'max', values: ['this'], ignored: ['name'] },
  sum: { name: 'sum', values: ['this'], ignored: ['name', 'distinct'] },
  avg: { name: 'avg', values: ['this'], ignored: ['name', 'distinct'] },
  abs: { name: 'abs', values: ['this'], ignored: ['original_name'] },
  length: { name: 'length', values: ['this'], ignored: ['original_name'] },
  coalesce: { name: 'coalesce', values: ['expressions'], ignored: ['original_name'] },
  if_func: { name: 'if', values: ['condition', 'true_value', 'false_value'], ignored: ['original_name'] },
};

/** Types by the parser's name: of columns and of casts. */
export const TYPES: Readonly<Record<string, SqlType['name']>> = {
  string: 'STRING',
  tiny_int: 'TINYINT',
  small_int: 'SMALLINT',
  int: 'INT',
  big_int: 'BIGINT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  decimal: 'DECIMAL',
  array: 'ARRAY',
};
