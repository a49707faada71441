import { SqlFailure, syntaxError } from './failure';
import { isSymbol, type Token, tokenize } from './tokens';

/** A table's full name; catalog, schema and table are lower case, as Unity Catalog keeps them. */
export interface TableName {
  readonly catalog: string;
  readonly schema: string;
  readonly table: string;
}

/** What a statement's short names are completed with. */
export interface NameDefaults {
  readonly catalog?: string;
  readonly schema?: string;
}

/** An identifier for DuckDB, which knows no empty one: a column that is called so can be shown, but not named. */
export function quoted(identifier: string): string {
  if (identifier === '') {
    return '"__mlops_unnamed"';
  }
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** `catalog.schema.table`. */
export function fullName(name: TableName): string {
  return `${name.catalog}.${name.schema}.${name.table}`;
}

/** A full name as Spark prints it in messages. */
export function inBackticks(...parts: readonly string[]): string {
  return parts.map((part) => `\`${part.replaceAll('`', '``')}\``).join('.');
}

/**
 * Completes one to three parts to a table's name.
 * @throws SqlFailure when catalog or schema is not given at all, there are too many parts, or a character is not allowed
 */
export function tableName(parts: readonly string[], defaults: NameDefaults): TableName {
  const [table, schema = defaults.schema, catalog = defaults.catalog] = [...parts].reverse();
  if (parts.length > 3 || table === undefined) {
    throw new SqlFailure(
      'IDENTIFIER_TOO_MANY_NAME_PARTS',
      '42601',
      `${inBackticks(...parts)} is not a valid table name; it has up to three parts.`,
    );
  }
  if (catalog === undefined || schema === undefined) {
    throw new SqlFailure(
      'TABLE_OR_VIEW_NOT_FOUND',
      '42P01',
      `The table or view ${inBackticks(...parts)} cannot be found: name its catalog and schema, or give both with the statement.`,
    );
  }
  return { catalog: checked(catalog), schema: checked(schema), table: checked(table) };
}

/**
 * Completes one or two parts to catalog and schema.
 * @throws SqlFailure when the catalog is not given at all or there are too many parts
 */
export function schemaName(parts: readonly string[], defaults: NameDefaults): { catalog: string; schema: string } {
  const [schema, catalog = defaults.catalog] = [...parts].reverse();
  if (parts.length > 2 || schema === undefined || catalog === undefined) {
    throw new SqlFailure(
      'SCHEMA_NOT_FOUND',
      '42704',
      `The schema ${inBackticks(...parts)} cannot be found: name it as catalog.schema.`,
    );
  }
  return { catalog: checked(catalog), schema: checked(schema) };
}

/** Characters that Unity Catalog refuses in names: full stop, space, slash, control characters; at most 255 characters. */
function checked(part: string): string {
  if (part === '' || part.length > 255 || /[./ \x00-\x1f\x7f]/.test(part)) {
    throw new SqlFailure(
      'INVALID_PARAMETER_VALUE',
      '22023',
      `${JSON.stringify(part)} is not a valid name of a catalog, schema or table.`,
    );
  }
  return part.toLowerCase();
}

/**
 * Parts of a dotted name at a position of a token list.
 * @returns the parts and the position after them; undefined when there is no name
 */
export function readName(tokens: readonly Token[], from: number): { parts: string[]; end: number } | undefined {
  const parts: string[] = [];
  let at = from;
  for (;;) {
    const token = tokens[at];
    if (token?.kind !== 'word' && token?.kind !== 'quoted') {
      return undefined;
    }
    parts.push(token.text);
    at += 1;
    if (!isSymbol(tokens[at], '.')) {
      return { parts, end: at };
    }
    at += 1;
  }
}

/**
 * The parts of a dotted name in a text, such as `main.ml.t` or a name in backticks.
 * @throws SqlFailure when the text is not exactly one name
 */
export function parseName(text: string): string[] {
  const tokens = tokenize(text);
  const name = readName(tokens, 0);
  if (name === undefined || name.end !== tokens.length) {
    throw syntaxError(`${JSON.stringify(text)} is not a name.`);
  }
  return name.parts;
}
