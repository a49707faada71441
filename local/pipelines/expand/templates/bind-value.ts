import { ExpandError } from '../expand-error';
import { asNumber } from '../expressions/casts';
import { kindName, type MappingNode, type Node, type ScalarNode, sequence } from '../nodes';
import type { ListRole, Pending, Scope } from '../scope';
import { expandNode, resolve } from '../walk';
import type { TypeForm } from './parameter-types';
import { asWritten, retyped, typed } from './typed-scalar';

/** A parameter as a file declares it. */
export interface Declaration {
  readonly name: ScalarNode;
  readonly type: TypeForm;
  readonly typeName: string;
  readonly default: Node | undefined;
  readonly values: readonly Node[] | undefined;
}

/**
 * A value as its parameter's type wants it. A scalar is read from its text as written: `007` is the text `007` to a string and 7 to a number.
 * Steps, jobs and stages are checked here and come in their normal form, templates among them included.
 * @throws ExpandError PIPELINE_PARAMETER at the value
 */
export function bindValue(declaration: Declaration, pending: Pending, callee: Scope): Node {
  const { type } = declaration;
  if (type.form === 'items') {
    return bindItems(declaration, type.role, type.single, pending, callee);
  }
  const node = expandNode(pending);
  switch (type.form) {
    case 'object':
      return typed(node);
    case 'legacyObject':
      return asWritten(node);
    case 'textList':
      return bindTexts(declaration, node);
    case 'mapping':
    case 'mappings':
      return bindMappings(declaration, node);
    default:
      return allowed(declaration, bindScalar(declaration, node));
  }
}

function bindScalar(declaration: Declaration, node: Node): ScalarNode {
  if (node.kind !== 'scalar') {
    throw notA(declaration, node);
  }
  const written = asWritten(node) as ScalarNode;
  switch (declaration.type.form) {
    case 'number': {
      const number = written.text === '' ? undefined : asNumber(written.text);
      if (number === undefined) {
        throw notA(declaration, node);
      }
      return retyped(node, number);
    }
    case 'boolean':
      if (!/^(?:true|false)$/i.test(written.text)) {
        throw notA(declaration, node);
      }
      return retyped(node, written.text.toLowerCase() === 'true');
    default:
      return written;
  }
}

function bindTexts(declaration: Declaration, node: Node): Node {
  if (node.kind !== 'sequence') {
    throw notA(declaration, node);
  }
  const texts = node.items.map((item) => {
    if (item.kind !== 'scalar') {
      throw notA(declaration, item);
    }
    return allowed(declaration, asWritten(item) as ScalarNode);
  });
  return sequence(texts, node.at);
}

function bindMappings(declaration: Declaration, node: Node): Node {
  const items = declaration.type.form === 'mapping' ? [node] : node.kind === 'sequence' ? node.items : [];
  if (
    (declaration.type.form === 'mappings' && node.kind !== 'sequence') ||
    !items.every((item) => item.kind === 'mapping')
  ) {
    throw notA(declaration, node);
  }
  return asWritten(node);
}

function bindItems(declaration: Declaration, role: ListRole, single: boolean, pending: Pending, callee: Scope): Node {
  const { expansion } = callee;
  const { node, scope } = resolve(pending);
  if (!single) {
    if (node.kind !== 'sequence') {
      throw notA(declaration, node);
    }
    return expansion.expandList(role, { node, scope }, callee);
  }
  if (node.kind !== 'mapping') {
    throw notA(declaration, node);
  }
  const expanded = expansion.expandList(role, { node: sequence([node], node.at), scope }, callee);
  const [only, another] = expanded.items;
  if (only === undefined || another !== undefined) {
    throw new ExpandError(
      'PIPELINE_PARAMETER',
      `Parameter '${declaration.name.text}' takes one ${declaration.typeName}, and this gives ${expanded.items.length}.`,
      node.at,
      `Use the type ${declaration.typeName}List.`,
    );
  }
  return only as MappingNode;
}

/** One of `values`, if there are any; case counts. */
function allowed(declaration: Declaration, node: ScalarNode): ScalarNode {
  const { values } = declaration;
  if (
    values === undefined ||
    values.some((value) => value.kind === 'scalar' && allowedValue(declaration, value) === node.value)
  ) {
    return node;
  }
  const list = values.map((value) => (value.kind === 'scalar' ? `'${value.text}'` : kindName(value))).join(', ');
  throw new ExpandError(
    'PIPELINE_PARAMETER',
    `'${node.text}' is no allowed value of parameter '${declaration.name.text}'.`,
    node.at,
    `Allowed are: ${list}; case matters.`,
  );
}

function allowedValue(declaration: Declaration, value: ScalarNode): ScalarNode['value'] {
  return declaration.type.form === 'textList' ? value.text : bindScalar(declaration, value).value;
}

function notA({ name, typeName }: Declaration, node: Node): ExpandError {
  const what = node.kind === 'scalar' ? `'${node.text.slice(0, 60)}'` : `what is given, ${kindName(node)},`;
  return new ExpandError(
    'PIPELINE_PARAMETER',
    `Parameter '${name.text}' is of type ${typeName}, and ${what} is none.`,
    node.at,
    `Give a ${typeName}.`,
  );
}
