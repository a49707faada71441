import type { Clock } from '../clock';
import { ApiError, type CallPlace } from './errors';
import { FAULT_ATTEMPTS, isThrottled } from './retry';

/** Milliseconds that a request waits in silence: one short wait after an answer that broke off is routine on a long connection. */
const SILENT_MS = 2_000;
/** Milliseconds for which a sentence is not said again, whichever request meets the same. */
const SAME_MS = 60_000;

/**
 * Tells a person who waits what is sent again, and why: a line for each request at most, and the same one not twice a minute, however
 * many requests wait for the same server.
 */
export class RetryNotices {
  private readonly lastSaid = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly say: (line: string) => void,
  ) {}

  /** The notice of one request: it is told of every wait before the wait, with the time that is left for all attempts, and speaks once. */
  of(place: CallPlace): (error: unknown, waitMs: number, leftMs: number) => void {
    let waited = 0;
    let spoke = false;
    return (error, waitMs, leftMs) => {
      waited += waitMs;
      // Who is not reached at all by the first attempt is seldom there for the second: nobody should wait for that in silence.
      if (spoke || (waited < SILENT_MS && !isUnreached(error))) {
        return;
      }
      spoke = true;
      this.announce(place, error, waitMs, leftMs);
    };
  }

  private announce(place: CallPlace, error: unknown, waitMs: number, leftMs: number): void {
    const reason = reasonOf(error);
    const key = `${place.origin} ${reason}`;
    const now = this.clock.now();
    if (now - (this.lastSaid.get(key) ?? Number.NEGATIVE_INFINITY) < SAME_MS) {
      return;
    }
    this.lastSaid.set(key, now);
    const limit = isThrottled(error)
      ? `for ${Math.ceil(leftMs / 1000)} s at most`
      : `at most ${FAULT_ATTEMPTS - 1} times`;
    this.say(
      `${place.method} ${place.origin}${place.path}: ${reason} It is tried again in ${(waitMs / 1000).toFixed(1)} s, ${limit}.`,
    );
  }
}

function isUnreached(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'CONNECTION_FAILED';
}

/** Why an attempt failed; of an error answer only its status, because its words can be a page long. */
function reasonOf(error: unknown): string {
  if (error instanceof ApiError) {
    return `The answer was status ${error.status}${error.errorCode === '' || error.errorCode === String(error.status) ? '' : ` (${error.errorCode})`}.`;
  }
  return error instanceof Error ? error.message : String(error);
}
