/** Kinds of failure that the statement API reports (`ServiceErrorCode` of the SQL statement execution API). */
export type ServiceErrorCode =
  | 'BAD_REQUEST'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'INTERNAL_ERROR'
  | 'RESOURCE_EXHAUSTED'
  | 'CANCELLED';

/** Why a statement ended FAILED. The message begins with Spark's error class in brackets, as clients look for it there. */
export class SqlFailure extends Error {
  override readonly name = 'SqlFailure';

  /**
   * @param errorClass Spark's error class, such as `TABLE_OR_VIEW_NOT_FOUND`
   * @param sqlState five characters of ISO 9075, such as `42P01`
   * @param sentence what failed, where, and what to do
   */
  constructor(
    readonly errorClass: string,
    readonly sqlState: string,
    sentence: string,
    readonly code: ServiceErrorCode = 'BAD_REQUEST',
  ) {
    super(`[${errorClass}] ${sentence} SQLSTATE: ${sqlState}`);
  }
}

/** The statement is not what the grammar of Databricks SQL allows. */
export function syntaxError(sentence: string): SqlFailure {
  return new SqlFailure('PARSE_SYNTAX_ERROR', '42601', sentence);
}

/** Databricks may know it, the local workspace does not: said with the name of the part that is not on the allow-list. */
export function unsupported(what: string): SqlFailure {
  return new SqlFailure(
    'UNSUPPORTED_BY_LOCAL_WORKSPACE',
    '0A000',
    `The local workspace does not support ${what}; it runs only what its allow-list names, so that no result differs from Databricks in silence.`,
  );
}

/** Spark's error class and SQLSTATE for what DuckDB reports; the patterns are DuckDB's own message beginnings (version 1.5). */
const DUCKDB_ERRORS: readonly (readonly [pattern: RegExp, errorClass: string, sqlState: string])[] = [
  [/Referenced (column|table) "|does not have a column named/, 'UNRESOLVED_COLUMN.WITH_SUGGESTION', '42703'],
  [/must appear in the GROUP BY clause/, 'MISSING_AGGREGATION', '42803'],
  [/Ambiguous reference/, 'AMBIGUOUS_REFERENCE', '42704'],
  [/^Conversion Error.*destination type/s, 'CAST_OVERFLOW', '22003'],
  [/^Conversion Error/, 'CAST_INVALID_INPUT', '22018'],
  [/^Out of Range Error: Overflow in \w+ of INT(8|16)\b/, 'BINARY_ARITHMETIC_OVERFLOW', '22003'],
  [/^Out of Range Error/, 'ARITHMETIC_OVERFLOW', '22003'],
  [/^Constraint Error: NOT NULL constraint/, 'DELTA_NOT_NULL_CONSTRAINT_VIOLATED', '23502'],
  [/^Not implemented Error/, 'DATATYPE_MISMATCH', '42K09'],
  [/^Binder Error/, 'DATATYPE_MISMATCH', '42K09'],
];

/** An error of DuckDB in Spark's terms. Errors raised by our own macros already carry their class. */
export function fromDuckDb(error: unknown): SqlFailure {
  if (error instanceof SqlFailure) {
    return error;
  }
  const message = error instanceof Error ? error.message : String(error);
  const own = /\[([A-Z_.]+)\|([0-9A-Z]{5})\] (.*)/s.exec(message);
  if (own?.[1] !== undefined && own[2] !== undefined && own[3] !== undefined) {
    return new SqlFailure(own[1], own[2], own[3]);
  }
  const sentence = message.split('\n\nLINE ')[0] ?? message;
  const known = DUCKDB_ERRORS.find(([pattern]) => pattern.test(message));
  if (known !== undefined) {
    return new SqlFailure(known[1], known[2], sentence);
  }
  return new SqlFailure('INTERNAL_ERROR', 'XX000', sentence, 'INTERNAL_ERROR');
}
