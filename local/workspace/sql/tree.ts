import { Dialect, init, isInitialized, parse } from '@polyglot-sql/sdk';
import { SqlFailure, syntaxError, unsupported } from './failure';

/** A node of the parser's tree: JSON whose shape {@link permitted} checks against the allow-list. */
export type Node = Readonly<Record<string, unknown>>;

/** A node with its kind taken off: `{"select": {…}}` is `['select', {…}]`. */
export type Tagged = readonly [kind: string, node: Node];

/** Fields of the parser's tree that say where something stood or what comments were there. */
const POSITIONS = new Set(['span', 'leading_comments', 'trailing_comments', 'left_comments', 'operator_comments']);
/** Deeper than any statement that people write; rendering and DuckDB's binder recurse. */
const DEEPEST = 120;

/** Loads the parser; to be awaited once before {@link parseStatement}. */
export async function loadParser(): Promise<void> {
  if (!isInitialized()) {
    await init();
  }
}

/**
 * The tree of exactly one statement in the dialect of Databricks.
 * @throws SqlFailure PARSE_SYNTAX_ERROR
 */
export function parseStatement(sql: string): Tagged {
  const result = parse(sql, Dialect.Databricks);
  if (!result.success || !Array.isArray(result.ast)) {
    throw syntaxError(`${result.error ?? 'The statement cannot be parsed.'}`);
  }
  const statements = result.ast as readonly unknown[];
  const [statement] = statements;
  if (statement === undefined || statements.length > 1) {
    throw syntaxError('Send exactly one statement at a time.');
  }
  if (isDeeper(statement, DEEPEST)) {
    throw new SqlFailure('FAILED_TO_PARSE_TOO_COMPLEX', '54001', 'The statement is nested too deeply; split it.');
  }
  return tagged(statement);
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

/**
 * Takes off a node's kind.
 * @throws SqlFailure when the value is no tagged node
 */
export function tagged(value: unknown): Tagged {
  if (typeof value === 'string') {
    return [value, {}];
  }
  const entries = Object.entries((value ?? {}) as object);
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) {
    throw unsupported('this statement');
  }
  return [entry[0], (entry[1] ?? {}) as Node];
}

/**
 * Checks a node against the allow-list: its kind must have a row there, and no other field may hold anything.
 * @throws SqlFailure UNSUPPORTED_BY_LOCAL_WORKSPACE that names the clause
 */
export function permitted(rules: Readonly<Record<string, readonly string[]>>, kind: string, node: Node): Node {
  const fields = Object.hasOwn(rules, kind) ? rules[kind] : undefined;
  if (fields === undefined) {
    throw unsupported(`${spelled(kind)} here`);
  }
  for (const [field, value] of Object.entries(node)) {
    if (!fields.includes(field) && !POSITIONS.has(field) && !isEmpty(value)) {
      throw unsupported(`${spelled(field)} in ${spelled(kind)}`);
    }
  }
  return node;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0);
}

function spelled(name: string): string {
  return name.replaceAll('_', ' ').trim().toUpperCase();
}

/** A list field, empty when absent. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text of an identifier node; undefined when absent. */
export function identifier(value: unknown): string | undefined {
  const name = (value as Node | null | undefined)?.name;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** The dotted parts of a table node. */
export function tableParts(node: Node): string[] {
  return [identifier(node.catalog), identifier(node.schema), identifier(node.name)].filter(
    (part) => part !== undefined,
  );
}

/** The parts of a table that is written: without an alias or a version. @throws SqlFailure */
export function plainTable(value: unknown): string[] {
  return tableParts(permitted({ table: ['name', 'schema', 'catalog'] }, 'table', value as Node));
}

/**
 * The parser takes a string for a quoted identifier in places where Databricks wants backticks, such as `FROM "t"`.
 * @param quoted the identifiers that stood in backticks
 * @throws SqlFailure PARSE_SYNTAX_ERROR for any other quoted identifier of the tree
 */
export function requireBackticks(value: unknown, quoted: ReadonlySet<string>): void {
  if (typeof value !== 'object' || value === null) {
    return;
  }
  const { name, quoted: isQuoted } = value as Node;
  if (isQuoted === true && typeof name === 'string' && !quoted.has(name)) {
    throw syntaxError(`${JSON.stringify(name)} is a string where a name is expected; put names in backticks.`);
  }
  for (const inner of Object.values(value)) {
    requireBackticks(inner, quoted);
  }
}
