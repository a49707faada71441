import { CLAUSES, EXPRESSIONS } from './allow-list';
import { cast } from './casts';
import { type Expression, renderExpression } from './expressions';
import { SqlFailure, syntaxError, unsupported } from './failure';
import { type HistoryPoint, millisecondsOf } from './history';
import { inBackticks, type NameDefaults, quoted, type TableName, tableName } from './names';
import { filterCondition } from './operators';
import type { Bindings } from './parameters';
import { ambiguous, columnsOf, findColumn, type Query, type Scope, type Source, sameName, unresolved } from './scope';
import { identifier, list, type Node, permitted, tableParts, tagged } from './tree';
import { requireOrder, type Typed } from './type-rules';

/** Where a query finds its parameters and tables. */
export interface QueryScope {
  readonly bindings: Bindings;
  readonly defaults: NameDefaults;
  /**
   * A table's rows as they were at some point of its history (the newest when undefined), to stand in FROM.
   * @throws SqlFailure when there is no such table or version
   */
  rowsOf(name: TableName, at: HistoryPoint | undefined): Query;
}

/**
 * A query (`SELECT`, also in parentheses) for DuckDB.
 * @throws SqlFailure when something in it is not on the allow-list
 */
export function renderQuery(value: unknown, scope: QueryScope): Query {
  const [kind, node] = tagged(value);
  permitted(CLAUSES, kind, node);
  if (kind === 'subquery') {
    const { sql, columns } = renderQuery(node.this, scope);
    return { sql: `(${sql})`, columns };
  }
  if (kind !== 'select') {
    throw unsupported(`${kind.toUpperCase()} as a query`);
  }
  return renderSelect(node, scope);
}

function renderSelect(node: Node, scope: QueryScope): Query {
  const sources = node.from === null ? [] : renderFrom(permitted(CLAUSES, 'from', node.from as Node), scope);
  const ofSources = (name: string, table: string | undefined) => findColumn(sources, name, table);
  const inSources = scopeOf(scope, ofSources);
  const outputs = list(node.expressions).flatMap((column) => renderOutput(column, sources, inSources));
  if (outputs.length === 0) {
    throw syntaxError('SELECT names no columns.');
  }
  const ofOutputs = (name: string, table: string | undefined) =>
    table === undefined ? outputNamed(outputs, name)?.output : undefined;
  const grouping = scopeOf(scope, (name, table) => ofSources(name, table) ?? ofOutputs(name, table));
  const having = scopeOf(scope, (name, table) => {
    const [column, output] = [ofSources(name, table), ofOutputs(name, table)];
    if (column !== undefined && output !== undefined && column.sql !== output.sql) {
      throw unsupported(`${name} in HAVING, which is a column and an alias of another value`);
    }
    return column ?? output;
  });
  const ordering = scopeOf(scope, (name, table) => ofOutputs(name, table) ?? ofSources(name, table));
  const clauses = [
    `SELECT ${node.distinct === true ? 'DISTINCT ' : ''}${outputs.map(({ sql, name }) => `${sql} AS ${quoted(name)}`).join(', ')}`,
    sources.length === 0 ? '' : `FROM ${sources.map((source) => `${source.sql} AS ${quoted(source.name)}`).join(', ')}`,
    clause(
      'where_clause',
      node.where_clause,
      (where) => `WHERE ${filterCondition(renderExpression(where.this, inSources))}`,
    ),
    clause('group_by', node.group_by, (group) => {
      const keys = list(group.expressions).map((key) => renderKey(key, outputs, grouping, 'GROUP BY').sql);
      return `GROUP BY ${keys.join(', ')}`;
    }),
    clause('having', node.having, (condition) => `HAVING ${havingOf(condition.this, having)}`),
    clause('order_by', node.order_by, (order) => {
      const keys = list(order.expressions).map((key) => renderOrder(key as Node, outputs, ordering));
      return `ORDER BY ${keys.join(', ')}`;
    }),
    clause('limit', node.limit, (limit) => `LIMIT ${wholeNumber(limit.this, 'LIMIT')}`),
    clause('offset', node.offset, (offset) => `OFFSET ${wholeNumber(offset.this, 'OFFSET')}`),
  ];
  return {
    sql: clauses.filter((text) => text !== '').join(' '),
    columns: outputs.map(({ name, type }) => ({ name, type })),
  };
}

/** SQL of the condition of a HAVING, which Spark casts to BOOLEAN. */
function havingOf(condition: unknown, scope: Scope): string {
  return cast(renderExpression(condition, scope), { name: 'BOOLEAN' }).sql;
}

function scopeOf(
  { bindings }: QueryScope,
  find: (name: string, table: string | undefined) => Typed | undefined,
): Scope {
  return {
    bindings,
    column: (name, table) => {
      const found = find(name, table);
      if (found === undefined) {
        throw unresolved(table === undefined ? name : `${table}.${name}`);
      }
      return found;
    },
  };
}

function clause(kind: string, value: unknown, render: (node: Node) => string): string {
  return value === null || value === undefined ? '' : render(permitted(CLAUSES, kind, value as Node));
}

function renderOutput(value: unknown, sources: readonly Source[], scope: Scope): Expression[] {
  const [kind, node] = tagged(value);
  if (kind === 'star') {
    return starOf(identifier(permitted(EXPRESSIONS, kind, node).table), sources);
  }
  if (kind === 'alias') {
    permitted(EXPRESSIONS, kind, node);
    const alias = identifier(node.alias);
    if (alias === undefined) {
      throw unsupported('an alias without a name');
    }
    return [{ ...renderExpression(node.this, scope), name: alias }];
  }
  return [renderExpression(value, scope)];
}

function starOf(table: string | undefined, sources: readonly Source[]): Expression[] {
  const wanted = sources.filter((source) => table === undefined || sameName(source.name, table));
  if (wanted.length === 0) {
    throw table === undefined
      ? unsupported('* without a FROM clause')
      : new SqlFailure(
          'CANNOT_RESOLVE_STAR_EXPAND',
          '42704',
          `Cannot resolve ${inBackticks(table)}.* given the tables ${sources.map(({ name }) => inBackticks(name)).join(', ')}.`,
        );
  }
  return wanted.flatMap((source) =>
    columnsOf(source).map((column) => {
      if (source.columns.filter(({ name }) => sameName(name, column.name)).length > 1) {
        throw unsupported(`* over two columns ${column.name} of a subquery; give one an alias`);
      }
      return column;
    }),
  );
}

/** What stands in FROM, with its SQL. */
export type RenderedSource = Source & { readonly sql: string };

function renderFrom(from: Node, scope: QueryScope): RenderedSource[] {
  const sources = list(from.expressions).map((source) => renderSource(source, scope));
  for (const [index, { name }] of sources.entries()) {
    if (sources.slice(0, index).some((other) => sameName(other.name, name))) {
      throw unsupported(`two tables ${name} in FROM; give one an alias`);
    }
  }
  return sources;
}

/** A table or a subquery in FROM. @throws SqlFailure */
export function renderSource(value: unknown, scope: QueryScope): RenderedSource {
  const [kind, node] = tagged(value);
  permitted(CLAUSES, kind, node);
  const alias = identifier(node.alias);
  if (kind === 'subquery') {
    const { sql, columns } = renderQuery(node.this, scope);
    return { sql: `(${sql})`, columns, name: alias ?? '__auto_generated_subquery_name' };
  }
  if (kind !== 'table') {
    throw unsupported(`${kind.replaceAll('_', ' ').toUpperCase()} in FROM`);
  }
  const name = tableName(tableParts(node), scope.defaults);
  return { ...scope.rowsOf(name, versionOf(node.version)), name: alias ?? name.table };
}

/** What a `VERSION AS OF` or `TIMESTAMP AS OF` names. */
function versionOf(value: unknown): HistoryPoint | undefined {
  if (value === null || value === undefined) {
    return undefined;
  }
  const node = permitted(CLAUSES, 'version', value as Node);
  const what = identifier(tagged(node.this)[1]) ?? '';
  if (node.kind !== 'AS OF' || (what !== 'VERSION' && what !== 'TIMESTAMP')) {
    throw unsupported(`${what} ${String(node.kind)}`);
  }
  if (what === 'VERSION') {
    return { version: Number(wholeNumber(node.expression, 'VERSION AS OF')) };
  }
  const [kind, literal] = tagged(node.expression);
  if (kind !== 'literal' || !['string', 'timestamp', 'date'].includes(String(literal.literal_type))) {
    throw unsupported('TIMESTAMP AS OF with anything but a text, a date or a timestamp');
  }
  return { timestamp: millisecondsOf(String(literal.value)) };
}

/** Digits of a literal that must be a whole number. */
function wholeNumber(value: unknown, where: string): string {
  const [kind, node] = tagged(value);
  if (kind !== 'literal' || node.literal_type !== 'number' || !/^\d{1,15}$/.test(String(node.value))) {
    throw unsupported(`${where} with anything but a whole number`);
  }
  return String(node.value);
}

/** A key of GROUP BY or ORDER BY: a bare number is a column's position, as in Spark; other bare constants have no use. */
function renderKey(value: unknown, outputs: readonly Expression[], scope: Scope, where: string): Typed {
  const [kind, node] = tagged(value);
  if (kind === 'literal') {
    const position = Number(wholeNumber(value, `a constant (${String(node.value)}) as a key`));
    const output = outputs[position - 1];
    if (output === undefined) {
      throw new SqlFailure(
        `${where.replace(' ', '_')}_POS_OUT_OF_RANGE`,
        '42805',
        `${where} position ${position} is not in the select list (valid range is [1, ${outputs.length}]).`,
      );
    }
    return { sql: String(position), type: output.type };
  }
  if (kind === 'column' && node.table === null && identifier(node.name)?.toUpperCase() === 'ALL') {
    throw unsupported('GROUP BY ALL and ORDER BY ALL');
  }
  return renderExpression(value, scope);
}

/** Spark puts NULL first in ascending order and last in descending order; DuckDB always last. */
function renderOrder(value: Node, outputs: readonly Expression[], scope: Scope): string {
  const node = permitted(CLAUSES, 'ordered', value);
  const descending = node.desc === true;
  const nullsFirst = typeof node.nulls_first === 'boolean' ? node.nulls_first : !descending;
  const key = outputPosition(node.this, outputs) ?? renderKey(node.this, outputs, scope, 'ORDER BY');
  requireOrder('ORDER BY', key.type);
  return `${key.sql} ${descending ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`;
}

/** A bare name of the select list is ordered by its place, so that DISTINCT finds it there. */
function outputPosition(value: unknown, outputs: readonly Expression[]): Typed | undefined {
  const [kind, node] = tagged(value);
  const name = kind === 'column' && identifier(node.table) === undefined ? identifier(node.name) : undefined;
  const found = name === undefined ? undefined : outputNamed(outputs, name);
  return found === undefined ? undefined : { sql: String(found.place + 1), type: found.output.type };
}

function outputNamed(
  outputs: readonly Expression[],
  name: string,
): { readonly output: Expression; readonly place: number } | undefined {
  const places = outputs.flatMap((output, place) => (sameName(output.name, name) ? [{ output, place }] : []));
  const [first] = places;
  if (places.some(({ output }) => output.sql !== first?.output.sql)) {
    throw ambiguous(name);
  }
  return first;
}
