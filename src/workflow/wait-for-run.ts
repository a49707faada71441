import type { TaskError } from '../errors';
import { type FollowOptions, follow } from './follow';
import { RunChanges, taskCounts, type WaitedRun } from './run-changes';
import { type Standing, standingOf } from './run-state';

/** What waiting needs from outside. */
export interface WaitOptions<Run extends WaitedRun> extends Omit<FollowOptions<Run>, 'see'> {
  /** Ended and known tasks, for the progress bar. */
  readonly onProgress: (ended: number, total: number) => void;
}

/** How waiting ended. */
export type Waited<Run> =
  | { readonly ended: true; readonly run: Run; readonly standing: Extract<Standing, { active: false }> }
  | { readonly ended: false; readonly unread?: TaskError };

/**
 * Follows a run until it ends or the limit is reached. Says every change of the run and of its tasks, and at least one line a minute.
 * @throws what `read` throws, and the signal's reason when aborted
 */
export async function waitForRun<Run extends WaitedRun>(options: WaitOptions<Run>): Promise<Waited<Run>> {
  const changes = new RunChanges();
  const followed = await follow({
    ...options,
    see: (run: Run) => {
      const standing = standingOf(run);
      const { ended, total } = taskCounts(run);
      options.onProgress(ended, total);
      const tasks = total > 1 ? `, ${ended} of ${total} tasks ended` : '';
      return {
        ended: !standing.active,
        label: `${standing.active ? standing.label : standing.result}${tasks}`,
        lines: changes.lines(run),
      };
    },
  });
  if (!followed.ended) {
    return followed;
  }
  const standing = standingOf(followed.seen);
  if (standing.active) {
    throw new Error('a run that has ended is active');
  }
  return { ended: true, run: followed.seen, standing };
}
