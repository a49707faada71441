import type { MappingNode } from '../expand/nodes';
import { mappingsUnder } from '../expand/pipeline/mappings-under';
import type { VariablePlan } from './pipeline-plan';
import { flagOf, textOf } from './read-node';

/** Variables and groups in the order in which they stand. */
export function planVariables(owner: MappingNode): readonly VariablePlan[] {
  return mappingsUnder(owner, 'variables').map((variable): VariablePlan => {
    const group = textOf(variable, 'group');
    return group === undefined
      ? {
          name: textOf(variable, 'name') ?? '',
          value: textOf(variable, 'value') ?? '',
          readOnly: flagOf(variable, 'readonly', 'false').toLowerCase() === 'true',
          at: variable.at,
        }
      : { group, at: variable.at };
  });
}
