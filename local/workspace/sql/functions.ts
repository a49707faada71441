import { cast } from './casts';
import { unsupported } from './failure';
import { differentData, differentOperands, unexpectedInput } from './type-mismatch';
import { commonType, commonTypeOf, isInteger, isNumber, requireOrder, type Typed } from './type-rules';

/** A function: how many arguments it takes, whether DISTINCT may stand in it, and what DuckDB computes. */
export interface FunctionRule {
  readonly arguments: readonly [least: number, most: number];
  readonly distinct?: true;
  /** Value of the statement that the text refers to as `$now` or `$user`. */
  readonly binds?: 'now' | 'user';
  /** How Spark's generated column names spell it when not as `name(arguments)`. */
  readonly spelling?: (names: readonly string[]) => string;
  /** @throws SqlFailure when an argument has a type that the function does not take */
  readonly call: (values: readonly Typed[], distinct: string) => Typed;
}

const STRING = { name: 'STRING' } as const;
const INT = { name: 'INT' } as const;
const BIGINT = { name: 'BIGINT' } as const;
const DOUBLE = { name: 'DOUBLE' } as const;
const BOOLEAN = { name: 'BOOLEAN' } as const;

/** Functions by Spark's name; everything that is not named here is refused. A test runs each. */
export const FUNCTIONS: Readonly<Record<string, FunctionRule>> = {
  count: one((value, distinct) => ({ sql: `count(${distinct}${value.sql})`, type: BIGINT }), { distinct: true }),
  min: one((value) => extreme('min', value)),
  max: one((value) => extreme('max', value)),
  sum: one(sum, { distinct: true }),
  avg: one(average, { distinct: true }),
  md5: one((value) => ({ sql: `md5(${string('md5', value)})`, type: STRING })),
  length: one((value) => ({ sql: `CAST(length(${text('length', value)}) AS INTEGER)`, type: INT })),
  abs: one((value) => {
    const { sql, type } = number('abs', value);
    return { sql: `abs(${sql})`, type };
  }),
  isnan: one((value) => ({
    sql: `coalesce(isnan(${cast(number('isnan', value), DOUBLE).sql}), false)`,
    type: BOOLEAN,
  })),
  coalesce: { arguments: [1, 100], call: (values) => together('coalesce', values, 'coalesce(', ')') },
  array: { arguments: [0, 10_000], call: array },
  concat: { arguments: [1, 100], call: concat },
  nullif: {
    arguments: [2, 2],
    call: ([value, other]) => {
      const [left, right] = [given(value), given(other)];
      const type = commonType(left.type, right.type);
      if (type === undefined) {
        throw differentOperands('nullif', left.type, right.type);
      }
      return {
        sql: `CASE WHEN ${cast(left, type).sql} = ${cast(right, type).sql} THEN NULL ELSE ${left.sql} END`,
        type: left.type,
      };
    },
  },
  if: {
    arguments: [3, 3],
    spelling: (names) => `(IF(${names.join(', ')}))`,
    call: ([condition, ...results]) => {
      const values = alike('if', results);
      const [yes, no] = values.map(({ sql }) => sql);
      return {
        sql: `CASE WHEN ${boolean('if', given(condition))} THEN ${yes} ELSE ${no} END`,
        type: given(values[0]).type,
      };
    },
  },
  size: one((value) => {
    if (value.type.name === 'VOID') {
      return cast(value, INT);
    }
    if (value.type.name !== 'ARRAY') {
      throw unexpectedInput('size', value.type, 'ARRAY');
    }
    return { sql: `CAST(len(${value.sql}) AS INTEGER)`, type: INT };
  }),
  current_timestamp: {
    arguments: [0, 0],
    binds: 'now',
    call: () => ({ sql: 'CAST($now AS TIMESTAMP)', type: { name: 'TIMESTAMP' } }),
  },
  current_user: { arguments: [0, 0], binds: 'user', call: () => ({ sql: 'CAST($user AS VARCHAR)', type: STRING }) },
  session_user: { arguments: [0, 0], binds: 'user', call: () => ({ sql: 'CAST($user AS VARCHAR)', type: STRING }) },
};

function one(call: (value: Typed, distinct: string) => Typed, more: Pick<FunctionRule, 'distinct'> = {}): FunctionRule {
  return { arguments: [1, 1], ...more, call: ([value], distinct) => call(given(value), distinct) };
}

function given(value: Typed | undefined): Typed {
  if (value === undefined) {
    throw new Error('the number of arguments was not checked');
  }
  return value;
}

function extreme(name: 'min' | 'max', { sql, type }: Typed): Typed {
  requireOrder(name, type);
  return { sql: `${name}(${sql})`, type };
}

/** Sums of integers are BIGINT; sums of DECIMAL have ten more digits. */
function sum(value: Typed, distinct: string): Typed {
  const { sql, type } = number('sum', value);
  if (isInteger(type)) {
    return { sql: `CAST(sum(${distinct}${sql}) AS BIGINT)`, type: BIGINT };
  }
  if (type.name === 'DECIMAL') {
    const precision = Math.min(38, type.precision + 10);
    return {
      sql: `CAST(sum(${distinct}${sql}) AS DECIMAL(${precision},${type.scale}))`,
      type: { ...type, precision },
    };
  }
  return { sql: `sum(${distinct}${sql})`, type };
}

/** Averages of integers are of doubles, as in Spark; those of DECIMAL have digits that are not on the allow-list. */
function average(value: Typed, distinct: string): Typed {
  const { sql, type } = number('avg', value);
  if (type.name === 'DECIMAL') {
    throw unsupported('avg of DECIMAL; cast the values to DOUBLE');
  }
  return { sql: `avg(${distinct}${cast({ sql, type }, DOUBLE).sql})`, type: DOUBLE };
}

/** SQL of a text; Spark casts none to it here. @throws SqlFailure when the value is not STRING */
function string(where: string, value: Typed): string {
  if (value.type.name !== 'STRING' && value.type.name !== 'VOID') {
    throw unexpectedInput(where, value.type, 'STRING');
  }
  return cast(value, STRING).sql;
}

/** SQL of a value as text. @throws SqlFailure for an array */
export function text(where: string, value: Typed): string {
  if (value.type.name === 'ARRAY') {
    throw unexpectedInput(where, value.type, 'STRING');
  }
  return cast(value, STRING).sql;
}

/** A number, also from a text. @throws SqlFailure for values of other types */
export function number(where: string, value: Typed): Typed {
  if (value.type.name === 'VOID' || value.type.name === 'STRING') {
    return cast(value, DOUBLE);
  }
  if (!isNumber(value.type)) {
    throw unexpectedInput(where, value.type, 'a number');
  }
  return value;
}

/** SQL of a condition. @throws SqlFailure when the value is not BOOLEAN */
export function boolean(where: string, value: Typed): string {
  if (value.type.name !== 'BOOLEAN' && value.type.name !== 'VOID') {
    throw unexpectedInput(where, value.type, 'BOOLEAN');
  }
  return cast(value, BOOLEAN).sql;
}

/** The values cast to the type in which they meet. @throws SqlFailure when there is none */
export function alike(where: string, values: readonly Typed[]): Typed[] {
  const types = values.map((value) => value.type);
  const type = commonTypeOf(types);
  if (type === undefined) {
    throw differentData(where, types);
  }
  return values.map((value) => cast(value, type));
}

function together(where: string, values: readonly Typed[], before: string, after: string): Typed {
  const cells = alike(where, values);
  return { sql: `${before}${cells.map(({ sql }) => sql).join(', ')}${after}`, type: given(cells[0]).type };
}

function array(values: readonly Typed[]): Typed {
  if (values.length === 0) {
    return { sql: 'CAST([] AS VARCHAR[])', type: { name: 'ARRAY', element: { name: 'VOID' } } };
  }
  const { sql, type } = together('array', values, '[', ']');
  return { sql, type: { name: 'ARRAY', element: type } };
}

/** Texts side by side; other values are cast to STRING. Arrays are not on the allow-list. */
export function concat(values: readonly Typed[]): Typed {
  const types = values.map(({ type }) => type);
  if (types.some(({ name }) => name === 'ARRAY')) {
    throw types.every(({ name }) => name === 'ARRAY')
      ? unsupported('concat of arrays')
      : differentData('concat', types);
  }
  const texts = values.map((value) => cast(value, STRING).sql);
  // Beside a NULL that it knows, DuckDB gives the operator no type.
  return { sql: `CAST((${texts.join(' || ')}) AS VARCHAR)`, type: STRING };
}
