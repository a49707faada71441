import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../../src/clock';

const HOURS = 12;

/** Who may see the pages: links that work once, then sessions of twelve hours. Kept in memory as digests. */
export class Sessions {
  readonly #links = new Set<string>();
  readonly #ends = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  newLink(): string {
    const key = randomText();
    this.#links.add(digest(key));
    return key;
  }

  /** The session that a link opens; `undefined` when it was used or never given. */
  redeem(key: string): string | undefined {
    if (!this.#links.delete(digest(key))) {
      return undefined;
    }
    const session = randomText();
    this.#ends.set(digest(session), this.clock.now() + HOURS * 3_600_000);
    return session;
  }

  isOpen(session: string): boolean {
    return (this.#ends.get(digest(session)) ?? 0) > this.clock.now();
  }
}

function randomText(): string {
  return randomBytes(24).toString('base64url');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
