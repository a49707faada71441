import { counted } from '../counted';
import type { RunTree } from './run-tree';

const NAMED = 3;

/** What was said for us and cannot be used is a mistake in the job's code: the models that it meant are not found by it. */
export function warnOfUnreadableResults(
  { tasks }: RunTree,
  log: { warning(text: string, code: string): void; info(text: string): void },
): void {
  const unreadable = tasks.filter(({ output }) => output?.unreadableResult !== undefined);
  for (const { path, output } of unreadable.slice(0, NAMED)) {
    const place =
      output?.notebookResult === undefined ? "The last line that begins with 'mlops-result:'" : 'The exit value';
    log.warning(
      `${place} of task '${path}' cannot be read: ${output?.unreadableResult}. ` +
        'Name mlflow_run_id, or model_name with the number model_version, or all three, in a JSON object on one line.',
      'RESULT_LINE_UNREADABLE',
    );
  }
  if (unreadable.length > NAMED) {
    log.info(`So it is with ${counted(unreadable.length - NAMED, 'more task')}.`);
  }
}
