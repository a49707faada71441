import { CLAUSES, EXPRESSIONS } from './allow-list';
import { type Expression, renderExpression, type Scope } from './expressions';
import { syntaxError, unsupported } from './failure';
import { type NameDefaults, quoted, type TableName, tableName } from './names';
import { identifier, list, type Node, permitted, tableParts, tagged } from './tree';

/** Where a query finds its tables. */
export interface QueryScope extends Scope {
  readonly defaults: NameDefaults;
  /**
   * SQL of a table's rows at a version (the newest when undefined), to stand in FROM.
   * @throws SqlFailure when there is no such table or version
   */
  rowsOf(name: TableName, version: number | undefined): string;
}

/**
 * A query (`SELECT`, also in parentheses) for DuckDB.
 * @throws SqlFailure when something in it is not on the allow-list
 */
export function renderQuery(value: unknown, scope: QueryScope): string {
  const [kind, node] = tagged(value);
  permitted(CLAUSES, kind, node);
  if (kind === 'subquery') {
    return `(${renderQuery(node.this, scope)})`;
  }
  if (kind !== 'select') {
    throw unsupported(`${kind.toUpperCase()} as a query`);
  }
  return renderSelect(node, scope);
}

function renderSelect(node: Node, scope: QueryScope): string {
  const columns = list(node.expressions).map((expression) => renderColumn(expression, scope));
  if (columns.length === 0) {
    throw syntaxError('SELECT names no columns.');
  }
  const clauses = [
    `SELECT ${node.distinct === true ? 'DISTINCT ' : ''}${columns.join(', ')}`,
    clause(
      'from',
      node.from,
      (from) =>
        `FROM ${list(from.expressions)
          .map((source) => renderSource(source, scope))
          .join(', ')}`,
    ),
    clause('where_clause', node.where_clause, (where) => `WHERE ${renderExpression(where.this, scope).sql}`),
    clause(
      'group_by',
      node.group_by,
      (group) =>
        `GROUP BY ${list(group.expressions)
          .map((key) => renderKey(key, scope))
          .join(', ')}`,
    ),
    clause('having', node.having, (having) => `HAVING ${renderExpression(having.this, scope).sql}`),
    clause(
      'order_by',
      node.order_by,
      (order) =>
        `ORDER BY ${list(order.expressions)
          .map((key) => renderOrder(key as Node, scope))
          .join(', ')}`,
    ),
    clause('limit', node.limit, (limit) => `LIMIT ${wholeNumber(limit.this, 'LIMIT')}`),
    clause('offset', node.offset, (offset) => `OFFSET ${wholeNumber(offset.this, 'OFFSET')}`),
  ];
  return clauses.filter((text) => text !== '').join(' ');
}

function clause(kind: string, value: unknown, render: (node: Node) => string): string {
  return value === null || value === undefined ? '' : render(permitted(CLAUSES, kind, value as Node));
}

function renderColumn(value: unknown, scope: QueryScope): string {
  const [kind, node] = tagged(value);
  if (kind === 'star') {
    permitted(EXPRESSIONS, kind, node);
    const table = identifier(node.table);
    return table === undefined ? '*' : `${quoted(table)}.*`;
  }
  if (kind === 'alias') {
    permitted(EXPRESSIONS, kind, node);
    const alias = identifier(node.alias);
    if (alias === undefined) {
      throw unsupported('an alias without a name');
    }
    return `${renderExpression(node.this, scope).sql} AS ${quoted(alias)}`;
  }
  const expression: Expression = renderExpression(value, scope);
  return kind === 'column' ? expression.sql : `${expression.sql} AS ${quoted(expression.name)}`;
}

function renderSource(value: unknown, scope: QueryScope): string {
  const [kind, node] = tagged(value);
  permitted(CLAUSES, kind, node);
  const alias = identifier(node.alias);
  if (kind === 'subquery') {
    return `(${renderQuery(node.this, scope)}) AS ${quoted(alias ?? '__auto_generated_subquery_name')}`;
  }
  if (kind !== 'table') {
    throw unsupported(`${kind.replaceAll('_', ' ').toUpperCase()} in FROM`);
  }
  const name = tableName(tableParts(node), scope.defaults);
  return `${scope.rowsOf(name, versionOf(node.version))} AS ${quoted(alias ?? name.table)}`;
}

/** The number of a `VERSION AS OF`. */
function versionOf(value: unknown): number | undefined {
  if (value === null || value === undefined) {
    return undefined;
  }
  const node = permitted(CLAUSES, 'version', value as Node);
  const [, what] = tagged(node.this);
  if (identifier(what) !== 'VERSION' || node.kind !== 'AS OF') {
    throw unsupported(`${identifier(what) ?? ''} ${String(node.kind)}`);
  }
  return Number(wholeNumber(node.expression, 'VERSION AS OF'));
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
function renderKey(value: unknown, scope: QueryScope): string {
  const [kind, node] = tagged(value);
  if (kind === 'literal') {
    return wholeNumber(value, `a constant (${String(node.value)}) as a key`);
  }
  if (kind === 'column' && node.table === null && identifier(node.name)?.toUpperCase() === 'ALL') {
    throw unsupported('GROUP BY ALL and ORDER BY ALL');
  }
  return renderExpression(value, scope).sql;
}

/** Spark puts NULL first in ascending order and last in descending order; DuckDB always last. */
function renderOrder(value: Node, scope: QueryScope): string {
  const node = permitted(CLAUSES, 'ordered', value);
  const descending = node.desc === true;
  const nullsFirst = typeof node.nulls_first === 'boolean' ? node.nulls_first : !descending;
  return `${renderKey(node.this, scope)} ${descending ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`;
}
