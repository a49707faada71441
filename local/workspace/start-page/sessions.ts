import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../../src/clock';

const HOURS = 12;

/**
 * Who may see the pages: links, then sessions of twelve hours. Kept in memory as digests. A link opens again and again on this machine, where
 * the token that was printed with it works too; anywhere else it opens once.
 */
export class Sessions {
  readonly #links = new Map<string, { usedElsewhere: boolean }>();
  readonly #ends = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  newLink(): string {
    const key = randomText();
    this.#links.set(digest(key), { usedElsewhere: false });
    return key;
  }

  /** The session that a link opens; `undefined` when it was never given, or was used from elsewhere already. */
  redeem(key: string, from: 'this machine' | 'elsewhere'): string | undefined {
    const link = this.#links.get(digest(key));
    if (link === undefined || (from === 'elsewhere' && link.usedElsewhere)) {
      return undefined;
    }
    link.usedElsewhere ||= from === 'elsewhere';
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
