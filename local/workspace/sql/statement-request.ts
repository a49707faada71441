import type { Workspace } from '../api';
import { type Fields, invalid, objectList, optionalInteger, optionalText, requiredText } from '../fields';
import { parameterType, type StatementParameter } from './parameters';
import { isWarehouse } from './warehouses';

const MOST_QUERY_TAGS = 20;
const LONGEST_STATEMENT_BYTES = 16 * 1024 * 1024;

/** How a result goes out. */
export type ResultFormat = 'JSON_ARRAY' | 'CSV';

/** A statement as the API takes it, checked. */
export interface StatementRequest {
  readonly statement: string;
  readonly defaults: { readonly catalog?: string; readonly schema?: string };
  /** Not read yet: what is wrong with a parameter fails the statement, not the request. */
  readonly parameters: readonly Fields[];
  readonly rowLimit: number | undefined;
  readonly byteLimit?: number;
  readonly external: boolean;
  readonly format: ResultFormat;
  /** Milliseconds. */
  readonly wait: number;
  readonly cancelAfterWait: boolean;
}

/** @throws ApiError 400 INVALID_PARAMETER_VALUE for what is not accepted */
export function readRequest(fields: Fields, workspace: Workspace): StatementRequest {
  const statement = requiredText(fields, 'statement');
  if (Buffer.byteLength(statement) > LONGEST_STATEMENT_BYTES) {
    throw invalid('The statement is larger than 16 MiB.');
  }
  const warehouse = requiredText(fields, 'warehouse_id');
  if (!isWarehouse(workspace, warehouse)) {
    throw invalid(`Warehouse ${warehouse} does not exist in this workspace.`);
  }
  if (objectList(fields, 'query_tags').length > MOST_QUERY_TAGS) {
    throw invalid(`A statement has at most ${MOST_QUERY_TAGS} query_tags.`);
  }
  const catalog = optionalText(fields, 'catalog');
  const schema = optionalText(fields, 'schema');
  const byteLimit = atLeastOne(fields, 'byte_limit');
  return {
    statement,
    defaults: { ...(catalog ? { catalog } : {}), ...(schema ? { schema } : {}) },
    parameters: objectList(fields, 'parameters'),
    rowLimit: atLeastOne(fields, 'row_limit'),
    ...(byteLimit === undefined ? {} : { byteLimit }),
    ...resultForm(optionalText(fields, 'disposition') ?? 'INLINE', optionalText(fields, 'format') ?? 'JSON_ARRAY'),
    wait: waitMilliseconds(optionalText(fields, 'wait_timeout') ?? '10s'),
    cancelAfterWait:
      oneOf(optionalText(fields, 'on_wait_timeout') ?? 'CONTINUE', 'on_wait_timeout', ['CONTINUE', 'CANCEL']) ===
      'CANCEL',
  };
}

/** A parameter of the request. @throws ApiError 400, SqlFailure UNSUPPORTED_DATATYPE */
export function readParameter(fields: Fields): StatementParameter {
  return {
    name: requiredText(fields, 'name'),
    type: parameterType(optionalText(fields, 'type') ?? 'STRING'),
    value: optionalText(fields, 'value') ?? null,
  };
}

function resultForm(disposition: string, format: string): Pick<StatementRequest, 'external' | 'format'> {
  const external = oneOf(disposition, 'disposition', ['INLINE', 'EXTERNAL_LINKS']) === 'EXTERNAL_LINKS';
  const known = oneOf(format, 'format', ['JSON_ARRAY', 'CSV', 'ARROW_STREAM']);
  if (known !== 'JSON_ARRAY' && !external) {
    throw invalid(`The format ${known} is available with the disposition EXTERNAL_LINKS only.`);
  }
  if (known === 'ARROW_STREAM') {
    throw invalid('The local workspace does not write the format ARROW_STREAM; use JSON_ARRAY or CSV.');
  }
  return { external, format: known === 'CSV' ? 'CSV' : 'JSON_ARRAY' };
}

function atLeastOne(fields: Fields, name: string): number | undefined {
  const number = optionalInteger(fields, name);
  if (number !== undefined && number < 1) {
    throw invalid(`Parameter '${name}' must be at least 1.`);
  }
  return number;
}

function waitMilliseconds(text: string): number {
  const seconds = Number(/^(\d{1,2})s$/.exec(text)?.[1] ?? Number.NaN);
  if (!(seconds === 0 || (seconds >= 5 && seconds <= 50))) {
    throw invalid(`wait_timeout must be 0s, or from 5s to 50s, not ${JSON.stringify(text)}.`);
  }
  return seconds * 1000;
}

function oneOf(text: string, name: string, values: readonly string[]): string {
  if (!values.includes(text)) {
    throw invalid(`${name} must be ${values.join(' or ')}, not ${JSON.stringify(text)}.`);
  }
  return text;
}
