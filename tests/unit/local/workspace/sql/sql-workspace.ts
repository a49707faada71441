import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Call, Principal, Reply, Service, Workspace } from '../../../../../local/workspace/api';
import { type LmdbStore, openLmdbStore } from '../../../../../local/workspace/lmdb-store';
import { createSql, type MetastoreTables, openTables, warehouseId } from '../../../../../local/workspace/sql/service';
import { VirtualClock } from '../../../../support/virtual-clock';

/** The JSON of a statement's reply, as far as the tests read it. */
export interface StatementReply {
  readonly statement_id: string;
  readonly status: {
    readonly state: string;
    readonly error?: { readonly error_code: string; readonly message: string };
    readonly sql_state?: string;
  };
  readonly manifest?: {
    readonly schema: {
      readonly column_count: number;
      readonly columns?: readonly { readonly name: string; readonly type_name: string; readonly type_text: string }[];
    };
    readonly total_chunk_count: number;
    readonly total_row_count: number;
    readonly truncated: boolean;
    readonly format: string;
    readonly total_byte_count?: number;
  };
  readonly result?: {
    readonly data_array?: readonly (readonly (string | null)[])[];
    readonly next_chunk_index?: number;
  };
}

const PRINCIPAL: Principal = { id: '4711', userName: 'ann@example.com', displayName: 'Ann', kind: 'user' };

/** A workspace of which only SQL exists, on real DuckDB and LMDB files in a temporary folder. */
export class SqlWorkspace {
  private constructor(
    readonly folder: string,
    readonly clock: VirtualClock,
    readonly workspace: Workspace,
    private readonly store: LmdbStore,
    private readonly tables: MetastoreTables,
    private readonly service: Service,
  ) {}

  static async open(folder = mkdtempSync(join(tmpdir(), 'sql-'))): Promise<SqlWorkspace> {
    const clock = new VirtualClock(Date.UTC(2026, 0, 31, 10, 20, 30));
    const store = openLmdbStore(join(folder, 'store'));
    const metastore = { store: store.scope('metastore'), folder: join(folder, 'metastore') };
    const workspace: Workspace = {
      name: 'staging',
      id: '1001',
      url: 'http://127.0.0.1:8080',
      clock,
      store: store.scope('staging'),
      metastore,
      folder: join(folder, 'staging'),
    };
    const tables = await openTables(metastore);
    return new SqlWorkspace(folder, clock, workspace, store, tables, createSql(workspace, tables));
  }

  /** Closes the files; the folder stays. */
  async close(): Promise<void> {
    await this.service.stop?.();
    await this.tables.close();
    await this.store.close();
  }

  async remove(): Promise<void> {
    await this.close();
    rmSync(this.folder, { recursive: true });
  }

  /** Sends one request to the operation that answers it; an ApiError goes through. */
  async send(method: string, path: string, body: unknown = {}): Promise<Reply> {
    const url = new URL(path, this.workspace.url);
    for (const operation of this.service.operations) {
      const found = new RegExp(`^${operation.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`).exec(url.pathname);
      if (operation.method === method && found !== null) {
        return operation.handle(this.call(method, url, { ...found.groups }, body));
      }
    }
    throw new Error(`no operation for ${method} ${path}`);
  }

  /** Fetches a signed URL, as a client without a token does. */
  async open(method: string, url: string, headers: Record<string, string> = {}): Promise<Reply | undefined> {
    return this.service.open?.({ method, headers } as unknown as IncomingMessage, new URL(url));
  }

  /** Sends a statement and gives its reply, whatever its state. */
  async post(statement: string, more: Record<string, unknown> = {}): Promise<StatementReply> {
    const body = { statement, warehouse_id: warehouseId(this.workspace), catalog: 'main', schema: 'default', ...more };
    return (await this.send('POST', '/api/2.0/sql/statements', body)).json as StatementReply;
  }

  /** Rows of a statement that must succeed; parameters as `name: value` of type STRING or `name: [type, value]`. */
  async rows(
    statement: string,
    parameters: Record<string, string | [type: string, value: string | null]> = {},
  ): Promise<readonly (readonly (string | null)[])[]> {
    const reply = await this.post(statement, { parameters: parameterList(parameters) });
    assert.equal(reply.status.state, 'SUCCEEDED', `${statement}: ${reply.status.error?.message}`);
    return reply.result?.data_array ?? [];
  }

  /** The message of a statement that must fail. */
  async failure(
    statement: string,
    parameters: Record<string, string | [type: string, value: string | null]> = {},
  ): Promise<string> {
    const reply = await this.post(statement, { parameters: parameterList(parameters) });
    assert.equal(
      reply.status.state,
      'FAILED',
      `${statement} ended ${reply.status.state}: ${JSON.stringify(reply.result)}`,
    );
    return reply.status.error?.message ?? '';
  }

  private call(method: string, url: URL, params: Record<string, string>, body: unknown): Call {
    return {
      workspace: this.workspace,
      principal: PRINCIPAL,
      method,
      url,
      params,
      query: url.searchParams,
      headers: {},
      get request(): IncomingMessage {
        throw new Error('the SQL operations read JSON only');
      },
      json: async <T>() => body as T,
      bytes: async () => Buffer.from(JSON.stringify(body)),
    };
  }
}

function parameterList(parameters: Record<string, string | [type: string, value: string | null]>) {
  return Object.entries(parameters).map(([name, given]) =>
    typeof given === 'string'
      ? { name, value: given }
      : { name, type: given[0], ...(given[1] === null ? {} : { value: given[1] }) },
  );
}
