import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

/** How the body of an answer is wanted. `json` refuses anything that is not whole JSON. */
export type AnswerKind = 'json' | 'text' | 'bytes' | 'stream';

/** What a request gives whose answer is wanted as this kind; `T` is the JSON value. */
export type AnswerBody<T, K extends AnswerKind> = K extends 'json'
  ? T
  : K extends 'text'
    ? string
    : K extends 'bytes'
      ? Buffer
      : Readable;

/** A body that can be opened again for a second attempt. */
export interface Upload {
  /** Bytes. */
  readonly length: number;
  open(): Readable;
}

/** A value in the query of an address. */
export type QueryValue = string | number | boolean | readonly (string | number)[] | undefined;

/** One call; at most one of `body`, `form`, `bytes`, `upload`. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Encoded path below the base URL, made by {@link path}. */
  readonly path: string;
  /** `undefined` members are left out, arrays are repeated. */
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: Readonly<Record<string, string>>;
  readonly bytes?: Uint8Array;
  readonly upload?: Upload;
  readonly headers?: Readonly<Record<string, string>>;
  /** True when sending it twice is the same as sending it once. GET and HEAD always are. */
  readonly idempotent?: boolean;
  /** Milliseconds for all attempts together; default of the client. */
  readonly deadlineMs?: number;
  /** Milliseconds for one attempt; default of the client. */
  readonly attemptMs?: number;
  /** `{}` for an empty body where JSON is wanted (mkdirs, delete, reset). */
  readonly acceptEmpty?: boolean;
}

/** A successful answer (status 200 to 299). */
export interface HttpAnswer<T> {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: T;
}

/** What a client adds to each request to prove who it is. */
export interface Credentials {
  /** True when {@link invalidate} makes the next {@link headers} fetch a fresh token. */
  readonly refreshable: boolean;
  /** Who gives what {@link headers} waits for, such as `Microsoft Entra (login.microsoftonline.com)`; absent where it waits for nobody. */
  readonly issuer?: string;
  headers(signal?: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /**
   * Drops the token that these headers carried, because the service has refused it; a newer one stays.
   * @param refused what {@link headers} gave for the refused request
   */
  invalidate(refused: Readonly<Record<string, string>>): void;
}
