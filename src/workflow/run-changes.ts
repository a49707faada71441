import { counted } from '../counted';
import { lastAttempts } from '../databricks/runs';
import { durationText } from './polling';
import { type RunResult, type RunStanding, type Standing, standingOf, wasNotRun } from './run-state';
import { keysBefore, orderText } from './task-graph';

/** A task of a run that is followed. Times are milliseconds since the epoch. */
export interface WaitedTask extends RunStanding {
  readonly task_key?: string;
  readonly attempt_number?: number;
  readonly start_time?: number;
  readonly end_time?: number;
  readonly run_page_url?: string;
  readonly depends_on?: readonly { readonly task_key: string }[];
  readonly for_each_task?: unknown;
}

/** A run of a job as far as waiting needs it; tasks carry their own standing. */
export interface WaitedRun extends RunStanding {
  readonly tasks?: readonly WaitedTask[];
}

/** Lines of one look at a run, at most; the rest is counted. */
const MOST_LINES = 40;

/** What has changed in a run from look to look, in lines for people. */
export class RunChanges {
  private readonly said = new Map<string, string>();
  private history: ReadonlySet<string> = new Set();
  private graphSaid = false;

  /** @param prefix before every line; names the run where several are followed */
  constructor(private readonly prefix = '') {}

  /** True until the first look. */
  get isNew(): boolean {
    return this.said.size === 0;
  }

  /** The lines for what differs from the look before. */
  lines(run: WaitedRun): string[] {
    const changed = [...this.graph(run), ...this.toTell(run).flatMap((task) => this.taskLines(task))];
    const shown = changed.length > MOST_LINES ? [...changed.slice(0, MOST_LINES), this.rest(changed)] : changed;
    return [...shown, ...this.change('Run', standingOf(run))].map((line) => this.prefix + line);
  }

  private rest(changed: readonly string[]): string {
    return `… and ${counted(changed.length - MOST_LINES, 'more change')} of tasks.`;
  }

  /** All attempts but those that others had followed at the first look: they are history, such as what a repair runs again. */
  private toTell({ tasks = [] }: WaitedRun): readonly WaitedTask[] {
    if (this.isNew) {
      const last = new Set(lastAttempts(tasks));
      this.history = new Set(tasks.filter((task) => !last.has(task)).map(subjectOf));
    }
    return tasks.filter((task) => !this.history.has(subjectOf(task)));
  }

  /** The tasks in their order, once, where there is an order. */
  private graph(run: WaitedRun): string[] {
    const tasks = lastAttempts(run.tasks ?? []);
    if (this.graphSaid || !tasks.some((task) => keysBefore(task).length > 0)) {
      return [];
    }
    this.graphSaid = true;
    return [`${counted(tasks.length, 'task')}: ${orderText(tasks)}`];
  }

  private taskLines(task: WaitedTask): string[] {
    const subject = subjectOf(task);
    const standing = standingOf(task);
    return [...this.change(subject, standing, task), ...this.iterations(subject, task)];
  }

  private change(subject: string, now: Standing, task?: WaitedTask): string[] {
    const text = now.active ? now.label : resultText(now.result, task);
    const before = this.said.get(subject);
    this.said.set(subject, text);
    // That a task waits for others is said by the graph.
    if (before === text || (before === undefined && text === 'BLOCKED')) {
      return [];
    }
    const took = now.active ? 0 : Number(task?.end_time ?? 0) - Number(task?.start_time ?? 0);
    const link = text === 'RUNNING' && task?.run_page_url !== undefined ? ` ${task.run_page_url}` : '';
    const message = now.message === '' ? '' : ` (${now.message})`;
    return [`${subject}: ${text}${took > 0 ? ` after ${durationText(took)}` : ''}${message}${link}`];
  }

  /** Iterations of a for-each task: a line for each tenth and for each one that failed. */
  private iterations(subject: string, task: WaitedTask): string[] {
    const counts = iterationCounts(task);
    if (counts === undefined || counts.total === 0) {
      return [];
    }
    const { ended, failed, total } = counts;
    const tenth = Math.floor((10 * ended) / total);
    const key = `${subject} iterations`;
    const state = `${tenth} ${failed}`;
    const before = this.said.get(key);
    this.said.set(key, state);
    if (before === state || ended === 0) {
      return [];
    }
    return [`${subject}: ${ended} of ${counted(total, 'iteration')} ended${failed === 0 ? '' : `, ${failed} failed`}`];
  }
}

function subjectOf({ task_key = '', attempt_number = 0 }: WaitedTask): string {
  return `Task ${task_key}${attempt_number > 0 ? `, attempt ${attempt_number + 1}` : ''}`;
}

function resultText(result: RunResult, task: WaitedTask | undefined): string {
  return task !== undefined && wasNotRun(result) ? `not run (${result})` : result;
}

/** How many tasks of a run have ended, of those that are known. */
export function taskCounts(run: WaitedRun): { ended: number; total: number } {
  const tasks = lastAttempts(run.tasks ?? []);
  return { ended: tasks.filter((task) => !standingOf(task).active).length, total: tasks.length };
}

/** What a for-each task says about its iterations while it runs (`for_each_task.stats.task_run_stats`). */
function iterationCounts({ for_each_task }: WaitedTask): { ended: number; failed: number; total: number } | undefined {
  const stats = member(member(for_each_task, 'stats'), 'task_run_stats');
  if (stats === undefined) {
    return undefined;
  }
  const count = (name: string) => Number(member(stats, name) ?? 0);
  return { ended: count('completed_iterations'), failed: count('failed_iterations'), total: count('total_iterations') };
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
