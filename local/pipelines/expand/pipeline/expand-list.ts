import { ExpandError } from '../expand-error';
import { expandScalar } from '../interpolate';
import {
  kindName,
  type MappingEntry,
  type MappingNode,
  mapping,
  type Node,
  type ScalarNode,
  type SequenceNode,
  sequence,
} from '../nodes';
import type { ListRole, Pending, Scope } from '../scope';
import { bindArguments } from '../templates/parameters';
import { resolve, walkMapping, walkSequence } from '../walk';

/** What the items of a list are: how their entries are expanded, and what they are when whole. */
export interface ItemRole {
  /** The scope of one item: a stage or job has variables of its own. */
  open(scope: Scope): Scope;
  value(key: ScalarNode, value: Pending, scope: Scope): Node;
  /** Checks an item and brings it into its normal form. */
  close(item: MappingNode, scope: Scope): Node;
}

/**
 * Expands the items of a list in order; a reference to a template is replaced by the items of the template's list.
 * @param around scope of the list, for items that come from expressions and have none of their own
 * @throws ExpandError
 */
export function expandList(name: ListRole, role: ItemRole, pending: Pending, around: Scope): SequenceNode {
  const { node, scope } = resolve(pending);
  if (node.kind !== 'sequence') {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      `${name} is ${describe(node)}.`,
      node.at,
      `Write a list of ${name}, each with a dash before it.`,
    );
  }
  const items: Node[] = [];
  walkSequence({ node, scope }, (item) => items.push(...expandItem(name, role, item, item.scope ?? around)));
  return sequence(items, node.at);
}

function expandItem(name: ListRole, role: ItemRole, item: Pending, around: Scope): readonly Node[] {
  const { node, scope } = item;
  if (node.kind !== 'mapping') {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      `An item of ${name} is ${describe(node)}.`,
      node.at,
      `Write a mapping, such as '- ${example(name)}'.`,
    );
  }
  const inner = role.open(around);
  const entries: MappingEntry[] = [];
  let template: ScalarNode | undefined;
  let given: Pending | undefined;
  walkMapping({ node, scope: scope === undefined ? undefined : inner }, ({ key, value }) => {
    if (key.text === 'template') {
      template = referenceOf(key, value);
    } else if (key.text === 'parameters') {
      given = value;
      entries.push({ key, value: value.node });
    } else {
      entries.push({ key, value: role.value(key, value, inner) });
    }
  });
  if (template === undefined) {
    return [role.close(mapping(entries, node.at), inner)];
  }
  const other = entries.find(({ key }) => key.text !== 'parameters');
  if (other !== undefined) {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      `'${other.key.text}' stands beside a template reference.`,
      other.key.at,
      'Only parameters stand beside template; give the template a parameter for the rest.',
    );
  }
  return includeList(name, role, template, given, around);
}

/** The text of a reference, with its expressions evaluated. */
export function referenceOf(key: ScalarNode, { node, scope }: Pending): ScalarNode {
  const value = node.kind === 'scalar' && scope !== undefined ? expandScalar(node, scope) : node;
  if (value.kind !== 'scalar') {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      `template is ${describe(value)}.`,
      key.at,
      'Write the path of a file, and @alias for another repository.',
    );
  }
  return value;
}

function includeList(
  name: ListRole,
  role: ItemRole,
  reference: ScalarNode,
  given: Pending | undefined,
  around: Scope,
): readonly Node[] {
  const { root, scope } = openTemplate(reference, given, around);
  const items: Node[] = [];
  walkMapping({ node: root, scope }, ({ key, value }) => {
    if (key.text === name) {
      items.push(...expandTemplateList(name, role, value, scope));
    } else if (key.text !== 'parameters') {
      throw new ExpandError(
        'PIPELINE_SHAPE',
        `'${key.text}' does not belong into a template of ${name}.`,
        key.at,
        `A template that is included under ${name} holds parameters and ${name}.`,
      );
    }
  });
  return items;
}

/** Variables of a template may be a mapping, as anywhere. */
function expandTemplateList(name: ListRole, role: ItemRole, value: Pending, scope: Scope): readonly Node[] {
  return name === 'variables'
    ? scope.expansion.expandList(name, value, scope).items
    : expandList(name, role, value, scope).items;
}

/** A template with its parameters bound. It shares the variables of the place that includes it, and none of its loops and parameters. */
export function openTemplate(
  reference: ScalarNode,
  given: Pending | undefined,
  around: Scope,
): { readonly root: MappingNode; readonly scope: Scope } {
  const { expansion, variables } = around;
  const root = expansion.loader.loadTemplate(reference, reference.at.frame);
  const bare: Scope = {
    expansion,
    frame: root.at.frame,
    parameters: mapping([], root.at, 'declared'),
    variables,
    locals: new Map(),
  };
  return { root, scope: { ...bare, parameters: bindArguments(root, given, reference, bare) } };
}

function describe(node: Node): string {
  return node.kind === 'scalar'
    ? node.text === ''
      ? 'empty'
      : `the text '${node.text.slice(0, 60)}'`
    : kindName(node);
}

function example(name: ListRole): string {
  return { stages: 'stage: build', jobs: 'job: build', steps: 'script: make', variables: 'name: a' }[name];
}
