import type { IncomingMessage } from 'node:http';
import { parseJson } from '../../src/json';
import { ApiError } from './api';

const MOST_BYTES = 100 * 1024 * 1024;

/**
 * The whole body.
 * @throws ApiError 413 MAX_BLOCK_SIZE_EXCEEDED above 100 MB
 */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Kept open when we leave early, so that the refusal reaches the client.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) {
      throw new ApiError(413, 'MAX_BLOCK_SIZE_EXCEEDED', `The request body is larger than ${MOST_BYTES} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * A body as a JSON object; `{}` when empty.
 * @throws ApiError 400 MALFORMED_REQUEST
 */
export function jsonObject(bytes: Buffer): Record<string, unknown> {
  const text = bytes.toString('utf8').trim();
  if (text === '') {
    return {};
  }
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ApiError(400, 'MALFORMED_REQUEST', 'The request body is not a JSON object.');
  }
  return value as Record<string, unknown>;
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new ApiError(400, 'MALFORMED_REQUEST', `The request body is not JSON: ${error.message}`);
    }
    throw error;
  }
}
