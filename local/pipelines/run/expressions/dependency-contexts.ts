import { type MappingNode, textScalar } from '../../expand/nodes';
import type { Place } from '../../expand/place';
import type { PhaseOutcome, StageOutcome } from '../outcomes';
import { resultText } from '../results';
import { contextOf, contextOfNodes } from './context-nodes';

/** `dependencies` in a job: the jobs of the same stage that its `dependsOn` names. */
export function phasesContext(phases: readonly PhaseOutcome[], at: Place): MappingNode {
  return contextOfNodes(
    phases.map((phase) => [phase.name, ended(phase.result, outputsOf(phase), at)] as const),
    at,
  );
}

/** `dependencies` in a stage: the stages that its `dependsOn` names; their outputs begin with the job. */
export function stagesContext(stages: readonly StageOutcome[], at: Place): MappingNode {
  return contextOfNodes(
    stages.map(({ name, result, phases }) => {
      const outputs = phases.flatMap((phase) =>
        outputsOf(phase).map(([key, value]) => [`${phase.name}.${key}`, value] as const),
      );
      return [name, ended(result, outputs, at)] as const;
    }),
    at,
  );
}

/** `stageDependencies`: the stages that the stage's `dependsOn` names, job by job. */
export function stageDependenciesContext(stages: readonly StageOutcome[], at: Place): MappingNode {
  return contextOfNodes(
    stages.map(({ name, phases }) => [name, phasesContext(phases, at)] as const),
    at,
  );
}

function outputsOf({ outputs }: PhaseOutcome): readonly (readonly [name: string, value: string])[] {
  return [...outputs].map(([name, { value }]) => [name, value] as const);
}

function ended(
  result: PhaseOutcome['result'],
  outputs: readonly (readonly [string, string])[],
  at: Place,
): MappingNode {
  return contextOfNodes(
    [
      ['result', textScalar(resultText(result), at, 'computed')],
      ['outputs', contextOf(outputs, at)],
    ],
    at,
  );
}
