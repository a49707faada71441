import type { Clock } from '../clock';
import { TaskError } from '../errors';
import { durationText, HEARTBEAT_MS, pollingDelay } from './polling';
import { type RunStanding, type Standing, standingOf } from './run-state';

/** A run of a job as far as waiting needs it; tasks carry their own standing. */
export interface WaitedRun extends RunStanding {
  readonly tasks?: readonly (RunStanding & { readonly task_key?: string; readonly attempt_number?: number })[];
}

/** What waiting needs from outside. */
export interface WaitOptions<Run extends WaitedRun> {
  /** Reads the run; throws when it cannot. @param deadlineMs milliseconds that it may take; absent: its own limit */
  readonly read: (deadlineMs?: number) => Promise<Run>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Milliseconds from now; 0: no limit. */
  readonly limitMs: number;
  /** A line for people, when something changed and as heartbeat. */
  readonly say: (line: string) => void;
  /** Ended and known tasks, for the progress bar. */
  readonly onProgress: (ended: number, total: number) => void;
}

/** How waiting ended. */
export type Waited<Run> =
  | { readonly ended: true; readonly run: Run; readonly standing: Extract<Standing, { active: false }> }
  | { readonly ended: false; readonly unread?: TaskError };

/** Longest time of one read, in milliseconds. */
const READ_LIMIT_MS = 300_000;
/** What a read gets also at the limit itself, in milliseconds: the last look decides whether the run ended in time. */
const READ_LEAST_MS = 10_000;

/** Codes of a service that says "later": it is asked again as long as there is time, so the limit is what ended the asking. */
const LATER = new Set(['THROTTLED', 'UNAVAILABLE']);

/**
 * Follows a run until it ends or the limit is reached. Says every change of the run and of its tasks, and at least one line a minute.
 * @throws what `read` throws, and the signal's reason when aborted
 */
export async function waitForRun<Run extends WaitedRun>(options: WaitOptions<Run>): Promise<Waited<Run>> {
  const { clock, signal } = options;
  const start = clock.now();
  const said = new Map<string, string>();
  let lastLine = start;
  const say = (line: string) => {
    lastLine = clock.now();
    options.say(line);
  };
  for (;;) {
    const left = options.limitMs > 0 ? Math.max(READ_LEAST_MS, start + options.limitMs - clock.now()) : undefined;
    let run: Run;
    try {
      run = await options.read(left === undefined ? undefined : Math.min(left, READ_LIMIT_MS));
    } catch (error) {
      if (left !== undefined && left < READ_LIMIT_MS && error instanceof TaskError && LATER.has(error.code)) {
        return { ended: false, unread: error };
      }
      throw error;
    }
    const standing = standingOf(run);
    for (const line of changes(run, standing, said)) {
      say(line);
    }
    options.onProgress(...taskCounts(run));
    if (!standing.active) {
      return { ended: true, run, standing };
    }
    const elapsed = clock.now() - start;
    if (options.limitMs > 0 && elapsed >= options.limitMs) {
      return { ended: false };
    }
    if (clock.now() - lastLine >= HEARTBEAT_MS) {
      say(`Still ${standing.label} after ${durationText(elapsed)}.`);
    }
    const delay = pollingDelay(elapsed);
    await clock.sleep(options.limitMs > 0 ? Math.min(delay, options.limitMs - elapsed) : delay, signal);
  }
}

function changes(run: WaitedRun, standing: Standing, said: Map<string, string>): string[] {
  const lines: string[] = [];
  const note = (subject: string, now: Standing) => {
    const text = now.active ? now.label : now.result;
    if (said.get(subject) !== text) {
      said.set(subject, text);
      lines.push(`${subject}: ${text}${now.message === '' ? '' : ` (${now.message})`}`);
    }
  };
  for (const task of run.tasks ?? []) {
    const attempt = (task.attempt_number ?? 0) > 0 ? `, attempt ${(task.attempt_number ?? 0) + 1}` : '';
    note(`Task ${task.task_key ?? ''}${attempt}`, standingOf(task));
  }
  note('Run', standing);
  return lines;
}

function taskCounts(run: WaitedRun): [ended: number, total: number] {
  const tasks = run.tasks ?? [];
  return [tasks.filter((task) => !standingOf(task).active).length, tasks.length];
}
