import type { Clock } from '../clock';
import type { Credentials } from '../http/request';

/** A bearer token as its issuer gave it. */
export interface Token {
  readonly value: string;
  /** Milliseconds that it lives from the moment of the request on; by the issuer's word, never by comparing clocks. */
  readonly lifeMs: number;
  /** What goes with it to the service beside `Authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Longest time before expiry at which a token is renewed, in ms. */
const LONGEST_MARGIN_MS = 300_000;

/** A token that never changes (personal access token). */
export function fixedToken(value: string): Credentials {
  return {
    refreshable: false,
    headers: async () => ({ Authorization: `Bearer ${value}` }),
    invalidate: () => undefined,
  };
}

/**
 * A token that is fetched when first needed and renewed before it ends: a fifth of its life, at most 5 minutes, at most half of its life.
 * All requests share one fetch; a failed fetch is forgotten, so that the next request tries anew.
 * @param fetchToken gets a token made from a fresh assertion
 * @param shortestMarginMs rest of a life that its service does not accept any more
 */
export class RefreshedToken implements Credentials {
  readonly refreshable = true;
  private pending: Promise<Readonly<Record<string, string>>> | undefined;
  /** What {@link pending} came to; absent while it is under way. */
  private current: Readonly<Record<string, string>> | undefined;
  private renewAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly mask: (secret: string) => void,
    private readonly fetchToken: () => Promise<Token>,
    private readonly shortestMarginMs = 0,
  ) {}

  async headers(signal?: AbortSignal): Promise<Readonly<Record<string, string>>> {
    if (this.pending === undefined || this.clock.now() >= this.renewAt) {
      this.pending = this.fetch();
    }
    return unlessAborted(this.pending, signal);
  }

  invalidate(refused: Readonly<Record<string, string>>): void {
    // Of many requests that are refused at once only the first is about the token at hand.
    if (this.current?.['Authorization'] === refused['Authorization']) {
      this.pending = undefined;
      this.current = undefined;
    }
  }

  private async fetch(): Promise<Readonly<Record<string, string>>> {
    // While the fetch is under way nobody starts another.
    this.renewAt = Number.POSITIVE_INFINITY;
    this.current = undefined;
    const begun = this.clock.now();
    try {
      const token = await this.fetchToken();
      this.mask(token.value);
      const wanted = Math.max(this.shortestMarginMs, token.lifeMs / 5);
      this.renewAt = begun + token.lifeMs - Math.min(wanted, LONGEST_MARGIN_MS, token.lifeMs / 2);
      this.current = { Authorization: `Bearer ${token.value}`, ...token.headers };
      return this.current;
    } catch (error) {
      this.pending = undefined;
      this.renewAt = 0;
      throw error;
    }
  }
}

/** What `shared` gives, or the signal's reason as soon as it aborts; `shared` goes on, because other requests wait for it too. */
function unlessAborted<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) {
    return shared;
  }
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) {
      onAbort();
    }
    void shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
