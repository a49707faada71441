import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { parseJson, stringifyJson } from '../../../src/json';
import type { Principal, Workspace } from '../api';
import type { Router } from '../router';

/** The workspace whose operations the pages ask. */
export interface Site {
  readonly workspace: Workspace;
  readonly router: Router;
  readonly viewer: Principal;
}

/**
 * Asks an operation of the same workspace without going through the network; the pages show exactly what clients see.
 * @param body of an operation that is asked with one, by POST
 */
export async function askOperation<T>(
  site: Site,
  target: string,
  body?: Readonly<Record<string, unknown>>,
): Promise<T> {
  const url = new URL(target, site.workspace.url);
  const method = body === undefined ? 'GET' : 'POST';
  const match = site.router.find(method, url.pathname);
  if (match === undefined) {
    throw new Error(`There is no operation ${method} ${url.pathname}.`);
  }
  const reply = await match.operation.handle({
    workspace: site.workspace,
    principal: site.viewer,
    method,
    url,
    params: match.params,
    query: url.searchParams,
    headers: {},
    request: new IncomingMessage(new Socket()),
    json: async <B>() => (body ?? {}) as B,
    bytes: async () => Buffer.alloc(0),
  });
  return parseJson(stringifyJson(reply.json ?? {})) as T;
}
