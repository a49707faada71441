import { ExpandError } from '../expand/expand-error';
import { entryValue, type MappingNode } from '../expand/nodes';
import { mappingsUnder } from '../expand/pipeline/mappings-under';
import type { StepPlan, StepTargetPlan } from './pipeline-plan';
import { countOf, flagOf, mappingAt, scalarOf, textMap, textOf, textsOf, wordOf } from './read-node';

/** Steps of a job or hook, with the defaults of the service. @throws ExpandError PIPELINE_SHAPE */
export function planSteps(owner: MappingNode): readonly StepPlan[] {
  const steps = mappingsUnder(owner, 'steps');
  checkNames(steps);
  return steps.map(planStep);
}

function planStep(step: MappingNode): StepPlan {
  const task = scalarOf(step, 'task');
  if (task === undefined) {
    throw new ExpandError('PIPELINE_SHAPE', 'A step names no task.', step.at, "Add 'task: Name@1'.");
  }
  const target = planTarget(step);
  return {
    ...(target === undefined ? {} : { target }),
    task: task.text.trim(),
    name: textOf(step, 'name'),
    displayName: textOf(step, 'displayName'),
    condition: textOf(step, 'condition'),
    continueOnError: flagOf(step, 'continueOnError', 'false'),
    enabled: flagOf(step, 'enabled', 'true'),
    timeoutInMinutes: countOf(step, 'timeoutInMinutes', '0'),
    retryCountOnTaskFailure: countOf(step, 'retryCountOnTaskFailure', '0'),
    inputs: textMap(step, 'inputs'),
    env: textMap(step, 'env'),
    at: step.at,
  };
}

/** A text names a container, `host` none; `settableVariables: none` allows no name. Source: the page on the key `target` of steps. */
function planTarget(step: MappingNode): StepTargetPlan | undefined {
  const value = entryValue(step, 'target');
  if (value === undefined) {
    return undefined;
  }
  const keys = value.kind === 'scalar' ? undefined : mappingAt(step, 'target');
  const container = keys === undefined ? textOf(step, 'target') : textOf(keys, 'container');
  const settable = keys === undefined ? undefined : textsOf(keys, 'settableVariables')?.map(({ text }) => text.trim());
  return {
    container: container === undefined || container.trim().toLowerCase() === 'host' ? undefined : container.trim(),
    restrictedCommands: keys !== undefined && wordOf(keys, 'commands', ['any', 'restricted']) === 'restricted',
    settableVariables: settable?.length === 1 && settable[0]?.toLowerCase() === 'none' ? [] : settable,
  };
}

/** Outputs of two steps of one name could not be told apart. */
function checkNames(steps: readonly MappingNode[]): void {
  const known = new Set<string>();
  for (const step of steps) {
    const name = scalarOf(step, 'name');
    if (name === undefined) {
      continue;
    }
    if (known.has(name.text.toUpperCase())) {
      throw new ExpandError(
        'PIPELINE_SHAPE',
        `There are two steps named '${name.text}' in one job.`,
        name.at,
        'Give each a name of its own.',
      );
    }
    known.add(name.text.toUpperCase());
  }
}
