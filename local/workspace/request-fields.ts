import type { Call } from './api';
import { type Fields, optionalText, queryFields } from './fields';

/**
 * The fields of a request: of the query and, where the operation has one, of the body, which counts first, DELETE included (the MLflow
 * client sends a body with DELETE, the SDKs a query).
 */
export async function fieldsOf(call: Call): Promise<Fields> {
  return call.method === 'GET'
    ? queryFields(call.query)
    : { ...queryFields(call.query), ...(await call.json<Fields>()) };
}

/** One of these fields as text; empty when absent. */
export async function textField(call: Call, name: string): Promise<string> {
  return optionalText(await fieldsOf(call), name) ?? '';
}
