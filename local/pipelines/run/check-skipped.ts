import { ExpandError } from '../expand/expand-error';
import type { PipelinePlan } from '../plan/pipeline-plan';

/**
 * Refuses to deselect a stage that is not there, or that cannot be skipped.
 * @throws ExpandError PIPELINE_RUN
 */
export function checkSkipped({ stages }: Pick<PipelinePlan, 'stages'>, skipped: Iterable<string>): void {
  for (const name of skipped) {
    const stage = stages.find((candidate) => candidate.name.toUpperCase() === name.toUpperCase());
    if (stage === undefined) {
      throw new ExpandError(
        'PIPELINE_RUN',
        `There is no stage '${name}' to skip.`,
        undefined,
        `There are: ${stages.map((each) => each.name).join(', ')}.`,
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
}
