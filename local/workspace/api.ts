import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Clock } from '../../src/clock';
import type { Store } from './store';

/** Who a token belongs to. */
export interface Principal {
  readonly id: string;
  readonly userName: string;
  readonly displayName: string;
  readonly kind: 'user' | 'servicePrincipal';
}

/** What every workspace of the process shares: catalogs, models, tables (design 4: one metastore). */
export interface Metastore {
  readonly store: Store;
  /** Folder for model and volume files and the DuckDB catalogs. */
  readonly folder: string;
}

/** One local workspace: jobs, endpoints, files and MLflow tracking are its own. */
export interface Workspace {
  readonly name: string;
  /** Numeric workspace id as text (header `X-Databricks-Org-Id`). */
  readonly id: string;
  /** `http://127.0.0.1:<port>`, no trailing slash. */
  readonly url: string;
  readonly clock: Clock;
  readonly store: Store;
  readonly metastore: Metastore;
  /** Folder for this workspace's files, run logs and tracking artifacts. */
  readonly folder: string;
}

/** One request, already authenticated and routed. */
export interface Call {
  readonly workspace: Workspace;
  readonly principal: Principal;
  readonly method: string;
  readonly url: URL;
  /** Values of `:name` (one segment, decoded) and `*name` (the rest, decoded, without leading slash) in the operation's path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly request: IncomingMessage;
  /** Body as JSON object (`{}` when empty; 64-bit integers as text). @throws ApiError 400 MALFORMED_REQUEST */
  json<T = Record<string, unknown>>(): Promise<T>;
  /** Body as bytes (at most 100 MB; larger uploads read `request` as a stream). */
  bytes(): Promise<Buffer>;
}

/** `json` is written with 64-bit ids intact (see src/json.ts); `body` as it is. Default status 200; nothing at all is `{}`. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string | Buffer | Readable;
}

/** One REST operation, as `docs/local-workspace.md` lists it. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  /** Such as `/api/2.2/jobs/get`, `/api/2.0/serving-endpoints/:name/config`, `/api/2.0/fs/files/*path`. */
  readonly path: string;
  /** One short clause for the generated page: what is supported. */
  readonly note?: string;
  /** What the service does here and this workspace does not, for the generated page; without it the operation counts as supported. */
  readonly lacks?: string;
  handle(call: Call): Promise<Reply> | Reply;
}

/** One line of the generated page on the local workspace. */
export type OperationDescription = Omit<Operation, 'handle'>;

/** A part of the service's API that this workspace leaves out on purpose: every operation below it is answered with 501 and the reason. */
export interface LeftOut {
  /** The first segments behind `/api/<version>/`, such as `clusters` or `policies/clusters`. */
  readonly room: string;
  /** Why, and what to use here instead: one sentence. */
  readonly why: string;
}

/** An error in the dialect of API 2.x: `{error_code, message}`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly status: number,
    readonly errorCode: string,
    message: string,
    /** Finer than the code: `reason` of the `ErrorInfo` among the details, by which clients of the Files API decide. */
    readonly reason?: string,
  ) {
    super(message);
  }
}

/** A part of a workspace: its REST operations and, where it owns processes, their life. One factory each: `create…(workspace, …): Service`. */
export interface Service {
  readonly operations: readonly Operation[];
  /** Answers what carries its right in its URL and no bearer token; undefined for what is not its own. */
  open?(request: IncomingMessage, url: URL): Promise<Reply | undefined> | Reply | undefined;
  /** Takes up what a former process left (runs to mark as lost, endpoints to start again). */
  start?(): Promise<void>;
  /** Ends every process that it owns. */
  stop?(): Promise<void>;
}
