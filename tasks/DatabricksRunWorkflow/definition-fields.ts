import type { Node, Pair, ParsedNode } from 'yaml';

/** A field of a definition and where it stands. */
export interface DefinitionField {
  /** As services write it: `tasks[0].new_cluster.num_workers`. */
  readonly path: string;
  readonly key: string;
  /** Value of a scalar. */
  readonly text?: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

/** All fields and list items of a YAML or JSON text that can be read, in their order. */
export async function fieldsOf(text: string): Promise<readonly DefinitionField[]> {
  const { isMap, isScalar, isSeq, LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const found: DefinitionField[] = [];
  const add = (path: string, key: string, at: Node | null, value: unknown): void => {
    const { line, col: column } = lines.linePos(at?.range?.[0] ?? 0);
    found.push({ path, key, line, column, ...(isScalar(value) ? { text: String(value.value) } : {}) });
  };
  const walk = (node: unknown, path: string): void => {
    if (isMap(node)) {
      for (const { key, value } of node.items as readonly Pair<ParsedNode, ParsedNode | null>[]) {
        const name = isScalar(key) ? String(key.value) : '';
        const below = path === '' ? name : `${path}.${name}`;
        add(below, name, key, value);
        walk(value, below);
      }
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) {
        add(`${path}[${index}]`, '', item as Node, item);
        walk(item, `${path}[${index}]`);
      }
    }
  };
  walk(parseDocument(text, { lineCounter: lines, prettyErrors: false }).contents, '');
  return found;
}
