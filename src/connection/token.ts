import type { Clock } from '../clock';
import { TaskError } from '../errors';
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

/** What a token is made with. */
export interface TokenSource {
  /** Who gives the token, for messages: `Microsoft Entra (login.microsoftonline.com)`. */
  readonly issuer: string;
  /** Gets a token made from a fresh assertion. */
  fetch(): Promise<Token>;
  /** Milliseconds, the rest of a life that the service of the token does not accept any more. */
  readonly refusedRestMs?: number;
}

/** What a token is kept with. */
export interface TokenMeans {
  readonly clock: Clock;
  readonly log: { debug(line: string): void };
  /** Masks a secret in all its forms. */
  mask(secret: string): void;
}

/** A token at hand. The times are those of the clock. */
interface HeldToken {
  readonly headers: Readonly<Record<string, string>>;
  /** From when on a newer one is fetched. */
  renewAt: number;
  /** From when on it proves nothing any more. */
  readonly endsAt: number;
}

/**
 * A token that is fetched when first needed and renewed before it ends: a fifth of its life, at most 5 minutes, at most half of its life.
 * All requests share one fetch. While the token at hand lives, no request waits for its renewal, and a renewal that fails is tried again
 * in half of the time that is left; a fetch that requests do wait for fails them, and is forgotten, so that the next request tries anew.
 */
export class RefreshedToken implements Credentials {
  readonly refreshable = true;
  private held: HeldToken | undefined;
  private fetching: Promise<HeldToken> | undefined;

  constructor(
    private readonly means: TokenMeans,
    private readonly source: TokenSource,
  ) {}

  get issuer(): string {
    return this.source.issuer;
  }

  async headers(signal?: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const now = this.means.clock.now();
    const held = this.held;
    if (held === undefined || now >= held.endsAt) {
      return (await unlessAborted(this.fetchOnce(), signal)).headers;
    }
    if (now >= held.renewAt) {
      this.renewUnasked();
    }
    return held.headers;
  }

  invalidate(refused: Readonly<Record<string, string>>): void {
    // Of many requests that are refused at once only the first is about the token at hand.
    if (this.held?.headers['Authorization'] === refused['Authorization']) {
      this.held = undefined;
    }
  }

  /** No request waits for this renewal: what becomes of it is for who looks into a failure, and the fetch that requests wait for fails them. */
  private renewUnasked(): void {
    if (this.fetching === undefined) {
      this.fetchOnce().catch((error: unknown) => {
        const said =
          error instanceof TaskError ? error.sentences : error instanceof Error ? error.message : String(error);
        this.means.log.debug(
          `${this.source.issuer} gave no newer token; the one at hand is used until its end. ${said}`,
        );
      });
    }
  }

  private fetchOnce(): Promise<HeldToken> {
    this.fetching ??= this.fetch()
      .catch((error: unknown) => {
        if (this.held !== undefined) {
          this.held.renewAt = (this.means.clock.now() + this.held.endsAt) / 2;
        }
        throw error;
      })
      .finally(() => {
        this.fetching = undefined;
      });
    return this.fetching;
  }

  private async fetch(): Promise<HeldToken> {
    const begun = this.means.clock.now();
    const token = await this.source.fetch();
    this.means.mask(token.value);
    const refusedRestMs = this.source.refusedRestMs ?? 0;
    const margin = Math.min(Math.max(refusedRestMs, token.lifeMs / 5), LONGEST_MARGIN_MS, token.lifeMs / 2);
    const renewAt = begun + token.lifeMs - margin;
    this.held = {
      headers: { Authorization: `Bearer ${token.value}`, ...token.headers },
      renewAt,
      endsAt: Math.max(renewAt, begun + token.lifeMs - refusedRestMs),
    };
    return this.held;
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
