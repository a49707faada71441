import { TaskError } from '../errors';
import { type RunStanding, standingOf } from './run-state';

/** What an attempt under a key needs of a run. */
export interface StartedRun extends RunStanding {
  /** Milliseconds since the epoch, by the service's clock; 0 or absent when unknown. */
  readonly start_time?: number | string;
}

/** The latest runs that are there before anything is started. */
export interface RecentRuns {
  readonly ids: ReadonlySet<string>;
  /** Latest start among them, in milliseconds since the epoch by the service's clock; 0 when there is none. */
  readonly latestStart: number;
}

/** Calls that starting needs. */
export interface StartCalls<Run extends StartedRun> {
  /** Starts a run under an idempotency token, or gives the run that the token already has. Safe to repeat. */
  start(token: string): Promise<string>;
  read(runId: string): Promise<Run>;
  recent(): Promise<RecentRuns>;
}

/** What a repeated step does with what it finds under its key. */
export type Reuse = 'active' | 'succeeded' | 'never';

/** The run to follow. */
export interface StartOutcome<Run> {
  readonly runId: string;
  readonly run: Run;
  /** Number under the key, from 1. */
  readonly attempt: number;
  readonly origin: 'started' | 'attached' | 'reused';
}

const MOST_ATTEMPTS = 1_000;

/**
 * Starts a run exactly once under a key (contract 0.6). The tokens `<key>-1`, `<key>-2` … are tried in order: a run that is active is
 * attached to, one that succeeded is reused when `reuse` says so, one that ended otherwise moves the counter on. A lost response is
 * repeated with the same token and so cannot start a second run.
 *
 * The Jobs API gives the run of a token without saying whether it is new. A run is taken for an earlier one only on proof: it was in the
 * list of runs before the call, or it started before one of those did. Both are words of the service; the agent's clock, which may be wrong
 * by hours, proves nothing. Otherwise the run is ours, even if it has already ended.
 * @throws TaskError ATTEMPTS_EXHAUSTED
 */
export async function startUnderKey<Run extends StartedRun>(
  calls: StartCalls<Run>,
  tokenOf: (n: number) => string,
  reuse: Reuse,
): Promise<StartOutcome<Run>> {
  const earlier = await calls.recent();
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const runId = await calls.start(tokenOf(attempt));
    const run = await calls.read(runId);
    const standing = standingOf(run);
    if (!isEarlier(run, runId, earlier)) {
      return { runId, run, attempt, origin: 'started' };
    }
    if (standing.active) {
      return { runId, run, attempt, origin: 'attached' };
    }
    if (reuse === 'succeeded' && standing.result === 'SUCCESS') {
      return { runId, run, attempt, origin: 'reused' };
    }
  }
  throw new TaskError(
    'ATTEMPTS_EXHAUSTED',
    `This step has had ${MOST_ATTEMPTS} runs under its key, and every one has ended.`,
    {
      todo: "Set another 'idempotencyKey'.",
    },
  );
}

function isEarlier(run: StartedRun, runId: string, { ids, latestStart }: RecentRuns): boolean {
  const start = Number(run.start_time ?? 0);
  return ids.has(runId) || (start > 0 && start < latestStart);
}
