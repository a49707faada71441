import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../src/clock';
import type { Principal } from './api';
import type { Collection, Store } from './store';

/** What the store keeps of a token: never its text, only under its SHA-256. */
interface TokenRecord {
  readonly kind: 'admin' | 'known' | 'oauth' | 'run';
  readonly principal: Principal;
  /** Milliseconds since the epoch; absent: until revoked. */
  readonly expiresAt?: number;
  /** Task run whose process holds the token. */
  readonly runId?: string;
}

/** Why a token is not taken. An expired one is told apart, as clients refresh only then; so is a right one of somebody who is no user here. */
export type TokenCheck = { readonly principal: Principal } | { readonly refused: 'unknown' | 'expired' | 'noMember' };

/** The bearer tokens that one workspace has issued. */
export class Tokens {
  readonly #records: Collection<TokenRecord>;

  constructor(
    store: Store,
    private readonly clock: Clock,
  ) {
    this.#records = store.collection('tokens');
  }

  /**
   * The administrator's token of this start; those of former starts end here.
   * @param text the token's text, random when not given
   */
  startWithAdmin(principal: Principal, text: string = randomToken()): string {
    for (const [key] of this.#records.entries()) {
      this.#records.remove(key);
    }
    this.#records.put(digest(text), { kind: 'admin', principal });
    return text;
  }

  /** The token of somebody whom the start described; it lives until the next start. */
  keep(principal: Principal, text: string): void {
    this.#records.put(digest(text), { kind: 'known', principal });
  }

  /** A token for OAuth clients. @param seconds lifetime */
  issueOAuth(principal: Principal, seconds: number): string {
    return this.#issue({ kind: 'oauth', principal, expiresAt: this.clock.now() + seconds * 1000 });
  }

  /** A token for the process of one task run, to be ended by {@link revokeRun}. */
  issueForRun(principal: Principal, runId: string): string {
    return this.#issue({ kind: 'run', principal, runId });
  }

  revokeRun(runId: string): void {
    for (const [key, record] of this.#records.entries()) {
      if (record.runId === runId) {
        this.#records.remove(key);
      }
    }
  }

  /** True for the administrator's token of this start. */
  isAdministrators(text: string): boolean {
    return this.#records.get(digest(text))?.kind === 'admin';
  }

  check(text: string): TokenCheck {
    const record = this.#records.get(digest(text));
    if (record === undefined) {
      return { refused: 'unknown' };
    }
    if (record.expiresAt !== undefined && record.expiresAt <= this.clock.now()) {
      return { refused: 'expired' };
    }
    return { principal: record.principal };
  }

  #issue(record: TokenRecord): string {
    const text = randomToken();
    this.#records.put(digest(text), record);
    return text;
  }
}

/** `dapi` and 32 hexadecimal digits, the form of a Databricks token. */
function randomToken(): string {
  return `dapi${randomBytes(16).toString('hex')}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
