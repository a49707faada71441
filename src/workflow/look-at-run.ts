import type { Clock } from '../clock';
import type { Run } from '../databricks/runs';
import { standingOf } from './run-state';

/** Two ways to read a run. @param deadlineMs milliseconds that it may take */
export interface RunReads {
  /** All pages. */
  whole(deadlineMs?: number): Promise<Run>;
  /** How the run stands, and its first tasks. */
  firstPage(deadlineMs?: number): Promise<Run>;
}

/** Tasks on the first page of a run (Jobs API 2.2). */
const FIRST_PAGE = 100;
/** Milliseconds between looks at all pages, at least, while the run goes on. */
const WHOLE_EVERY_MS = 10_000;

/**
 * Looks at a run again and again. Where it has more tasks than fit on a page, most looks are at the first page alone, which says whether the run has
 * ended: a thousand tasks are ten requests a look. The tasks of the other pages are then as they were at the last whole look. That a run has
 * ended is believed only from a whole look.
 */
export function lookAtRun(reads: RunReads, clock: Clock): (deadlineMs?: number) => Promise<Run> {
  let last: Run | undefined;
  let wholeAt = 0;
  const lookAtAll = async (deadlineMs?: number): Promise<Run> => {
    last = await reads.whole(deadlineMs);
    wholeAt = clock.now();
    return last;
  };
  return async (deadlineMs) => {
    const isLong = (last?.tasks?.length ?? 0) > FIRST_PAGE;
    if (last === undefined || !isLong || clock.now() - wholeAt >= WHOLE_EVERY_MS) {
      return lookAtAll(deadlineMs);
    }
    const page = await reads.firstPage(deadlineMs);
    if (!standingOf(page).active) {
      return lookAtAll(deadlineMs);
    }
    last = withTasks(page, last);
    return last;
  };
}

/** The page with the other tasks of the whole. */
function withTasks(page: Run, whole: Run): Run {
  const fresh = new Map((page.tasks ?? []).map((task) => [task.run_id, task]));
  const tasks = (whole.tasks ?? []).map((task) => {
    const newer = fresh.get(task.run_id) ?? task;
    fresh.delete(task.run_id);
    return newer;
  });
  return { ...page, tasks: [...tasks, ...fresh.values()] };
}
