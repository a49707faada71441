/** Spellings that Spark's ANSI casts accept (`Cast.scala`, `UTF8String`, `stringToDate` and `stringToTimestamp`); anything else fails loudly. */
export const SPELLINGS = {
  integer: '[+-]?[0-9]+',
  double:
    '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?|[+-]?([iI][nN][fF]|[iI][nN][fF][iI][nN][iI][tT][yY])|[nN][aA][nN]',
  decimal: '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?',
  true: 't|true|y|yes|1',
  false: 'f|false|n|no|0',
  date: '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}',
  timestamp:
    '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}([.][0-9]{1,6})?)?)?( ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?))?',
} as const;

const INTEGERS = "('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT')";
const FLOATS = "('DOUBLE', 'FLOAT')";

/** The UTC time of a text; DuckDB's own cast to TIMESTAMP leaves an offset out. The time zone of the connection is UTC. */
export function timestampFromText(text: string): string {
  return `CAST(CAST(${text} AS TIMESTAMPTZ) AS TIMESTAMP)`;
}

/** Ends the statement; the form `[CLASS|STATE]` is read back by {@link ./failure.fromDuckDb}. */
function castError(target: string): string {
  return `error('[CAST_INVALID_INPUT|22018] The value ''' || CAST(x AS VARCHAR) || ''' of the type ' || typeof(x) || ' cannot be cast to ${target} because it is malformed or the local workspace does not support it.')`;
}

/** The cast when the text of `x` has an accepted spelling. */
function spelled(spelling: keyof typeof SPELLINGS, result: string): string {
  return `WHEN typeof(x) = 'VARCHAR' AND regexp_full_match(trim(CAST(x AS VARCHAR)), '${SPELLINGS[spelling]}') THEN ${result}`;
}

/**
 * DuckDB macros with the semantics of Spark 3.5+ in ANSI mode, where DuckDB's own casts round, guess or return NULL.
 * `typeof` is constant for a bound expression, so only one branch of each is ever computed.
 * Division and remainder by zero fail in Spark; DuckDB gives infinity or NULL.
 */
export const MACROS: readonly string[] = [
  `CREATE OR REPLACE MACRO spark_integer(x) AS CASE
     WHEN x IS NULL THEN NULL
     WHEN typeof(x) IN ${INTEGERS} THEN CAST(x AS VARCHAR)
     WHEN typeof(x) = 'BOOLEAN' THEN CASE WHEN CAST(x AS VARCHAR) = 'true' THEN '1' ELSE '0' END
     WHEN typeof(x) LIKE 'DECIMAL%' THEN regexp_extract(CAST(x AS VARCHAR), '^-?[0-9]+')
     WHEN typeof(x) IN ${FLOATS} THEN CAST(CAST(trunc(TRY_CAST(x AS DOUBLE)) AS HUGEINT) AS VARCHAR)
     ${spelled('integer', 'trim(CAST(x AS VARCHAR))')}
     ELSE ${castError('an integer type')} END`,
  `CREATE OR REPLACE MACRO spark_double(x) AS CASE
     WHEN x IS NULL THEN NULL
     WHEN typeof(x) IN ${INTEGERS} OR typeof(x) IN ${FLOATS} OR typeof(x) LIKE 'DECIMAL%' OR typeof(x) = 'BOOLEAN' THEN CAST(x AS DOUBLE)
     ${spelled('double', 'CAST(trim(CAST(x AS VARCHAR)) AS DOUBLE)')}
     ELSE ${castError('DOUBLE')} END`,
  `CREATE OR REPLACE MACRO spark_decimal(x) AS CASE
     WHEN x IS NULL THEN NULL
     WHEN typeof(x) IN ${INTEGERS} OR typeof(x) IN ${FLOATS} OR typeof(x) LIKE 'DECIMAL%' THEN CAST(x AS VARCHAR)
     ${spelled('decimal', 'trim(CAST(x AS VARCHAR))')}
     ELSE ${castError('DECIMAL')} END`,
  `CREATE OR REPLACE MACRO spark_boolean(x) AS CASE
     WHEN x IS NULL THEN NULL
     WHEN typeof(x) = 'BOOLEAN' THEN CAST(x AS VARCHAR) = 'true'
     WHEN typeof(x) IN ${INTEGERS} THEN CAST(x AS VARCHAR) <> '0'
     WHEN typeof(x) IN ${FLOATS} OR typeof(x) LIKE 'DECIMAL%' THEN TRY_CAST(x AS DOUBLE) <> 0
     WHEN typeof(x) = 'VARCHAR' AND regexp_full_match(lower(trim(CAST(x AS VARCHAR))), '${SPELLINGS.true}') THEN true
     WHEN typeof(x) = 'VARCHAR' AND regexp_full_match(lower(trim(CAST(x AS VARCHAR))), '${SPELLINGS.false}') THEN false
     ELSE ${castError('BOOLEAN')} END`,
  `CREATE OR REPLACE MACRO spark_string(x) AS CASE
     WHEN x IS NULL THEN NULL
     WHEN typeof(x) IN ${INTEGERS} OR typeof(x) LIKE 'DECIMAL%' OR typeof(x) IN ('VARCHAR', 'BOOLEAN', 'DATE', 'TIMESTAMP') THEN CAST(x AS VARCHAR)
     WHEN typeof(x) = 'DOUBLE' AND (TRY_CAST(x AS DOUBLE) = 0 OR abs(TRY_CAST(x AS DOUBLE)) >= 0.001 AND abs(TRY_CAST(x AS DOUBLE)) < 10000000) THEN CAST(x AS VARCHAR)
     ELSE ${castError('STRING')} END`,
  `CREATE OR REPLACE MACRO spark_date(x) AS CASE
     WHEN x IS NULL THEN NULL
     WHEN typeof(x) IN ('DATE', 'TIMESTAMP') THEN CAST(CAST(x AS VARCHAR)[:10] AS DATE)
     ${spelled('date', 'CAST(trim(CAST(x AS VARCHAR)) AS DATE)')}
     ELSE ${castError('DATE')} END`,
  `CREATE OR REPLACE MACRO spark_timestamp(x) AS CASE
     WHEN x IS NULL THEN NULL
     WHEN typeof(x) IN ('DATE', 'TIMESTAMP') THEN CAST(CAST(x AS VARCHAR) AS TIMESTAMP)
     ${spelled('timestamp', timestampFromText('trim(CAST(x AS VARCHAR))'))}
     ELSE ${castError('TIMESTAMP')} END`,
  `CREATE OR REPLACE MACRO spark_divisor(x) AS CASE
     WHEN x = 0 THEN error('[DIVIDE_BY_ZERO|22012] Division by zero.') ELSE x END`,
  `CREATE OR REPLACE MACRO spark_element(list, place) AS CASE
     WHEN place < 0 OR place >= len(list) THEN error('[INVALID_ARRAY_INDEX|22003] The index ' || CAST(place AS VARCHAR) || ' is out of bounds; the array has ' || CAST(len(list) AS VARCHAR) || ' elements.')
     ELSE list_extract(list, place + 1) END`,
  `CREATE OR REPLACE MACRO spark_not_decimal(x) AS CASE
     WHEN typeof(x) LIKE 'DECIMAL%' THEN error('[UNSUPPORTED_BY_LOCAL_WORKSPACE|0A000] The local workspace does not average DECIMAL values; cast them to DOUBLE.') ELSE x END`,
];
