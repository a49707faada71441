import { unsupported } from './failure';
import { timestampFromText } from './macros';
import type { SqlType } from './sql-type';
import { type CastAdvice, notCastable } from './type-mismatch';
import { isInteger, isNumber, sameType, type Typed } from './type-rules';
import { duckDbType, typeText } from './types';

type Name = SqlType['name'];
type Target = (value: string, from: SqlType) => string | undefined;

/**
 * What is cast to each type, by Spark's ANSI rules (`Cast.scala`): SQL whose DuckDB cast to the target gives the value, undefined when
 * Spark refuses the pair or the local workspace does not know it. {@link ./macros} has the `spark_` macros.
 */
const TARGETS: Readonly<Record<Exclude<Name, 'ARRAY' | 'VOID'>, Target>> = {
  TINYINT: integer,
  SMALLINT: integer,
  INT: integer,
  BIGINT: integer,
  DOUBLE: (value, from) => {
    if (from.name === 'STRING') {
      return `spark_double_text(${value})`;
    }
    // By way of the text, because DuckDB divides by a power of ten, which rounds a second time.
    return from.name === 'DECIMAL'
      ? `CAST(${value} AS VARCHAR)`
      : isInteger(from) || from.name === 'BOOLEAN'
        ? value
        : undefined;
  },
  DECIMAL: (value, from) => {
    if (from.name === 'STRING') {
      return `spark_decimal_text(${value})`;
    }
    // Spark rounds the decimal text of a double, DuckDB its binary value.
    return from.name === 'DOUBLE' ? `CAST(${value} AS VARCHAR)` : isNumber(from) ? value : undefined;
  },
  BOOLEAN: (value, from) => {
    if (from.name === 'STRING') {
      return `spark_boolean_text(${value})`;
    }
    return isNumber(from) ? `(${value} <> 0)` : undefined;
  },
  STRING: (value, from) => {
    switch (from.name) {
      case 'DOUBLE':
        return `spark_text_of_double(${value})`;
      case 'DECIMAL':
        return decimalText(value);
      case 'ARRAY':
      case 'VOID':
        return undefined;
      default:
        return value;
    }
  },
  DATE: (value, from) => {
    if (from.name === 'STRING') {
      return `spark_date_text(${value})`;
    }
    return from.name === 'TIMESTAMP' ? value : undefined;
  },
  TIMESTAMP: (value, from) => {
    if (from.name === 'STRING') {
      return timestampFromText(`spark_timestamp_text(${value})`);
    }
    return from.name === 'DATE' ? value : undefined;
  },
};

function integer(value: string, from: SqlType): string | undefined {
  switch (from.name) {
    case 'STRING':
      return `spark_integer_text(${value})`;
    case 'DOUBLE':
    case 'DECIMAL':
      return `trunc(${value})`;
    case 'BOOLEAN':
      return value;
    default:
      return isInteger(from) ? value : undefined;
  }
}

/** DuckDB leaves the zero before the point out when all digits of the type stand after it. */
function decimalText(value: string): string {
  return `regexp_replace(CAST(${value} AS VARCHAR), '^(-?)[.]', '\\10.')`;
}

/**
 * A cast by Spark's ANSI rules: what does not fit fails.
 * @throws SqlFailure when values of this type cannot be cast to the other, or not here
 */
export function cast({ sql, type: from }: Typed, to: SqlType): Typed {
  if (sameType(from, to)) {
    return { sql, type: to };
  }
  if (from.name === 'VOID') {
    return { sql: `CAST(${sql} AS ${duckDbType(to)})`, type: to };
  }
  if (from.name === 'ARRAY' && to.name === 'ARRAY') {
    const element = cast({ sql: 'x', type: from.element }, to.element).sql;
    return { sql: `CAST(list_transform(${sql}, lambda x: ${element}) AS ${duckDbType(to)})`, type: to };
  }
  const inner = to.name === 'ARRAY' || to.name === 'VOID' ? undefined : TARGETS[to.name](sql, from);
  if (inner === undefined) {
    const advice = adviceAgainst(from, to);
    throw advice === undefined
      ? unsupported(`the cast of ${typeText(from)} to ${typeText(to)}`)
      : notCastable(from, to, advice);
  }
  return { sql: `CAST(${inner} AS ${duckDbType(to)})`, type: to };
}

/** What Spark says of a cast that its ANSI mode refuses; undefined for one that it knows. */
function adviceAgainst(from: SqlType, to: SqlType): CastAdvice | undefined {
  if (from.name === 'ARRAY' || to.name === 'ARRAY' || to.name === 'VOID') {
    return to.name === 'STRING' ? undefined : 'CAST_WITHOUT_SUGGESTION';
  }
  if ((from.name === 'DATE' && isNumber(to)) || (isNumber(from) && to.name === 'DATE')) {
    return 'CAST_WITH_FUNC_SUGGESTION';
  }
  if (from.name === 'BOOLEAN' && to.name === 'DATE') {
    return 'CAST_WITHOUT_SUGGESTION';
  }
  const isTime = ({ name }: SqlType) => name === 'DATE' || name === 'TIMESTAMP';
  const isBoolean = ({ name }: SqlType) => name === 'BOOLEAN';
  return (isTime(from) && isBoolean(to)) || (isBoolean(from) && isTime(to)) ? 'CAST_WITH_CONF_SUGGESTION' : undefined;
}
