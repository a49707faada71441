import { ApiError } from '../api';
import type { Fields } from '../fields';

/**
 * The fields of a multipart import, in the form of the JSON one: a file part becomes base64 text.
 * @throws ApiError 400 MALFORMED_REQUEST
 */
export async function multipartFields(contentType: string, bytes: Buffer): Promise<Fields> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of await parsed(contentType, bytes)) {
    fields[name] = typeof value === 'string' ? value : Buffer.from(await value.arrayBuffer()).toString('base64');
  }
  return fields;
}

async function parsed(contentType: string, bytes: Buffer): Promise<FormData> {
  try {
    return await new Response(bytes, { headers: { 'content-type': contentType } }).formData();
  } catch (error) {
    throw new ApiError(400, 'MALFORMED_REQUEST', `The request body is not multipart: ${(error as Error).message}`);
  }
}
