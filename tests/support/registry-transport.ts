import type { IncomingMessage } from 'node:http';
import { type Call, type Workspace, ApiError as WorkspaceError } from '../../local/workspace/api';
import { memoryStore } from '../../local/workspace/memory-store';
import { Router } from '../../local/workspace/router';
import { createUnityCatalog } from '../../local/workspace/unity-catalog/service';
import { createWorkspaceClient, type WorkspaceClient } from '../../src/databricks/workspace-client';
import { HttpClient } from '../../src/http/client';
import { ApiError, ConnectionError } from '../../src/http/errors';
import type { HttpAnswer, HttpRequest } from '../../src/http/request';
import { parseJson, stringifyJson } from '../../src/json';
import { VirtualClock } from './virtual-clock';

/** What happens to one request: it passes, is lost on the way, or takes effect while its answer is lost. */
export type Fate = 'passes' | 'lostBefore' | 'lostAfter';

export const model = 'main.default.price';

/** The registry of the local workspace in this process, without sockets, and a transport to it that can fail at any request. */
export class Registry {
  readonly workspace: Workspace;
  private readonly router = new Router();

  constructor() {
    const store = memoryStore();
    this.workspace = {
      name: 'local',
      id: '6000000000000001',
      url: 'http://127.0.0.1:1',
      clock: new VirtualClock(),
      store,
      metastore: { store, folder: '/nonexistent' },
      folder: '/nonexistent',
    };
    for (const operation of createUnityCatalog(this.workspace).operations) {
      this.router.add(operation);
    }
  }

  /** A client whose n-th request (from 0) meets this fate. */
  client(fate: (index: number, request: HttpRequest) => Fate | Promise<Fate> = () => 'passes'): WorkspaceClient {
    return createWorkspaceClient(new Transport(this, fate));
  }

  /** READY versions 1 to `count`. */
  async withVersions(count: number): Promise<void> {
    const client = this.client();
    await client.registeredModels.create({ name: model });
    for (let version = 1; version <= count; version++) {
      await client.modelVersions.create({ name: model, source: `runs:/r${version}/model`, run_id: `r${version}` });
      await client.modelVersions.finalize(model, String(version));
    }
  }

  async alias(alias: string): Promise<string> {
    return (await this.client().registeredModels.versionByAlias(model, alias))?.version ?? '';
  }

  async tag(version: string, key: string): Promise<string> {
    const found = await this.client().modelVersions.get(model, version);
    return found?.tags?.find((tag) => tag.key === key)?.value ?? '';
  }

  async serve(request: HttpRequest): Promise<string> {
    const match = this.router.find(request.method, request.path);
    if (match === undefined) {
      throw new Error(`the registry has no ${request.method} ${request.path}`);
    }
    const url = new URL(request.path, this.workspace.url);
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) {
        url.searchParams.set(name, String(value));
      }
    }
    const text = request.body === undefined ? '' : stringifyJson(request.body);
    const call: Call = {
      workspace: this.workspace,
      principal: { id: '1', userName: 'ada@example.com', displayName: 'Ada', kind: 'user' },
      method: request.method,
      url,
      params: match.params,
      query: url.searchParams,
      headers: {},
      request: {} as IncomingMessage,
      json: async <T>() => (text === '' ? {} : parseJson(text)) as T,
      bytes: async () => Buffer.from(text),
    };
    const reply = await match.operation.handle(call);
    return stringifyJson(reply.json ?? {});
  }
}

class Transport extends HttpClient {
  private count = 0;

  constructor(
    private readonly registry: Registry,
    private readonly fate: (index: number, request: HttpRequest) => Fate | Promise<Fate>,
  ) {
    super({ baseUrl: registry.workspace.url });
  }

  override withSignal(): HttpClient {
    return this;
  }

  override within(): HttpClient {
    return this;
  }

  override async request(request: HttpRequest): Promise<HttpAnswer<never>> {
    const place = { method: request.method, path: request.path, origin: this.baseUrl };
    const fate = await this.fate(this.count++, request);
    if (fate === 'lostBefore') {
      throw new ConnectionError('CONNECTION_LOST', 'The request was lost.', place);
    }
    try {
      const text = await this.registry.serve(request);
      if (fate === 'lostAfter') {
        throw new ConnectionError('CONNECTION_LOST', 'The answer was lost.', place);
      }
      return { status: 200, headers: {}, body: parseJson(text) as never };
    } catch (error) {
      if (error instanceof WorkspaceError) {
        const { status, errorCode, message } = error;
        throw new ApiError(place, { status, errorCode, message, requestId: '', structured: true });
      }
      throw error;
    }
  }
}
