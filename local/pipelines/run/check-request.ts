import { ExpandError } from '../expand/expand-error';
import type { VariablePlan } from '../plan/pipeline-plan';
import type { RunRequest } from './run-request';

/**
 * Refuses what cannot be run before anything runs: a deselected stage that is not there or cannot be skipped, a variable group that is not there.
 * @throws ExpandError PIPELINE_RUN
 */
export function checkRequest(request: RunRequest): void {
  const { plan, skipped } = request;
  for (const name of skipped) {
    const stage = plan.stages.find((candidate) => candidate.name.toUpperCase() === name.toUpperCase());
    if (stage === undefined) {
      throw new ExpandError(
        'PIPELINE_RUN',
        `There is no stage '${name}' to skip.`,
        undefined,
        `There are: ${plan.stages.map((each) => each.name).join(', ')}.`,
      );
    }
    if (!stage.isSkippable) {
      throw new ExpandError(
        'PIPELINE_RUN',
        `Stage '${stage.name}' cannot be skipped.`,
        stage.at,
        'Run it, or do not start what depends on it.',
      );
    }
  }
  const scopes: readonly (readonly VariablePlan[])[] = [
    plan.variables,
    ...plan.stages.flatMap((stage) => [stage.variables, ...stage.jobs.map(({ variables }) => variables)]),
  ];
  for (const variable of scopes.flat()) {
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
