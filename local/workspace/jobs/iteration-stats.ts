import { awaitsRetry } from './run-machine';
import { latest, type Run, type TaskRun } from './types';

const MOST_MESSAGES = 10;

/** `for_each_task.stats`: how far the iterations are, and the messages of those that failed, the most frequent first. */
export function iterationStats(run: Run): Record<string, unknown> {
  const ended = run.tasks.filter((task) => latest(task).phase === 'ENDED' && !awaitsRetry(run, task));
  const succeeded = ended.filter((task) => latest(task).outcome === 'SUCCESS');
  const waiting = run.tasks.filter((task) => latest(task).phase === 'BLOCKED');
  return {
    task_run_stats: {
      total_iterations: run.tasks.length,
      scheduled_iterations: run.tasks.length - waiting.length,
      active_iterations: run.tasks.length - waiting.length - ended.length,
      completed_iterations: ended.length,
      succeeded_iterations: succeeded.length,
      failed_iterations: ended.length - succeeded.length,
    },
    error_message_stats: messages(ended.filter((task) => latest(task).outcome !== 'SUCCESS')),
  };
}

function messages(failed: readonly TaskRun[]): readonly Record<string, unknown>[] {
  const counts = new Map<string, number>();
  for (const task of failed) {
    const message = latest(task).message ?? '';
    counts.set(message, (counts.get(message) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_MESSAGES)
    .map(([message, count]) => ({ error_message: message, count }));
}
