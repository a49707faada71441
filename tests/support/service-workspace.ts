import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Principal, Reply, Service, Workspace } from '../../local/workspace/api';
import { FaultTable } from '../../local/workspace/faults/fault-table';
import { openPort } from '../../local/workspace/http-server';
import { openLmdbStore } from '../../local/workspace/lmdb-store';
import { authorizationServer } from '../../local/workspace/oauth/discovery';
import type { ServicePrincipal } from '../../local/workspace/oauth/service-principals';
import { issueToken } from '../../local/workspace/oauth/token-endpoint';
import { Router } from '../../local/workspace/router';
import { Tokens } from '../../local/workspace/tokens';
import type { Clock } from '../../src/clock';

/** One answer, its body parsed when it is JSON. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: any;
}

/** A workspace in this process that has the given services only, behind the real HTTP server, store and tokens. */
export interface ServiceWorkspace {
  readonly url: string;
  readonly token: string;
  readonly workspace: Workspace;
  /** The faults that its requests meet. */
  readonly faults: FaultTable;
  /** What became of requests that ended in a defect. */
  readonly defects: unknown[];
  request(method: string, path: string, body?: unknown): Promise<Answered>;
  /** Ends the services' processes and starts new services on the same data, as a new process of the workspace would. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const principal: Principal = { id: '4711', userName: 'ada@example.com', displayName: 'Ada', kind: 'user' };

/** @param servicePrincipals who gets tokens at `/oidc/v1/token` */
export async function startServiceWorkspace(
  clock: Clock,
  services: (workspace: Workspace) => readonly Service[],
  servicePrincipals: readonly ServicePrincipal[] = [],
): Promise<ServiceWorkspace> {
  const folder = mkdtempSync(join(tmpdir(), 'databricks-mlops-workspace-'));
  const data = openLmdbStore(join(folder, 'store'));
  const faults = new FaultTable(clock);
  const port = await openPort('127.0.0.1', 0);
  const workspace: Workspace = {
    name: 'local',
    id: '6000000000000001',
    url: port.url,
    clock: faults.clock,
    folder,
    store: data.scope('local'),
    metastore: { store: data.scope('metastore'), folder },
  };
  const tokens = new Tokens(workspace.store, faults.clock);
  const token = tokens.startWithAdmin(principal);
  const defects: unknown[] = [];
  let running: readonly Service[] = [];

  async function signInAnswer(request: IncomingMessage, path: string): Promise<Reply | undefined> {
    if (path === '/oidc/.well-known/oauth-authorization-server') {
      return authorizationServer(workspace);
    }
    return path === '/oidc/v1/token'
      ? issueToken({ servicePrincipals, tokens, clock: faults.clock }, request)
      : undefined;
  }

  async function start(): Promise<void> {
    running = services(workspace);
    const router = new Router();
    for (const operation of running.flatMap((service) => service.operations)) {
      router.add(operation);
    }
    port.serve({
      workspace,
      tokens,
      faults,
      router,
      open: async (request, url) => signInAnswer(request, url.pathname),
      onDefect: (error) => defects.push(error),
    });
    await Promise.all(running.map((service) => service.start?.()));
  }
  const stop = () => Promise.all(running.map((service) => service.stop?.()));
  await start();

  return {
    url: port.url,
    token,
    workspace,
    faults,
    defects,
    async request(method, path, body) {
      const response = await fetch(`${port.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.startsWith('application/json') === true && text !== '';
      return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
    },
    async restart() {
      await stop();
      await start();
    },
    async close() {
      await stop();
      await port.close();
      await data.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
