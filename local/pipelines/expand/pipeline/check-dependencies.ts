import { ExpandError } from '../expand-error';
import { entryValue, type MappingNode, type ScalarNode } from '../nodes';
import { mappingsUnder } from './mappings-under';

/** A stage or job with what it waits for. */
interface Dependent {
  readonly name: ScalarNode;
  readonly dependsOn: readonly ScalarNode[];
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Holds the names of stages and jobs and their `dependsOn` against each other: a name is a word and comes once, what is waited for exists, and
 * nothing waits for itself. Names are the same in any case. Source: the YAML schema reference.
 * @throws ExpandError PIPELINE_SHAPE
 */
export function checkDependencies(pipeline: MappingNode): void {
  const stages = mappingsUnder(pipeline, 'stages');
  check(
    'stage',
    stages.map((stage) => dependentOf(stage, ['stage'])),
  );
  for (const stage of stages) {
    check(
      'job',
      mappingsUnder(stage, 'jobs').map((job) => dependentOf(job, ['job', 'deployment'])),
    );
  }
}

function dependentOf(node: MappingNode, keys: readonly string[]): Dependent {
  const name = keys.map((key) => entryValue(node, key)).find((value) => value !== undefined);
  const dependsOn = entryValue(node, 'dependsOn');
  const items = dependsOn?.kind === 'sequence' ? dependsOn.items : [];
  return {
    name: name?.kind === 'scalar' ? name : { kind: 'scalar', text: '', value: '', style: 'computed', at: node.at },
    dependsOn: items.filter((item) => item.kind === 'scalar').filter((item) => item.text !== ''),
  };
}

function check(kind: 'stage' | 'job', dependents: readonly Dependent[]): void {
  const byName = new Map<string, Dependent>();
  for (const dependent of dependents) {
    const { name } = dependent;
    if (name.text !== '') {
      checkName(kind, name, byName);
      byName.set(name.text.toUpperCase(), dependent);
    }
  }
  for (const { dependsOn } of dependents) {
    for (const wanted of dependsOn) {
      if (!byName.has(wanted.text.toUpperCase())) {
        throw new ExpandError(
          'PIPELINE_SHAPE',
          `There is no ${kind} '${wanted.text}' to depend on.`,
          wanted.at,
          `There ${byName.size === 1 ? 'is' : 'are'}: ${[...byName.values()].map(({ name }) => name.text).join(', ') || 'none'}.`,
        );
      }
    }
  }
  checkCircles(kind, dependents, byName);
}

function checkName(kind: 'stage' | 'job', name: ScalarNode, known: ReadonlyMap<string, Dependent>): void {
  if (!NAME.test(name.text)) {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      `'${name.text}' is no name for a ${kind}.`,
      name.at,
      'Names have letters, digits and _, and begin with no digit; use displayName for anything else.',
    );
  }
  if (known.has(name.text.toUpperCase())) {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      `There are two ${kind}s named '${name.text}'.`,
      name.at,
      'Give each a name of its own.',
    );
  }
}

/** Takes away whatever waits for nothing that is left; what cannot be taken away waits for itself. */
function checkCircles(kind: string, dependents: readonly Dependent[], byName: ReadonlyMap<string, Dependent>): void {
  const waiting = new Set(dependents);
  for (let taken = true; taken; ) {
    taken = false;
    for (const dependent of waiting) {
      if (dependent.dependsOn.every(({ text }) => !waiting.has(byName.get(text.toUpperCase()) ?? dependent))) {
        waiting.delete(dependent);
        taken = true;
      }
    }
  }
  const [first] = waiting;
  if (first !== undefined) {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      `The ${kind} '${first.name.text}' waits for itself, by way of what it depends on.`,
      (first.dependsOn[0] ?? first.name).at,
      'Break the circle in dependsOn.',
    );
  }
}
