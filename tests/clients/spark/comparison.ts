import { isDeepStrictEqual } from 'node:util';

/** A statement to run on both sides, in `schema`; parameters as `name: [type, text]`. */
export interface AskedStatement {
  readonly schema: string;
  readonly statement: string;
  readonly parameters: Readonly<Record<string, readonly [type: string, text: string | null]>>;
}

type Cell = string | null | readonly Cell[] | { readonly [key: string]: Cell };

/** Columns and rows that a side gave. Times are microseconds since 1970. */
export interface GivenRows {
  readonly columns: readonly (readonly [name: string, type: string])[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What a side gave: columns and rows, or the class of its error. */
export type Given = GivenRows | { readonly error: string; readonly message?: string };

/** What of a result has to be the same. */
type Compared = 'everything' | 'columns' | 'counts' | readonly string[];

/** By the statement's words; the first that fits. */
const COMPARED: readonly (readonly [pattern: RegExp, what: Compared])[] = [
  [/^(INSERT|CREATE|ALTER|DROP|COMMENT)\b/i, 'counts'],
  // Times, users and sizes are each side's own.
  [/^DESC(RIBE)? HISTORY\b/i, ['version', 'operation', 'readVersion']],
  [
    /^DESC(RIBE)? DETAIL\b/i,
    [
      ...['format', 'name', 'description', 'partitionColumns', 'clusteringColumns', 'properties'],
      ...['minReaderVersion', 'minWriterVersion', 'tableFeatures'],
    ],
  ],
  [/\b(current_timestamp|current_user|session_user)\b/i, 'columns'],
  [/./, 'everything'],
];

/** Columns in which Databricks counts what was written; open-source Spark counts nothing. */
const COUNTS = ['num_affected_rows', 'num_inserted_rows'];

/** In what the two sides differ; undefined where they agree. */
export function difference({ statement }: AskedStatement, local: Given, spark: Given): string | undefined {
  return agree(statement.trim(), local, spark)
    ? undefined
    : `local ${JSON.stringify(local)}\n      Spark ${JSON.stringify(spark)}`;
}

function agree(statement: string, local: Given, spark: Given): boolean {
  if ('error' in local || 'error' in spark) {
    return 'error' in local && 'error' in spark && local.error === spark.error && local.error !== '';
  }
  const what = COMPARED.find(([pattern]) => pattern.test(statement))?.[1] ?? 'everything';
  if (what === 'columns') {
    return isDeepStrictEqual(local.columns, spark.columns);
  }
  if (what === 'counts') {
    const names = local.columns.map(([name]) => name);
    return spark.columns.length === 0 && (names.length === 0 || isDeepStrictEqual(names, COUNTS));
  }
  const ordered = /\bORDER BY\b|^DESC|^SHOW/i.test(statement);
  return what === 'everything'
    ? isDeepStrictEqual(comparable(local, ordered), comparable(spark, ordered))
    : isDeepStrictEqual(header(local), header(spark)) && isDeepStrictEqual(some(local, what), some(spark, what));
}

function comparable(given: GivenRows, ordered: boolean): unknown {
  const rows = given.rows.map((row) => row.map((cell, place) => typed(cell, given.columns[place]?.[1] ?? '')));
  const keyed = rows.map((row) => JSON.stringify(row));
  return { columns: given.columns, rows: ordered ? keyed : keyed.sort() };
}

/** Names and types, without the letters' case in types and the spaces of structures, which the sides write each in their way. */
function header({ columns }: GivenRows): unknown {
  return columns.map(([name, type]) => [name, type.toUpperCase().replaceAll(' ', '')]);
}

/** The cells of some columns. */
function some(given: GivenRows, names: readonly string[]): unknown {
  const places = names.map((wanted) => given.columns.findIndex(([name]) => name === wanted));
  return given.rows.map((row) => places.map((place) => parsed(row[place] ?? null)));
}

/** Doubles by value, for the two sides may spell them in two ways; texts as they are. */
function typed(cell: Cell, type: string): unknown {
  if (cell === null) {
    return null;
  }
  if (type.startsWith('ARRAY<')) {
    const cells = parsed(cell) as readonly unknown[];
    return cells.map((one) => typed(one === null || Array.isArray(one) ? one : String(one), type.slice(6, -1)));
  }
  return type === 'DOUBLE' ? double(String(cell)) : cell;
}

function double(text: string): string {
  const value = Number(text.replace(/^(-?)inf$/, '$1Infinity').replace('nan', 'NaN'));
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Lists and objects are JSON text on one side. */
function parsed(cell: Cell): Cell {
  return typeof cell === 'string' && /^[[{]/.test(cell) ? (JSON.parse(cell) as Cell) : cell;
}
