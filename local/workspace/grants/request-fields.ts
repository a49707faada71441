import type { Call } from '../api';
import { type Fields, optionalText, queryFields } from '../fields';

/** A text field of the query or, where the operation has one, of the body, which counts first; empty when absent. */
export async function textField(call: Call, name: string): Promise<string> {
  const fields = call.method === 'GET' ? {} : await call.json<Fields>();
  return optionalText({ ...queryFields(call.query), ...fields }, name) ?? '';
}
