import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { parseJson, stringifyJson } from '../../../src/json';
import type { Principal, Workspace } from '../api';
import type { Router } from '../router';

/** Asks an operation of the same workspace without going through the network; the pages show exactly what clients see. */
export async function askOperation<T>(
  site: { readonly workspace: Workspace; readonly router: Router; readonly viewer: Principal },
  target: string,
): Promise<T> {
  const url = new URL(target, site.workspace.url);
  const match = site.router.find('GET', url.pathname);
  if (match === undefined) {
    throw new Error(`There is no operation GET ${url.pathname}.`);
  }
  const reply = await match.operation.handle({
    workspace: site.workspace,
    principal: site.viewer,
    method: 'GET',
    url,
    params: match.params,
    query: url.searchParams,
    headers: {},
    request: new IncomingMessage(new Socket()),
    json: async <B>() => ({}) as B,
    bytes: async () => Buffer.alloc(0),
  });
  return parseJson(stringifyJson(reply.json ?? {})) as T;
}
