import { ExpandError } from '../expand/expand-error';
import { variablesOf } from '../plan/variables-of';
import { checkSkipped } from './check-skipped';
import type { RunRequest } from './run-request';

/**
 * Refuses what cannot be run before anything runs: a deselected stage that is not there or cannot be skipped, a variable group that is not there.
 * @throws ExpandError PIPELINE_RUN
 */
export function checkRequest(request: RunRequest): void {
  const { plan, skipped } = request;
  checkSkipped(plan, skipped);
  for (const variable of variablesOf(plan)) {
    if ('group' in variable && request.variableGroup(variable.group) === undefined) {
      throw new ExpandError(
        'PIPELINE_RUN',
        `There is no variable group '${variable.group}' here.`,
        variable.at,
        'Describe it where the groups of this machine are described, or correct its name.',
      );
    }
  }
}
