import type { IncomingHttpHeaders } from 'node:http';
import { finished, PassThrough, type Readable } from 'node:stream';
import { text as textOfStream } from 'node:stream/consumers';
import type { AxiosInstance, AxiosResponse } from 'axios';
import { counted } from '../counted';
import { errorAnswer, jsonAnswer, redirectError } from './answer';
import { addressOf, headersOf, payloadOf } from './encode-request';
import { type CallPlace, ConnectionError } from './errors';
import { brokenBody, faultOf } from './faults';
import { type ConnectionPools, type Network, proxyFor } from './network';
import type { AnswerBody, AnswerKind, HttpAnswer, HttpRequest } from './request';
import { isIdempotent } from './retry';

/** What one attempt of a request needs beside the request. */
export interface AttemptMeans {
  /** `https://host[:port]`, no path. */
  readonly baseUrl: string;
  readonly network: Network;
  readonly pools: ConnectionPools;
  /** `User-Agent` and what proves who is asking. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds of real time, the body included also where it is a stream. */
  readonly milliseconds: number;
  readonly signal: AbortSignal | undefined;
  /** One line for the attempt: method, path, status, request id; never query, headers or bodies. */
  readonly log: (line: string) => void;
}

/**
 * Sends a request once and reads its answer.
 * @throws ApiError for an error answer; ConnectionError when no whole answer came; the signal's reason when aborted
 */
export async function attempt<T, K extends AnswerKind>(
  request: HttpRequest,
  kind: K,
  means: AttemptMeans,
): Promise<HttpAnswer<AnswerBody<T, K>>> {
  const place = placeOf(request, means.baseUrl);
  const response = await send(request, place, kind === 'stream', means);
  const headers = response.headers as IncomingHttpHeaders;
  means.log(`${request.method} ${place.path} ${response.status} ${headers['x-request-id'] ?? ''}`.trimEnd());
  if (response.status === 407) {
    discard(response.data);
    throw new ConnectionError('PROXY_REFUSED', 'The proxy refused the credentials of the agent (status 407).', place);
  }
  if (response.status >= 300 && response.status < 400) {
    discard(response.data);
    throw redirectError(place, response.status, headers);
  }
  if (response.status < 200 || response.status >= 400) {
    throw errorAnswer(place, response.status, headers, await textOf(response.data));
  }
  const body = kind === 'stream' ? response.data : bodyAs(kind, request, place, response);
  return { status: response.status, headers, body: body as AnswerBody<T, K> };
}

/** Where a request goes, for messages: signed addresses carry their secret in the query, which is left out. */
export function placeOf(request: HttpRequest, baseUrl: string): CallPlace {
  return { method: request.method, path: request.path.split('?')[0] ?? '', origin: baseUrl };
}

async function send(
  request: HttpRequest,
  place: CallPlace,
  stream: boolean,
  { baseUrl, network, pools, headers, milliseconds, signal, log }: AttemptMeans,
): Promise<AxiosResponse> {
  const axios = await loadAxios();
  const url = addressOf(request, baseUrl);
  const proxy = proxyFor(network, url);
  const pool = isIdempotent(request) ? pools.kept : pools.fresh;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), milliseconds);
  const stopTimer = () => clearTimeout(timer);
  try {
    const response = await axios.request({
      method: request.method,
      url: url.href,
      headers: { ...headersOf(request), ...headers, ...request.headers },
      data: payloadOf(request),
      responseType: stream ? 'stream' : 'arraybuffer',
      proxy,
      httpAgent: pool.http,
      httpsAgent: pool.https,
      signal: AbortSignal.any(signal === undefined ? [limit.signal] : [limit.signal, signal]),
    });
    if (stream) {
      (response.data as Readable).once('close', stopTimer);
      const faultOfBody = (error: unknown) =>
        signal?.aborted === true
          ? signal.reason
          : brokenBody(error, place, limit.signal.aborted ? milliseconds : undefined);
      return { ...response, data: withFaults(response.data, faultOfBody) };
    }
    stopTimer();
    return response;
  } catch (error) {
    stopTimer();
    signal?.throwIfAborted();
    const fault = faultOf(error, place, {
      timedOutAfter: limit.signal.aborted ? milliseconds : undefined,
      proxy: proxy === false ? undefined : `${proxy.host}:${proxy.port}`,
    });
    log(`${request.method} ${place.path} ${fault.code}`);
    throw fault;
  }
}

let instance: Promise<AxiosInstance> | undefined;

/** Loaded by the first request. */
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

function bodyAs(kind: AnswerKind, request: HttpRequest, place: CallPlace, response: AxiosResponse): unknown {
  const bytes = response.data as Buffer;
  const announced = response.headers['content-length'];
  // Axios removes the length of a compressed body; what it leaves must agree with what came.
  if (announced !== undefined && request.method !== 'HEAD' && Number(announced) !== bytes.length) {
    const message = `The answer has ${counted(bytes.length, 'byte')}, but ${String(announced)} were announced.`;
    throw new ConnectionError('ANSWER_INCOMPLETE', message, place);
  }
  if (kind === 'bytes') {
    return bytes;
  }
  const text = bytes.toString('utf8');
  const headers = response.headers as IncomingHttpHeaders;
  return kind === 'text' ? text : jsonAnswer(place, response.status, headers, text, request.acceptEmpty === true);
}

/** A body that comes bit by bit; where it breaks off, it ends with this fault. */
function withFaults(source: Readable, faultOfBody: (error: unknown) => Error): Readable {
  const body = new PassThrough();
  finished(source, { writable: false }, (error) => {
    if (error !== undefined && error !== null) {
      body.destroy(faultOfBody(error));
    }
  });
  // Who stops reading ends the connection.
  body.once('close', () => source.destroy());
  return source.pipe(body);
}

async function textOf(data: unknown): Promise<string> {
  return Buffer.isBuffer(data) ? data.toString('utf8') : await textOfStream(data as Readable);
}

function discard(data: unknown): void {
  if (!Buffer.isBuffer(data)) {
    (data as Readable).destroy();
  }
}
