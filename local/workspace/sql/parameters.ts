import { SqlFailure } from './failure';
import { SPELLINGS, timestampFromText } from './macros';
import type { SqlType } from './sql-type';
import { duckDbType } from './types';

/** `parameters[]` of the statement API. */
export interface StatementParameter {
  readonly name: string;
  readonly type: SqlType;
  /** null is SQL's NULL. */
  readonly value: string | null;
}

type Named = Exclude<SqlType, { name: 'DECIMAL' | 'ARRAY' }>['name'];

/** Types by the API's names and Spark's synonyms; complex types are not supported by the API either. */
const TYPES: ReadonlyMap<string, Named> = new Map([
  ['STRING', 'STRING'],
  ['INT', 'INT'],
  ['INTEGER', 'INT'],
  ['BIGINT', 'BIGINT'],
  ['LONG', 'BIGINT'],
  ['SMALLINT', 'SMALLINT'],
  ['SHORT', 'SMALLINT'],
  ['TINYINT', 'TINYINT'],
  ['BYTE', 'TINYINT'],
  ['DOUBLE', 'DOUBLE'],
  ['BOOLEAN', 'BOOLEAN'],
  ['DATE', 'DATE'],
  ['TIMESTAMP', 'TIMESTAMP'],
  ['VOID', 'VOID'],
]);

const SPELLING_OF: Partial<Record<Named, RegExp>> = {
  INT: whole(SPELLINGS.integer),
  BIGINT: whole(SPELLINGS.integer),
  SMALLINT: whole(SPELLINGS.integer),
  TINYINT: whole(SPELLINGS.integer),
  DOUBLE: whole(SPELLINGS.double),
  BOOLEAN: whole(`(?:${SPELLINGS.true})|(?:${SPELLINGS.false})`, 'i'),
  DATE: whole(SPELLINGS.date),
  TIMESTAMP: whole(SPELLINGS.timestamp),
};

const TRUE = whole(SPELLINGS.true, 'i');

function whole(pattern: string, flags = ''): RegExp {
  return new RegExp(`^(?:${pattern})$`, flags);
}

/**
 * A parameter's declared type; `DECIMAL(p,s)` is allowed.
 * @throws SqlFailure when the type is not one of the API's
 */
export function parameterType(text: string): SqlType {
  const upper = text.trim().toUpperCase();
  const name = TYPES.get(upper);
  if (name !== undefined) {
    return { name };
  }
  const decimal = /^(?:DECIMAL|DEC|NUMERIC)(?:\((\d{1,2})(?:,\s*(\d{1,2}))?\))?$/.exec(upper);
  const precision = Number(decimal?.[1] ?? 10);
  const scale = Number(decimal?.[2] ?? 0);
  if (decimal !== null && precision >= 1 && precision <= 38 && scale <= precision) {
    return { name: 'DECIMAL', precision, scale };
  }
  throw new SqlFailure('UNSUPPORTED_DATATYPE', '0A000', `A parameter cannot have the type ${JSON.stringify(text)}.`);
}

/** Values that one statement binds; DuckDB sees only generated names and typed placeholders, never a parameter's text. */
export class Bindings {
  /** Bound values by generated name, as text or null; the placeholder casts them. */
  readonly values: Record<string, string | null> = {};
  private readonly names = new Map<string, string>();
  private readonly parameters: ReadonlyMap<string, StatementParameter>;

  constructor(
    parameters: readonly StatementParameter[],
    private readonly builtIn: Readonly<Record<'now' | 'user', string>>,
  ) {
    this.parameters = new Map(parameters.map((parameter) => [parameter.name, parameter]));
    if (this.parameters.size < parameters.length) {
      throw new SqlFailure('INVALID_PARAMETER_VALUE', '22023', 'Two parameters have the same name; give each once.');
    }
  }

  /**
   * SQL of a named parameter.
   * @throws SqlFailure UNBOUND_SQL_PARAMETER or CAST_INVALID_INPUT
   */
  placeholder(name: string): string {
    const parameter = this.parameter(name);
    let generated = this.names.get(name);
    if (generated === undefined) {
      generated = `p${this.names.size}`;
      this.names.set(name, generated);
      this.values[generated] = boundText(parameter);
    }
    return parameter.type.name === 'TIMESTAMP'
      ? timestampFromText(`$${generated}`)
      : `CAST($${generated} AS ${duckDbType(parameter.type)})`;
  }

  /**
   * The parameter itself, for places where SQL wants a constant.
   * @throws SqlFailure UNBOUND_SQL_PARAMETER
   */
  parameter(name: string): StatementParameter {
    const parameter = this.parameters.get(name);
    if (parameter === undefined) {
      throw new SqlFailure(
        'UNBOUND_SQL_PARAMETER',
        '42P02',
        `Found the unbound parameter: ${name}. Give it in \`parameters\`.`,
      );
    }
    return parameter;
  }

  /** Binds what `$now` or `$user` in a function's text stands for. */
  bindBuiltIn(name: 'now' | 'user'): void {
    this.values[name] = this.builtIn[name];
  }
}

function boundText({ name, type, value }: StatementParameter): string | null {
  if (value === null || type.name === 'VOID') {
    return null;
  }
  if (type.name === 'STRING') {
    return value;
  }
  const text = value.trim();
  const spelling =
    type.name === 'DECIMAL' ? whole(SPELLINGS.decimal) : type.name === 'ARRAY' ? undefined : SPELLING_OF[type.name];
  if (spelling?.test(text) !== true) {
    throw new SqlFailure(
      'CAST_INVALID_INPUT',
      '22018',
      `The value of parameter ${name} cannot be cast to ${type.name} because it is malformed.`,
    );
  }
  return type.name === 'BOOLEAN' ? String(TRUE.test(text)) : text;
}
