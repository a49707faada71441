import { checkLoopVariable, type Directive, directiveOf, malformed } from './directives';
import { ExpandError } from './expand-error';
import { described, toBoolean } from './expressions/casts';
import { evaluateInTemplate } from './expressions/in-template';
import { expandKey, expandScalar } from './interpolate';
import {
  isNode,
  kindName,
  type MappingEntry,
  type MappingNode,
  mapping,
  mappingOf,
  type Node,
  nodeValue,
  type ScalarNode,
  type SequenceNode,
  sequence,
} from './nodes';
import { type Pending, type Scope, withLocal } from './scope';

/** An entry after its directives: the key is final, the value is not. */
export interface WalkedEntry {
  readonly key: ScalarNode;
  readonly value: Pending;
}

/** Where a chain of if, elseif and else stands. Ordinary siblings do not end it, loops and insertions do. */
type Chain = 'none' | 'open' | 'taken';

/**
 * Visits the entries of a mapping in order, with `if`, `each` and `insert` carried out and keys evaluated. Values are left to the visitor, so
 * that what an entry defines is known to those after it.
 * @throws ExpandError PIPELINE_DIRECTIVE, PIPELINE_EXPRESSION, PIPELINE_SHAPE (a key that comes twice)
 */
export function walkMapping(pending: Pending<MappingNode>, visit: (entry: WalkedEntry) => void): void {
  const seen = new Set<string>();
  walkEntries(pending, (entry) => {
    const name = entry.key.text.toUpperCase();
    if (seen.has(name)) {
      throw new ExpandError(
        'PIPELINE_SHAPE',
        `The key '${entry.key.text}' comes twice.`,
        entry.key.at,
        'Keep one of the two.',
      );
    }
    seen.add(name);
    visit(entry);
  });
}

function walkEntries({ node, scope }: Pending<MappingNode>, visit: (entry: WalkedEntry) => void): void {
  if (scope === undefined) {
    for (const { key, value } of node.entries) {
      visit({ key, value: { node: value, scope } });
    }
    return;
  }
  let chain: Chain = 'none';
  for (const { key, value } of node.entries) {
    const directive = directiveOf(key);
    if (directive === undefined) {
      visit({ key: expandKey(key, scope), value: { node: value, scope } });
      continue;
    }
    chain = carryOut(directive, chain, key, scope, (inner) =>
      walkEntries(asMapping({ node: value, scope: inner }, key), visit),
    );
  }
}

/** Visits the items of a list in order, with `if` and `each` carried out and expressions that give a list spliced in. */
export function walkSequence({ node, scope }: Pending<SequenceNode>, visit: (item: Pending) => void): void {
  if (scope === undefined) {
    for (const item of node.items) {
      visit({ node: item, scope });
    }
    return;
  }
  let chain: Chain = 'none';
  for (const item of node.items) {
    const [only, another] = item.kind === 'mapping' ? item.entries : [];
    const directive = only === undefined || another !== undefined ? undefined : directiveOf(only.key);
    if (only === undefined || directive === undefined || isMerged(directive, only.value)) {
      splice({ node: item, scope }, visit);
      continue;
    }
    chain = carryOut(directive, chain, only.key, scope, (inner) =>
      spliceBody({ node: only.value, scope: inner }, visit),
    );
  }
}

/** Whether a directive in a list fills the one mapping that its item is: `insert` does, and a loop over the entries of a mapping. */
function isMerged(directive: Directive, body: Node): boolean {
  return directive.kind === 'insert' || (directive.kind === 'each' && body.kind === 'mapping');
}

/** Carries out one directive by inserting its body as often as it says; gives the state of the chain after it. */
function carryOut(
  directive: Directive,
  chain: Chain,
  key: ScalarNode,
  scope: Scope,
  insertBody: (scope: Scope) => void,
): Chain {
  switch (directive.kind) {
    case 'insert':
      insertBody(scope);
      return 'none';
    case 'each':
      for (const inner of loopScopes(directive, key, scope)) {
        insertBody(inner);
      }
      return 'none';
    case 'if':
      return takeIf(holds(directive.condition, key, scope), scope, insertBody);
    default:
      break;
  }
  if (chain === 'none') {
    throw malformed(
      key,
      `There is no 'if' before '${directive.kind}'.`,
      'Begin with ${{ if … }}: in the same list or mapping; a loop in between ends it.',
    );
  }
  if (directive.kind === 'else') {
    takeIf(chain === 'open', scope, insertBody);
    return 'none';
  }
  return chain === 'taken' ? 'taken' : takeIf(holds(directive.condition, key, scope), scope, insertBody);
}

function takeIf(taken: boolean, scope: Scope, insertBody: (scope: Scope) => void): Chain {
  if (taken) {
    insertBody(scope);
  }
  return taken ? 'taken' : 'open';
}

function holds(condition: string, key: ScalarNode, scope: Scope): boolean {
  return toBoolean(evaluateInTemplate(condition, scope, key.at));
}

/** A scope for each turn of a loop: the item of a list, or a pair with `key` and `value` of a mapping. */
function* loopScopes(directive: Directive & { kind: 'each' }, key: ScalarNode, scope: Scope): Iterable<Scope> {
  checkLoopVariable(key, directive.variable, scope);
  const collection = evaluateInTemplate(directive.collection, scope, key.at);
  if (!isNode(collection)) {
    throw malformed(
      key,
      `${described(collection)} cannot be looped over, in '${directive.collection.trim()}'.`,
      'Loop over a list or a mapping; an absent one has the default [] or {}.',
    );
  }
  if (collection.kind === 'sequence') {
    for (const item of collection.items) {
      scope.expansion.budget.countNode(key.at, 0);
      yield withLocal(scope, directive.variable, nodeValue(item));
    }
    return;
  }
  for (const entry of collection.entries) {
    scope.expansion.budget.countNode(key.at, 0);
    const pair = mappingOf(
      [
        ['key', entry.key],
        ['value', entry.value],
      ],
      entry.key.at,
    );
    yield withLocal(scope, directive.variable, pair);
  }
}

/** The body of a directive in a mapping: a mapping, or an expression that gives one. */
function asMapping({ node, scope }: Pending, key: ScalarNode): Pending<MappingNode> {
  if (node.kind === 'mapping') {
    return { node, scope };
  }
  const value = node.kind === 'scalar' && scope !== undefined ? expandScalar(node, scope) : node;
  if (value.kind !== 'mapping') {
    throw malformed(
      key,
      `'${key.text}' inserts ${kindName(value)} into a mapping.`,
      'Below it stand keys and values, without dashes.',
    );
  }
  return { node: value, scope: undefined };
}

/** The body of a directive in a list: a list is laid out, anything else is one item. */
function spliceBody(pending: Pending, visit: (item: Pending) => void): void {
  const { node, scope } = pending;
  if (node.kind === 'sequence') {
    walkSequence({ node, scope }, visit);
    return;
  }
  splice(pending, visit);
}

/** One item as written; an expression that gives a list gives its items. */
function splice({ node, scope }: Pending, visit: (item: Pending) => void): void {
  if (node.kind !== 'scalar' || scope === undefined) {
    visit({ node, scope });
    return;
  }
  const value = expandScalar(node, scope);
  if (value.kind !== 'sequence') {
    visit({ node: value, scope: undefined });
    return;
  }
  for (const item of value.items) {
    visit({ node: item, scope: undefined });
  }
}

/** A node with everything in it expanded, whatever its role. */
export function expandNode({ node, scope }: Pending): Node {
  if (scope === undefined) {
    return node;
  }
  switch (node.kind) {
    case 'scalar':
      return expandScalar(node, scope);
    case 'sequence': {
      const items: Node[] = [];
      scope.expansion.budget.countNode(node.at, 0);
      walkSequence({ node, scope }, (item) => items.push(expandNode(item)));
      return sequence(items, node.at);
    }
    case 'mapping': {
      const entries: MappingEntry[] = [];
      scope.expansion.budget.countNode(node.at, 0);
      walkMapping({ node, scope }, ({ key, value }) => entries.push({ key, value: expandNode(value) }));
      return mapping(entries, node.at);
    }
  }
}

/** What an expression in place of a whole list or mapping gives; anything else as it stands. */
export function resolve(pending: Pending): Pending {
  const { node, scope } = pending;
  return node.kind === 'scalar' && scope !== undefined
    ? { node: expandScalar(node, scope), scope: undefined }
    : pending;
}
