import { latest, type Run, type RunOutcome, type TaskRun } from './types';

/**
 * How a run ends whose tasks have all ended. The leaf tasks decide (Jobs documentation, "Job run status"): all of them fine is
 * SUCCESS, or SUCCESS_WITH_FAILURES when a task before them failed. That a leaf's own time-out makes the run TIMEDOUT is [U].
 */
export function runResult(run: Run): { readonly outcome: RunOutcome; readonly message: string } {
  if (run.stop !== undefined && !run.tasks.some((task) => latest(task).outcome === 'INTERNAL_ERROR')) {
    return { outcome: run.stop, message: run.stop === 'CANCELED' ? 'Run cancelled.' : 'Run timed out.' };
  }
  const leaves = run.tasks.filter((task) => !isDependency(run, task));
  const leafOutcomes = new Set(leaves.map((task) => latest(task).outcome));
  const culprit = run.tasks.find(failedItself);
  if (run.tasks.some((task) => latest(task).outcome === 'INTERNAL_ERROR')) {
    return { outcome: 'INTERNAL_ERROR', message: failureMessage(culprit) };
  }
  if (leafOutcomes.has('FAILED') || leafOutcomes.has('UPSTREAM_FAILED')) {
    return { outcome: 'FAILED', message: failureMessage(culprit) };
  }
  if (leafOutcomes.has('TIMEDOUT')) {
    return { outcome: 'TIMEDOUT', message: failureMessage(culprit) };
  }
  if (leafOutcomes.has('CANCELED') || leafOutcomes.has('UPSTREAM_CANCELED')) {
    return { outcome: 'CANCELED', message: 'Run cancelled.' };
  }
  return culprit === undefined
    ? { outcome: 'SUCCESS', message: '' }
    : { outcome: 'SUCCESS_WITH_FAILURES', message: failureMessage(culprit) };
}

function isDependency(run: Run, task: TaskRun): boolean {
  return run.tasks.some((other) =>
    (other.spec.depends_on ?? []).some(({ task_key: key }) => key === task.spec.task_key),
  );
}

function failedItself(task: TaskRun): boolean {
  const { outcome } = latest(task);
  return outcome === 'FAILED' || outcome === 'TIMEDOUT' || outcome === 'INTERNAL_ERROR';
}

/** The run-level text as the service was seen to write it: the task's message with one full stop at its end. */
function failureMessage(culprit: TaskRun | undefined): string {
  if (culprit === undefined) {
    return 'An upstream task failed.';
  }
  const message = (latest(culprit).message ?? '').replace(/\.$/, '');
  return `Task ${culprit.spec.task_key} failed with message: ${message}.`;
}
