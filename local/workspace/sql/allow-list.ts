import type { SqlType } from './sql-type';

/**
 * What of Databricks SQL runs here, together with the functions in functions.ts. Everything that is not named is refused by name.
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
  delete: ['table', 'alias', 'alias_explicit_as', 'where_clause'],
  update: ['table', 'set', 'where_clause'],
  merge: ['this', 'using', 'on', 'whens'],
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
  alter_table: ['name', 'actions'],
  AddColumn: ['column'],
  AddColumns: ['columns'],
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

/** Binary operators: node, spelling in Spark's generated column names, and what it does. */
export const OPERATORS: Readonly<
  Record<string, { readonly spark: string; readonly kind: 'arithmetic' | 'comparison' | 'logic' | 'concat' }>
> = {
  add: { spark: '+', kind: 'arithmetic' },
  sub: { spark: '-', kind: 'arithmetic' },
  mul: { spark: '*', kind: 'arithmetic' },
  div: { spark: '/', kind: 'arithmetic' },
  mod: { spark: '%', kind: 'arithmetic' },
  eq: { spark: '=', kind: 'comparison' },
  neq: { spark: '<>', kind: 'comparison' },
  lt: { spark: '<', kind: 'comparison' },
  lte: { spark: '<=', kind: 'comparison' },
  gt: { spark: '>', kind: 'comparison' },
  gte: { spark: '>=', kind: 'comparison' },
  null_safe_eq: { spark: '<=>', kind: 'comparison' },
  and: { spark: 'AND', kind: 'logic' },
  or: { spark: 'OR', kind: 'logic' },
  concat: { spark: '||', kind: 'concat' },
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
