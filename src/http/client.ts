import { type Clock, systemClock } from '../clock';
import { type AttemptMeans, attempt, placeOf } from './attempt';
import { ApiError } from './errors';
import { type ConnectionPools, connectionPools, type Network } from './network';
import { outcomeUnknown } from './outcome';
import { proofInTime } from './proof';
import type { AnswerBody, AnswerKind, Credentials, HttpAnswer, HttpRequest } from './request';
import { retryDelay } from './retry';
import { RetryNotices } from './retry-notices';

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
  /** The signal aborts no attempt under way; see {@link HttpClient.awaitingAnswers}. */
  readonly awaitsAnswers?: boolean;
  /** Milliseconds for all attempts of a request together. */
  readonly deadlineMs?: number;
  /** Time of the clock by which all requests must have ended; what begins after it has a second. */
  readonly endsAt?: number;
  /** Milliseconds for one attempt, its body included also where it is a stream. A socket's time is real time, whatever the clock says. */
  readonly attemptMs?: number;
  /** One line for each attempt: method, path, status, request id; never query, headers or bodies. */
  readonly log?: (line: string) => void;
  /** One line for a person who waits: what is sent again, and why. */
  readonly say?: (line: string) => void;
  readonly warn?: (line: string, code: string) => void;
}

const DEADLINE_MS = 300_000;
const ATTEMPT_MS = 60_000;
/** What an attempt has at least: one that is cut off sooner would put its own time-out in the place of what the service answered before. */
const LEAST_MS = 1_000;
/** Milliseconds that a request waits between its attempts altogether, however long one of them may take. */
const PATIENCE_MS = 300_000;

/** What a client and those that are made of it have in common. */
interface Shared {
  readonly pools: ConnectionPools;
  readonly notices: RetryNotices;
}

/** The one way to talk HTTP: safe retries, deadline, typed errors. */
export class HttpClient {
  private readonly shared: Shared;
  private readonly clock: Clock;

  constructor(
    private readonly options: HttpClientOptions,
    shared?: Shared,
  ) {
    this.clock = options.clock ?? systemClock;
    this.shared = shared ?? {
      pools: connectionPools(options.network ?? {}),
      notices: new RetryNotices(this.clock, options.say ?? (() => undefined)),
    };
    if (options.network?.skipVerify === true && shared === undefined) {
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

  /** Tells a person of what failed beside the error that is thrown. */
  warn(line: string, code: string): void {
    this.options.warn?.(line, code);
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
    return new HttpClient(signal === undefined ? rest : { ...rest, signal }, this.shared);
  }

  /**
   * The same client for requests that start something: a cancel does not cut off an attempt, whose answer says what was started. Nothing is
   * sent any more once an answer proves that nothing was (429, 503, a refused connection); after one that leaves it open the request goes on.
   */
  awaitingAnswers(): HttpClient {
    return new HttpClient({ ...this.options, awaitsAnswers: true }, this.shared);
  }

  /** The same client whose requests, all together, have this time from now on, or what is left of this client's own. */
  within(milliseconds: number): HttpClient {
    const endsAt = Math.min(this.clock.now() + milliseconds, this.options.endsAt ?? Number.POSITIVE_INFINITY);
    return new HttpClient({ ...this.options, endsAt }, this.shared);
  }

  /** The same network and clock towards another host, with other credentials or none. */
  at(baseUrl: string, credentials?: Credentials): HttpClient {
    const { credentials: _former, ...rest } = this.options;
    return new HttpClient({ ...rest, baseUrl, ...(credentials === undefined ? {} : { credentials }) }, this.shared);
  }

  /** Body of a JSON answer. 64-bit integers arrive as text. */
  async json<T>(request: HttpRequest): Promise<T> {
    return (await this.request<T, 'json'>(request, 'json')).body;
  }

  /**
   * Sends a request, again where that is safe, until its deadline.
   * @throws ApiError for an error answer; ConnectionError when no whole answer came; TaskError SIGN_IN_TIMEOUT when no token came in time;
   * the signal's reason when aborted
   */
  async request<T, K extends AnswerKind>(request: HttpRequest, kind: K): Promise<HttpAnswer<AnswerBody<T, K>>> {
    const now = this.clock.now();
    const own = now + (request.deadlineMs ?? this.options.deadlineMs ?? DEADLINE_MS);
    const end = Math.min(own, Math.max(now + LEAST_MS, this.options.endsAt ?? own));
    const { credentials, signal, awaitsAnswers } = this.options;
    let stop = signal;
    const place = placeOf(request, this.options.baseUrl);
    const tellWait = this.shared.notices.of(place);
    let refreshed = false;
    let waited = 0;
    for (let count = 1; ; count++) {
      stop?.throwIfAborted();
      // What signs in has its own attempts: those of this request would multiply them.
      const proof = credentials && (await proofInTime(credentials, place, end, this.clock, stop));
      try {
        return await attempt<T, K>(request, kind, this.meansUntil(end, request, proof));
      } catch (error) {
        stop = awaitsAnswers === true && outcomeUnknown(error) ? undefined : signal;
        stop?.throwIfAborted();
        // A refused token had no effect: also what is not idempotent may be sent again, once, with a fresh one.
        if (proof !== undefined && credentials?.refreshable === true && !refreshed && isTokenRefusal(error)) {
          refreshed = true;
          credentials.invalidate(proof);
          continue;
        }
        const wait = retryDelay(request, error, count, (this.options.random ?? Math.random)());
        if (wait === undefined || this.clock.now() + wait + LEAST_MS > end || waited + wait >= PATIENCE_MS) {
          throw error;
        }
        tellWait(error, wait, Math.min(end - this.clock.now(), PATIENCE_MS - waited));
        waited += wait;
        await this.clock.sleep(wait, stop);
      }
    }
  }

  private meansUntil(
    end: number,
    request: HttpRequest,
    proof: Readonly<Record<string, string>> | undefined,
  ): AttemptMeans {
    const { baseUrl, network, userAgent, signal, awaitsAnswers, log } = this.options;
    const attemptMs = request.attemptMs ?? this.options.attemptMs ?? ATTEMPT_MS;
    return {
      baseUrl,
      network: network ?? {},
      pools: this.shared.pools,
      headers: { ...(userAgent === undefined ? {} : { 'User-Agent': userAgent }), ...proof },
      milliseconds: Math.min(attemptMs, Math.max(LEAST_MS, end - this.clock.now())),
      signal: awaitsAnswers === true ? undefined : signal,
      log: log ?? (() => undefined),
    };
  }
}

/** True when the service refused the token, by status 401 or by a 403 that says so. */
function isTokenRefusal(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 401 || error.code === 'UNAUTHENTICATED');
}
