import { EXPRESSIONS, FUNCTION_NODES, FUNCTIONS, LITERALS, OPERATORS } from './allow-list';
import { SqlFailure, unsupported } from './failure';
import { quoted } from './names';
import type { Bindings } from './parameters';
import { identifier, list, type Node, permitted, tagged } from './tree';
import { castSql, typeFromTree, typeText } from './types';
import { requireLight } from './weight';

/** An expression for DuckDB, and the column name that Spark makes of it when there is no alias. */
export interface Expression {
  readonly sql: string;
  readonly name: string;
}

/** What expressions may refer to. */
export interface Scope {
  readonly bindings: Bindings;
  /** Columns that may be named, in lower case; absent: DuckDB resolves them in the FROM clause. */
  readonly columns?: ReadonlySet<string>;
}

/** Text of one expression, in characters: bigger ones would exhaust the binder. */
const LONGEST_EXPRESSION = 200_000;

type Render = (node: Node, scope: Scope) => Expression;

/**
 * Renders one expression of the parser's tree.
 * @throws SqlFailure when something in it is not on the allow-list
 */
export function renderExpression(value: unknown, scope: Scope): Expression {
  requireLight(value);
  return render(value, scope);
}

function render(value: unknown, scope: Scope): Expression {
  const [kind, node] = tagged(value);
  const rendered = renderTagged(kind, node, scope);
  if (rendered.sql.length > LONGEST_EXPRESSION) {
    throw new SqlFailure('FAILED_TO_PARSE_TOO_COMPLEX', '54001', 'An expression is too complex; split it.');
  }
  return rendered;
}

function renderTagged(kind: string, node: Node, scope: Scope): Expression {
  if (kind === 'function') {
    return renderNamedFunction(node, scope);
  }
  if (Object.hasOwn(FUNCTION_NODES, kind)) {
    return renderFunctionNode(kind, node, scope);
  }
  const operator = Object.hasOwn(OPERATORS, kind) ? OPERATORS[kind] : undefined;
  if (operator !== undefined) {
    permitted({ [kind]: ['left', 'right'] }, kind, node);
    const left = render(node.left, scope);
    const right = render(node.right, scope);
    const name =
      kind === 'concat' ? `concat(${left.name}, ${right.name})` : `(${left.name} ${operator.spark} ${right.name})`;
    return { sql: operator.duckdb(left.sql, right.sql), name };
  }
  permitted(EXPRESSIONS, kind, node);
  const renderer = RENDERERS[kind];
  if (renderer === undefined) {
    throw unsupported(`${kind.replaceAll('_', ' ').toUpperCase()} here`);
  }
  return renderer(node, scope);
}

const RENDERERS: Readonly<Record<string, Render>> = {
  column: renderColumn,
  literal: renderLiteral,
  boolean: (node) => ({ sql: node.value === true ? 'true' : 'false', name: String(node.value === true) }),
  null: () => ({ sql: 'NULL', name: 'NULL' }),
  parameter: (node, scope) => {
    if (node.style !== 'Colon' || typeof node.name !== 'string') {
      throw unsupported('parameters without a name');
    }
    return { sql: scope.bindings.placeholder(node.name), name: node.name };
  },
  paren: (node, scope) => {
    const inner = render(node.this, scope);
    return { sql: `(${inner.sql})`, name: inner.name };
  },
  cast: (node, scope) => {
    const type = typeFromTree(node.to as Node);
    const inner = render(node.this, scope);
    return { sql: castSql(inner.sql, type), name: `CAST(${inner.name} AS ${typeText(type)})` };
  },
  case: renderCase,
  subscript: (node, scope) => {
    const array = render(node.this, scope);
    const index = render(node.index, scope);
    return { sql: `spark_element(${array.sql}, ${index.sql})`, name: `${array.name}[${index.name}]` };
  },
  not: (node, scope) => {
    const inner = render(node.this, scope);
    return { sql: `(NOT ${inner.sql})`, name: `(NOT ${inner.name})` };
  },
  neg: (node, scope) => {
    const inner = render(node.this, scope);
    return {
      sql: `(- ${inner.sql})`,
      name: tagged(node.this)[0] === 'literal' ? `-${inner.name}` : `(- ${inner.name})`,
    };
  },
  is_null: (node, scope) => {
    const inner = render(node.this, scope);
    const not = node.not === true ? 'NOT ' : '';
    return { sql: `(${inner.sql} IS ${not}NULL)`, name: `(${inner.name} IS ${not}NULL)` };
  },
  in: (node, scope) => {
    const inner = render(node.this, scope);
    const values = list(node.expressions).map((value) => render(value, scope));
    if (values.length === 0) {
      throw unsupported('IN without values');
    }
    const not = node.not === true ? 'NOT ' : '';
    return {
      sql: `(${inner.sql} ${not}IN (${joined(values)}))`,
      name: negated(not, `${inner.name} IN (${names(values)})`),
    };
  },
  between: (node, scope) => {
    const inner = render(node.this, scope);
    const low = render(node.low, scope);
    const high = render(node.high, scope);
    const not = node.not === true ? 'NOT ' : '';
    return {
      sql: `(${inner.sql} ${not}BETWEEN ${low.sql} AND ${high.sql})`,
      name: negated(not, `(${inner.name} BETWEEN ${low.name} AND ${high.name})`),
    };
  },
  like: (node, scope) => {
    const left = render(node.left, scope);
    const right = render(node.right, scope);
    return { sql: `(${left.sql} LIKE ${right.sql} ESCAPE '\\')`, name: `${left.name} LIKE ${right.name}` };
  },
};

function negated(not: string, name: string): string {
  return not === '' ? `(${name})` : `(NOT ${name})`;
}

function joined(values: readonly Expression[]): string {
  return values.map((value) => value.sql).join(', ');
}

function names(values: readonly Expression[]): string {
  return values.map((value) => value.name).join(', ');
}

function renderColumn(node: Node, scope: Scope): Expression {
  const name = identifier(node.name);
  const table = identifier(node.table);
  if (name === undefined) {
    throw unsupported('a column without a name');
  }
  if (scope.columns !== undefined && !scope.columns.has(name.toLowerCase())) {
    throw new SqlFailure(
      'UNRESOLVED_COLUMN.WITH_SUGGESTION',
      '42703',
      `A column with name \`${name}\` cannot be resolved.`,
    );
  }
  return { sql: table === undefined ? quoted(name) : `${quoted(table)}.${quoted(name)}`, name };
}

/** A string for DuckDB; with the standard quoting nothing but the quote needs care, and NUL cannot be in SQL text. */
export function stringLiteral(text: string): string {
  if (text.includes('\0')) {
    throw unsupported('the character U+0000 in a string; bind it as a parameter');
  }
  return `'${text.replaceAll("'", "''")}'`;
}

function renderLiteral(node: Node): Expression {
  const text = String(node.value);
  if (!LITERALS.some((kind) => kind === node.literal_type)) {
    throw unsupported(`literals of the kind ${String(node.literal_type).toUpperCase()}`);
  }
  if (node.literal_type === 'date' || node.literal_type === 'timestamp') {
    const type = node.literal_type === 'date' ? 'DATE' : 'TIMESTAMP';
    return { sql: castSql(stringLiteral(text), { name: type }), name: `${type} '${text}'` };
  }
  if (node.literal_type !== 'number') {
    return { sql: `CAST(${stringLiteral(text)} AS VARCHAR)`, name: text };
  }
  if (!/^(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text)) {
    throw unsupported(`the number ${text}`);
  }
  if (/^\d+$/.test(text) && BigInt(text) > 9223372036854775807n) {
    throw unsupported(`the number ${text}, which does not fit BIGINT`);
  }
  return { sql: /[eE]/.test(text) ? `CAST(${text} AS DOUBLE)` : text, name: text };
}

function renderCase(node: Node, scope: Scope): Expression {
  const operand = isAbsent(node.operand) ? undefined : render(node.operand, scope);
  const otherwise = isAbsent(node.else_) ? undefined : render(node.else_, scope);
  const whens = list(node.whens).map((when) => list(when).map((part) => render(part, scope)));
  const part = (pick: (expression: Expression) => string) =>
    [
      operand === undefined ? 'CASE' : `CASE ${pick(operand)}`,
      ...whens.map(([condition, result]) => {
        if (condition === undefined || result === undefined) {
          throw unsupported('a WHEN without THEN');
        }
        return `WHEN ${pick(condition)} THEN ${pick(result)}`;
      }),
      ...(otherwise === undefined ? [] : [`ELSE ${pick(otherwise)}`]),
      'END',
    ].join(' ');
  return { sql: part((expression) => expression.sql), name: part((expression) => expression.name) };
}

/** The tree writes NULL literals as `{"null": null}` and absent parts as `null`. */
function isAbsent(value: unknown): boolean {
  return value === null || value === undefined;
}

function renderNamedFunction(node: Node, scope: Scope): Expression {
  permitted({ function: ['name', 'args', 'distinct', 'no_parens', 'use_bracket_syntax'] }, 'function', node);
  return renderCall(String(node.name).toLowerCase(), list(node.args), node.distinct === true, scope);
}

function renderFunctionNode(kind: string, node: Node, scope: Scope): Expression {
  const shape = FUNCTION_NODES[kind];
  if (shape === undefined) {
    throw unsupported(`the function ${kind}`);
  }
  permitted({ [kind]: [...shape.values, ...shape.ignored] }, kind, node);
  if (node.star === true) {
    return { sql: 'count(*)', name: 'count(1)' };
  }
  const values = shape.values.flatMap((field) =>
    Array.isArray(node[field]) ? list(node[field]) : isAbsent(node[field]) ? [] : [node[field]],
  );
  return renderCall(shape.name, values, node.distinct === true, scope);
}

function renderCall(name: string, args: readonly unknown[], distinct: boolean, scope: Scope): Expression {
  const rule = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (rule === undefined) {
    throw unsupported(`the function ${name}`);
  }
  const [least, most] = rule.arguments;
  if (args.length < least || args.length > most) {
    throw new SqlFailure(
      'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
      '42605',
      `The function ${name} takes ${least === most ? least : `${least} to ${most}`} arguments here, not ${args.length}.`,
    );
  }
  if (distinct && rule.distinct !== true) {
    throw unsupported(`DISTINCT in the function ${name}`);
  }
  const values = args.map((value) => render(value, scope));
  const sql = rule.duckdb(
    values.map((value) => value.sql),
    distinct ? 'DISTINCT ' : '',
  );
  if (rule.binds !== undefined) {
    scope.bindings.bindBuiltIn(rule.binds);
  }
  return { sql, name: `${name}(${distinct ? 'DISTINCT ' : ''}${names(values)})` };
}
