import type { Clock } from '../clock';
import type { Credentials } from '../http/request';

/** A bearer token and the time (ms epoch) at which it ends. */
export interface Token {
  readonly value: string;
  readonly expiresAt: number;
}

/** Shortest time before expiry at which a token is renewed, in ms: Azure Databricks refuses Entra tokens with less than 30 s left. */
const SHORTEST_MARGIN_MS = 40_000;
/** Longest such time, in ms. */
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
 * A token that is fetched when first needed and renewed before it ends (a fifth of its life, 40 s to 5 min). All requests share
 * one fetch; a failed fetch is forgotten, so that the next request tries anew.
 * @param fetchToken gets a token made from a fresh assertion
 */
export class RefreshedToken implements Credentials {
  readonly refreshable = true;
  private pending: Promise<Token> | undefined;
  private renewAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly mask: (secret: string) => void,
    private readonly fetchToken: () => Promise<Token>,
  ) {}

  async headers(signal?: AbortSignal): Promise<Readonly<Record<string, string>>> {
    if (this.pending === undefined || this.clock.now() >= this.renewAt) {
      this.pending = this.fetch();
    }
    return { Authorization: `Bearer ${(await unlessAborted(this.pending, signal)).value}` };
  }

  invalidate(): void {
    if (this.renewAt !== Number.POSITIVE_INFINITY) {
      this.pending = undefined;
    }
  }

  private async fetch(): Promise<Token> {
    // While the fetch is under way nobody starts another.
    this.renewAt = Number.POSITIVE_INFINITY;
    const begun = this.clock.now();
    try {
      const token = await this.fetchToken();
      this.mask(token.value);
      const margin = Math.min(LONGEST_MARGIN_MS, Math.max(SHORTEST_MARGIN_MS, (token.expiresAt - begun) / 5));
      this.renewAt = token.expiresAt - margin;
      return token;
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
