import { EXPRESSIONS, FUNCTION_NODES, OPERATORS } from './allow-list';
import { cast } from './casts';
import { constantName } from './constant-names';
import { SqlFailure, unsupported } from './failure';
import { alike, boolean, concat, FUNCTIONS, number } from './functions';
import { isSmallestBigint, renderLiteral, SMALLEST_BIGINT } from './literals';
import { compared, isBetween, isIn, isLike, operated } from './operators';
import type { Scope } from './scope';
import type { SqlType } from './sql-type';
import { identifier, list, type Node, permitted, tagged } from './tree';
import { unexpectedInput } from './type-mismatch';
import { isInteger, isNumber, type Typed } from './type-rules';
import { typeFromTree } from './type-tree';
import { typeText } from './types';

/** An expression for DuckDB, its type, and the column name that Spark makes of it when there is no alias. */
export interface Expression extends Typed {
  readonly name: string;
}

/** Text of one expression, in characters: bigger ones would exhaust the binder. */
const LONGEST_EXPRESSION = 200_000;

type Render = (node: Node, scope: Scope) => Expression;

/**
 * Renders one expression of the parser's tree.
 * @throws SqlFailure when something in it is not on the allow-list
 */
export function renderExpression(value: unknown, scope: Scope): Expression {
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
  if (Object.hasOwn(OPERATORS, kind)) {
    permitted({ [kind]: ['left', 'right'] }, kind, node);
    return renderOperator(kind, renderExpression(node.left, scope), renderExpression(node.right, scope));
  }
  permitted(EXPRESSIONS, kind, node);
  const render = RENDERERS[kind];
  if (render === undefined) {
    throw unsupported(`${kind.replaceAll('_', ' ').toUpperCase()} here`);
  }
  return render(node, scope);
}

function renderOperator(kind: string, left: Expression, right: Expression): Expression {
  const name = `(${left.name} ${OPERATORS[kind]?.spark} ${right.name})`;
  switch (kind) {
    case 'concat':
      return { ...concat([left, right]), name: `concat(${left.name}, ${right.name})` };
    case 'neq':
      return { ...operated(kind, left, right), name: `(NOT (${left.name} = ${right.name}))` };
    default:
      return { ...operated(kind, left, right), name };
  }
}

const BOOLEAN: SqlType = { name: 'BOOLEAN' };

const RENDERERS: Readonly<Record<string, Render>> = {
  column: (node, scope) => {
    const name = identifier(node.name);
    if (name === undefined) {
      throw unsupported('a column without a name');
    }
    const { sql, type } = scope.column(name, identifier(node.table));
    return { sql, type, name };
  },
  literal: renderLiteral,
  boolean: (node) => ({ sql: String(node.value === true), type: BOOLEAN, name: String(node.value === true) }),
  null: () => ({ sql: 'CAST(NULL AS VARCHAR)', type: { name: 'VOID' }, name: 'NULL' }),
  parameter: (node, scope) => {
    if (node.style !== 'Colon' || typeof node.name !== 'string') {
      throw unsupported('parameters without a name');
    }
    const { type, value } = scope.bindings.parameter(node.name);
    return { sql: scope.bindings.placeholder(node.name), type, name: constantName(type, value) };
  },
  paren: (node, scope) => renderExpression(node.this, scope),
  cast: (node, scope) => {
    if (node.double_colon_syntax === true && (node.to as Node).data_type === 'text') {
      // The parser makes TEXT, which Databricks does not know, of STRING here.
      throw unsupported('::STRING; write CAST(… AS STRING)');
    }
    const type = typeFromTree(node.to as Node);
    const inner = renderExpression(node.this, scope);
    return { ...cast(inner, type), name: `CAST(${inner.name} AS ${typeText(type)})` };
  },
  case: renderCase,
  subscript: (node, scope) => {
    const array = renderExpression(node.this, scope);
    const index = renderExpression(node.index, scope);
    if (array.type.name !== 'ARRAY') {
      throw new SqlFailure(
        'INVALID_EXTRACT_BASE_FIELD_TYPE',
        '42000',
        `Can't extract a value from ${array.name}: it is no array, but ${typeText(array.type)}.`,
      );
    }
    if (!isInteger(index.type) && index.type.name !== 'VOID') {
      throw unexpectedInput('[ ]', index.type, 'an integer');
    }
    const sql = `spark_element(${array.sql}, ${cast(index, isInteger(index.type) ? index.type : { name: 'INT' }).sql})`;
    return { sql, type: array.type.element, name: `${array.name}[${index.name}]` };
  },
  not: (node, scope) => {
    const inner = renderExpression(node.this, scope);
    // A text is read as a condition here, but not in WHEN.
    const condition = inner.type.name === 'STRING' ? cast(inner, BOOLEAN).sql : boolean('NOT', inner);
    return { sql: `(NOT ${condition})`, type: BOOLEAN, name: `(NOT ${inner.name})` };
  },
  neg: renderNegative,
  is_null: (node, scope) => {
    const inner = renderExpression(node.this, scope);
    const not = node.not === true ? 'NOT ' : '';
    return { sql: `(${inner.sql} IS ${not}NULL)`, type: BOOLEAN, name: `(${inner.name} IS ${not}NULL)` };
  },
  in: (node, scope) => {
    const inner = renderExpression(node.this, scope);
    const values = list(node.expressions).map((value) => renderExpression(value, scope));
    if (values.length === 0) {
      throw unsupported('IN without values');
    }
    return negatedIf(node.not, { ...isIn(inner, values), name: `(${inner.name} IN (${names(values)}))` });
  },
  between: (node, scope) => {
    const inner = renderExpression(node.this, scope);
    const low = renderExpression(node.low, scope);
    const high = renderExpression(node.high, scope);
    return negatedIf(node.not, { ...isBetween(inner, low, high), name: `between(${names([inner, low, high])})` });
  },
  like: (node, scope) => {
    const left = renderExpression(node.left, scope);
    const right = renderExpression(node.right, scope);
    return { ...isLike(left, right), name: `${left.name} LIKE ${right.name}` };
  },
};

function negatedIf(not: unknown, expression: Expression): Expression {
  return not === true
    ? { sql: `(NOT ${expression.sql})`, type: BOOLEAN, name: `(NOT ${expression.name})` }
    : expression;
}

function names(values: readonly Expression[]): string {
  return values.map((value) => value.name).join(', ');
}

function renderNegative(node: Node, scope: Scope): Expression {
  const [kind, literal] = tagged(node.this);
  if (kind === 'literal' && isSmallestBigint(literal)) {
    return { ...SMALLEST_BIGINT, name: `-${String(literal.value)}` };
  }
  const inner = renderExpression(node.this, scope);
  const { sql, type } = number('-', inner);
  return {
    sql: `(- ${sql})`,
    type,
    name: kind === 'literal' && isNumber(inner.type) ? `-${inner.name}` : `(- ${inner.name})`,
  };
}

function renderCase(node: Node, scope: Scope): Expression {
  const operand = isAbsent(node.operand) ? undefined : renderExpression(node.operand, scope);
  const otherwise = isAbsent(node.else_) ? undefined : renderExpression(node.else_, scope);
  const whens = list(node.whens).map((when) => {
    const [condition, result] = list(when);
    if (isAbsent(condition) || isAbsent(result)) {
      throw unsupported('a WHEN without THEN');
    }
    return { condition: renderExpression(condition, scope), result: renderExpression(result, scope) };
  });
  const results = alike('CASE', [
    ...whens.map(({ result }) => result),
    ...(otherwise === undefined ? [] : [otherwise]),
  ]);
  const [first] = results;
  if (first === undefined) {
    throw unsupported('a CASE without WHEN');
  }
  const tests = whens.map(({ condition }) =>
    operand === undefined ? boolean('WHEN', condition) : compared('=', operand, condition),
  );
  const cases = tests.map((test, index) => `WHEN ${test} THEN ${results[index]?.sql}`);
  const otherwiseSql = otherwise === undefined ? [] : [`ELSE ${results.at(-1)?.sql}`];
  const tested = (name: string) => (operand === undefined ? name : `(${operand.name} = ${name})`);
  const named = whens.map(({ condition, result }) => `WHEN ${tested(condition.name)} THEN ${result.name}`);
  return {
    sql: ['CASE', ...cases, ...otherwiseSql, 'END'].join(' '),
    type: first.type,
    name: ['CASE', ...named, ...(otherwise === undefined ? [] : [`ELSE ${otherwise.name}`]), 'END'].join(' '),
  };
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
    return { sql: 'count(*)', type: { name: 'BIGINT' }, name: 'count(1)' };
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
  const values = args.map((value) => renderExpression(value, scope));
  if (rule.binds !== undefined) {
    scope.bindings.bindBuiltIn(rule.binds);
  }
  const spelled = values.map((value) => value.name);
  return {
    ...rule.call(values, distinct ? 'DISTINCT ' : ''),
    name: rule.spelling?.(spelled) ?? `${name}(${distinct ? 'DISTINCT ' : ''}${spelled.join(', ')})`,
  };
}
