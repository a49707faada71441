import type { Clock } from '../clock';
import { lastAttempts, type Run, type RunOutput, type RunTask } from '../databricks/runs';
import { TaskError } from '../errors';
import { RunChanges } from './run-changes';
import { standingOf } from './run-state';

/** What looking at runs below a run needs. */
export interface NestedReads {
  output(taskRunId: string, deadlineMs: number): Promise<RunOutput>;
  /** The first page of a run. */
  run(runId: string, deadlineMs: number): Promise<Run | undefined>;
  readonly clock: Clock;
  readonly say: (line: string) => void;
  /** For what could not be looked at: it is only told of, and read again when all has ended. */
  readonly debug: (line: string) => void;
}

/** Runs that are followed at once, at most. */
const MOST_FOLLOWED = 10;
const MOST_DEPTH = 3;
/** Milliseconds between two looks at one of them. */
const EVERY_MS = 10_000;
/** Milliseconds that looks at all of them may take together at a time: they must not hold up the run that is followed. */
const BUDGET_MS = 2_000;

interface Nested {
  readonly changes: RunChanges;
  readonly path: string;
  readonly depth: number;
  runId: string;
  /** When it may be looked at again. */
  due: number;
  ended: boolean;
}

/**
 * Tells of the runs that tasks of a followed run have started (`run_job_task`), also of those below them: their links, and what changes in
 * them. That the service names the run of a task that is still active is [U]; where it does not, nothing is told until the end.
 */
export class NestedLooks {
  private readonly nested = new Map<string, Nested>();

  constructor(private readonly reads: NestedReads) {}

  /**
   * Looks at what is due below the run, as far as the time goes; what has waited longest comes first. When the run has ended, all of it is.
   * @param deadlineMs milliseconds that it may take, beside its own limit
   * @throws a cancel, and what is no error of the service
   */
  async look(run: Run, deadlineMs = BUDGET_MS): Promise<void> {
    const { clock } = this.reads;
    const end = clock.now() + Math.min(BUDGET_MS, deadlineMs);
    const over = !standingOf(run).active;
    this.note(run.tasks ?? [], '', 0);
    const open = [...this.nested].filter(([, { ended, due }]) => !ended && (over || clock.now() >= due));
    for (const [taskRunId, nested] of open.sort(([, a], [, b]) => a.due - b.due)) {
      if (clock.now() >= end) {
        return;
      }
      nested.due = clock.now() + EVERY_MS;
      // Where one cannot be looked at, the next would hardly fare better: they wait for the next look at the run.
      if (!(await this.lookAt(taskRunId, nested, end))) {
        return;
      }
    }
  }

  private note(tasks: readonly RunTask[], above: string, depth: number): void {
    for (const task of lastAttempts(tasks)) {
      const started = task['run_job_task'] !== undefined && (task.start_time ?? 0) > 0 && standingOf(task).active;
      const followed = [...this.nested.values()].filter(({ ended }) => !ended).length;
      if (started && !this.nested.has(task.run_id) && depth < MOST_DEPTH && followed < MOST_FOLLOWED) {
        const path = `${above}${task.task_key}`;
        const changes = new RunChanges(`${path} › `);
        this.nested.set(task.run_id, { changes, path, depth, runId: '', due: 0, ended: false });
      }
    }
  }

  /** @param end time of the clock by which it must be over */
  private async lookAt(taskRunId: string, nested: Nested, end: number): Promise<boolean> {
    const left = () => end - this.reads.clock.now();
    try {
      if (nested.runId === '') {
        nested.runId = (await this.reads.output(taskRunId, left())).run_job_output?.run_id ?? '';
      }
      if (left() <= 0) {
        return false;
      }
      const run = nested.runId === '' ? undefined : await this.reads.run(nested.runId, left());
      if (run !== undefined) {
        this.tell(run, nested);
      }
      return true;
    } catch (error) {
      if (!(error instanceof TaskError) || error.code === 'CANCELED') {
        throw error;
      }
      this.reads.debug(`The run of task '${nested.path}' cannot be looked at now: ${error.message}`);
      return false;
    }
  }

  private tell(run: Run, nested: Nested): void {
    if (nested.changes.isNew) {
      this.reads.say(`Task ${nested.path} started run ${run.run_id}: ${run.run_page_url ?? ''}`);
    }
    for (const line of nested.changes.lines(run)) {
      this.reads.say(line);
    }
    nested.ended = !standingOf(run).active;
    this.note(run.tasks ?? [], `${nested.path} › `, nested.depth + 1);
  }
}
