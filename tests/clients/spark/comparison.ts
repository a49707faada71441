import { isDeepStrictEqual } from 'node:util';

/** A statement to run on both sides, in `schema`; parameters as `name: [type, text]`. */
export interface AskedStatement {
  readonly schema: string;
  readonly statement: string;
  readonly parameters: Readonly<Record<string, readonly [type: string, text: string | null]>>;
}

type Cell = string | null | readonly Cell[] | { readonly [key: string]: Cell };

/** What a side gave: columns and rows, or the class of its error. */
export type Given =
  | {
      readonly columns: readonly (readonly [name: string, type: string])[];
      readonly rows: readonly (readonly Cell[])[];
    }
  | { readonly error: string; readonly message?: string };

/** What of a result has to be the same, by the statement's first words; the first that fits. */
const COMPARED: readonly (readonly [
  pattern: RegExp,
  what: 'everything' | 'rows' | 'columns' | 'success' | readonly string[],
])[] = [
  // Open-source Spark has no counts for these.
  [/^(INSERT|CREATE|ALTER|DROP|COMMENT)\b/i, 'success'],
  [/^(UPDATE|DELETE|MERGE)\b/i, 'everything'],
  // Times, users and sizes are each side's own.
  [/^DESC(RIBE)? HISTORY\b/i, ['version', 'operation']],
  [/^DESC(RIBE)? DETAIL\b/i, ['format', 'description', 'partitionColumns', 'minReaderVersion', 'minWriterVersion']],
  [/./, 'everything'],
];

/** What Spark takes and the local workspace refuses although it knows the words: narrower, never another result. */
const NARROWER: ReadonlySet<string> = new Set([
  "SELECT 1 + '1' AS v",
  "SELECT DATE '2026-01-31' + 1 AS v",
  'SELECT size(NULL) AS v',
  'SELECT avg(1.5) AS v',
  "SELECT 1 LIKE '1' AS v",
  'SELECT concat(array(1), array(2)) AS v',
  'SELECT CAST(array(1) AS STRING) AS v',
  'SELECT CAST(1 AS TIMESTAMP) AS v',
  'SELECT 1 FROM t, t',
  'SELECT * FROM (SELECT 1 AS a, 2 AS a)',
  'SELECT 1 FROM t HAVING count(*)',
]);

/**
 * In what the two sides differ; undefined where they agree. What the local workspace refuses to know is no difference: it says so.
 */
export function difference({ statement }: AskedStatement, local: Given, spark: Given): string | undefined {
  if ('error' in local && !('error' in spark) && NARROWER.has(statement)) {
    return undefined;
  }
  if ('error' in local) {
    return local.error === 'UNSUPPORTED_BY_LOCAL_WORKSPACE' ? undefined : errorDifference(local.error, spark);
  }
  if ('error' in spark) {
    return `Spark fails with ${spark.error} (${spark.message ?? ''}), the local workspace gives ${JSON.stringify(local.rows)}`;
  }
  const what = COMPARED.find(([pattern]) => pattern.test(statement.trim()))?.[1] ?? 'everything';
  if (what === 'success') {
    return undefined;
  }
  const names = (given: typeof local) => given.columns.map(([name]) => name);
  if (typeof what !== 'string') {
    const some = (given: typeof local) => what.map((name) => names(given).indexOf(name));
    const [ours, theirs] = [local, spark].map((given) =>
      given.rows.map((row) => some(given).map((place) => loose(row[place] ?? null))),
    );
    return isDeepStrictEqual(names(local), names(spark)) && isDeepStrictEqual(ours, theirs)
      ? undefined
      : both(local, spark);
  }
  const ordered = /\bORDER BY\b/i.test(statement);
  return isDeepStrictEqual(comparable(local, ordered), comparable(spark, ordered)) ? undefined : both(local, spark);
}

/** Classes of Spark for which the local workspace has a wider one. */
const SAME_ERROR: Readonly<Record<string, string>> = {
  BINARY_ARITHMETIC_OVERFLOW: 'ARITHMETIC_OVERFLOW',
  INVALID_EXTRACT_BASE_FIELD_TYPE: 'DATATYPE_MISMATCH',
  'INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE': 'CAST_INVALID_INPUT',
};

function errorDifference(error: string, spark: Given): string | undefined {
  if (!('error' in spark)) {
    return `the local workspace fails with ${error}, Spark gives ${JSON.stringify(spark.rows)}`;
  }
  // Delta and the parser raise some errors without a class.
  if (spark.error === '' || spark.error === 'INTERNAL_ERROR' || spark.error.startsWith('_LEGACY_ERROR')) {
    return undefined;
  }
  // What comes after the full stop is the finer class, in which releases differ.
  const main = (text: string) => text.split('.')[0];
  return main(error) === main(SAME_ERROR[spark.error] ?? spark.error)
    ? undefined
    : `the local workspace fails with ${error}, Spark with ${spark.error}`;
}

function comparable(given: Exclude<Given, { error: string }>, ordered: boolean): unknown {
  const rows = given.rows.map((row) => row.map((cell, place) => typed(cell, given.columns[place]?.[1] ?? '')));
  const keyed = rows.map((row) => JSON.stringify(row));
  return { columns: given.columns, rows: ordered ? keyed : keyed.sort() };
}

/** Numbers by value, for the two sides may spell them in two ways; texts as they are. */
function typed(cell: Cell, type: string): unknown {
  if (cell === null) {
    return null;
  }
  if (type.startsWith('ARRAY<')) {
    const cells = typeof cell === 'string' ? (JSON.parse(cell) as unknown[]) : (cell as readonly Cell[]);
    return (cells as unknown[]).map((one) =>
      typed(one === null || Array.isArray(one) ? (one as Cell) : String(one), type.slice(6, -1)),
    );
  }
  return type === 'DOUBLE'
    ? String(
        Number(
          String(cell)
            .replace(/^(-?)inf$/, '$1Infinity')
            .replace('nan', 'NaN'),
        ),
      )
    : cell;
}

/** Lists and their JSON text are the same here. */
function loose(cell: Cell): Cell {
  return typeof cell === 'string' && /^[[{]/.test(cell) ? (JSON.parse(cell) as Cell) : cell;
}

function both(local: Given, spark: Given): string {
  return `local ${JSON.stringify(local)}\n      Spark ${JSON.stringify(spark)}`;
}
