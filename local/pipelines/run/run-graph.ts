/** What waits for others. */
export interface GraphNode {
  readonly name: string;
  readonly dependsOn: readonly string[];
}

/**
 * Starts each node once all that it depends on has ended, and ends when all have. A node that ends `left` keeps whatever depends on it from
 * starting. When one fails by a defect, no further node starts; the others end first.
 * @param start resolves when the node has ended
 * @returns names of the nodes that ended or never started because of what was left
 */
export async function runGraph<Node extends GraphNode>(
  nodes: readonly Node[],
  start: (node: Node) => Promise<'ended' | 'left'>,
): Promise<void> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const endings = new Map<Node, Promise<'ended' | 'left'>>();
  let defect: { readonly error: unknown } | undefined;

  const endingOf = (node: Node): Promise<'ended' | 'left'> => {
    const known = endings.get(node);
    if (known !== undefined) {
      return known;
    }
    const before = node.dependsOn.map((name) => byName.get(name)).filter((found) => found !== undefined);
    const ending = Promise.all(before.map(endingOf)).then(async (ends) => {
      if (ends.includes('left') || defect !== undefined) {
        return 'left';
      }
      try {
        return await start(node);
      } catch (error) {
        defect ??= { error };
        return 'left';
      }
    });
    endings.set(node, ending);
    return ending;
  };

  await Promise.all(nodes.map(endingOf));
  if (defect !== undefined) {
    throw defect.error;
  }
}

/** All that a node depends on, directly and by way of others. */
export function dependenciesOf<Node extends GraphNode>(node: GraphNode, nodes: readonly Node[]): readonly Node[] {
  const found = new Set<Node>();
  const visit = ({ dependsOn }: GraphNode) => {
    for (const name of dependsOn) {
      const dependency = nodes.find((candidate) => candidate.name === name);
      if (dependency !== undefined && !found.has(dependency)) {
        found.add(dependency);
        visit(dependency);
      }
    }
  };
  visit(node);
  return nodes.filter((candidate) => found.has(candidate));
}
