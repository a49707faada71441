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

/** The UTC time of a text; DuckDB's own cast to TIMESTAMP leaves an offset out. The time zone of the connection is UTC. */
export function timestampFromText(text: string): string {
  return `CAST(CAST(${text} AS TIMESTAMPTZ) AS TIMESTAMP)`;
}

/**
 * A macro over one value. A macro's text is put in place of its call, so an argument that stood in it twice would double the
 * statement at each level of nesting; the lambda keeps it to one.
 */
function macro(name: string, body: string): string {
  return `CREATE OR REPLACE MACRO ${name}(x) AS list_transform([x], lambda v: CASE WHEN v IS NULL THEN NULL ${body} END)[1]`;
}

/** Ends the statement; the form `[CLASS|STATE]` is read back by {@link ./failure.fromDuckDb}. */
function castError(target: string): string {
  return `ELSE error('[CAST_INVALID_INPUT|22018] The value ''' || v || ''' of the type STRING cannot be cast to ${target} because it is malformed or the local workspace does not support it.')`;
}

function spelled(spelling: keyof typeof SPELLINGS): string {
  return `WHEN regexp_full_match(trim(v), '${SPELLINGS[spelling]}') THEN trim(v)`;
}

function division(name: string, operator: string): string {
  return `CREATE OR REPLACE MACRO ${name}(a, b) AS list_transform([{'a': a, 'b': b}], lambda v: CASE
     WHEN v.b = 0 AND v.a IS NOT NULL THEN error('[DIVIDE_BY_ZERO|22012] Division by zero.') ELSE v.a ${operator} v.b END)[1]`;
}

/** DuckDB macros with the semantics of Spark in ANSI mode, where DuckDB's own casts and operators round, guess or return NULL. */
export const MACROS: readonly string[] = [
  macro('spark_integer_text', `${spelled('integer')} ${castError('an integer type')}`),
  macro('spark_double_text', `${spelled('double')} ${castError('DOUBLE')}`),
  macro('spark_decimal_text', `${spelled('decimal')} ${castError('DECIMAL')}`),
  macro(
    'spark_boolean_text',
    `WHEN regexp_full_match(lower(trim(v)), '${SPELLINGS.true}') THEN true WHEN regexp_full_match(lower(trim(v)), '${SPELLINGS.false}') THEN false ${castError('BOOLEAN')}`,
  ),
  macro('spark_date_text', `${spelled('date')} ${castError('DATE')}`),
  macro('spark_timestamp_text', `${spelled('timestamp')} ${castError('TIMESTAMP')}`),
  // Between these bounds DuckDB writes a double as Java does.
  macro(
    'spark_text_of_double',
    `WHEN v = 0 OR abs(v) >= 0.001 AND abs(v) < 10000000 THEN CAST(v AS VARCHAR)
     ELSE error('[UNSUPPORTED_BY_LOCAL_WORKSPACE|0A000] The local workspace does not write the DOUBLE ' || CAST(v AS VARCHAR) || ' as STRING: outside of 0.001 to 10000000 the spelling would differ from that of Databricks.')`,
  ),
  macro(
    'spark_pattern',
    `WHEN regexp_matches(v, '^([^\\\\]|\\\\[_%\\\\])*$', 's') THEN v
     ELSE error('[INVALID_FORMAT.ESC_IN_THE_MIDDLE|42601] A LIKE pattern has a backslash that stands before none of _, % and \\.')`,
  ),
  division('spark_divide', '/'),
  division('spark_remainder', '%'),
  `CREATE OR REPLACE MACRO spark_element(list, place) AS list_transform([{'list': list, 'place': place}], lambda v: CASE
     WHEN v.place < 0 OR v.place >= len(v.list) THEN error('[INVALID_ARRAY_INDEX|22003] The index ' || CAST(v.place AS VARCHAR) || ' is out of bounds; the array has ' || CAST(len(v.list) AS VARCHAR) || ' elements.')
     ELSE list_extract(v.list, v.place + 1) END)[1]`,
];
