import type { MappingNode } from '../expand/nodes';
import { textOf } from './read-node';

/**
 * Names of stages or jobs in their order. One that the file leaves without a name gets one: `Job`, then `Job2`, by where it stands.
 * [U] how the service names those; nothing can depend on them, as nobody knows their names.
 */
export function planNames(nodes: readonly MappingNode[], keys: readonly string[], word: string): readonly string[] {
  const given = nodes.map((node) => keys.map((key) => textOf(node, key)).find((name) => name !== undefined));
  const taken = new Set(given.map((name) => name?.toUpperCase()));
  return given.map((name, index) => name ?? free(index === 0 ? word : `${word}${index + 1}`, taken));
}

function free(name: string, taken: ReadonlySet<string | undefined>): string {
  return taken.has(name.toUpperCase()) ? free(`${name}_`, taken) : name;
}

/** A name as it was declared; `dependsOn` may spell it in another case. */
export function declaredName(name: string, declared: readonly string[]): string {
  return declared.find((known) => known.toUpperCase() === name.toUpperCase()) ?? name;
}
