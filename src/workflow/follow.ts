import type { Clock } from '../clock';
import { TaskError } from '../errors';
import { durationText, HEARTBEAT_MS, pollingDelay } from './polling';

/** What one look at something that runs has shown. */
export interface Sight {
  readonly ended: boolean;
  /** How it stands, for the heartbeat: `RUNNING, 3 of 12 tasks ended`. */
  readonly label: string;
  /** What changed since the look before, for people. */
  readonly lines: readonly string[];
}

/** What following needs from outside. */
export interface FollowOptions<Seen> {
  /** Looks once; throws when it cannot. @param deadlineMs milliseconds that it may take; absent: its own limit */
  readonly read: (deadlineMs?: number) => Promise<Seen>;
  readonly see: (seen: Seen) => Sight;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Milliseconds from now; 0: no limit. */
  readonly limitMs: number;
  /** A line for people, when something changed and as heartbeat. */
  readonly say: (line: string) => void;
}

/** How following ended. */
export type Followed<Seen> =
  | { readonly ended: true; readonly seen: Seen }
  | { readonly ended: false; readonly unread?: TaskError };

/** Longest time of one look, in milliseconds. */
const READ_LIMIT_MS = 300_000;
/** What a look gets also at the limit itself, in milliseconds: the last look decides whether the end came in time. */
const READ_LEAST_MS = 10_000;
/**
 * What runs goes on while nobody can look: so long is asked again before following fails, in milliseconds. A little below the limit of one
 * look, so that a network that is gone and a service that is busy are waited for equally long.
 */
const OUTAGE_MS = 270_000;

/** Codes of a service that says "later": the look has asked again until its own limit. */
const LATER = new Set(['THROTTLED', 'UNAVAILABLE']);
/** Codes of what may be better in a minute, and for which a look does not ask again that long. */
const PASSING = new Set(['SERVER_ERROR', 'CONNECTION_FAILED', 'CONNECTION_LOST', 'ANSWER_INCOMPLETE']);

/**
 * Follows something that runs until it ends or the limit is reached: looks often at first, then at less than one hundredth of the elapsed time, says
 * every change, and at least one line a minute. An outage of a few minutes is waited for, because what runs goes on meanwhile.
 * @throws what `read` throws, and the signal's reason when aborted
 */
export async function follow<Seen>(options: FollowOptions<Seen>): Promise<Followed<Seen>> {
  const { clock, signal, limitMs } = options;
  const start = clock.now();
  let lastLine = start;
  let lastSeen = start;
  let label = 'active';
  const say = (line: string) => {
    lastLine = clock.now();
    options.say(line);
  };
  for (;;) {
    const begun = clock.now();
    const left = limitMs > 0 ? Math.max(READ_LEAST_MS, start + limitMs - begun) : undefined;
    try {
      const seen = await options.read(left === undefined ? undefined : Math.min(left, READ_LIMIT_MS));
      const sight = options.see(seen);
      lastSeen = clock.now();
      label = sight.label;
      for (const line of sight.lines) {
        say(line);
      }
      if (sight.ended) {
        return { ended: true, seen };
      }
    } catch (error) {
      if (!(error instanceof TaskError)) {
        throw error;
      }
      const atLimit = limitMs > 0 && clock.now() - start >= limitMs;
      const askedToLimit = left !== undefined && left < READ_LIMIT_MS && LATER.has(error.code);
      if (askedToLimit || (atLimit && PASSING.has(error.code))) {
        return { ended: false, unread: error };
      }
      if (!PASSING.has(error.code) || clock.now() - lastSeen >= OUTAGE_MS) {
        throw error;
      }
      say(`It cannot be looked at now and is asked again: ${error.message}`);
    }
    const elapsed = clock.now() - start;
    if (limitMs > 0 && elapsed >= limitMs) {
      return { ended: false };
    }
    if (clock.now() - lastLine >= HEARTBEAT_MS) {
      say(`Still ${label} after ${durationText(elapsed)}.`);
    }
    const delay = pollingDelay(elapsed, clock.now() - begun);
    await clock.sleep(limitMs > 0 ? Math.min(delay, limitMs - elapsed) : delay, signal);
  }
}
