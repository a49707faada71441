import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { authenticate, bearerToken, type ForeignTokens, refuseForeign } from './access';
import { ApiError, type Call, type Principal, type Reply, type Workspace } from './api';
import type { Fault } from './faults/fault';
import type { FaultTable } from './faults/fault-table';
import { meetFault, sendAnswer } from './faults/meet-fault';
import { CONTROL_PATH } from './faults/service';
import type { Authorize } from './grants/authorize';
import { unknownOperation } from './left-out';
import { errorReply, internalError, sendReply } from './reply';
import { jsonObject, readBytes } from './request-body';
import type { Router } from './router';
import type { Tokens } from './tokens';

/** What answers on one workspace's port. */
export interface Site {
  readonly workspace: Workspace;
  readonly tokens: Tokens;
  /** Who stands behind a token that the workspace did not issue; absent: nobody. */
  readonly foreignTokens?: ForeignTokens;
  readonly faults: FaultTable;
  /** Operations behind a bearer token. */
  readonly router: Router;
  /** Rights of principals; absent: everybody who has a token may do everything. */
  readonly authorize?: Authorize;
  /** Paths without a bearer token: metadata, token endpoint, pages with their own cookie. */
  open(request: IncomingMessage, url: URL): Promise<Reply | undefined>;
  /** Told of every defect behind a reply with status 500. */
  onDefect(error: unknown): void;
}

/** A port that already listens but answers 503 until {@link PortInUse.serve}: the workspace's URL is known before its services are made. */
export interface Port {
  readonly url: string;
  serve(site: Site): void;
  close(): Promise<void>;
}

/**
 * @param host address to listen on: loopback unless the user asks
 * @param port 0 takes a free one
 */
export async function openPort(host: string, port: number): Promise<Port> {
  let site: Site | undefined;
  let hosts: ReadonlySet<string> = new Set();
  const server = createServer((request, response) => {
    if (site === undefined) {
      void sendReply(
        request,
        response,
        {},
        errorReply(new ApiError(503, 'TEMPORARILY_UNAVAILABLE', 'The local workspace starts.')),
      );
      return;
    }
    void respond(site, hosts, request, response);
  });
  server.requestTimeout = 0; // uploads of models take as long as they take
  server.keepAliveTimeout = 65_000; // longer than clients keep an idle connection, so that none sends into one that we close
  await listening(server, host, port);
  const { port: actual } = server.address() as AddressInfo;
  hosts = new Set([...namesOf(host), 'localhost'].map((name) => `${bracketed(name)}:${actual}`.toLowerCase()));
  return {
    url: `http://${bracketed(isEveryAddress(host) ? '127.0.0.1' : host)}:${actual}`,
    serve: (ready) => {
      site = ready;
    },
    close: () => closed(server),
  };
}

async function respond(
  site: Site,
  hosts: ReadonlySet<string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const fault = dueFault(site, request);
    const carryOut = () => answer(site, hosts, request);
    const { clock } = site.workspace;
    const answered = fault === undefined ? { reply: await carryOut() } : await meetFault(fault, clock, carryOut);
    const own = { 'x-databricks-org-id': site.workspace.id, date: new Date(clock.now()).toUTCString() };
    await sendAnswer(request, response, own, answered);
  } catch (error) {
    // The reply was under way: a stream of ours failed or the client went. Only breaking off tells the client.
    response.destroy();
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') {
      site.onDefect(error);
    }
  }
}

function dueFault(site: Site, request: IncomingMessage): Fault | undefined {
  const { method = 'GET', url = '/' } = request;
  const [path] = splitOnce(url, '?');
  const controls = path === CONTROL_PATH || path.startsWith(`${CONTROL_PATH}/`);
  const client = request.headers['user-agent'] ?? '';
  return controls ? undefined : site.faults.next({ method, path, client, token: bearerToken(request) });
}

async function answer(site: Site, hosts: ReadonlySet<string>, request: IncomingMessage): Promise<Reply> {
  try {
    return refuseForeign(request, hosts) ?? (await route(site, request));
  } catch (error) {
    if (error instanceof ApiError) {
      return errorReply(error);
    }
    site.onDefect(error);
    return errorReply(internalError(error));
  }
}

async function route(site: Site, request: IncomingMessage): Promise<Reply> {
  const [rawPath = '/', query = ''] = splitOnce(request.url ?? '/', '?');
  // The URL's own path is for display: `new URL` would resolve dots that the router must see.
  const url = new URL(`${site.workspace.url}/?${query}`);
  url.pathname = rawPath;
  const opened = await site.open(request, url);
  if (opened !== undefined) {
    return opened;
  }
  const identity = await authenticate(request, site.tokens, site.foreignTokens);
  if ('refusal' in identity) {
    return identity.refusal;
  }
  const method = request.method ?? 'GET';
  const match = site.router.find(method, rawPath);
  if (match === undefined) {
    throw unknownOperation(method, rawPath);
  }
  const call = newCall(site.workspace, identity.principal, method, url, match.params, request);
  const shown = await site.authorize?.(match.operation, call);
  const reply = await match.operation.handle(call);
  return shown === undefined ? reply : shown(reply);
}

function newCall(
  workspace: Workspace,
  principal: Principal,
  method: string,
  url: URL,
  params: Readonly<Record<string, string>>,
  request: IncomingMessage,
): Call {
  let body: Promise<Buffer> | undefined;
  const bytes = () => {
    body ??= readBytes(request);
    return body;
  };
  return {
    workspace,
    principal,
    method,
    url,
    params,
    query: url.searchParams,
    headers: request.headers,
    request,
    bytes,
    json: async <T>() => jsonObject(await bytes()) as T,
  };
}

function splitOnce(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

/** The names under which clients may address a server on this address: its own, or, for "every address", each of this machine. */
function namesOf(host: string): readonly string[] {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return [
    '127.0.0.1',
    '::1',
    host,
    ...(isEveryAddress(host) ? [hostname(), ...own.map(({ address }) => address)] : []),
  ];
}

function isEveryAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
