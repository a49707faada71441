/** Results as the agent names them, in the order of its enumeration. */
export const TASK_RESULTS = ['Succeeded', 'SucceededWithIssues', 'Failed', 'Canceled', 'Skipped', 'Abandoned'] as const;
export type TaskResult = (typeof TASK_RESULTS)[number];

/**
 * One result from two: the later in the enumeration wins, but what is worse than Failed stays as it is.
 * Source: azure-pipelines-agent, TaskResultUtil.MergeTaskResults.
 */
export function mergeResults(current: TaskResult | undefined, coming: TaskResult): TaskResult {
  if (current === undefined) {
    return coming;
  }
  const rank = (result: TaskResult) => TASK_RESULTS.indexOf(result);
  return rank(current) > rank('Failed') || rank(current) > rank(coming) ? current : coming;
}

/**
 * The result that a `task.complete` names: by name, upper and lower case as in the enumeration, or by number; `undefined` for anything else.
 */
export function readResult(text: string): TaskResult | undefined {
  const word = text.trim();
  return TASK_RESULTS.find((result, index) => result === word || String(index) === word);
}
