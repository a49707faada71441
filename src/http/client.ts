import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { text as textOfStream } from 'node:stream/consumers';
import type { AxiosInstance, AxiosResponse } from 'axios';
import { type Clock, systemClock } from '../clock';
import { stringifyJson } from '../json';
import { errorAnswer, jsonAnswer, redirectError } from './answer';
import { ApiError, type CallPlace, ConnectionError } from './errors';
import { faultOf } from './faults';
import { type ConnectionPools, connectionPools, type Network, proxyFor } from './network';
import type { AnswerKind, Credentials, HttpAnswer, HttpRequest } from './request';
import { isIdempotent, retryDelay } from './retry';

/** What a client is made of. */
export interface HttpClientOptions {
  /** `https://host[:port]`, no path. */
  readonly baseUrl: string;
  readonly credentials?: Credentials;
  readonly network?: Network;
  readonly clock?: Clock;
  /** Number in [0, 1) for the jitter of waits. */
  readonly random?: () => number;
  /** `databricks-mlops/<version> (<TaskName>)`. */
  readonly userAgent?: string;
  /** Aborts waits and requests. */
  readonly signal?: AbortSignal;
  /** Milliseconds for all attempts of a request together. */
  readonly deadlineMs?: number;
  /** Time of the clock by which all requests must have ended; what begins after it has a second. */
  readonly endsAt?: number;
  /** Milliseconds for one attempt, its body included also where it is a stream. A socket's time is real time, whatever the clock says. */
  readonly attemptMs?: number;
  /** One line for each attempt: method, path, status, request id; never query, headers or bodies. */
  readonly log?: (line: string) => void;
  readonly warn?: (line: string, code: string) => void;
}

const DEADLINE_MS = 300_000;
const ATTEMPT_MS = 60_000;
const LEAST_MS = 1_000;
/** Milliseconds that a request waits between its attempts altogether, however long one of them may take. */
const PATIENCE_MS = 300_000;

type AnswerBody<T, K extends AnswerKind> = K extends 'json'
  ? T
  : K extends 'text'
    ? string
    : K extends 'bytes'
      ? Buffer
      : Readable;

/** The one way to talk HTTP: safe retries, deadline, typed errors. Axios is loaded by the first request. */
export class HttpClient {
  private readonly pools: ConnectionPools;
  private readonly clock: Clock;

  constructor(
    private readonly options: HttpClientOptions,
    pools?: ConnectionPools,
  ) {
    this.clock = options.clock ?? systemClock;
    this.pools = pools ?? connectionPools(options.network ?? {});
    if (options.network?.skipVerify === true && pools === undefined) {
      options.warn?.(
        'The agent is configured to accept any TLS certificate: the identity of the servers is not checked.',
        'TLS_NOT_VERIFIED',
      );
    }
  }

  /** Scheme, host and port that requests go to. */
  get baseUrl(): string {
    return this.options.baseUrl;
  }

  /** The clock of its waits. */
  get time(): Clock {
    return this.clock;
  }

  /** The signal that it is bound to. */
  get signal(): AbortSignal | undefined {
    return this.options.signal;
  }

  /** The same client bound to a signal; without one, to none (for the request that cancels). */
  withSignal(signal: AbortSignal | undefined): HttpClient {
    const { signal: _former, ...rest } = this.options;
    return new HttpClient(signal === undefined ? rest : { ...rest, signal }, this.pools);
  }

  /** The same client whose requests, all together, have this time from now on. */
  within(milliseconds: number): HttpClient {
    return new HttpClient({ ...this.options, endsAt: this.clock.now() + milliseconds }, this.pools);
  }

  /** The same network and clock towards another host, with other credentials or none. */
  at(baseUrl: string, credentials?: Credentials): HttpClient {
    const { credentials: _former, ...rest } = this.options;
    return new HttpClient({ ...rest, baseUrl, ...(credentials === undefined ? {} : { credentials }) }, this.pools);
  }

  /** Body of a JSON answer. 64-bit integers arrive as text. */
  async json<T>(request: HttpRequest): Promise<T> {
    return (await this.request<T, 'json'>(request, 'json')).body;
  }

  /**
   * Sends a request, again where that is safe, until its deadline.
   * @throws ApiError for an error answer; ConnectionError when no whole answer came; the signal's reason when aborted
   */
  async request<T, K extends AnswerKind>(request: HttpRequest, kind: K): Promise<HttpAnswer<AnswerBody<T, K>>> {
    const now = this.clock.now();
    const own = now + (request.deadlineMs ?? this.options.deadlineMs ?? DEADLINE_MS);
    const end = Math.min(own, Math.max(now + LEAST_MS, this.options.endsAt ?? own));
    const { credentials } = this.options;
    let refreshed = false;
    let waited = 0;
    for (let attempt = 1; ; attempt++) {
      let proof: Readonly<Record<string, string>> | undefined;
      try {
        proof = await credentials?.headers(this.options.signal);
        return await this.attempt<T, K>(request, kind, end, proof);
      } catch (error) {
        this.options.signal?.throwIfAborted();
        // A refused token had no effect: also what is not idempotent may be sent again, once, with a fresh one.
        if (proof !== undefined && credentials?.refreshable === true && !refreshed && isTokenRefusal(error)) {
          refreshed = true;
          credentials.invalidate(proof);
          continue;
        }
        const wait = retryDelay(request, error, attempt, (this.options.random ?? Math.random)());
        if (wait === undefined || this.clock.now() + wait >= end || waited + wait >= PATIENCE_MS) {
          throw error;
        }
        waited += wait;
        await this.clock.sleep(wait, this.options.signal);
      }
    }
  }

  private async attempt<T, K extends AnswerKind>(
    request: HttpRequest,
    kind: K,
    end: number,
    proof: Readonly<Record<string, string>> | undefined,
  ): Promise<HttpAnswer<AnswerBody<T, K>>> {
    const place: CallPlace = { method: request.method, path: pathOnly(request), origin: this.options.baseUrl };
    const headers = { ...this.ownHeaders(request), ...proof, ...request.headers };
    const response = await this.send(request, place, headers, kind === 'stream', end);
    const answerHeaders = response.headers as IncomingHttpHeaders;
    this.options.log?.(
      `${request.method} ${place.path} ${response.status} ${answerHeaders['x-request-id'] ?? ''}`.trimEnd(),
    );
    if (response.status === 407) {
      discard(response.data);
      throw new ConnectionError('PROXY_REFUSED', 'The proxy refused the credentials of the agent (status 407).', place);
    }
    if (response.status >= 300 && response.status < 400) {
      discard(response.data);
      throw redirectError(place, response.status, answerHeaders);
    }
    if (response.status < 200 || response.status >= 400) {
      throw errorAnswer(place, response.status, answerHeaders, await textOf(response.data));
    }
    const body = kind === 'stream' ? response.data : bodyAs(kind, request, place, response);
    return { status: response.status, headers: answerHeaders, body: body as AnswerBody<T, K> };
  }

  private ownHeaders(request: HttpRequest): Record<string, string> {
    const own: Record<string, string> = { Accept: 'application/json' };
    if (this.options.userAgent !== undefined) {
      own['User-Agent'] = this.options.userAgent;
    }
    if (request.body !== undefined) {
      own['Content-Type'] = 'application/json';
    } else if (request.form !== undefined) {
      own['Content-Type'] = 'application/x-www-form-urlencoded';
    } else if (request.bytes !== undefined || request.upload !== undefined) {
      own['Content-Type'] = 'application/octet-stream';
    }
    if (request.upload !== undefined) {
      own['Content-Length'] = String(request.upload.length);
    }
    return own;
  }

  private async send(
    request: HttpRequest,
    place: CallPlace,
    headers: Record<string, string>,
    stream: boolean,
    end: number,
  ): Promise<AxiosResponse> {
    const axios = await loadAxios();
    const url = new URL(this.options.baseUrl + request.path + queryText(request.query));
    const proxy = proxyFor(this.options.network ?? {}, url);
    const pool = isIdempotent(request) ? this.pools.kept : this.pools.fresh;
    const limit = new AbortController();
    const milliseconds = Math.max(
      1,
      Math.min(request.attemptMs ?? this.options.attemptMs ?? ATTEMPT_MS, end - this.clock.now()),
    );
    const timer = setTimeout(() => limit.abort(), milliseconds);
    const signals = this.options.signal === undefined ? [limit.signal] : [limit.signal, this.options.signal];
    const stopTimer = () => clearTimeout(timer);
    try {
      const response = await axios.request({
        method: request.method,
        url: url.href,
        headers,
        data: payload(request),
        responseType: stream ? 'stream' : 'arraybuffer',
        proxy,
        httpAgent: pool.http,
        httpsAgent: pool.https,
        signal: AbortSignal.any(signals),
      });
      if (stream) {
        (response.data as Readable).once('close', stopTimer);
      } else {
        stopTimer();
      }
      return response;
    } catch (error) {
      stopTimer();
      this.options.signal?.throwIfAborted();
      const fault = faultOf(error, place, limit.signal.aborted ? milliseconds : undefined);
      this.options.log?.(`${request.method} ${place.path} ${fault.code}`);
      throw fault;
    }
  }
}

/** True when the service refused the token, by status 401 or by a 403 that says so. */
function isTokenRefusal(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 401 || error.code === 'UNAUTHENTICATED');
}

let instance: Promise<AxiosInstance> | undefined;

function loadAxios(): Promise<AxiosInstance> {
  instance ??= import('axios').then((axios) =>
    axios.default.create({
      adapter: 'http',
      maxRedirects: 0,
      maxBodyLength: Number.POSITIVE_INFINITY,
      maxContentLength: Number.POSITIVE_INFINITY,
      validateStatus: () => true,
      transformRequest: [(data: unknown) => data],
      transformResponse: [(data: unknown) => data],
    }),
  );
  return instance;
}

/** Signed addresses carry their secret in the query, which must not reach a message. */
function pathOnly(request: HttpRequest): string {
  return request.path.split('?')[0] ?? '';
}

function queryText(query: HttpRequest['query']): string {
  const values = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined) {
        values.append(name, String(each));
      }
    }
  }
  const text = values.toString();
  return text === '' ? '' : `?${text}`;
}

function payload(request: HttpRequest): string | Buffer | Readable | undefined {
  if (request.body !== undefined) {
    return stringifyJson(request.body);
  }
  if (request.form !== undefined) {
    return new URLSearchParams(request.form).toString();
  }
  return request.bytes === undefined ? request.upload?.open() : Buffer.from(request.bytes);
}

function bodyAs(kind: AnswerKind, request: HttpRequest, place: CallPlace, response: AxiosResponse): unknown {
  const bytes = response.data as Buffer;
  const announced = response.headers['content-length'];
  // Axios removes the length of a compressed body; what it leaves must agree with what came.
  if (announced !== undefined && request.method !== 'HEAD' && Number(announced) !== bytes.length) {
    const message = `The answer has ${bytes.length} bytes, but ${String(announced)} were announced.`;
    throw new ConnectionError('ANSWER_INCOMPLETE', message, place);
  }
  if (kind === 'bytes') {
    return bytes;
  }
  const text = bytes.toString('utf8');
  const headers = response.headers as IncomingHttpHeaders;
  return kind === 'text' ? text : jsonAnswer(place, response.status, headers, text, request.acceptEmpty === true);
}

async function textOf(data: unknown): Promise<string> {
  return Buffer.isBuffer(data) ? data.toString('utf8') : await textOfStream(data as Readable);
}

function discard(data: unknown): void {
  if (!Buffer.isBuffer(data)) {
    (data as Readable).destroy();
  }
}
