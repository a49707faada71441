import { ExpandError } from '../expand-error';
import {
  kindName,
  type MappingEntry,
  type MappingNode,
  mapping,
  type Node,
  type ScalarNode,
  textScalar,
} from '../nodes';
import type { Frame, Place } from '../place';
import type { Pending, Scope } from '../scope';
import { resolve, walkMapping } from '../walk';
import { bindValue, type Declaration } from './bind-value';
import { declarationsOf } from './declarations';
import { nodesOf, parseYaml } from './read-yaml';

/**
 * The parameters of a template from the arguments of the reference that includes it. Arguments are evaluated where they are written.
 * @param callee scope of the template, without parameters; defaults that are steps or jobs are read in it
 * @throws ExpandError PIPELINE_PARAMETER
 */
export function bindArguments(
  root: MappingNode,
  given: Pending | undefined,
  reference: ScalarNode,
  callee: Scope,
): MappingNode {
  const declared = declarationsOf(root, true);
  const values = argumentsOf(given);
  if (declared.form === 'none') {
    // A template without declarations takes whatever it is given. Source: public pipelines whose templates declare nothing and read all.
    return bindUntyped(mapping([], root.at), values, reference.at, callee);
  }
  if (declared.form === 'untyped') {
    return bindUntyped(declared.defaults, values, reference.at, callee);
  }
  return bindDeclared(declared.parameters, values, reference.at, callee);
}

/**
 * The parameters of the file that a run starts from.
 * @param given texts from outside, by name; lists and mappings are JSON or YAML
 */
export function bindRoot(root: MappingNode, given: ReadonlyMap<string, string>, scope: Scope): MappingNode {
  const declared = declarationsOf(root, false);
  const parameters = declared.form === 'declared' ? declared.parameters : [];
  const values = new Map<string, Argument>();
  for (const [name, text] of given) {
    const declaration = parameters.find((candidate) => candidate.name.text.toUpperCase() === name.toUpperCase());
    if (declaration === undefined) {
      throw unexpected(name, parameters, undefined);
    }
    values.set(name.toUpperCase(), givenAtStart(name, text, declaration, scope));
  }
  return bindDeclared(parameters, values, root.at, scope);
}

interface Argument {
  readonly key: ScalarNode;
  readonly value: Pending;
}

function givenAtStart(name: string, text: string, { type }: Declaration, scope: Scope): Argument {
  const frame: Frame = { file: `parameter ${name}`, repository: 'self', path: scope.frame.path, level: 0 };
  const at: Place = { frame, line: 1, column: 1 };
  const isText = ['text', 'number', 'boolean'].includes(type.form);
  const node = isText ? textScalar(text, at, 'computed') : nodesOf(parseYaml(text, frame), frame);
  return { key: textScalar(name, at), value: { node, scope: undefined } };
}

function argumentsOf(given: Pending | undefined): ReadonlyMap<string, Argument> {
  const values = new Map<string, Argument>();
  if (given === undefined) {
    return values;
  }
  const { node, scope } = resolve(given);
  if (node.kind === 'scalar' && node.text === '') {
    return values;
  }
  if (node.kind !== 'mapping') {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      `The parameters of a template are ${kindName(node)}.`,
      node.at,
      "Write 'name: value' below them.",
    );
  }
  walkMapping({ node, scope }, ({ key, value }) => values.set(key.text.toUpperCase(), { key, value }));
  return values;
}

function bindDeclared(
  parameters: readonly Declaration[],
  values: ReadonlyMap<string, Argument>,
  at: Place,
  callee: Scope,
): MappingNode {
  for (const [name, { key }] of values) {
    if (!parameters.some((parameter) => parameter.name.text.toUpperCase() === name)) {
      throw unexpected(key.text, parameters, key.at);
    }
  }
  const entries = parameters.map((parameter): MappingEntry => {
    const argument = values.get(parameter.name.text.toUpperCase());
    const pending = argument?.value ?? defaultOf(parameter, callee);
    if (pending === undefined) {
      throw new ExpandError(
        'PIPELINE_PARAMETER',
        `Parameter '${parameter.name.text}' has no value and no default.`,
        at,
        at.frame === parameter.name.at.frame
          ? `Give it with --parameter ${parameter.name.text}=VALUE, or a default in the file.`
          : "Give it below 'parameters:' of the reference.",
      );
    }
    return { key: parameter.name, value: bindValue(parameter, pending, callee) };
  });
  return mapping(entries, at, 'declared');
}

function defaultOf(parameter: Declaration, callee: Scope): Pending | undefined {
  return parameter.default === undefined ? undefined : { node: parameter.default, scope: callee };
}

/** The old form, a mapping of names and defaults: any argument is taken, whatever its type, and a name that nobody gave reads as null. */
function bindUntyped(
  defaults: MappingNode,
  values: ReadonlyMap<string, Argument>,
  at: Place,
  callee: Scope,
): MappingNode {
  const untyped = (name: ScalarNode): Declaration => ({
    name,
    type: { form: 'legacyObject' },
    typeName: 'legacyObject',
    default: undefined,
    values: undefined,
  });
  const bound = new Map<string, MappingEntry>();
  for (const { key, value } of defaults.entries) {
    const argument = values.get(key.text.toUpperCase())?.value ?? { node: value, scope: callee };
    bound.set(key.text.toUpperCase(), { key, value: bindValue(untyped(key), argument, callee) });
  }
  for (const [name, { key, value }] of values) {
    if (!bound.has(name)) {
      bound.set(name, { key, value: bindValue(untyped(key), value, callee) });
    }
  }
  return mapping([...bound.values()], at, 'any-case');
}

function unexpected(name: string, parameters: readonly Declaration[], at: Node['at'] | undefined): ExpandError {
  const known = parameters.map((parameter) => parameter.name.text).join(', ');
  if (/\s/.test(name)) {
    // No parameter is called so: a template refuses something, by the only way there is to say a sentence.
    return new ExpandError(
      'PIPELINE_PARAMETER',
      `${name}.`,
      at,
      'A template refuses it; Azure DevOps quotes the sentence as an unexpected parameter.',
    );
  }
  return new ExpandError(
    'PIPELINE_PARAMETER',
    `There is no parameter '${name}'.`,
    at,
    known === '' ? 'The file declares none.' : `Declared are: ${known}.`,
  );
}
