import { ExpandError } from '../expand-error';
import { checkShape } from '../grammar/check-shape';
import {
  entryValue,
  kindName,
  type MappingNode,
  mappingOf,
  type Node,
  type ScalarNode,
  type SequenceNode,
  sequence,
} from '../nodes';
import type { Pending, Scope } from '../scope';
import { expandNode, resolve, walkMapping } from '../walk';
import { expandList, type ItemRole } from './expand-list';

/**
 * Expands variables and makes each known to what follows it. The normal form is a list of `name` and `value`, of groups as they are: what a
 * group holds is known only to the run.
 * @throws ExpandError
 */
export function expandVariables(pending: Pending, around: Scope): SequenceNode {
  const { node, scope } = resolve(pending);
  if (node.kind === 'mapping') {
    return fromMapping({ node, scope }, scope ?? around);
  }
  if (node.kind === 'scalar' && node.text === '') {
    return sequence([], node.at);
  }
  return expandList('variables', ROLE, { node, scope }, scope ?? around);
}

const ROLE: ItemRole = {
  open: (scope) => scope,
  value: (_key, value) => expandNode(value),
  close: (item, scope) => {
    checkShape(item, 'variable');
    const name = entryValue(item, 'name');
    if (name?.kind === 'scalar') {
      scope.variables.define(name, asText(name, entryValue(item, 'value')));
    }
    return item;
  },
};

function fromMapping({ node, scope }: Pending<MappingNode>, around: Scope): SequenceNode {
  const items: Node[] = [];
  walkMapping({ node, scope }, ({ key, value }) => {
    const text = asText(key, expandNode(value));
    around.variables.define(key, text);
    items.push(
      mappingOf(
        [
          ['name', key],
          ['value', text],
        ],
        key.at,
      ),
    );
  });
  return sequence(items, node.at);
}

/** A variable is a text; an expression sees it as one, whatever it was written as. */
function asText(name: ScalarNode, value: Node | undefined): ScalarNode {
  if (value === undefined) {
    return { kind: 'scalar', text: '', value: '', style: 'computed', at: name.at };
  }
  if (value.kind !== 'scalar') {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      `The value of variable '${name.text}' is ${kindName(value)}.`,
      value.at,
      'Variables are texts; use convertToJson or join.',
    );
  }
  return { ...value, value: value.text };
}
